#include "store_submit_parts.h"

#include "proto/topics.h"
#include "store_statements.h"

/* The columns of insert_applications, in the order of its parameters. */
enum insert_column {
    COLUMN_ID,
    COLUMN_REQUEST_KEY,
    COLUMN_REQUEST_HASH,
    COLUMN_RECEIPT,
    COLUMN_CALL,
    COLUMN_KIND,
    COLUMN_PROVINCE,
    COLUMN_STATE,
    COLUMN_CREATED_AT,
    COLUMN_SUBMITTED_AT,
    COLUMN_ANSWER_DUE_AT,
    COLUMN_WOMEN,
    COLUMN_REFERRAL_CONSENT,
    COLUMN_LANGUAGE,
    COLUMN_WARNINGS,
    COLUMN_CREATED_BY,
    COLUMN_BODY,
    COLUMN_HISTORY,
    COLUMN_COUNT
};

static const enum db_type COLUMN_TYPES[COLUMN_COUNT] = {
    DB_UUID,    DB_UUID,    DB_UUID, DB_TEXT, DB_INT4, DB_TEXT, DB_TEXT, DB_TEXT,  DB_INSTANT,
    DB_INSTANT, DB_INSTANT, DB_INT4, DB_BOOL, DB_TEXT, DB_INT4, DB_TEXT, DB_BYTES, DB_TEXT,
};

static void add_row(struct db_column *columns, const struct submission *item)
{
    db_column_id(&columns[COLUMN_ID], item->id);
    db_column_id(&columns[COLUMN_REQUEST_KEY], item->request_key);
    db_column_id(&columns[COLUMN_REQUEST_HASH], item->request_hash);
    db_column_str(&columns[COLUMN_RECEIPT], str_from(item->receipt));
    db_column_int(&columns[COLUMN_CALL], item->call->id);
    db_column_str(&columns[COLUMN_KIND], str_from(kind_name(item->kind)));
    db_column_str(&columns[COLUMN_PROVINCE], str_empty(item->province) ? STR("") : item->province);
    db_column_str(&columns[COLUMN_STATE], str_from(application_state_name(item->draft ? STATE_DRAFT : STATE_SUBMITTED)));
    db_column_instant(&columns[COLUMN_CREATED_AT], item->created_at);
    db_column_instant(&columns[COLUMN_SUBMITTED_AT], item->submitted_at);
    db_column_instant(&columns[COLUMN_ANSWER_DUE_AT], item->answer_due_at);
    db_column_int(&columns[COLUMN_WOMEN], item->women);
    db_column_bool(&columns[COLUMN_REFERRAL_CONSENT], item->referral_consent);
    db_column_str(&columns[COLUMN_LANGUAGE], item->language);
    db_column_int(&columns[COLUMN_WARNINGS], item->warnings);
    if (str_empty(item->created_by))
        db_column_null(&columns[COLUMN_CREATED_BY]);
    else
        db_column_str(&columns[COLUMN_CREATED_BY], item->created_by);
    db_column_str(&columns[COLUMN_BODY], item->body);
    db_column_str(&columns[COLUMN_HISTORY], item->history);
}

enum err submit_insert(struct db *db, struct arena *arena, struct submission **items, size_t count)
{
    struct db_column columns[COLUMN_COUNT];
    struct db_args args;
    struct db_rows rows;
    for (int c = 0; c < COLUMN_COUNT; c++)
        db_column_init(&columns[c], arena, COLUMN_TYPES[c]);
    for (size_t i = 0; i < count; i++)
        if (!items[i]->won && !items[i]->settled && !items[i]->replay_only)
            add_row(columns, items[i]);
    if (columns[COLUMN_ID].count == 0)
        return ERR_OK;
    db_args_init(&args, arena);
    for (int c = 0; c < COLUMN_COUNT; c++)
        db_arg_column(&args, &columns[c]);
    enum err err = db_run(db, &STORE_INSERT_APPLICATIONS, &args, arena, &rows);
    if (err != ERR_OK)
        return err;
    size_t row = 0; /* rows come in the order of the items; those that are missing lost */
    for (size_t i = 0; i < count && row < rows.count; i++)
        if (id_compare(items[i]->id, db_get_id(&rows, row, 0)) == 0) {
            items[i]->won = true;
            row++;
        }
    return row == rows.count ? ERR_OK : ERR_INTERNAL;
}

