-- ==== like
-- sqlite
SELECT "sales"."id" FROM "sales" WHERE ("sales"."name" LIKE ? ESCAPE '\' AND "sales"."name" NOT LIKE ? ESCAPE '\');
-- 'a%', 'b_'

-- postgresql
SELECT "sales"."id" FROM "sales" WHERE ("sales"."name" LIKE $1 ESCAPE '\' AND "sales"."name" NOT LIKE $2 ESCAPE '\');
-- 'a%', 'b_'

-- mysql, mariadb
SELECT `sales`.`id` FROM `sales` WHERE (`sales`.`name` LIKE ? ESCAPE '\\' AND `sales`.`name` NOT LIKE ? ESCAPE '\\');
-- 'a%', 'b_'

-- ==== to the letter
-- sqlite
SELECT "sales"."id" FROM "sales" WHERE ("sales"."name" LIKE ? ESCAPE '\' AND "sales"."name" LIKE ? ESCAPE '\' AND NOT ("sales"."name" LIKE ? ESCAPE '\'));
-- '50\\%\\_\\\\%', "%'", '%\\%%'

-- postgresql
SELECT "sales"."id" FROM "sales" WHERE ("sales"."name" LIKE $1 ESCAPE '\' AND "sales"."name" LIKE $2 ESCAPE '\' AND NOT ("sales"."name" LIKE $3 ESCAPE '\'));
-- '50\\%\\_\\\\%', "%'", '%\\%%'

-- mysql, mariadb
SELECT `sales`.`id` FROM `sales` WHERE (`sales`.`name` LIKE ? ESCAPE '\\' AND `sales`.`name` LIKE ? ESCAPE '\\' AND NOT (`sales`.`name` LIKE ? ESCAPE '\\'));
-- '50\\%\\_\\\\%', "%'", '%\\%%'

-- ==== ilike
-- sqlite
SELECT "sales"."id" FROM "sales" WHERE ("sales"."name" LIKE ? ESCAPE '\' OR "sales"."name" NOT LIKE ? ESCAPE '\');
-- 'a%', '%b'

-- postgresql
SELECT "sales"."id" FROM "sales" WHERE ("sales"."name" ILIKE $1 ESCAPE '\' OR "sales"."name" NOT ILIKE $2 ESCAPE '\');
-- 'a%', '%b'

-- mysql, mariadb
SELECT `sales`.`id` FROM `sales` WHERE (LOWER(`sales`.`name`) LIKE LOWER(?) ESCAPE '\\' OR LOWER(`sales`.`name`) NOT LIKE LOWER(?) ESCAPE '\\');
-- 'a%', '%b'

-- ==== starts, ends, contains
-- sqlite
SELECT "sales"."id" FROM "sales" WHERE ("sales"."name" LIKE ? ESCAPE '\' AND "sales"."name" LIKE ? ESCAPE '\' AND "sales"."name" LIKE ? ESCAPE '\');
-- '50\\%\\_\\\\%', '%é', '%%'

-- postgresql
SELECT "sales"."id" FROM "sales" WHERE ("sales"."name" ILIKE $1 ESCAPE '\' AND "sales"."name" ILIKE $2 ESCAPE '\' AND "sales"."name" ILIKE $3 ESCAPE '\');
-- '50\\%\\_\\\\%', '%é', '%%'

-- mysql, mariadb
SELECT `sales`.`id` FROM `sales` WHERE (LOWER(`sales`.`name`) LIKE LOWER(?) ESCAPE '\\' AND LOWER(`sales`.`name`) LIKE LOWER(?) ESCAPE '\\' AND LOWER(`sales`.`name`) LIKE LOWER(?) ESCAPE '\\');
-- '50\\%\\_\\\\%', '%é', '%%'

-- ==== not between
-- sqlite
SELECT "sales"."id" FROM "sales" WHERE "sales"."id" NOT BETWEEN ? AND ?;
-- 1, 9

-- postgresql
SELECT "sales"."id" FROM "sales" WHERE "sales"."id" NOT BETWEEN $1 AND $2;
-- 1, 9

-- mysql, mariadb
SELECT `sales`.`id` FROM `sales` WHERE `sales`.`id` NOT BETWEEN ? AND ?;
-- 1, 9

-- ==== null-safe
-- sqlite
SELECT "sales"."id" FROM "sales" WHERE ("sales"."city" IS NOT ? AND "sales"."city" IS ?);
-- 'a', None

-- postgresql
SELECT "sales"."id" FROM "sales" WHERE ("sales"."city" IS DISTINCT FROM $1 AND "sales"."city" IS NOT DISTINCT FROM $2);
-- 'a', None

-- mysql, mariadb
SELECT `sales`.`id` FROM `sales` WHERE (NOT (`sales`.`city` <=> ?) AND `sales`.`city` <=> ?);
-- 'a', None

-- ==== null-safe, negated
-- sqlite
SELECT "sales"."id" FROM "sales" WHERE NOT ("sales"."city" IS NOT "sales"."name");

-- postgresql
SELECT "sales"."id" FROM "sales" WHERE NOT ("sales"."city" IS DISTINCT FROM "sales"."name");

-- mysql, mariadb
SELECT `sales`.`id` FROM `sales` WHERE NOT (NOT (`sales`.`city` <=> `sales`.`name`));

-- ==== any
-- sqlite
-- NotSupported: SQLite has no ANY: compare with the query's fn.min(...) or fn.max(...), or use in_

-- postgresql
SELECT "sales"."id" FROM "sales" WHERE "sales"."id" = ANY (SELECT "sales"."id" FROM "sales");

-- mysql, mariadb
SELECT `sales`.`id` FROM `sales` WHERE `sales`.`id` = ANY (SELECT `sales`.`id` FROM `sales`);

-- ==== all
-- sqlite
-- NotSupported: SQLite has no ALL: compare with the query's fn.min(...) or fn.max(...), or use in_

-- postgresql
SELECT "sales"."id" FROM "sales" WHERE "sales"."id" >= ALL (SELECT "sales"."id" FROM "sales" WHERE "sales"."paid" = $1);
-- True

-- mysql, mariadb
SELECT `sales`.`id` FROM `sales` WHERE `sales`.`id` >= ALL (SELECT `sales`.`id` FROM `sales` WHERE `sales`.`paid` = ?);
-- 1

-- ==== remainders
-- sqlite
SELECT ("sales"."id" % ?), ("sales"."price" - CAST("sales"."price" * 1.0 / ? AS INTEGER) * ?), ("sales"."weight" - CAST("sales"."weight" * 1.0 / ? AS INTEGER) * ?), (? % "sales"."id") FROM "sales";
-- 7, 10, 10, 0.5, 0.5, 10

-- postgresql
SELECT ("sales"."id" % $1), ("sales"."price" % $2), ("sales"."weight"::numeric % $3::DOUBLE PRECISION::numeric)::double precision, ($4 % "sales"."id") FROM "sales";
-- 7, Decimal('10'), 0.5, 10

-- mysql, mariadb
SELECT (`sales`.`id` % ?), (`sales`.`price` % ?), (`sales`.`weight` % ?), (? % `sales`.`id`) FROM `sales`;
-- 7, Decimal('10'), 0.5, 10

-- ==== quotients
-- sqlite
SELECT ("sales"."id" / ?), ("sales"."price" * 1.0 / ?), ("sales"."weight" / ?) FROM "sales";
-- 7, 10, 2.0

-- postgresql
SELECT ("sales"."id" / $1), ("sales"."price" / $2), ("sales"."weight" / $3) FROM "sales";
-- 7, Decimal('10'), 2.0

-- mysql, mariadb
SELECT (`sales`.`id` DIV ?), (`sales`.`price` / ?), (`sales`.`weight` / ?) FROM `sales`;
-- 7, Decimal('10'), 2.0

-- ==== signs
-- sqlite
SELECT (- "sales"."id"), (? - (- "sales"."price")) FROM "sales";
-- 10

-- postgresql
SELECT (- "sales"."id"), ($1 - (- "sales"."price")) FROM "sales";
-- Decimal('10')

-- mysql, mariadb
SELECT (- `sales`.`id`), (? - (- `sales`.`price`)) FROM `sales`;
-- Decimal('10')

-- ==== texts joined
-- sqlite
SELECT ("sales"."name" || ?), (? || "sales"."name"), ((("sales"."name" || ?) || "sales"."id") || ?), (? || "sales"."city") FROM "sales";
-- 'x', 'x', '-', 5, 'a'

-- postgresql
SELECT ("sales"."name" || $1), ($2::text || "sales"."name"), ((("sales"."name" || $3::text) || "sales"."id"::text) || $4::integer::text), ($5::text || "sales"."city") FROM "sales";
-- 'x', 'x', '-', 5, 'a'

-- mysql, mariadb
SELECT CONCAT(`sales`.`name`, ?), CONCAT(?, `sales`.`name`), CONCAT(CONCAT(CONCAT(`sales`.`name`, ?), `sales`.`id`), ?), CONCAT(?, `sales`.`city`) FROM `sales`;
-- 'x', 'x', '-', 5, 'a'

-- ==== values
-- sqlite
SELECT ? AS "a", ? AS "b", ? AS "c", ? AS "d", ? AS "e" FROM "sales";
-- 1, 'x', 1.5, '2024-02-29', '2024-02-29 12:30:00+00:00'

-- postgresql
SELECT $1::integer AS "a", $2::text AS "b", $3::numeric AS "c", $4::date AS "d", $5::timestamptz AS "e" FROM "sales";
-- 1, 'x', Decimal('1.5'), datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone.utc)

-- mysql, mariadb
SELECT ? AS `a`, ? AS `b`, ? AS `c`, ? AS `d`, ? AS `e` FROM `sales`;
-- 1, 'x', Decimal('1.5'), datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 12, 30)

-- ==== case
-- sqlite
SELECT CASE WHEN ("sales"."price" < ?) THEN ? WHEN "sales"."paid" THEN ? ELSE ? END FROM "sales";
-- 10, 'low', 'paid', 'high'

-- postgresql
SELECT CASE WHEN ("sales"."price" < $1) THEN $2::text WHEN "sales"."paid" THEN $3::text ELSE $4::text END FROM "sales";
-- Decimal('10'), 'low', 'paid', 'high'

-- mysql, mariadb
SELECT CASE WHEN (`sales`.`price` < ?) THEN ? WHEN `sales`.`paid` THEN ? ELSE ? END FROM `sales`;
-- Decimal('10'), 'low', 'paid', 'high'

-- ==== case of columns
-- sqlite
SELECT CASE WHEN ("sales"."price" < ?) THEN "sales"."price" ELSE ? END, CASE WHEN "sales"."paid" THEN "sales"."city" END FROM "sales";
-- 10, 10

-- postgresql
SELECT CASE WHEN ("sales"."price" < $1) THEN "sales"."price" ELSE $2::NUMERIC END, CASE WHEN "sales"."paid" THEN "sales"."city" END FROM "sales";
-- Decimal('10'), Decimal('10')

-- mysql, mariadb
SELECT CASE WHEN (`sales`.`price` < ?) THEN `sales`.`price` ELSE ? END, CASE WHEN `sales`.`paid` THEN `sales`.`city` END FROM `sales`;
-- Decimal('10'), Decimal('10')

-- ==== case by value
-- sqlite
SELECT CASE "sales"."name" WHEN ? THEN ? WHEN ? THEN ? ELSE "sales"."id" END FROM "sales";
-- 'a', 1, 'b', 2

-- postgresql
SELECT CASE "sales"."name" WHEN $1 THEN $2::BIGINT WHEN $3 THEN $4::BIGINT ELSE "sales"."id" END FROM "sales";
-- 'a', 1, 'b', 2

-- mysql, mariadb
SELECT CASE `sales`.`name` WHEN ? THEN ? WHEN ? THEN ? ELSE `sales`.`id` END FROM `sales`;
-- 'a', 1, 'b', 2

-- ==== casts
-- sqlite
SELECT CAST(round("sales"."price") AS INTEGER), CAST("sales"."id" AS TEXT), CAST("sales"."id" AS REAL), CAST("sales"."name" AS NUMERIC), ("sales"."id" <> 0), CAST("sales"."paid" AS INTEGER), date(substr("sales"."made", 1, 19)), (datetime(substr("sales"."day", 1, 19)) || substr("sales"."day", 20)), date(substr("sales"."sent", 1, 19)), CAST(? AS INTEGER) FROM "sales";
-- '12'

-- postgresql
SELECT CAST("sales"."price" AS BIGINT), CAST("sales"."id" AS TEXT), CAST("sales"."id" AS DOUBLE PRECISION), CAST("sales"."name" AS NUMERIC), ("sales"."id" <> 0), CAST(CAST("sales"."paid" AS INTEGER) AS BIGINT), CAST("sales"."made" AS DATE), CAST("sales"."day" AS TIMESTAMP), CAST(("sales"."sent" AT TIME ZONE 'UTC') AS DATE), CAST($1::text AS BIGINT) FROM "sales";
-- '12'

-- mysql, mariadb
SELECT CAST(`sales`.`price` AS SIGNED), CAST(`sales`.`id` AS CHAR), CAST(`sales`.`id` AS DOUBLE), CAST(`sales`.`name` AS DECIMAL(65,30)), (`sales`.`id` <> 0), CAST(`sales`.`paid` AS SIGNED), CAST(`sales`.`made` AS DATE), CAST(`sales`.`day` AS DATETIME(6)), CAST(`sales`.`sent` AS DATE), CAST(? AS SIGNED) FROM `sales`;
-- '12'

-- ==== casts of moments and texts
-- sqlite
SELECT (time(substr("sales"."made", 1, 19)) || replace(substr("sales"."made", 20, 7), '+00:00', '')), (time(substr("sales"."sent", 1, 19)) || replace(substr("sales"."sent", 20, 7), '+00:00', '')), (CAST("sales"."name" AS NUMERIC) <> 0), (CAST(? AS NUMERIC) <> 0) FROM "sales";
-- '1'

-- postgresql
SELECT CAST("sales"."made" AS TIME), CAST(("sales"."sent" AT TIME ZONE 'UTC') AS TIME), CAST("sales"."name" AS BOOLEAN), CAST($1::text AS BOOLEAN) FROM "sales";
-- '1'

-- mysql, mariadb
SELECT CAST(`sales`.`made` AS TIME(6)), CAST(`sales`.`sent` AS TIME(6)), (`sales`.`name` <> 0), (? <> 0) FROM `sales`;
-- '1'

-- ==== numbers of several kinds
-- sqlite, postgresql
SELECT CASE WHEN "sales"."paid" THEN "sales"."id" ELSE "sales"."price" END, coalesce("sales"."id", "sales"."weight"), ("sales"."price" + "sales"."weight") FROM "sales";

-- mysql, mariadb
SELECT CASE WHEN `sales`.`paid` THEN `sales`.`id` ELSE `sales`.`price` END, coalesce(`sales`.`id`, `sales`.`weight`), (`sales`.`price` + `sales`.`weight`) FROM `sales`;

-- ==== functions of texts
-- sqlite
SELECT lower("sales"."name"), length("sales"."name"), replace("sales"."name", ?, ?), substr("sales"."name", ?), trim(?) FROM "sales";
-- 'a', 'b', 2, 'x'

-- postgresql
SELECT lower("sales"."name"), length("sales"."name"), replace("sales"."name", $1, $2), substr("sales"."name", $3::integer), trim($4) FROM "sales";
-- 'a', 'b', 2, 'x'

-- mysql, mariadb
SELECT lower(`sales`.`name`), char_length(`sales`.`name`), replace(`sales`.`name`, ?, ?), substr(`sales`.`name`, ?), trim(?) FROM `sales`;
-- 'a', 'b', 2, 'x'

-- ==== functions of numbers
-- sqlite
SELECT abs("sales"."price"), round("sales"."price", ?), round("sales"."weight", ?), ("sales"."id" + 0 * ?), (CAST("sales"."weight" AS INTEGER) - ("sales"."weight" < CAST("sales"."weight" AS INTEGER))), (CAST("sales"."price" AS INTEGER) + ("sales"."price" > CAST("sales"."price" AS INTEGER))), ((random() & 9007199254740991) / 9007199254740992.0) FROM "sales";
-- 1, 1, 1

-- postgresql
SELECT abs("sales"."price"), round("sales"."price", $1::integer), round("sales"."weight"::numeric, $2::integer)::double precision, round("sales"."id", $3::integer), floor("sales"."weight")::bigint, ceil("sales"."price")::bigint, random() FROM "sales";
-- 1, 1, 1

-- mysql, mariadb
SELECT abs(`sales`.`price`), round(`sales`.`price`, ?), round(`sales`.`weight`, ?), round(`sales`.`id`, ?), CAST(FLOOR(`sales`.`weight`) AS SIGNED), CAST(CEIL(`sales`.`price`) AS SIGNED), rand() FROM `sales`;
-- 1, 1, 1

-- ==== functions of anything
-- sqlite
SELECT coalesce("sales"."city", ?), coalesce("sales"."city", ?), nullif("sales"."id", ?), max("sales"."id", ?, ?), min(?, "sales"."id") FROM "sales";
-- '?', '?', 0, 5, 7, 3

-- postgresql
SELECT coalesce("sales"."city", $1), coalesce("sales"."city", $2), nullif("sales"."id", $3), greatest("sales"."id", $4, $5), least($6, "sales"."id") FROM "sales";
-- '?', '?', 0, 5, 7, 3

-- mysql, mariadb
SELECT coalesce(`sales`.`city`, ?), coalesce(`sales`.`city`, ?), nullif(`sales`.`id`, ?), greatest(`sales`.`id`, ?, ?), least(?, `sales`.`id`) FROM `sales`;
-- '?', '?', 0, 5, 7, 3

-- ==== another function
-- sqlite
SELECT concat_ws(?, "sales"."name", ?) FROM "sales";
-- '-', 1

-- postgresql
SELECT concat_ws($1::text, "sales"."name", $2::integer) FROM "sales";
-- '-', 1

-- mysql, mariadb
SELECT concat_ws(?, `sales`.`name`, ?) FROM `sales`;
-- '-', 1
