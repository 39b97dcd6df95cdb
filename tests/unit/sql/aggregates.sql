-- ==== plain
-- sqlite
SELECT count(*), count(DISTINCT "sales"."city"), sum("sales"."id"), avg("sales"."weight"), max("sales"."paid") FROM "sales";

-- postgresql
SELECT count(*), count(DISTINCT "sales"."city"), sum("sales"."id")::bigint, avg("sales"."weight")::double precision, bool_or("sales"."paid") FROM "sales";

-- mysql, mariadb
SELECT count(*), count(DISTINCT `sales`.`city`), sum(`sales`.`id`), avg(`sales`.`weight`), max(`sales`.`paid`) FROM `sales`;

-- ==== filtered
-- sqlite
SELECT count(*) FILTER (WHERE "sales"."paid"), sum(("sales"."id" * ?)) FILTER (WHERE ("sales"."id" > ? AND "sales"."name" = ?)), max(("sales"."name" || ?)) FILTER (WHERE "sales"."id" > ?) FROM "sales";
-- 2, 5, 'x', 'y', 5

-- postgresql
SELECT count(*) FILTER (WHERE "sales"."paid"), sum(("sales"."id" * $1)) FILTER (WHERE ("sales"."id" > $2 AND "sales"."name" = $3))::bigint, max(("sales"."name" || $4)) FILTER (WHERE "sales"."id" > $5) FROM "sales";
-- 2, 5, 'x', 'y', 5

-- mysql, mariadb
SELECT count(CASE WHEN `sales`.`paid` THEN 1 END), sum(CASE WHEN (`sales`.`id` > ? AND `sales`.`name` = ?) THEN (`sales`.`id` * ?) END), max(CASE WHEN `sales`.`id` > ? THEN CONCAT(`sales`.`name`, ?) END) FROM `sales`;
-- 5, 'x', 2, 5, 'y'

-- ==== means of spans
-- sqlite
SELECT CAST(round(avg("sales"."lasts")) AS INTEGER), CAST(round(avg(((strftime('%s', substr("sales"."made", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."made", 20) AS REAL) * 1000000) AS INTEGER)) - (strftime('%s', substr("sales"."day", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."day", 20) AS REAL) * 1000000) AS INTEGER)))) OVER (PARTITION BY "sales"."city")) AS INTEGER) FROM "sales";

-- postgresql
SELECT avg("sales"."lasts"), avg(("sales"."made" - "sales"."day"::timestamp)) OVER (PARTITION BY "sales"."city") FROM "sales";

-- mysql, mariadb
SELECT CAST(ROUND(avg(`sales`.`lasts`)) AS SIGNED), CAST(ROUND(avg(TIMESTAMPDIFF(MICROSECOND, `sales`.`day`, `sales`.`made`)) OVER (PARTITION BY `sales`.`city`)) AS SIGNED) FROM `sales`;

-- ==== distinct rows counted
-- sqlite
-- NotSupported: SQLite has no count of distinct rows: count the rows of select(...).distinct()

-- postgresql
-- NotSupported: PostgreSQL has no count of distinct rows: count the rows of select(...).distinct()

-- mysql, mariadb
SELECT count(DISTINCT `sales`.`name`, `sales`.`city`) FROM `sales`;

-- ==== filtered, of no use as CASE
-- sqlite, postgresql
SELECT json_agg("sales"."name") FILTER (WHERE "sales"."paid") FROM "sales";

-- mysql
-- NotSupported: MySQL has no FILTER for json_agg: take it of a query with that condition

-- mariadb
-- NotSupported: MariaDB has no FILTER for json_agg: take it of a query with that condition

-- ==== texts joined
-- sqlite
SELECT group_concat("sales"."name", ?), group_concat("sales"."id", ?), group_concat(DISTINCT "sales"."name") FROM "sales";
-- "', ", ','

-- postgresql
SELECT string_agg("sales"."name", $1::text), string_agg("sales"."id"::text, $2::text), string_agg(DISTINCT "sales"."name", $3::text) FROM "sales";
-- "', ", ',', ','

-- mysql, mariadb
SELECT GROUP_CONCAT(`sales`.`name` SEPARATOR 0x272c20), GROUP_CONCAT(`sales`.`id` SEPARATOR 0x2c), GROUP_CONCAT(DISTINCT `sales`.`name` SEPARATOR 0x2c) FROM `sales`;

-- ==== texts joined in order
-- sqlite
-- NotSupported: SQLite has no order within an aggregate: order the rows that it is taken of, in an inner query

-- postgresql
SELECT string_agg(("sales"."name" || $1), $2::text ORDER BY "sales"."day" DESC, ("sales"."id" + $3)) FILTER (WHERE "sales"."id" > $4) FROM "sales";
-- 'x', '; ', 7, 5

-- mysql, mariadb
SELECT GROUP_CONCAT(CASE WHEN `sales`.`id` > ? THEN CONCAT(`sales`.`name`, ?) END ORDER BY `sales`.`day` DESC, (`sales`.`id` + ?) SEPARATOR 0x3b20) FROM `sales`;
-- 5, 'x', 7

-- ==== texts joined, distinct
-- sqlite
-- NotSupported: SQLite has no distinct texts joined by anything but a comma: join them of a distinct query, in an outer one

