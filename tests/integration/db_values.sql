-- name: echo
SELECT $1::uuid, $2::int4, $3::int8, $4::float8, $5::bool, $6::text, $7::bytea, $8::timestamptz, $9::date
-- name: echo_text
SELECT $1::uuid::text, $2::int4::text, $3::int8::text, $4::float8::text, $5::bool::text, $6::text, $7::bytea::text, $8::timestamptz::text,
       $9::date::text
-- name: unnest
SELECT u, i, l, f, b, t, y, s, d
FROM unnest($1::uuid[], $2::int4[], $3::int8[], $4::float8[], $5::bool[], $6::text[], $7::bytea[], $8::timestamptz[], $9::date[])
     WITH ORDINALITY AS x(u, i, l, f, b, t, y, s, d, o)
ORDER BY o
-- name: narrow_types
SELECT 7::int2, 1.5::float4, 'infinity'::timestamptz, '-infinity'::timestamptz, '18446744073709551615'::xid8, '{"a":1}'::json, 'n'::name
