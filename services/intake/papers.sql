-- Receipts, documents and what law 09-08 asks for. Names become PAPERS_… (common/db/catalog.h).

-- name: find_body
SELECT body, language FROM application WHERE id = $1::uuid
