-- ==== a path of relations
-- sqlite
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "jobs" ON "jobs"."worker_id" = "workers"."id" INNER JOIN "parts" ON "parts"."job_id" = "jobs"."id" WHERE "parts"."price" > ?;
-- 5.0

-- postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "jobs" ON "jobs"."worker_id" = "workers"."id" INNER JOIN "parts" ON "parts"."job_id" = "jobs"."id" WHERE "parts"."price" > $1;
-- 5.0

-- mysql, mariadb
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` INNER JOIN `jobs` ON `jobs`.`worker_id` = `workers`.`id` INNER JOIN `parts` ON `parts`.`job_id` = `jobs`.`id` WHERE `parts`.`price` > ?;
-- 5.0

-- ==== a path that goes on from another
-- sqlite, postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "jobs" ON "jobs"."worker_id" = "workers"."id" LEFT JOIN "parts" ON "parts"."job_id" = "jobs"."id";

-- mysql, mariadb
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` INNER JOIN `jobs` ON `jobs`.`worker_id` = `workers`.`id` LEFT JOIN `parts` ON `parts`.`job_id` = `jobs`.`id`;

-- ==== paths that share their beginning
-- sqlite, postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "jobs" ON "jobs"."worker_id" = "workers"."id" INNER JOIN "parts" ON "parts"."job_id" = "jobs"."id" INNER JOIN "workers" AS "w" ON "w"."id" = "jobs"."worker_id";

-- mysql, mariadb
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` INNER JOIN `jobs` ON `jobs`.`worker_id` = `workers`.`id` INNER JOIN `parts` ON `parts`.`job_id` = `jobs`.`id` INNER JOIN `workers` AS `w` ON `w`.`id` = `jobs`.`worker_id`;

-- ==== a path that goes on from another in another manner
-- sqlite, postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" LEFT JOIN "jobs" ON "jobs"."worker_id" = "workers"."id" INNER JOIN "workers" AS "w" ON "w"."id" = "jobs"."worker_id" LEFT JOIN "parts" ON "parts"."job_id" = "jobs"."id";

-- mysql, mariadb
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` LEFT JOIN `jobs` ON `jobs`.`worker_id` = `workers`.`id` INNER JOIN `workers` AS `w` ON `w`.`id` = `jobs`.`worker_id` LEFT JOIN `parts` ON `parts`.`job_id` = `jobs`.`id`;

-- ==== a path that goes on from a join on the same condition
-- sqlite, postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" LEFT JOIN "jobs" ON "jobs"."worker_id" = "workers"."id" INNER JOIN "parts" ON "parts"."job_id" = "jobs"."id";

-- mysql, mariadb
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` LEFT JOIN `jobs` ON `jobs`.`worker_id` = `workers`.`id` INNER JOIN `parts` ON `parts`.`job_id` = `jobs`.`id`;

-- ==== a relation under an alias
-- sqlite
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "workers" AS "boss" ON "boss"."id" = "workers"."boss_id" WHERE "boss"."name" = ?;
-- 'ann'

-- postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "workers" AS "boss" ON "boss"."id" = "workers"."boss_id" WHERE "boss"."name" = $1;
-- 'ann'

-- mysql, mariadb
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` INNER JOIN `workers` AS `boss` ON `boss`.`id` = `workers`.`boss_id` WHERE `boss`.`name` = ?;
-- 'ann'

-- ==== a model joined to itself
-- sqlite, postgresql
SELECT "workers"."name", "boss"."nick" FROM "workers" LEFT JOIN "workers" AS "boss" ON "boss"."id" = "workers"."boss_id";

-- mysql, mariadb
SELECT `workers`.`name`, `boss`.`nick` FROM `workers` LEFT JOIN `workers` AS `boss` ON `boss`.`id` = `workers`.`boss_id`;

-- ==== a query of an alias
-- sqlite, postgresql
SELECT "boss"."id", "boss"."name", "boss"."nick", "boss"."boss_id" FROM "workers" AS "boss" WHERE "boss"."nick" IS NULL ORDER BY "boss"."name";

-- mysql, mariadb
SELECT `boss`.`id`, `boss`.`name`, `boss`.`nick`, `boss`.`boss_id` FROM `workers` AS `boss` WHERE `boss`.`nick` IS NULL ORDER BY `boss`.`name`;

-- ==== a relation of an alias
-- sqlite, postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "workers" AS "boss" ON "boss"."id" = "workers"."boss_id" INNER JOIN "jobs" ON "jobs"."worker_id" = "boss"."id";

