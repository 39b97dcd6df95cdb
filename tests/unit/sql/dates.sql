-- ==== spans beside values
-- sqlite
SELECT date((strftime('%Y-%m-', substr(?, 1, 19), 'start of month', (? || ' months')) || min(strftime('%d', substr(?, 1, 19)), strftime('%d', substr(?, 1, 19), 'start of month', (? || ' months'), '+1 month', '-1 day')) || substr(?, 11)), ?), date(((strftime('%s', substr(?, 1, 19)) * 1000000 + CAST(round(CAST('0' || substr(?, 20) AS REAL) * 1000000) AS INTEGER)) + "sales"."lasts") / 1000000 - (((strftime('%s', substr(?, 1, 19)) * 1000000 + CAST(round(CAST('0' || substr(?, 20) AS REAL) * 1000000) AS INTEGER)) + "sales"."lasts") % 1000000 < 0), 'unixepoch') FROM "sales";
-- '2024-02-29', 1, '2024-02-29', '2024-02-29', 1, '2024-02-29', '3 days', '2024-02-29', '2024-02-29', '2024-02-29', '2024-02-29'

-- postgresql
SELECT ($1::date::timestamp + (make_interval(months => $2::integer) + $3::interval))::date, ($4::date::timestamp + "sales"."lasts")::date FROM "sales";
-- datetime.date(2024, 2, 29), 1, datetime.timedelta(days=3), datetime.date(2024, 2, 29)

-- mysql, mariadb
SELECT DATE(? + INTERVAL ? MONTH + INTERVAL ? MICROSECOND), DATE(? + INTERVAL `sales`.`lasts` MICROSECOND) FROM `sales`;
-- datetime.date(2024, 2, 29), 1, 259200000000, datetime.date(2024, 2, 29)

-- ==== extract year
-- sqlite
SELECT CAST(strftime('%Y', substr("sales"."made", 1, 19)) AS INTEGER) FROM "sales";

-- postgresql
SELECT extract(year from "sales"."made")::integer FROM "sales";

-- mysql, mariadb
SELECT YEAR(`sales`.`made`) FROM `sales`;

-- ==== extract isoyear
-- sqlite
SELECT CAST(strftime('%Y', substr("sales"."made", 1, 19), '-3 days', 'weekday 4') AS INTEGER) FROM "sales";

-- postgresql
SELECT extract(isoyear from "sales"."made")::integer FROM "sales";

-- mysql, mariadb
SELECT (YEARWEEK(`sales`.`made`, 3) DIV 100) FROM `sales`;

-- ==== extract quarter
-- sqlite
SELECT ((strftime('%m', substr("sales"."made", 1, 19)) + 2) / 3) FROM "sales";

-- postgresql
SELECT extract(quarter from "sales"."made")::integer FROM "sales";

-- mysql, mariadb
SELECT QUARTER(`sales`.`made`) FROM `sales`;

-- ==== extract month
-- sqlite
SELECT CAST(strftime('%m', substr("sales"."made", 1, 19)) AS INTEGER) FROM "sales";

-- postgresql
SELECT extract(month from "sales"."made")::integer FROM "sales";

-- mysql, mariadb
SELECT MONTH(`sales`.`made`) FROM `sales`;

-- ==== extract week
-- sqlite
SELECT ((strftime('%j', substr("sales"."made", 1, 19), '-3 days', 'weekday 4') + 6) / 7) FROM "sales";

-- postgresql
SELECT extract(week from "sales"."made")::integer FROM "sales";

-- mysql, mariadb
SELECT WEEK(`sales`.`made`, 3) FROM `sales`;

-- ==== extract day
-- sqlite
SELECT CAST(strftime('%d', substr("sales"."made", 1, 19)) AS INTEGER) FROM "sales";

-- postgresql
SELECT extract(day from "sales"."made")::integer FROM "sales";

-- mysql, mariadb
SELECT DAYOFMONTH(`sales`.`made`) FROM `sales`;

-- ==== extract dow
-- sqlite
SELECT CAST(strftime('%w', substr("sales"."made", 1, 19)) AS INTEGER) FROM "sales";

-- postgresql
SELECT extract(dow from "sales"."made")::integer FROM "sales";

