/* Imports, their sealed pieces and their report, as functions. SQL is in imports.sql. */
#ifndef JISR_INTAKE_STORE_IMPORTS_H
#define JISR_INTAKE_STORE_IMPORTS_H

#include "http/auth.h"
#include "import.h"
#include "services/intake/store/store.h"

struct import_row {
    struct id id;
    int64_t call_id, size, received, lines;
    struct str name;
    bool dry_run;
    enum import_state state;
    struct principal who; /* who sent it, and where she or he may register women */
    struct str language, traceparent;
    struct str key;                 /* sealed; empty: the file is gone */
    struct str encoding, separator; /* empty: nobody has looked at the file yet */
    int64_t next_offset, next_line;
    int64_t counts[LINE_OUTCOME_COUNT];
    struct str problems; /* JSON of a list; empty: none */
    instant_us created_at, uploaded_at, finished_at;
    int64_t tries;
};

/* ── The key of a file, and its pieces ── */

enum err import_key_make(const struct intake_keys *keys, struct id import, struct arena *arena, struct seal_key *ret_key,
                         struct str *ret_sealed) MUST_CHECK;
/* ERR_CONFLICT: the file is gone. */
enum err import_key_open(const struct intake_keys *keys, const struct import_row *row, struct arena *arena, struct seal_key *ret_key) MUST_CHECK;
/* A byte of a file, and the key that its pieces are sealed under. */
struct import_place {
    const struct seal_key *key;
    struct id import;
    int64_t offset;
};
/* The piece that begins there. In a transaction; queues. */
enum err store_add_import_piece(struct db *db, struct arena *arena, const struct import_place *place, struct str plain) MUST_CHECK;
/* The piece that holds this byte. ERR_NOT_FOUND. */
enum err store_find_import_piece(struct db *db, struct arena *arena, const struct import_place *place, int64_t *ret_start,
                                 struct str *ret_plain) MUST_CHECK;

/* ── Rows ── */

struct new_import {
    struct import_row row;               /* id, call_id, name, size, dry_run, who, language, traceparent, key, created_at */
    struct id request_key, request_hash; /* request_key nil: none was given */
};
/* In a transaction. Not made: the same request has made one before, whose id and time are then in the row. ERR_KEY_REUSED. */
enum err store_add_import(struct db *db, struct arena *arena, struct new_import *import, bool *ret_made) MUST_CHECK;
enum err store_find_import(struct db *db, struct arena *arena, struct id id, struct import_row *ret_row) MUST_CHECK;
enum err store_lock_import(struct db *db, struct arena *arena, struct id id, struct import_row *ret_row) MUST_CHECK;
struct import_listing {
    struct str created_by; /* empty: of everybody */
    struct id after;       /* nil: from the newest */
    int64_t limit;
};
/* Newest first. */
enum err store_list_imports(struct db *db, struct arena *arena, const struct import_listing *listing, struct import_row **ret_rows,
                            size_t *ret_count) MUST_CHECK;
/* In a transaction; queue. What ends has neither key nor pieces any more. */
enum err store_advance_import(struct db *db, struct arena *arena, const struct import_row *row, instant_us at) MUST_CHECK;
enum err store_end_import(struct db *db, struct arena *arena, const struct import_row *row, instant_us at) MUST_CHECK;

/* One row of whatever statement gives the columns of an import. ERR_NOT_FOUND. */
enum err import_find(struct db *db, const struct db_statement *statement, const struct db_args *args, struct import_row *ret_row) MUST_CHECK;

/* ── The report ── */

struct import_line_row {
    int64_t line;
    enum import_outcome outcome;
    struct id application; /* nil: none */
    struct str errors;     /* JSON of a list; empty: none */
    char receipt[RECEIPT_CHARACTERS + 1];
    int64_t code_number, warnings;
};
struct import_asked {
    struct id import;
    int64_t after, limit;        /* lines after this one */
    enum import_outcome outcome; /* LINE_OUTCOME_COUNT: all */
};
enum err store_report_import(struct db *db, struct arena *arena, const struct import_asked *asked, struct import_line_row **ret_rows,
                             size_t *ret_count) MUST_CHECK;

/* ── Working: everything is refused (ERR_FENCED) once another copy has it ── */

/* The one that has waited longest, for this caller alone until `until`. ERR_NOT_FOUND: none waits. */
enum err store_claim_import(struct db *db, struct arena *arena, instant_us now, instant_us until, struct import_row *ret_row) MUST_CHECK;
enum err store_lock_working(struct db *db, struct arena *arena, const struct import_row *row) MUST_CHECK;
enum err store_keep_survey(struct db *db, struct arena *arena, const struct import_row *row, instant_us now, instant_us until) MUST_CHECK;
/* It may be taken by anybody now. */
enum err store_release_import(struct db *db, struct arena *arena, const struct import_row *row, instant_us now) MUST_CHECK;

/* What a line made before. */
struct import_key_row {
    struct id key, hash, application;
    int64_t revision;
    instant_us made_at;
};
enum err store_find_import_keys(struct db *db, struct arena *arena, const struct id *keys, size_t count, struct import_key_row **ret_rows,
                                size_t *ret_count) MUST_CHECK;

/* In a transaction; queues: it says this now. */
enum err store_keep_import_key(struct db *db, struct arena *arena, const struct import_key_row *row) MUST_CHECK;

struct import_result {
    int64_t line;
    enum import_outcome outcome;
    struct id application; /* nil: none */
    struct str errors;
    struct id key, hash; /* of a line that made an application, or met the one it had made; nil otherwise */
};
struct import_results {
    const struct import_result *items;
    size_t count;
    instant_us now, until; /* the lease is renewed */
};
/* In a transaction. A chunk of lines, and where the next begins (next_offset, next_line of `row`). */
enum err store_keep_lines(struct db *db, struct arena *arena, const struct import_row *row, const struct import_results *results) MUST_CHECK;

enum err store_forget_unfinished_imports(struct db *db, struct arena *arena, instant_us before) MUST_CHECK;

#endif
