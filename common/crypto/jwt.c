#include "crypto/jwt.h"

#include <math.h>
#include <stdlib.h>

#include "crypto/jwk.h"
#include "crypto/seal.h"

enum {
    KEYS_MAX = 32,
    JWKS_ARENA_BYTES = 512 * 1024,
    TOKEN_SIZE_MAX = 4096,
    LEEWAY_S = 60, /* clocks of issuer and verifier may differ by so much at the beginning; the end is the end */
};
#define NUMERIC_DATE_MAX 253402300799.0 /* 9999-12-31: past it instants have no text */

struct jwt_keys {
    size_t count;
    struct jwk items[KEYS_MAX];
};

static const struct jwk *find_key(const struct jwt_keys *keys, struct str id)
{
    for (size_t i = 0; i < keys->count; i++)
        if (str_equal(id, str_from(keys->items[i].id)))
            return &keys->items[i];
    return NULL;
}

static bool load(struct jwt_keys *keys, struct str jwks_json, struct arena *arena, const char **ret_why)
{
    const struct json_value *document, *list;
    if (json_parse(jwks_json, arena, &document) != ERR_OK || !(list = json_member(document, STR("keys"))) || list->kind != JSON_KIND_ARRAY) {
        *ret_why = "not a JWKS: {\"keys\": [...]}";
        return false;
    }
    if (list->count == 0 || list->count > KEYS_MAX) {
        *ret_why = "1 to 32 keys are taken";
        return false;
    }
    for (size_t i = 0; i < list->count; i++) {
        struct jwk key;
        if (!jwk_make(&list->items[i], arena, &key, ret_why))
            return false;
        bool twice = find_key(keys, str_from(key.id)) != NULL;
        keys->items[keys->count++] = key; /* even then: it is freed with the others */
        if (twice) {
            *ret_why = "two keys have the same kid";
            return false;
        }
    }
    return true;
}

enum err jwt_keys_load(struct str jwks_json, struct jwt_keys **ret_keys, const char **ret_why)
{
    struct arena *arena = arena_new(JWKS_ARENA_BYTES);
    struct jwt_keys *keys = calloc(1, sizeof(*keys));
    bool good = arena && keys && load(keys, jwks_json, arena, ret_why);
    bool no_memory = !arena || !keys;
    arena_free(arena);
    if (no_memory || !good) {
        jwt_keys_free(keys);
        return no_memory ? ERR_MEMORY : ERR_INVALID;
    }
    *ret_keys = keys;
    return ERR_OK;
}

void jwt_keys_free(struct jwt_keys *keys)
{
    for (size_t i = 0; keys && i < keys->count; i++)
        jwk_done(&keys->items[i]);
    free(keys);
}

/* The parts of a compact serialisation (RFC 7515 §7.1). */
struct token {
    struct str signed_content, signature;
    const struct json_value *header, *claims;
};

static bool json_part(struct str part, struct arena *arena, const struct json_value **ret_json)
{
    struct str text;
    return base64url_bytes(part, arena, &text) == ERR_OK && json_parse(text, arena, ret_json) == ERR_OK && (*ret_json)->kind == JSON_KIND_OBJECT;
}

static bool split(struct str text, struct arena *arena, struct token *ret_token)
{
    struct str rest = text, header = str_cut(&rest, '.'), claims = str_cut(&rest, '.');
    if (str_empty(header) || str_empty(claims) || str_empty(rest) || memchr(rest.at, '.', rest.size))
        return false;
    ret_token->signed_content = (struct str){text.at, header.size + 1 + claims.size};
    return base64url_bytes(rest, arena, &ret_token->signature) == ERR_OK && json_part(header, arena, &ret_token->header) &&
           json_part(claims, arena, &ret_token->claims);
}

