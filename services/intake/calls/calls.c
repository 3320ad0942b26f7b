#include "calls.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "call_document.h"
#include "json/wire.h"
#include "store_statements.h"

#define SNAPSHOT_BYTES ((size_t)8 << 20)

struct held {
    struct calls_snapshot snapshot;
    struct arena *arena;
    struct str raw; /* what the rows said, to see whether anything has changed */
    atomic_int holders;
};

struct calls {
    pthread_mutex_t refreshing; /* who reads later puts later: nobody puts back what was before */
    pthread_mutex_t lock;       /* protects `now` and the first hold of it */
    struct held *now;
};

static void release(void *context)
{
    struct held *held = context;
    if (atomic_fetch_sub(&held->holders, 1) != 1)
        return;
    arena_free(held->arena);
    free(held);
}

struct calls *calls_new(void)
{
    struct calls *calls = calloc(1, sizeof(*calls));
    if (calls) {
        pthread_mutex_init(&calls->refreshing, NULL);
        pthread_mutex_init(&calls->lock, NULL);
    }
    return calls;
}

void calls_free(struct calls *calls)
{
    if (!calls)
        return;
    if (calls->now)
        release(calls->now);
    pthread_mutex_destroy(&calls->lock);
    pthread_mutex_destroy(&calls->refreshing);
    free(calls);
}

const struct calls_snapshot *calls_hold(struct calls *calls, struct arena *arena)
{
    pthread_mutex_lock(&calls->lock);
    struct held *held = calls->now;
    if (held)
        atomic_fetch_add(&held->holders, 1);
    pthread_mutex_unlock(&calls->lock);
    if (held && !arena_defer(arena, release, held)) {
        release(held);
        return NULL;
    }
    return held ? &held->snapshot : NULL;
}

struct terms_row {
    struct str purpose, version;
    bool required;
};

struct terms_document {
    struct wire_list consents;
};

static const struct wire_field TERMS_FIELDS[] = {
    WIRE_TEXT(terms_row, purpose, WIRE_REQUIRED, 1, 40),
    WIRE_TEXT(terms_row, version, WIRE_REQUIRED, 1, 40),
    WIRE_BOOL(terms_row, required, WIRE_NULLABLE),
};
static WIRE_TABLE(TERMS_ROW, terms_row, TERMS_FIELDS);

static const struct wire_field TERMS_DOCUMENT_FIELDS[] = {
    WIRE_LIST(terms_document, consents, WIRE_REQUIRED, 0, 10, &TERMS_ROW),
};
static WIRE_TABLE(TERMS_DOCUMENT, terms_document, TERMS_DOCUMENT_FIELDS);

/* The processing consent is required whatever the row says: the law asks for it. */
static enum err read_consents(struct str json, struct arena *arena, struct call_terms *terms)
{
    struct violations *violations = arena_take(arena, sizeof(*violations));
    struct terms_document document;
    if (!violations)
        return ERR_LIMIT;
    violations_init(violations, arena);
    struct str whole = str_format(arena, "{\"consents\":%.*s}", (int)json.size, json.at);
    enum err err = wire_decode(&TERMS_DOCUMENT, whole, WIRE_IGNORE_UNKNOWN, arena, &document, violations);
    if (err != ERR_OK)
        return ERR_INTERNAL;
    struct consent_terms *consents = arena_take_array(arena, document.consents.count, sizeof(*consents));
    const struct terms_row *rows = document.consents.items;
    for (size_t i = 0; consents && i < document.consents.count; i++)
        consents[i] = (struct consent_terms){rows[i].purpose, rows[i].version, rows[i].required || str_equal(rows[i].purpose, PURPOSE_PROCESSING)};
    terms->consents = consents;
    terms->consent_count = consents ? document.consents.count : 0;
    return ERR_OK;
}

static void read_provinces(struct str list, struct arena *arena, struct call_terms *terms)
{
    size_t count = str_empty(list) ? 0 : 1;
    for (size_t i = 0; i < list.size; i++)
        count += list.at[i] == ',';
    struct str *provinces = arena_take_array(arena, count, sizeof(*provinces));
    for (size_t i = 0; provinces && i < count; i++)
        provinces[i] = str_cut(&list, ',');
    terms->provinces = provinces;
    terms->province_count = provinces ? count : 0;
}

