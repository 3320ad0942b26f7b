#include "duplicates.h"

#include "services/intake/access.h"
#include "duplicates_statements.h"
#include "http/page.h"
#include "services/intake/application/messages.h"

static const struct http_page_terms NEWEST = {"likely duplicates, newest first", 1, 50, 200};

struct pair_side {
    struct id id;
    struct str receipt_number, call, kind, state, province;
    int64_t version;
};

static const struct wire_field SIDE_FIELDS[] = {DUPLICATE_SIDE_ROWS(pair_side)};
static WIRE_TABLE(SIDE, pair_side, SIDE_FIELDS);

struct pair_line {
    struct id id;
    struct str about, level, parts; /* parts: JSON, points by sign */
    int64_t score;
    instant_us found_at, judged_at;
    bool same, has_same;
    struct pair_side application, other;
};

static const struct wire_field LINE_FIELDS[] = {
    WIRE_ID(pair_line, id, 0),
    DUPLICATE_PAIR_ROWS(pair_line),
    WIRE_OBJECT(pair_line, application, 0, pair_side, &SIDE),
    WIRE_OBJECT(pair_line, other, 0, pair_side, &SIDE),
};
static WIRE_TABLE(LINE, pair_line, LINE_FIELDS);

struct pair_lines {
    struct wire_list items;
};

static const struct wire_field LINES_FIELDS[] = {WIRE_LIST(pair_lines, items, 0, 0, 0, &LINE)};
static WIRE_TABLE(LINES, pair_lines, LINES_FIELDS);

/* ── The list ── */

struct asked {
    struct str call, about;
    struct id application;
    bool judged_too;
    struct http_page page;
    struct id after;
};

static enum err read_question(struct http_request *request, struct asked *ret_asked)
{
    struct str application = http_query(request, "application"), judged = http_query(request, "judged");
    struct asked asked = {.call = http_query(request, "call"), .about = http_query(request, "about"), .judged_too = str_equal(judged, STR("true"))};
    if (application.at && !id_parse(application, &asked.application))
        violations_add(&request->violations, STR("/application"), VIOLATION_FORMAT, "the id of an application");
    if (judged.at && !asked.judged_too && !str_equal(judged, STR("false")))
        violations_add(&request->violations, STR("/judged"), VIOLATION_CHOICE, "true, false");
    if (asked.about.at && !str_equal(asked.about, STR("woman")) && !str_equal(asked.about, STR("project")))
        violations_add(&request->violations, STR("/about"), VIOLATION_CHOICE, "woman, project");
    enum err err = http_page_read(request, &NEWEST, &asked.page);
    if (err == ERR_OK && !asked.page.begins && !id_parse(asked.page.after[0], &asked.after))
        err = ERR_BAD_REQUEST;
    *ret_asked = asked;
    return request->violations.count > 0 ? ERR_BAD_REQUEST : err;
}

static void arg_id_or_null(struct db_args *args, struct id id)
{
    if (id_is_nil(id))
        db_arg_null(args);
    else
        db_arg_id(args, id);
}

static enum err run_question(struct http_request *request, struct db *db, const struct asked *asked, struct db_rows *ret_rows)
{
    struct db_args args;
    db_args_init(&args, request->arena);
    service_arg_territories(&args, &request->who);
    db_arg_str(&args, asked->call);
    arg_id_or_null(&args, asked->application);
    db_arg_bool(&args, asked->judged_too);
    arg_id_or_null(&args, asked->after);
    db_arg_int4(&args, (int32_t)asked->page.limit + 1);
    db_arg_str(&args, asked->about);
    return access_list(db, request, &DUPLICATES_PAIRS, &args, ret_rows);
}

static struct str shown_receipt(struct str stored, struct arena *arena)
{
    char receipt[RECEIPT_CHARACTERS + 1] = "", shown[RECEIPT_SHOWN_CHARACTERS + 1] = "";
    memcpy(receipt, stored.at, stored.size < RECEIPT_CHARACTERS ? stored.size : RECEIPT_CHARACTERS);
    receipt_show(receipt, shown);
    return str_copy(arena, str_from(shown));
}