/* The key that the header names, when the header fits it: `alg` must say what the key is for, and nothing critical may be unknown to us. */
static const struct jwk *key_of(const struct jwt_keys *keys, const struct json_value *header)
{
    const struct json_value *id = json_member(header, STR("kid")), *algorithm = json_member(header, STR("alg")),
                            *type = json_member(header, STR("typ"));
    if (!id || id->kind != JSON_KIND_STRING || !algorithm || algorithm->kind != JSON_KIND_STRING || json_member(header, STR("crit")))
        return NULL;
    if (type && !(str_equal_nocase(type->string, STR("JWT")) || str_equal_nocase(type->string, STR("at+jwt"))))
        return NULL;
    const struct jwk *key = find_key(keys, id->string);
    return key && str_equal(algorithm->string, str_from(jwk_algorithm_name(key->algorithm))) ? key : NULL;
}

static bool take_text(const struct json_value *claims, const char *name, struct str *ret_text)
{
    const struct json_value *claim = json_member(claims, str_from(name));
    if (claim && claim->kind != JSON_KIND_STRING)
        return false;
    *ret_text = claim ? claim->string : (struct str){0};
    return true;
}

static bool take_time(const struct json_value *claims, const char *name, instant_us *ret_at)
{
    const struct json_value *claim = json_member(claims, str_from(name));
    *ret_at = INSTANT_NEVER;
    if (!claim)
        return true;
    if (claim->kind != JSON_KIND_NUMBER || !(claim->number >= 0 && claim->number <= NUMERIC_DATE_MAX))
        return false;
    *ret_at = (instant_us)llround(claim->number * 1e6);
    return true;
}

/* A list that can't be read must not become "no limits": the token is refused. */
static bool take_territories(const struct json_value *claims, struct jwt_claims *ret_claims)
{
    const struct json_value *list = json_member(claims, STR("territories"));
    if (!list)
        return true;
    if (list->kind != JSON_KIND_ARRAY || list->count > JWT_TERRITORIES_MAX)
        return false;
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != JSON_KIND_STRING || str_empty(list->items[i].string))
            return false;
        ret_claims->territories[i] = list->items[i].string;
    }
    ret_claims->territory_count = list->count;
    return true;
}

/* A token for somebody else is not for us (RFC 7519 §4.1.3). */
static bool audience_fits(const struct json_value *claims)
{
    const struct json_value *audience = json_member(claims, STR("aud"));
    if (!audience)
        return true;
    if (audience->kind == JSON_KIND_STRING)
        return str_equal(audience->string, STR(JWT_AUDIENCE));
    for (size_t i = 0; audience->kind == JSON_KIND_ARRAY && i < audience->count; i++)
        if (str_equal(audience->items[i].string, STR(JWT_AUDIENCE)))
            return true;
    return false;
}

static bool in_time(const struct jwt_claims *claims, instant_us now)
{
    const instant_us leeway = LEEWAY_S * INSTANT_SECOND;
    return claims->expires_at != INSTANT_NEVER && now < claims->expires_at &&
           (claims->not_before == INSTANT_NEVER || now >= claims->not_before - leeway) &&
           (claims->issued_at == INSTANT_NEVER || now >= claims->issued_at - leeway);
}

enum err jwt_verify(const struct jwt_keys *keys, struct str issuer, struct str token, instant_us now, struct arena *arena,
                    struct jwt_claims *ret_claims)
{
    struct token parts;
    struct jwt_claims claims = {0};
    if (token.size > TOKEN_SIZE_MAX || !split(token, arena, &parts))
        return ERR_UNAUTHENTICATED;
    const struct jwk *key = key_of(keys, parts.header);
    if (!key || !jwk_verifies(key, parts.signed_content, parts.signature))
        return ERR_UNAUTHENTICATED;
    const struct json_value *from = parts.claims;
    bool readable = take_text(from, "iss", &claims.issuer) && take_text(from, "sub", &claims.subject) && take_text(from, "role", &claims.role) &&
                    take_text(from, "application", &claims.application) && take_time(from, "iat", &claims.issued_at) &&
                    take_time(from, "exp", &claims.expires_at) && take_time(from, "nbf", &claims.not_before) && take_territories(from, &claims);
    if (!readable || str_empty(claims.issuer) || !str_equal(claims.issuer, issuer) || !audience_fits(from) || !in_time(&claims, now))
        return ERR_UNAUTHENTICATED;
    *ret_claims = claims;
    return ERR_OK;
}
