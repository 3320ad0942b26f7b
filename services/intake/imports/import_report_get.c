/* What became of each line of a file: as pages of JSON, and whole as CSV for a spreadsheet. Whoever sent the file may ask for the secret codes of the
 * women who have not confirmed yet, to hand them over, as an agent is given them who registers one woman; each is entered in her register. */
#include "base/csv.h"
#include "http/page.h"
#include "import_report.h"
#include "imports.h"

#define LIMIT_STANDARD 200
#define LIMIT_MOST 1000
#define LINES_A_PIECE 200
#define PIECE_BYTES_MAX ((size_t)1 << 20)
#define PIECE_ARENA_BYTES ((size_t)8 << 20)

static const struct http_page_terms BY_LINE = {"import report, by line", 1, LIMIT_STANDARD, LIMIT_MOST};

/* ── Shapes ── */

struct line_view {
    int64_t line;
    struct str outcome;
    struct id application; /* nil: null */
    struct str receipt_number, secret_code;
    struct wire_list errors; /* struct import_error */
};

static const struct wire_field LINE_FIELDS[] = {
    WIRE_INT(line_view, line, 0, 0, 0),
    WIRE_TEXT(line_view, outcome, 0, 0, 0),
    WIRE_ID(line_view, application, WIRE_NULLABLE),
    WIRE_TEXT(line_view, receipt_number, WIRE_NULLABLE, 0, 0),
    WIRE_TEXT(line_view, secret_code, WIRE_NULLABLE, 0, 0),
    WIRE_LIST(line_view, errors, 0, 0, 0, &IMPORT_ERROR),
};
static WIRE_TABLE(LINE_VIEW, line_view, LINE_FIELDS);

struct lines_view {
    struct wire_list items;
};
static const struct wire_field LINES_FIELDS[] = {WIRE_LIST(lines_view, items, 0, 0, 0, &LINE_VIEW)};
static WIRE_TABLE(LINES_VIEW, lines_view, LINES_FIELDS);

/* ── Asking ── */

struct asking {
    struct http_request *request;
    struct intake *intake;
    struct import_row row;
    struct import_asked asked;
    bool codes;
    struct arena *arena; /* of what is read now */
    struct import_line_row *lines;
    size_t count;
};

static enum err read_question(struct asking *asking)
{
    struct http_request *request = asking->request;
    struct str outcome = http_query(request, "outcome"), codes = http_query(request, "codes");
    asking->asked.outcome = import_outcome_parse(outcome);
    asking->codes = str_equal(codes, STR("true"));
    if (outcome.at && asking->asked.outcome == LINE_OUTCOME_COUNT)
        violations_add(&request->violations, STR("/outcome"), VIOLATION_CHOICE, "TAKEN, AMENDED, KNOWN, CHANGED, REFUSED");
    if (codes.at && !asking->codes && !str_equal(codes, STR("false")))
        violations_add(&request->violations, STR("/codes"), VIOLATION_CHOICE, "true, false");
    return request->violations.count > 0 ? ERR_BAD_REQUEST : ERR_OK;
}

static bool shows_code(const struct asking *asking, const struct import_line_row *line)
{
    return asking->codes && line->outcome == LINE_TAKEN && line->receipt[0] != '\0' && assistance_state(line->warnings, false).unconfirmed;
}

static enum err enter_codes(struct asking *asking, struct db *db)
{
    const struct http_request *request = asking->request;
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < asking->count; i++)
        if (shows_code(asking, &asking->lines[i]))
            err = imports_audit(request, db, asking->arena, asking->lines[i].application, "read-code");
    return err;
}

static enum err read_lines(struct db *db, void *context)
{
    struct asking *asking = context;
    enum err err = store_report_import(db, asking->arena, &asking->asked, &asking->lines, &asking->count);
    return err == ERR_OK ? enter_codes(asking, db) : err;
}

/* Its own file; a file that others sent gives receipts, but no codes. */
static enum err begin(struct asking *asking, struct db *db)
{
    struct http_request *request = asking->request;
    enum err err = imports_find(request, asking->intake, db, false, &asking->row);
    asking->asked.import = asking->row.id;
    if (err == ERR_OK)
        err = read_question(asking);
    if (err == ERR_OK && asking->codes && !str_equal(asking->row.who.subject, request->who.subject))
        err = ERR_FORBIDDEN;
    return err;
}

static enum err view_of(const struct asking *asking, const struct import_line_row *line, struct line_view *ret_view)
{
    struct import_errors errors;
    char shown[RECEIPT_SHOWN_CHARACTERS + 1] = "", code[CODE_CHARACTERS + 1], shown_code[CODE_SHOWN_CHARACTERS + 1] = "";
    enum err err = import_errors_read(line->errors, asking->request->language, asking->arena, &errors);
    if (err != ERR_OK)
        return err;
    if (line->receipt[0] != '\0')
        receipt_show(line->receipt, shown);
    if (shows_code(asking, line)) {
        subject_code(&asking->intake->keys, line->application, line->code_number, code);
        code_show(code, shown_code);
    }
    *ret_view = (struct line_view){
        .line = line->line,
        .outcome = str_from(import_outcome_name(line->outcome)),
        .application = line->application,
        .receipt_number = str_copy(asking->arena, str_from(shown)),
        .secret_code = str_copy(asking->arena, str_from(shown_code)),
        .errors = errors.items,
    };
    return ERR_OK;
}

