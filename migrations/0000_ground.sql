CREATE TABLE `activations` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`release` text NOT NULL,
	`action` text NOT NULL,
	`by` text NOT NULL,
	`token` text NOT NULL,
	`share` real NOT NULL,
	`run` text,
	`note` text,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `counters` (
	`name` text PRIMARY KEY NOT NULL,
	`n` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `event_counts` (
	`day` text NOT NULL,
	`type` text NOT NULL,
	`n` integer NOT NULL,
	PRIMARY KEY(`day`, `type`)
);
--> statement-breakpoint
CREATE TABLE `event_ids` (
	`id` text PRIMARY KEY NOT NULL,
	`object` text NOT NULL,
	`receivedAt` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `event_ids_received` ON `event_ids` (`receivedAt`);--> statement-breakpoint
CREATE TABLE `hot_lists` (
	`name` text PRIMARY KEY NOT NULL,
	`items` text NOT NULL,
	`updatedAt` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `item_counts` (
	`day` text NOT NULL,
	`item` text NOT NULL,
	`type` text NOT NULL,
	`n` integer NOT NULL,
	PRIMARY KEY(`day`, `item`, `type`)
);
--> statement-breakpoint
CREATE TABLE `log_objects` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`key` text NOT NULL,
	`keyId` text NOT NULL,
	`lines` integer NOT NULL,
	`skip` text NOT NULL,
	`receivedAt` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `log_objects_key_unique` ON `log_objects` (`key`);--> statement-breakpoint
CREATE TABLE `metric_rollups` (
	`minute` integer NOT NULL,
	`surface` text NOT NULL,
	`source` text NOT NULL,
	`bucket` integer NOT NULL,
	`n` integer NOT NULL,
	PRIMARY KEY(`minute`, `surface`, `source`, `bucket`)
);
--> statement-breakpoint
CREATE TABLE `pointer` (
	`id` integer PRIMARY KEY NOT NULL,
	`active` text,
	`previous` text,
	`canary` text,
	`canaryShare` real DEFAULT 0 NOT NULL,
	`updatedAt` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `products` (
	`id` text PRIMARY KEY NOT NULL,
	`body` text NOT NULL,
	`deleted` integer DEFAULT false NOT NULL,
	`version` integer NOT NULL,
	`updatedAt` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `products_version` ON `products` (`version`,`id`);--> statement-breakpoint
CREATE TABLE `release_files` (
	`release` text NOT NULL,
	`name` text NOT NULL,
	`sha256` text NOT NULL,
	`bytes` integer NOT NULL,
	`shards` integer NOT NULL,
	PRIMARY KEY(`release`, `name`)
);
--> statement-breakpoint
CREATE TABLE `releases` (
	`id` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`manifest` text,
	`note` text,
	`uploadedAt` integer NOT NULL,
	`verifiedAt` integer
);
--> statement-breakpoint
CREATE TABLE `runs` (
	`id` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`reason` text NOT NULL,
	`openedAt` integer NOT NULL,
	`worker` text,
	`lease` text,
	`leaseUntil` integer,
	`attempts` integer DEFAULT 0 NOT NULL,
	`progress` real DEFAULT 0 NOT NULL,
	`stage` text,
	`finishedAt` integer,
	`release` text,
	`message` text,
	`gate` text
);
--> statement-breakpoint
CREATE INDEX `runs_state` ON `runs` (`state`,`openedAt`);