/* One thread a copy: takes finished uploads one by one, hands each to jisr-cleaner (and to clamd, where there is one), and keeps what comes back.
 * What could not be looked at is tried again; what can't be read after some tries is refused. Nothing is ever kept unseen. */
#include <stdlib.h>

#include "app/app.h"
#include "app/child.h"
#include "app/errand.h"
#include "app/log.h"
#include "cleaner.h"
#include "documents.h"
#include "clamd/clamd.h"
#include "store_documents.h"

#define ARENA_BYTES ((size_t)1 << 20)
#define THUMBNAIL_BYTES_MAX ((size_t)128 << 10)
#define LOOK_EVERY_US INT64_C(1000000)
#define CLEAN_US (INT64_C(30) * 1000000)
#define LEASE (INT64_C(90) * INSTANT_SECOND) /* longer than the work can take: of a copy that died with it */
#define TRIES_MAX 5

struct document_work {
    struct intake *intake;
    struct db *db;
    struct arena *arena; /* of one piece, and of one statement */
    struct errand *errand;
};

/* One document in hand. */
struct cleaning {
    struct document_work *work;
    struct claimed_document claimed;
    struct subject_keys keys;
    struct child *child;
    struct clamd *clamd;
    struct document_row result; /* id, media, bytes, thumbnail_bytes */
    enum document_part part;    /* of the piece that is being stored */
    int64_t number;
    struct str sealed;
    enum refusal refusal;
    char head[CLEANER_HEAD_BYTES]; /* of the file */
    bool kept;                     /* the file itself: nothing that happens to the cleaner changes that */
};

/* ── To the cleaner ── */

static enum err get_keys(struct cleaning *cleaning)
{
    struct document_work *work = cleaning->work;
    enum err err = store_subject_keys(work->db, cleaning->claimed.application, work->arena, &cleaning->keys);
    return err == ERR_OK ? subject_keys_unwrap(&work->intake->keys, cleaning->claimed.application, &cleaning->keys) : err;
}

static enum err send_piece(struct cleaning *cleaning, int64_t number)
{
    struct document_work *work = cleaning->work;
    struct document_place place = {cleaning->claimed.application, cleaning->claimed.id, PART_UPLOAD, number};
    struct str sealed, plain;
    arena_reset(work->arena);
    enum err err = store_find_piece(work->db, work->arena, &place, &sealed);
    if (err == ERR_OK)
        err = document_open(&cleaning->keys.contact, &place, sealed, work->arena, &plain);
    if (err != ERR_OK)
        return err;
    err = cleaning->clamd ? clamd_write(cleaning->clamd, plain) : ERR_OK;
    return err == ERR_OK ? child_write(cleaning->child, plain) : err;
}

static enum err send_all(struct cleaning *cleaning)
{
    const char *scanner = cleaning->work->intake->settings->clamd;
    int64_t deadline_us = clock_monotonic_us() + CLEAN_US;
    enum clamd_verdict verdict = CLAMD_CLEAN;
    enum err err = child_start(CLEANER_PROGRAM, NULL, deadline_us, &cleaning->child);
    if (err == ERR_OK && scanner[0] != '\0')
        err = clamd_open(scanner, deadline_us, &cleaning->clamd);
    for (int64_t number = 0; err == ERR_OK && number < cleaning->claimed.pieces; number++)
        err = send_piece(cleaning, number);
    if (err == ERR_OK && cleaning->clamd)
        err = clamd_verdict(cleaning->clamd, &verdict);
    if (err == ERR_OK && verdict == CLAMD_FOUND)
        cleaning->refusal = REFUSAL_VIRUS;
    if (err == ERR_OK)
        child_end_input(cleaning->child);
    return err;
}

/* ── From the cleaner ── */

static enum err read_exactly(struct cleaning *cleaning, char *ret_bytes, size_t size)
{
    for (size_t have = 0, got = 0; have < size; have += got) {
        enum err err = child_read(cleaning->child, ret_bytes + have, size - have, &got);
        if (err != ERR_OK || got == 0)
            return err != ERR_OK ? err : ERR_CONFLICT;
    }
    return ERR_OK;
}

/* "image/jpeg 48213": what comes next, and how many bytes of it. */
static enum err read_head(struct str head, int64_t bytes_max, struct str *ret_media, int64_t *ret_bytes)
{
    head = str_trim(head);
    *ret_media = str_cut(&head, ' ');
    return str_parse_int64(head, ret_bytes) && *ret_bytes > 0 && *ret_bytes <= bytes_max ? ERR_OK : ERR_INTERNAL;
}