-- mysql, mariadb
SELECT (DAYOFWEEK(`sales`.`made`) - 1) FROM `sales`;

-- ==== extract isodow
-- sqlite
SELECT ((strftime('%w', substr("sales"."made", 1, 19)) + 6) % 7 + 1) FROM "sales";

-- postgresql
SELECT extract(isodow from "sales"."made")::integer FROM "sales";

-- mysql, mariadb
SELECT (WEEKDAY(`sales`.`made`) + 1) FROM `sales`;

-- ==== extract doy
-- sqlite
SELECT CAST(strftime('%j', substr("sales"."made", 1, 19)) AS INTEGER) FROM "sales";

-- postgresql
SELECT extract(doy from "sales"."made")::integer FROM "sales";

-- mysql, mariadb
SELECT DAYOFYEAR(`sales`.`made`) FROM `sales`;

-- ==== extract hour
-- sqlite
SELECT CAST(strftime('%H', substr("sales"."made", 1, 19)) AS INTEGER) FROM "sales";

-- postgresql
SELECT extract(hour from "sales"."made")::integer FROM "sales";

-- mysql, mariadb
SELECT EXTRACT(HOUR FROM `sales`.`made`) FROM `sales`;

-- ==== extract minute
-- sqlite
SELECT CAST(strftime('%M', substr("sales"."made", 1, 19)) AS INTEGER) FROM "sales";

-- postgresql
SELECT extract(minute from "sales"."made")::integer FROM "sales";

-- mysql, mariadb
SELECT EXTRACT(MINUTE FROM `sales`.`made`) FROM `sales`;

-- ==== extract second
-- sqlite
SELECT CAST(strftime('%S', substr("sales"."made", 1, 19)) AS INTEGER) FROM "sales";

-- postgresql
SELECT floor(extract(second from "sales"."made"))::bigint FROM "sales";

-- mysql, mariadb
SELECT EXTRACT(SECOND FROM `sales`.`made`) FROM `sales`;

-- ==== extract epoch
-- sqlite
SELECT CAST(strftime('%s', substr("sales"."made", 1, 19)) AS INTEGER) FROM "sales";

-- postgresql
SELECT floor(extract(epoch from "sales"."made"))::bigint FROM "sales";

