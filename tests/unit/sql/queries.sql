-- ==== all
-- sqlite, postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers";

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers`;

-- ==== equal
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."name" = ?;
-- 'ann'

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."name" = $1;
-- 'ann'

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE `buyers`.`name` = ?;
-- 'ann'

-- ==== equal to None
-- sqlite, postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."name" IS NULL;

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE `buyers`.`name` IS NULL;

-- ==== in two
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."age" IN (?, ?);
-- 1, 2

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."age" = ANY ($1);
-- [1, 2]

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE `buyers`.`age` IN (?, ?);
-- 1, 2

-- ==== in three, which is four
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."age" IN (?, ?, ?, ?);
-- 1, 2, 3, 3

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."age" = ANY ($1);
-- [1, 2, 3]

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE `buyers`.`age` IN (?, ?, ?, ?);
-- 1, 2, 3, 3

-- ==== in, with None
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE ("buyers"."age" IN (?) OR "buyers"."age" IS NULL);
-- 1

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE ("buyers"."age" = ANY ($1) OR "buyers"."age" IS NULL);
-- [1]

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE (`buyers`.`age` IN (?) OR `buyers`.`age` IS NULL);
-- 1

-- ==== in None
-- sqlite, postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."age" IS NULL;

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE `buyers`.`age` IS NULL;

-- ==== in nothing
-- sqlite, postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE ("buyers"."age" IS NULL AND 1 = 0);

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE (`buyers`.`age` IS NULL AND 1 = 0);

-- ==== not in nothing
-- sqlite, postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE ("buyers"."age" IS NULL OR 1 = 1);

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE (`buyers`.`age` IS NULL OR 1 = 1);

-- ==== not in, with None
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE ("buyers"."age" NOT IN (?) AND "buyers"."age" IS NOT NULL);
-- 1

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE ("buyers"."age" <> ALL ($1) AND "buyers"."age" IS NOT NULL);
-- [1]

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE (`buyers`.`age` NOT IN (?) AND `buyers`.`age` IS NOT NULL);
-- 1

-- ==== two by name
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE ("buyers"."name" = ? AND "buyers"."age" = ?);
-- 'ann', 3

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE ("buyers"."name" = $1 AND "buyers"."age" = $2);
-- 'ann', 3

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE (`buyers`.`name` = ? AND `buyers`.`age` = ?);
-- 'ann', 3

-- ==== by dict and by expression
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE ("buyers"."name" = ? AND "buyers"."age" > ?);
-- 'ann', 3

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE ("buyers"."name" = $1 AND "buyers"."age" > $2);
-- 'ann', 3

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE (`buyers`.`name` = ? AND `buyers`.`age` > ?);
-- 'ann', 3

-- ==== different
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."age" <> ?;
-- 3

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."age" <> $1;
-- 3

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE `buyers`.`age` <> ?;
-- 3

-- ==== not
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE NOT ("buyers"."age" = ?);
-- 3

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE NOT ("buyers"."age" = $1);
-- 3

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE NOT (`buyers`.`age` = ?);
-- 3

-- ==== in words
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE (age > ?);
-- 3

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE (age > $1::integer);
-- 3

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE (age > ?);
-- 3

-- ==== in words, values as a tuple
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE (age > ? AND name = ?);
-- 3, 'a'

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE (age > $1::integer AND name = $2);
-- 3, 'a'

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE (age > ? AND name = ?);
-- 3, 'a'

-- ==== in words, a list
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE (age IN (?, ?));
-- 3, 4

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE (age IN ($1::integer, $2::integer));
-- 3, 4

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE (age IN (?, ?));
-- 3, 4

-- ==== in words, by name
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE (age > ? OR age < ?);
-- 3, 3

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE (age > $1::integer OR age < $2::integer);
-- 3, 3

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE (age > ? OR age < ?);
-- 3, 3

-- ==== in words, by dict
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE (age > ?);
-- 3

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE (age > $1::integer);
-- 3

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE (age > ?);
-- 3

-- ==== in words, with a comment
-- sqlite, postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE (age > 3 -- grown up
);

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE (age > 3 -- grown up
);

-- ==== none of both
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE NOT (("buyers"."age" = ? AND "buyers"."name" = ?));
-- 3, 'a'

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE NOT (("buyers"."age" = $1 AND "buyers"."name" = $2));
-- 3, 'a'

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE NOT ((`buyers`.`age` = ? AND `buyers`.`name` = ?));
-- 3, 'a'

-- ==== one or other, and
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE (("buyers"."age" = ? OR "buyers"."age" = ?) AND "buyers"."age" = ?);
-- 1, 2, 3

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE (("buyers"."age" = $1 OR "buyers"."age" = $2) AND "buyers"."age" = $3);
-- 1, 2, 3

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE ((`buyers`.`age` = ? OR `buyers`.`age` = ?) AND `buyers`.`age` = ?);
-- 1, 2, 3

-- ==== or without one before
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."age" = ?;
-- 2

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."age" = $1;
-- 2

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE `buyers`.`age` = ?;
-- 2

-- ==== between
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."age" BETWEEN ? AND ?;
-- 1, 2

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."age" BETWEEN $1 AND $2;
-- 1, 2

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE `buyers`.`age` BETWEEN ? AND ?;
-- 1, 2

-- ==== contains
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."name" LIKE ? ESCAPE '\';
-- '%50\\%%'

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."name" LIKE $1 ESCAPE '\';
-- '%50\\%%'

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE `buyers`.`name` LIKE ? ESCAPE '\\';
-- '%50\\%%'

-- ==== starts with
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."name" LIKE ? ESCAPE '\';
-- '50\\%%'

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."name" LIKE $1 ESCAPE '\';
-- '50\\%%'

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE `buyers`.`name` LIKE ? ESCAPE '\\';
-- '50\\%%'

-- ==== ends with
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."name" LIKE ? ESCAPE '\';
-- '%50\\%'

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."name" LIKE $1 ESCAPE '\';
-- '%50\\%'

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE `buyers`.`name` LIKE ? ESCAPE '\\';
-- '%50\\%'

-- ==== an attribute named otherwise
-- sqlite
SELECT "purchases"."id", "purchases"."buyer_id", "purchases"."total", "purchases"."status" FROM "purchases" WHERE "purchases"."status" = ? ORDER BY "purchases"."status";
-- 'paid'

-- postgresql
SELECT "purchases"."id", "purchases"."buyer_id", "purchases"."total", "purchases"."status" FROM "purchases" WHERE "purchases"."status" = $1 ORDER BY "purchases"."status";
-- 'paid'

-- mysql, mariadb
SELECT `purchases`.`id`, `purchases`.`buyer_id`, `purchases`.`total`, `purchases`.`status` FROM `purchases` WHERE `purchases`.`status` = ? ORDER BY `purchases`.`status`;
-- 'paid'

-- ==== hostile names
-- sqlite
SELECT "x"" ; DROP TABLE `y`; --"."id", "x"" ; DROP TABLE `y`; --"."a"" `b" FROM "x"" ; DROP TABLE `y`; --" WHERE "x"" ; DROP TABLE `y`; --"."a"" `b" = ?;
-- 1

-- postgresql
SELECT "x"" ; DROP TABLE `y`; --"."id", "x"" ; DROP TABLE `y`; --"."a"" `b" FROM "x"" ; DROP TABLE `y`; --" WHERE "x"" ; DROP TABLE `y`; --"."a"" `b" = $1;
-- 1

-- mysql, mariadb
SELECT `x" ; DROP TABLE ``y``; --`.`id`, `x" ; DROP TABLE ``y``; --`.`a" ``b` FROM `x" ; DROP TABLE ``y``; --` WHERE `x" ; DROP TABLE ``y``; --`.`a" ``b` = ?;
-- 1

-- ==== ordered
-- sqlite, postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" ORDER BY "buyers"."name" DESC, "buyers"."age";

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` ORDER BY `buyers`.`name` DESC, `buyers`.`age`;

