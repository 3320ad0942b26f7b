-- name: begin
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE
-- name: commit
COMMIT
-- name: rollback
ROLLBACK
-- name: not_durable
SELECT string_agg(name || '=' || setting, ' ' ORDER BY name)
FROM pg_settings
WHERE name IN ('synchronous_commit', 'fsync', 'full_page_writes') AND setting NOT IN ('on', 'remote_apply')
