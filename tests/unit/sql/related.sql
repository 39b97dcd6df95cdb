-- ==== has
-- sqlite, postgresql
SELECT "authors"."id", "authors"."name", "authors"."mentor_id" FROM "authors" WHERE EXISTS (SELECT (1) FROM (SELECT "books"."author_id" FROM "books") AS "books" WHERE "books"."author_id" = "authors"."id");

-- mysql, mariadb
SELECT `authors`.`id`, `authors`.`name`, `authors`.`mentor_id` FROM `authors` WHERE EXISTS (SELECT (1) FROM (SELECT `books`.`author_id` FROM `books`) AS `books` WHERE `books`.`author_id` = `authors`.`id`);

-- ==== has, narrowed by a condition
-- sqlite
SELECT "authors"."id", "authors"."name", "authors"."mentor_id" FROM "authors" WHERE EXISTS (SELECT (1) FROM (SELECT "books"."author_id" FROM "books" WHERE "books"."pages" > ?) AS "books" WHERE "books"."author_id" = "authors"."id");
-- 300

-- postgresql
SELECT "authors"."id", "authors"."name", "authors"."mentor_id" FROM "authors" WHERE EXISTS (SELECT (1) FROM (SELECT "books"."author_id" FROM "books" WHERE "books"."pages" > $1) AS "books" WHERE "books"."author_id" = "authors"."id");
-- 300

-- mysql, mariadb
SELECT `authors`.`id`, `authors`.`name`, `authors`.`mentor_id` FROM `authors` WHERE EXISTS (SELECT (1) FROM (SELECT `books`.`author_id` FROM `books` WHERE `books`.`pages` > ?) AS `books` WHERE `books`.`author_id` = `authors`.`id`);
-- 300

-- ==== has, narrowed by values, a query, a function
-- sqlite
SELECT "authors"."id", "authors"."name", "authors"."mentor_id" FROM "authors" WHERE (EXISTS (SELECT (1) FROM (SELECT "books"."author_id" FROM "books" WHERE "books"."year" IN (?, ?)) AS "books" WHERE "books"."author_id" = "authors"."id") AND EXISTS (SELECT (1) FROM (SELECT "books"."author_id" FROM "books" WHERE "books"."pages" = ?) AS "books" WHERE "books"."author_id" = "authors"."id") AND EXISTS (SELECT (1) FROM (SELECT "books"."author_id" FROM "books" WHERE ("books"."year" = ? AND EXISTS (SELECT (1) FROM (SELECT "chapters"."book_id" FROM "chapters" WHERE ("chapters"."words" > ? AND "chapters"."words" > ?)) AS "chapters" WHERE "chapters"."book_id" = "books"."id"))) AS "books" WHERE "books"."author_id" = "authors"."id"));
-- 1999, 2000, 7, 1, 5.0, 0.0

-- postgresql
SELECT "authors"."id", "authors"."name", "authors"."mentor_id" FROM "authors" WHERE (EXISTS (SELECT (1) FROM (SELECT "books"."author_id" FROM "books" WHERE "books"."year" = ANY ($1)) AS "books" WHERE "books"."author_id" = "authors"."id") AND EXISTS (SELECT (1) FROM (SELECT "books"."author_id" FROM "books" WHERE "books"."pages" = $2) AS "books" WHERE "books"."author_id" = "authors"."id") AND EXISTS (SELECT (1) FROM (SELECT "books"."author_id" FROM "books" WHERE ("books"."year" = $3 AND EXISTS (SELECT (1) FROM (SELECT "chapters"."book_id" FROM "chapters" WHERE ("chapters"."words" > $4 AND "chapters"."words" > $5)) AS "chapters" WHERE "chapters"."book_id" = "books"."id"))) AS "books" WHERE "books"."author_id" = "authors"."id"));
-- [1999, 2000], 7, 1, 5.0, 0.0

-- mysql, mariadb
SELECT `authors`.`id`, `authors`.`name`, `authors`.`mentor_id` FROM `authors` WHERE (EXISTS (SELECT (1) FROM (SELECT `books`.`author_id` FROM `books` WHERE `books`.`year` IN (?, ?)) AS `books` WHERE `books`.`author_id` = `authors`.`id`) AND EXISTS (SELECT (1) FROM (SELECT `books`.`author_id` FROM `books` WHERE `books`.`pages` = ?) AS `books` WHERE `books`.`author_id` = `authors`.`id`) AND EXISTS (SELECT (1) FROM (SELECT `books`.`author_id` FROM `books` WHERE (`books`.`year` = ? AND EXISTS (SELECT (1) FROM (SELECT `chapters`.`book_id` FROM `chapters` WHERE (`chapters`.`words` > ? AND `chapters`.`words` > ?)) AS `chapters` WHERE `chapters`.`book_id` = `books`.`id`))) AS `books` WHERE `books`.`author_id` = `authors`.`id`));
-- 1999, 2000, 7, 1, 5.0, 0.0

-- ==== has, along a path
-- sqlite
SELECT "authors"."id", "authors"."name", "authors"."mentor_id" FROM "authors" WHERE EXISTS (SELECT (1) FROM (SELECT "books"."author_id" FROM "chapters" INNER JOIN "books" ON "chapters"."book_id" = "books"."id" WHERE ("chapters"."words" < ? AND "chapters"."words" > ?)) AS "chapters" WHERE "chapters"."author_id" = "authors"."id");
-- 10.0, 0.0

-- postgresql
SELECT "authors"."id", "authors"."name", "authors"."mentor_id" FROM "authors" WHERE EXISTS (SELECT (1) FROM (SELECT "books"."author_id" FROM "chapters" INNER JOIN "books" ON "chapters"."book_id" = "books"."id" WHERE ("chapters"."words" < $1 AND "chapters"."words" > $2)) AS "chapters" WHERE "chapters"."author_id" = "authors"."id");
-- 10.0, 0.0

