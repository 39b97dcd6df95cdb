-- ==== one column
-- sqlite
SELECT "shelves"."row" FROM "shelves" WHERE "shelves"."row" > ?;
-- 5

-- postgresql
SELECT "shelves"."row" FROM "shelves" WHERE "shelves"."row" > $1;
-- 5

-- mysql, mariadb
SELECT `shelves`.`row` FROM `shelves` WHERE `shelves`.`row` > ?;
-- 5

-- ==== one column, inclusive
-- sqlite
SELECT "shelves"."row" FROM "shelves" WHERE "shelves"."row" >= ?;
-- 5

-- postgresql
SELECT "shelves"."row" FROM "shelves" WHERE "shelves"."row" >= $1;
-- 5

-- mysql, mariadb
SELECT `shelves`.`row` FROM `shelves` WHERE `shelves`.`row` >= ?;
-- 5

-- ==== one column, backwards
-- sqlite
SELECT "shelves"."row" FROM "shelves" WHERE "shelves"."row" < ?;
-- 5

-- postgresql
SELECT "shelves"."row" FROM "shelves" WHERE "shelves"."row" < $1;
-- 5

-- mysql, mariadb
SELECT `shelves`.`row` FROM `shelves` WHERE `shelves`.`row` < ?;
-- 5

-- ==== two columns
-- sqlite
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."row" > ? OR ("shelves"."row" = ? AND "shelves"."place" > ?));
-- 5, 5, 6

-- postgresql
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."row" > $1 OR ("shelves"."row" = $2 AND "shelves"."place" > $3));
-- 5, 5, 6

-- mysql, mariadb
SELECT `shelves`.`row` FROM `shelves` WHERE (`shelves`.`row` > ? OR (`shelves`.`row` = ? AND `shelves`.`place` > ?));
-- 5, 5, 6

-- ==== two columns, inclusive
-- sqlite
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."row" > ? OR ("shelves"."row" = ? AND "shelves"."place" >= ?));
-- 5, 5, 6

-- postgresql
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."row" > $1 OR ("shelves"."row" = $2 AND "shelves"."place" >= $3));
-- 5, 5, 6

-- mysql, mariadb
SELECT `shelves`.`row` FROM `shelves` WHERE (`shelves`.`row` > ? OR (`shelves`.`row` = ? AND `shelves`.`place` >= ?));
-- 5, 5, 6

-- ==== two columns by rows
-- sqlite
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."row", "shelves"."place") > (?, ?);
-- 5, 6

-- postgresql
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."row", "shelves"."place") > ($1, $2);
-- 5, 6

-- mysql, mariadb
SELECT `shelves`.`row` FROM `shelves` WHERE (`shelves`.`row`, `shelves`.`place`) > (?, ?);
-- 5, 6

-- ==== two columns by rows, inclusive and backwards
-- sqlite
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."row", "shelves"."place") <= (?, ?);
-- 5, 6

-- postgresql
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."row", "shelves"."place") <= ($1, $2);
-- 5, 6

-- mysql, mariadb
SELECT `shelves`.`row` FROM `shelves` WHERE (`shelves`.`row`, `shelves`.`place`) <= (?, ?);
-- 5, 6

-- ==== two ways
-- sqlite
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."row" > ? OR ("shelves"."row" = ? AND "shelves"."place" < ?));
-- 5, 5, 6

-- postgresql
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."row" > $1 OR ("shelves"."row" = $2 AND "shelves"."place" < $3));
-- 5, 5, 6

-- mysql, mariadb
SELECT `shelves`.`row` FROM `shelves` WHERE (`shelves`.`row` > ? OR (`shelves`.`row` = ? AND `shelves`.`place` < ?));
-- 5, 5, 6

-- ==== two ways, with a range to look up
-- sqlite
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."row" >= ? AND ("shelves"."row" > ? OR ("shelves"."row" = ? AND "shelves"."place" < ?)));
-- 5, 5, 5, 6

-- postgresql
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."row" >= $1 AND ("shelves"."row" > $2 OR ("shelves"."row" = $3 AND "shelves"."place" < $4)));
-- 5, 5, 5, 6

