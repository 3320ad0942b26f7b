#include "db/outbox.h"
#include "referral.h"
#include "routes.h"
#include "store_statements.h"

/* One read of her contact card: what was found, in one transaction with its audit row. */
struct reading {
    struct http_request *request;
    const struct service_worker *worker;
    struct id referral;
    enum err outcome; /* ERR_OK: `card` may be shown. Refusals are committed too: that it was asked for is on record */
    struct str card;
};

static struct str context_for(struct arena *arena, const char *what, struct id application)
{
    char id[ID_TEXT_SIZE + 1];
    id_format(application, id);
    return str_format(arena, "%s:%s", what, id);
}

/* Her key comes wrapped from the vault, and opens what the event brought (proto/README.md, "Sealed values"). */
static enum err open_card(const struct reading *reading, struct id application, struct str wrapped, struct str contact, struct str *ret_card)
{
    struct arena *arena = reading->request->arena;
    struct str key_context = context_for(arena, "contact-key", application), context = context_for(arena, "contact", application), key_bytes, sealed;
    struct seal_key key;
    if (!key_context.at || !context.at)
        return ERR_LIMIT;
    enum err err = seal_open(&notifier_of(reading->worker)->contact, key_context, wrapped, arena, &key_bytes);
    if (err == ERR_OK && key_bytes.size != sizeof(key.bytes))
        err = ERR_INVALID;
    if (err == ERR_OK)
        err = base64_bytes(contact, arena, &sealed);
    if (err == ERR_OK) {
        memcpy(key.bytes, key_bytes.at, sizeof(key.bytes));
        err = seal_open(&key, context, sealed, arena, ret_card);
        secret_wipe(&key, sizeof(key));
    }
    return err == ERR_INVALID ? ERR_INTERNAL : err; /* ours, not the partner's */
}

/* The vault checks her consent as it is now and keeps its own record. */
static enum err ask_vault(struct db *db, struct reading *reading, struct id application, struct str contact)
{
    struct arena *arena = reading->request->arena;
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_id(&args, application);
    db_arg_str(&args, partner_actor(reading->request));
    enum err err = db_run(db, &STORE_TAKE_CONTACT_KEY, &args, arena, &rows);
    if (err != ERR_OK)
        return err;
    if (rows.count == 0)
        reading->outcome = ERR_FORBIDDEN;
    else if (db_is_null(&rows, 0, 0) || str_empty(contact))
        reading->outcome = ERR_ERASED;
    else
        reading->outcome = open_card(reading, application, db_get_str(&rows, 0, 0), contact, &reading->card);
    const struct audit_row audit = {
        .at = reading->request->received_at,
        .subject = application,
        .actor = partner_actor(reading->request),
        .action = STR("read-contact"),
        .detail = reading->outcome == ERR_OK ? STR("{\"given\":true}") : STR("{\"given\":false}"),
    };
    return audit_write(&audit, db, arena);
}

static enum err read_contact(struct db *db, void *context)
{
    struct reading *reading = context;
    struct arena *arena = reading->request->arena;
    enum referral_state state;
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_id(&args, reading->referral);
    db_arg_id(&args, reading->request->who.partner);
    enum err err = db_run(db, &STORE_GET_CONTACT, &args, arena, &rows);
    if (err != ERR_OK || rows.count == 0)
        return err == ERR_OK ? ERR_NOT_FOUND : err;
    if (!referral_state_parse(db_get_str(&rows, 0, 1), &state))
        return ERR_INTERNAL;
    if (state != REFERRAL_ACCEPTED) {
        reading->outcome = state == REFERRAL_OFFERED ? ERR_CONFLICT : ERR_FORBIDDEN; /* accept first; or it is over */
        return ERR_OK;
    }
    return ask_vault(db, reading, db_get_id(&rows, 0, 0), db_get_str(&rows, 0, 2));
}

enum err contact_get(struct http_request *request, void *context)
{
    const struct service_worker *worker = context;
    struct reading reading = {.request = request, .worker = worker};
    enum err err = path_id(request, &reading.referral);
    if (err == ERR_OK)
        err = db_transaction(worker->db, read_contact, &reading);
    if (err != ERR_OK || reading.outcome != ERR_OK)
        return err != ERR_OK ? err : reading.outcome;
    http_answer(request, 200, reading.card);
    return ERR_OK;
}