/* "20454,20464": days since 1970. */
static void read_holidays(struct str list, struct arena *arena, struct clock_terms *clock)
{
    size_t count = str_empty(list) ? 0 : 1;
    for (size_t i = 0; i < list.size; i++)
        count += list.at[i] == ',';
    int64_t *days = arena_take_array(arena, count, sizeof(*days));
    clock->holiday_count = days ? count : 0;
    for (size_t i = 0; i < clock->holiday_count; i++)
        (void)str_parse_int64(str_cut(&list, ','), &days[i]);
    clock->holidays = days;
}

static void read_clock(const struct db_rows *rows, size_t row, struct arena *arena, struct clock_terms *clock)
{
    clock->answer_days = db_get_int(rows, row, 12);
    clock->complement_days = db_get_int(rows, row, 13);
    clock->draft_days = db_get_int(rows, row, 14);
    clock->working = db_get_bool(rows, row, 15);
    clock->weekend = (unsigned)db_get_int(rows, row, 16);
    read_holidays(db_get_str(rows, row, 17), arena, clock);
}

static enum err read_call(const struct db_rows *rows, size_t row, struct arena *arena, struct call *ret_call)
{
    struct call call = {.id = (int32_t)db_get_int(rows, row, 0), .opens_at = db_get_instant(rows, row, 4), .closes_at = db_get_instant(rows, row, 5)};
    call.terms.id = str_copy(arena, db_get_str(rows, row, 1));
    call.terms.region = str_copy(arena, db_get_str(rows, row, 2));
    call.terms.takes_applications = db_get_bool(rows, row, 3);
    call.terms.ice_strict = db_get_bool(rows, row, 6);
    call.terms.kinds[KIND_PERSON] = db_get_bool(rows, row, 7);
    call.terms.kinds[KIND_COOPERATIVE] = db_get_bool(rows, row, 8);
    read_provinces(str_copy(arena, db_get_str(rows, row, 9)), arena, &call.terms);
    read_clock(rows, row, arena, &call.clock);
    call.json = str_copy(arena, db_get_str(rows, row, 11));
    call.terms.members_min = db_get_int(rows, row, 18);
    enum err err = read_consents(db_get_str(rows, row, 10), arena, &call.terms);
    if (err == ERR_OK)
        err = call_fields_read(db_get_str(rows, row, 19), arena, &call.terms);
    if (err == ERR_OK)
        *ret_call = call;
    return err;
}

static struct str raw_of(const struct db_rows *rows, struct arena *arena)
{
    struct buf out;
    struct str raw = {0};
    buf_init(&out, arena, SNAPSHOT_BYTES);
    for (size_t row = 0; row < rows->count; row++) {
        buf_format(&out, "%lld %d ", (long long)db_get_int(rows, row, 0), db_get_bool(rows, row, 6));
        buf_add(&out, db_get_str(rows, row, 11));
        buf_format(&out, " %lld ", (long long)db_get_int(rows, row, 16));
        buf_add(&out, db_get_str(rows, row, 17));
    }
    return buf_done(&out, &raw) == ERR_OK ? raw : (struct str){0};
}

static enum err build(struct held *held, const struct db_rows *rows)
{
    struct arena *arena = held->arena;
    struct calls_snapshot *snapshot = &held->snapshot;
    snapshot->items = arena_take_array(arena, rows->count, sizeof(*snapshot->items));
    held->raw = raw_of(rows, arena);
    if (!snapshot->items && rows->count > 0)
        return ERR_LIMIT;
    struct buf out;
    buf_init(&out, arena, SNAPSHOT_BYTES);
    buf_add(&out, STR("{\"items\":["));
    for (size_t row = 0; row < rows->count; row++) {
        enum err read = read_call(rows, row, arena, &snapshot->items[row]);
        if (read != ERR_OK)
            return read;
        if (row > 0)
            buf_byte(&out, ',');
        buf_add(&out, snapshot->items[row].json);
    }
    buf_add(&out, STR("]}"));
    struct str json;
    enum err err = buf_done(&out, &json);
    snapshot->count = rows->count;
    return err == ERR_OK ? packed_make(arena, json, true, &snapshot->answer) : err;
}

