#include "arrears.h"
#include "changes.h"
#include "creation.h"
#include "net/ssrf.h"
#include "store_statements.h"
#include "target.h"

#define API_KEY_BYTES 32
#define ENDPOINTS_MAX 20 /* enabled at once, a partner */
#define ROTATION_TIME INSTANT_DAY

static struct str location_of(struct http_request *request, const char *folder, struct id id)
{
    char text[ID_TEXT_SIZE + 1];
    id_format(id, text);
    return str_format(request->arena, "/notifier/v1/%s/%s", folder, text);
}

/* ── Partners ── */

struct new_partner {
    struct str name;
    uint8_t key_hash[KEYED_HASH_SIZE];
};

static enum err insert_partner(struct db *db, struct creation *creation)
{
    const struct new_partner *partner = creation->what;
    struct db_args args;
    db_args_init(&args, creation->request->arena);
    db_arg_id(&args, creation->id);
    db_arg_str(&args, partner->name);
    db_arg_str(&args, (struct str){(const char *)partner->key_hash, KEYED_HASH_SIZE});
    db_arg_instant(&args, creation->request->received_at);
    return db_queue(db, &STORE_ADD_PARTNER, &args);
}

enum err partner_post(struct http_request *request, void *context)
{
    const struct service_worker *worker = context;
    struct partner_request form = {0};
    struct new_partner partner;
    uint8_t key[API_KEY_BYTES];
    if (request->who.territory_count > 0) /* a partner may subscribe everywhere: who registers it must answer for all of it */
        return ERR_FORBIDDEN;
    enum err err = wire_decode(&PARTNER_REQUEST, request->body, WIRE_REFUSE_UNKNOWN, request->arena, &form, &request->violations);
    if (err == ERR_OK)
        err = wire_text(&NAME_MESSAGE, &form.name, request->arena, &partner.name);
    if (err != ERR_OK)
        return err;
    random_bytes(key, sizeof(key));
    struct str hex = hex_text(request->arena, (struct str){(const char *)key, sizeof(key)});
    secret_wipe(key, sizeof(key));
    struct partner_created created = {fresh_id(request->received_at), hex.at ? str_format(request->arena, "jisr_pk_%s", hex.at) : hex};
    keyed_hash(&notifier_of(worker)->api_key_hash, created.api_key, partner.key_hash);
    struct creation creation = {.request = request,
                                .worker = worker,
                                .id = created.id,
                                .status = 201,
                                .action = "register-partner",
                                .location = location_of(request, "partners", created.id),
                                .insert = insert_partner,
                                .what = &partner};
    err = wire_text(&PARTNER_CREATED, &created, request->arena, &creation.body);
    return err == ERR_OK ? creation_run(&creation) : err;
}

static void read_partner(const struct db_rows *rows, size_t row, struct arena *arena, void *ret_item)
{
    (void)arena;
    *(struct partner_item *)ret_item =
        (struct partner_item){db_get_id(rows, row, 0), db_get_str(rows, row, 1), db_get_bool(rows, row, 2), db_get_instant(rows, row, 3),
                              db_is_null(rows, row, 4) ? INSTANT_NEVER : db_get_instant(rows, row, 4)};
}

static const struct listing PARTNERS = {{"partners", 1, 50, 200}, &STORE_LIST_PARTNERS, &PARTNER_PAGE, sizeof(struct partner_item), read_partner};

enum err partner_list(struct http_request *request, void *context)
{
    struct db_args args;
    db_args_init(&args, request->arena);
    return listing_answer(request, context, &PARTNERS, &args);
}