-- ==== ordered, nulls last
-- sqlite, postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" ORDER BY "buyers"."age" DESC NULLS LAST;

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` ORDER BY `buyers`.`age` DESC;

-- ==== ordered anew
-- sqlite, postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" ORDER BY "buyers"."age";

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` ORDER BY `buyers`.`age`;

-- ==== no longer ordered
-- sqlite, postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers";

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers`;

-- ==== limit
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" LIMIT ?;
-- 3

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" LIMIT $1::integer;
-- 3

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` LIMIT ?;
-- 3

-- ==== offset
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" LIMIT -1 OFFSET ?;
-- 3

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" OFFSET $1::integer;
-- 3

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` LIMIT 18446744073709551615 OFFSET ?;
-- 3

-- ==== limit and offset
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" LIMIT ? OFFSET ?;
-- 4, 3

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" LIMIT $1::integer OFFSET $2::integer;
-- 4, 3

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` LIMIT ? OFFSET ?;
-- 4, 3

-- ==== distinct
-- sqlite, postgresql
SELECT DISTINCT "buyers"."name" FROM "buyers";

-- mysql, mariadb
SELECT DISTINCT `buyers`.`name` FROM `buyers`;

-- ==== groups
-- sqlite
SELECT "buyers"."name", count(*) AS "n" FROM "buyers" GROUP BY "buyers"."name" HAVING count(*) > ? ORDER BY count(*) DESC;
-- 1

