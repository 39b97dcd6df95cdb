-- ==== update
-- sqlite
UPDATE "clerks" SET "age" = ("clerks"."age" + ?), "nick" = ? WHERE "clerks"."name" = ?;
-- 1, None, 'ann'

-- postgresql
UPDATE "clerks" SET "age" = ("clerks"."age" + $1), "nick" = $2 WHERE "clerks"."name" = $3;
-- 1, None, 'ann'

-- mysql, mariadb
UPDATE `clerks` SET `age` = (`clerks`.`age` + ?), `nick` = ? WHERE `clerks`.`name` = ?;
-- 1, None, 'ann'

-- ==== update of everything
-- sqlite
UPDATE "clerks" SET "age" = ?;
-- 1

-- postgresql
UPDATE "clerks" SET "age" = $1;
-- 1

-- mysql, mariadb
UPDATE `clerks` SET `age` = ?;
-- 1

-- ==== update by a query
-- sqlite
UPDATE "clerks" SET "age" = (SELECT sum("tasks"."hours") FROM "tasks" WHERE ("tasks"."clerk_id" = "clerks"."id" AND "tasks"."deleted" = ? AND "tasks"."hours" > ?)) WHERE "clerks"."age" > ?;
-- 0, 1, 1

-- postgresql
UPDATE "clerks" SET "age" = (SELECT sum("tasks"."hours")::bigint FROM "tasks" WHERE ("tasks"."clerk_id" = "clerks"."id" AND "tasks"."deleted" = $1 AND "tasks"."hours" > $2)) WHERE "clerks"."age" > $3;
-- False, 1, 1

-- mysql, mariadb
UPDATE `clerks` SET `age` = (SELECT sum(`tasks`.`hours`) FROM `tasks` WHERE (`tasks`.`clerk_id` = `clerks`.`id` AND `tasks`.`deleted` = ? AND `tasks`.`hours` > ?)) WHERE `clerks`.`age` > ?;
-- 0, 1, 1

-- ==== update where a query of the table says so
-- sqlite
UPDATE "clerks" SET "age" = ? WHERE "clerks"."age" > (SELECT avg("clerks"."age") FROM "clerks");
-- 2

-- postgresql
UPDATE "clerks" SET "age" = $1 WHERE "clerks"."age" > (SELECT avg("clerks"."age")::double precision FROM "clerks");
-- 2

-- mysql, mariadb
UPDATE `clerks` SET `age` = ? WHERE `clerks`.`age` > (SELECT * FROM (SELECT avg(`clerks`.`age`) FROM `clerks` LIMIT 18446744073709551615) AS `before`);
-- 2

-- ==== update where other rows say so
-- sqlite
UPDATE "clerks" SET "age" = ? WHERE "clerks"."id" IN (SELECT "clerks"."id" FROM "clerks" WHERE EXISTS (SELECT (1) FROM "clerks" AS "older_one" WHERE "older_one"."age" > "clerks"."age"));
-- 2

-- postgresql
UPDATE "clerks" SET "age" = $1 WHERE "clerks"."id" IN (SELECT "clerks"."id" FROM "clerks" WHERE EXISTS (SELECT (1) FROM "clerks" AS "older_one" WHERE "older_one"."age" > "clerks"."age"));
-- 2

-- mysql, mariadb
UPDATE `clerks` SET `age` = ? WHERE `clerks`.`id` IN (SELECT * FROM (SELECT `clerks`.`id` FROM `clerks` WHERE EXISTS (SELECT (1) FROM `clerks` AS `older_one` WHERE `older_one`.`age` > `clerks`.`age`) LIMIT 18446744073709551615) AS `before`);
-- 2

-- ==== update by other rows
-- sqlite
-- NotSupported: SQLite has no way to set a value by other rows of the table as they were: read the values before, in the same transaction, or keep them in another table

-- postgresql
UPDATE "clerks" SET "age" = (SELECT "older_one"."age" FROM "clerks" AS "older_one" WHERE "older_one"."age" > "clerks"."age") WHERE "clerks"."id" = $1;
-- 1

-- mysql
UPDATE `clerks` SET `age` = (SELECT * FROM (SELECT `older_one`.`age` FROM `clerks` AS `older_one` WHERE `older_one`.`age` > `clerks`.`age` LIMIT 18446744073709551615) AS `before`) WHERE `clerks`.`id` = ?;
-- 1

-- mariadb
UPDATE `clerks` SET `age` = (SELECT `older_one`.`age` FROM `clerks` AS `older_one` WHERE `older_one`.`age` > `clerks`.`age`) WHERE `clerks`.`id` = ?;
-- 1

-- ==== update by other rows, in a query of its own
-- sqlite
UPDATE "clerks" SET "age" = (SELECT max("clerks"."age") FROM "clerks" WHERE EXISTS (SELECT (1) FROM "clerks" AS "older_one" WHERE "older_one"."age" > "clerks"."age")) WHERE "clerks"."id" = ?;
-- 1