static enum err make_held(const struct db_rows *rows, struct held **ret_held)
{
    struct held *held = calloc(1, sizeof(*held));
    struct arena *arena = arena_new(SNAPSHOT_BYTES);
    if (!held || !arena) {
        free(held);
        arena_free(arena);
        return ERR_MEMORY;
    }
    held->arena = arena;
    atomic_init(&held->holders, 1);
    enum err err = build(held, rows);
    if (err == ERR_OK)
        *ret_held = held;
    else
        release(held);
    return err;
}

static enum err refresh(struct calls *calls, struct db *db, struct arena *arena)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    enum err err = db_run(db, &STORE_LIST_CALLS, &args, arena, &rows);
    if (err != ERR_OK)
        return err;
    if (calls->now && str_equal(calls->now->raw, raw_of(&rows, arena)))
        return ERR_OK;
    struct held *fresh = NULL;
    err = make_held(&rows, &fresh);
    if (err != ERR_OK)
        return err;
    pthread_mutex_lock(&calls->lock);
    struct held *old = calls->now;
    calls->now = fresh;
    pthread_mutex_unlock(&calls->lock);
    if (old)
        release(old);
    return ERR_OK;
}

enum err calls_refresh(struct calls *calls, struct db *db, struct arena *arena)
{
    pthread_mutex_lock(&calls->refreshing);
    enum err err = refresh(calls, db, arena);
    pthread_mutex_unlock(&calls->refreshing);
    return err;
}

const struct call *calls_find(const struct calls_snapshot *snapshot, struct str slug)
{
    for (size_t i = 0; i < snapshot->count; i++)
        if (str_equal(snapshot->items[i].terms.id, slug))
            return &snapshot->items[i];
    return NULL;
}

const struct call *calls_by_id(const struct calls_snapshot *snapshot, int64_t id)
{
    for (size_t i = 0; i < snapshot->count; i++)
        if (snapshot->items[i].id == id)
            return &snapshot->items[i];
    return NULL;
}

const struct call *calls_only_open(const struct calls_snapshot *snapshot)
{
    const struct call *open = NULL;
    for (size_t i = 0; i < snapshot->count; i++) {
        if (!snapshot->items[i].terms.takes_applications)
            continue;
        if (open)
            return NULL;
        open = &snapshot->items[i];
    }
    return open;
}

enum err call_asked_for(struct http_request *request, const struct calls_snapshot *snapshot, const struct call **ret_call)
{
    struct str slug = http_query(request, "call");
    const struct call *call = str_empty(slug) ? calls_only_open(snapshot) : calls_find(snapshot, slug);
    if (call) {
        *ret_call = call;
        return ERR_OK;
    }
    if (!str_empty(slug))
        return ERR_NOT_FOUND;
    violations_add(&request->violations, STR("/call"), VIOLATION_REQUIRED, NULL);
    return ERR_BAD_REQUEST;
}

struct call_terms call_terms_at(const struct call *call, instant_us now)
{
    struct call_terms terms = call->terms;
    terms.takes_applications = terms.takes_applications && now >= call->opens_at && now < call->closes_at;
    return terms;
}

bool call_asks_for_document(const struct call *call, enum kind kind, struct str type, struct arena *arena)
{
    const struct json_value *document = NULL;
    const struct json_value *list = json_parse(call->json, arena, &document) == ERR_OK ? json_member(document, STR("documents")) : NULL;
    for (size_t i = 0; list && i < list->count; i++) {
        const struct json_value *id = json_member(&list->items[i], STR("id")), *kinds = json_member(&list->items[i], STR("kinds"));
        bool asked = !kinds || kinds->kind != JSON_KIND_ARRAY;
        for (size_t k = 0; !asked && k < kinds->count; k++)
            asked = kinds->items[k].kind == JSON_KIND_STRING && str_equal(kinds->items[k].string, str_from(kind_name(kind)));
        if (id && id->kind == JSON_KIND_STRING && str_equal(id->string, type))
            return asked;
    }
    return false;
}
