CREATE TABLE `rules` (
	`id` text PRIMARY KEY NOT NULL,
	`rule` text NOT NULL,
	`updatedAt` integer NOT NULL
);
