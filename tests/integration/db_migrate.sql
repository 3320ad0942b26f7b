-- name: applied
SELECT count(*), count(DISTINCT name) FROM jisr.migration
-- name: may
SELECT has_table_privilege($1::text, $2::text, $3::text)
-- name: may_execute
SELECT has_function_privilege($1::text, $2::text, 'EXECUTE')
-- name: may_use
SELECT has_schema_privilege($1::text, $2::text, 'USAGE')
-- name: path_of_function
SELECT array_to_string(proconfig, ' ') FROM pg_proc WHERE oid = ($1::text)::regprocedure
-- name: count_relation
SELECT count(*) FROM pg_class WHERE oid = to_regclass($1::text)