struct stat_cell submission_cell(const struct submission *item)
{
    return (struct stat_cell){.call_id = item->call->id,
                              .kind = item->kind,
                              .province = item->province,
                              .state = item->duplicate ? STATE_DUPLICATE_REVIEW : STATE_SUBMITTED,
                              .day = instant_casablanca_date(item->submitted_at)};
}

/* The event of a file that waits for a reviewer says so, and nobody assesses it. */
static struct str review_event(const struct submission *item, struct arena *arena)
{
    struct application_event event = item->event;
    struct application_change change = {.state = STATE_NONE};
    struct str text;
    event.under_review = true;
    if (application_submit(&change, true) != ERR_OK || event_set_change(&event, &change, item->submitted_at, arena) != ERR_OK ||
        wire_text(&APPLICATION_FULL_EVENT, &event, arena, &text) != ERR_OK)
        return (struct str){0};
    return text;
}

static enum err add_outbox(struct outbox *outbox, const struct submission *item, struct arena *arena)
{
    struct outbox_row row = {
        .event_id = item->event_id,
        .key = item->id,
        .aggregate_id = item->id,
        .version = 1,
        .type = item->draft ? EVENT_APPLICATION_DRAFTED : EVENT_APPLICATION_SUBMITTED,
        .data = item->duplicate ? review_event(item, arena) : item->event_data,
        .traceparent = item->traceparent,
        .at = item->created_at,
        .actor = str_empty(item->actor) ? str_format(arena, "applicant:%s", item->receipt) : item->actor,
        .action = item->draft ? STR("draft") : STR("submit"),
    };
    if (str_empty(row.data))
        return ERR_LIMIT;
    outbox_add(outbox, &row);
    return ERR_OK;
}

static enum err enrol(struct db *db, struct arena *arena, struct submission **items, size_t count)
{
    struct db_column ids, facts, contacts, consents;
    struct db_args args;
    db_column_init(&ids, arena, DB_UUID);
    db_column_init(&facts, arena, DB_BYTES);
    db_column_init(&contacts, arena, DB_BYTES);
    db_column_init(&consents, arena, DB_BOOL);
    for (size_t i = 0; i < count; i++) {
        if (!items[i]->won)
            continue;
        db_column_id(&ids, items[i]->id);
        db_column_str(&facts, items[i]->facts_key);
        db_column_str(&contacts, items[i]->contact_key);
        db_column_bool(&consents, items[i]->referral_consent);
    }
    if (ids.count == 0)
        return ERR_OK;
    db_args_init(&args, arena);
    db_arg_column(&args, &ids);
    db_arg_column(&args, &facts);
    db_arg_column(&args, &contacts);
    db_arg_column(&args, &consents);
    return db_queue(db, &STORE_ENROL_SUBJECTS, &args);
}

enum err submit_queue_rest(struct db *db, struct arena *arena, struct submission **items, size_t count, struct stat_deltas *deltas)
{
    struct outbox outbox;
    outbox_init(&outbox, arena);
    for (size_t i = 0; i < count; i++) {
        if (!items[i]->won)
            continue;
        if (!items[i]->draft) {
            struct stat_cell cell = submission_cell(items[i]);
            cell.applications = 1;
            cell.women = items[i]->women;
            cell.profile = items[i]->profile;
            stat_add(deltas, &cell);
        }
        enum err err = add_outbox(&outbox, items[i], arena);
        if (err != ERR_OK)
            return err;
    }
    enum err err = enrol(db, arena, items, count);
    if (err == ERR_OK)
        err = stat_write(deltas, db, arena);
    if (err == ERR_OK && outbox.count > 0)
        err = outbox_write(&outbox, db);
    return err;
}
