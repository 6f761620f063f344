CREATE TABLE `synonym_lists` (
	`version` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`synonyms` text NOT NULL,
	`token` text NOT NULL,
	`at` integer NOT NULL
);