-- mysql, mariadb
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` INNER JOIN `workers` AS `boss` ON `boss`.`id` = `workers`.`boss_id` INNER JOIN `jobs` ON `jobs`.`worker_id` = `boss`.`id`;

-- ==== a right join
-- sqlite, postgresql
SELECT "workers"."name", "jobs"."id" AS "job" FROM "workers" RIGHT JOIN "jobs" ON "jobs"."worker_id" = "workers"."id";

-- mysql, mariadb
SELECT `workers`.`name`, `jobs`.`id` AS `job` FROM `workers` RIGHT JOIN `jobs` ON `jobs`.`worker_id` = `workers`.`id`;

-- ==== a full join
-- sqlite, postgresql
SELECT "workers"."name", "jobs"."year" FROM "workers" FULL JOIN "jobs" ON "jobs"."worker_id" = "workers"."id";

-- mysql
-- NotSupported: MySQL has no FULL JOIN: take the left join and, by union_all, the right join's rows without a left side

-- mariadb
-- NotSupported: MariaDB has no FULL JOIN: take the left join and, by union_all, the right join's rows without a left side

-- ==== a cross join
-- sqlite, postgresql
SELECT "workers"."name", "jobs"."year" FROM "workers" CROSS JOIN "jobs";

-- mysql, mariadb
SELECT `workers`.`name`, `jobs`.`year` FROM `workers` CROSS JOIN `jobs`;

-- ==== a join of a query
-- sqlite
SELECT "jobs"."id", "spent"."spent" FROM "jobs" LEFT JOIN (SELECT "parts"."job_id", sum("parts"."price") AS "spent" FROM "parts" GROUP BY "parts"."job_id") AS "spent" ON "spent"."job_id" = "jobs"."id" WHERE "spent"."spent" > ?;
-- 5.0

-- postgresql
SELECT "jobs"."id", "spent"."spent" FROM "jobs" LEFT JOIN (SELECT "parts"."job_id", sum("parts"."price") AS "spent" FROM "parts" GROUP BY "parts"."job_id") AS "spent" ON "spent"."job_id" = "jobs"."id" WHERE "spent"."spent" > $1;
-- 5.0

-- mysql, mariadb
SELECT `jobs`.`id`, `spent`.`spent` FROM `jobs` LEFT JOIN (SELECT `parts`.`job_id`, sum(`parts`.`price`) AS `spent` FROM `parts` GROUP BY `parts`.`job_id`) AS `spent` ON `spent`.`job_id` = `jobs`.`id` WHERE `spent`.`spent` > ?;
-- 5.0

-- ==== a join of a query with values, on a condition with others
-- sqlite
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN (SELECT "jobs"."id", "jobs"."worker_id", "jobs"."year", "jobs"."number" FROM "jobs" WHERE "jobs"."year" = ?) AS "recent" ON "recent"."number" > ?;
-- 2024, 5

-- postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN (SELECT "jobs"."id", "jobs"."worker_id", "jobs"."year", "jobs"."number" FROM "jobs" WHERE "jobs"."year" = $1) AS "recent" ON "recent"."number" > $2;
-- 2024, 5

-- mysql, mariadb
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` INNER JOIN (SELECT `jobs`.`id`, `jobs`.`worker_id`, `jobs`.`year`, `jobs`.`number` FROM `jobs` WHERE `jobs`.`year` = ?) AS `recent` ON `recent`.`number` > ?;
-- 2024, 5

-- ==== a lateral join
-- sqlite
-- NotSupported: SQLite has no lateral joins: number the rows of each group, fn.row_number().over(...)

-- postgresql
SELECT "workers"."name" FROM "workers" CROSS JOIN LATERAL (SELECT "jobs"."id", "jobs"."worker_id", "jobs"."year", "jobs"."number" FROM "jobs" WHERE "jobs"."worker_id" = "workers"."id" ORDER BY "jobs"."year" DESC LIMIT $1::integer) AS "newest";
-- 3

-- mysql
SELECT `workers`.`name` FROM `workers` CROSS JOIN LATERAL (SELECT `jobs`.`id`, `jobs`.`worker_id`, `jobs`.`year`, `jobs`.`number` FROM `jobs` WHERE `jobs`.`worker_id` = `workers`.`id` ORDER BY `jobs`.`year` DESC LIMIT ?) AS `newest`;
-- 3

-- mariadb
-- NotSupported: MariaDB has no lateral joins: number the rows of each group, fn.row_number().over(...)

-- ==== a row compared
-- sqlite
SELECT "jobs"."id", "jobs"."worker_id", "jobs"."year", "jobs"."number" FROM "jobs" WHERE ("jobs"."year", "jobs"."number") > (?, ?);
-- 2024, 17

-- postgresql
SELECT "jobs"."id", "jobs"."worker_id", "jobs"."year", "jobs"."number" FROM "jobs" WHERE ("jobs"."year", "jobs"."number") > ($1, $2);
-- 2024, 17

-- mysql, mariadb
SELECT `jobs`.`id`, `jobs`.`worker_id`, `jobs`.`year`, `jobs`.`number` FROM `jobs` WHERE (`jobs`.`year`, `jobs`.`number`) > (?, ?);
-- 2024, 17

