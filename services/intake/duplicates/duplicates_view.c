/* Both files of a pair side by side. Shown is what tells two women apart and no more: income, household and health stay sealed. */
#include "services/intake/access.h"
#include "duplicates.h"
#include "duplicates_statements.h"
#include "services/intake/application/messages.h"

static const char *const REVEALED[] = {"applicant", "project", "cooperative"};
#define REVEALED_DETAIL STR("{\"fields\":[\"applicant\",\"project\",\"cooperative\"]}")

struct found_pair {
    struct str about, level, parts;
    int64_t score;
    instant_us found_at, judged_at;
    bool same, has_same;
};

static const struct wire_field FOUND_FIELDS[] = {DUPLICATE_PAIR_ROWS(found_pair)};
static WIRE_TABLE(FOUND, found_pair, FOUND_FIELDS);

struct side_view {
    struct id id;
    struct str receipt_number, call, kind, state, province;
    int64_t version;
    instant_us submitted_at;
    bool readable;                              /* false: her keys are gone, and with them what she wrote */
    struct str applicant, project, cooperative; /* JSON as she sent it, or empty */
};

static const struct wire_field SIDE_FIELDS[] = {
    DUPLICATE_SIDE_ROWS(side_view),
    WIRE_INSTANT(side_view, submitted_at, WIRE_NULLABLE),
    WIRE_BOOL(side_view, readable, 0),
    WIRE_RAW(side_view, applicant, WIRE_NULLABLE),
    WIRE_RAW(side_view, project, WIRE_NULLABLE),
    WIRE_RAW(side_view, cooperative, WIRE_NULLABLE),
};
static WIRE_TABLE(SIDE, side_view, SIDE_FIELDS);

struct pair_view {
    struct wire_list found, sides;
};

static const struct wire_field PAIR_FIELDS[] = {
    WIRE_LIST(pair_view, found, 0, 0, 0, &FOUND),
    WIRE_LIST(pair_view, sides, 0, 0, 0, &SIDE),
};
static WIRE_TABLE(PAIR, pair_view, PAIR_FIELDS);

struct looking {
    struct http_request *request;
    struct intake *intake;
    struct id ids[2];
    struct side_view sides[2];
    struct pair_view view;
};

static enum err find_pairs(struct looking *looking, struct db *db)
{
    struct arena *arena = looking->request->arena;
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_id(&args, looking->ids[0]);
    db_arg_id(&args, looking->ids[1]);
    enum err err = db_run(db, &DUPLICATES_FIND_PAIRS, &args, arena, &rows);
    if (err == ERR_OK && rows.count == 0)
        return ERR_NOT_FOUND;
    struct found_pair *found = err == ERR_OK ? arena_take_array(arena, rows.count, sizeof(*found)) : NULL;
    if (!found)
        return err == ERR_OK ? ERR_LIMIT : err;
    for (size_t row = 0; row < rows.count; row++)
        found[row] = (struct found_pair){.about = db_get_str(&rows, row, 0),
                                         .level = db_get_str(&rows, row, 1),
                                         .score = db_get_int(&rows, row, 2),
                                         .parts = db_get_str(&rows, row, 3),
                                         .found_at = db_get_instant(&rows, row, 4),
                                         .same = db_get_bool(&rows, row, 5),
                                         .has_same = !db_is_null(&rows, row, 5),
                                         .judged_at = db_get_instant(&rows, row, 6)};
    looking->view.found = (struct wire_list){found, rows.count};
    return ERR_OK;
}

static struct str member_text(const struct json_value *form, const char *name, struct arena *arena)
{
    const struct json_value *value = json_member(form, str_from(name));
    struct buf out;
    struct str text = {0};
    if (!value)
        return text;
    buf_init(&out, arena, SIZE_MAX);
    json_add_value(&out, value);
    return buf_done(&out, &text) == ERR_OK ? text : (struct str){0};
}

static enum err reveal(struct looking *looking, struct db *db, struct side_view *side)
{
    struct arena *arena = looking->request->arena;
    struct subject_keys keys = {0};
    const struct json_value *form;
    struct db_args args;
    struct db_rows rows;
    struct str body;
    db_args_init(&args, arena);
    db_arg_id(&args, side->id);
    enum err err = db_run(db, &DUPLICATES_SIDE, &args, arena, &rows);
    if (err != ERR_OK || rows.count == 0)
        return err;
    keys.contact_wrapped = db_get_str(&rows, 0, 1);
    err = subject_contact_unwrap(&looking->intake->keys, side->id, &keys);
    if (err == ERR_OK)
        err = dossier_open_body(&keys, side->id, db_get_str(&rows, 0, 0), arena, &body);
    secret_wipe(&keys.contact, sizeof(keys.contact));
    if (err == ERR_OK)
        err = json_parse(body, arena, &form) == ERR_OK ? ERR_OK : ERR_INTERNAL;
    if (err != ERR_OK)
        return err;
    struct str *members[] = {&side->applicant, &side->project, &side->cooperative};
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        *members[i] = member_text(form, REVEALED[i], arena);
    side->readable = true;
    return ERR_OK;
}

static enum err look_at(struct looking *looking, struct db *db, size_t at)
{
    struct http_request *request = looking->request;
    const struct calls_snapshot *calls = calls_hold(looking->intake->calls, request->arena);
    struct side_view *side = &looking->sides[at];
    struct application_row row;
    char receipt[RECEIPT_SHOWN_CHARACTERS + 1];
    enum err err = calls ? store_find_by_id(db, looking->ids[at], request->arena, &row) : ERR_UNAVAILABLE;
    const struct call *call = err == ERR_OK ? calls_by_id(calls, row.call_id) : NULL;
    if (err == ERR_OK)
        err = call ? access_check(&request->who, &row, call) : ERR_NOT_FOUND;
    if (err != ERR_OK)
        return err;
    receipt_show(row.receipt, receipt);
    *side = (struct side_view){
        .id = row.id,
        .receipt_number = str_copy(request->arena, str_from(receipt)),
        .call = call->terms.id,
        .kind = str_from(kind_name(row.kind)),
        .state = str_from(application_state_name(row.state)),
        .province = row.province,
        .version = row.version,
        .submitted_at = row.submitted_at,
    };
    err = reveal(looking, db, side);
    struct audit_row audit = {.at = request->received_at,
                              .subject = row.id,
                              .actor = access_actor(&request->who, &row, request->arena),
                              .action = STR("read-compare"),
                              .detail = REVEALED_DETAIL};
    return err == ERR_OK ? audit_write(&audit, db, request->arena) : err;
}

static enum err look(struct db *db, void *context)
{
    struct looking *looking = context;
    enum err err = look_at(looking, db, 0);
    if (err == ERR_OK)
        err = look_at(looking, db, 1);
    return err == ERR_OK ? find_pairs(looking, db) : err;
}

enum err duplicate_get(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct looking looking = {.request = request, .intake = intake_of(worker->service)};
    struct str body;
    if (!id_parse(request->params[0], &looking.ids[0]) || !id_parse(request->params[1], &looking.ids[1]))
        return ERR_NOT_FOUND;
    enum err err = access_read(worker->db, request, look, &looking);
    looking.view.sides = (struct wire_list){looking.sides, 2};
    if (err == ERR_OK)
        err = wire_text(&PAIR, &looking.view, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}