-- postgresql
UPDATE "clerks" SET "age" = (SELECT max("clerks"."age") FROM "clerks" WHERE EXISTS (SELECT (1) FROM "clerks" AS "older_one" WHERE "older_one"."age" > "clerks"."age")) WHERE "clerks"."id" = $1;
-- 1

-- mysql, mariadb
UPDATE `clerks` SET `age` = (SELECT * FROM (SELECT max(`clerks`.`age`) FROM `clerks` WHERE EXISTS (SELECT (1) FROM `clerks` AS `older_one` WHERE `older_one`.`age` > `clerks`.`age`) LIMIT 18446744073709551615) AS `before`) WHERE `clerks`.`id` = ?;
-- 1

-- ==== update in the order of reading
-- sqlite
UPDATE "clerks" SET "nick" = ("clerks"."name" || "clerks"."age"), "age" = ? WHERE "clerks"."id" = ?;
-- 3, 1

-- postgresql
UPDATE "clerks" SET "nick" = ("clerks"."name" || "clerks"."age"::text), "age" = $1 WHERE "clerks"."id" = $2;
-- 3, 1

-- mysql, mariadb
UPDATE `clerks` SET `nick` = CONCAT(`clerks`.`name`, `clerks`.`age`), `age` = ? WHERE `clerks`.`id` = ?;
-- 3, 1

-- ==== update of columns that swap
-- sqlite
UPDATE "clerks" SET "name" = "clerks"."nick", "nick" = "clerks"."name" WHERE "clerks"."id" = ?;
-- 1

-- postgresql
UPDATE "clerks" SET "name" = "clerks"."nick", "nick" = "clerks"."name" WHERE "clerks"."id" = $1;
-- 1

-- mysql
-- NotSupported: MySQL has no assignments that see each other's columns as they were, as 'name' here: set the columns by two statements in a transaction

-- mariadb
-- NotSupported: MariaDB has no assignments that see each other's columns as they were, as 'name' here: set the columns by two statements in a transaction

-- ==== update with a limit
-- sqlite
UPDATE "clerks" SET "age" = ? WHERE "clerks"."id" IN (SELECT "clerks"."id" FROM "clerks" WHERE "clerks"."age" = ? ORDER BY "clerks"."name" LIMIT ?);
-- 2, 1, 2

-- postgresql
UPDATE "clerks" SET "age" = $1 WHERE "clerks"."id" IN (SELECT "clerks"."id" FROM "clerks" WHERE "clerks"."age" = $2 ORDER BY "clerks"."name" LIMIT $3::integer);
-- 2, 1, 2

-- mysql, mariadb
UPDATE `clerks` SET `age` = ? WHERE `clerks`.`id` IN (SELECT * FROM (SELECT `clerks`.`id` FROM `clerks` WHERE `clerks`.`age` = ? ORDER BY `clerks`.`name` LIMIT ?) AS `before`);
-- 2, 1, 2

-- ==== update with an order alone
-- sqlite
UPDATE "clerks" SET "age" = ? WHERE "clerks"."age" = ?;
-- 2, 1

-- postgresql
UPDATE "clerks" SET "age" = $1 WHERE "clerks"."age" = $2;
-- 2, 1

-- mysql, mariadb
UPDATE `clerks` SET `age` = ? WHERE `clerks`.`age` = ?;
-- 2, 1

