-- ==== a document in a document
-- sqlite
SELECT NULLIF("accounts"."settings" -> ?, 'null') AS "color" FROM "accounts";
-- '$."theme"."color"'

-- postgresql
SELECT NULLIF(("accounts"."settings"::jsonb -> $1::text -> $2::text), 'null'::jsonb) AS "color" FROM "accounts";
-- 'theme', 'color'

-- mysql, mariadb
SELECT CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) <> 'NULL' THEN JSON_EXTRACT(`accounts`.`settings`, ?) END AS `color` FROM `accounts`;
-- '$."theme"."color"', '$."theme"."color"'

-- ==== an element
-- sqlite
SELECT NULLIF("accounts"."settings" -> ?, 'null') AS "name" FROM "accounts";
-- '$."items"[0]."name"'

-- postgresql
SELECT NULLIF((jsonb_path_query_first("accounts"."settings"::jsonb -> $1::text, 'strict $[$i]', jsonb_build_object('i', $2::integer), TRUE) -> $3::text), 'null'::jsonb) AS "name" FROM "accounts";
-- 'items', 0, 'name'

-- mysql, mariadb
SELECT CASE WHEN JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(`accounts`.`settings`, ?), ?)) <> 'NULL' THEN JSON_EXTRACT(JSON_EXTRACT(`accounts`.`settings`, ?), ?) END AS `name` FROM `accounts`;
-- '$."items"[*]', '$[0]."name"', '$."items"[*]', '$[0]."name"'

-- ==== an element from the end
-- sqlite
SELECT NULLIF("accounts"."settings" -> ?, 'null') AS "last" FROM "accounts";
-- '$."items"[#-1]'

-- postgresql
SELECT NULLIF((jsonb_path_query_first("accounts"."settings"::jsonb -> $1::text, 'strict $[last - $i]', jsonb_build_object('i', $2::integer), TRUE)), 'null'::jsonb) AS "last" FROM "accounts";
-- 'items', 0

-- mysql
SELECT CASE WHEN JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(`accounts`.`settings`, ?), ?)) <> 'NULL' THEN JSON_EXTRACT(JSON_EXTRACT(`accounts`.`settings`, ?), ?) END AS `last` FROM `accounts`;
-- '$."items"[*]', '$[last-0]', '$."items"[*]', '$[last-0]'

-- mariadb
SELECT CASE WHEN JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(`accounts`.`settings`, ?), IF(JSON_LENGTH(JSON_EXTRACT(`accounts`.`settings`, ?)) >= ?, CONCAT('$[', JSON_LENGTH(JSON_EXTRACT(`accounts`.`settings`, ?)) - ?, ']', ?), NULL))) <> 'NULL' THEN JSON_EXTRACT(JSON_EXTRACT(`accounts`.`settings`, ?), IF(JSON_LENGTH(JSON_EXTRACT(`accounts`.`settings`, ?)) >= ?, CONCAT('$[', JSON_LENGTH(JSON_EXTRACT(`accounts`.`settings`, ?)) - ?, ']', ?), NULL)) END AS `last` FROM `accounts`;
-- '$."items"[*]', '$."items"[*]', 1, '$."items"[*]', 1, '', '$."items"[*]', '$."items"[*]', 1, '$."items"[*]', 1, ''

-- ==== a key that may be written in two ways
-- sqlite
SELECT NULLIF("accounts"."settings" -> ((SELECT fullkey FROM json_each("accounts"."settings", ?) WHERE key = ?) || ?), 'null') AS "size" FROM "accounts";
-- '$', 'größe', '."x"'

-- postgresql
SELECT NULLIF(("accounts"."settings"::jsonb -> $1::text -> $2::text), 'null'::jsonb) AS "size" FROM "accounts";
-- 'größe', 'x'

-- mysql
SELECT CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) <> 'NULL' THEN JSON_EXTRACT(`accounts`.`settings`, ?) END AS `size` FROM `accounts`;
-- '$."gr\\u00f6\\u00dfe"."x"', '$."gr\\u00f6\\u00dfe"."x"'

-- mariadb
SELECT CASE WHEN JSON_TYPE(COALESCE(JSON_EXTRACT(`accounts`.`settings`, ?), JSON_EXTRACT(`accounts`.`settings`, ?))) <> 'NULL' THEN COALESCE(JSON_EXTRACT(`accounts`.`settings`, ?), JSON_EXTRACT(`accounts`.`settings`, ?)) END AS `size` FROM `accounts`;
-- '$."gr\\u00f6\\u00dfe"."x"', '$."größe"."x"', '$."gr\\u00f6\\u00dfe"."x"', '$."größe"."x"'

-- ==== a document as text
-- sqlite
SELECT NULLIF("accounts"."note" -> ?, 'null') AS "a" FROM "accounts";
-- '$."a"'

-- postgresql
SELECT NULLIF(("accounts"."note"::jsonb -> $1::text), 'null'::jsonb) AS "a" FROM "accounts";
-- 'a'

-- mysql, mariadb
SELECT CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`note`, ?)) <> 'NULL' THEN JSON_EXTRACT(`accounts`.`note`, ?) END AS `a` FROM `accounts`;
-- '$."a"', '$."a"'

-- ==== a text
-- sqlite
SELECT CASE json_type("accounts"."settings", ?) WHEN 'text' THEN json_extract("accounts"."settings", ?) END AS "v" FROM "accounts";
-- '$."a"', '$."a"'

-- postgresql
SELECT CASE jsonb_typeof(("accounts"."settings"::jsonb -> $1::text)) WHEN 'string' THEN ("accounts"."settings"::jsonb -> $1::text) #>> '{}' END AS "v" FROM "accounts";
-- 'a'

-- mysql
SELECT CASE JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) WHEN 'STRING' THEN CONVERT(JSON_UNQUOTE(JSON_EXTRACT(`accounts`.`settings`, ?)) USING utf8mb4) COLLATE utf8mb4_0900_bin END AS `v` FROM `accounts`;
-- '$."a"', '$."a"'

-- mariadb
SELECT CASE JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) WHEN 'STRING' THEN CONVERT(JSON_UNQUOTE(JSON_EXTRACT(`accounts`.`settings`, ?)) USING utf8mb4) COLLATE utf8mb4_nopad_bin END AS `v` FROM `accounts`;
-- '$."a"', '$."a"'

