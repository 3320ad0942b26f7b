/* Law 09-08, rectification: a spelling, a phone number or a place that is wrong is put right at any time, even once a place is hers, and nothing is
 * assessed anew: no criterion looks at them. All else is an amendment, which the programme allows until a file is under review. What was wrong is not
 * kept. */
#include "services/intake/application/changes.h"
#include "personal.h"
#include "proto/topics.h"

struct rectification_message {
    bool has_name;
    struct form_name name;
    struct str phone, commune;
};

static const struct wire_field FIELDS[] = {
    WIRE_GIVEN(rectification_message, name, has_name, WIRE_NULLABLE, WIRE_OBJECT_FIELD, struct form_name, NULL, &KEPT_NAME),
    WIRE_TEXT(rectification_message, phone, WIRE_NULLABLE, 1, 40),
    WIRE_TEXT(rectification_message, commune, WIRE_NULLABLE, 1, 120),
};
static WIRE_TABLE(RECTIFICATION, rectification_message, FIELDS);

static const struct reason LINE = {
    .ar = {"صُحح خطأ في معطيات الاتصال بك.", sizeof("صُحح خطأ في معطيات الاتصال بك.") - 1},
    .fr = {"Une erreur dans vos coordonnées a été rectifiée.", sizeof("Une erreur dans vos coordonnées a été rectifiée.") - 1},
    .en = {"A mistake in your contact details was put right.", sizeof("A mistake in your contact details was put right.") - 1}};

static enum err read_message(struct change *change, struct rectification_message *ret_message)
{
    struct violations *violations = &change->request->violations;
    enum err err = wire_decode(&RECTIFICATION, change->request->body, WIRE_REFUSE_UNKNOWN, change->arena, ret_message, violations);
    if (err != ERR_OK)
        return err;
    if (ret_message->has_name || !str_empty(ret_message->phone) || !str_empty(ret_message->commune))
        return ERR_OK;
    violations_add(violations, STR(""), VIOLATION_REQUIRED, NULL);
    return ERR_INVALID;
}

/* ── The form, with some of its members replaced ── */

static struct json_value text_value(struct str text)
{
    return (struct json_value){.kind = str_empty(text) ? JSON_KIND_NULL : JSON_KIND_STRING, .string = text};
}

static struct json_value name_of(const struct rectification_message *message, struct arena *arena)
{
    const struct json_value empty = {.kind = JSON_KIND_OBJECT};
    const struct json_replacement name[] = {{"ar", text_value(message->name.ar)}, {"latin", text_value(message->name.latin)}};
    return json_with(&empty, name, 2, arena);
}

static struct json_value put_right(const struct json_value *applicant, const struct rectification_message *message, struct arena *arena)
{
    struct json_replacement table[3];
    size_t count = 0;
    const struct json_value *address = json_member(applicant, STR("address"));
    if (message->has_name)
        table[count++] = (struct json_replacement){"name", name_of(message, arena)};
    if (!str_empty(message->phone))
        table[count++] = (struct json_replacement){"phone", text_value(message->phone)};
    if (!str_empty(message->commune) && address) {
        const struct json_replacement commune[] = {{"commune", text_value(message->commune)}};
        table[count++] = (struct json_replacement){"address", json_with(address, commune, 1, arena)};
    }
    return json_with(applicant, table, count, arena);
}

static bool represents(const struct form_facts *facts, size_t member)
{
    const struct person_number *hers = &facts->applicant, *number = &facts->members[member];
    return hers->number[0] != '\0' && number->type == hers->type && strcmp(number->number, hers->number) == 0;
}

