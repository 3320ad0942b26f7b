/* Documents and their sealed pieces, as functions. SQL is in documents.sql. */
#ifndef JISR_INTAKE_STORE_DOCUMENTS_H
#define JISR_INTAKE_STORE_DOCUMENTS_H

#include "document.h"
#include "services/intake/store/store.h"

#define PIECE_BYTES INT64_C(16384) /* of plain bytes in what is kept; uploads come in pieces of any size up to it */

enum document_part { PART_UPLOAD, PART_CONTENT, PART_THUMBNAIL };

struct document_row {
    struct id id;
    struct str type, media, refusal;
    enum document_state state;
    int64_t page, size, received, pieces, bytes, thumbnail_bytes;
    instant_us created_at;
};

/* One sealed piece of one application's document: the key holds only for this place. */
struct document_place {
    struct id application, document;
    enum document_part part;
    int64_t number;
};
enum err document_seal(const struct seal_key *key, const struct document_place *place, struct str plain, struct arena *arena,
                       struct str *ret_sealed) MUST_CHECK;
enum err document_open(const struct seal_key *key, const struct document_place *place, struct str sealed, struct arena *arena,
                       struct str *ret_plain) MUST_CHECK;

struct new_document {
    struct id id, application;
    struct str type, created_by; /* created_by empty: herself */
    int64_t page, size;
    instant_us at;
};
/* In a transaction; queues. Takes away what of the same page was never finished. */
enum err store_add_document(struct db *db, struct arena *arena, const struct new_document *document) MUST_CHECK;
enum err store_list_documents(struct db *db, struct arena *arena, struct id application, struct document_row **ret_rows,
                              size_t *ret_count) MUST_CHECK;
enum err store_find_document(struct db *db, struct arena *arena, struct id application, struct id document, struct document_row *ret_row) MUST_CHECK;
enum err store_lock_document(struct db *db, struct arena *arena, struct id application, struct id document, struct document_row *ret_row) MUST_CHECK;
/* In a transaction, until whose end no legal hold comes. ERR_CONFLICT: there is one. */
enum err store_check_hold(struct db *db, struct arena *arena, struct id application) MUST_CHECK;
/* In a transaction; queue. */
enum err store_commit_soon(struct db *db) MUST_CHECK;
enum err store_add_piece(struct db *db, struct arena *arena, const struct document_place *place, struct str sealed) MUST_CHECK;
enum err store_advance_document(struct db *db, struct arena *arena, const struct document_row *row, instant_us at) MUST_CHECK;
enum err store_remove_document(struct db *db, struct arena *arena, struct id document) MUST_CHECK;
/* ERR_NOT_FOUND. */
enum err store_find_piece(struct db *db, struct arena *arena, const struct document_place *place, struct str *ret_sealed) MUST_CHECK;

/* ── Processing ── */

struct claimed_document {
    struct id id, application;
    int64_t pieces, tries;
};
/* The one that has waited longest, for this caller alone until `until`. ERR_NOT_FOUND: none waits. */
enum err store_claim_document(struct db *db, struct arena *arena, instant_us now, instant_us until, struct claimed_document *ret_claimed) MUST_CHECK;
/* In a transaction, before whatever the claimant writes. ERR_FENCED: it was taken back, or another has claimed it since. */
enum err store_lock_claimed(struct db *db, struct arena *arena, const struct claimed_document *claimed) MUST_CHECK;
/* The same, before it is settled: all that was sent of its page is held, so that the newest alone stays. */
enum err store_lock_page(struct db *db, struct arena *arena, const struct claimed_document *claimed) MUST_CHECK;
/* Given back before its time, to be taken again at `at`. */
enum err store_postpone_document(struct db *db, struct arena *arena, const struct claimed_document *claimed, instant_us at) MUST_CHECK;
/* In a transaction; queue. */
enum err store_remove_results(struct db *db, struct arena *arena, struct id document) MUST_CHECK;
enum err store_finish_document(struct db *db, struct arena *arena, const struct document_row *row, instant_us at) MUST_CHECK;
enum err store_refuse_document(struct db *db, struct arena *arena, struct id document, enum refusal refusal, instant_us at) MUST_CHECK;

#endif