-- ==== a whole number
-- sqlite
SELECT CASE WHEN json_type("accounts"."settings", ?) IN ('integer', 'real') AND json_extract("accounts"."settings", ?) BETWEEN -9223372036854775808 AND 9223372036854775807 AND json_extract("accounts"."settings", ?) = CAST(json_extract("accounts"."settings", ?) AS INTEGER) THEN CAST(json_extract("accounts"."settings", ?) AS INTEGER) END AS "v" FROM "accounts";
-- '$."a"', '$."a"', '$."a"', '$."a"', '$."a"'

-- postgresql
SELECT CASE jsonb_typeof(("accounts"."settings"::jsonb -> $1::text)) WHEN 'number' THEN CASE WHEN (("accounts"."settings"::jsonb -> $1::text))::numeric BETWEEN -9223372036854775808 AND 9223372036854775807 AND (("accounts"."settings"::jsonb -> $1::text))::numeric % 1 = 0 THEN (("accounts"."settings"::jsonb -> $1::text))::bigint END END AS "v" FROM "accounts";
-- 'a'

-- mysql, mariadb
SELECT CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') THEN CASE WHEN CAST(JSON_EXTRACT(`accounts`.`settings`, ?) AS DOUBLE) BETWEEN -1e19 AND 1e19 AND CAST(JSON_EXTRACT(`accounts`.`settings`, ?) AS DOUBLE) = FLOOR(CAST(JSON_EXTRACT(`accounts`.`settings`, ?) AS DOUBLE)) THEN CASE WHEN CAST(JSON_EXTRACT(`accounts`.`settings`, ?) AS DECIMAL(30)) BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(CAST(JSON_EXTRACT(`accounts`.`settings`, ?) AS DECIMAL(30)) AS SIGNED) END END END AS `v` FROM `accounts`;
-- '$."a"', '$."a"', '$."a"', '$."a"', '$."a"', '$."a"'

-- ==== a number
-- sqlite
SELECT CASE WHEN json_type("accounts"."settings", ?) IN ('integer', 'real') THEN CAST(json_extract("accounts"."settings", ?) AS REAL) END AS "v" FROM "accounts";
-- '$."a"', '$."a"'

-- postgresql
SELECT CASE jsonb_typeof(("accounts"."settings"::jsonb -> $1::text)) WHEN 'number' THEN (("accounts"."settings"::jsonb -> $1::text))::double precision END AS "v" FROM "accounts";
-- 'a'

-- mysql, mariadb
SELECT CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') THEN CAST(JSON_EXTRACT(`accounts`.`settings`, ?) AS DOUBLE) END AS `v` FROM `accounts`;
-- '$."a"', '$."a"'

-- ==== a decimal number
-- sqlite
SELECT CASE WHEN json_type("accounts"."settings", ?) IN ('integer', 'real') THEN json_extract("accounts"."settings", ?) END AS "v" FROM "accounts";
-- '$."a"', '$."a"'

-- postgresql
SELECT CASE jsonb_typeof(("accounts"."settings"::jsonb -> $1::text)) WHEN 'number' THEN (("accounts"."settings"::jsonb -> $1::text))::numeric END AS "v" FROM "accounts";
-- 'a'

-- mysql, mariadb
SELECT CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') THEN CAST(JSON_EXTRACT(`accounts`.`settings`, ?) AS DECIMAL(65, 30)) END AS `v` FROM `accounts`;
-- '$."a"', '$."a"'

-- ==== true or false
-- sqlite
SELECT CASE json_type("accounts"."settings", ?) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END AS "v" FROM "accounts";
-- '$."a"'

-- postgresql
SELECT CASE jsonb_typeof(("accounts"."settings"::jsonb -> $1::text)) WHEN 'boolean' THEN (("accounts"."settings"::jsonb -> $1::text))::boolean END AS "v" FROM "accounts";
-- 'a'

-- mysql
SELECT CASE JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) WHEN 'BOOLEAN' THEN CONVERT(JSON_UNQUOTE(JSON_EXTRACT(`accounts`.`settings`, ?)) USING utf8mb4) COLLATE utf8mb4_0900_bin = 'true' END AS `v` FROM `accounts`;
-- '$."a"', '$."a"'

-- mariadb
SELECT CASE JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) WHEN 'BOOLEAN' THEN CONVERT(JSON_UNQUOTE(JSON_EXTRACT(`accounts`.`settings`, ?)) USING utf8mb4) COLLATE utf8mb4_nopad_bin = 'true' END AS `v` FROM `accounts`;
-- '$."a"', '$."a"'

-- ==== a length
-- sqlite
SELECT CASE json_type("accounts"."settings", ?) WHEN 'array' THEN json_array_length("accounts"."settings", ?) WHEN 'object' THEN (SELECT count(*) FROM json_each("accounts"."settings", ?)) END AS "v" FROM "accounts";
-- '$."a"', '$."a"', '$."a"'

-- postgresql
SELECT CASE jsonb_typeof(("accounts"."settings"::jsonb -> $1::text)) WHEN 'array' THEN jsonb_array_length(("accounts"."settings"::jsonb -> $1::text)) WHEN 'object' THEN (SELECT count(*) FROM jsonb_object_keys(("accounts"."settings"::jsonb -> $1::text)))::integer END AS "v" FROM "accounts";
-- 'a'

-- mysql, mariadb
SELECT CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) IN ('ARRAY', 'OBJECT') THEN JSON_LENGTH(JSON_EXTRACT(`accounts`.`settings`, ?)) END AS `v` FROM `accounts`;
-- '$."a"', '$."a"'

-- ==== a type
-- sqlite
SELECT CASE json_type("accounts"."settings", ?) WHEN 'text' THEN 'string' WHEN 'integer' THEN 'number' WHEN 'real' THEN 'number' WHEN 'true' THEN 'boolean' WHEN 'false' THEN 'boolean' ELSE json_type("accounts"."settings", ?) END AS "v" FROM "accounts";
-- '$."a"', '$."a"'