-- ==== a row in a list
-- sqlite
SELECT "jobs"."id", "jobs"."worker_id", "jobs"."year", "jobs"."number" FROM "jobs" WHERE ("jobs"."year", "jobs"."number") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?));
-- 2024, 1, 2024, 2, 2025, 1, 2025, 1

-- postgresql
SELECT "jobs"."id", "jobs"."worker_id", "jobs"."year", "jobs"."number" FROM "jobs" WHERE ("jobs"."year", "jobs"."number") IN (SELECT * FROM unnest($1::BIGINT[], $2::BIGINT[]));
-- [2024, 2024, 2025], [1, 2, 1]

-- mysql, mariadb
SELECT `jobs`.`id`, `jobs`.`worker_id`, `jobs`.`year`, `jobs`.`number` FROM `jobs` WHERE (`jobs`.`year`, `jobs`.`number`) IN ((?, ?), (?, ?), (?, ?), (?, ?));
-- 2024, 1, 2024, 2, 2025, 1, 2025, 1

-- ==== a row in a query
-- sqlite, postgresql
SELECT "jobs"."id", "jobs"."worker_id", "jobs"."year", "jobs"."number" FROM "jobs" WHERE ("jobs"."id", "jobs"."year") IN (SELECT "jobs"."id", "jobs"."number" FROM "jobs");

-- mysql, mariadb
SELECT `jobs`.`id`, `jobs`.`worker_id`, `jobs`.`year`, `jobs`.`number` FROM `jobs` WHERE (`jobs`.`id`, `jobs`.`year`) IN (SELECT `jobs`.`id`, `jobs`.`number` FROM `jobs`);

-- ==== exists
-- sqlite
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE EXISTS (SELECT (1) FROM "jobs" WHERE ("jobs"."worker_id" = "workers"."id" AND "jobs"."year" = ?));
-- 2024

-- postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE EXISTS (SELECT (1) FROM "jobs" WHERE ("jobs"."worker_id" = "workers"."id" AND "jobs"."year" = $1));
-- 2024

-- mysql, mariadb
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE EXISTS (SELECT (1) FROM `jobs` WHERE (`jobs`.`worker_id` = `workers`.`id` AND `jobs`.`year` = ?));
-- 2024

-- ==== not exists
-- sqlite, postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE NOT (EXISTS (SELECT (1) FROM "jobs" WHERE "jobs"."worker_id" = "workers"."id"));

-- mysql, mariadb
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE NOT (EXISTS (SELECT (1) FROM `jobs` WHERE `jobs`.`worker_id` = `workers`.`id`));

-- ==== a query as a value
-- sqlite, postgresql
SELECT "workers"."name", (SELECT count(*) FROM "jobs" WHERE "jobs"."worker_id" = "workers"."id") AS "jobs" FROM "workers";

-- mysql, mariadb
SELECT `workers`.`name`, (SELECT count(*) FROM `jobs` WHERE `jobs`.`worker_id` = `workers`.`id`) AS `jobs` FROM `workers`;

-- ==== a query compared with
-- sqlite
SELECT "parts"."id", "parts"."job_id", "parts"."price" FROM "parts" WHERE "parts"."price" > (SELECT avg("parts"."price") FROM "parts");

-- postgresql
SELECT "parts"."id", "parts"."job_id", "parts"."price" FROM "parts" WHERE "parts"."price" > (SELECT avg("parts"."price")::double precision FROM "parts");

-- mysql, mariadb
SELECT `parts`.`id`, `parts`.`job_id`, `parts`.`price` FROM `parts` WHERE `parts`.`price` > (SELECT avg(`parts`.`price`) FROM `parts`);

-- ==== a union
-- sqlite
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = ? UNION SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."name" = ?) AS "workers" WHERE "workers"."id" > ? ORDER BY "workers"."name" LIMIT ?;
-- 1, 'ann', 0, 5

-- postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = $1 UNION SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."name" = $2) AS "workers" WHERE "workers"."id" > $3 ORDER BY "workers"."name" LIMIT $4::integer;
-- 1, 'ann', 0, 5

-- mysql, mariadb
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM (SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`id` = ? UNION SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`name` = ?) AS `workers` WHERE `workers`.`id` > ? ORDER BY `workers`.`name` LIMIT ?;
-- 1, 'ann', 0, 5

-- ==== unions one after another
-- sqlite
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = ? UNION ALL SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = ? UNION SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = ?) AS "workers";
-- 1, 2, 3

-- postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = $1 UNION ALL SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = $2 UNION SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = $3) AS "workers";
-- 1, 2, 3

-- mysql, mariadb
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM (SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`id` = ? UNION ALL SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`id` = ? UNION SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`id` = ?) AS `workers`;
-- 1, 2, 3

