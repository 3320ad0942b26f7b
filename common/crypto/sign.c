#include "crypto/sign.h"

#include <inttypes.h>
#include <sodium.h>

#include "crypto/seal.h"

enum { SECRET_SIZE_MIN = 24, SECRET_SIZE_MAX = 64 }; /* Standard Webhooks 1.0.0, "Signature scheme" */
#define HEADER_SIZE_MAX ((size_t)4096)
_Static_assert(sizeof(((struct webhook_key *)0)->secret) == crypto_sign_SECRETKEYBYTES, "sodium's secret key: seed, then public key");

#define SECRET_PREFIX STR("whsec_")

static struct str prefixed(struct arena *arena, const char *prefix, const void *bytes, size_t size)
{
    struct str text = base64_text(arena, (struct str){bytes, size});
    return text.at ? str_format(arena, "%s%.*s", prefix, (int)text.size, text.at) : (struct str){0};
}

struct str webhook_secret_text(struct arena *arena, struct str secret)
{
    return prefixed(arena, "whsec_", secret.at, secret.size);
}

enum err webhook_secret_parse(struct str text, struct arena *arena, struct str *ret_secret)
{
    if (!str_starts(text, SECRET_PREFIX))
        return ERR_INVALID;
    struct str encoded = {text.at + SECRET_PREFIX.size, text.size - SECRET_PREFIX.size}, secret;
    enum err err = base64_bytes(encoded, arena, &secret);
    if (err)
        return err;
    if (secret.size < SECRET_SIZE_MIN || secret.size > SECRET_SIZE_MAX)
        return ERR_INVALID;
    *ret_secret = secret;
    return ERR_OK;
}

enum err webhook_key_parse(struct str hex_seed, struct webhook_key *ret_key)
{
    struct seal_key seed;
    enum err err = seal_key_parse(hex_seed, &seed);
    if (err)
        return err;
    crypto_sign_seed_keypair(ret_key->public_key, ret_key->secret, seed.bytes);
    secret_wipe(&seed, sizeof(seed));
    return ERR_OK;
}

struct str webhook_public_text(struct arena *arena, const struct webhook_key *key)
{
    return prefixed(arena, "whpk_", key->public_key, sizeof(key->public_key));
}

static void add_signature(struct buf *header, const char *version, const unsigned char *signature, size_t size)
{
    struct str text = base64_text(header->arena, (struct str){(const char *)signature, size});
    buf_format(header, "%s%s,", header->size ? " " : "", version);
    buf_add(header, text);
    header->failed |= !text.at;
}

/* The body is hashed where it lies: nothing is copied. */
static void add_v1(struct buf *header, struct str start, struct str body, struct str secret)
{
    crypto_auth_hmacsha256_state state;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret.at, secret.size);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)start.at, start.size);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body.at, body.size);
    crypto_auth_hmacsha256_final(&state, mac);
    secret_wipe(&state, sizeof(state));
    add_signature(header, "v1", mac, sizeof(mac));
}

/* Ed25519 reads its message twice, so it needs the whole in one piece. */
static void add_v1a(struct buf *header, struct str start, struct str body, const struct webhook_key *key)
{
    struct buf content;
    unsigned char signature[crypto_sign_BYTES];
    buf_init(&content, header->arena, start.size + body.size);
    buf_add(&content, start);
    buf_add(&content, body);
    header->failed |= content.failed;
    if (header->failed)
        return;
    crypto_sign_detached(signature, NULL, (const unsigned char *)content.at, content.size, key->secret);
    add_signature(header, "v1a", signature, sizeof(signature));
}

struct str webhook_signature(struct arena *arena, const struct webhook_content *content, const struct str *secrets, size_t secret_count,
                             const struct webhook_key *key)
{
    struct str start = str_format(arena, "%.*s.%" PRId64 ".", (int)content->id.size, content->id.at, content->timestamp_s), text;
    struct buf header;
    buf_init(&header, arena, HEADER_SIZE_MAX);
    header.failed |= !start.at;
    for (size_t i = 0; i < secret_count && !header.failed; i++)
        add_v1(&header, start, content->body, secrets[i]);
    if (key && !header.failed)
        add_v1a(&header, start, content->body, key);
    return buf_done(&header, &text) == ERR_OK ? text : (struct str){0};
}