-- postgresql
SELECT jsonb_typeof(("accounts"."settings"::jsonb -> $1::text)) AS "v" FROM "accounts";
-- 'a'

-- mysql, mariadb
SELECT CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') THEN 'number' ELSE LOWER(JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?))) END AS `v` FROM `accounts`;
-- '$."a"', '$."a"'

-- ==== equal to a text
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE CASE WHEN json_type("accounts"."settings", ?) = 'text' THEN json_extract("accounts"."settings", ?) = ? WHEN json_type("accounts"."settings", ?) <> 'null' THEN 0 END;
-- '$."a"', '$."a"', 'x', '$."a"'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE (NULLIF(("accounts"."settings"::jsonb -> $1::text), 'null'::jsonb) = $2::jsonb);
-- 'a', '"x"'

-- mysql
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) = 'STRING' THEN CONVERT(JSON_UNQUOTE(JSON_EXTRACT(`accounts`.`settings`, ?)) USING utf8mb4) COLLATE utf8mb4_0900_bin = ? WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) <> 'NULL' THEN FALSE END;
-- '$."a"', '$."a"', 'x', '$."a"'

-- mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) = 'STRING' THEN CONVERT(JSON_UNQUOTE(JSON_EXTRACT(`accounts`.`settings`, ?)) USING utf8mb4) COLLATE utf8mb4_nopad_bin = ? WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) <> 'NULL' THEN FALSE END;
-- '$."a"', '$."a"', 'x', '$."a"'

-- ==== another number
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE NOT (CASE WHEN json_type("accounts"."settings", ?) IN ('integer', 'real') THEN json_extract("accounts"."settings", ?) = ? WHEN json_type("accounts"."settings", ?) <> 'null' THEN 0 END);
-- '$."a"', '$."a"', 5, '$."a"'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE NOT ((NULLIF(("accounts"."settings"::jsonb -> $1::text), 'null'::jsonb) = $2::jsonb));
-- 'a', '5'

-- mysql, mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE NOT (CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') THEN CAST(JSON_EXTRACT(`accounts`.`settings`, ?) AS DOUBLE) = ? WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) <> 'NULL' THEN FALSE END);
-- '$."a"', '$."a"', 5, '$."a"'

-- ==== equal to a large number
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE CASE WHEN json_type("accounts"."settings", ?) IN ('integer', 'real') THEN json_extract("accounts"."settings", ?) = ? WHEN json_type("accounts"."settings", ?) <> 'null' THEN 0 END;
-- '$."a"', '$."a"', 1152921504606846976, '$."a"'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE (NULLIF(("accounts"."settings"::jsonb -> $1::text), 'null'::jsonb) = $2::jsonb);
-- 'a', '1152921504606846976'

-- mysql, mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') THEN COALESCE(CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') THEN CASE WHEN CAST(JSON_EXTRACT(`accounts`.`settings`, ?) AS DOUBLE) BETWEEN -1e19 AND 1e19 AND CAST(JSON_EXTRACT(`accounts`.`settings`, ?) AS DOUBLE) = FLOOR(CAST(JSON_EXTRACT(`accounts`.`settings`, ?) AS DOUBLE)) THEN CASE WHEN CAST(JSON_EXTRACT(`accounts`.`settings`, ?) AS DECIMAL(30)) BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(CAST(JSON_EXTRACT(`accounts`.`settings`, ?) AS DECIMAL(30)) AS SIGNED) END END END = ?, FALSE) WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) <> 'NULL' THEN FALSE END;
-- '$."a"', '$."a"', '$."a"', '$."a"', '$."a"', '$."a"', '$."a"', 1152921504606846976, '$."a"'

-- ==== equal to true
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE CASE WHEN json_type("accounts"."settings", ?) IN ('true', 'false') THEN (json_type("accounts"."settings", ?) = 'true') = ? WHEN json_type("accounts"."settings", ?) <> 'null' THEN 0 END;
-- '$."a"', '$."a"', 1, '$."a"'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE (NULLIF(("accounts"."settings"::jsonb -> $1::text), 'null'::jsonb) = $2::jsonb);
-- 'a', 'true'

-- mysql
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) = 'BOOLEAN' THEN (CONVERT(JSON_UNQUOTE(JSON_EXTRACT(`accounts`.`settings`, ?)) USING utf8mb4) COLLATE utf8mb4_0900_bin = 'true') = ? WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) <> 'NULL' THEN FALSE END;
-- '$."a"', '$."a"', 1, '$."a"'

-- mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) = 'BOOLEAN' THEN (CONVERT(JSON_UNQUOTE(JSON_EXTRACT(`accounts`.`settings`, ?)) USING utf8mb4) COLLATE utf8mb4_nopad_bin = 'true') = ? WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) <> 'NULL' THEN FALSE END;
-- '$."a"', '$."a"', 1, '$."a"'

-- ==== equal to a document
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE CASE WHEN json_type("accounts"."settings", ?) <> 'null' THEN NOT EXISTS (SELECT _a.fullkey, CASE _a.type WHEN 'integer' THEN 'real' ELSE _a.type END, _a.atom FROM json_tree("accounts"."settings" -> ?) AS _a EXCEPT SELECT _b.fullkey, CASE _b.type WHEN 'integer' THEN 'real' ELSE _b.type END, _b.atom FROM json_tree(?) AS _b) AND NOT EXISTS (SELECT _b.fullkey, CASE _b.type WHEN 'integer' THEN 'real' ELSE _b.type END, _b.atom FROM json_tree(?) AS _b EXCEPT SELECT _a.fullkey, CASE _a.type WHEN 'integer' THEN 'real' ELSE _a.type END, _a.atom FROM json_tree("accounts"."settings" -> ?) AS _a) END;
-- '$."a"', '$."a"', '{"b":[1]}', '{"b":[1]}', '$."a"'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE (NULLIF(("accounts"."settings"::jsonb -> $1::text), 'null'::jsonb) = $2::jsonb);
-- 'a', '{"b":[1]}'

-- mysql
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) <> 'NULL' THEN JSON_EXTRACT(`accounts`.`settings`, ?) = CAST(? AS JSON) END;
-- '$."a"', '$."a"', '{"b":[1]}'

-- mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) <> 'NULL' THEN (JSON_EQUALS(JSON_EXTRACT(`accounts`.`settings`, ?), ?) OR JSON_EQUALS(JSON_EXTRACT(`accounts`.`settings`, ?), ?)) END;
-- '$."a"', '$."a"', '{"b":[1]}', '$."a"', '{"b":[1]}'

-- ==== nothing there
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE NULLIF("accounts"."settings" -> ?, 'null') IS NULL;
-- '$."a"'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE NULLIF(("accounts"."settings"::jsonb -> $1::text), 'null'::jsonb) IS NULL;
-- 'a'

-- mysql, mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) <> 'NULL' THEN JSON_EXTRACT(`accounts`.`settings`, ?) END IS NULL;
-- '$."a"', '$."a"'

-- ==== less
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE CASE WHEN json_type("accounts"."settings", ?) IN ('integer', 'real') THEN json_extract("accounts"."settings", ?) END < ?;
-- '$."a"', '$."a"', 2.5

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE CASE jsonb_typeof(("accounts"."settings"::jsonb -> $1::text)) WHEN 'number' THEN (("accounts"."settings"::jsonb -> $1::text))::numeric END < $2::double precision;
-- 'a', 2.5

-- mysql, mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') THEN CAST(JSON_EXTRACT(`accounts`.`settings`, ?) AS DOUBLE) END < ?;
-- '$."a"', '$."a"', 2.5

-- ==== between texts
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE CASE json_type("accounts"."settings", ?) WHEN 'text' THEN json_extract("accounts"."settings", ?) END BETWEEN ? AND ?;
-- '$."a"', '$."a"', 'a', 'b'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE CASE jsonb_typeof(("accounts"."settings"::jsonb -> $1::text)) WHEN 'string' THEN ("accounts"."settings"::jsonb -> $1::text) #>> '{}' END BETWEEN $2 AND $3;
-- 'a', 'a', 'b'

-- mysql
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE CASE JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) WHEN 'STRING' THEN CONVERT(JSON_UNQUOTE(JSON_EXTRACT(`accounts`.`settings`, ?)) USING utf8mb4) COLLATE utf8mb4_0900_bin END BETWEEN ? AND ?;
-- '$."a"', '$."a"', 'a', 'b'

-- mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE CASE JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) WHEN 'STRING' THEN CONVERT(JSON_UNQUOTE(JSON_EXTRACT(`accounts`.`settings`, ?)) USING utf8mb4) COLLATE utf8mb4_nopad_bin END BETWEEN ? AND ?;
-- '$."a"', '$."a"', 'a', 'b'

-- ==== one of several
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE (CASE WHEN json_type("accounts"."settings", ?) = 'text' THEN json_extract("accounts"."settings", ?) = ? WHEN json_type("accounts"."settings", ?) <> 'null' THEN 0 END OR CASE WHEN json_type("accounts"."settings", ?) IN ('integer', 'real') THEN json_extract("accounts"."settings", ?) = ? WHEN json_type("accounts"."settings", ?) <> 'null' THEN 0 END);
-- '$."a"', '$."a"', 'x', '$."a"', '$."a"', '$."a"', 1, '$."a"'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE ((NULLIF(("accounts"."settings"::jsonb -> $1::text), 'null'::jsonb) = $2::jsonb) OR (NULLIF(("accounts"."settings"::jsonb -> $3::text), 'null'::jsonb) = $4::jsonb));
-- 'a', '"x"', 'a', '1'

-- mysql
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE (CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) = 'STRING' THEN CONVERT(JSON_UNQUOTE(JSON_EXTRACT(`accounts`.`settings`, ?)) USING utf8mb4) COLLATE utf8mb4_0900_bin = ? WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) <> 'NULL' THEN FALSE END OR CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') THEN CAST(JSON_EXTRACT(`accounts`.`settings`, ?) AS DOUBLE) = ? WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) <> 'NULL' THEN FALSE END);
-- '$."a"', '$."a"', 'x', '$."a"', '$."a"', '$."a"', 1, '$."a"'

-- mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE (CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) = 'STRING' THEN CONVERT(JSON_UNQUOTE(JSON_EXTRACT(`accounts`.`settings`, ?)) USING utf8mb4) COLLATE utf8mb4_nopad_bin = ? WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) <> 'NULL' THEN FALSE END OR CASE WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') THEN CAST(JSON_EXTRACT(`accounts`.`settings`, ?) AS DOUBLE) = ? WHEN JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) <> 'NULL' THEN FALSE END);
-- '$."a"', '$."a"', 'x', '$."a"', '$."a"', '$."a"', 1, '$."a"'

-- ==== contains an element
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE CASE WHEN json_type("accounts"."settings", ?) IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each("accounts"."settings", ?) AS _a WHERE typeof(_a.key) <> 'text' AND _a.type = 'text' AND _a.atom = ?) END;
-- '$."a"', '$."a"', 'x'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE (("accounts"."settings"::jsonb -> $1::text) @> $2::jsonb);
-- 'a', '"x"'

-- mysql
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE JSON_CONTAINS(JSON_EXTRACT(`accounts`.`settings`, ?), ?);
-- '$."a"', '"x"'

-- mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE (JSON_CONTAINS(JSON_EXTRACT(`accounts`.`settings`, ?), ?) OR JSON_CONTAINS(JSON_EXTRACT(`accounts`.`settings`, ?), ?));
-- '$."a"', '"x"', '$."a"', '"x"'

-- ==== contains a document
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE CASE WHEN json_type("accounts"."settings", ?) IS NOT NULL THEN NOT EXISTS (SELECT 1 FROM json_tree(?) AS _b WHERE NOT EXISTS (SELECT 1 FROM json_tree("accounts"."settings" -> ?) AS _a WHERE CASE _a.type WHEN 'integer' THEN 'real' ELSE _a.type END = CASE _b.type WHEN 'integer' THEN 'real' ELSE _b.type END AND _a.atom IS _b.atom AND CASE typeof(_b.key) WHEN 'integer' THEN _a.path = _b.path AND typeof(_a.key) = 'integer' ELSE _a.fullkey = _b.fullkey END)) END;
-- '$."a"', '{"b":["x"]}', '$."a"'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE (("accounts"."settings"::jsonb -> $1::text) @> $2::jsonb);
-- 'a', '{"b":["x"]}'

