#include "creation.h"

#include "db/outbox.h"
#include "store_statements.h"

/* Across one run of creation_run: what the transaction found. */
struct attempt {
    struct creation *creation;
    bool has_key;
    uint8_t key_hash[KEYED_HASH_SIZE], body_hash[KEYED_HASH_SIZE];
    struct str sealed;
    struct str location, body; /* of the answer that is given */
};

static struct str bytes(const uint8_t hash[KEYED_HASH_SIZE])
{
    return (struct str){(const char *)hash, KEYED_HASH_SIZE};
}

/* The key is worth something only for the same route and the same caller. */
static enum err fingerprint(struct attempt *attempt)
{
    const struct creation *creation = attempt->creation;
    const struct http_request *request = creation->request;
    const struct notifier *notifier = notifier_of(creation->worker);
    struct str key;
    enum err err = http_idempotency_key(request, &key);
    if (err == ERR_KEY_MISSING)
        return ERR_OK;
    if (err != ERR_OK)
        return err;
    const struct str parts[] = {request->path, str_from(who_name(request->who.role)), request->who.subject, key};
    attempt->has_key = true;
    keyed_hash_parts(&notifier->replay, parts, sizeof(parts) / sizeof(parts[0]), attempt->key_hash);
    keyed_hash(&notifier->replay, request->body, attempt->body_hash);
    return seal(&notifier->replay, bytes(attempt->key_hash), creation->body, request->arena, &attempt->sealed);
}

static enum err keep_answer(struct db *db, struct attempt *attempt, bool *ret_is_first)
{
    const struct creation *creation = attempt->creation;
    struct arena *arena = creation->request->arena;
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_str(&args, bytes(attempt->key_hash));
    db_arg_str(&args, bytes(attempt->body_hash));
    db_arg_str(&args, creation->location);
    db_arg_str(&args, attempt->sealed);
    db_arg_instant(&args, creation->request->received_at);
    enum err err = db_run(db, &STORE_KEEP_ANSWER, &args, arena, &rows);
    if (err == ERR_OK)
        *ret_is_first = rows.affected == 1;
    return err;
}

static enum err repeat_answer(struct db *db, struct attempt *attempt)
{
    const struct creation *creation = attempt->creation;
    struct arena *arena = creation->request->arena;
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    db_arg_str(&args, bytes(attempt->key_hash));
    enum err err = db_run(db, &STORE_FIND_ANSWER, &args, arena, &rows);
    if (err == ERR_OK && rows.count == 0)
        err = ERR_SERIALIZATION; /* its owner rolled back between the two statements */
    if (err != ERR_OK)
        return err;
    if (!secret_equal(db_get_str(&rows, 0, 0), bytes(attempt->body_hash)))
        return ERR_KEY_REUSED;
    attempt->location = db_get_str(&rows, 0, 1);
    return seal_open(&notifier_of(creation->worker)->replay, bytes(attempt->key_hash), db_get_str(&rows, 0, 2), arena, &attempt->body);
}

static enum err create(struct db *db, void *context)
{
    struct attempt *attempt = context;
    struct creation *creation = attempt->creation;
    struct http_request *request = creation->request;
    bool is_first = true;
    attempt->location = creation->location;
    attempt->body = creation->body;
    enum err err = attempt->has_key ? keep_answer(db, attempt, &is_first) : ERR_OK;
    if (err != ERR_OK)
        return err;
    if (!is_first)
        return repeat_answer(db, attempt);
    err = creation->insert(db, creation);
    if (err != ERR_OK)
        return err;
    const struct audit_row audit = {.at = request->received_at,
                                    .subject = creation->id,
                                    .actor = principal_actor(&request->who, request->arena),
                                    .action = str_from(creation->action)};
    return audit_write(&audit, db, request->arena);
}

enum err creation_run(struct creation *creation)
{
    struct attempt attempt = {.creation = creation};
    enum err err = fingerprint(&attempt);
    if (err == ERR_OK)
        err = db_transaction(creation->worker->db, create, &attempt);
    if (err != ERR_OK)
        return err;
    if (creation->status == 201)
        http_set_header(creation->request, "Location", attempt.location);
    http_answer(creation->request, creation->status, attempt.body);
    return ERR_OK;
}