static enum err store_piece(struct db *db, void *context)
{
    struct cleaning *cleaning = context;
    struct document_place place = {cleaning->claimed.application, cleaning->claimed.id, cleaning->part, cleaning->number};
    enum err err = store_commit_soon(db);
    if (err == ERR_OK)
        err = store_lock_claimed(db, cleaning->work->arena, &cleaning->claimed);
    return err == ERR_OK ? store_add_piece(db, cleaning->work->arena, &place, cleaning->sealed) : err;
}

static enum err keep_piece(struct cleaning *cleaning, enum document_part part, int64_t number, struct str plain)
{
    struct document_work *work = cleaning->work;
    struct document_place place = {cleaning->claimed.application, cleaning->claimed.id, part, number};
    cleaning->part = part;
    cleaning->number = number;
    enum err err = document_seal(&cleaning->keys.contact, &place, plain, work->arena, &cleaning->sealed);
    return err == ERR_OK ? db_transaction(work->db, store_piece, cleaning) : err;
}

static enum err keep_content(struct cleaning *cleaning)
{
    int64_t left = 0;
    enum err err = read_exactly(cleaning, cleaning->head, sizeof(cleaning->head));
    if (err == ERR_OK)
        err = read_head((struct str){cleaning->head, sizeof(cleaning->head)}, 2 * DOCUMENT_BYTES_MAX, &cleaning->result.media, &left);
    cleaning->result.bytes = left;
    for (int64_t number = 0; err == ERR_OK && left > 0; number++) {
        size_t size = left < PIECE_BYTES ? (size_t)left : (size_t)PIECE_BYTES;
        arena_reset(cleaning->work->arena);
        char *plain = arena_take(cleaning->work->arena, size);
        err = plain ? read_exactly(cleaning, plain, size) : ERR_LIMIT;
        if (err == ERR_OK)
            err = keep_piece(cleaning, PART_CONTENT, number, (struct str){plain, size});
        left -= (int64_t)size;
    }
    cleaning->kept = err == ERR_OK;
    return err;
}

/* Whatever the cleaner died of by now, or still works on: what does not come whole and in time is done without. */
static enum err keep_thumbnail(struct cleaning *cleaning)
{
    struct str all, media, rest = {0};
    int64_t bytes = 0;
    enum err err = ERR_OK;
    arena_reset(cleaning->work->arena);
    if (child_read_all(cleaning->child, THUMBNAIL_BYTES_MAX, cleaning->work->arena, &all) != ERR_OK || all.size < CLEANER_HEAD_BYTES)
        return ERR_OK;
    rest = (struct str){all.at + CLEANER_HEAD_BYTES, all.size - CLEANER_HEAD_BYTES};
    if (read_head((struct str){all.at, CLEANER_HEAD_BYTES}, THUMBNAIL_BYTES_MAX, &media, &bytes) != ERR_OK || (size_t)bytes != rest.size)
        return ERR_OK;
    for (int64_t number = 0; err == ERR_OK && rest.size > 0; number++) {
        struct str plain = {rest.at, rest.size < (size_t)PIECE_BYTES ? rest.size : (size_t)PIECE_BYTES};
        err = keep_piece(cleaning, PART_THUMBNAIL, number, plain);
        rest = (struct str){rest.at + plain.size, rest.size - plain.size};
    }
    cleaning->result.thumbnail_bytes = bytes;
    return err;
}

/* What a try before this one may have left behind. */
static enum err clear_results(struct db *db, void *context)
{
    struct cleaning *cleaning = context;
    enum err err = store_lock_claimed(db, cleaning->work->arena, &cleaning->claimed);
    return err == ERR_OK ? store_remove_results(db, cleaning->work->arena, cleaning->claimed.id) : err;
}

static enum err keep_all(struct cleaning *cleaning)
{
    enum err err = db_transaction(cleaning->work->db, clear_results, cleaning);
    if (err == ERR_OK)
        err = keep_content(cleaning);
    return err == ERR_OK ? keep_thumbnail(cleaning) : err;
}

/* ── The outcome ── */

static enum err settle(struct db *db, void *context)
{
    struct cleaning *cleaning = context;
    struct arena *arena = cleaning->work->arena;
    bool refused = cleaning->refusal != REFUSAL_NONE;
    struct audit_row audit = {.at = clock_wall_us(),
                              .subject = cleaning->claimed.application,
                              .actor = STR("service:intake"),
                              .action = refused ? STR("refuse-document") : STR("keep-document")};
    enum err err = store_lock_page(db, arena, &cleaning->claimed);
    if (err == ERR_OK)
        err = refused ? store_refuse_document(db, arena, cleaning->claimed.id, cleaning->refusal, audit.at)
                      : store_finish_document(db, arena, &cleaning->result, audit.at);
    return err == ERR_OK ? audit_write(&audit, db, arena) : err;
}