-- postgresql
SELECT "buyers"."name", count(*) AS "n" FROM "buyers" GROUP BY "buyers"."name" HAVING count(*) > $1 ORDER BY count(*) DESC;
-- 1

-- mysql, mariadb
SELECT `buyers`.`name`, count(*) AS `n` FROM `buyers` GROUP BY `buyers`.`name` HAVING count(*) > ? ORDER BY count(*) DESC;
-- 1

-- ==== arithmetic
-- sqlite
SELECT (("buyers"."age" + ?) * ?) FROM "buyers";
-- 1, 2

-- postgresql
SELECT (("buyers"."age" + $1) * $2) FROM "buyers";
-- 1, 2

-- mysql, mariadb
SELECT ((`buyers`.`age` + ?) * ?) FROM `buyers`;
-- 1, 2

-- ==== arithmetic on a value
-- sqlite
SELECT (? - "buyers"."age") FROM "buyers";
-- 100

-- postgresql
SELECT ($1 - "buyers"."age") FROM "buyers";
-- 100

-- mysql, mariadb
SELECT (? - `buyers`.`age`) FROM `buyers`;
-- 100

-- ==== division
-- sqlite
SELECT ("purchases"."total" * 1.0 / ?) FROM "purchases";
-- 2

-- postgresql
SELECT ("purchases"."total" / $1) FROM "purchases";
-- Decimal('2')

-- mysql, mariadb
SELECT (`purchases`.`total` / ?) FROM `purchases`;
-- Decimal('2')

-- ==== joined texts
-- sqlite
SELECT ("buyers"."name" || ?) FROM "buyers";
-- '!'

-- postgresql
SELECT ("buyers"."name" || $1) FROM "buyers";
-- '!'

-- mysql, mariadb
SELECT CONCAT(`buyers`.`name`, ?) FROM `buyers`;
-- '!'

-- ==== count distinct
-- sqlite, postgresql
SELECT count(DISTINCT "buyers"."name") FROM "buyers";

-- mysql, mariadb
SELECT count(DISTINCT `buyers`.`name`) FROM `buyers`;

-- ==== coalesce
-- sqlite
SELECT coalesce("buyers"."age", ?) FROM "buyers";
-- 0

-- postgresql
SELECT coalesce("buyers"."age", $1) FROM "buyers";
-- 0

-- mysql, mariadb
SELECT coalesce(`buyers`.`age`, ?) FROM `buyers`;
-- 0

-- ==== join on a condition
-- sqlite
SELECT "buyers"."id" FROM "buyers" INNER JOIN "purchases" ON "purchases"."buyer_id" = "buyers"."id" WHERE "purchases"."total" > ?;
-- 5

-- postgresql
SELECT "buyers"."id" FROM "buyers" INNER JOIN "purchases" ON "purchases"."buyer_id" = "buyers"."id" WHERE "purchases"."total" > $1;
-- Decimal('5')

-- mysql, mariadb
SELECT `buyers`.`id` FROM `buyers` INNER JOIN `purchases` ON `purchases`.`buyer_id` = `buyers`.`id` WHERE `purchases`.`total` > ?;
-- Decimal('5')

-- ==== left join of a relation
-- sqlite, postgresql
SELECT "buyers"."id" FROM "buyers" LEFT JOIN "purchases" ON "purchases"."buyer_id" = "buyers"."id";

-- mysql, mariadb
SELECT `buyers`.`id` FROM `buyers` LEFT JOIN `purchases` ON `purchases`.`buyer_id` = `buyers`.`id`;

-- ==== in a query
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE ("buyers"."id" IN (SELECT "purchases"."buyer_id" FROM "purchases" WHERE "purchases"."status" = ?) AND "buyers"."age" = ?);
-- 'paid', 3

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE ("buyers"."id" IN (SELECT "purchases"."buyer_id" FROM "purchases" WHERE "purchases"."status" = $1) AND "buyers"."age" = $2);
-- 'paid', 3

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE (`buyers`.`id` IN (SELECT `purchases`.`buyer_id` FROM `purchases` WHERE `purchases`.`status` = ?) AND `buyers`.`age` = ?);
-- 'paid', 3