-- ==== an intersection of a union
-- sqlite
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM (SELECT * FROM (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = ? UNION SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = ?) AS "part" INTERSECT SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = ?) AS "workers";
-- 1, 2, 3

-- postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM (SELECT * FROM (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = $1 UNION SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = $2) AS "part" INTERSECT SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = $3) AS "workers";
-- 1, 2, 3

-- mysql, mariadb
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM (SELECT * FROM (SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`id` = ? UNION SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`id` = ?) AS `part` INTERSECT SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`id` = ?) AS `workers`;
-- 1, 2, 3

-- ==== what is left of a limited query
-- sqlite
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM (SELECT * FROM (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" ORDER BY "workers"."id" LIMIT ?) AS "part" EXCEPT SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = ?) AS "workers";
-- 3, 1

-- postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM (SELECT * FROM (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" ORDER BY "workers"."id" LIMIT $1::integer) AS "part" EXCEPT SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = $2) AS "workers";
-- 3, 1

-- mysql, mariadb
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM (SELECT * FROM (SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` ORDER BY `workers`.`id` LIMIT ?) AS `part` EXCEPT SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`id` = ?) AS `workers`;
-- 3, 1

-- ==== a common table
-- sqlite
WITH "spent" AS (SELECT "parts"."job_id", sum("parts"."price") AS "spent" FROM "parts" GROUP BY "parts"."job_id") SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "spent" ON EXISTS (SELECT (1) FROM "workers" WHERE "workers"."id" = ?);
-- 1

-- postgresql
WITH "spent" AS (SELECT "parts"."job_id", sum("parts"."price") AS "spent" FROM "parts" GROUP BY "parts"."job_id") SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "spent" ON EXISTS (SELECT (1) FROM "workers" WHERE "workers"."id" = $1);
-- 1

-- mysql, mariadb
WITH `spent` AS (SELECT `parts`.`job_id`, sum(`parts`.`price`) AS `spent` FROM `parts` GROUP BY `parts`.`job_id`) SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` INNER JOIN `spent` ON EXISTS (SELECT (1) FROM `workers` WHERE `workers`.`id` = ?);
-- 1

-- ==== a common table with names of its own
-- sqlite, postgresql
WITH "sums" ("job", "total") AS (SELECT "parts"."job_id", sum("parts"."price") AS "spent" FROM "parts" GROUP BY "parts"."job_id") SELECT "jobs"."id", "sums"."total" FROM "jobs" INNER JOIN "sums" ON "sums"."job" = "jobs"."id";

-- mysql, mariadb
WITH `sums` (`job`, `total`) AS (SELECT `parts`.`job_id`, sum(`parts`.`price`) AS `spent` FROM `parts` GROUP BY `parts`.`job_id`) SELECT `jobs`.`id`, `sums`.`total` FROM `jobs` INNER JOIN `sums` ON `sums`.`job` = `jobs`.`id`;

-- ==== a common table made once
-- sqlite, postgresql
WITH "top" AS MATERIALIZED (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."boss_id" IS NULL) SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "top" AS "workers";

-- mysql
-- NotSupported: MySQL has no MATERIALIZED: leave materialized= out: it decides by itself

-- mariadb
-- NotSupported: MariaDB has no MATERIALIZED: leave materialized= out: it decides by itself

-- ==== a recursive common table
-- sqlite
WITH RECURSIVE "tree" AS (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."boss_id" IS NULL UNION ALL SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "tree" ON "workers"."boss_id" = "tree"."id") SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "tree" AS "workers" WHERE "workers"."name" <> ?;
-- 'ann'

-- postgresql
WITH RECURSIVE "tree" AS (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."boss_id" IS NULL UNION ALL SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "tree" ON "workers"."boss_id" = "tree"."id") SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "tree" AS "workers" WHERE "workers"."name" <> $1;
-- 'ann'

-- mysql, mariadb
WITH RECURSIVE `tree` AS (SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`boss_id` IS NULL UNION ALL SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` INNER JOIN `tree` ON `workers`.`boss_id` = `tree`.`id`) SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `tree` AS `workers` WHERE `workers`.`name` <> ?;
-- 'ann'

-- ==== a recursive common table without circles
-- sqlite
WITH RECURSIVE "t" AS (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = ? UNION SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "t" ON "workers"."boss_id" = "t"."id") SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "t" AS "workers";
-- 1

-- postgresql
WITH RECURSIVE "t" AS (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = $1 UNION SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "t" ON "workers"."boss_id" = "t"."id") SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "t" AS "workers";
-- 1

-- mysql, mariadb
WITH RECURSIVE `t` AS (SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`id` = ? UNION SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` INNER JOIN `t` ON `workers`.`boss_id` = `t`.`id`) SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `t` AS `workers`;
-- 1

-- ==== a recursive common table of a limited query
-- sqlite
WITH RECURSIVE "t" AS (SELECT * FROM (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" ORDER BY "workers"."name" LIMIT ?) AS "part" UNION ALL SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "t" ON "t"."id" = "workers"."boss_id") SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "t" AS "workers";
-- 1

-- postgresql
WITH RECURSIVE "t" AS (SELECT * FROM (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" ORDER BY "workers"."name" LIMIT $1::integer) AS "part" UNION ALL SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "t" ON "t"."id" = "workers"."boss_id") SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "t" AS "workers";
-- 1

-- mysql, mariadb
WITH RECURSIVE `t` AS (SELECT * FROM (SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` ORDER BY `workers`.`name` LIMIT ?) AS `part` UNION ALL SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` INNER JOIN `t` ON `t`.`id` = `workers`.`boss_id`) SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `t` AS `workers`;
-- 1

-- ==== a recursive common table that reads another
-- sqlite
WITH RECURSIVE "spent" AS (SELECT "parts"."job_id", sum("parts"."price") AS "spent" FROM "parts" GROUP BY "parts"."job_id"), "t" AS (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = ? UNION ALL SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "t" ON "t"."id" = "workers"."boss_id" INNER JOIN "spent" ON EXISTS (SELECT (1) FROM "workers" WHERE "workers"."id" = ?)) SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "t" AS "workers";
-- 1, 2

-- postgresql
WITH RECURSIVE "spent" AS (SELECT "parts"."job_id", sum("parts"."price") AS "spent" FROM "parts" GROUP BY "parts"."job_id"), "t" AS (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = $1 UNION ALL SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "t" ON "t"."id" = "workers"."boss_id" INNER JOIN "spent" ON EXISTS (SELECT (1) FROM "workers" WHERE "workers"."id" = $2)) SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "t" AS "workers";
-- 1, 2

-- mysql, mariadb
WITH RECURSIVE `spent` AS (SELECT `parts`.`job_id`, sum(`parts`.`price`) AS `spent` FROM `parts` GROUP BY `parts`.`job_id`), `t` AS (SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`id` = ? UNION ALL SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` INNER JOIN `t` ON `t`.`id` = `workers`.`boss_id` INNER JOIN `spent` ON EXISTS (SELECT (1) FROM `workers` WHERE `workers`.`id` = ?)) SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `t` AS `workers`;
-- 1, 2

-- ==== a row in a limited query
-- sqlite
SELECT "jobs"."id", "jobs"."worker_id", "jobs"."year", "jobs"."number" FROM "jobs" WHERE ("jobs"."id", "jobs"."year") IN (SELECT "jobs"."id", "jobs"."number" FROM "jobs" ORDER BY "jobs"."id" LIMIT ?);
-- 3

-- postgresql
SELECT "jobs"."id", "jobs"."worker_id", "jobs"."year", "jobs"."number" FROM "jobs" WHERE ("jobs"."id", "jobs"."year") IN (SELECT "jobs"."id", "jobs"."number" FROM "jobs" ORDER BY "jobs"."id" LIMIT $1::integer);
-- 3

-- mysql, mariadb
SELECT `jobs`.`id`, `jobs`.`worker_id`, `jobs`.`year`, `jobs`.`number` FROM `jobs` WHERE (`jobs`.`id`, `jobs`.`year`) IN (SELECT * FROM (SELECT `jobs`.`id`, `jobs`.`number` FROM `jobs` ORDER BY `jobs`.`id` LIMIT ?) AS `limited`);
-- 3

-- ==== a limited list that names what the query around reads
-- sqlite
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" IN (SELECT "jobs"."worker_id" FROM "jobs" WHERE "jobs"."worker_id" = "workers"."boss_id" ORDER BY "jobs"."id" LIMIT ?);
-- 1

-- postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" IN (SELECT "jobs"."worker_id" FROM "jobs" WHERE "jobs"."worker_id" = "workers"."boss_id" ORDER BY "jobs"."id" LIMIT $1::integer);
-- 1

-- mysql
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`id` IN (SELECT * FROM (SELECT `jobs`.`worker_id` FROM `jobs` WHERE `jobs`.`worker_id` = `workers`.`boss_id` ORDER BY `jobs`.`id` LIMIT ?) AS `limited`);
-- 1

-- mariadb
-- NotSupported: MariaDB has no way to name 'workers', which the query around reads, in a query that stands in place of a table: say it in where(...) of what reads that query

-- ==== a source that names what only the query around reads
-- sqlite, postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE EXISTS (SELECT (1) FROM (SELECT "jobs"."id", "jobs"."worker_id", "jobs"."year", "jobs"."number" FROM "jobs" WHERE "jobs"."worker_id" = "workers"."id") AS "jobs");

-- mysql
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE EXISTS (SELECT (1) FROM (SELECT `jobs`.`id`, `jobs`.`worker_id`, `jobs`.`year`, `jobs`.`number` FROM `jobs` WHERE `jobs`.`worker_id` = `workers`.`id`) AS `jobs`);

-- mariadb
-- NotSupported: MariaDB has no way to name 'workers', which the query around reads, in a query that stands in place of a table: say it in where(...) of what reads that query

-- ==== one common table, read twice
-- sqlite, postgresql
WITH RECURSIVE "tree" AS (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."boss_id" IS NULL UNION ALL SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "tree" ON "workers"."boss_id" = "tree"."id") SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE ("workers"."id" IN (WITH RECURSIVE "tree" AS (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."boss_id" IS NULL UNION ALL SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "tree" ON "workers"."boss_id" = "tree"."id") SELECT "workers"."id" FROM "tree" AS "workers") AND "workers"."boss_id" IN (WITH RECURSIVE "tree" AS (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."boss_id" IS NULL UNION ALL SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "tree" ON "workers"."boss_id" = "tree"."id") SELECT "workers"."id" FROM "tree" AS "workers"));

-- mysql, mariadb
WITH RECURSIVE `tree` AS (SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`boss_id` IS NULL UNION ALL SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` INNER JOIN `tree` ON `workers`.`boss_id` = `tree`.`id`) SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE (`workers`.`id` IN (WITH RECURSIVE `tree` AS (SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`boss_id` IS NULL UNION ALL SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` INNER JOIN `tree` ON `workers`.`boss_id` = `tree`.`id`) SELECT `workers`.`id` FROM `tree` AS `workers`) AND `workers`.`boss_id` IN (WITH RECURSIVE `tree` AS (SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`boss_id` IS NULL UNION ALL SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` INNER JOIN `tree` ON `workers`.`boss_id` = `tree`.`id`) SELECT `workers`.`id` FROM `tree` AS `workers`));

-- ==== from a query
-- sqlite
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" ORDER BY "workers"."id" LIMIT ?) AS "workers" WHERE "workers"."name" = ?;
-- 10, 'ann'

-- postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" ORDER BY "workers"."id" LIMIT $1::integer) AS "workers" WHERE "workers"."name" = $2;
-- 10, 'ann'

-- mysql, mariadb
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM (SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` ORDER BY `workers`.`id` LIMIT ?) AS `workers` WHERE `workers`.`name` = ?;
-- 10, 'ann'

-- ==== one of each kind
-- sqlite
-- NotSupported: SQLite has no DISTINCT ON: number the rows of each group, fn.row_number().over(...), and take those of number 1

-- postgresql
SELECT DISTINCT ON ("jobs"."worker_id") "jobs"."id", "jobs"."worker_id", "jobs"."year", "jobs"."number" FROM "jobs" ORDER BY "jobs"."worker_id", "jobs"."year" DESC;

-- mysql
-- NotSupported: MySQL has no DISTINCT ON: number the rows of each group, fn.row_number().over(...), and take those of number 1

-- mariadb
-- NotSupported: MariaDB has no DISTINCT ON: number the rows of each group, fn.row_number().over(...), and take those of number 1

-- ==== for update
-- sqlite
-- NotSupported: SQLite has no row locks: a transaction that may write has the database to itself from its beginning, so read in one

-- postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = $1 FOR UPDATE;
-- 1

-- mysql, mariadb
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`id` = ? FOR UPDATE;
-- 1

-- ==== for update without waiting
-- sqlite
-- NotSupported: SQLite has no row locks: a transaction that may write has the database to itself from its beginning, so read in one

-- postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = $1 FOR UPDATE NOWAIT;
-- 1

-- mysql, mariadb
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`id` = ? FOR UPDATE NOWAIT;
-- 1

-- ==== a queue
-- sqlite
-- NotSupported: SQLite has no row locks: a transaction that may write has the database to itself from its beginning, so read in one

-- postgresql
SELECT "jobs"."id", "jobs"."worker_id", "jobs"."year", "jobs"."number" FROM "jobs" ORDER BY "jobs"."id" LIMIT $1::integer FOR UPDATE SKIP LOCKED;
-- 1

-- mysql, mariadb
SELECT `jobs`.`id`, `jobs`.`worker_id`, `jobs`.`year`, `jobs`.`number` FROM `jobs` ORDER BY `jobs`.`id` LIMIT ? FOR UPDATE SKIP LOCKED;
-- 1

-- ==== for update of one of two
-- sqlite
-- NotSupported: SQLite has no row locks: a transaction that may write has the database to itself from its beginning, so read in one

-- postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" INNER JOIN "jobs" ON "jobs"."worker_id" = "workers"."id" FOR UPDATE OF "jobs";

-- mysql
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` INNER JOIN `jobs` ON `jobs`.`worker_id` = `workers`.`id` FOR UPDATE OF `jobs`;

-- mariadb
-- NotSupported: MariaDB has no FOR UPDATE OF: lock the rows of one table by a query of their own

-- ==== for update of what may be missing
-- sqlite
-- NotSupported: SQLite has no row locks: a transaction that may write has the database to itself from its beginning, so read in one

-- postgresql
-- NotSupported: PostgreSQL has no row locks where there may be no row, as of 'jobs' in an outer join: name the others by of=

-- mysql, mariadb
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` LEFT JOIN `jobs` ON `jobs`.`worker_id` = `workers`.`id` FOR UPDATE;

-- ==== for update of what is there
-- sqlite
-- NotSupported: SQLite has no row locks: a transaction that may write has the database to itself from its beginning, so read in one

-- postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" LEFT JOIN "jobs" ON "jobs"."worker_id" = "workers"."id" FOR UPDATE OF "workers";

-- mysql
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` LEFT JOIN `jobs` ON `jobs`.`worker_id` = `workers`.`id` FOR UPDATE OF `workers`;

-- mariadb
-- NotSupported: MariaDB has no FOR UPDATE OF: lock the rows of one table by a query of their own

-- ==== for update of distinct rows
-- sqlite
-- NotSupported: SQLite has no row locks: a transaction that may write has the database to itself from its beginning, so read in one

-- postgresql
-- NotSupported: PostgreSQL has no row locks of what is distinct, grouped or computed of several rows: lock the rows of the tables by a query of their own, and ask this without a lock

-- mysql, mariadb
SELECT DISTINCT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` FOR UPDATE;

-- ==== for update of groups
-- sqlite
-- NotSupported: SQLite has no row locks: a transaction that may write has the database to itself from its beginning, so read in one

-- postgresql
-- NotSupported: PostgreSQL has no row locks of what is distinct, grouped or computed of several rows: lock the rows of the tables by a query of their own, and ask this without a lock

-- mysql, mariadb
SELECT `workers`.`name` FROM `workers` GROUP BY `workers`.`name` FOR UPDATE;

-- ==== for update of a computed row
-- sqlite
-- NotSupported: SQLite has no row locks: a transaction that may write has the database to itself from its beginning, so read in one

-- postgresql
-- NotSupported: PostgreSQL has no row locks of what is distinct, grouped or computed of several rows: lock the rows of the tables by a query of their own, and ask this without a lock

-- mysql, mariadb
SELECT max(`workers`.`id`) FROM `workers` FOR UPDATE;

-- ==== for update of a union
-- sqlite
-- NotSupported: SQLite has no row locks: a transaction that may write has the database to itself from its beginning, so read in one

-- postgresql
-- NotSupported: PostgreSQL has no row locks of unions and their like: lock the rows of the tables by a query of their own, and ask this without a lock

-- mysql
-- NotSupported: MySQL has no row locks of unions and their like: lock the rows of the tables by a query of their own, and ask this without a lock

-- mariadb
-- NotSupported: MariaDB has no row locks of unions and their like: lock the rows of the tables by a query of their own, and ask this without a lock

-- ==== for update of a joined union
-- sqlite
-- NotSupported: SQLite has no row locks: a transaction that may write has the database to itself from its beginning, so read in one

-- postgresql
-- NotSupported: PostgreSQL has no row locks of unions and their like: lock the rows of the tables by a query of their own, and ask this without a lock

-- mysql
-- NotSupported: MySQL has no row locks of unions and their like: lock the rows of the tables by a query of their own, and ask this without a lock

-- mariadb
-- NotSupported: MariaDB has no row locks of unions and their like: lock the rows of the tables by a query of their own, and ask this without a lock

-- ==== for update beside a union
-- sqlite
-- NotSupported: SQLite has no row locks: a transaction that may write has the database to itself from its beginning, so read in one

-- postgresql
SELECT "jobs"."id", "jobs"."worker_id", "jobs"."year", "jobs"."number" FROM "jobs" INNER JOIN (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM (SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = $1 UNION SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = $2) AS "workers") AS "u" ON "jobs"."worker_id" = $3 FOR UPDATE OF "jobs";
-- 1, 2, 1

-- mysql
SELECT `jobs`.`id`, `jobs`.`worker_id`, `jobs`.`year`, `jobs`.`number` FROM `jobs` INNER JOIN (SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM (SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`id` = ? UNION SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`id` = ?) AS `workers`) AS `u` ON `jobs`.`worker_id` = ? FOR UPDATE OF `jobs`;
-- 1, 2, 1

-- mariadb
-- NotSupported: MariaDB has no FOR UPDATE OF: lock the rows of one table by a query of their own

-- ==== for update of a query of a union
-- sqlite
-- NotSupported: SQLite has no row locks: a transaction that may write has the database to itself from its beginning, so read in one

-- postgresql
-- NotSupported: PostgreSQL has no row locks of unions and their like: lock the rows of the tables by a query of their own, and ask this without a lock

-- mysql
-- NotSupported: MySQL has no row locks of unions and their like: lock the rows of the tables by a query of their own, and ask this without a lock

-- mariadb
-- NotSupported: MariaDB has no row locks of unions and their like: lock the rows of the tables by a query of their own, and ask this without a lock

-- ==== for update of a common table
-- sqlite
-- NotSupported: SQLite has no row locks: a transaction that may write has the database to itself from its beginning, so read in one

-- postgresql
-- NotSupported: PostgreSQL has no row locks of common tables, as 'workers' here: lock the rows of the tables by a query of their own, and ask this without a lock

-- mysql
WITH `t` AS (SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`id` = ?) SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `t` AS `workers` FOR UPDATE OF `workers`;
-- 1

-- mariadb
-- NotSupported: MariaDB has no FOR UPDATE OF: lock the rows of one table by a query of their own

-- ==== for share
-- sqlite
-- NotSupported: SQLite has no row locks: a transaction that may write has the database to itself from its beginning, so read in one

-- postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = $1 FOR SHARE;
-- 1

-- mysql
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`id` = ? FOR SHARE;
-- 1

-- mariadb
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`id` = ? LOCK IN SHARE MODE;
-- 1

-- ==== a hint
-- sqlite
-- NotSupported: SQLite has no optimizer hints: ANALYZE tells its planner what it needs

-- postgresql
SELECT /*+ MAX_EXECUTION_TIME(100) */ "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers";

-- mysql, mariadb
SELECT /*+ MAX_EXECUTION_TIME(100) */ `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers`;

-- ==== a comment
-- sqlite
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = ? /* checkout */ /* worker.find */;
-- 1

-- postgresql
SELECT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" WHERE "workers"."id" = $1 /* checkout */ /* worker.find */;
-- 1

-- mysql, mariadb
SELECT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` WHERE `workers`.`id` = ? /* checkout */ /* worker.find */;
-- 1

-- ==== a group by an expression with values
-- sqlite
SELECT coalesce("workers"."nick", ?) AS "called", count(*) AS "n" FROM "workers" GROUP BY 1 ORDER BY 1;
-- '?'

-- postgresql
SELECT coalesce("workers"."nick", $1) AS "called", count(*) AS "n" FROM "workers" GROUP BY 1 ORDER BY 1;
-- '?'

-- mysql, mariadb
SELECT coalesce(`workers`.`nick`, ?) AS `called`, count(*) AS `n` FROM `workers` GROUP BY 1 ORDER BY 1;
-- '?'

-- ==== a group by an expression with equal values
-- sqlite
SELECT coalesce("workers"."nick", ?), "workers"."id" IN (?, ?) FROM "workers" GROUP BY 1, 2 ORDER BY coalesce("workers"."nick", ?);
-- '?', 1, 2, '!'

-- postgresql
SELECT coalesce("workers"."nick", $1), "workers"."id" = ANY ($2) FROM "workers" GROUP BY 1, 2 ORDER BY coalesce("workers"."nick", $3);
-- '?', [1, 2], '!'

-- mysql, mariadb
SELECT coalesce(`workers`.`nick`, ?), `workers`.`id` IN (?, ?) FROM `workers` GROUP BY 1, 2 ORDER BY coalesce(`workers`.`nick`, ?);
-- '?', 1, 2, '!'

-- ==== distinct rows in an order of theirs
-- sqlite, postgresql
SELECT DISTINCT "workers"."id", "workers"."name", "workers"."nick", "workers"."boss_id" FROM "workers" ORDER BY "workers"."name" DESC, "workers"."nick";

-- mysql, mariadb
SELECT DISTINCT `workers`.`id`, `workers`.`name`, `workers`.`nick`, `workers`.`boss_id` FROM `workers` ORDER BY `workers`.`name` DESC, `workers`.`nick`;

-- ==== distinct values in an order of theirs
-- sqlite
SELECT DISTINCT "workers"."name", ("workers"."id" + ?) AS "n" FROM "workers" ORDER BY 2, "workers"."name", 2;
-- 1

-- postgresql
SELECT DISTINCT "workers"."name", ("workers"."id" + $1) AS "n" FROM "workers" ORDER BY 2, "workers"."name", 2;
-- 1

-- mysql, mariadb
SELECT DISTINCT `workers`.`name`, (`workers`.`id` + ?) AS `n` FROM `workers` ORDER BY 2, `workers`.`name`, 2;
-- 1

-- ==== distinct values in an order of their own
-- sqlite, postgresql
SELECT DISTINCT lower("workers"."name") FROM "workers" ORDER BY lower("workers"."name");

-- mysql, mariadb
SELECT DISTINCT lower(`workers`.`name`) FROM `workers` ORDER BY lower(`workers`.`name`);
