/* What she may see: her consents, all that is kept of her, who has read it, and the proof that it is gone. */
#include "personal.h"

#include "services/intake/application/assistance.h"
#include "services/intake/documents/documents.h"
#include "export_page.h"
#include "papers_statements.h"

/* ── Consents ── */

struct consent_view {
    instant_us at;
    struct str purpose, version, state, language, channel;
    bool given;     /* what is refused or taken back holds without her word, and has no `confirmed` */
    bool confirmed; /* false: an agent entered it for her, and it does not count before she stands by it */
};
static const struct wire_field CONSENT_FIELDS[] = {
    WIRE_TEXT(consent_view, purpose, 0, 0, 0),
    WIRE_TEXT(consent_view, version, 0, 0, 0),
    WIRE_TEXT(consent_view, state, 0, 0, 0),
    WIRE_INSTANT(consent_view, at, 0),
    WIRE_TEXT(consent_view, language, WIRE_NULLABLE, 0, 0),
    WIRE_TEXT(consent_view, channel, 0, 0, 0),
    WIRE_GIVEN(consent_view, confirmed, given, WIRE_NULLABLE, WIRE_BOOL_FIELD, bool, NULL, NULL),
};
static WIRE_TABLE(CONSENT_VIEW, consent_view, CONSENT_FIELDS);

struct list_view {
    struct wire_list items;
};
static const struct wire_field CONSENTS_FIELDS[] = {
    WIRE_LIST(list_view, items, 0, 0, 0, &CONSENT_VIEW),
};
static WIRE_TABLE(CONSENTS_VIEW, list_view, CONSENTS_FIELDS);

/* Those of the form, then what changed: each with its text's version, language and channel. */
static enum err list_consents(const struct opening *opening, struct db *db, struct str *ret_json)
{
    struct arena *arena = opening->request->arena;
    const struct form *form = &opening->form;
    const bool waits = assistance_state(opening->row.warnings, opening->row.referral_consent).unconfirmed;
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_id(&args, opening->row.id);
    enum err err = db_run(db, &PAPERS_LIST_CONSENT_CHANGES, &args, arena, &rows);
    struct consent_view *items = err == ERR_OK ? arena_take_array(arena, form->consent_count + rows.count + 1, sizeof(*items)) : NULL;
    size_t count = 0;
    if (!items)
        return err == ERR_OK ? ERR_LIMIT : err;
    for (size_t i = 0; i < form->consent_count; i++) {
        const struct form_consent *consent = &form->consents[i];
        items[count++] = (struct consent_view){.at = opening->row.submitted_at,
                                               .purpose = consent->purpose,
                                               .version = consent->version,
                                               .state = consent->given ? STR("GIVEN") : STR("REFUSED"),
                                               .language = consent->language,
                                               .channel = STR("form"),
                                               .given = consent->given,
                                               .confirmed = !waits};
    }
    for (size_t row = 0; row < rows.count; row++)
        items[count++] = (struct consent_view){.at = db_get_instant(&rows, row, 0),
                                               .purpose = db_get_str(&rows, row, 1),
                                               .version = db_get_str(&rows, row, 2),
                                               .state = db_get_str(&rows, row, 3),
                                               .language = db_get_str(&rows, row, 4),
                                               .channel = db_get_str(&rows, row, 5),
                                               .given = str_equal(db_get_str(&rows, row, 3), STR("GIVEN")),
                                               .confirmed = true};
    return wire_text(&CONSENTS_VIEW, &(struct list_view){{items, count}}, arena, ret_json);
}

static enum err find_consents(struct opening *opening, struct db *db)
{
    return list_consents(opening, db, opening->found);
}

enum err consents_get(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct str body = {0};
    struct opening opening = {.request = request,
                              .intake = intake_of(worker->service),
                              .action = "read-consents",
                              .with_form = true,
                              .also = find_consents,
                              .found = &body};
    enum err err = opening_take(&opening, worker->db);
    secret_wipe(&opening.keys, sizeof(opening.keys));
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}

/* ── Who read it ── */