-- mysql
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE JSON_CONTAINS(JSON_EXTRACT(`accounts`.`settings`, ?), ?);
-- '$."a"', '{"b":["x"]}'

-- mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE (JSON_CONTAINS(JSON_EXTRACT(`accounts`.`settings`, ?), ?) OR JSON_CONTAINS(JSON_EXTRACT(`accounts`.`settings`, ?), ?));
-- '$."a"', '{"b":["x"]}', '$."a"', '{"b":["x"]}'

-- ==== contains a list of lists
-- sqlite
-- NotSupported: SQLite has no containment of lists that hold lists or dicts: ask for each of them by its index, `path[0].contains(...)`

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE (("accounts"."settings"::jsonb -> $1::text) @> $2::jsonb);
-- 'a', '[[1]]'

-- mysql
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE JSON_CONTAINS(JSON_EXTRACT(`accounts`.`settings`, ?), ?);
-- '$."a"', '[[1]]'

-- mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE (JSON_CONTAINS(JSON_EXTRACT(`accounts`.`settings`, ?), ?) OR JSON_CONTAINS(JSON_EXTRACT(`accounts`.`settings`, ?), ?));
-- '$."a"', '[[1]]', '$."a"', '[[1]]'

-- ==== has a key
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE CASE WHEN json_type("accounts"."settings", ?) IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each("accounts"."settings", ?) AS _a WHERE _a.key = ?) END;
-- '$."a"', '$."a"', 'b'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE (jsonb_typeof(("accounts"."settings"::jsonb -> $1::text)) = 'object' AND ("accounts"."settings"::jsonb -> $1::text) ? $2::text);
-- 'a', 'b'

-- mysql, mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE JSON_CONTAINS_PATH(JSON_EXTRACT(`accounts`.`settings`, ?), 'one', ?);
-- '$."a"', '$."b"'

-- ==== a whole document contains
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE CASE WHEN json_type("accounts"."settings", ?) IS NOT NULL THEN NOT EXISTS (SELECT 1 FROM json_tree(?) AS _b WHERE NOT EXISTS (SELECT 1 FROM json_tree("accounts"."settings" -> ?) AS _a WHERE CASE _a.type WHEN 'integer' THEN 'real' ELSE _a.type END = CASE _b.type WHEN 'integer' THEN 'real' ELSE _b.type END AND _a.atom IS _b.atom AND CASE typeof(_b.key) WHEN 'integer' THEN _a.path = _b.path AND typeof(_a.key) = 'integer' ELSE _a.fullkey = _b.fullkey END)) END;
-- '$', '{"a":1}', '$'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE (("accounts"."settings"::jsonb) @> $1::jsonb);
-- '{"a":1}'

-- mysql
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE JSON_CONTAINS(JSON_EXTRACT(`accounts`.`settings`, ?), ?);
-- '$', '{"a":1}'

-- mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE (JSON_CONTAINS(JSON_EXTRACT(`accounts`.`settings`, ?), ?) OR JSON_CONTAINS(JSON_EXTRACT(`accounts`.`settings`, ?), ?));
-- '$', '{"a":1}', '$', '{"a":1}'

-- ==== a whole document has a key
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE CASE WHEN json_type("accounts"."settings", ?) IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each("accounts"."settings", ?) AS _a WHERE _a.key = ?) END;
-- '$', '$', 'a'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE (jsonb_typeof(("accounts"."settings"::jsonb)) = 'object' AND ("accounts"."settings"::jsonb) ? $1::text);
-- 'a'

-- mysql, mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE JSON_CONTAINS_PATH(JSON_EXTRACT(`accounts`.`settings`, ?), 'one', ?);
-- '$', '$."a"'

-- ==== sorted
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" ORDER BY CASE json_type("accounts"."settings", ?) WHEN 'text' THEN json_extract("accounts"."settings", ?) END;
-- '$."a"', '$."a"'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" ORDER BY CASE jsonb_typeof(("accounts"."settings"::jsonb -> $1::text)) WHEN 'string' THEN ("accounts"."settings"::jsonb -> $1::text) #>> '{}' END;
-- 'a'

-- mysql
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` ORDER BY CASE JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) WHEN 'STRING' THEN CONVERT(JSON_UNQUOTE(JSON_EXTRACT(`accounts`.`settings`, ?)) USING utf8mb4) COLLATE utf8mb4_0900_bin END;
-- '$."a"', '$."a"'

-- mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` ORDER BY CASE JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) WHEN 'STRING' THEN CONVERT(JSON_UNQUOTE(JSON_EXTRACT(`accounts`.`settings`, ?)) USING utf8mb4) COLLATE utf8mb4_nopad_bin END;
-- '$."a"', '$."a"'

-- ==== a key set
-- sqlite
SELECT CASE json_type("accounts"."settings", ?) WHEN 'object' THEN json_set("accounts"."settings", ?, json(?)) ELSE "accounts"."settings" END AS "v" FROM "accounts";
-- '$."a"', '$."a"."b"', 'null'

-- postgresql
SELECT CASE jsonb_typeof(("accounts"."settings"::jsonb -> $1::text)) WHEN 'object' THEN jsonb_set("accounts"."settings"::jsonb, $2::text[], $3::jsonb, TRUE) ELSE "accounts"."settings"::jsonb END AS "v" FROM "accounts";
-- 'a', ['a', 'b'], 'null'

-- mysql
SELECT CASE JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) WHEN 'OBJECT' THEN JSON_SET(`accounts`.`settings`, ?, CAST(? AS JSON)) ELSE `accounts`.`settings` END AS `v` FROM `accounts`;
-- '$."a"', '$."a"."b"', 'null'

-- mariadb
SELECT CASE JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) WHEN 'OBJECT' THEN JSON_COMPACT(JSON_SET(`accounts`.`settings`, ?, JSON_EXTRACT(?, '$'))) ELSE `accounts`.`settings` END AS `v` FROM `accounts`;
-- '$."a"', '$."a"."b"', 'null'