/* ── JSON ── */

static enum err answer_page(struct asking *asking, size_t shown)
{
    struct http_request *request = asking->request;
    struct line_view *views = arena_take_array(request->arena, shown + 1, sizeof(*views));
    struct str body;
    enum err err = views ? ERR_OK : ERR_LIMIT;
    for (size_t i = 0; err == ERR_OK && i < shown; i++)
        err = view_of(asking, &asking->lines[i], &views[i]);
    if (err == ERR_OK)
        err = wire_text(&LINES_VIEW, &(struct lines_view){{views, shown}}, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}

enum err import_report_get(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct asking asking = {.request = request, .intake = intake_of(worker->service), .arena = request->arena};
    struct http_page page;
    enum err err = begin(&asking, worker->db);
    if (err == ERR_OK)
        err = http_page_read(request, &BY_LINE, &page);
    if (err == ERR_OK && !page.begins && !str_parse_int64(page.after[0], &asking.asked.after))
        err = ERR_BAD_REQUEST;
    if (err != ERR_OK)
        return err;
    asking.asked.limit = page.limit;
    err = db_transaction(worker->db, read_lines, &asking);
    if (err == ERR_OK && asking.count == (size_t)page.limit) {
        struct str last = str_format(request->arena, "%lld", (long long)asking.lines[asking.count - 1].line);
        err = http_page_next(request, &BY_LINE, &last);
    }
    return err == ERR_OK ? answer_page(&asking, asking.count) : err;
}

/* ── CSV ── */

static struct str number_text(struct arena *arena, int64_t number)
{
    return number > 0 ? str_format(arena, "%lld", (long long)number) : STR("");
}

/* One row an error; one row for a line without. */
static void add_line(const struct asking *asking, const struct line_view *view, struct buf *out)
{
    static const struct import_error NONE = {0};
    const struct import_error *errors = view->errors.count > 0 ? view->errors.items : &NONE;
    size_t rows = view->errors.count > 0 ? view->errors.count : 1;
    struct str application = id_is_nil(view->application) ? STR("") : id_text(asking->arena, view->application);
    for (size_t i = 0; i < rows; i++) {
        const struct str cells[] = {
            number_text(asking->arena, view->line),       view->outcome, view->receipt_number, view->secret_code, application,
            number_text(asking->arena, errors[i].column), errors[i].key, errors[i].pointer,    errors[i].code,    errors[i].message,
        };
        csv_add_line(out, cells, sizeof(cells) / sizeof(cells[0]));
    }
}

#define HEADER STR("line,outcome,receipt_number,secret_code,application,column,key,pointer,code,message\r\n")

static void done(void *context)
{
    struct asking *asking = context;
    arena_free(asking->arena);
}

/* http_in_worker: the lines that are next; none at the end. */
static enum err show_next(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct asking *asking = request->job;
    struct line_view view;
    struct buf out;
    arena_reset(asking->arena);
    buf_init(&out, asking->arena, PIECE_BYTES_MAX);
    if (asking->asked.after < 0) { /* spreadsheets know by the mark that it is UTF-8 */
        buf_add(&out, CSV_BOM);
        buf_add(&out, HEADER);
        asking->asked.after = 0;
    }
    enum err err = db_transaction(worker->db, read_lines, asking);
    for (size_t i = 0; err == ERR_OK && i < asking->count; i++) {
        err = view_of(asking, &asking->lines[i], &view);
        if (err == ERR_OK)
            add_line(asking, &view, &out);
        asking->asked.after = asking->lines[i].line;
    }
    return err == ERR_OK ? buf_done(&out, &request->response.body) : err;
}

enum err import_report_csv_get(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct asking *asking = arena_take(request->arena, sizeof(*asking));
    if (!asking || !arena_defer(request->arena, done, asking))
        return ERR_LIMIT;
    asking->request = request;
    asking->intake = intake_of(worker->service);
    asking->asked.after = -1;
    asking->asked.limit = LINES_A_PIECE;
    asking->arena = arena_new(PIECE_ARENA_BYTES);
    enum err err = asking->arena ? begin(asking, worker->db) : ERR_MEMORY;
    if (err != ERR_OK)
        return err;
    request->job = asking;
    request->response.more = show_next;
    request->response.total_bytes = HTTP_UNKNOWN_BYTES;
    request->response.content_type = STR("text/csv; charset=utf-8");
    http_set_header(request, "Content-Disposition", STR("attachment; filename=\"report.csv\""));
    return show_next(request, worker);
}
