#include "store_read.h"

#include "store.h"
#include "store_statements.h"

static enum kind kind_of(struct str name)
{
    enum kind kind = KIND_PERSON;
    (void)kind_parse(name, &kind);
    return kind;
}

void store_read_row(const struct db_rows *rows, size_t row, struct application_row *ret_row)
{
    struct application_row read = {.id = db_get_id(rows, row, 0)};
    struct str receipt = db_get_str(rows, row, 1);
    memcpy(read.receipt, receipt.at, receipt.size < sizeof(read.receipt) ? receipt.size : sizeof(read.receipt) - 1);
    read.call_id = db_get_int(rows, row, 2);
    read.kind = kind_of(db_get_str(rows, row, 3));
    read.province = db_get_str(rows, row, 4);
    (void)application_state_parse(db_get_str(rows, row, 5), &read.state);
    read.version = db_get_int(rows, row, 6);
    read.revision = db_get_int(rows, row, 7);
    read.submitted_at = db_is_null(rows, row, 8) ? INSTANT_NEVER : db_get_instant(rows, row, 8);
    read.answer_due_at = db_is_null(rows, row, 9) ? INSTANT_NEVER : db_get_instant(rows, row, 9);
    read.warnings = db_get_int(rows, row, 10);
    read.history = db_get_str(rows, row, 11);
    read.decision = db_get_str(rows, row, 12);
    read.training = db_get_str(rows, row, 13);
    read.info_requested_at = db_get_instant(rows, row, 14); /* NULL is INSTANT_NEVER */
    read.complement_due_at = db_get_instant(rows, row, 15);
    read.complement = db_get_str(rows, row, 16);
    read.confirmation = db_get_str(rows, row, 17);
    read.hold = db_get_str(rows, row, 18);
    read.restriction = db_get_str(rows, row, 19);
    read.register_checks = db_get_str(rows, row, 20);
    read.funding = db_get_str(rows, row, 21);
    read.follow_up = db_get_str(rows, row, 22);
    *ret_row = read;
}

static enum err find(struct db *db, const struct db_statement *statement, const struct db_args *args, struct arena *arena, struct db_rows *ret_rows)
{
    struct db_rows rows;
    enum err err = db_run(db, statement, args, arena, &rows);
    if (err == ERR_OK && rows.count == 0)
        return ERR_NOT_FOUND;
    if (err == ERR_OK)
        *ret_rows = rows;
    return err;
}

/* ERR_NOT_FOUND, or ERR_FORBIDDEN: the row is there, and not for the role that looked. */
static enum err why_unseen(struct db *db, struct id id, struct str receipt, struct arena *arena)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_id(&args, id);
    db_arg_str(&args, receipt);
    enum err err = db_run(db, &STORE_IS_FILED, &args, arena, &rows);
    if (err != ERR_OK)
        return err;
    return db_get_bool(&rows, 0, 0) ? ERR_FORBIDDEN : ERR_NOT_FOUND;
}

enum err store_find_by_id(struct db *db, struct id id, struct arena *arena, struct application_row *ret_row)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_id(&args, id);
    enum err err = find(db, &STORE_FIND_BY_ID, &args, arena, &rows);
    if (err == ERR_OK)
        store_read_row(&rows, 0, ret_row);
    return err == ERR_NOT_FOUND ? why_unseen(db, id, (struct str){0}, arena) : err;
}

enum err store_find_by_receipt(struct db *db, const char *receipt, struct arena *arena, struct application_row *ret_row)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_str(&args, str_from(receipt));
    enum err err = find(db, &STORE_FIND_BY_RECEIPT, &args, arena, &rows);
    if (err == ERR_OK)
        store_read_row(&rows, 0, ret_row);
    return err == ERR_NOT_FOUND ? why_unseen(db, (struct id){0}, str_from(receipt), arena) : err;
}

enum err store_find_credential(struct db *db, const char *receipt, struct arena *arena, struct id *ret_id, int64_t *ret_code_number)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_str(&args, str_from(receipt));
    enum err err = find(db, &STORE_FIND_CREDENTIAL, &args, arena, &rows);
    if (err != ERR_OK)
        return err;
    *ret_id = db_get_id(&rows, 0, 0);
    *ret_code_number = db_get_int(&rows, 0, 1);
    return ERR_OK;
}

enum err store_lock(struct db *db, struct id id, struct arena *arena, struct application_row *ret_row)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_id(&args, id);
    enum err err = find(db, &STORE_LOCK_APPLICATION, &args, arena, &rows);
    if (err != ERR_OK)
        return err;
    store_read_row(&rows, 0, ret_row);
    ret_row->women = db_get_int(&rows, 0, APPLICATION_COLUMNS);
    ret_row->referral_consent = db_get_bool(&rows, 0, APPLICATION_COLUMNS + 1);
    ret_row->language = db_get_str(&rows, 0, APPLICATION_COLUMNS + 2);
    ret_row->body = db_get_str(&rows, 0, APPLICATION_COLUMNS + 3);
    return ERR_OK;
}

enum err store_subject_keys(struct db *db, struct id id, struct arena *arena, struct subject_keys *ret_keys)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_id(&args, id);
    enum err err = find(db, &STORE_SUBJECT_KEYS, &args, arena, &rows);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? ERR_ERASED : err;
    ret_keys->facts_wrapped = db_get_str(&rows, 0, 0);
    ret_keys->contact_wrapped = db_get_str(&rows, 0, 1);
    return ERR_OK;
}

enum err store_find_answer(struct db *db, struct arena *arena, struct kept_answer *answer)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_id(&args, answer->key);
    enum err err = find(db, &STORE_FIND_ANSWER, &args, arena, &rows);
    if (err != ERR_OK)
        return err;
    if (id_compare(db_get_id(&rows, 0, 0), answer->fingerprint) != 0)
        return ERR_KEY_REUSED;
    answer->version = db_get_int(&rows, 0, 1);
    answer->answer = db_get_str(&rows, 0, 2);
    return ERR_OK;
}