/* Of a cooperative she stands among the members as well. Kind null: nothing is to be changed there. */
static struct json_value put_right_among_members(const struct change *change, const struct json_value *form,
                                                 const struct rectification_message *message)
{
    const struct json_value nothing = {.kind = JSON_KIND_NULL}, *cooperative = json_member(form, STR("cooperative"));
    const struct json_value *members = cooperative ? json_member(cooperative, STR("members")) : NULL;
    if (!message->has_name || !change->facts.members || !members || members->count != change->form->cooperative.member_count)
        return nothing;
    struct json_value *items = arena_take_array(change->arena, members->count + 1, sizeof(*items));
    if (!items)
        return nothing;
    for (size_t i = 0; i < members->count; i++) {
        const struct json_replacement name[] = {{"name", name_of(message, change->arena)}};
        items[i] = represents(&change->facts, i) ? json_with(&members->items[i], name, 1, change->arena) : members->items[i];
    }
    const struct json_replacement list[] = {{"members", {.kind = JSON_KIND_ARRAY, .count = members->count, .items = items}}};
    return json_with(cooperative, list, 1, change->arena);
}

static enum err rewrite(struct change *change, struct str body, const struct rectification_message *message, struct str *ret_body)
{
    const struct json_value *form;
    struct buf out;
    if (json_parse(body, change->arena, &form) != ERR_OK)
        return ERR_INTERNAL;
    const struct json_value *applicant = json_member(form, STR("applicant"));
    if (!applicant)
        return ERR_INTERNAL;
    const struct json_replacement table[] = {{"applicant", put_right(applicant, message, change->arena)},
                                             {"cooperative", put_right_among_members(change, form, message)}};
    struct json_value whole = json_with(form, table, table[1].value.kind == JSON_KIND_OBJECT ? 2 : 1, change->arena);
    if (table[0].value.kind != JSON_KIND_OBJECT || whole.kind != JSON_KIND_OBJECT)
        return ERR_LIMIT;
    buf_init(&out, change->arena, SIZE_MAX);
    json_add_value(&out, &whole);
    return buf_done(&out, ret_body);
}

/* ── The change ── */

static bool may_be_put_right(struct str pointer)
{
    static const char *const MEMBERS[] = {"/applicant/name", "/applicant/phone", "/applicant/address/commune"};
    for (size_t i = 0; i < sizeof(MEMBERS) / sizeof(MEMBERS[0]); i++)
        if (str_starts(pointer, str_from(MEMBERS[i])))
            return true;
    return false;
}

/* Only of what is put right: the rest of the form was accepted once, by a call that may ask for more by now. */
static enum err judge(struct change *change, struct str right)
{
    struct violations *violations = &change->request->violations, *found;
    enum err err = change_read_form(change, right, &found);
    if (err != ERR_OK && err != ERR_INVALID)
        return err;
    for (size_t i = 0; i < found->count; i++)
        if (may_be_put_right(found->items[i].pointer))
            violations_add(violations, found->items[i].pointer, found->items[i].code, found->items[i].detail.at);
    if (violations->count > 0)
        return ERR_INVALID;
    return err == ERR_OK ? ERR_OK : ERR_INTERNAL;
}

static enum err rectify(struct change *change, struct db *db)
{
    struct application_row *row = &change->row;
    struct rectification_message message;
    struct str body, right;
    enum err err = read_message(change, &message);
    if (err == ERR_OK && (row->state == STATE_DRAFT || application_is_gone(row->state)))
        err = ERR_CONFLICT;
    if (err == ERR_OK && !access_may_open(&change->request->who, row))
        err = ERR_FORBIDDEN;
    if (err == ERR_OK)
        err = change_reopen_form(change, db, &body);
    if (err == ERR_OK)
        err = rewrite(change, body, &message, &right);
    if (err == ERR_OK)
        err = judge(change, right);
    if (err == ERR_OK)
        err = change_take_form(change, right, row->submitted_at);
    if (err != ERR_OK)
        return err;
    row->history = history_add(change->arena, row->history, row->state, change->request->received_at, reason_text(change->arena, &LINE));
    change->event_type = EVENT_APPLICATION_CONFIRMED; /* the same for those who hear it: what is sealed is new, nothing is assessed anew */
    return ERR_OK;
}

static const struct change_kind RECTIFY = {.apply = rectify, .action = "rectify", .keeps_consents = true};

enum err rectification_post(struct http_request *request, void *worker)
{
    return change_application(request, worker, &RECTIFY);
}
