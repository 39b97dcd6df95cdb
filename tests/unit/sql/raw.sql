-- ==== values in order
-- sqlite, mysql, mariadb
SELECT * FROM letters WHERE grams > ? AND "to" <> 'why?';
-- 5

-- postgresql
SELECT * FROM letters WHERE grams > $1::integer AND "to" <> 'why?';
-- 5

-- ==== values by name
-- sqlite, mysql, mariadb
SELECT ? WHERE ? > ?;
-- 1, 2.5, 1

-- postgresql
SELECT $1::integer WHERE $2::double precision > $3::integer;
-- 1, 2.5, 1

-- ==== a list
-- sqlite, mysql, mariadb
DELETE FROM letters WHERE grams IN (?, ?, ?) AND id < ?;
-- 1, 2, 3, 9

-- postgresql
DELETE FROM letters WHERE grams IN ($1::integer, $2::integer, $3::integer) AND id < $4::integer;
-- 1, 2, 3, 9

-- ==== a literal question mark
-- sqlite, mysql, mariadb
SELECT data ? 'key' FROM letters WHERE id = ?;
-- 1

-- postgresql
SELECT data ? 'key' FROM letters WHERE id = $1::integer;
-- 1

-- ==== in dollars
-- sqlite, mysql, mariadb
SELECT $a$?$a$, E'\'?', ?;
-- 'x'

-- postgresql
SELECT $a$?$a$, E'\'?', $1;
-- 'x'

-- ==== a comment at its end
-- sqlite, mysql, mariadb
SELECT ? -- the end?;
-- 'x'

-- postgresql
SELECT $1 -- the end?;
-- 'x'

-- ==== a plan
-- sqlite
EXPLAIN QUERY PLAN SELECT "letters"."id", "letters"."to", "letters"."grams" FROM "letters" WHERE ("letters"."grams" > ? AND "letters"."to" IN (?, ?));
-- 5, 'ann', 'bob'

-- postgresql
EXPLAIN (FORMAT JSON) SELECT "letters"."id", "letters"."to", "letters"."grams" FROM "letters" WHERE ("letters"."grams" > $1 AND "letters"."to" = ANY ($2));
-- 5, ['ann', 'bob']

-- mysql
EXPLAIN FORMAT=TREE SELECT `letters`.`id`, `letters`.`to`, `letters`.`grams` FROM `letters` WHERE (`letters`.`grams` > ? AND `letters`.`to` IN (?, ?));
-- 5, 'ann', 'bob'

-- mariadb
EXPLAIN FORMAT=JSON SELECT `letters`.`id`, `letters`.`to`, `letters`.`grams` FROM `letters` WHERE (`letters`.`grams` > ? AND `letters`.`to` IN (?, ?));
-- 5, 'ann', 'bob'

-- ==== a plan that was tried
-- sqlite
-- NotSupported: SQLite has no EXPLAIN ANALYZE: explain() tells the plan; run the query to see what it takes

-- postgresql
EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT "letters"."id", "letters"."to", "letters"."grams" FROM "letters" WHERE ("letters"."grams" > $1 AND "letters"."to" = ANY ($2));
-- 5, ['ann', 'bob']

-- mysql
EXPLAIN ANALYZE SELECT `letters`.`id`, `letters`.`to`, `letters`.`grams` FROM `letters` WHERE (`letters`.`grams` > ? AND `letters`.`to` IN (?, ?));
-- 5, 'ann', 'bob'

-- mariadb
ANALYZE FORMAT=JSON SELECT `letters`.`id`, `letters`.`to`, `letters`.`grams` FROM `letters` WHERE (`letters`.`grams` > ? AND `letters`.`to` IN (?, ?));
-- 5, 'ann', 'bob'

-- ==== a plan of raw SQL
-- sqlite
EXPLAIN QUERY PLAN SELECT ?;
-- 1

-- postgresql
EXPLAIN (FORMAT JSON) SELECT $1::integer;
-- 1

-- mysql
EXPLAIN FORMAT=TREE SELECT ?;
-- 1

-- mariadb
EXPLAIN FORMAT=JSON SELECT ?;
-- 1