enum err partner_get(struct http_request *request, void *context)
{
    const struct service_worker *worker = context;
    struct db_args args;
    struct db_rows rows;
    struct id id;
    enum err err = path_id(request, &id);
    if (err != ERR_OK)
        return err;
    db_args_init(&args, request->arena);
    db_arg_id(&args, id);
    err = read_for(request, worker, &STORE_GET_PARTNER, &args, &rows);
    if (err != ERR_OK || rows.count == 0)
        return err == ERR_OK ? ERR_NOT_FOUND : err;
    struct partner_item item;
    read_partner(&rows, 0, request->arena, &item);
    return answer_text(request, &PARTNER_ITEM, &item);
}

/* ── Endpoints ── */

struct new_endpoint {
    struct endpoint_request form;
    struct str sealed_secret;
};

static void check_texts(struct http_request *request, const char *member, const struct wire_list *list, bool (*valid)(struct str text),
                        const char *expected)
{
    const struct str *texts = list->items;
    for (size_t i = 0; i < list->count; i++)
        if (!valid(texts[i])) {
            struct str pointer = str_format(request->arena, "/%s/%zu", member, i);
            violations_add(&request->violations, pointer, VIOLATION_CHOICE, expected);
        }
}

static enum err read_endpoint(struct http_request *request, bool allow_local, struct endpoint_request *ret_form)
{
    const char *why = NULL;
    enum err err = wire_decode(&ENDPOINT_REQUEST, request->body, WIRE_REFUSE_UNKNOWN, request->arena, ret_form, &request->violations);
    if (err != ERR_OK && err != ERR_INVALID)
        return err;
    if (ret_form->url.size > 0 && !ssrf_url_allowed(ret_form->url, allow_local, &why))
        violations_add(&request->violations, STR("/url"), VIOLATION_NOT_ALLOWED, why);
    check_texts(request, "event_types", &ret_form->event_types, subscription_type_valid, subscription_types());
    check_texts(request, "territories", &ret_form->territories, territory_valid, "MA-01 … MA-12, MA-TAO …, XA-01 …");
    return request->violations.count > 0 ? ERR_INVALID : ERR_OK;
}

static void add_texts(struct db_args *args, struct db_column *column, struct arena *arena, const struct wire_list *list)
{
    const struct str *texts = list->items;
    db_column_init(column, arena, DB_TEXT);
    for (size_t i = 0; i < list->count; i++)
        db_column_str(column, texts[i]);
    db_arg_column(args, column);
}

/* Before a change of its endpoints: nobody else changes them until the transaction's end. ERR_UNAUTHENTICATED: it was closed meanwhile. */
static enum err lock_partner(struct db *db, const struct http_request *request)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, request->arena);
    db_arg_id(&args, request->who.partner);
    enum err err = db_run(db, &STORE_LOCK_PARTNER, &args, request->arena, &rows);
    return err == ERR_OK && rows.count == 0 ? ERR_UNAUTHENTICATED : err;
}

/* After a change: ERR_CONFLICT where it has left the partner more than it may have. */
static enum err check_endpoints(struct db *db, const struct http_request *request)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, request->arena);
    db_arg_id(&args, request->who.partner);
    enum err err = db_run(db, &STORE_COUNT_ENDPOINTS, &args, request->arena, &rows);
    return err == ERR_OK && db_get_int(&rows, 0, 0) > ENDPOINTS_MAX ? ERR_CONFLICT : err;
}

static enum err insert_endpoint(struct db *db, struct creation *creation)
{
    const struct new_endpoint *endpoint = creation->what;
    struct arena *arena = creation->request->arena;
    struct db_column types, territories;
    struct db_args args;
    db_args_init(&args, arena);
    db_arg_id(&args, creation->id);
    db_arg_id(&args, creation->request->who.partner);
    db_arg_str(&args, endpoint->form.url);
    add_texts(&args, &types, arena, &endpoint->form.event_types);
    add_texts(&args, &territories, arena, &endpoint->form.territories);
    db_arg_str(&args, endpoint->sealed_secret);
    db_arg_instant(&args, creation->request->received_at);
    enum err err = lock_partner(db, creation->request);
    if (err == ERR_OK)
        err = db_queue(db, &STORE_LOCK_ENDPOINTS, NULL);
    if (err == ERR_OK)
        err = db_queue(db, &STORE_ADD_ENDPOINT, &args);
    if (err == ERR_OK)
        err = arrears_of_new(db, arena, creation->id);
    return err == ERR_OK ? check_endpoints(db, creation->request) : err;
}