-- postgresql
SELECT string_agg(DISTINCT "sales"."name", $1::text) FROM "sales";
-- '; '

-- mysql, mariadb
SELECT GROUP_CONCAT(DISTINCT `sales`.`name` SEPARATOR 0x3b20) FROM `sales`;

-- ==== in order
-- sqlite
-- NotSupported: SQLite has no order within an aggregate: order the rows that it is taken of, in an inner query

-- postgresql
SELECT array_agg("sales"."name" ORDER BY "sales"."id") FROM "sales";

-- mysql
-- NotSupported: MySQL has no order within array_agg: order the rows that it is taken of

-- mariadb
-- NotSupported: MariaDB has no order within array_agg: order the rows that it is taken of

-- ==== by an expression with values
-- sqlite
SELECT coalesce("sales"."city", ?), count(*) FROM "sales" GROUP BY 1 HAVING count(*) > ?;
-- '?', 1

-- postgresql
SELECT coalesce("sales"."city", $1), count(*) FROM "sales" GROUP BY 1 HAVING count(*) > $2;
-- '?', 1

-- mysql, mariadb
SELECT coalesce(`sales`.`city`, ?), count(*) FROM `sales` GROUP BY 1 HAVING count(*) > ?;
-- '?', 1

-- ==== rollup
-- sqlite
-- NotSupported: SQLite has no ROLLUP: take the union_all of a query for each grouping

-- postgresql
SELECT "sales"."city", count(*) FROM "sales" GROUP BY ROLLUP ("sales"."city", "sales"."name");

-- mysql, mariadb
SELECT `sales`.`city`, count(*) FROM `sales` GROUP BY `sales`.`city`, `sales`.`name` WITH ROLLUP;

-- ==== rollup with values
-- sqlite
-- NotSupported: SQLite has no ROLLUP: take the union_all of a query for each grouping

-- postgresql
SELECT coalesce("sales"."city", $1) AS "c", count(*) FROM "sales" GROUP BY ROLLUP (1);
-- '?'

-- mysql, mariadb
SELECT coalesce(`sales`.`city`, ?) AS `c`, count(*) FROM `sales` GROUP BY 1 WITH ROLLUP;
-- '?'

-- ==== rollup in order
-- sqlite
-- NotSupported: SQLite has no ROLLUP: take the union_all of a query for each grouping

-- postgresql
SELECT "sales"."city", count(*) FROM "sales" GROUP BY ROLLUP ("sales"."city") ORDER BY "sales"."city";

-- mysql
SELECT `sales`.`city`, count(*) FROM `sales` GROUP BY `sales`.`city` WITH ROLLUP ORDER BY `sales`.`city`;

-- mariadb
-- NotSupported: MariaDB has no order after ROLLUP: order the rows of the query as a subquery(...)

-- ==== rollup beside another
-- sqlite
-- NotSupported: SQLite has no ROLLUP: take the union_all of a query for each grouping

-- postgresql
SELECT "sales"."city", count(*) FROM "sales" GROUP BY "sales"."name", ROLLUP ("sales"."city");

-- mysql
-- NotSupported: MySQL has no ROLLUP beside other groups: take the union_all of a query for each grouping

-- mariadb
-- NotSupported: MariaDB has no ROLLUP beside other groups: take the union_all of a query for each grouping

-- ==== rollup of several together
-- sqlite
-- NotSupported: SQLite has no ROLLUP: take the union_all of a query for each grouping

-- postgresql
SELECT count(*) FROM "sales" GROUP BY ROLLUP (("sales"."city", "sales"."name"), "sales"."day");

-- mysql
-- NotSupported: MySQL has no ROLLUP of columns together: take the union_all of a query for each grouping

-- mariadb
-- NotSupported: MariaDB has no ROLLUP of columns together: take the union_all of a query for each grouping

-- ==== cube
-- sqlite
-- NotSupported: SQLite has no CUBE: take the union_all of a query for each grouping

-- postgresql
SELECT "sales"."city", count(*) FROM "sales" GROUP BY CUBE ("sales"."city", "sales"."name");

-- mysql
-- NotSupported: MySQL has no CUBE: take the union_all of a query for each grouping

-- mariadb
-- NotSupported: MariaDB has no CUBE: take the union_all of a query for each grouping

-- ==== grouping sets
-- sqlite
-- NotSupported: SQLite has no GROUPING SETS: take the union_all of a query for each grouping

-- postgresql
SELECT "sales"."city", count(*) FROM "sales" GROUP BY GROUPING SETS (("sales"."city", "sales"."name"), ("sales"."city"), ());

-- mysql
-- NotSupported: MySQL has no GROUPING SETS: take the union_all of a query for each grouping

-- mariadb
-- NotSupported: MariaDB has no GROUPING SETS: take the union_all of a query for each grouping

-- ==== grouping
-- sqlite
-- NotSupported: SQLite has no GROUPING: it goes with ROLLUP and its like, which there are none of either

-- postgresql
SELECT "sales"."city", grouping("sales"."city") FROM "sales" GROUP BY ROLLUP ("sales"."city");

-- mysql
SELECT `sales`.`city`, grouping(`sales`.`city`) FROM `sales` GROUP BY `sales`.`city` WITH ROLLUP;

-- mariadb
-- NotSupported: MariaDB has no GROUPING: NULL in the column tells the rows that take all of its values together