-- mysql, mariadb
SELECT `shelves`.`row` FROM `shelves` WHERE (`shelves`.`row` >= ? AND (`shelves`.`row` > ? OR (`shelves`.`row` = ? AND `shelves`.`place` < ?)));
-- 5, 5, 5, 6

-- ==== NULLs that come last
-- sqlite
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."label" > ? OR "shelves"."label" IS NULL OR ("shelves"."label" = ? AND "shelves"."row" > ?));
-- 'b', 'b', 5

-- postgresql
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."label" > $1 OR "shelves"."label" IS NULL OR ("shelves"."label" = $2 AND "shelves"."row" > $3));
-- 'b', 'b', 5

-- mysql, mariadb
SELECT `shelves`.`row` FROM `shelves` WHERE (`shelves`.`label` > ? OR `shelves`.`label` IS NULL OR (`shelves`.`label` = ? AND `shelves`.`row` > ?));
-- 'b', 'b', 5

-- ==== NULLs that came first
-- sqlite
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."label" < ? OR ("shelves"."label" = ? AND "shelves"."row" > ?));
-- 'b', 'b', 5

-- postgresql
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."label" < $1 OR ("shelves"."label" = $2 AND "shelves"."row" > $3));
-- 'b', 'b', 5

-- mysql, mariadb
SELECT `shelves`.`row` FROM `shelves` WHERE (`shelves`.`label` < ? OR (`shelves`.`label` = ? AND `shelves`.`row` > ?));
-- 'b', 'b', 5

-- ==== from NULL, the last
-- sqlite
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."label" IS NULL AND "shelves"."row" > ?);
-- 5

-- postgresql
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."label" IS NULL AND "shelves"."row" > $1);
-- 5

-- mysql, mariadb
SELECT `shelves`.`row` FROM `shelves` WHERE (`shelves`.`label` IS NULL AND `shelves`.`row` > ?);
-- 5

-- ==== from NULL, the first
-- sqlite
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."label" IS NOT NULL OR ("shelves"."label" IS NULL AND "shelves"."row" > ?));
-- 5

-- postgresql
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."label" IS NOT NULL OR ("shelves"."label" IS NULL AND "shelves"."row" > $1));
-- 5

-- mysql, mariadb
SELECT `shelves`.`row` FROM `shelves` WHERE (`shelves`.`label` IS NOT NULL OR (`shelves`.`label` IS NULL AND `shelves`.`row` > ?));
-- 5

-- ==== from NULL, inclusive
-- sqlite, postgresql
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."label" IS NULL OR 1 = 1);

-- mysql, mariadb
SELECT `shelves`.`row` FROM `shelves` WHERE (`shelves`.`label` IS NULL OR 1 = 1);

-- ==== beyond all
-- sqlite, postgresql
SELECT "shelves"."row" FROM "shelves" WHERE ("shelves"."label" IS NULL AND 1 = 0);

-- mysql, mariadb
SELECT `shelves`.`row` FROM `shelves` WHERE (`shelves`.`label` IS NULL AND 1 = 0);

-- ==== an expression
-- sqlite
SELECT "shelves"."row" FROM "shelves" WHERE (length("shelves"."label") < ? OR length("shelves"."label") IS NULL OR (length("shelves"."label") = ? AND ("shelves"."row" > ? OR ("shelves"."row" = ? AND "shelves"."place" > ?))));
-- 3, 3, 5, 5, 6

-- postgresql
SELECT "shelves"."row" FROM "shelves" WHERE (length("shelves"."label") < $1 OR length("shelves"."label") IS NULL OR (length("shelves"."label") = $2 AND ("shelves"."row" > $3 OR ("shelves"."row" = $4 AND "shelves"."place" > $5))));
-- 3, 3, 5, 5, 6

-- mysql, mariadb
SELECT `shelves`.`row` FROM `shelves` WHERE (char_length(`shelves`.`label`) < ? OR char_length(`shelves`.`label`) IS NULL OR (char_length(`shelves`.`label`) = ? AND (`shelves`.`row` > ? OR (`shelves`.`row` = ? AND `shelves`.`place` > ?))));
-- 3, 3, 5, 5, 6
