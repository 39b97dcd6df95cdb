-- ==== rows
-- sqlite
INSERT INTO "pages" ("path", "hits") VALUES (?, ?);

-- postgresql
INSERT INTO "pages" ("path", "hits") VALUES ($1, $2);

-- mysql, mariadb
INSERT INTO `pages` (`path`, `hits`) VALUES (?, ?);

-- ==== rows of defaults
-- sqlite, postgresql
INSERT INTO "pages" DEFAULT VALUES RETURNING "pages"."id";

-- mysql, mariadb
INSERT INTO `pages` () VALUES () RETURNING `pages`.`id`;

-- ==== rows given back
-- sqlite
INSERT INTO "pages" ("path", "hits") VALUES (?, ?) RETURNING "pages"."id", "pages"."hits";

-- postgresql
INSERT INTO "pages" ("path", "hits") VALUES ($1, $2) RETURNING "pages"."id", "pages"."hits";

-- mysql, mariadb
INSERT INTO `pages` (`path`, `hits`) VALUES (?, ?) RETURNING `pages`.`id`, `pages`.`hits`;

-- ==== rows as lists
-- sqlite
INSERT INTO "pages" ("path", "hits") VALUES (?, ?) RETURNING "pages"."id";

-- postgresql
INSERT INTO "pages" ("path", "hits") SELECT c1, c2 FROM unnest($1::text[], $2::pg_catalog.int4[]) WITH ORDINALITY AS given (c1, c2, place) ORDER BY place RETURNING "pages"."id";

-- mysql, mariadb
INSERT INTO `pages` (`path`, `hits`) VALUES (?, ?) RETURNING `pages`.`id`;

-- ==== a taken key updates
-- sqlite
INSERT INTO "pages" ("path", "hits") VALUES (?, ?) ON CONFLICT ("path") DO UPDATE SET "hits" = excluded."hits";

-- postgresql
INSERT INTO "pages" ("path", "hits") VALUES ($1, $2) ON CONFLICT ("path") DO UPDATE SET "hits" = excluded."hits";

-- mysql
INSERT INTO `pages` (`path`, `hits`) VALUES (?, ?) AS excluded ON DUPLICATE KEY UPDATE `hits` = excluded.`hits`;

-- mariadb
INSERT INTO `pages` (`path`, `hits`) VALUES (?, ?) ON DUPLICATE KEY UPDATE `hits` = VALUES(`hits`);

-- ==== a taken key does nothing
-- sqlite
INSERT INTO "pages" ("path", "hits") VALUES (?, ?) ON CONFLICT ("id", "path") DO NOTHING;

-- postgresql
INSERT INTO "pages" ("path", "hits") VALUES ($1, $2) ON CONFLICT ("id", "path") DO NOTHING;

-- mysql
INSERT INTO `pages` (`path`, `hits`) VALUES (?, ?) AS excluded ON DUPLICATE KEY UPDATE `id` = `pages`.`id`;

-- mariadb
INSERT INTO `pages` (`path`, `hits`) VALUES (?, ?) ON DUPLICATE KEY UPDATE `id` = `pages`.`id`;

-- ==== values beside the rows
-- sqlite
INSERT INTO "pages" ("path", "hits") VALUES (?, ?) ON CONFLICT ("id") DO UPDATE SET "hits" = ("pages"."hits" + (excluded."hits" * ?)), "path" = ? RETURNING "pages"."id";
-- 2, 'x'

-- postgresql
INSERT INTO "pages" ("path", "hits") VALUES ($3, $4) ON CONFLICT ("id") DO UPDATE SET "hits" = ("pages"."hits" + (excluded."hits" * $1)), "path" = $2 RETURNING "pages"."id";
-- 2, 'x'

-- mysql
INSERT INTO `pages` (`path`, `hits`) VALUES (?, ?) AS excluded ON DUPLICATE KEY UPDATE `hits` = (`pages`.`hits` + (excluded.`hits` * ?)), `path` = ? RETURNING `pages`.`id`;
-- 2, 'x'

-- mariadb
INSERT INTO `pages` (`path`, `hits`) VALUES (?, ?) ON DUPLICATE KEY UPDATE `hits` = (`pages`.`hits` + (VALUES(`hits`) * ?)), `path` = ? RETURNING `pages`.`id`;
-- 2, 'x'

-- ==== values beside lists
-- sqlite
INSERT INTO "pages" ("path", "hits") VALUES (?, ?) ON CONFLICT ("id") DO UPDATE SET "hits" = ("pages"."hits" + (excluded."hits" * ?)), "path" = ?;
-- 2, 'x'

-- postgresql
INSERT INTO "pages" ("path", "hits") SELECT c1, c2 FROM unnest($3::text[], $4::integer[]) WITH ORDINALITY AS given (c1, c2, place) ORDER BY place ON CONFLICT ("id") DO UPDATE SET "hits" = ("pages"."hits" + (excluded."hits" * $1)), "path" = $2;
-- 2, 'x'

-- mysql
INSERT INTO `pages` (`path`, `hits`) VALUES (?, ?) AS excluded ON DUPLICATE KEY UPDATE `hits` = (`pages`.`hits` + (excluded.`hits` * ?)), `path` = ?;
-- 2, 'x'

-- mariadb
INSERT INTO `pages` (`path`, `hits`) VALUES (?, ?) ON DUPLICATE KEY UPDATE `hits` = (`pages`.`hits` + (VALUES(`hits`) * ?)), `path` = ?;
-- 2, 'x'
