#include "receipt_pdf.h"

#include "app/app.h"
#include "app/child.h"
#include "app/log.h"
#include "receipt_page.h"

#define DRAW_MS INT64_C(5000)

static bool may_stand_beside_arabic(struct str code)
{
    return str_equal(code, STR("fr")) || str_equal(code, STR("en"));
}

static enum language other_language(const struct http_request *request)
{
    struct str asked = http_query(request, "lang");
    if (!str_empty(asked))
        return str_equal(asked, STR("en")) ? LANGUAGE_EN : LANGUAGE_FR;
    return request->language == LANGUAGE_EN ? LANGUAGE_EN : LANGUAGE_FR;
}

static struct str title_of(const struct call *call, const char *language, struct arena *arena)
{
    const struct json_value *document = NULL;
    const struct json_value *title = json_parse(call->json, arena, &document) == ERR_OK ? json_member(document, STR("title")) : NULL;
    const struct json_value *text = title ? json_member(title, str_from(language)) : NULL;
    return text && text->kind == JSON_KIND_STRING ? text->string : call->terms.id;
}

static struct receipt_page page_of(const struct opening *opening, const char *receipt_shown)
{
    struct arena *arena = opening->request->arena;
    const struct application_row *row = &opening->row;
    const struct form *form = &opening->form;
    const char *language = language_code(other_language(opening->request));
    bool cooperative = row->kind == KIND_COOPERATIVE;
    struct date submitted_on = instant_casablanca_date(row->submitted_at);
    struct date due_on = instant_casablanca_date(row->answer_due_at - 1); /* it is due at the midnight that ends this day */
    return (struct receipt_page){
        .language = str_from(language),
        .receipt_number = str_from(receipt_shown),
        .kind = str_from(kind_name(row->kind)),
        .call_ar = title_of(opening->call, "ar", arena),
        .call_other = title_of(opening->call, language, arena),
        .name_ar = cooperative ? form->cooperative.name.ar : form->applicant.name.ar,
        .name_other = cooperative ? form->cooperative.name.latin : form->applicant.name.latin,
        .submitted_on = submitted_on,
        .due_on = due_on,
        .days = date_to_days(due_on) - date_to_days(submitted_on),
        .address = str_format(arena, "%s/status.html#receipt=%s", opening->intake->settings->address, receipt_shown),
        .submitted_at = row->submitted_at,
    };
}

static enum err draw(const struct receipt_page *page, struct arena *arena, struct str *ret_pdf)
{
    struct child *child;
    struct str text, pdf;
    enum err err = wire_text(&RECEIPT_PAGE, page, arena, &text);
    if (err == ERR_OK)
        err = child_start(RECEIPT_PROGRAM, NULL, clock_monotonic_us() + DRAW_MS * 1000, &child);
    if (err != ERR_OK)
        return err;
    err = child_write(child, text);
    child_end_input(child);
    if (err == ERR_OK)
        err = child_read_all(child, RECEIPT_PAGE_BYTES_MAX, arena, &pdf);
    int status = child_end(child);
    if (status != 0 || err != ERR_OK) {
        log_line(LOG_ERROR, "receipt-not-drawn", LOG_INT("status", status), LOG_ERR(err));
        return err == ERR_TIMEOUT ? ERR_UNAVAILABLE : ERR_INTERNAL;
    }
    *ret_pdf = pdf;
    return ERR_OK;
}

enum err receipt_pdf_get(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    char shown[RECEIPT_SHOWN_CHARACTERS + 1];
    struct str pdf;
    struct opening opening = {.request = request, .intake = intake_of(worker->service), .action = "read-receipt", .with_form = true};
    struct str asked = http_query(request, "lang");
    if (!str_empty(asked) && !may_stand_beside_arabic(asked)) {
        violations_add(&request->violations, STR("/lang"), VIOLATION_CHOICE, "fr, en");
        return ERR_INVALID;
    }
    enum err err = opening_take(&opening, worker->db);
    secret_wipe(&opening.keys, sizeof(opening.keys));
    if (err == ERR_OK && opening.row.submitted_at == INSTANT_NEVER)
        err = ERR_CONFLICT; /* a draft has not been received */
    if (err != ERR_OK)
        return err;
    receipt_show(opening.row.receipt, shown);
    struct receipt_page page = page_of(&opening, shown);
    err = draw(&page, request->arena, &pdf);
    if (err != ERR_OK)
        return err;
    request->response.content_type = STR("application/pdf");
    http_set_header(request, "Content-Disposition", str_format(request->arena, "inline; filename=\"%s.pdf\"", shown));
    http_answer(request, 200, pdf);
    return ERR_OK;
}