-- mysql, mariadb
SELECT CAST(FLOOR(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', `sales`.`made`) / 1000000) AS SIGNED) FROM `sales`;

-- ==== extract of others
-- sqlite
SELECT CAST(strftime('%Y', substr("sales"."sent", 1, 19)) AS INTEGER), CAST(strftime('%H', substr("sales"."day", 1, 19)) AS INTEGER), ((strftime('%j', substr(?, 1, 19), '-3 days', 'weekday 4') + 6) / 7), ("sales"."lasts" / 1000000 - ("sales"."lasts" % 1000000 < 0)) FROM "sales";
-- '2024-02-29'

-- postgresql
SELECT extract(year from ("sales"."sent" AT TIME ZONE 'UTC'))::integer, extract(hour from "sales"."day"::timestamp)::integer, extract(week from $1::date::timestamp)::integer, floor(extract(epoch from "sales"."lasts"))::bigint FROM "sales";
-- datetime.date(2024, 2, 29)

-- mysql, mariadb
SELECT YEAR(`sales`.`sent`), EXTRACT(HOUR FROM CAST(`sales`.`day` AS DATETIME)), WEEK(CAST(? AS DATETIME), 3), CAST(FLOOR(`sales`.`lasts` / 1000000) AS SIGNED) FROM `sales`;
-- datetime.date(2024, 2, 29)

-- ==== date_trunc year
-- sqlite
SELECT (strftime('%Y-01-01', substr("sales"."made", 1, 19)) || ' 00:00:00' || CASE substr("sales"."made", -6) WHEN '+00:00' THEN '+00:00' ELSE '' END), (strftime('%Y-01-01', substr("sales"."sent", 1, 19)) || ' 00:00:00' || '+00:00'), strftime('%Y-01-01', substr("sales"."day", 1, 19)) FROM "sales";

-- postgresql
SELECT date_trunc('year', "sales"."made"), (date_trunc('year', ("sales"."sent" AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC'), date_trunc('year', "sales"."day"::timestamp)::date FROM "sales";

-- mysql, mariadb
SELECT CAST(DATE_FORMAT(`sales`.`made`, '%Y-01-01') AS DATETIME), CAST(DATE_FORMAT(`sales`.`sent`, '%Y-01-01') AS DATETIME), CAST(DATE_FORMAT(`sales`.`day`, '%Y-01-01') AS DATE) FROM `sales`;

-- ==== date_trunc quarter
-- sqlite
SELECT (date(substr("sales"."made", 1, 19), 'start of month', ((1 - strftime('%m', substr("sales"."made", 1, 19))) % 3) || ' months') || ' 00:00:00' || CASE substr("sales"."made", -6) WHEN '+00:00' THEN '+00:00' ELSE '' END), (date(substr("sales"."sent", 1, 19), 'start of month', ((1 - strftime('%m', substr("sales"."sent", 1, 19))) % 3) || ' months') || ' 00:00:00' || '+00:00'), date(substr("sales"."day", 1, 19), 'start of month', ((1 - strftime('%m', substr("sales"."day", 1, 19))) % 3) || ' months') FROM "sales";

-- postgresql
SELECT date_trunc('quarter', "sales"."made"), (date_trunc('quarter', ("sales"."sent" AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC'), date_trunc('quarter', "sales"."day"::timestamp)::date FROM "sales";

-- mysql, mariadb
SELECT CAST(DATE_FORMAT(`sales`.`made`, '%Y-01-01') + INTERVAL (QUARTER(`sales`.`made`) - 1) QUARTER AS DATETIME), CAST(DATE_FORMAT(`sales`.`sent`, '%Y-01-01') + INTERVAL (QUARTER(`sales`.`sent`) - 1) QUARTER AS DATETIME), CAST(DATE_FORMAT(`sales`.`day`, '%Y-01-01') + INTERVAL (QUARTER(`sales`.`day`) - 1) QUARTER AS DATE) FROM `sales`;

-- ==== date_trunc month
-- sqlite
SELECT (strftime('%Y-%m-01', substr("sales"."made", 1, 19)) || ' 00:00:00' || CASE substr("sales"."made", -6) WHEN '+00:00' THEN '+00:00' ELSE '' END), (strftime('%Y-%m-01', substr("sales"."sent", 1, 19)) || ' 00:00:00' || '+00:00'), strftime('%Y-%m-01', substr("sales"."day", 1, 19)) FROM "sales";

-- postgresql
SELECT date_trunc('month', "sales"."made"), (date_trunc('month', ("sales"."sent" AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC'), date_trunc('month', "sales"."day"::timestamp)::date FROM "sales";

-- mysql, mariadb
SELECT CAST(DATE_FORMAT(`sales`.`made`, '%Y-%m-01') AS DATETIME), CAST(DATE_FORMAT(`sales`.`sent`, '%Y-%m-01') AS DATETIME), CAST(DATE_FORMAT(`sales`.`day`, '%Y-%m-01') AS DATE) FROM `sales`;

-- ==== date_trunc week
-- sqlite
SELECT (date(substr("sales"."made", 1, 19), '-6 days', 'weekday 1') || ' 00:00:00' || CASE substr("sales"."made", -6) WHEN '+00:00' THEN '+00:00' ELSE '' END), (date(substr("sales"."sent", 1, 19), '-6 days', 'weekday 1') || ' 00:00:00' || '+00:00'), date(substr("sales"."day", 1, 19), '-6 days', 'weekday 1') FROM "sales";

-- postgresql
SELECT date_trunc('week', "sales"."made"), (date_trunc('week', ("sales"."sent" AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC'), date_trunc('week', "sales"."day"::timestamp)::date FROM "sales";

-- mysql, mariadb
SELECT CAST(DATE(`sales`.`made`) - INTERVAL WEEKDAY(`sales`.`made`) DAY AS DATETIME), CAST(DATE(`sales`.`sent`) - INTERVAL WEEKDAY(`sales`.`sent`) DAY AS DATETIME), CAST(DATE(`sales`.`day`) - INTERVAL WEEKDAY(`sales`.`day`) DAY AS DATE) FROM `sales`;

-- ==== date_trunc day
-- sqlite
SELECT (strftime('%Y-%m-%d', substr("sales"."made", 1, 19)) || ' 00:00:00' || CASE substr("sales"."made", -6) WHEN '+00:00' THEN '+00:00' ELSE '' END), (strftime('%Y-%m-%d', substr("sales"."sent", 1, 19)) || ' 00:00:00' || '+00:00'), strftime('%Y-%m-%d', substr("sales"."day", 1, 19)) FROM "sales";

-- postgresql
SELECT date_trunc('day', "sales"."made"), (date_trunc('day', ("sales"."sent" AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC'), date_trunc('day', "sales"."day"::timestamp)::date FROM "sales";

-- mysql, mariadb
SELECT CAST(DATE(`sales`.`made`) AS DATETIME), CAST(DATE(`sales`.`sent`) AS DATETIME), CAST(DATE(`sales`.`day`) AS DATE) FROM `sales`;

-- ==== date_trunc hour
-- sqlite
SELECT (strftime('%Y-%m-%d %H:00:00', substr("sales"."made", 1, 19)) || CASE substr("sales"."made", -6) WHEN '+00:00' THEN '+00:00' ELSE '' END), (strftime('%Y-%m-%d %H:00:00', substr("sales"."sent", 1, 19)) || '+00:00'), strftime('%Y-%m-%d', substr("sales"."day", 1, 19)) FROM "sales";

-- postgresql
SELECT date_trunc('hour', "sales"."made"), (date_trunc('hour', ("sales"."sent" AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC'), date_trunc('hour', "sales"."day"::timestamp)::date FROM "sales";

-- mysql, mariadb
SELECT CAST(DATE_FORMAT(`sales`.`made`, '%Y-%m-%d %H:00:00') AS DATETIME), CAST(DATE_FORMAT(`sales`.`sent`, '%Y-%m-%d %H:00:00') AS DATETIME), CAST(DATE_FORMAT(`sales`.`day`, '%Y-%m-%d %H:00:00') AS DATE) FROM `sales`;

-- ==== date_trunc minute
-- sqlite
SELECT (strftime('%Y-%m-%d %H:%M:00', substr("sales"."made", 1, 19)) || CASE substr("sales"."made", -6) WHEN '+00:00' THEN '+00:00' ELSE '' END), (strftime('%Y-%m-%d %H:%M:00', substr("sales"."sent", 1, 19)) || '+00:00'), strftime('%Y-%m-%d', substr("sales"."day", 1, 19)) FROM "sales";

-- postgresql
SELECT date_trunc('minute', "sales"."made"), (date_trunc('minute', ("sales"."sent" AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC'), date_trunc('minute', "sales"."day"::timestamp)::date FROM "sales";

-- mysql, mariadb
SELECT CAST(DATE_FORMAT(`sales`.`made`, '%Y-%m-%d %H:%i:00') AS DATETIME), CAST(DATE_FORMAT(`sales`.`sent`, '%Y-%m-%d %H:%i:00') AS DATETIME), CAST(DATE_FORMAT(`sales`.`day`, '%Y-%m-%d %H:%i:00') AS DATE) FROM `sales`;

-- ==== date_trunc second
-- sqlite
SELECT (strftime('%Y-%m-%d %H:%M:%S', substr("sales"."made", 1, 19)) || CASE substr("sales"."made", -6) WHEN '+00:00' THEN '+00:00' ELSE '' END), (strftime('%Y-%m-%d %H:%M:%S', substr("sales"."sent", 1, 19)) || '+00:00'), strftime('%Y-%m-%d', substr("sales"."day", 1, 19)) FROM "sales";

-- postgresql
SELECT date_trunc('second', "sales"."made"), (date_trunc('second', ("sales"."sent" AT TIME ZONE 'UTC')) AT TIME ZONE 'UTC'), date_trunc('second', "sales"."day"::timestamp)::date FROM "sales";

-- mysql, mariadb
SELECT CAST(DATE_FORMAT(`sales`.`made`, '%Y-%m-%d %H:%i:%s') AS DATETIME), CAST(DATE_FORMAT(`sales`.`sent`, '%Y-%m-%d %H:%i:%s') AS DATETIME), CAST(DATE_FORMAT(`sales`.`day`, '%Y-%m-%d %H:%i:%s') AS DATE) FROM `sales`;

-- ==== later
-- sqlite
SELECT (datetime(substr("sales"."made", 1, 19), ?) || substr("sales"."made", 20)), (datetime(substr("sales"."sent", 1, 19), ?) || substr("sales"."sent", 20)), date("sales"."day", ?), (datetime(substr("sales"."made", 1, 19), ?) || substr("sales"."made", 20)) FROM "sales";
-- '259200 seconds', '-259200 seconds', '3 days', '259200 seconds'

-- postgresql
SELECT ("sales"."made" + $1::interval), ((("sales"."sent" AT TIME ZONE 'UTC') + $2::interval) AT TIME ZONE 'UTC'), ("sales"."day"::timestamp + $3::interval)::date, ("sales"."made" + $4::interval) FROM "sales";
-- datetime.timedelta(days=3), datetime.timedelta(days=-3), datetime.timedelta(days=3), datetime.timedelta(days=3)

-- mysql, mariadb
SELECT (`sales`.`made` + INTERVAL ? MICROSECOND), (`sales`.`sent` + INTERVAL ? MICROSECOND), DATE(`sales`.`day` + INTERVAL ? MICROSECOND), (`sales`.`made` + INTERVAL ? MICROSECOND) FROM `sales`;
-- 259200000000, -259200000000, 259200000000, 259200000000

-- ==== later to the microsecond
-- sqlite
SELECT (datetime(((strftime('%s', substr("sales"."made", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."made", 20) AS REAL) * 1000000) AS INTEGER)) + ?) / 1000000 - (((strftime('%s', substr("sales"."made", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."made", 20) AS REAL) * 1000000) AS INTEGER)) + ?) % 1000000 < 0), 'unixepoch') || replace(printf('.%06d', (((strftime('%s', substr("sales"."made", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."made", 20) AS REAL) * 1000000) AS INTEGER)) + ?) % 1000000 + 1000000) % 1000000), '.000000', '') || CASE substr("sales"."made", -6) WHEN '+00:00' THEN '+00:00' ELSE '' END), (datetime(((strftime('%s', substr("sales"."sent", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."sent", 20) AS REAL) * 1000000) AS INTEGER)) + ?) / 1000000 - (((strftime('%s', substr("sales"."sent", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."sent", 20) AS REAL) * 1000000) AS INTEGER)) + ?) % 1000000 < 0), 'unixepoch') || replace(printf('.%06d', (((strftime('%s', substr("sales"."sent", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."sent", 20) AS REAL) * 1000000) AS INTEGER)) + ?) % 1000000 + 1000000) % 1000000), '.000000', '') || '+00:00') FROM "sales";
-- 1000005, 1000005, 1000005, 1000005, 1000005, 1000005

-- postgresql
SELECT ("sales"."made" + $1::interval), ((("sales"."sent" AT TIME ZONE 'UTC') + $2::interval) AT TIME ZONE 'UTC') FROM "sales";
-- datetime.timedelta(seconds=1, microseconds=5), datetime.timedelta(seconds=1, microseconds=5)

-- mysql, mariadb
SELECT (`sales`.`made` + INTERVAL ? MICROSECOND), (`sales`.`sent` + INTERVAL ? MICROSECOND) FROM `sales`;
-- 1000005, 1000005

-- ==== later by a column
-- sqlite
SELECT (datetime(((strftime('%s', substr("sales"."made", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."made", 20) AS REAL) * 1000000) AS INTEGER)) + "sales"."lasts") / 1000000 - (((strftime('%s', substr("sales"."made", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."made", 20) AS REAL) * 1000000) AS INTEGER)) + "sales"."lasts") % 1000000 < 0), 'unixepoch') || replace(printf('.%06d', (((strftime('%s', substr("sales"."made", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."made", 20) AS REAL) * 1000000) AS INTEGER)) + "sales"."lasts") % 1000000 + 1000000) % 1000000), '.000000', '') || CASE substr("sales"."made", -6) WHEN '+00:00' THEN '+00:00' ELSE '' END), date(((strftime('%s', substr("sales"."day", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."day", 20) AS REAL) * 1000000) AS INTEGER)) - "sales"."lasts") / 1000000 - (((strftime('%s', substr("sales"."day", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."day", 20) AS REAL) * 1000000) AS INTEGER)) - "sales"."lasts") % 1000000 < 0), 'unixepoch'), ("sales"."lasts" + ?) FROM "sales";
-- 259200000000

-- postgresql
SELECT ("sales"."made" + "sales"."lasts"), ("sales"."day"::timestamp - "sales"."lasts")::date, ("sales"."lasts" + $1::interval) FROM "sales";
-- datetime.timedelta(days=3)

-- mysql, mariadb
SELECT (`sales`.`made` + INTERVAL `sales`.`lasts` MICROSECOND), DATE(`sales`.`day` - INTERVAL `sales`.`lasts` MICROSECOND), (`sales`.`lasts` + ?) FROM `sales`;
-- 259200000000

-- ==== later by months
-- sqlite
SELECT (strftime('%Y-%m-', substr("sales"."made", 1, 19), 'start of month', (? || ' months')) || min(strftime('%d', substr("sales"."made", 1, 19)), strftime('%d', substr("sales"."made", 1, 19), 'start of month', (? || ' months'), '+1 month', '-1 day')) || substr("sales"."made", 11)), (strftime('%Y-%m-', substr("sales"."day", 1, 19), 'start of month', (? || ' months')) || min(strftime('%d', substr("sales"."day", 1, 19)), strftime('%d', substr("sales"."day", 1, 19), 'start of month', (? || ' months'), '+1 month', '-1 day')) || substr("sales"."day", 11)) FROM "sales";
-- 1, 1, -12, -12

-- postgresql
SELECT ("sales"."made" + make_interval(months => $1::integer)), ("sales"."day"::timestamp + make_interval(months => $2::integer))::date FROM "sales";
-- 1, -12

-- mysql, mariadb
SELECT (`sales`.`made` + INTERVAL ? MONTH), DATE(`sales`.`day` + INTERVAL ? MONTH) FROM `sales`;
-- 1, -12

-- ==== later by months and days
-- sqlite
SELECT (datetime(substr((strftime('%Y-%m-', substr("sales"."made", 1, 19), 'start of month', (? || ' months')) || min(strftime('%d', substr("sales"."made", 1, 19)), strftime('%d', substr("sales"."made", 1, 19), 'start of month', (? || ' months'), '+1 month', '-1 day')) || substr("sales"."made", 11)), 1, 19), ?) || substr((strftime('%Y-%m-', substr("sales"."made", 1, 19), 'start of month', (? || ' months')) || min(strftime('%d', substr("sales"."made", 1, 19)), strftime('%d', substr("sales"."made", 1, 19), 'start of month', (? || ' months'), '+1 month', '-1 day')) || substr("sales"."made", 11)), 20)), (datetime(substr((strftime('%Y-%m-', substr("sales"."made", 1, 19), 'start of month', (? || ' months')) || min(strftime('%d', substr("sales"."made", 1, 19)), strftime('%d', substr("sales"."made", 1, 19), 'start of month', (? || ' months'), '+1 month', '-1 day')) || substr("sales"."made", 11)), 1, 19), ?) || substr((strftime('%Y-%m-', substr("sales"."made", 1, 19), 'start of month', (? || ' months')) || min(strftime('%d', substr("sales"."made", 1, 19)), strftime('%d', substr("sales"."made", 1, 19), 'start of month', (? || ' months'), '+1 month', '-1 day')) || substr("sales"."made", 11)), 20)) FROM "sales";
-- -1, -1, '-259200 seconds', -1, -1, 1, 1, '259200 seconds', 1, 1

-- postgresql
SELECT ("sales"."made" + (make_interval(months => $1::integer) + $2::interval)), ("sales"."made" + (make_interval(months => $3::integer) + $4::interval)) FROM "sales";
-- -1, datetime.timedelta(days=-3), 1, datetime.timedelta(days=3)

-- mysql, mariadb
SELECT (`sales`.`made` + INTERVAL ? MONTH + INTERVAL ? MICROSECOND), (`sales`.`made` + INTERVAL ? MONTH + INTERVAL ? MICROSECOND) FROM `sales`;
-- -1, -259200000000, 1, 259200000000

-- ==== differences
-- sqlite
SELECT ((strftime('%s', substr("sales"."made", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."made", 20) AS REAL) * 1000000) AS INTEGER)) - (strftime('%s', substr("sales"."day", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."day", 20) AS REAL) * 1000000) AS INTEGER))), ((strftime('%s', substr("sales"."sent", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."sent", 20) AS REAL) * 1000000) AS INTEGER)) - (strftime('%s', substr(?, 1, 19)) * 1000000 + CAST(round(CAST('0' || substr(?, 20) AS REAL) * 1000000) AS INTEGER))), ((strftime('%s', substr(?, 1, 19)) * 1000000 + CAST(round(CAST('0' || substr(?, 20) AS REAL) * 1000000) AS INTEGER)) - (strftime('%s', substr("sales"."day", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."day", 20) AS REAL) * 1000000) AS INTEGER))), ((strftime('%s', substr("sales"."day", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."day", 20) AS REAL) * 1000000) AS INTEGER)) - (strftime('%s', substr("sales"."day", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."day", 20) AS REAL) * 1000000) AS INTEGER))) FROM "sales";
-- '2024-02-29 12:30:00+00:00', '2024-02-29 12:30:00+00:00', '2024-02-29', '2024-02-29'

