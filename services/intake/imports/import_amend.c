#include "import_amend.h"

#include "app/app.h"
#include "services/intake/application/changes.h"
#include "services/intake/application/form_read.h"
#include "services/intake/application/identity.h"

/* ── The form, with the line's cells over it ── */

static size_t place_of(const struct str *names, size_t count, struct str name)
{
    size_t place = 0;
    while (place < count && !str_equal(names[place], name))
        place++;
    return place;
}

static bool lay_over(const struct json_value *under, const struct json_value *over, struct arena *arena, struct json_value *ret_value);

/* Her number as the form's rules bring it to one form, or as it was typed where they can't. */
static struct str number_of(const struct json_value *member, struct arena *arena)
{
    const struct json_value *identity = json_member(member, STR("identity"));
    const struct json_value *type = identity ? json_member(identity, STR("type")) : NULL,
                            *number = identity ? json_member(identity, STR("number")) : NULL;
    enum identity_type known = IDENTITY_CNIE;
    char normal[IDENTITY_SIZE];
    if (!number || number->kind != JSON_KIND_STRING)
        return STR("");
    if (type && type->kind == JSON_KIND_STRING && !identity_type_parse(type->string, &known))
        return number->string;
    return identity_normalise(known, number->string, normal) ? str_copy(arena, str_from(normal)) : number->string;
}

/* The women of the file are the members from now on; what their lines don't say of one who is there already stays. */
static bool lay_members(const struct json_value *under, const struct json_value *over, struct arena *arena, struct json_value *ret_value)
{
    struct json_value *items = arena_take_array(arena, over->count + 1, sizeof(*items));
    bool whole = items != NULL;
    for (size_t i = 0; whole && i < over->count; i++) {
        struct str number = number_of(&over->items[i], arena);
        size_t place = 0;
        while (place < under->count && (str_empty(number) || !str_equal(number_of(&under->items[place], arena), number)))
            place++;
        if (place < under->count)
            whole = lay_over(&under->items[place], &over->items[i], arena, &items[i]);
        else
            items[i] = over->items[i];
    }
    *ret_value = (struct json_value){.kind = JSON_KIND_ARRAY, .count = over->count, .items = items};
    return whole;
}

/* The members of `over` in place of those of `under`, objects member by member: what `over` doesn't have stays. Consents stay: a file takes back
 * none, and gives none in her name that she has not given. */
static bool lay_over(const struct json_value *under, const struct json_value *over, struct arena *arena, struct json_value *ret_value)
{
    struct str *names = arena_take_array(arena, under->count + over->count + 1, sizeof(*names));
    struct json_value *items = arena_take_array(arena, under->count + over->count + 1, sizeof(*items));
    size_t count = under->count;
    bool whole = names && items;
    for (size_t i = 0; whole && i < under->count; i++) {
        names[i] = under->names[i];
        items[i] = under->items[i];
    }
    for (size_t i = 0; whole && i < over->count; i++) {
        size_t place = place_of(names, count, over->names[i]);
        bool both = place < count && items[place].kind == JSON_KIND_OBJECT && over->items[i].kind == JSON_KIND_OBJECT;
        if (str_equal(over->names[i], STR("consents")))
            continue;
        if (both) {
            const struct json_value before = items[place];
            whole = lay_over(&before, &over->items[i], arena, &items[place]);
            continue;
        }
        if (place < count && items[place].kind == JSON_KIND_ARRAY && over->items[i].kind == JSON_KIND_ARRAY) {
            const struct json_value before = items[place];
            whole = lay_members(&before, &over->items[i], arena, &items[place]);
            continue;
        }
        names[place] = over->names[i];
        items[place] = over->items[i];
        count += place == count;
    }
    *ret_value = (struct json_value){.kind = JSON_KIND_OBJECT, .count = count, .items = items, .names = names};
    return whole;
}

static enum err text_of(const struct json_value *value, struct arena *arena, struct str *ret_text)
{
    struct buf out;
    buf_init(&out, arena, (size_t)256 * 1024);
    json_add_value(&out, value);
    return buf_done(&out, ret_text);
}

