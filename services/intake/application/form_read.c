#include "form_read.h"

#include "assistance.h"
#include "opening.h"

/* By a withdrawal or an objection. A draft, and what waits for her word, say what somebody has just entered. */
static bool took_referral_back(const struct application_row *row)
{
    bool waits = row->state == STATE_DRAFT || assistance_state(row->warnings, false).unconfirmed;
    return !row->referral_consent && (!waits || !str_empty(row->restriction));
}

static bool is_referral(const struct json_value *consent)
{
    const struct json_value *purpose = json_member(consent, STR("purpose"));
    return purpose && purpose->kind == JSON_KIND_STRING && str_equal(purpose->string, PURPOSE_REFERRAL);
}

/* Kind null without memory. */
static struct json_value without_referral(const struct json_value *consents, struct arena *arena)
{
    static const struct json_replacement NOT_GIVEN[] = {{"given", {.kind = JSON_KIND_BOOL}}};
    struct json_value *items = arena_take_array(arena, consents->count, sizeof(*items));
    for (size_t i = 0; items && i < consents->count; i++)
        items[i] = is_referral(&consents->items[i]) ? json_with(&consents->items[i], NOT_GIVEN, 1, arena) : consents->items[i];
    return (struct json_value){.kind = items ? JSON_KIND_ARRAY : JSON_KIND_NULL, .count = consents->count, .items = items};
}

enum err form_as_it_stands(struct str body, const struct application_row *row, struct arena *arena, struct str *ret_body)
{
    const struct json_value *form = NULL;
    struct buf out;
    *ret_body = body;
    if (!took_referral_back(row))
        return ERR_OK;
    enum err err = json_parse(body, arena, &form);
    const struct json_value *consents = err == ERR_OK ? json_member(form, STR("consents")) : NULL;
    if (!consents || consents->kind != JSON_KIND_ARRAY)
        return err;
    const struct json_replacement table[] = {{"consents", without_referral(consents, arena)}};
    struct json_value whole = json_with(form, table, 1, arena);
    if (table[0].value.kind != JSON_KIND_ARRAY || whole.kind != JSON_KIND_OBJECT)
        return ERR_LIMIT;
    buf_init(&out, arena, SIZE_MAX);
    json_add_value(&out, &whole);
    return buf_done(&out, ret_body);
}

enum err form_get(struct http_request *request, void *context)
{
    struct service_worker *worker = context;
    struct opening opening = {.request = request, .intake = intake_of(worker->service), .action = "read-form", .with_form = true};
    enum err err = opening_take(&opening, worker->db);
    secret_wipe(&opening.keys, sizeof(opening.keys));
    if (err == ERR_OK)
        err = form_as_it_stands(opening.body, &opening.row, request->arena, &opening.body);
    if (err != ERR_OK)
        return err;
    http_set_etag(request, opening.row.version);
    http_answer(request, 200, opening.body);
    return ERR_OK;
}
