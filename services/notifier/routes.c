#include "routes.h"

#include "messages.h"
#include "service/service_read.h"
#include "store_statements.h"

static enum err webhook_key_get(struct http_request *request, void *context);

const struct http_route NOTIFIER_ROUTES[] = {
    {HTTP_GET, "/notifier/v1/webhook-key", WHO_ANYONE, webhook_key_get, NULL, 0, 0, "the public key of v1a signatures"},
    {HTTP_POST, "/notifier/v1/partners", WHO_ADMIN, NULL, partner_post, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE, "register a partner; its API key, once"},
    {HTTP_GET, "/notifier/v1/partners", WHO_ADMIN, NULL, partner_list, 0, 0, "the partners"},
    {HTTP_GET, "/notifier/v1/partners/{id}", WHO_ADMIN, NULL, partner_get, 0, 0, "one partner"},
    {HTTP_POST, "/notifier/v1/partners/{id}/closure", WHO_ADMIN, NULL, closure_post, HTTP_JSON_BYTES_MAX, HTTP_ANY_MEDIA,
     "its key works no more, its webhooks end, and what it holds of women is revoked"},
    {HTTP_POST, "/notifier/v1/endpoints", WHO_PARTNER, NULL, endpoint_post, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE,
     "register a webhook; its secret, once"},
    {HTTP_GET, "/notifier/v1/endpoints", WHO_PARTNER, NULL, endpoint_list, 0, HTTP_NO_STORE, "one's own webhooks"},
    {HTTP_GET, "/notifier/v1/endpoints/{id}", WHO_PARTNER, NULL, endpoint_get, 0, HTTP_NO_STORE, "one webhook"},
    {HTTP_POST, "/notifier/v1/endpoints/{id}/secret-rotation", WHO_PARTNER, NULL, secret_rotation_post, HTTP_JSON_BYTES_MAX,
     HTTP_NO_STORE | HTTP_ANY_MEDIA, "a new secret; the old one signs for a day as well"},
    {HTTP_POST, "/notifier/v1/endpoints/{id}/enablement", WHO_PARTNER, NULL, enablement_post, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE | HTTP_ANY_MEDIA,
     "a webhook that was gone is back: what waited for it is sent"},
    {HTTP_GET, "/notifier/v1/referrals", WHO_PARTNER, NULL, referral_list, 0, HTTP_NO_STORE, "one's own referrals, oldest first"},
    {HTTP_GET, "/notifier/v1/referrals/{id}", WHO_PARTNER, NULL, referral_get, 0, HTTP_NO_STORE, "one referral"},
    {HTTP_GET, "/notifier/v1/referrals/{id}/contact", WHO_PARTNER, NULL, contact_get, 0, HTTP_NO_STORE,
     "her contact card, once the referral is accepted; consent is checked now, the read is audited"},
    {HTTP_POST, "/notifier/v1/referrals/{id}/acceptance", WHO_PARTNER, NULL, acceptance_post, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE | HTTP_ANY_MEDIA,
     "take her"},
    {HTTP_POST, "/notifier/v1/referrals/{id}/rejection", WHO_PARTNER, NULL, rejection_post, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE, "say why not"},
    {HTTP_POST, "/notifier/v1/referrals/{id}/outcome", WHO_PARTNER, NULL, outcome_post, HTTP_JSON_BYTES_MAX, HTTP_NO_STORE, "report what came of it"},
};
const size_t NOTIFIER_ROUTE_COUNT = sizeof(NOTIFIER_ROUTES) / sizeof(NOTIFIER_ROUTES[0]);

static enum err webhook_key_get(struct http_request *request, void *context)
{
    const struct service *service = context;
    const struct notifier *notifier = service->own;
    struct key_message answer = {webhook_public_text(request->arena, &notifier->webhook)};
    return answer_text(request, &KEY_MESSAGE, &answer);
}

/* ── What handlers share ── */

struct notifier *notifier_of(const struct service_worker *worker)
{
    return worker->service->own;
}

enum err path_id(const struct http_request *request, struct id *ret_id)
{
    return id_parse(request->params[0], ret_id) ? ERR_OK : ERR_NOT_FOUND;
}

struct str partner_actor(const struct http_request *request)
{
    char id[ID_TEXT_SIZE + 1];
    id_format(request->who.partner, id);
    return str_format(request->arena, "partner:%s", id);
}

enum err answer_text(struct http_request *request, const struct wire_table *table, const void *from)
{
    struct str body;
    enum err err = wire_text(table, from, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}

struct plain_read {
    struct http_request *request;
    const struct db_statement *statement;
    const struct db_args *args;
    struct db_rows rows;
};

static enum err read_rows(struct db *db, void *context)
{
    struct plain_read *read = context;
    return db_run(db, read->statement, read->args, read->request->arena, &read->rows);
}

enum err read_for(struct http_request *request, const struct service_worker *worker, const struct db_statement *statement, const struct db_args *args,
                  struct db_rows *ret_rows)
{
    struct plain_read read = {request, statement, args, {0}};
    enum err err = service_read(worker->db, request, &STORE_READ_AS_STAFF, read_rows, &read);
    if (err == ERR_OK)
        *ret_rows = read.rows;
    return err;
}

enum err listing_answer(struct http_request *request, const struct service_worker *worker, const struct listing *listing, struct db_args *args)
{
    struct http_page page;
    struct db_rows rows;
    enum err err = http_page_read(request, &listing->terms, &page);
    if (err == ERR_OK && request->violations.count > 0)
        err = ERR_BAD_REQUEST;
    if (err != ERR_OK)
        return err;
    db_arg_id(args, http_page_after_id(&page));
    db_arg_int4(args, (int32_t)page.limit + 1);
    err = read_for(request, worker, listing->statement, args, &rows);
    char *items = err == ERR_OK ? arena_take(request->arena, (rows.count + 1) * listing->item_bytes) : NULL;
    if (!items)
        return err == ERR_OK ? ERR_LIMIT : err;
    size_t shown = rows.count > (size_t)page.limit ? (size_t)page.limit : rows.count;
    for (size_t i = 0; i < shown; i++)
        listing->read_item(&rows, i, request->arena, items + i * listing->item_bytes);
    if (shown < rows.count)
        err = http_page_next_id(request, &listing->terms, db_get_id(&rows, shown - 1, 0));
    return err == ERR_OK ? answer_text(request, listing->page, &(struct page){{items, shown}}) : err;
}

enum err notifier_verify_partner(void *context, struct str api_key, struct arena *arena, struct principal *ret_who)
{
    const struct service_worker *worker = context;
    uint8_t hash[KEYED_HASH_SIZE];
    struct db_args args;
    struct db_rows rows;
    keyed_hash(&notifier_of(worker)->api_key_hash, api_key, hash);
    db_args_init(&args, arena);
    db_arg_str(&args, (struct str){(const char *)hash, sizeof(hash)});
    enum err err = db_run(worker->db, &STORE_FIND_PARTNER_BY_KEY, &args, arena, &rows);
    if (err == ERR_OK && rows.count == 0)
        err = ERR_UNAUTHENTICATED;
    if (err != ERR_OK)
        return err;
    struct id partner = db_get_id(&rows, 0, 0);
    *ret_who = (struct principal){.role = WHO_PARTNER, .partner = partner, .subject = id_text(arena, partner)};
    return ERR_OK;
}