static struct pair_side read_side(const struct db_rows *rows, size_t row, int column, struct arena *arena)
{
    return (struct pair_side){
        .id = db_get_id(rows, row, column),
        .receipt_number = shown_receipt(db_get_str(rows, row, column + 1), arena),
        .kind = db_get_str(rows, row, column + 2),
        .state = db_get_str(rows, row, column + 3),
        .province = db_get_str(rows, row, column + 4),
        .call = db_get_str(rows, row, column + 5),
        .version = db_get_int(rows, row, column + 6),
    };
}

static struct pair_line read_line(const struct db_rows *rows, size_t row, struct arena *arena)
{
    return (struct pair_line){
        .id = db_get_id(rows, row, 0),
        .about = db_get_str(rows, row, 1),
        .level = db_get_str(rows, row, 2),
        .score = db_get_int(rows, row, 3),
        .parts = db_get_str(rows, row, 4),
        .found_at = db_get_instant(rows, row, 5),
        .same = db_get_bool(rows, row, 6),
        .has_same = !db_is_null(rows, row, 6),
        .judged_at = db_get_instant(rows, row, 7),
        .application = read_side(rows, row, 8, arena),
        .other = read_side(rows, row, 15, arena),
    };
}

enum err duplicates_list(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct asked asked;
    struct db_rows rows;
    struct str body;
    enum err err = read_question(request, &asked);
    if (err == ERR_OK)
        err = run_question(request, worker->db, &asked, &rows);
    if (err != ERR_OK)
        return err;
    size_t shown = rows.count > (size_t)asked.page.limit ? (size_t)asked.page.limit : rows.count;
    struct pair_line *lines = arena_take_array(request->arena, shown + 1, sizeof(*lines));
    if (!lines)
        return ERR_LIMIT;
    for (size_t row = 0; row < shown; row++)
        lines[row] = read_line(&rows, row, request->arena);
    if (shown < rows.count)
        err = http_page_next_id(request, &NEWEST, lines[shown - 1].id);
    if (err == ERR_OK)
        err = wire_text(&LINES, &(struct pair_lines){{lines, shown}}, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}

/* ── The word ── */

enum err duplicates_judge(struct db *db, struct arena *arena, const struct duplicate_word *word)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, fresh_id(word->at));
    db_arg_id(&args, word->application);
    db_arg_id(&args, word->other);
    db_arg_instant(&args, word->at);
    db_arg_bool(&args, word->same);
    db_arg_str(&args, word->by);
    db_arg_str(&args, str_from(word->about));
    return db_queue(db, &DUPLICATES_JUDGE_PAIR, &args);
}

enum err duplicates_reopen(struct db *db, struct arena *arena, struct id application)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, application);
    return db_queue(db, &DUPLICATES_REOPEN_PAIRS, &args);
}

enum err duplicates_clear(struct db *db, struct arena *arena, const struct duplicate_word *word)
{
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, word->application);
    db_arg_instant(&args, word->at);
    db_arg_str(&args, word->by);
    return db_queue(db, &DUPLICATES_CLEAR_PAIRS, &args);
}

enum err duplicates_held(struct db *db, struct arena *arena, const struct identity_change *identities, bool *ret_held)
{
    struct db_column hashes;
    struct db_args args;
    struct db_rows rows;
    db_column_init(&hashes, arena, DB_UUID);
    for (size_t i = 0; i < identities->count; i++)
        db_column_id(&hashes, identities->hashes[i]);
    db_args_init(&args, arena);
    db_arg_int4(&args, (int32_t)identities->call_id);
    db_arg_column(&args, &hashes);
    db_arg_id(&args, identities->application);
    db_arg_str(&args, str_from(kind_name(identities->kind)));
    enum err err = db_run(db, &DUPLICATES_HOLDERS_NOT_APART, &args, arena, &rows);
    if (err == ERR_OK)
        *ret_held = db_get_bool(&rows, 0, 0);
    return err;
}