/* The cleaner's exit status is its word: it may have ended before it had all. */
static void read_status(struct cleaning *cleaning, int status, enum err *err)
{
    if (status > CLEANER_REFUSED && status < CLEANER_REFUSED + REFUSAL_COUNT) {
        cleaning->refusal = (enum refusal)(status - CLEANER_REFUSED);
        *err = ERR_OK;
    } else if (status == CLEANER_NO_CAGE) {
        *err = ERR_UNAVAILABLE;
    } else if (status != 0) {
        cleaning->refusal = REFUSAL_UNREADABLE; /* it died of this file */
        *err = ERR_OK;
    }
}

static enum err clean(struct cleaning *cleaning)
{
    enum err err = get_keys(cleaning);
    if (err != ERR_OK)
        return err;
    err = send_all(cleaning);
    if (err == ERR_OK && cleaning->refusal == REFUSAL_NONE)
        err = keep_all(cleaning);
    clamd_close(cleaning->clamd);
    bool ended_by_itself = err == ERR_OK || err == ERR_CONFLICT || err == ERR_TIMEOUT;
    int status = child_end(cleaning->child);
    if (ended_by_itself && !cleaning->kept && cleaning->refusal == REFUSAL_NONE)
        read_status(cleaning, status, &err);
    arena_reset(cleaning->work->arena);
    return err == ERR_OK ? db_transaction(cleaning->work->db, settle, cleaning) : err;
}

/* That says nothing of the file. (The time that is over is the cleaner's: this one takes too long.) */
static bool passes(enum err err)
{
    return err_info(err)->verdict == VERDICT_RETRY && err != ERR_TIMEOUT;
}

static void after_failure(struct cleaning *cleaning, enum err err)
{
    struct document_work *work = cleaning->work;
    log_line(LOG_WARNING, "document-not-cleaned", LOG_ERR(err), LOG_INT("tries", cleaning->claimed.tries));
    if (passes(err)) {
        instant_us again_at = clock_wall_us() + work->intake->settings->document_retry_s * INSTANT_SECOND;
        if (store_postpone_document(work->db, work->arena, &cleaning->claimed, again_at) != ERR_OK)
            log_line(LOG_WARNING, "document-not-postponed", LOG_ERR(err)); /* then its lease runs out */
        return;
    }
    if (cleaning->claimed.tries < TRIES_MAX)
        return; /* its lease runs out, and it is tried again */
    cleaning->refusal = REFUSAL_UNREADABLE;
    if (db_transaction(cleaning->work->db, settle, cleaning) != ERR_OK)
        log_line(LOG_WARNING, "document-not-settled", LOG_ERR(err));
}

/* False: nothing waits, or nothing can be done now. */
static bool work_one(void *context)
{
    struct document_work *work = context;
    struct cleaning cleaning = {.work = work};
    instant_us now = clock_wall_us();
    arena_reset(work->arena);
    enum err err = store_claim_document(work->db, work->arena, now, now + LEASE, &cleaning.claimed);
    if (err != ERR_OK) {
        if (err != ERR_NOT_FOUND)
            log_line(LOG_WARNING, "documents-not-claimed", LOG_ERR(err));
        return false;
    }
    cleaning.result.id = cleaning.claimed.id;
    err = clean(&cleaning);
    if (err != ERR_OK && err != ERR_FENCED)
        after_failure(&cleaning, err);
    secret_wipe(&cleaning.keys, sizeof(cleaning.keys));
    return err == ERR_OK || err == ERR_FENCED;
}

enum err document_work_start(struct intake *intake, struct document_work **ret_work)
{
    struct document_work *work = calloc(1, sizeof(*work));
    if (!work)
        return ERR_MEMORY;
    *ret_work = work;
    work->intake = intake;
    work->arena = arena_new(ARENA_BYTES);
    enum err err = work->arena ? service_open_db(intake->service, "documents", &work->db) : ERR_MEMORY;
    return err == ERR_OK ? errand_start(LOOK_EVERY_US, work_one, work, &work->errand) : err;
}

void document_work_wake(struct document_work *work)
{
    errand_wake(work->errand);
}

void document_work_stop(struct document_work *work)
{
    if (!work)
        return;
    errand_stop(work->errand);
    db_close(work->db);
    arena_free(work->arena);
    free(work);
}
