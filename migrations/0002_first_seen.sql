ALTER TABLE `products` ADD `firstSeenAt` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `products_first_seen` ON `products` (`firstSeenAt`,`id`);