/* A new secret: what is shown, and what is stored. */
static enum err make_secret(struct http_request *request, const struct notifier *notifier, struct id endpoint, struct str *ret_text,
                            struct str *ret_sealed)
{
    uint8_t secret[WEBHOOK_SECRET_SIZE];
    struct str plain = {(const char *)secret, sizeof(secret)};
    random_bytes(secret, sizeof(secret));
    struct str context = target_secret_context(request->arena, endpoint), text = webhook_secret_text(request->arena, plain);
    enum err err = context.at && text.at ? seal(&notifier->secret, context, plain, request->arena, ret_sealed) : ERR_LIMIT;
    secret_wipe(secret, sizeof(secret));
    if (err == ERR_OK)
        *ret_text = text;
    return err;
}

/* The only answer that has the secret in it; the sender learns of the change at once. */
static enum err run_with_secret(struct creation *creation, const struct endpoint_created *shown)
{
    enum err err = wire_text(&ENDPOINT_CREATED, shown, creation->request->arena, &creation->body);
    if (err == ERR_OK)
        err = creation_run(creation);
    if (err == ERR_OK)
        deliverer_reload(notifier_of(creation->worker)->deliverer);
    return err;
}

enum err endpoint_post(struct http_request *request, void *context)
{
    const struct service_worker *worker = context;
    const struct notifier *notifier = notifier_of(worker);
    struct new_endpoint endpoint = {0};
    enum err err = read_endpoint(request, service_is_one_machine(worker->service), &endpoint.form);
    if (err != ERR_OK)
        return err;
    struct endpoint_created created = {.id = fresh_id(request->received_at)};
    err = make_secret(request, notifier, created.id, &created.secret, &endpoint.sealed_secret);
    if (err != ERR_OK)
        return err;
    struct creation creation = {.request = request,
                                .worker = worker,
                                .id = created.id,
                                .status = 201,
                                .action = "register-endpoint",
                                .location = location_of(request, "endpoints", created.id),
                                .insert = insert_endpoint,
                                .what = &endpoint};
    return run_with_secret(&creation, &created);
}

static enum err insert_rotation(struct db *db, struct creation *creation)
{
    const struct str *sealed = creation->what;
    struct arena *arena = creation->request->arena;
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_id(&args, creation->id);
    db_arg_id(&args, creation->request->who.partner);
    db_arg_str(&args, *sealed);
    db_arg_instant(&args, creation->request->received_at + ROTATION_TIME);
    enum err err = db_run(db, &STORE_ROTATE_SECRET, &args, arena, &rows);
    return err == ERR_OK && rows.count == 0 ? ERR_NOT_FOUND : err;
}

enum err secret_rotation_post(struct http_request *request, void *context)
{
    const struct service_worker *worker = context;
    const struct notifier *notifier = notifier_of(worker);
    struct endpoint_created rotated;
    struct str sealed;
    enum err err = path_id(request, &rotated.id);
    if (err == ERR_OK)
        err = make_secret(request, notifier, rotated.id, &rotated.secret, &sealed);
    if (err != ERR_OK)
        return err;
    struct creation creation = {.request = request,
                                .worker = worker,
                                .id = rotated.id,
                                .status = 200,
                                .action = "rotate-secret",
                                .location = location_of(request, "endpoints", rotated.id),
                                .insert = insert_rotation,
                                .what = &sealed};
    return run_with_secret(&creation, &rotated);
}