-- mysql, mariadb
SELECT `authors`.`id`, `authors`.`name`, `authors`.`mentor_id` FROM `authors` WHERE EXISTS (SELECT (1) FROM (SELECT `books`.`author_id` FROM `chapters` INNER JOIN `books` ON `chapters`.`book_id` = `books`.`id` WHERE (`chapters`.`words` < ? AND `chapters`.`words` > ?)) AS `chapters` WHERE `chapters`.`author_id` = `authors`.`id`);
-- 10.0, 0.0

-- ==== has, through others
-- sqlite
SELECT "authors"."id", "authors"."name", "authors"."mentor_id" FROM "authors" WHERE EXISTS (SELECT (1) FROM (SELECT "books"."author_id" FROM "chapters" INNER JOIN "books" ON "chapters"."book_id" = "books"."id" WHERE "chapters"."words" > ?) AS "chapters" WHERE "chapters"."author_id" = "authors"."id");
-- 0.0

-- postgresql
SELECT "authors"."id", "authors"."name", "authors"."mentor_id" FROM "authors" WHERE EXISTS (SELECT (1) FROM (SELECT "books"."author_id" FROM "chapters" INNER JOIN "books" ON "chapters"."book_id" = "books"."id" WHERE "chapters"."words" > $1) AS "chapters" WHERE "chapters"."author_id" = "authors"."id");
-- 0.0

-- mysql, mariadb
SELECT `authors`.`id`, `authors`.`name`, `authors`.`mentor_id` FROM `authors` WHERE EXISTS (SELECT (1) FROM (SELECT `books`.`author_id` FROM `chapters` INNER JOIN `books` ON `chapters`.`book_id` = `books`.`id` WHERE `chapters`.`words` > ?) AS `chapters` WHERE `chapters`.`author_id` = `authors`.`id`);
-- 0.0

-- ==== has, narrowed in the declaration
-- sqlite
SELECT "authors"."id", "authors"."name", "authors"."mentor_id" FROM "authors" WHERE EXISTS (SELECT (1) FROM (SELECT "books"."author_id" FROM "books" WHERE "books"."pages" = ?) AS "books" WHERE "books"."author_id" = "authors"."id");
-- 500

-- postgresql
SELECT "authors"."id", "authors"."name", "authors"."mentor_id" FROM "authors" WHERE EXISTS (SELECT (1) FROM (SELECT "books"."author_id" FROM "books" WHERE "books"."pages" = $1) AS "books" WHERE "books"."author_id" = "authors"."id");
-- 500

-- mysql, mariadb
SELECT `authors`.`id`, `authors`.`name`, `authors`.`mentor_id` FROM `authors` WHERE EXISTS (SELECT (1) FROM (SELECT `books`.`author_id` FROM `books` WHERE `books`.`pages` = ?) AS `books` WHERE `books`.`author_id` = `authors`.`id`);
-- 500

-- ==== has, of itself
-- sqlite, postgresql
SELECT "authors"."id", "authors"."name", "authors"."mentor_id" FROM "authors" WHERE EXISTS (SELECT (1) FROM (SELECT "authors"."mentor_id" FROM "authors" WHERE EXISTS (SELECT (1) FROM (SELECT "authors"."mentor_id" FROM "authors") AS "authors there" WHERE "authors there"."mentor_id" = "authors"."id")) AS "authors there" WHERE "authors there"."mentor_id" = "authors"."id");

-- mysql, mariadb
SELECT `authors`.`id`, `authors`.`name`, `authors`.`mentor_id` FROM `authors` WHERE EXISTS (SELECT (1) FROM (SELECT `authors`.`mentor_id` FROM `authors` WHERE EXISTS (SELECT (1) FROM (SELECT `authors`.`mentor_id` FROM `authors`) AS `authors there` WHERE `authors there`.`mentor_id` = `authors`.`id`)) AS `authors there` WHERE `authors there`.`mentor_id` = `authors`.`id`);

-- ==== has, of an alias
-- sqlite
SELECT "boss"."id", "boss"."name", "boss"."mentor_id" FROM "authors" AS "boss" WHERE EXISTS (SELECT (1) FROM (SELECT "authors"."mentor_id" FROM "authors" WHERE "authors"."name" = ?) AS "authors" WHERE "authors"."mentor_id" = "boss"."id");
-- 'ann'

-- postgresql
SELECT "boss"."id", "boss"."name", "boss"."mentor_id" FROM "authors" AS "boss" WHERE EXISTS (SELECT (1) FROM (SELECT "authors"."mentor_id" FROM "authors" WHERE "authors"."name" = $1) AS "authors" WHERE "authors"."mentor_id" = "boss"."id");
-- 'ann'

-- mysql, mariadb
SELECT `boss`.`id`, `boss`.`name`, `boss`.`mentor_id` FROM `authors` AS `boss` WHERE EXISTS (SELECT (1) FROM (SELECT `authors`.`mentor_id` FROM `authors` WHERE `authors`.`name` = ?) AS `authors` WHERE `authors`.`mentor_id` = `boss`.`id`);
-- 'ann'

-- ==== has, of a joined model
-- sqlite, postgresql
SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages" FROM "books" INNER JOIN "authors" ON "authors"."id" = "books"."author_id" WHERE EXISTS (SELECT (1) FROM (SELECT "authors"."mentor_id" FROM "authors") AS "authors there" WHERE "authors there"."mentor_id" = "authors"."id");