struct read_view {
    instant_us at;
    struct str by, what;
};
static const struct wire_field READ_FIELDS[] = {
    WIRE_INSTANT(read_view, at, 0),
    WIRE_TEXT(read_view, by, 0, 0, 0),
    WIRE_TEXT(read_view, what, 0, 0, 0),
};
static WIRE_TABLE(READ_VIEW, read_view, READ_FIELDS);
static const struct wire_field READS_FIELDS[] = {
    WIRE_LIST(list_view, items, 0, 0, 0, &READ_VIEW),
};
static WIRE_TABLE(READS_VIEW, list_view, READS_FIELDS);

static enum err list_reads(const struct opening *opening, struct db *db, struct str *ret_json)
{
    struct arena *arena = opening->request->arena;
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_id(&args, opening->row.id);
    enum err err = db_run(db, &PAPERS_LIST_READS, &args, arena, &rows);
    struct read_view *items = err == ERR_OK ? arena_take_array(arena, rows.count + 1, sizeof(*items)) : NULL;
    if (!items)
        return err == ERR_OK ? ERR_LIMIT : err;
    for (size_t row = 0; row < rows.count; row++)
        items[row] = (struct read_view){db_get_instant(&rows, row, 0), db_get_str(&rows, row, 1), db_get_str(&rows, row, 2)};
    return wire_text(&READS_VIEW, &(struct list_view){{items, rows.count}}, arena, ret_json);
}

static enum err find_reads(struct opening *opening, struct db *db)
{
    return list_reads(opening, db, opening->found);
}

enum err reads_get(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct str body = {0};
    struct opening opening = {
        .request = request, .intake = intake_of(worker->service), .action = "read-register", .also = find_reads, .found = &body};
    enum err err = opening_take(&opening, worker->db);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}

/* ── All that is kept ── */

struct export_view {
    struct str notice;
    struct str application, form, consents, reads, documents; /* JSON */
};
static const struct wire_field EXPORT_FIELDS[] = {
    WIRE_TEXT(export_view, notice, 0, 0, 0), WIRE_RAW(export_view, application, 0), WIRE_RAW(export_view, form, 0),
    WIRE_RAW(export_view, consents, 0),      WIRE_RAW(export_view, documents, 0),   WIRE_RAW(export_view, reads, 0),
};
static WIRE_TABLE(EXPORT_VIEW, export_view, EXPORT_FIELDS);

static const char *const NOTICES[LANGUAGE_COUNT] = {
    [LANGUAGE_AR] = "هذا كل ما نحتفظ به من معطياتك (القانون 09-08). الوثائق المرفقة تحمل من صفحة التتبع.",
    [LANGUAGE_FR] =
        "Voici toutes les données que nous conservons sur vous (loi 09-08). Les documents joints se téléchargent depuis la page de suivi.",
    [LANGUAGE_EN] = "These are all the data that we keep of you (law 09-08). Attached documents can be downloaded from the status page.",
};

static enum language language_of(const struct http_request *request, const struct opening *opening)
{
    struct str asked = http_query(request, "lang");
    struct str code = str_empty(asked) ? opening->language : asked;
    for (int language = 0; language < LANGUAGE_COUNT; language++)
        if (str_equal(code, str_from(language_code((enum language)language))))
            return (enum language)language;
    return request->language;
}

static enum err find_papers(struct opening *opening, struct db *db)
{
    struct export_view *view = opening->found;
    enum err err = list_consents(opening, db, &view->consents);
    if (err == ERR_OK)
        err = list_reads(opening, db, &view->reads);
    return err == ERR_OK ? documents_list_json(opening, db, &view->documents) : err;
}

/* All of it, in the language asked for (?lang=), or in hers. */
static enum err gather_export(struct http_request *request, struct service_worker *worker, struct export_view *ret_view, enum language *ret_language)
{
    struct export_view view = {0};
    struct opening opening = {
        .request = request, .intake = intake_of(worker->service), .action = "read-export", .with_form = true, .also = find_papers, .found = &view};
    enum err err = opening_take(&opening, worker->db);
    secret_wipe(&opening.keys, sizeof(opening.keys));
    if (err == ERR_OK)
        err = access_view(&opening.row, opening.call, request->arena, &view.application);
    if (err != ERR_OK)
        return err;
    view.form = opening.body;
    *ret_language = language_of(request, &opening);
    view.notice = str_from(NOTICES[*ret_language]);
    *ret_view = view;
    return ERR_OK;
}