-- ==== an element set
-- sqlite
SELECT CASE json_type("accounts"."settings", ?) WHEN 'array' THEN json_replace("accounts"."settings", ?, json(?)) ELSE "accounts"."settings" END AS "v" FROM "accounts";
-- '$."a"', '$."a"[0]', '"x"'

-- postgresql
SELECT CASE jsonb_typeof(("accounts"."settings"::jsonb -> $1::text)) WHEN 'array' THEN jsonb_set("accounts"."settings"::jsonb, $2::text[], $3::jsonb, FALSE) ELSE "accounts"."settings"::jsonb END AS "v" FROM "accounts";
-- 'a', ['a', '0'], '"x"'

-- mysql
SELECT CASE JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) WHEN 'ARRAY' THEN JSON_REPLACE(`accounts`.`settings`, ?, CAST(? AS JSON)) ELSE `accounts`.`settings` END AS `v` FROM `accounts`;
-- '$."a"', '$."a"[0]', '"x"'

-- mariadb
SELECT CASE JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) WHEN 'ARRAY' THEN JSON_COMPACT(JSON_REPLACE(`accounts`.`settings`, ?, JSON_EXTRACT(?, '$'))) ELSE `accounts`.`settings` END AS `v` FROM `accounts`;
-- '$."a"', '$."a"[0]', '"x"'

-- ==== an element from the end set
-- sqlite
SELECT CASE json_type("accounts"."settings", ?) WHEN 'array' THEN json_replace("accounts"."settings", ?, json(?)) ELSE "accounts"."settings" END AS "v" FROM "accounts";
-- '$."a"', '$."a"[#-1]', '"x"'

-- postgresql
SELECT CASE jsonb_typeof(("accounts"."settings"::jsonb -> $1::text)) WHEN 'array' THEN jsonb_set("accounts"."settings"::jsonb, $2::text[], $3::jsonb, FALSE) ELSE "accounts"."settings"::jsonb END AS "v" FROM "accounts";
-- 'a', ['a', '-1'], '"x"'

-- mysql
SELECT CASE JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) WHEN 'ARRAY' THEN JSON_REPLACE(`accounts`.`settings`, ?, CAST(? AS JSON)) ELSE `accounts`.`settings` END AS `v` FROM `accounts`;
-- '$."a"', '$."a"[last-0]', '"x"'

-- mariadb
-- NotSupported: MariaDB has no writing by an index from the end of a list: give the index from its beginning

-- ==== a key set to what is computed
-- sqlite
SELECT CASE json_type("accounts"."settings", ?) WHEN 'object' THEN json_set("accounts"."settings", ?, "accounts"."id") ELSE "accounts"."settings" END AS "v" FROM "accounts";
-- '$', '$."a"'

-- postgresql
SELECT CASE jsonb_typeof(("accounts"."settings"::jsonb)) WHEN 'object' THEN jsonb_set("accounts"."settings"::jsonb, $1::text[], COALESCE(to_jsonb("accounts"."id"), 'null'::jsonb), TRUE) ELSE "accounts"."settings"::jsonb END AS "v" FROM "accounts";
-- ['a']

-- mysql
SELECT CASE JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) WHEN 'OBJECT' THEN JSON_SET(`accounts`.`settings`, ?, `accounts`.`id`) ELSE `accounts`.`settings` END AS `v` FROM `accounts`;
-- '$', '$."a"'

-- mariadb
SELECT CASE JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) WHEN 'OBJECT' THEN JSON_COMPACT(JSON_SET(`accounts`.`settings`, ?, `accounts`.`id`)) ELSE `accounts`.`settings` END AS `v` FROM `accounts`;
-- '$', '$."a"'

-- ==== an odd key set
-- sqlite
SELECT CASE json_type("accounts"."settings", ?) WHEN 'object' THEN json_set("accounts"."settings", COALESCE((SELECT fullkey FROM json_each("accounts"."settings", ?) WHERE key = ?), ? || ?), json(?)) ELSE "accounts"."settings" END AS "v" FROM "accounts";
-- '$', '$', 'ö', '$', '."ö"', '1'

-- postgresql
SELECT CASE jsonb_typeof(("accounts"."settings"::jsonb)) WHEN 'object' THEN jsonb_set("accounts"."settings"::jsonb, $1::text[], $2::jsonb, TRUE) ELSE "accounts"."settings"::jsonb END AS "v" FROM "accounts";
-- ['ö'], '1'

-- mysql
SELECT CASE JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) WHEN 'OBJECT' THEN JSON_SET(`accounts`.`settings`, ?, CAST(? AS JSON)) ELSE `accounts`.`settings` END AS `v` FROM `accounts`;
-- '$', '$."\\u00f6"', '1'

-- mariadb
SELECT CASE JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) WHEN 'OBJECT' THEN JSON_COMPACT(JSON_SET(`accounts`.`settings`, IF(JSON_CONTAINS_PATH(`accounts`.`settings`, 'one', ?), ?, ?), JSON_EXTRACT(?, '$'))) ELSE `accounts`.`settings` END AS `v` FROM `accounts`;
-- '$', '$."ö"', '$."ö"', '$."\\u00f6"', '1'

-- ==== keys merged
-- sqlite
SELECT CASE json_type("accounts"."settings", ?) WHEN 'object' THEN json_set("accounts"."settings", ?, json(?), ?, json(?)) ELSE "accounts"."settings" END AS "v" FROM "accounts";
-- '$', '$."a"', '1', '$."b"', '{}'

-- postgresql
SELECT CASE jsonb_typeof(("accounts"."settings"::jsonb)) WHEN 'object' THEN jsonb_set(jsonb_set("accounts"."settings"::jsonb, $1::text[], $2::jsonb, TRUE), $3::text[], $4::jsonb, TRUE) ELSE "accounts"."settings"::jsonb END AS "v" FROM "accounts";
-- ['a'], '1', ['b'], '{}'

-- mysql
SELECT CASE JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) WHEN 'OBJECT' THEN JSON_SET(`accounts`.`settings`, ?, CAST(? AS JSON), ?, CAST(? AS JSON)) ELSE `accounts`.`settings` END AS `v` FROM `accounts`;
-- '$', '$."a"', '1', '$."b"', '{}'