-- mysql, mariadb
SELECT `books`.`id`, `books`.`author_id`, `books`.`year`, `books`.`pages` FROM `books` INNER JOIN `authors` ON `authors`.`id` = `books`.`author_id` WHERE EXISTS (SELECT (1) FROM (SELECT `authors`.`mentor_id` FROM `authors`) AS `authors there` WHERE `authors there`.`mentor_id` = `authors`.`id`);

-- ==== has, of composite keys
-- sqlite, postgresql
SELECT "seats"."row", "seats"."number" FROM "seats" WHERE EXISTS (SELECT (1) FROM (SELECT "tickets"."row", "tickets"."seat" FROM "tickets") AS "tickets" WHERE ("tickets"."row" = "seats"."row" AND "tickets"."seat" = "seats"."number"));

-- mysql, mariadb
SELECT `seats`.`row`, `seats`.`number` FROM `seats` WHERE EXISTS (SELECT (1) FROM (SELECT `tickets`.`row`, `tickets`.`seat` FROM `tickets`) AS `tickets` WHERE (`tickets`.`row` = `seats`.`row` AND `tickets`.`seat` = `seats`.`number`));

-- ==== has so many
-- sqlite
SELECT "authors"."id", "authors"."name", "authors"."mentor_id" FROM "authors" WHERE ((SELECT count(*) FROM (SELECT "books"."author_id" FROM "books") AS "books" WHERE "books"."author_id" = "authors"."id") >= ? AND (SELECT count(*) FROM (SELECT "books"."author_id" FROM "books") AS "books" WHERE "books"."author_id" = "authors"."id") <= ? AND (SELECT count(*) FROM (SELECT "books"."author_id" FROM "books") AS "books" WHERE "books"."author_id" = "authors"."id") = ? AND (SELECT count(DISTINCT "chapters"."each 0") FROM (SELECT "books"."author_id", "chapters"."id" AS "each 0" FROM "chapters" INNER JOIN "books" ON "chapters"."book_id" = "books"."id" WHERE "chapters"."words" > ?) AS "chapters" WHERE "chapters"."author_id" = "authors"."id") BETWEEN ? AND ?);
-- 3, 9, 5, 0.0, 2, 4

-- postgresql
SELECT "authors"."id", "authors"."name", "authors"."mentor_id" FROM "authors" WHERE ((SELECT count(*) FROM (SELECT "books"."author_id" FROM "books") AS "books" WHERE "books"."author_id" = "authors"."id") >= $1 AND (SELECT count(*) FROM (SELECT "books"."author_id" FROM "books") AS "books" WHERE "books"."author_id" = "authors"."id") <= $2 AND (SELECT count(*) FROM (SELECT "books"."author_id" FROM "books") AS "books" WHERE "books"."author_id" = "authors"."id") = $3 AND (SELECT count(DISTINCT "chapters"."each 0") FROM (SELECT "books"."author_id", "chapters"."id" AS "each 0" FROM "chapters" INNER JOIN "books" ON "chapters"."book_id" = "books"."id" WHERE "chapters"."words" > $4) AS "chapters" WHERE "chapters"."author_id" = "authors"."id") BETWEEN $5 AND $6);
-- 3, 9, 5, 0.0, 2, 4

-- mysql, mariadb
SELECT `authors`.`id`, `authors`.`name`, `authors`.`mentor_id` FROM `authors` WHERE ((SELECT count(*) FROM (SELECT `books`.`author_id` FROM `books`) AS `books` WHERE `books`.`author_id` = `authors`.`id`) >= ? AND (SELECT count(*) FROM (SELECT `books`.`author_id` FROM `books`) AS `books` WHERE `books`.`author_id` = `authors`.`id`) <= ? AND (SELECT count(*) FROM (SELECT `books`.`author_id` FROM `books`) AS `books` WHERE `books`.`author_id` = `authors`.`id`) = ? AND (SELECT count(DISTINCT `chapters`.`each 0`) FROM (SELECT `books`.`author_id`, `chapters`.`id` AS `each 0` FROM `chapters` INNER JOIN `books` ON `chapters`.`book_id` = `books`.`id` WHERE `chapters`.`words` > ?) AS `chapters` WHERE `chapters`.`author_id` = `authors`.`id`) BETWEEN ? AND ?);
-- 3, 9, 5, 0.0, 2, 4

-- ==== has so many, of composite keys, along a path
-- sqlite
SELECT "tickets"."show", "tickets"."turn", "tickets"."row", "tickets"."seat" FROM "tickets" WHERE (SELECT count(*) FROM (SELECT DISTINCT "seats"."row", "seats"."number", "tickets"."show" AS "each 0", "tickets"."turn" AS "each 1" FROM "tickets" INNER JOIN "seats" ON ("tickets"."row" = "seats"."row" AND "tickets"."seat" = "seats"."number")) AS "tickets there" WHERE ("tickets there"."row" = "tickets"."row" AND "tickets there"."number" = "tickets"."seat")) >= ?;
-- 2

-- postgresql
SELECT "tickets"."show", "tickets"."turn", "tickets"."row", "tickets"."seat" FROM "tickets" WHERE (SELECT count(*) FROM (SELECT DISTINCT "seats"."row", "seats"."number", "tickets"."show" AS "each 0", "tickets"."turn" AS "each 1" FROM "tickets" INNER JOIN "seats" ON ("tickets"."row" = "seats"."row" AND "tickets"."seat" = "seats"."number")) AS "tickets there" WHERE ("tickets there"."row" = "tickets"."row" AND "tickets there"."number" = "tickets"."seat")) >= $1;
-- 2

