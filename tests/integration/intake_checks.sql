-- name: counted
SELECT number FROM counted