-- mariadb
SELECT CASE JSON_TYPE(JSON_EXTRACT(`accounts`.`settings`, ?)) WHEN 'OBJECT' THEN JSON_COMPACT(JSON_SET(`accounts`.`settings`, ?, JSON_EXTRACT(?, '$'), ?, JSON_EXTRACT(?, '$'))) ELSE `accounts`.`settings` END AS `v` FROM `accounts`;
-- '$', '$."a"', '1', '$."b"', '{}'

-- ==== a key removed
-- sqlite
SELECT CASE WHEN json_type("accounts"."settings", ?) IS NULL THEN "accounts"."settings" ELSE json_remove("accounts"."settings", ?) END AS "v" FROM "accounts";
-- '$."a"."b"', '$."a"."b"'

-- postgresql
SELECT CASE WHEN ("accounts"."settings"::jsonb -> $1::text -> $2::text) IS NULL THEN "accounts"."settings"::jsonb ELSE "accounts"."settings"::jsonb #- $3::text[] END AS "v" FROM "accounts";
-- 'a', 'b', ['a', 'b']

-- mysql
SELECT CASE WHEN JSON_EXTRACT(`accounts`.`settings`, ?) IS NULL THEN `accounts`.`settings` ELSE JSON_REMOVE(`accounts`.`settings`, ?) END AS `v` FROM `accounts`;
-- '$."a"."b"', '$."a"."b"'

-- mariadb
SELECT CASE WHEN JSON_EXTRACT(`accounts`.`settings`, ?) IS NULL THEN `accounts`.`settings` ELSE JSON_COMPACT(JSON_REMOVE(`accounts`.`settings`, ?)) END AS `v` FROM `accounts`;
-- '$."a"."b"', '$."a"."b"'

-- ==== a list has
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE CASE WHEN "accounts"."tags" IS NOT NULL THEN NOT EXISTS (SELECT _b.value FROM json_each(?) AS _b WHERE _b.value NOT IN (SELECT _a.value FROM json_each("accounts"."tags") AS _a WHERE _a.type <> 'null')) END;
-- '["x"]'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE ("accounts"."tags" @> $1);
-- ['x']

-- mysql, mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE JSON_CONTAINS(`accounts`.`tags`, ?);
-- '["x"]'

-- ==== a list has all
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE CASE WHEN "accounts"."tags" IS NOT NULL THEN NOT EXISTS (SELECT _b.value FROM json_each(?) AS _b WHERE _b.value NOT IN (SELECT _a.value FROM json_each("accounts"."tags") AS _a WHERE _a.type <> 'null')) END;
-- '["x","y"]'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE ("accounts"."tags" @> $1);
-- ['x', 'y']

-- mysql, mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE JSON_CONTAINS(`accounts`.`tags`, ?);
-- '["x","y"]'

-- ==== a list has no others
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE CASE WHEN "accounts"."tags" IS NOT NULL THEN NOT EXISTS (SELECT 1 FROM json_each("accounts"."tags") AS _a WHERE _a.type = 'null' OR _a.value NOT IN (SELECT _b.value FROM json_each(?) AS _b)) END;
-- '["x","y"]'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE ("accounts"."tags" <@ $1);
-- ['x', 'y']

-- mysql, mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE CASE WHEN `accounts`.`tags` IS NOT NULL THEN JSON_CONTAINS(?, `accounts`.`tags`) END;
-- '["x","y"]'

-- ==== a list has one of
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE CASE WHEN "accounts"."prices" IS NOT NULL THEN EXISTS (SELECT _a.value FROM json_each("accounts"."prices") AS _a WHERE _a.type <> 'null' AND _a.value IN (SELECT _b.value FROM json_each(?) AS _b)) END;
-- '["1.5"]'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE ("accounts"."prices" && $1);
-- [Decimal('1.50')]

-- mysql, mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE JSON_OVERLAPS(`accounts`.`prices`, ?);
-- '["1.5"]'

-- ==== an element of a list
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE CASE json_type("accounts"."tags", ?) WHEN 'text' THEN json_extract("accounts"."tags", ?) END = ?;
-- '$[0]', '$[0]', 'x'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE ("accounts"."tags")[$1::integer] = $2;
-- 1, 'x'

-- mysql
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE CASE JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(`accounts`.`tags`, ?), ?)) WHEN 'STRING' THEN CONVERT(JSON_UNQUOTE(JSON_EXTRACT(JSON_EXTRACT(`accounts`.`tags`, ?), ?)) USING utf8mb4) COLLATE utf8mb4_0900_bin END = ?;
-- '$[*]', '$[0]', '$[*]', '$[0]', 'x'

-- mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE CASE JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(`accounts`.`tags`, ?), ?)) WHEN 'STRING' THEN CONVERT(JSON_UNQUOTE(JSON_EXTRACT(JSON_EXTRACT(`accounts`.`tags`, ?), ?)) USING utf8mb4) COLLATE utf8mb4_nopad_bin END = ?;
-- '$[*]', '$[0]', '$[*]', '$[0]', 'x'

-- ==== the last element of a list
-- sqlite
SELECT CASE json_type("accounts"."tags", ?) WHEN 'text' THEN json_extract("accounts"."tags", ?) END AS "v" FROM "accounts";
-- '$[#-1]', '$[#-1]'

-- postgresql
SELECT ("accounts"."tags")[cardinality("accounts"."tags") + $1::integer] AS "v" FROM "accounts";
-- 0

-- mysql
SELECT CASE JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(`accounts`.`tags`, ?), ?)) WHEN 'STRING' THEN CONVERT(JSON_UNQUOTE(JSON_EXTRACT(JSON_EXTRACT(`accounts`.`tags`, ?), ?)) USING utf8mb4) COLLATE utf8mb4_0900_bin END AS `v` FROM `accounts`;
-- '$[*]', '$[last-0]', '$[*]', '$[last-0]'