-- mysql, mariadb
SELECT `tickets`.`show`, `tickets`.`turn`, `tickets`.`row`, `tickets`.`seat` FROM `tickets` WHERE (SELECT count(*) FROM (SELECT DISTINCT `seats`.`row`, `seats`.`number`, `tickets`.`show` AS `each 0`, `tickets`.`turn` AS `each 1` FROM `tickets` INNER JOIN `seats` ON (`tickets`.`row` = `seats`.`row` AND `tickets`.`seat` = `seats`.`number`)) AS `tickets there` WHERE (`tickets there`.`row` = `tickets`.`row` AND `tickets there`.`number` = `tickets`.`seat`)) >= ?;
-- 2

-- ==== has one of the latest
-- sqlite
SELECT "authors"."id", "authors"."name", "authors"."mentor_id" FROM "authors" WHERE EXISTS (SELECT (1) FROM (SELECT "books"."key 0" FROM (SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages", "books"."author_id" AS "key 0", row_number() OVER (PARTITION BY "books"."author_id" ORDER BY "books"."year" DESC) AS "the number" FROM "books" WHERE "books"."pages" = ?) AS "books" WHERE ("books"."the number" > ? AND "books"."the number" <= ?)) AS "books" WHERE "books"."key 0" = "authors"."id");
-- 5, 1, 3

-- postgresql
SELECT "authors"."id", "authors"."name", "authors"."mentor_id" FROM "authors" WHERE EXISTS (SELECT (1) FROM (SELECT "books"."key 0" FROM (SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages", "books"."author_id" AS "key 0", row_number() OVER (PARTITION BY "books"."author_id" ORDER BY "books"."year" DESC) AS "the number" FROM "books" WHERE "books"."pages" = $1) AS "books" WHERE ("books"."the number" > $2 AND "books"."the number" <= $3)) AS "books" WHERE "books"."key 0" = "authors"."id");
-- 5, 1, 3

-- mysql, mariadb
SELECT `authors`.`id`, `authors`.`name`, `authors`.`mentor_id` FROM `authors` WHERE EXISTS (SELECT (1) FROM (SELECT `books`.`key 0` FROM (SELECT `books`.`id`, `books`.`author_id`, `books`.`year`, `books`.`pages`, `books`.`author_id` AS `key 0`, row_number() OVER (PARTITION BY `books`.`author_id` ORDER BY `books`.`year` DESC) AS `the number` FROM `books` WHERE `books`.`pages` = ?) AS `books` WHERE (`books`.`the number` > ? AND `books`.`the number` <= ?)) AS `books` WHERE `books`.`key 0` = `authors`.`id`);
-- 5, 1, 3

-- ==== missing
-- sqlite
SELECT "authors"."id", "authors"."name", "authors"."mentor_id" FROM "authors" WHERE (("authors"."name" = ? AND NOT (EXISTS (SELECT (1) FROM (SELECT "books"."author_id" FROM "books") AS "books" WHERE "books"."author_id" = "authors"."id"))) OR "authors"."id" = ?);
-- 'x', 1

-- postgresql
SELECT "authors"."id", "authors"."name", "authors"."mentor_id" FROM "authors" WHERE (("authors"."name" = $1 AND NOT (EXISTS (SELECT (1) FROM (SELECT "books"."author_id" FROM "books") AS "books" WHERE "books"."author_id" = "authors"."id"))) OR "authors"."id" = $2);
-- 'x', 1

-- mysql, mariadb
SELECT `authors`.`id`, `authors`.`name`, `authors`.`mentor_id` FROM `authors` WHERE ((`authors`.`name` = ? AND NOT (EXISTS (SELECT (1) FROM (SELECT `books`.`author_id` FROM `books`) AS `books` WHERE `books`.`author_id` = `authors`.`id`))) OR `authors`.`id` = ?);
-- 'x', 1

-- ==== missing, narrowed
-- sqlite, postgresql
SELECT "authors"."id", "authors"."name", "authors"."mentor_id" FROM "authors" WHERE NOT (EXISTS (SELECT (1) FROM (SELECT "books"."author_id" FROM "books" WHERE "books"."pages" IS NULL) AS "books" WHERE "books"."author_id" = "authors"."id"));

-- mysql, mariadb
SELECT `authors`.`id`, `authors`.`name`, `authors`.`mentor_id` FROM `authors` WHERE NOT (EXISTS (SELECT (1) FROM (SELECT `books`.`author_id` FROM `books` WHERE `books`.`pages` IS NULL) AS `books` WHERE `books`.`author_id` = `authors`.`id`));

-- ==== counts
-- sqlite
SELECT "authors"."id", "authors"."name", "authors"."mentor_id", (SELECT count(*) FROM (SELECT "books"."author_id" FROM "books") AS "books" WHERE "books"."author_id" = "authors"."id") AS "books_count", (SELECT count(DISTINCT "chapters"."each 0") FROM (SELECT "books"."author_id", "chapters"."id" AS "each 0" FROM "chapters" INNER JOIN "books" ON "chapters"."book_id" = "books"."id" WHERE "chapters"."words" > ?) AS "chapters" WHERE "chapters"."author_id" = "authors"."id") AS "n" FROM "authors" ORDER BY (SELECT count(*) FROM (SELECT "books"."author_id" FROM "books") AS "books" WHERE "books"."author_id" = "authors"."id") DESC, "authors"."id";
-- 0.0

-- postgresql
SELECT "authors"."id", "authors"."name", "authors"."mentor_id", (SELECT count(*) FROM (SELECT "books"."author_id" FROM "books") AS "books" WHERE "books"."author_id" = "authors"."id") AS "books_count", (SELECT count(DISTINCT "chapters"."each 0") FROM (SELECT "books"."author_id", "chapters"."id" AS "each 0" FROM "chapters" INNER JOIN "books" ON "chapters"."book_id" = "books"."id" WHERE "chapters"."words" > $1) AS "chapters" WHERE "chapters"."author_id" = "authors"."id") AS "n" FROM "authors" ORDER BY (SELECT count(*) FROM (SELECT "books"."author_id" FROM "books") AS "books" WHERE "books"."author_id" = "authors"."id") DESC, "authors"."id";
-- 0.0

-- mysql, mariadb
SELECT `authors`.`id`, `authors`.`name`, `authors`.`mentor_id`, (SELECT count(*) FROM (SELECT `books`.`author_id` FROM `books`) AS `books` WHERE `books`.`author_id` = `authors`.`id`) AS `books_count`, (SELECT count(DISTINCT `chapters`.`each 0`) FROM (SELECT `books`.`author_id`, `chapters`.`id` AS `each 0` FROM `chapters` INNER JOIN `books` ON `chapters`.`book_id` = `books`.`id` WHERE `chapters`.`words` > ?) AS `chapters` WHERE `chapters`.`author_id` = `authors`.`id`) AS `n` FROM `authors` ORDER BY (SELECT count(*) FROM (SELECT `books`.`author_id` FROM `books`) AS `books` WHERE `books`.`author_id` = `authors`.`id`) DESC, `authors`.`id`;
-- 0.0

-- ==== counts, narrowed
-- sqlite
SELECT "authors"."id", (SELECT count(*) FROM (SELECT "books"."author_id" FROM "books" WHERE "books"."pages" > ?) AS "books" WHERE "books"."author_id" = "authors"."id") AS "books_count" FROM "authors" ORDER BY 2;
-- 9

-- postgresql
SELECT "authors"."id", (SELECT count(*) FROM (SELECT "books"."author_id" FROM "books" WHERE "books"."pages" > $1) AS "books" WHERE "books"."author_id" = "authors"."id") AS "books_count" FROM "authors" ORDER BY 2;
-- 9

-- mysql, mariadb
SELECT `authors`.`id`, (SELECT count(*) FROM (SELECT `books`.`author_id` FROM `books` WHERE `books`.`pages` > ?) AS `books` WHERE `books`.`author_id` = `authors`.`id`) AS `books_count` FROM `authors` ORDER BY 2;
-- 9

-- ==== sums and the like
-- sqlite
SELECT "authors"."id", "authors"."name", "authors"."mentor_id", coalesce((SELECT sum("books"."the value") FROM (SELECT "books"."author_id", "books"."pages" AS "the value" FROM "books") AS "books" WHERE "books"."author_id" = "authors"."id"), ?) AS "books_pages_sum", (SELECT avg("books"."the value") FROM (SELECT "books"."author_id", "books"."pages" AS "the value" FROM "books") AS "books" WHERE "books"."author_id" = "authors"."id") AS "books_pages_average", (SELECT min("books"."the value") FROM (SELECT "books"."author_id", "books"."year" AS "the value" FROM "books" WHERE "books"."pages" > ?) AS "books" WHERE "books"."author_id" = "authors"."id") AS "books_year_min", (SELECT max("books"."the value") FROM (SELECT "books"."author_id", ("books"."year" + ?) AS "the value" FROM "books") AS "books" WHERE "books"."author_id" = "authors"."id") AS "next" FROM "authors";
-- 0, 9, 1

-- postgresql
SELECT "authors"."id", "authors"."name", "authors"."mentor_id", coalesce((SELECT sum("books"."the value")::bigint FROM (SELECT "books"."author_id", "books"."pages" AS "the value" FROM "books") AS "books" WHERE "books"."author_id" = "authors"."id"), $1) AS "books_pages_sum", (SELECT avg("books"."the value")::double precision FROM (SELECT "books"."author_id", "books"."pages" AS "the value" FROM "books") AS "books" WHERE "books"."author_id" = "authors"."id") AS "books_pages_average", (SELECT min("books"."the value") FROM (SELECT "books"."author_id", "books"."year" AS "the value" FROM "books" WHERE "books"."pages" > $2) AS "books" WHERE "books"."author_id" = "authors"."id") AS "books_year_min", (SELECT max("books"."the value") FROM (SELECT "books"."author_id", ("books"."year" + $3) AS "the value" FROM "books") AS "books" WHERE "books"."author_id" = "authors"."id") AS "next" FROM "authors";
-- 0, 9, 1

-- mysql, mariadb
SELECT `authors`.`id`, `authors`.`name`, `authors`.`mentor_id`, coalesce((SELECT sum(`books`.`the value`) FROM (SELECT `books`.`author_id`, `books`.`pages` AS `the value` FROM `books`) AS `books` WHERE `books`.`author_id` = `authors`.`id`), ?) AS `books_pages_sum`, (SELECT avg(`books`.`the value`) FROM (SELECT `books`.`author_id`, `books`.`pages` AS `the value` FROM `books`) AS `books` WHERE `books`.`author_id` = `authors`.`id`) AS `books_pages_average`, (SELECT min(`books`.`the value`) FROM (SELECT `books`.`author_id`, `books`.`year` AS `the value` FROM `books` WHERE `books`.`pages` > ?) AS `books` WHERE `books`.`author_id` = `authors`.`id`) AS `books_year_min`, (SELECT max(`books`.`the value`) FROM (SELECT `books`.`author_id`, (`books`.`year` + ?) AS `the value` FROM `books`) AS `books` WHERE `books`.`author_id` = `authors`.`id`) AS `next` FROM `authors`;
-- 0, 9, 1

-- ==== sums along a path
-- sqlite
SELECT "authors"."id", "authors"."name", "authors"."mentor_id", coalesce((SELECT sum("chapters"."the value") FROM (SELECT DISTINCT "books"."author_id", "chapters"."id" AS "each 0", "chapters"."words" AS "the value" FROM "chapters" INNER JOIN "books" ON "chapters"."book_id" = "books"."id" WHERE "chapters"."words" > ?) AS "chapters" WHERE "chapters"."author_id" = "authors"."id"), ?) AS "books_chapters_words_sum", (SELECT max("chapters"."the value") FROM (SELECT "books"."author_id", "chapters"."words" AS "the value" FROM "chapters" INNER JOIN "books" ON "chapters"."book_id" = "books"."id" WHERE "chapters"."words" > ?) AS "chapters" WHERE "chapters"."author_id" = "authors"."id") AS "chapters_words_max" FROM "authors";
-- 0.0, 0.0, 0.0

-- postgresql
SELECT "authors"."id", "authors"."name", "authors"."mentor_id", coalesce((SELECT sum("chapters"."the value") FROM (SELECT DISTINCT "books"."author_id", "chapters"."id" AS "each 0", "chapters"."words" AS "the value" FROM "chapters" INNER JOIN "books" ON "chapters"."book_id" = "books"."id" WHERE "chapters"."words" > $1) AS "chapters" WHERE "chapters"."author_id" = "authors"."id"), $2) AS "books_chapters_words_sum", (SELECT max("chapters"."the value") FROM (SELECT "books"."author_id", "chapters"."words" AS "the value" FROM "chapters" INNER JOIN "books" ON "chapters"."book_id" = "books"."id" WHERE "chapters"."words" > $3) AS "chapters" WHERE "chapters"."author_id" = "authors"."id") AS "chapters_words_max" FROM "authors";
-- 0.0, 0.0, 0.0

-- mysql, mariadb
SELECT `authors`.`id`, `authors`.`name`, `authors`.`mentor_id`, coalesce((SELECT sum(`chapters`.`the value`) FROM (SELECT DISTINCT `books`.`author_id`, `chapters`.`id` AS `each 0`, `chapters`.`words` AS `the value` FROM `chapters` INNER JOIN `books` ON `chapters`.`book_id` = `books`.`id` WHERE `chapters`.`words` > ?) AS `chapters` WHERE `chapters`.`author_id` = `authors`.`id`), ?) AS `books_chapters_words_sum`, (SELECT max(`chapters`.`the value`) FROM (SELECT `books`.`author_id`, `chapters`.`words` AS `the value` FROM `chapters` INNER JOIN `books` ON `chapters`.`book_id` = `books`.`id` WHERE `chapters`.`words` > ?) AS `chapters` WHERE `chapters`.`author_id` = `authors`.`id`) AS `chapters_words_max` FROM `authors`;
-- 0.0, 0.0, 0.0

-- ==== limited
-- sqlite
SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages" FROM (SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages", "books"."author_id" AS "key 0", row_number() OVER (PARTITION BY "books"."author_id" ORDER BY "books"."year" DESC) AS "the number" FROM "books") AS "books" WHERE "books"."the number" <= ? ORDER BY "books"."the number";
-- 3

-- postgresql
SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages" FROM (SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages", "books"."author_id" AS "key 0", row_number() OVER (PARTITION BY "books"."author_id" ORDER BY "books"."year" DESC) AS "the number" FROM "books") AS "books" WHERE "books"."the number" <= $1 ORDER BY "books"."the number";
-- 3

-- mysql, mariadb
SELECT `books`.`id`, `books`.`author_id`, `books`.`year`, `books`.`pages` FROM (SELECT `books`.`id`, `books`.`author_id`, `books`.`year`, `books`.`pages`, `books`.`author_id` AS `key 0`, row_number() OVER (PARTITION BY `books`.`author_id` ORDER BY `books`.`year` DESC) AS `the number` FROM `books`) AS `books` WHERE `books`.`the number` <= ? ORDER BY `books`.`the number`;
-- 3

-- ==== limited, by key, with an offset
-- sqlite
SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages" FROM (SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages", "books"."author_id" AS "key 0", row_number() OVER (PARTITION BY "books"."author_id" ORDER BY "books"."id") AS "the number" FROM "books" WHERE "books"."year" = ?) AS "books" WHERE ("books"."the number" > ? AND "books"."the number" <= ?) ORDER BY "books"."the number";
-- 1, 2, 5

-- postgresql
SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages" FROM (SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages", "books"."author_id" AS "key 0", row_number() OVER (PARTITION BY "books"."author_id" ORDER BY "books"."id") AS "the number" FROM "books" WHERE "books"."year" = $1) AS "books" WHERE ("books"."the number" > $2 AND "books"."the number" <= $3) ORDER BY "books"."the number";
-- 1, 2, 5

-- mysql, mariadb
SELECT `books`.`id`, `books`.`author_id`, `books`.`year`, `books`.`pages` FROM (SELECT `books`.`id`, `books`.`author_id`, `books`.`year`, `books`.`pages`, `books`.`author_id` AS `key 0`, row_number() OVER (PARTITION BY `books`.`author_id` ORDER BY `books`.`id`) AS `the number` FROM `books` WHERE `books`.`year` = ?) AS `books` WHERE (`books`.`the number` > ? AND `books`.`the number` <= ?) ORDER BY `books`.`the number`;
-- 1, 2, 5

-- ==== limited, along a path
-- sqlite
SELECT "chapters"."id", "chapters"."book_id", "chapters"."words" FROM (SELECT "chapters"."id", "chapters"."book_id", "chapters"."words", "chapters"."key 0", "chapters"."order 0", "chapters"."order 1", "chapters"."the way", row_number() OVER (PARTITION BY "chapters"."key 0" ORDER BY "chapters"."order 0" DESC, "chapters"."order 1") AS "the number" FROM (SELECT "chapters"."id", "chapters"."book_id", "chapters"."words", "books"."author_id" AS "key 0", "books"."year" AS "order 0", "chapters"."words" AS "order 1", row_number() OVER (PARTITION BY "books"."author_id", "chapters"."id" ORDER BY "books"."year" DESC, "chapters"."words") AS "the way" FROM "chapters" INNER JOIN "books" ON "books"."id" = "chapters"."book_id" WHERE "chapters"."words" > ?) AS "chapters" WHERE "chapters"."the way" = ?) AS "chapters" WHERE "chapters"."the number" <= ? ORDER BY "chapters"."the number";
-- 0.0, 1, 3

-- postgresql
SELECT "chapters"."id", "chapters"."book_id", "chapters"."words" FROM (SELECT "chapters"."id", "chapters"."book_id", "chapters"."words", "chapters"."key 0", "chapters"."order 0", "chapters"."order 1", "chapters"."the way", row_number() OVER (PARTITION BY "chapters"."key 0" ORDER BY "chapters"."order 0" DESC, "chapters"."order 1") AS "the number" FROM (SELECT "chapters"."id", "chapters"."book_id", "chapters"."words", "books"."author_id" AS "key 0", "books"."year" AS "order 0", "chapters"."words" AS "order 1", row_number() OVER (PARTITION BY "books"."author_id", "chapters"."id" ORDER BY "books"."year" DESC, "chapters"."words") AS "the way" FROM "chapters" INNER JOIN "books" ON "books"."id" = "chapters"."book_id" WHERE "chapters"."words" > $1) AS "chapters" WHERE "chapters"."the way" = $2) AS "chapters" WHERE "chapters"."the number" <= $3 ORDER BY "chapters"."the number";
-- 0.0, 1, 3

-- mysql, mariadb
SELECT `chapters`.`id`, `chapters`.`book_id`, `chapters`.`words` FROM (SELECT `chapters`.`id`, `chapters`.`book_id`, `chapters`.`words`, `chapters`.`key 0`, `chapters`.`order 0`, `chapters`.`order 1`, `chapters`.`the way`, row_number() OVER (PARTITION BY `chapters`.`key 0` ORDER BY `chapters`.`order 0` DESC, `chapters`.`order 1`) AS `the number` FROM (SELECT `chapters`.`id`, `chapters`.`book_id`, `chapters`.`words`, `books`.`author_id` AS `key 0`, `books`.`year` AS `order 0`, `chapters`.`words` AS `order 1`, row_number() OVER (PARTITION BY `books`.`author_id`, `chapters`.`id` ORDER BY `books`.`year` DESC, `chapters`.`words`) AS `the way` FROM `chapters` INNER JOIN `books` ON `books`.`id` = `chapters`.`book_id` WHERE `chapters`.`words` > ?) AS `chapters` WHERE `chapters`.`the way` = ?) AS `chapters` WHERE `chapters`.`the number` <= ? ORDER BY `chapters`.`the number`;
-- 0.0, 1, 3

-- ==== joined
-- sqlite
SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages", "1 author"."id", "1 author"."name", "1 author"."mentor_id", "2 mentor"."id", "2 mentor"."name", "2 mentor"."mentor_id" FROM "books" LEFT JOIN "authors" AS "1 author" ON "1 author"."id" = "books"."author_id" LEFT JOIN "authors" AS "2 mentor" ON "2 mentor"."id" = "1 author"."mentor_id" WHERE "books"."year" = ? LIMIT ?;
-- 1, 2

-- postgresql
SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages", "1 author"."id", "1 author"."name", "1 author"."mentor_id", "2 mentor"."id", "2 mentor"."name", "2 mentor"."mentor_id" FROM "books" LEFT JOIN "authors" AS "1 author" ON "1 author"."id" = "books"."author_id" LEFT JOIN "authors" AS "2 mentor" ON "2 mentor"."id" = "1 author"."mentor_id" WHERE "books"."year" = $1 LIMIT $2::integer;
-- 1, 2

-- mysql, mariadb
SELECT `books`.`id`, `books`.`author_id`, `books`.`year`, `books`.`pages`, `1 author`.`id`, `1 author`.`name`, `1 author`.`mentor_id`, `2 mentor`.`id`, `2 mentor`.`name`, `2 mentor`.`mentor_id` FROM `books` LEFT JOIN `authors` AS `1 author` ON `1 author`.`id` = `books`.`author_id` LEFT JOIN `authors` AS `2 mentor` ON `2 mentor`.`id` = `1 author`.`mentor_id` WHERE `books`.`year` = ? LIMIT ?;
-- 1, 2

-- ==== joined, narrowed
-- sqlite
SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages", "1 chapters"."id", "1 chapters"."book_id", "1 chapters"."words", "1 chapters"."key 0" FROM "books" LEFT JOIN (SELECT "chapters"."id", "chapters"."book_id", "chapters"."words", "chapters"."book_id" AS "key 0" FROM "chapters" WHERE "chapters"."words" > ?) AS "1 chapters" ON "1 chapters"."key 0" = "books"."id";
-- 0.0

-- postgresql
SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages", "1 chapters"."id", "1 chapters"."book_id", "1 chapters"."words", "1 chapters"."key 0" FROM "books" LEFT JOIN (SELECT "chapters"."id", "chapters"."book_id", "chapters"."words", "chapters"."book_id" AS "key 0" FROM "chapters" WHERE "chapters"."words" > $1) AS "1 chapters" ON "1 chapters"."key 0" = "books"."id";
-- 0.0

-- mysql, mariadb
SELECT `books`.`id`, `books`.`author_id`, `books`.`year`, `books`.`pages`, `1 chapters`.`id`, `1 chapters`.`book_id`, `1 chapters`.`words`, `1 chapters`.`key 0` FROM `books` LEFT JOIN (SELECT `chapters`.`id`, `chapters`.`book_id`, `chapters`.`words`, `chapters`.`book_id` AS `key 0` FROM `chapters` WHERE `chapters`.`words` > ?) AS `1 chapters` ON `1 chapters`.`key 0` = `books`.`id`;
-- 0.0

-- ==== joined, the first in an order
-- sqlite
SELECT "authors"."id", "authors"."name", "authors"."mentor_id", "1 latest"."id", "1 latest"."author_id", "1 latest"."year", "1 latest"."pages", "1 latest"."key 0", "1 latest"."the number" FROM "authors" LEFT JOIN (SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages", "books"."key 0" AS "key 0", "books"."the number" AS "the number" FROM (SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages", "books"."author_id" AS "key 0", row_number() OVER (PARTITION BY "books"."author_id" ORDER BY "books"."year" DESC) AS "the number" FROM "books") AS "books" WHERE "books"."the number" <= ?) AS "1 latest" ON "1 latest"."key 0" = "authors"."id";
-- 1

-- postgresql
SELECT "authors"."id", "authors"."name", "authors"."mentor_id", "1 latest"."id", "1 latest"."author_id", "1 latest"."year", "1 latest"."pages", "1 latest"."key 0", "1 latest"."the number" FROM "authors" LEFT JOIN (SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages", "books"."key 0" AS "key 0", "books"."the number" AS "the number" FROM (SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages", "books"."author_id" AS "key 0", row_number() OVER (PARTITION BY "books"."author_id" ORDER BY "books"."year" DESC) AS "the number" FROM "books") AS "books" WHERE "books"."the number" <= $1) AS "1 latest" ON "1 latest"."key 0" = "authors"."id";
-- 1