-- postgresql
SELECT ("sales"."made" - "sales"."day"::timestamp), (("sales"."sent" AT TIME ZONE 'UTC') - ($1::TIMESTAMPTZ AT TIME ZONE 'UTC')), ($2::DATE::timestamp - "sales"."day"::timestamp), ("sales"."day"::timestamp - "sales"."day"::timestamp) FROM "sales";
-- datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone.utc), datetime.date(2024, 2, 29)

-- mysql, mariadb
SELECT TIMESTAMPDIFF(MICROSECOND, `sales`.`day`, `sales`.`made`), TIMESTAMPDIFF(MICROSECOND, ?, `sales`.`sent`), TIMESTAMPDIFF(MICROSECOND, `sales`.`day`, ?), TIMESTAMPDIFF(MICROSECOND, `sales`.`day`, `sales`.`day`) FROM `sales`;
-- datetime.datetime(2024, 2, 29, 12, 30), datetime.date(2024, 2, 29)

-- ==== a difference compared
-- sqlite
SELECT "sales"."id" FROM "sales" WHERE ((strftime('%s', substr("sales"."made", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."made", 20) AS REAL) * 1000000) AS INTEGER)) - (strftime('%s', substr("sales"."day", 1, 19)) * 1000000 + CAST(round(CAST('0' || substr("sales"."day", 20) AS REAL) * 1000000) AS INTEGER))) > ?;
-- 259200000000

