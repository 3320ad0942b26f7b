/* Intake's tables, as functions. SQL is in store.sql; nothing outside of store_*.c (and calls.c, statistics.c for their own tables) runs statements.
 * Every function is called with a connection that its thread owns; those marked "in a transaction" inside db_transaction. */
#ifndef JISR_INTAKE_STORE_H
#define JISR_INTAKE_STORE_H

#include "services/intake/application/application.h"
#include "services/intake/calls/calls.h"
#include "db/outbox.h"
#include "services/intake/personal/dossier.h"
#include "services/intake/application/profile.h"

/* A row as people may see it. Texts live in the arena of the call that read it. */
struct application_row {
    struct id id;
    char receipt[RECEIPT_CHARACTERS + 1];
    int64_t call_id;
    enum kind kind;
    enum application_state state;
    struct str province, history, decision, training;
    int64_t version, revision, warnings;
    instant_us submitted_at, answer_due_at;
    instant_us info_requested_at, complement_due_at; /* INSTANT_NEVER: she was never asked; nothing is waited for */
    struct str complement;                           /* JSON: what was asked for */
    struct str confirmation;                         /* JSON of a confirmation_view; empty: never confirmed after it was entered */
    struct str hold, restriction, register_checks;   /* JSON, as shown; empty: none */
    struct str funding, follow_up;                   /* the same */
    /* Read with a lock only: */
    int64_t women;
    bool referral_consent;
    struct str language, body;
    int64_t decision_version, training_version;
    struct id training_enrolment;
};

/* ── Submission ── */

/* What a key has made, now or before. */
struct stored_submission {
    struct id id, hash; /* hash: of the request's body */
    char receipt[RECEIPT_CHARACTERS + 1];
    instant_us created_at, submitted_at, answer_due_at; /* the last as it was then */
};

/* One application on its way into the database: everything is made before it is queued, the writer only stores. */
struct submission {
    void *owner; /* whose request it is */
    const struct call *call;
    struct id request_key, request_hash;
    struct id id, event_id;
    char receipt[RECEIPT_CHARACTERS + 1];
    enum kind kind;
    bool draft;
    bool replay_only; /* it would be refused now: only what its key has made before counts, else ERR_INVALID. Then nothing but key, hash and owner
                         need be set */
    struct str province, language, created_by, traceparent;
    struct str actor;                                   /* empty: she herself, by her receipt */
    instant_us created_at, submitted_at, answer_due_at; /* the last two INSTANT_NEVER for a draft */
    int64_t women, warnings;
    bool referral_consent;
    struct str body, facts_key, contact_key; /* sealed, wrapped */
    struct id *identities;                   /* one a woman; none for a draft */
    size_t identity_count;
    struct profile profile;         /* of its women; empty for a draft */
    struct application_event event; /* as it is when nobody had the number before … */
    struct str event_data, history; /* … and as text */

    /* Set by store_submit. */
    enum err outcome;
    bool closed;                     /* on ERR_INVALID: its call takes none (any more), and its key has made none before */
    struct stored_submission stored; /* on ERR_OK: this application, or the one that the same key has made before */

    /* The writer's own. */
    bool won, settled, duplicate;
};

/* Settles each item, whatever happens; one transaction, and smaller ones only when a row is at fault. Sorts `items`. */
void store_submit(struct db *db, struct arena *arena, struct submission **items, size_t count);

/* ── Reading ── */

/* ERR_NOT_FOUND; ERR_FORBIDDEN: it lies outside of the territories that the transaction reads. */
enum err store_find_by_id(struct db *db, struct id id, struct arena *arena, struct application_row *ret_row) MUST_CHECK;
enum err store_find_by_receipt(struct db *db, const char *receipt, struct arena *arena, struct application_row *ret_row) MUST_CHECK;
enum err store_find_credential(struct db *db, const char *receipt, struct arena *arena, struct id *ret_id, int64_t *ret_code_number) MUST_CHECK;

/* ── Changes, in a transaction ── */

enum err store_lock(struct db *db, struct id id, struct arena *arena, struct application_row *ret_row) MUST_CHECK;
/* Her wrapped keys. ERR_ERASED. */
enum err store_subject_keys(struct db *db, struct id id, struct arena *arena, struct subject_keys *ret_keys) MUST_CHECK;
/* Queues: the row as it is now, one version up; `row->version` is the one that was locked. */
enum err store_change(struct db *db, struct arena *arena, const struct application_row *row) MUST_CHECK;
enum err store_keep_revision(struct db *db, struct arena *arena, const struct application_row *old, instant_us at) MUST_CHECK;
enum err store_set_referral_consent(struct db *db, struct arena *arena, struct id id, bool consent) MUST_CHECK;

struct identity_change {
    int64_t call_id;
    struct id application;
    enum kind kind;
    const struct id *hashes;
    size_t count;
};
/* ret_duplicate: another application of the stream holds one of them. ret_fresh: how many nobody held. */
enum err store_claim_identities(struct db *db, struct arena *arena, const struct identity_change *change, bool *ret_duplicate,
                                int64_t *ret_fresh) MUST_CHECK;
/* ret_gone: how many nobody holds any more. */
enum err store_release_identities(struct db *db, struct arena *arena, const struct identity_change *change, int64_t *ret_gone) MUST_CHECK;

/* The answer that was given under this Idempotency-Key. ERR_NOT_FOUND; ERR_KEY_REUSED when the fingerprint is another. */
struct kept_answer {
    struct id key, fingerprint, application;
    int64_t version;
    struct str answer;
};
enum err store_find_answer(struct db *db, struct arena *arena, struct kept_answer *answer) MUST_CHECK;
enum err store_keep_answer(struct db *db, struct arena *arena, const struct kept_answer *answer, instant_us at) MUST_CHECK;

/* ── Events ── */

enum err store_lock_for_events(struct db *db, struct arena *arena, const struct id *ids, size_t count, struct application_row **ret_rows,
                               size_t *ret_count) MUST_CHECK;
/* Queues. */
enum err store_progress(struct db *db, struct arena *arena, struct application_row *const *rows, size_t count) MUST_CHECK;

/* ── Statistics: deltas of one transaction, a row a cell ── */

struct stat_cell {
    int64_t call_id;
    enum kind kind;
    struct str province;
    enum application_state state;
    struct date day; /* year 0: no new submission */
    int64_t applications, women, distinct_women;
    struct profile profile; /* unmoved by states: changed by submissions and amendments alone */
};

struct stat_deltas {
    struct stat_cell *cells;
    size_t count, capacity;
    bool failed;
};

void stat_init(struct stat_deltas *deltas, struct arena *arena, size_t capacity);
void stat_add(struct stat_deltas *deltas, const struct stat_cell *cell);
/* A change of state: takes from one cell, adds to the other. Drafts are in no cell. */
void stat_move(struct stat_deltas *deltas, const struct application_row *row, enum application_state from, enum application_state to);
/* Queues. Nothing when there is nothing. */
enum err stat_write(const struct stat_deltas *deltas, struct db *db, struct arena *arena) MUST_CHECK;

#endif