-- mysql, mariadb
SELECT `authors`.`id`, `authors`.`name`, `authors`.`mentor_id`, `1 latest`.`id`, `1 latest`.`author_id`, `1 latest`.`year`, `1 latest`.`pages`, `1 latest`.`key 0`, `1 latest`.`the number` FROM `authors` LEFT JOIN (SELECT `books`.`id`, `books`.`author_id`, `books`.`year`, `books`.`pages`, `books`.`key 0` AS `key 0`, `books`.`the number` AS `the number` FROM (SELECT `books`.`id`, `books`.`author_id`, `books`.`year`, `books`.`pages`, `books`.`author_id` AS `key 0`, row_number() OVER (PARTITION BY `books`.`author_id` ORDER BY `books`.`year` DESC) AS `the number` FROM `books`) AS `books` WHERE `books`.`the number` <= ?) AS `1 latest` ON `1 latest`.`key 0` = `authors`.`id`;
-- 1

-- ==== joined, through others
-- sqlite
SELECT "authors"."id", "authors"."name", "authors"."mentor_id", "1 chapters"."id", "1 chapters"."book_id", "1 chapters"."words", "1 chapters"."key 0", "2 long"."id", "2 long"."author_id", "2 long"."year", "2 long"."pages", "2 long"."key 0" FROM "authors" LEFT JOIN (SELECT "chapters"."id", "chapters"."book_id", "chapters"."words", "books"."author_id" AS "key 0" FROM "chapters" INNER JOIN "books" ON "chapters"."book_id" = "books"."id" WHERE "chapters"."words" > ?) AS "1 chapters" ON "1 chapters"."key 0" = "authors"."id" LEFT JOIN (SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages", "books"."author_id" AS "key 0" FROM "books" WHERE "books"."pages" = ?) AS "2 long" ON "2 long"."key 0" = "authors"."id";
-- 0.0, 500

-- postgresql
SELECT "authors"."id", "authors"."name", "authors"."mentor_id", "1 chapters"."id", "1 chapters"."book_id", "1 chapters"."words", "1 chapters"."key 0", "2 long"."id", "2 long"."author_id", "2 long"."year", "2 long"."pages", "2 long"."key 0" FROM "authors" LEFT JOIN (SELECT "chapters"."id", "chapters"."book_id", "chapters"."words", "books"."author_id" AS "key 0" FROM "chapters" INNER JOIN "books" ON "chapters"."book_id" = "books"."id" WHERE "chapters"."words" > $1) AS "1 chapters" ON "1 chapters"."key 0" = "authors"."id" LEFT JOIN (SELECT "books"."id", "books"."author_id", "books"."year", "books"."pages", "books"."author_id" AS "key 0" FROM "books" WHERE "books"."pages" = $2) AS "2 long" ON "2 long"."key 0" = "authors"."id";
-- 0.0, 500

-- mysql, mariadb
SELECT `authors`.`id`, `authors`.`name`, `authors`.`mentor_id`, `1 chapters`.`id`, `1 chapters`.`book_id`, `1 chapters`.`words`, `1 chapters`.`key 0`, `2 long`.`id`, `2 long`.`author_id`, `2 long`.`year`, `2 long`.`pages`, `2 long`.`key 0` FROM `authors` LEFT JOIN (SELECT `chapters`.`id`, `chapters`.`book_id`, `chapters`.`words`, `books`.`author_id` AS `key 0` FROM `chapters` INNER JOIN `books` ON `chapters`.`book_id` = `books`.`id` WHERE `chapters`.`words` > ?) AS `1 chapters` ON `1 chapters`.`key 0` = `authors`.`id` LEFT JOIN (SELECT `books`.`id`, `books`.`author_id`, `books`.`year`, `books`.`pages`, `books`.`author_id` AS `key 0` FROM `books` WHERE `books`.`pages` = ?) AS `2 long` ON `2 long`.`key 0` = `authors`.`id`;
-- 0.0, 500