-- postgresql
SELECT "sales"."id" FROM "sales" WHERE ("sales"."made" - "sales"."day"::timestamp) > $1;
-- datetime.timedelta(days=3)

-- mysql, mariadb
SELECT `sales`.`id` FROM `sales` WHERE TIMESTAMPDIFF(MICROSECOND, `sales`.`day`, `sales`.`made`) > ?;
-- 259200000000

-- ==== now
-- sqlite
SELECT strftime('%Y-%m-%d %H:%M:%f000', 'now'), strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now'), date('now') FROM "sales";

-- postgresql
SELECT (now() AT TIME ZONE 'UTC'), now(), (now() AT TIME ZONE 'UTC')::date FROM "sales";

-- mysql, mariadb
SELECT UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), UTC_DATE() FROM `sales`;

-- ==== older than
-- sqlite
SELECT "sales"."id" FROM "sales" WHERE ("sales"."made" < (datetime(substr(strftime('%Y-%m-%d %H:%M:%f000', 'now'), 1, 19), ?) || substr(strftime('%Y-%m-%d %H:%M:%f000', 'now'), 20)) AND "sales"."day" <= date('now'));
-- '-259200 seconds'

-- postgresql
SELECT "sales"."id" FROM "sales" WHERE ("sales"."made" < ((now() AT TIME ZONE 'UTC') + $1::interval) AND "sales"."day" <= (now() AT TIME ZONE 'UTC')::date);
-- datetime.timedelta(days=-3)

-- mysql, mariadb
SELECT `sales`.`id` FROM `sales` WHERE (`sales`.`made` < (UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND) AND `sales`.`day` <= UTC_DATE());
-- -259200000000