-- ==== update of distinct rows, limited
-- sqlite
UPDATE "clerks" SET "age" = ? WHERE "clerks"."id" IN (SELECT "clerks"."id" FROM (SELECT DISTINCT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" INNER JOIN "tasks" ON "tasks"."clerk_id" = "clerks"."id" ORDER BY "clerks"."name" LIMIT ?) AS "clerks");
-- 2, 2

-- postgresql
UPDATE "clerks" SET "age" = $1 WHERE "clerks"."id" IN (SELECT "clerks"."id" FROM (SELECT DISTINCT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" INNER JOIN "tasks" ON "tasks"."clerk_id" = "clerks"."id" ORDER BY "clerks"."name" LIMIT $2::integer) AS "clerks");
-- 2, 2

-- mysql, mariadb
UPDATE `clerks` SET `age` = ? WHERE `clerks`.`id` IN (SELECT * FROM (SELECT `clerks`.`id` FROM (SELECT DISTINCT `clerks`.`id`, `clerks`.`name`, `clerks`.`nick`, `clerks`.`age` FROM `clerks` INNER JOIN `tasks` ON `tasks`.`clerk_id` = `clerks`.`id` ORDER BY `clerks`.`name` LIMIT ?) AS `clerks` LIMIT 18446744073709551615) AS `before`);
-- 2, 2

-- ==== update of the first of each
-- sqlite
-- NotSupported: SQLite has no DISTINCT ON: number the rows of each group, fn.row_number().over(...), and take those of number 1

-- postgresql
UPDATE "clerks" SET "age" = $1 WHERE "clerks"."id" IN (SELECT DISTINCT ON ("clerks"."age") "clerks"."id" FROM "clerks" ORDER BY "clerks"."age", "clerks"."name");
-- 2

-- mysql
-- NotSupported: MySQL has no DISTINCT ON: number the rows of each group, fn.row_number().over(...), and take those of number 1

-- mariadb
-- NotSupported: MariaDB has no DISTINCT ON: number the rows of each group, fn.row_number().over(...), and take those of number 1

-- ==== update of a join
-- sqlite
UPDATE "clerks" SET "age" = ? WHERE "clerks"."id" IN (SELECT "clerks"."id" FROM "clerks" INNER JOIN "tasks" ON "tasks"."clerk_id" = "clerks"."id" WHERE "tasks"."hours" > ?);
-- 2, 3

-- postgresql
UPDATE "clerks" SET "age" = $1 WHERE "clerks"."id" IN (SELECT "clerks"."id" FROM "clerks" INNER JOIN "tasks" ON "tasks"."clerk_id" = "clerks"."id" WHERE "tasks"."hours" > $2);
-- 2, 3

-- mysql, mariadb
UPDATE `clerks` SET `age` = ? WHERE `clerks`.`id` IN (SELECT * FROM (SELECT `clerks`.`id` FROM `clerks` INNER JOIN `tasks` ON `tasks`.`clerk_id` = `clerks`.`id` WHERE `tasks`.`hours` > ? LIMIT 18446744073709551615) AS `before`);
-- 2, 3

-- ==== update of groups by the key
-- sqlite
UPDATE "clerks" SET "age" = ? WHERE "clerks"."id" IN (SELECT "clerks"."id" FROM "clerks" INNER JOIN "tasks" ON "tasks"."clerk_id" = "clerks"."id" GROUP BY "clerks"."id" HAVING count(*) > ?);
-- 2, 2

-- postgresql
UPDATE "clerks" SET "age" = $1 WHERE "clerks"."id" IN (SELECT "clerks"."id" FROM "clerks" INNER JOIN "tasks" ON "tasks"."clerk_id" = "clerks"."id" GROUP BY "clerks"."id" HAVING count(*) > $2);
-- 2, 2

-- mysql, mariadb
UPDATE `clerks` SET `age` = ? WHERE `clerks`.`id` IN (SELECT * FROM (SELECT `clerks`.`id` FROM `clerks` INNER JOIN `tasks` ON `tasks`.`clerk_id` = `clerks`.`id` GROUP BY `clerks`.`id` HAVING count(*) > ? LIMIT 18446744073709551615) AS `before`);
-- 2, 2

-- ==== update of rows of a union
-- sqlite
UPDATE "clerks" SET "age" = ? WHERE "clerks"."id" IN (SELECT "clerks"."id" FROM (SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" WHERE "clerks"."id" = ? UNION SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" WHERE "clerks"."id" = ?) AS "clerks");
-- 2, 1, 2

-- postgresql
UPDATE "clerks" SET "age" = $1 WHERE "clerks"."id" IN (SELECT "clerks"."id" FROM (SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" WHERE "clerks"."id" = $2 UNION SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" WHERE "clerks"."id" = $3) AS "clerks");
-- 2, 1, 2

-- mysql, mariadb
UPDATE `clerks` SET `age` = ? WHERE `clerks`.`id` IN (SELECT * FROM (SELECT `clerks`.`id` FROM (SELECT `clerks`.`id`, `clerks`.`name`, `clerks`.`nick`, `clerks`.`age` FROM `clerks` WHERE `clerks`.`id` = ? UNION SELECT `clerks`.`id`, `clerks`.`name`, `clerks`.`nick`, `clerks`.`age` FROM `clerks` WHERE `clerks`.`id` = ?) AS `clerks` LIMIT 18446744073709551615) AS `before`);
-- 2, 1, 2

-- ==== update of rows of a common table
-- sqlite
UPDATE "clerks" SET "age" = ? WHERE "clerks"."id" IN (WITH "few" AS (SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" WHERE "clerks"."id" = ?) SELECT "clerks"."id" FROM "few" AS "clerks");
-- 2, 1

-- postgresql
UPDATE "clerks" SET "age" = $1 WHERE "clerks"."id" IN (WITH "few" AS (SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" WHERE "clerks"."id" = $2) SELECT "clerks"."id" FROM "few" AS "clerks");
-- 2, 1

-- mysql, mariadb
UPDATE `clerks` SET `age` = ? WHERE `clerks`.`id` IN (SELECT * FROM (WITH `few` AS (SELECT `clerks`.`id`, `clerks`.`name`, `clerks`.`nick`, `clerks`.`age` FROM `clerks` WHERE `clerks`.`id` = ?) SELECT `clerks`.`id` FROM `few` AS `clerks` LIMIT 18446744073709551615) AS `before`);
-- 2, 1

-- ==== update under another name
-- sqlite
UPDATE "clerks" SET "age" = ? WHERE "clerks"."id" IN (SELECT "c"."id" FROM "clerks" AS "c" WHERE "c"."name" = ?);
-- 2, 'ann'

-- postgresql
UPDATE "clerks" SET "age" = $1 WHERE "clerks"."id" IN (SELECT "c"."id" FROM "clerks" AS "c" WHERE "c"."name" = $2);
-- 2, 'ann'

-- mysql, mariadb
UPDATE `clerks` SET `age` = ? WHERE `clerks`.`id` IN (SELECT * FROM (SELECT `c`.`id` FROM `clerks` AS `c` WHERE `c`.`name` = ? LIMIT 18446744073709551615) AS `before`);
-- 2, 'ann'

-- ==== update of rows that are locked
-- sqlite
-- NotSupported: SQLite has no row locks: a transaction that may write has the database to itself from its beginning, so read in one

-- postgresql
UPDATE "clerks" SET "age" = $1 WHERE "clerks"."id" IN (WITH "locked" AS (SELECT "clerks"."id" FROM "clerks" WHERE "clerks"."age" = $2 ORDER BY "clerks"."id" LIMIT $3::integer FOR UPDATE SKIP LOCKED) SELECT "locked"."id" FROM "locked");
-- 2, 1, 1

-- mysql
-- NotSupported: MySQL has no locks in the query of a write: in a transaction take the keys by for_update(...).ids(), and write where(...) they are

-- mariadb
-- NotSupported: MariaDB has no locks in the query of a write: in a transaction take the keys by for_update(...).ids(), and write where(...) they are

-- ==== update of a composite key
-- sqlite
UPDATE "shares" SET "part" = ? WHERE ("shares"."clerk_id", "shares"."task_id") IN (SELECT "shares"."clerk_id", "shares"."task_id" FROM "shares" INNER JOIN "clerks" ON "clerks"."id" = "shares"."clerk_id" WHERE "clerks"."age" > ?);
-- 1, 3

-- postgresql
UPDATE "shares" SET "part" = $1 WHERE ("shares"."clerk_id", "shares"."task_id") IN (SELECT "shares"."clerk_id", "shares"."task_id" FROM "shares" INNER JOIN "clerks" ON "clerks"."id" = "shares"."clerk_id" WHERE "clerks"."age" > $2);
-- 1, 3

-- mysql, mariadb
UPDATE `shares` SET `part` = ? WHERE (`shares`.`clerk_id`, `shares`.`task_id`) IN (SELECT * FROM (SELECT `shares`.`clerk_id`, `shares`.`task_id` FROM `shares` INNER JOIN `clerks` ON `clerks`.`id` = `shares`.`clerk_id` WHERE `clerks`.`age` > ? LIMIT 18446744073709551615) AS `before`);
-- 1, 3

-- ==== update of a composite key, limited
-- sqlite
UPDATE "shares" SET "part" = ? WHERE ("shares"."clerk_id", "shares"."task_id") IN (SELECT "shares"."clerk_id", "shares"."task_id" FROM "shares" LIMIT ?);
-- 1, 2

-- postgresql
UPDATE "shares" SET "part" = $1 WHERE ("shares"."clerk_id", "shares"."task_id") IN (SELECT "shares"."clerk_id", "shares"."task_id" FROM "shares" LIMIT $2::integer);
-- 1, 2

-- mysql, mariadb
UPDATE `shares` SET `part` = ? WHERE (`shares`.`clerk_id`, `shares`.`task_id`) IN (SELECT * FROM (SELECT `shares`.`clerk_id`, `shares`.`task_id` FROM `shares` LIMIT ?) AS `before`);
-- 1, 2

-- ==== update with returning
-- sqlite
UPDATE "clerks" SET "age" = ? WHERE "clerks"."id" = ? RETURNING "clerks"."id", "clerks"."nick";
-- 2, 1

-- postgresql
UPDATE "clerks" SET "age" = $1 WHERE "clerks"."id" = $2 RETURNING "clerks"."id", "clerks"."nick";
-- 2, 1

-- mysql
-- NotSupported: MySQL does not give back the rows of update_all: in a transaction, take their keys by for_update().ids(), and read them by where(...) before they are deleted, or after they are updated

-- mariadb
-- NotSupported: MariaDB does not give back the rows of update_all: in a transaction, take their keys by for_update().ids(), and read them by where(...) before they are deleted, or after they are updated

-- ==== update with returning all
-- sqlite
UPDATE "clerks" SET "age" = ? WHERE "clerks"."id" = ? RETURNING "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age";
-- 2, 1

-- postgresql
UPDATE "clerks" SET "age" = $1 WHERE "clerks"."id" = $2 RETURNING "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age";
-- 2, 1

-- mysql
-- NotSupported: MySQL does not give back the rows of update_all: in a transaction, take their keys by for_update().ids(), and read them by where(...) before they are deleted, or after they are updated

-- mariadb
-- NotSupported: MariaDB does not give back the rows of update_all: in a transaction, take their keys by for_update().ids(), and read them by where(...) before they are deleted, or after they are updated

-- ==== update with a comment
-- sqlite
UPDATE "clerks" SET "age" = ? WHERE "clerks"."id" = ? /* nightly */;
-- 2, 1

-- postgresql
UPDATE "clerks" SET "age" = $1 WHERE "clerks"."id" = $2 /* nightly */;
-- 2, 1

-- mysql, mariadb
UPDATE `clerks` SET `age` = ? WHERE `clerks`.`id` = ? /* nightly */;
-- 2, 1

-- ==== delete
-- sqlite
DELETE FROM "clerks" WHERE "clerks"."name" = ?;
-- 'ann'

-- postgresql
DELETE FROM "clerks" WHERE "clerks"."name" = $1;
-- 'ann'

-- mysql, mariadb
DELETE FROM `clerks` WHERE `clerks`.`name` = ?;
-- 'ann'

-- ==== delete everything
-- sqlite, postgresql
DELETE FROM "clerks";

-- mysql, mariadb
DELETE FROM `clerks`;

-- ==== delete with a limit
-- sqlite
DELETE FROM "clerks" WHERE "clerks"."id" IN (SELECT "clerks"."id" FROM "clerks" LIMIT ? OFFSET ?);
-- 2, 1

-- postgresql
DELETE FROM "clerks" WHERE "clerks"."id" IN (SELECT "clerks"."id" FROM "clerks" LIMIT $1::integer OFFSET $2::integer);
-- 2, 1

-- mysql, mariadb
DELETE FROM `clerks` WHERE `clerks`.`id` IN (SELECT * FROM (SELECT `clerks`.`id` FROM `clerks` LIMIT ? OFFSET ?) AS `before`);
-- 2, 1

-- ==== delete of a join
-- sqlite
DELETE FROM "clerks" WHERE "clerks"."id" IN (SELECT "clerks"."id" FROM "clerks" INNER JOIN "tasks" ON "tasks"."clerk_id" = "clerks"."id" WHERE "tasks"."hours" > ?);
-- 3

-- postgresql
DELETE FROM "clerks" WHERE "clerks"."id" IN (SELECT "clerks"."id" FROM "clerks" INNER JOIN "tasks" ON "tasks"."clerk_id" = "clerks"."id" WHERE "tasks"."hours" > $1);
-- 3

-- mysql, mariadb
DELETE FROM `clerks` WHERE `clerks`.`id` IN (SELECT * FROM (SELECT `clerks`.`id` FROM `clerks` INNER JOIN `tasks` ON `tasks`.`clerk_id` = `clerks`.`id` WHERE `tasks`.`hours` > ? LIMIT 18446744073709551615) AS `before`);
-- 3

-- ==== delete with returning
-- sqlite
DELETE FROM "clerks" WHERE "clerks"."id" = ? RETURNING "clerks"."id";
-- 1

-- postgresql
DELETE FROM "clerks" WHERE "clerks"."id" = $1 RETURNING "clerks"."id";
-- 1

-- mysql
-- NotSupported: MySQL does not give back the rows of delete_all: in a transaction, take their keys by for_update().ids(), and read them by where(...) before they are deleted, or after they are updated

-- mariadb
DELETE FROM `clerks` WHERE `clerks`.`id` = ? RETURNING `clerks`.`id`;
-- 1

-- ==== delete without a key
-- sqlite
DELETE FROM "loose" WHERE "loose"."note" = ?;
-- 'x'

-- postgresql
DELETE FROM "loose" WHERE "loose"."note" = $1;
-- 'x'

-- mysql, mariadb
DELETE FROM `loose` WHERE `loose`.`note` = ?;
-- 'x'

-- ==== a common table that deletes
-- sqlite
-- NotSupported: SQLite has no common tables that write: send two statements in a transaction

-- postgresql
WITH "gone" AS (DELETE FROM "clerks" WHERE "clerks"."id" = $1 RETURNING "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age") SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "gone" AS "clerks";
-- 1

-- mysql
-- NotSupported: MySQL has no common tables that write: send two statements in a transaction

-- mariadb
-- NotSupported: MariaDB has no common tables that write: send two statements in a transaction

-- ==== a common table that updates
-- sqlite
-- NotSupported: SQLite has no common tables that write: send two statements in a transaction

-- postgresql
WITH "grown" AS (UPDATE "clerks" SET "age" = ("clerks"."age" + $1) WHERE "clerks"."id" = $2 RETURNING "clerks"."id", "clerks"."age") SELECT "clerks"."name" FROM "clerks" INNER JOIN "grown" ON "grown"."id" = "clerks"."id";
-- 1, 1

-- mysql
-- NotSupported: MySQL has no common tables that write: send two statements in a transaction

-- mariadb
-- NotSupported: MariaDB has no common tables that write: send two statements in a transaction

-- ==== a common table that deletes and is not read
-- sqlite
-- NotSupported: SQLite has no common tables that write: send two statements in a transaction

-- postgresql
WITH "gone" AS (DELETE FROM "clerks" WHERE "clerks"."id" = $1) SELECT "tasks"."id", "tasks"."clerk_id", "tasks"."hours", "tasks"."deleted" FROM "tasks" WHERE ("tasks"."deleted" = $2 AND "tasks"."hours" > $3);
-- 1, False, 1

-- mysql
-- NotSupported: MySQL has no common tables that write: send two statements in a transaction

-- mariadb
-- NotSupported: MariaDB has no common tables that write: send two statements in a transaction

-- ==== a scope
-- sqlite
SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" WHERE "clerks"."age" >= ?;
-- 60

-- postgresql
SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" WHERE "clerks"."age" >= $1;
-- 60

-- mysql, mariadb
SELECT `clerks`.`id`, `clerks`.`name`, `clerks`.`nick`, `clerks`.`age` FROM `clerks` WHERE `clerks`.`age` >= ?;
-- 60

-- ==== a scope of a scope
-- sqlite
SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" INNER JOIN "tasks" ON "tasks"."clerk_id" = "clerks"."id" WHERE ("clerks"."name" = ? AND "clerks"."age" >= ?);
-- 'ann', 18

-- postgresql
SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" INNER JOIN "tasks" ON "tasks"."clerk_id" = "clerks"."id" WHERE ("clerks"."name" = $1 AND "clerks"."age" >= $2);
-- 'ann', 18

-- mysql, mariadb
SELECT `clerks`.`id`, `clerks`.`name`, `clerks`.`nick`, `clerks`.`age` FROM `clerks` INNER JOIN `tasks` ON `tasks`.`clerk_id` = `clerks`.`id` WHERE (`clerks`.`name` = ? AND `clerks`.`age` >= ?);
-- 'ann', 18

-- ==== default scopes
-- sqlite
SELECT "tasks"."id", "tasks"."clerk_id", "tasks"."hours", "tasks"."deleted" FROM "tasks" WHERE (("tasks"."clerk_id" = ? OR "tasks"."clerk_id" = ?) AND "tasks"."deleted" = ? AND "tasks"."hours" > ?);
-- 1, 2, 0, 1

-- postgresql
SELECT "tasks"."id", "tasks"."clerk_id", "tasks"."hours", "tasks"."deleted" FROM "tasks" WHERE (("tasks"."clerk_id" = $1 OR "tasks"."clerk_id" = $2) AND "tasks"."deleted" = $3 AND "tasks"."hours" > $4);
-- 1, 2, False, 1

-- mysql, mariadb
SELECT `tasks`.`id`, `tasks`.`clerk_id`, `tasks`.`hours`, `tasks`.`deleted` FROM `tasks` WHERE ((`tasks`.`clerk_id` = ? OR `tasks`.`clerk_id` = ?) AND `tasks`.`deleted` = ? AND `tasks`.`hours` > ?);
-- 1, 2, 0, 1

-- ==== one default scope lifted
-- sqlite
SELECT "tasks"."id", "tasks"."clerk_id", "tasks"."hours", "tasks"."deleted" FROM "tasks" WHERE "tasks"."hours" = ?;
-- 3

-- postgresql
SELECT "tasks"."id", "tasks"."clerk_id", "tasks"."hours", "tasks"."deleted" FROM "tasks" WHERE "tasks"."hours" = $1;
-- 3

-- mysql, mariadb
SELECT `tasks`.`id`, `tasks`.`clerk_id`, `tasks`.`hours`, `tasks`.`deleted` FROM `tasks` WHERE `tasks`.`hours` = ?;
-- 3

-- ==== another lifted
-- sqlite
SELECT "tasks"."id", "tasks"."clerk_id", "tasks"."hours", "tasks"."deleted" FROM "tasks" WHERE ("tasks"."hours" = ? AND "tasks"."deleted" = ?);
-- 3, 0

-- postgresql
SELECT "tasks"."id", "tasks"."clerk_id", "tasks"."hours", "tasks"."deleted" FROM "tasks" WHERE ("tasks"."hours" = $1 AND "tasks"."deleted" = $2);
-- 3, False

-- mysql, mariadb
SELECT `tasks`.`id`, `tasks`.`clerk_id`, `tasks`.`hours`, `tasks`.`deleted` FROM `tasks` WHERE (`tasks`.`hours` = ? AND `tasks`.`deleted` = ?);
-- 3, 0

-- ==== default scopes in a query inside
-- sqlite
SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" WHERE "clerks"."id" IN (SELECT "tasks"."clerk_id" FROM "tasks" WHERE ("tasks"."hours" = ? AND "tasks"."deleted" = ? AND "tasks"."hours" > ?));
-- 3, 0, 1

-- postgresql
SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" WHERE "clerks"."id" IN (SELECT "tasks"."clerk_id" FROM "tasks" WHERE ("tasks"."hours" = $1 AND "tasks"."deleted" = $2 AND "tasks"."hours" > $3));
-- 3, False, 1

-- mysql, mariadb
SELECT `clerks`.`id`, `clerks`.`name`, `clerks`.`nick`, `clerks`.`age` FROM `clerks` WHERE `clerks`.`id` IN (SELECT `tasks`.`clerk_id` FROM `tasks` WHERE (`tasks`.`hours` = ? AND `tasks`.`deleted` = ? AND `tasks`.`hours` > ?));
-- 3, 0, 1

-- ==== default scopes are not for what is joined
-- sqlite, postgresql
SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" INNER JOIN "tasks" ON "tasks"."clerk_id" = "clerks"."id";

-- mysql, mariadb
SELECT `clerks`.`id`, `clerks`.`name`, `clerks`.`nick`, `clerks`.`age` FROM `clerks` INNER JOIN `tasks` ON `tasks`.`clerk_id` = `clerks`.`id`;

-- ==== default scopes and a union
-- sqlite
SELECT "tasks"."id", "tasks"."clerk_id", "tasks"."hours", "tasks"."deleted" FROM (SELECT "tasks"."id", "tasks"."clerk_id", "tasks"."hours", "tasks"."deleted" FROM "tasks" WHERE ("tasks"."hours" = ? AND "tasks"."deleted" = ? AND "tasks"."hours" > ?) UNION SELECT "tasks"."id", "tasks"."clerk_id", "tasks"."hours", "tasks"."deleted" FROM "tasks" WHERE "tasks"."hours" = ?) AS "tasks";
-- 2, 0, 1, 3

-- postgresql
SELECT "tasks"."id", "tasks"."clerk_id", "tasks"."hours", "tasks"."deleted" FROM (SELECT "tasks"."id", "tasks"."clerk_id", "tasks"."hours", "tasks"."deleted" FROM "tasks" WHERE ("tasks"."hours" = $1 AND "tasks"."deleted" = $2 AND "tasks"."hours" > $3) UNION SELECT "tasks"."id", "tasks"."clerk_id", "tasks"."hours", "tasks"."deleted" FROM "tasks" WHERE "tasks"."hours" = $4) AS "tasks";
-- 2, False, 1, 3

-- mysql, mariadb
SELECT `tasks`.`id`, `tasks`.`clerk_id`, `tasks`.`hours`, `tasks`.`deleted` FROM (SELECT `tasks`.`id`, `tasks`.`clerk_id`, `tasks`.`hours`, `tasks`.`deleted` FROM `tasks` WHERE (`tasks`.`hours` = ? AND `tasks`.`deleted` = ? AND `tasks`.`hours` > ?) UNION SELECT `tasks`.`id`, `tasks`.`clerk_id`, `tasks`.`hours`, `tasks`.`deleted` FROM `tasks` WHERE `tasks`.`hours` = ?) AS `tasks`;
-- 2, 0, 1, 3

-- ==== a union of a union that was narrowed
-- sqlite
SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM (SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM (SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" WHERE "clerks"."id" = ? UNION SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" WHERE "clerks"."id" = ?) AS "clerks" WHERE "clerks"."age" = ? UNION SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" WHERE "clerks"."id" = ?) AS "clerks";
-- 1, 2, 3, 4

-- postgresql
SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM (SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM (SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" WHERE "clerks"."id" = $1 UNION SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" WHERE "clerks"."id" = $2) AS "clerks" WHERE "clerks"."age" = $3 UNION SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" WHERE "clerks"."id" = $4) AS "clerks";
-- 1, 2, 3, 4

-- mysql, mariadb
SELECT `clerks`.`id`, `clerks`.`name`, `clerks`.`nick`, `clerks`.`age` FROM (SELECT `clerks`.`id`, `clerks`.`name`, `clerks`.`nick`, `clerks`.`age` FROM (SELECT `clerks`.`id`, `clerks`.`name`, `clerks`.`nick`, `clerks`.`age` FROM `clerks` WHERE `clerks`.`id` = ? UNION SELECT `clerks`.`id`, `clerks`.`name`, `clerks`.`nick`, `clerks`.`age` FROM `clerks` WHERE `clerks`.`id` = ?) AS `clerks` WHERE `clerks`.`age` = ? UNION SELECT `clerks`.`id`, `clerks`.`name`, `clerks`.`nick`, `clerks`.`age` FROM `clerks` WHERE `clerks`.`id` = ?) AS `clerks`;
-- 1, 2, 3, 4

-- ==== update with default scopes
-- sqlite
UPDATE "tasks" SET "hours" = ? WHERE ("tasks"."clerk_id" = ? AND "tasks"."deleted" = ? AND "tasks"."hours" > ?);
-- 2, 1, 0, 1

-- postgresql
UPDATE "tasks" SET "hours" = $1 WHERE ("tasks"."clerk_id" = $2 AND "tasks"."deleted" = $3 AND "tasks"."hours" > $4);
-- 2, 1, False, 1

-- mysql, mariadb
UPDATE `tasks` SET `hours` = ? WHERE (`tasks`.`clerk_id` = ? AND `tasks`.`deleted` = ? AND `tasks`.`hours` > ?);
-- 2, 1, 0, 1

-- ==== delete without default scopes
-- sqlite
DELETE FROM "tasks" WHERE "tasks"."clerk_id" = ?;
-- 1

-- postgresql
DELETE FROM "tasks" WHERE "tasks"."clerk_id" = $1;
-- 1

-- mysql, mariadb
DELETE FROM `tasks` WHERE `tasks`.`clerk_id` = ?;
-- 1

-- ==== merged
-- sqlite
SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" INNER JOIN "tasks" ON "tasks"."clerk_id" = "clerks"."id" WHERE ("clerks"."name" = ? AND "clerks"."age" = ?) ORDER BY "clerks"."name", "clerks"."age" LIMIT ?;
-- 'ann', 1, 2

-- postgresql
SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" INNER JOIN "tasks" ON "tasks"."clerk_id" = "clerks"."id" WHERE ("clerks"."name" = $1 AND "clerks"."age" = $2) ORDER BY "clerks"."name", "clerks"."age" LIMIT $3::integer;
-- 'ann', 1, 2

-- mysql, mariadb
SELECT `clerks`.`id`, `clerks`.`name`, `clerks`.`nick`, `clerks`.`age` FROM `clerks` INNER JOIN `tasks` ON `tasks`.`clerk_id` = `clerks`.`id` WHERE (`clerks`.`name` = ? AND `clerks`.`age` = ?) ORDER BY `clerks`.`name`, `clerks`.`age` LIMIT ?;
-- 'ann', 1, 2

-- ==== merged with a joined model
-- sqlite
SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" INNER JOIN "tasks" ON "tasks"."clerk_id" = "clerks"."id" WHERE ("tasks"."clerk_id" = ? AND "tasks"."deleted" = ? AND "tasks"."hours" > ?) ORDER BY "tasks"."hours";
-- 5, 0, 1

-- postgresql
SELECT "clerks"."id", "clerks"."name", "clerks"."nick", "clerks"."age" FROM "clerks" INNER JOIN "tasks" ON "tasks"."clerk_id" = "clerks"."id" WHERE ("tasks"."clerk_id" = $1 AND "tasks"."deleted" = $2 AND "tasks"."hours" > $3) ORDER BY "tasks"."hours";
-- 5, False, 1

-- mysql, mariadb
SELECT `clerks`.`id`, `clerks`.`name`, `clerks`.`nick`, `clerks`.`age` FROM `clerks` INNER JOIN `tasks` ON `tasks`.`clerk_id` = `clerks`.`id` WHERE (`tasks`.`clerk_id` = ? AND `tasks`.`deleted` = ? AND `tasks`.`hours` > ?) ORDER BY `tasks`.`hours`;
-- 5, 0, 1

-- ==== merged with a joined model's joins
-- sqlite
SELECT "tasks"."id", "tasks"."clerk_id", "tasks"."hours", "tasks"."deleted" FROM "tasks" INNER JOIN "clerks" ON "clerks"."id" = "tasks"."clerk_id" INNER JOIN "tasks" AS "t" ON "t"."clerk_id" = "clerks"."id" WHERE ("tasks"."deleted" = ? AND "tasks"."hours" > ?);
-- 0, 1

-- postgresql
SELECT "tasks"."id", "tasks"."clerk_id", "tasks"."hours", "tasks"."deleted" FROM "tasks" INNER JOIN "clerks" ON "clerks"."id" = "tasks"."clerk_id" INNER JOIN "tasks" AS "t" ON "t"."clerk_id" = "clerks"."id" WHERE ("tasks"."deleted" = $1 AND "tasks"."hours" > $2);
-- False, 1

-- mysql, mariadb
SELECT `tasks`.`id`, `tasks`.`clerk_id`, `tasks`.`hours`, `tasks`.`deleted` FROM `tasks` INNER JOIN `clerks` ON `clerks`.`id` = `tasks`.`clerk_id` INNER JOIN `tasks` AS `t` ON `t`.`clerk_id` = `clerks`.`id` WHERE (`tasks`.`deleted` = ? AND `tasks`.`hours` > ?);
-- 0, 1