enum err export_get(struct http_request *request, void *context)
{
    struct export_view view;
    enum language language;
    struct str body;
    enum err err = gather_export(request, context, &view, &language);
    if (err == ERR_OK)
        err = wire_text(&EXPORT_VIEW, &view, request->arena, &body);
    if (err != ERR_OK)
        return err;
    http_set_header(request, "Content-Disposition", STR("attachment; filename=\"jisr.json\""));
    http_answer(request, 200, body);
    return ERR_OK;
}

enum err export_page_get(struct http_request *request, void *context)
{
    struct export_view view;
    enum language language;
    struct str page;
    enum err err = gather_export(request, context, &view, &language);
    if (err != ERR_OK)
        return err;
    const struct export_parts parts = {view.notice, view.application, view.form, view.consents, view.documents, view.reads};
    err = export_page(&parts, language, request->arena, &page);
    if (err != ERR_OK)
        return err;
    request->response.content_type = STR("text/html; charset=utf-8");
    http_set_header(request, "Content-Security-Policy", STR("default-src 'none'; style-src 'unsafe-inline'; sandbox"));
    http_set_header(request, "Content-Disposition", STR("attachment; filename=\"jisr.html\""));
    http_answer(request, 200, page);
    return ERR_OK;
}

/* ── The proof ── */

struct erasure_view {
    struct id application, event;
    struct str receipt_number, by, audit_hash;
    instant_us keys_destroyed_at, at;
    int64_t audit_row;
};
static const struct wire_field ERASURE_FIELDS[] = {
    WIRE_ID(erasure_view, application, 0),      WIRE_TEXT(erasure_view, receipt_number, 0, 0, 0), WIRE_INSTANT(erasure_view, at, 0),
    WIRE_TEXT(erasure_view, by, 0, 0, 0),       WIRE_INSTANT(erasure_view, keys_destroyed_at, 0), WIRE_ID(erasure_view, event, 0),
    WIRE_INT(erasure_view, audit_row, 0, 0, 0), WIRE_TEXT(erasure_view, audit_hash, 0, 0, 0),
};
static WIRE_TABLE(ERASURE_VIEW, erasure_view, ERASURE_FIELDS);

static enum err find_erasure(struct opening *opening, struct db *db)
{
    struct db_args args;
    db_args_init(&args, opening->request->arena);
    db_arg_id(&args, opening->row.id);
    return db_run(db, &PAPERS_FIND_ERASURE, &args, opening->request->arena, opening->found);
}

enum err erasure_get(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    char shown[RECEIPT_SHOWN_CHARACTERS + 1];
    struct db_rows rows = {0};
    struct opening opening = {
        .request = request, .intake = intake_of(worker->service), .action = "read-erasure", .also = find_erasure, .found = &rows};
    struct str body;
    enum err err = opening_take(&opening, worker->db);
    if (err == ERR_OK && rows.count == 0)
        err = ERR_NOT_FOUND;
    if (err != ERR_OK)
        return err;
    receipt_show(opening.row.receipt, shown);
    struct erasure_view view = {.application = opening.row.id,
                                .receipt_number = str_from(shown),
                                .keys_destroyed_at = db_is_null(&rows, 0, 0) ? INSTANT_NEVER : db_get_instant(&rows, 0, 0),
                                .audit_row = db_get_int(&rows, 0, 1),
                                .at = db_get_instant(&rows, 0, 2),
                                .by = db_get_str(&rows, 0, 3),
                                .event = db_get_id(&rows, 0, 4),
                                .audit_hash = db_get_str(&rows, 0, 5)};
    err = wire_text(&ERASURE_VIEW, &view, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}
