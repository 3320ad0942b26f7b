#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

#include "crypto/jwk.h"
#include "crypto/jwt.h"
#include "crypto/seal.h"

enum { TEXT_BYTES_MAX = 8192 };

struct jwt_signer {
    unsigned char secret[crypto_sign_SECRETKEYBYTES];
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
    char key_id[JWK_ID_SIZE_MAX + 1];
};

static struct str key_id_of(const struct jwt_signer *signer)
{
    return (struct str){signer->key_id, strlen(signer->key_id)};
}

enum err jwt_signer_load(struct str hex_seed, struct str key_id, struct jwt_signer **ret_signer)
{
    struct seal_key seed;
    enum err err = seal_key_parse(hex_seed, &seed);
    if (err)
        return err;
    if (str_empty(key_id) || key_id.size > JWK_ID_SIZE_MAX)
        return ERR_INVALID;
    struct jwt_signer *signer = calloc(1, sizeof(*signer));
    if (!signer)
        return ERR_MEMORY;
    crypto_sign_seed_keypair(signer->public_key, signer->secret, seed.bytes);
    memcpy(signer->key_id, key_id.at, key_id.size);
    secret_wipe(&seed, sizeof(seed));
    *ret_signer = signer;
    return ERR_OK;
}

void jwt_signer_free(struct jwt_signer *signer)
{
    if (signer)
        secret_wipe(signer, sizeof(*signer));
    free(signer);
}

struct str jwt_signer_jwks(const struct jwt_signer *signer, struct arena *arena)
{
    struct buf json;
    struct str text, x = base64url_text(arena, (struct str){(const char *)signer->public_key, sizeof(signer->public_key)});
    buf_init(&json, arena, TEXT_BYTES_MAX);
    buf_add(&json, STR("{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"alg\":\"EdDSA\",\"use\":\"sig\",\"kid\":"));
    json_add_string(&json, key_id_of(signer));
    buf_add(&json, STR(",\"x\":"));
    json_add_string(&json, x);
    buf_add(&json, STR("}]}"));
    return x.at && buf_done(&json, &text) == ERR_OK ? text : (struct str){0};
}

static void add_text(struct buf *json, const char *name, struct str value)
{
    if (str_empty(value))
        return;
    buf_format(json, "%s\"%s\":", json->size > 1 ? "," : "", name);
    json_add_string(json, value);
}

static void add_time(struct buf *json, const char *name, instant_us at)
{
    if (at != INSTANT_NEVER)
        buf_format(json, "%s\"%s\":%" PRId64, json->size > 1 ? "," : "", name, at / INSTANT_SECOND);
}

static enum err header_text(const struct jwt_signer *signer, struct arena *arena, struct str *ret_text)
{
    struct buf json;
    buf_init(&json, arena, TEXT_BYTES_MAX);
    buf_add(&json, STR("{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":"));
    json_add_string(&json, key_id_of(signer));
    buf_byte(&json, '}');
    return buf_done(&json, ret_text);
}

static enum err claims_text(const struct jwt_claims *claims, struct arena *arena, struct str *ret_text)
{
    struct buf json;
    buf_init(&json, arena, TEXT_BYTES_MAX);
    buf_byte(&json, '{');
    add_text(&json, "iss", claims->issuer);
    add_text(&json, "sub", claims->subject);
    add_text(&json, "role", claims->role);
    add_text(&json, "application", claims->application);
    for (size_t i = 0; i < claims->territory_count; i++) {
        buf_add(&json, i ? STR(",") : STR(",\"territories\":["));
        json_add_string(&json, claims->territories[i]);
    }
    if (claims->territory_count)
        buf_byte(&json, ']');
    add_time(&json, "iat", claims->issued_at);
    add_time(&json, "exp", claims->expires_at);
    add_time(&json, "nbf", claims->not_before);
    buf_byte(&json, '}');
    return buf_done(&json, ret_text);
}

enum err jwt_sign(const struct jwt_signer *signer, const struct jwt_claims *claims, struct arena *arena, struct str *ret_token)
{
    struct str header, payload, content;
    if (str_empty(claims->issuer) || claims->expires_at == INSTANT_NEVER || claims->territory_count > JWT_TERRITORIES_MAX)
        return ERR_INVALID; /* nobody would take it */
    if (header_text(signer, arena, &header) || claims_text(claims, arena, &payload))
        return ERR_LIMIT;
    struct buf token;
    struct str encoded_header = base64url_text(arena, header), encoded_payload = base64url_text(arena, payload);
    buf_init(&token, arena, TEXT_BYTES_MAX);
    buf_add(&token, encoded_header);
    buf_byte(&token, '.');
    buf_add(&token, encoded_payload);
    if (!encoded_header.at || !encoded_payload.at || buf_done(&token, &content) != ERR_OK || !content.at)
        return ERR_LIMIT;
    unsigned char signature[crypto_sign_BYTES];
    crypto_sign_detached(signature, NULL, (const unsigned char *)content.at, content.size, signer->secret);
    buf_byte(&token, '.');
    buf_add(&token, base64url_text(arena, (struct str){(const char *)signature, sizeof(signature)}));
    return buf_done(&token, ret_token);
}
