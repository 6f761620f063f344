CREATE TABLE `crowd_counts` (
	`day` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`n` integer NOT NULL,
	PRIMARY KEY(`day`, `kind`, `name`)
);
--> statement-breakpoint
CREATE TABLE `report_counts` (
	`day` text NOT NULL,
	`domain` text NOT NULL,
	`place` integer NOT NULL,
	`n` integer NOT NULL,
	PRIMARY KEY(`day`, `domain`, `place`)
);
--> statement-breakpoint
CREATE TABLE `report_domains` (
	`id` text PRIMARY KEY NOT NULL,
	`epsilon` real NOT NULL,
	`categories` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `visitor_marks` (
	`day` text NOT NULL,
	`value` text NOT NULL,
	`mark` integer NOT NULL,
	PRIMARY KEY(`day`, `value`, `mark`)
);
--> statement-breakpoint
DROP TABLE `item_counts`;