-- ==== in a limited query
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."id" IN (SELECT "purchases"."buyer_id" FROM "purchases" ORDER BY "purchases"."total" DESC LIMIT ?);
-- 2

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."id" IN (SELECT "purchases"."buyer_id" FROM "purchases" ORDER BY "purchases"."total" DESC LIMIT $1::integer);
-- 2

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE `buyers`.`id` IN (SELECT * FROM (SELECT `purchases`.`buyer_id` FROM `purchases` ORDER BY `purchases`.`total` DESC LIMIT ?) AS `limited`);
-- 2

-- ==== against a query
-- sqlite
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."age" > (SELECT avg("buyers"."age") FROM "buyers");

-- postgresql
SELECT "buyers"."id", "buyers"."name", "buyers"."age" FROM "buyers" WHERE "buyers"."age" > (SELECT avg("buyers"."age")::double precision FROM "buyers");

-- mysql, mariadb
SELECT `buyers`.`id`, `buyers`.`name`, `buyers`.`age` FROM `buyers` WHERE `buyers`.`age` > (SELECT avg(`buyers`.`age`) FROM `buyers`);

-- ==== insert
-- sqlite
INSERT INTO "buyers" ("name", "age") VALUES (?, ?), (?, ?) RETURNING "buyers"."id", "buyers"."age";
-- 'a', 1, 'b', None

-- postgresql
INSERT INTO "buyers" ("name", "age") VALUES ($1, $2), ($3, $4) RETURNING "buyers"."id", "buyers"."age";
-- 'a', 1, 'b', None

-- mysql
INSERT INTO `buyers` (`name`, `age`) VALUES (?, ?), (?, ?);
-- 'a', 1, 'b', None

-- mariadb
INSERT INTO `buyers` (`name`, `age`) VALUES (?, ?), (?, ?) RETURNING `buyers`.`id`, `buyers`.`age`;
-- 'a', 1, 'b', None

-- ==== insert of defaults
-- sqlite, postgresql
INSERT INTO "buyers" DEFAULT VALUES RETURNING "buyers"."id", "buyers"."age";

-- mysql
INSERT INTO `buyers` () VALUES ();

-- mariadb
INSERT INTO `buyers` () VALUES () RETURNING `buyers`.`id`, `buyers`.`age`;

-- ==== update
-- sqlite
UPDATE "buyers" SET "name" = ? WHERE "buyers"."id" = ? RETURNING "buyers"."id", "buyers"."age";
-- 'x', 1

-- postgresql
UPDATE "buyers" SET "name" = $1 WHERE "buyers"."id" = $2 RETURNING "buyers"."id", "buyers"."age";
-- 'x', 1

-- mysql, mariadb
UPDATE `buyers` SET `name` = ? WHERE `buyers`.`id` = ?;
-- 'x', 1

-- ==== update of all
-- sqlite
UPDATE "buyers" SET "age" = ("buyers"."age" + ?) RETURNING "buyers"."id", "buyers"."age";
-- 1

-- postgresql
UPDATE "buyers" SET "age" = ("buyers"."age" + $1) RETURNING "buyers"."id", "buyers"."age";
-- 1

-- mysql, mariadb
UPDATE `buyers` SET `age` = (`buyers`.`age` + ?);
-- 1

-- ==== delete
-- sqlite
DELETE FROM "buyers" WHERE "buyers"."id" = ? RETURNING "buyers"."id", "buyers"."age";
-- 1

-- postgresql
DELETE FROM "buyers" WHERE "buyers"."id" = $1 RETURNING "buyers"."id", "buyers"."age";
-- 1

-- mysql
DELETE FROM `buyers` WHERE `buyers`.`id` = ?;
-- 1

-- mariadb
DELETE FROM `buyers` WHERE `buyers`.`id` = ? RETURNING `buyers`.`id`, `buyers`.`age`;
-- 1

-- ==== delete of all
-- sqlite, postgresql
DELETE FROM "buyers" RETURNING "buyers"."id", "buyers"."age";

-- mysql
DELETE FROM `buyers`;

-- mariadb
DELETE FROM `buyers` RETURNING `buyers`.`id`, `buyers`.`age`;

-- ==== schema and alias
-- sqlite
SELECT "b"."id" FROM "m""`x"."buyers" AS "b" LIMIT ?;
-- 1

-- postgresql
SELECT "b"."id" FROM "m""`x"."buyers" AS "b" LIMIT $1::integer;
-- 1

-- mysql, mariadb
SELECT `b`.`id` FROM `m"``x`.`buyers` AS `b` LIMIT ?;
-- 1