/* "a,b" as the list of its parts. */
static struct wire_list split(struct arena *arena, struct str joined)
{
    struct wire_list list = {0};
    size_t most = 1;
    for (size_t i = 0; i < joined.size; i++)
        most += joined.at[i] == ',';
    struct str *texts = arena_take_array(arena, most, sizeof *texts);
    while (texts && !str_empty(joined))
        texts[list.count++] = str_cut(&joined, ',');
    list.items = texts;
    return list;
}

static void read_endpoint_item(const struct db_rows *rows, size_t row, struct arena *arena, void *ret_item)
{
    *(struct endpoint_item *)ret_item = (struct endpoint_item){.id = db_get_id(rows, row, 0),
                                                               .url = db_get_str(rows, row, 1),
                                                               .event_types = split(arena, db_get_str(rows, row, 2)),
                                                               .territories = split(arena, db_get_str(rows, row, 3)),
                                                               .state = db_get_str(rows, row, 4),
                                                               .disabled_reason = db_get_str(rows, row, 5),
                                                               .created_at = db_get_instant(rows, row, 6)};
}

static const struct listing ENDPOINTS = {
    {"endpoints", 1, 50, 200}, &STORE_LIST_ENDPOINTS, &ENDPOINT_PAGE, sizeof(struct endpoint_item), read_endpoint_item};

enum err endpoint_list(struct http_request *request, void *context)
{
    struct db_args args;
    db_args_init(&args, request->arena);
    db_arg_id(&args, request->who.partner);
    return listing_answer(request, context, &ENDPOINTS, &args);
}

enum err endpoint_get(struct http_request *request, void *context)
{
    const struct service_worker *worker = context;
    struct db_args args;
    struct db_rows rows;
    struct id id;
    enum err err = path_id(request, &id);
    if (err != ERR_OK)
        return err;
    db_args_init(&args, request->arena);
    db_arg_id(&args, id);
    db_arg_id(&args, request->who.partner);
    err = db_run(worker->db, &STORE_GET_ENDPOINT, &args, request->arena, &rows);
    if (err != ERR_OK || rows.count == 0)
        return err == ERR_OK ? ERR_NOT_FOUND : err;
    struct endpoint_item item;
    read_endpoint_item(&rows, 0, request->arena, &item);
    return answer_text(request, &ENDPOINT_ITEM, &item);
}

/* ── An endpoint that was gone ── */

static enum err welcome_back(struct db *db, struct http_request *request, struct id endpoint, struct str reason)
{
    enum err err = check_endpoints(db, request);
    if (err == ERR_OK)
        err = arrears_of_enabled(db, request->arena, endpoint, reason);
    if (err != ERR_OK)
        return err;
    const struct audit_row audit = {
        .at = request->received_at, .subject = endpoint, .actor = principal_actor(&request->who, request->arena), .action = STR("enable-endpoint")};
    return audit_write(&audit, db, request->arena);
}

static enum err enable(struct db *db, void *context)
{
    struct http_request *request = context;
    struct db_args args;
    struct db_rows rows;
    struct id endpoint;
    enum err err = path_id(request, &endpoint);
    if (err == ERR_OK)
        err = lock_partner(db, request);
    if (err != ERR_OK)
        return err;
    db_args_init(&args, request->arena);
    db_arg_id(&args, endpoint);
    db_arg_id(&args, request->who.partner);
    err = db_run(db, &STORE_ENABLE_ENDPOINT, &args, request->arena, &rows);
    if (err != ERR_OK || rows.count == 0)
        return err == ERR_OK ? ERR_NOT_FOUND : err;
    return db_is_null(&rows, 0, 0) ? ERR_OK : welcome_back(db, request, endpoint, db_get_str(&rows, 0, 0));
}

enum err enablement_post(struct http_request *request, void *context)
{
    const struct service_worker *worker = context;
    enum err err = db_transaction(worker->db, enable, request);
    if (err != ERR_OK)
        return err;
    deliverer_reload(notifier_of(worker)->deliverer);
    return endpoint_get(request, context);
}