-- mariadb
SELECT CASE JSON_TYPE(JSON_EXTRACT(JSON_EXTRACT(`accounts`.`tags`, ?), IF(JSON_LENGTH(JSON_EXTRACT(`accounts`.`tags`, ?)) >= ?, CONCAT('$[', JSON_LENGTH(JSON_EXTRACT(`accounts`.`tags`, ?)) - ?, ']', ?), NULL))) WHEN 'STRING' THEN CONVERT(JSON_UNQUOTE(JSON_EXTRACT(JSON_EXTRACT(`accounts`.`tags`, ?), IF(JSON_LENGTH(JSON_EXTRACT(`accounts`.`tags`, ?)) >= ?, CONCAT('$[', JSON_LENGTH(JSON_EXTRACT(`accounts`.`tags`, ?)) - ?, ']', ?), NULL))) USING utf8mb4) COLLATE utf8mb4_nopad_bin END AS `v` FROM `accounts`;
-- '$[*]', '$[*]', 1, '$[*]', 1, '', '$[*]', '$[*]', 1, '$[*]', 1, ''

-- ==== an element of a list of decimals
-- sqlite
-- NotSupported: SQLite has no single elements of lists of Numeric: read the whole list

-- postgresql
SELECT ("accounts"."prices")[$1::integer] AS "v" FROM "accounts";
-- 1

-- mysql
-- NotSupported: MySQL has no single elements of lists of Numeric: read the whole list

-- mariadb
-- NotSupported: MariaDB has no single elements of lists of Numeric: read the whole list

-- ==== how long a list is
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE json_array_length("accounts"."tags") > ?;
-- 2

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE cardinality("accounts"."tags") > $1;
-- 2

-- mysql, mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE JSON_LENGTH(`accounts`.`tags`) > ?;
-- 2

-- ==== a list and one more
-- sqlite
SELECT CASE WHEN "accounts"."tags" IS NULL OR json_array_length("accounts"."tags") = 0 THEN ? WHEN json_array_length(?) = 0 THEN "accounts"."tags" ELSE substr(json("accounts"."tags"), 1, length(json("accounts"."tags")) - 1) || ',' || substr(?, 2) END AS "v" FROM "accounts";
-- '["x"]', '["x"]', '["x"]'

-- postgresql
SELECT ("accounts"."tags" || $1) AS "v" FROM "accounts";
-- ['x']

-- mysql
SELECT JSON_MERGE_PRESERVE(COALESCE(`accounts`.`tags`, '[]'), ?) AS `v` FROM `accounts`;
-- '["x"]'

-- mariadb
SELECT JSON_COMPACT(JSON_MERGE_PRESERVE(COALESCE(`accounts`.`tags`, '[]'), ?)) AS `v` FROM `accounts`;
-- '["x"]'

-- ==== a list without
-- sqlite
SELECT CASE WHEN "accounts"."tags" IS NOT NULL THEN (SELECT '[' || COALESCE(group_concat(_c.item, ','), '') || ']' FROM (SELECT "accounts"."tags" -> _a.fullkey AS item FROM json_each("accounts"."tags") AS _a WHERE _a.value IS NOT (SELECT _b.value FROM json_each(?) AS _b) ORDER BY _a.key) AS _c) END AS "v" FROM "accounts";
-- '["x"]'

-- postgresql
SELECT array_remove("accounts"."tags", $1) AS "v" FROM "accounts";
-- 'x'

-- mysql
-- NotSupported: MySQL has no removal from a list by value: read the record, and save it with another list

-- mariadb
-- NotSupported: MariaDB has no removal from a list by value: read the record, and save it with another list

-- ==== a search
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE ("accounts"."accounts" MATCH ?);
-- '{"note"} : ("quick" "fox")'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE (to_tsvector($2::regconfig, "accounts"."note") @@ plainto_tsquery($2::regconfig, $1::text));
-- 'quick fox', 'simple'

-- mysql, mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE (MATCH (`accounts`.`note`) AGAINST (? IN BOOLEAN MODE));
-- '+"quick" +"fox"'

-- ==== a search of two columns, ranked
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE ("accounts"."accounts" MATCH ?) ORDER BY (-bm25("accounts"."accounts")) DESC;
-- '{"note" "tags"} : ("fox")'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE (to_tsvector($2::regconfig, coalesce("accounts"."note", '') || ' ' || coalesce("accounts"."tags", '')) @@ plainto_tsquery($2::regconfig, $1::text)) ORDER BY ts_rank(to_tsvector($4::regconfig, coalesce("accounts"."note", '') || ' ' || coalesce("accounts"."tags", '')), plainto_tsquery($4::regconfig, $3::text))::double precision DESC;
-- 'fox', 'simple', 'fox', 'simple'

-- mysql, mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE (MATCH (`accounts`.`note`, `accounts`.`tags`) AGAINST (? IN BOOLEAN MODE)) ORDER BY (MATCH (`accounts`.`note`, `accounts`.`tags`) AGAINST (? IN BOOLEAN MODE)) DESC;
-- '+"fox"', '+"fox"'

-- ==== a search for nothing
-- sqlite, postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE (1 = 0);

-- mysql, mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE (1 = 0);

-- ==== a search in a language
-- sqlite
-- NotSupported: SQLite has no searches in a language: leave language= out: the index decides what a word is

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE (to_tsvector($2::regconfig, "accounts"."note") @@ plainto_tsquery($2::regconfig, $1::text));
-- 'foxes', 'english'

-- mysql
-- NotSupported: MySQL has no searches in a language: leave language= out: the index decides what a word is

-- mariadb
-- NotSupported: MariaDB has no searches in a language: leave language= out: the index decides what a word is

-- ==== a search in the engine's words
-- sqlite
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE ("accounts"."accounts" MATCH ?);
-- '{"note"} : (fox -dog)'

-- postgresql
SELECT "accounts"."id", "accounts"."settings", "accounts"."tags", "accounts"."prices", "accounts"."note" FROM "accounts" WHERE (to_tsvector($2::regconfig, "accounts"."note") @@ to_tsquery($2::regconfig, $1::text));
-- 'fox -dog', 'simple'

-- mysql, mariadb
SELECT `accounts`.`id`, `accounts`.`settings`, `accounts`.`tags`, `accounts`.`prices`, `accounts`.`note` FROM `accounts` WHERE (MATCH (`accounts`.`note`) AGAINST (? IN BOOLEAN MODE));
-- 'fox -dog'
