#include "register_reads.h"

#include "services/intake/access.h"
#include "http/page.h"
#include "papers_statements.h"

static const struct http_page_terms NEWEST = {"reads, newest first", 1, 50, 200}, OF_PARTNERS = {"partners' reads, newest first", 1, 50, 200};

struct read_line {
    instant_us at;
    struct str by, what, receipt_number;
    struct id application;
};
static const struct wire_field LINE_FIELDS[] = {
    WIRE_INSTANT(read_line, at, 0),
    WIRE_TEXT(read_line, by, 0, 0, 0),
    WIRE_TEXT(read_line, what, 0, 0, 0),
    WIRE_ID(read_line, application, WIRE_NULLABLE),
    WIRE_TEXT(read_line, receipt_number, WIRE_NULLABLE, 0, 0),
};
static WIRE_TABLE(LINE, read_line, LINE_FIELDS);
struct read_lines {
    struct wire_list items;
};
static const struct wire_field LINES_FIELDS[] = {WIRE_LIST(read_lines, items, 0, 0, 0, &LINE)};
static WIRE_TABLE(LINES, read_lines, LINES_FIELDS);

struct asking {
    struct http_request *request;
    struct str actor, action;
    struct id application;
    instant_us from, until;
    bool partners;
    struct http_page page;
    int64_t before; /* 0: from the newest */
    struct db_rows rows;
};

static const struct http_page_terms *terms_of(const struct asking *asking)
{
    return asking->partners ? &OF_PARTNERS : &NEWEST;
}

static void read_instant(struct http_request *request, const char *name, const char *pointer, instant_us *ret_instant)
{
    struct str text = http_query(request, name);
    *ret_instant = INSTANT_NEVER;
    if (text.at && !instant_parse(text, ret_instant))
        violations_add(&request->violations, str_from(pointer), VIOLATION_FORMAT, "2026-11-24T12:00:00Z");
}

static enum err read_question(struct http_request *request, struct asking *ret_asking)
{
    struct str application = http_query(request, "application"), readers = http_query(request, "readers");
    *ret_asking = (struct asking){.request = request, .actor = http_query(request, "actor"), .action = http_query(request, "what")};
    if (application.at && !id_parse(application, &ret_asking->application))
        violations_add(&request->violations, STR("/application"), VIOLATION_FORMAT, "the id of an application");
    ret_asking->partners = readers.at && str_equal(readers, STR("partners"));
    if (readers.at && !ret_asking->partners && !str_equal(readers, STR("staff")))
        violations_add(&request->violations, STR("/readers"), VIOLATION_CHOICE, "staff, partners");
    read_instant(request, "from", "/from", &ret_asking->from);
    read_instant(request, "until", "/until", &ret_asking->until);
    enum err err = http_page_read(request, terms_of(ret_asking), &ret_asking->page);
    if (err == ERR_OK && !ret_asking->page.begins && !str_parse_int64(ret_asking->page.after[0], &ret_asking->before))
        err = ERR_BAD_REQUEST;
    return request->violations.count > 0 ? ERR_BAD_REQUEST : err;
}

static void arg_application(struct db_args *args, const struct asking *asking)
{
    if (id_is_nil(asking->application))
        db_arg_null(args);
    else
        db_arg_id(args, asking->application);
}

static void arg_before(struct db_args *args, const struct asking *asking)
{
    if (asking->page.begins)
        db_arg_null(args);
    else
        db_arg_int8(args, asking->before);
}

static enum err reads_of_staff(struct asking *asking, struct db *db)
{
    struct http_request *request = asking->request;
    struct db_args args;
    db_args_init(&args, request->arena);
    service_arg_territories(&args, &request->who);
    db_arg_str(&args, asking->actor);
    arg_application(&args, asking);
    db_arg_str(&args, asking->action);
    db_arg_instant(&args, asking->from);
    db_arg_instant(&args, asking->until);
    arg_before(&args, asking);
    db_arg_int4(&args, (int32_t)asking->page.limit + 1);
    return db_run(db, &PAPERS_REGISTER, &args, request->arena, &asking->rows);
}

static enum err reads_of_partners(struct asking *asking, struct db *db)
{
    struct http_request *request = asking->request;
    struct db_args args;
    if (request->who.territory_count > 0)
        return ERR_FORBIDDEN;
    db_args_init(&args, request->arena);
    arg_before(&args, asking);
    db_arg_int4(&args, (int32_t)asking->page.limit + 1);
    db_arg_str(&args, asking->actor);
    arg_application(&args, asking);
    db_arg_instant(&args, asking->from);
    db_arg_instant(&args, asking->until);
    return db_run(db, &PAPERS_REGISTER_OF_PARTNERS, &args, request->arena, &asking->rows);
}

static enum err look(struct db *db, void *context)
{
    struct asking *asking = context;
    struct http_request *request = asking->request;
    struct application_row nobody = {0};
    enum err err = asking->partners ? reads_of_partners(asking, db) : reads_of_staff(asking, db);
    if (err != ERR_OK)
        return err;
    struct audit_row audit = {.at = request->received_at,
                              .subject = asking->application,
                              .actor = access_actor(&request->who, &nobody, request->arena),
                              .action = STR("read-register")};
    return audit_write(&audit, db, request->arena);
}

static struct read_line line_of(const struct db_rows *rows, size_t row, struct arena *arena)
{
    char receipt[RECEIPT_CHARACTERS + 1] = "", shown[RECEIPT_SHOWN_CHARACTERS + 1] = "";
    struct str stored = db_get_str(rows, row, 5);
    struct read_line line = {
        .at = db_get_instant(rows, row, 1), .by = db_get_str(rows, row, 2), .what = db_get_str(rows, row, 3), .application = db_get_id(rows, row, 4)};
    if (stored.size != RECEIPT_CHARACTERS)
        return line;
    memcpy(receipt, stored.at, RECEIPT_CHARACTERS);
    receipt_show(receipt, shown);
    line.receipt_number = str_copy(arena, str_from(shown));
    return line;
}

enum err register_get(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct asking asking;
    struct str body;
    enum err err = read_question(request, &asking);
    if (err == ERR_OK)
        err = access_read(worker->db, request, look, &asking);
    if (err != ERR_OK)
        return err;
    size_t shown = asking.rows.count > (size_t)asking.page.limit ? (size_t)asking.page.limit : asking.rows.count;
    struct read_line *lines = arena_take_array(request->arena, shown + 1, sizeof(*lines));
    if (!lines)
        return ERR_LIMIT;
    for (size_t row = 0; row < shown; row++)
        lines[row] = line_of(&asking.rows, row, request->arena);
    if (shown < asking.rows.count) {
        struct str key = str_format(request->arena, "%lld", (long long)db_get_int(&asking.rows, shown - 1, 0));
        err = http_page_next(request, terms_of(&asking), &key);
    }
    if (err == ERR_OK)
        err = wire_text(&LINES, &(struct read_lines){{lines, shown}}, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}
