#include "store.h"
#include "store_read.h"
#include "store_statements.h"

static void arg_text_or_null(struct db_args *args, struct str text)
{
    if (str_empty(text))
        db_arg_null(args);
    else
        db_arg_str(args, text);
}

enum err store_change(struct db *db, struct arena *arena, const struct application_row *row)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, row->id);
    db_arg_str(&args, str_from(kind_name(row->kind)));
    db_arg_str(&args, str_empty(row->province) ? STR("") : row->province);
    db_arg_str(&args, str_from(application_state_name(row->state)));
    db_arg_int4(&args, (int32_t)row->revision);
    db_arg_instant(&args, row->submitted_at);
    db_arg_instant(&args, row->answer_due_at);
    db_arg_int4(&args, (int32_t)row->women);
    db_arg_bool(&args, row->referral_consent);
    db_arg_str(&args, row->language);
    db_arg_int4(&args, (int32_t)row->warnings);
    db_arg_str(&args, row->history);
    db_arg_str(&args, row->body);
    arg_text_or_null(&args, row->decision);
    db_arg_int8(&args, row->version);
    db_arg_instant(&args, row->info_requested_at);
    db_arg_instant(&args, row->complement_due_at);
    arg_text_or_null(&args, row->complement);
    arg_text_or_null(&args, row->confirmation);
    arg_text_or_null(&args, row->hold);
    arg_text_or_null(&args, row->restriction);
    arg_text_or_null(&args, row->register_checks);
    arg_text_or_null(&args, row->funding);
    arg_text_or_null(&args, row->follow_up);
    return db_queue(db, &STORE_CHANGE_APPLICATION, &args);
}

enum err store_keep_revision(struct db *db, struct arena *arena, const struct application_row *old, instant_us at)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, old->id);
    db_arg_int4(&args, (int32_t)old->revision);
    db_arg_instant(&args, at);
    db_arg_str(&args, old->body);
    return db_queue(db, &STORE_KEEP_REVISION, &args);
}

enum err store_set_referral_consent(struct db *db, struct arena *arena, struct id id, bool consent)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, id);
    db_arg_bool(&args, consent);
    return db_queue(db, &STORE_SET_REFERRAL_CONSENT, &args);
}

enum err store_keep_answer(struct db *db, struct arena *arena, const struct kept_answer *answer, instant_us at)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, answer->key);
    db_arg_id(&args, answer->fingerprint);
    db_arg_id(&args, answer->application);
    db_arg_int8(&args, answer->version);
    db_arg_str(&args, answer->answer);
    db_arg_instant(&args, at);
    return db_queue(db, &STORE_KEEP_ANSWER, &args);
}

enum err store_lock_for_events(struct db *db, struct arena *arena, const struct id *ids, size_t count, struct application_row **ret_rows,
                               size_t *ret_count)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_ids(&args, ids, count);
    enum err err = db_run(db, &STORE_LOCK_FOR_EVENTS, &args, arena, &rows);
    if (err != ERR_OK)
        return err;
    struct application_row *read = arena_take_array(arena, rows.count, sizeof(*read));
    if (!read && rows.count > 0)
        return ERR_LIMIT;
    for (size_t row = 0; row < rows.count; row++) {
        store_read_row(&rows, row, &read[row]);
        read[row].women = db_get_int(&rows, row, APPLICATION_COLUMNS);
        read[row].decision_version = db_get_int(&rows, row, APPLICATION_COLUMNS + 1);
        read[row].training_version = db_get_int(&rows, row, APPLICATION_COLUMNS + 2);
        if (!db_is_null(&rows, row, APPLICATION_COLUMNS + 3))
            read[row].training_enrolment = db_get_id(&rows, row, APPLICATION_COLUMNS + 3);
    }
    *ret_rows = read;
    *ret_count = rows.count;
    return ERR_OK;
}

static void text_or_null(struct db_column *column, struct str text)
{
    if (str_empty(text))
        db_column_null(column);
    else
        db_column_str(column, text);
}

/* The columns of progress_applications, in the order of its parameters. */
enum progress_column {
    PROGRESS_ID,
    PROGRESS_STATE,
    PROGRESS_VERSION,
    PROGRESS_HISTORY,
    PROGRESS_DECISION,
    PROGRESS_TRAINING,
    PROGRESS_DECISION_VERSION,
    PROGRESS_TRAINING_VERSION,
    PROGRESS_ENROLMENT,
    PROGRESS_COUNT
};
static const enum db_type PROGRESS_TYPES[PROGRESS_COUNT] = {DB_UUID, DB_TEXT, DB_INT8, DB_TEXT, DB_TEXT, DB_TEXT, DB_INT8, DB_INT8, DB_UUID};

enum err store_progress(struct db *db, struct arena *arena, struct application_row *const *rows, size_t count)
{
    struct db_column columns[PROGRESS_COUNT];
    struct db_args args;
    for (int c = 0; c < PROGRESS_COUNT; c++)
        db_column_init(&columns[c], arena, PROGRESS_TYPES[c]);
    for (size_t i = 0; i < count; i++) {
        db_column_id(&columns[PROGRESS_ID], rows[i]->id);
        db_column_str(&columns[PROGRESS_STATE], str_from(application_state_name(rows[i]->state)));
        db_column_int(&columns[PROGRESS_VERSION], rows[i]->version);
        db_column_str(&columns[PROGRESS_HISTORY], rows[i]->history);
        text_or_null(&columns[PROGRESS_DECISION], rows[i]->decision);
        text_or_null(&columns[PROGRESS_TRAINING], rows[i]->training);
        db_column_int(&columns[PROGRESS_DECISION_VERSION], rows[i]->decision_version);
        db_column_int(&columns[PROGRESS_TRAINING_VERSION], rows[i]->training_version);
        if (id_is_nil(rows[i]->training_enrolment))
            db_column_null(&columns[PROGRESS_ENROLMENT]);
        else
            db_column_id(&columns[PROGRESS_ENROLMENT], rows[i]->training_enrolment);
    }
    db_args_init(&args, arena);
    for (int c = 0; c < PROGRESS_COUNT; c++)
        db_arg_column(&args, &columns[c]);
    return db_queue(db, &STORE_PROGRESS_APPLICATIONS, &args);
}