static enum err merge(struct str form, struct str line, struct arena *arena, struct str *ret_body, bool *ret_same)
{
    const struct json_value *under = NULL, *over = NULL;
    struct json_value merged;
    struct str before;
    enum err err = json_parse(form, arena, &under);
    if (err == ERR_OK)
        err = json_parse(line, arena, &over);
    if (err == ERR_OK && !lay_over(under, over, arena, &merged))
        err = ERR_LIMIT;
    if (err == ERR_OK)
        err = text_of(under, arena, &before);
    if (err == ERR_OK)
        err = text_of(&merged, arena, ret_body);
    if (err == ERR_OK)
        *ret_same = str_equal(before, *ret_body);
    return err;
}

/* ── The change ── */

static enum err open_form(struct change *change, struct db *db, struct str *ret_body)
{
    enum err err = store_subject_keys(db, change->id, change->arena, &change->keys);
    if (err == ERR_OK)
        err = subject_keys_unwrap(&change->intake->keys, change->id, &change->keys);
    if (err == ERR_OK)
        err = dossier_open_body(&change->keys, change->id, change->row.body, change->arena, ret_body);
    return err == ERR_OK ? form_as_it_stands(*ret_body, &change->row, change->arena, ret_body) : err;
}

/* Not where somebody has changed it since: what she or an agent wrote by hand is newer than a file. */
static enum err amend(struct change *change, struct db *db)
{
    struct http_request *request = change->request;
    struct import_amendment *amendment = request->job;
    struct str body, merged;
    bool same = false;
    amendment->outcome = LINE_CHANGED;
    if (change->row.revision != amendment->before.revision || !access_may_open(&request->who, &change->row))
        return ERR_CONFLICT;
    enum err err = open_form(change, db, &body);
    if (err == ERR_OK)
        err = merge(body, amendment->body, change->arena, &merged, &same);
    if (err == ERR_OK && same) {
        amendment->outcome = LINE_KNOWN;
        return ERR_CONFLICT;
    }
    if (err == ERR_OK) {
        request->body = merged;
        err = CHANGE_AMEND.apply(change, db);
    }
    if (err == ERR_FORBIDDEN) { /* the file is open to whoever sent this one, so that it is where the line would move it */
        violations_add(&request->violations, STR("/applicant/address/province"), VIOLATION_NOT_ALLOWED, "outside of your territory");
        err = ERR_INVALID;
    }
    if (err != ERR_OK)
        return err;
    amendment->outcome = LINE_AMENDED;
    if (amendment->dry_run)
        return ERR_CONFLICT;
    struct import_key_row now = {.key = amendment->before.key, .hash = amendment->hash, .revision = change->row.revision};
    return store_keep_import_key(db, change->arena, &now);
}

static const struct change_kind AMEND_BY_FILE = {.apply = amend, .action = "amend"};

/* Errors that say something of this file alone; the outcome is then the one that amend() has found, but for what the database said at the very end.
 */
static enum err settle(enum err err, struct import_amendment *amendment)
{
    bool hers = err == ERR_FORBIDDEN || err == ERR_NOT_FOUND || err == ERR_ERASED;
    if (err != ERR_OK && err != ERR_INVALID && err != ERR_CONFLICT && !hers)
        return err;
    if (err == ERR_INVALID)
        amendment->outcome = LINE_REFUSED;
    else if (hers || (err == ERR_CONFLICT && amendment->outcome == LINE_AMENDED && !amendment->dry_run))
        amendment->outcome = LINE_CHANGED;
    return ERR_OK;
}

enum err import_amend(const struct import_job *job, struct import_amendment *amendment, struct arena *arena, struct violations *violations)
{
    struct http_request *request = arena_take(arena, sizeof(*request)); /* nobody's: the frame of changes wants one */
    struct service_worker worker = {job->db, job->intake->service};
    if (!request)
        return ERR_LIMIT;
    request->arena = arena;
    request->who = job->row.who;
    request->language = language_choose(job->row.language);
    request->received_at = clock_wall_us();
    request->job = amendment;
    size_t parent = job->row.traceparent.size;
    if (parent > 0 && parent < sizeof(request->trace.parent))
        memcpy(request->trace.parent, job->row.traceparent.at, parent);
    enum err err = change_one_of_many(request, &worker, &AMEND_BY_FILE, amendment->before.application);
    *violations = request->violations;
    return settle(err, amendment);
}
