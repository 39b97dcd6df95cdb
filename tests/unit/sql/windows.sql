-- ==== the whole
-- sqlite, postgresql
SELECT count(*) OVER () FROM "sales";

-- mysql, mariadb
SELECT count(*) OVER () FROM `sales`;

-- ==== ranks
-- sqlite
SELECT row_number() OVER (ORDER BY "sales"."id"), rank() OVER (PARTITION BY "sales"."city", "sales"."name" ORDER BY "sales"."price" DESC, "sales"."id"), ntile(?) OVER (ORDER BY "sales"."id") FROM "sales";
-- 4

-- postgresql
SELECT row_number() OVER (ORDER BY "sales"."id"), rank() OVER (PARTITION BY "sales"."city", "sales"."name" ORDER BY "sales"."price" DESC, "sales"."id"), ntile($1::integer) OVER (ORDER BY "sales"."id") FROM "sales";
-- 4

-- mysql, mariadb
SELECT row_number() OVER (ORDER BY `sales`.`id`), rank() OVER (PARTITION BY `sales`.`city`, `sales`.`name` ORDER BY `sales`.`price` DESC, `sales`.`id`), ntile(?) OVER (ORDER BY `sales`.`id`) FROM `sales`;
-- 4

-- ==== neighbours
-- sqlite
SELECT lag("sales"."id", ?) OVER (ORDER BY "sales"."id"), nth_value("sales"."name", ?) OVER (ORDER BY "sales"."id") FROM "sales";
-- 1, 3

-- postgresql
SELECT lag("sales"."id", $1::integer) OVER (ORDER BY "sales"."id"), nth_value("sales"."name", $2::integer) OVER (ORDER BY "sales"."id") FROM "sales";
-- 1, 3

-- mysql, mariadb
SELECT lag(`sales`.`id`, ?) OVER (ORDER BY `sales`.`id`), nth_value(`sales`.`name`, ?) OVER (ORDER BY `sales`.`id`) FROM `sales`;
-- 1, 3

-- ==== a default
-- sqlite
SELECT lag("sales"."id", ?, ?) OVER (ORDER BY "sales"."id") FROM "sales";
-- 2, 0

-- postgresql
SELECT lag("sales"."id", $1::integer, $2) OVER (ORDER BY "sales"."id") FROM "sales";
-- 2, 0

-- mysql
SELECT lag(`sales`.`id`, ?, ?) OVER (ORDER BY `sales`.`id`) FROM `sales`;
-- 2, 0

-- mariadb
-- NotSupported: MariaDB has no default for lag and lead: fn.coalesce(...) around it, where the column is not NULL

-- ==== named
-- sqlite
SELECT sum("sales"."id") OVER "w", rank() OVER "v""`", avg("sales"."id") OVER ("w" ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM "sales" WHERE "sales"."id" > ? WINDOW "w" AS (PARTITION BY "sales"."city" ORDER BY "sales"."id" DESC), "v""`" AS (ORDER BY ("sales"."price" * ?));
-- 7, 10

-- postgresql
SELECT sum("sales"."id") OVER "w"::bigint, rank() OVER "v""`", avg("sales"."id") OVER ("w" ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)::double precision FROM "sales" WHERE "sales"."id" > $1 WINDOW "w" AS (PARTITION BY "sales"."city" ORDER BY "sales"."id" DESC), "v""`" AS (ORDER BY ("sales"."price" * $2));
-- 7, Decimal('10')

-- mysql, mariadb
SELECT sum(`sales`.`id`) OVER `w`, rank() OVER `v"```, avg(`sales`.`id`) OVER (`w` ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM `sales` WHERE `sales`.`id` > ? WINDOW `w` AS (PARTITION BY `sales`.`city` ORDER BY `sales`.`id` DESC), `v"``` AS (ORDER BY (`sales`.`price` * ?));
-- 7, Decimal('10')

-- ==== rows
-- sqlite
SELECT sum("sales"."price") OVER (ORDER BY "sales"."id" ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), sum("sales"."id") OVER (ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) FROM "sales";

-- postgresql
SELECT sum("sales"."price") OVER (ORDER BY "sales"."id" ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), sum("sales"."id") OVER (ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)::bigint FROM "sales";

-- mysql, mariadb
SELECT sum(`sales`.`price`) OVER (ORDER BY `sales`.`id` ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), sum(`sales`.`id`) OVER (ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) FROM `sales`;

-- ==== filtered
-- sqlite
SELECT sum("sales"."id") FILTER (WHERE "sales"."id" > ?) OVER (PARTITION BY ("sales"."price" + ?) ORDER BY ("sales"."id" - ?)) FROM "sales";
-- 3, 10, 2

-- postgresql
SELECT sum("sales"."id") FILTER (WHERE "sales"."id" > $1) OVER (PARTITION BY ("sales"."price" + $2) ORDER BY ("sales"."id" - $3))::bigint FROM "sales";
-- 3, Decimal('10'), 2

-- mysql, mariadb
SELECT sum(CASE WHEN `sales`.`id` > ? THEN `sales`.`id` END) OVER (PARTITION BY (`sales`.`price` + ?) ORDER BY (`sales`.`id` - ?)) FROM `sales`;
-- 3, Decimal('10'), 2

-- ==== range
-- sqlite, postgresql
SELECT count(*) OVER (ORDER BY "sales"."id" RANGE BETWEEN 10 PRECEDING AND 10 FOLLOWING) FROM "sales";

-- mysql, mariadb
SELECT count(*) OVER (ORDER BY `sales`.`id` RANGE BETWEEN 10 PRECEDING AND 10 FOLLOWING) FROM `sales`;

-- ==== range of days
-- sqlite
-- NotSupported: SQLite has no frames by a span of time: number the days, and frame by that number

-- postgresql
SELECT count(*) OVER (ORDER BY "sales"."made" RANGE BETWEEN $1::interval PRECEDING AND CURRENT ROW) FROM "sales";
-- datetime.timedelta(days=3)

-- mysql
SELECT count(*) OVER (ORDER BY `sales`.`made` RANGE BETWEEN INTERVAL ? MICROSECOND PRECEDING AND CURRENT ROW) FROM `sales`;
-- 259200000000

-- mariadb
-- NotSupported: MariaDB has no frames by a span of time: number the days, and frame by that number

-- ==== groups
-- sqlite, postgresql
SELECT count(*) OVER (ORDER BY "sales"."id" GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING) FROM "sales";

-- mysql
-- NotSupported: MySQL has no frames in GROUPS: number the groups, fn.dense_rank(), and frame by that number

-- mariadb
-- NotSupported: MariaDB has no frames in GROUPS: number the groups, fn.dense_rank(), and frame by that number

-- ==== excluded
-- sqlite
SELECT sum("sales"."id") OVER (ORDER BY "sales"."id" ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) FROM "sales";

-- postgresql
SELECT sum("sales"."id") OVER (ORDER BY "sales"."id" ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW)::bigint FROM "sales";

-- mysql
-- NotSupported: MySQL has no EXCLUDE in a frame: subtract the row itself from the sum over all

-- mariadb
-- NotSupported: MariaDB has no EXCLUDE in a frame: subtract the row itself from the sum over all
