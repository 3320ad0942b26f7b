/* JSON Web Tokens (RFC 7519, best practice RFC 8725), on OpenSSL. A key id is pinned to one key *and* one algorithm (RS256, ES256, EdDSA):
 * the token's own `alg` chooses nothing. Keys come from a JWKS file (RFC 7517); our own issuer key is Ed25519. Thread-safe when loaded. */
#ifndef JISR_CRYPTO_JWT_H
#define JISR_CRYPTO_JWT_H

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/str.h"

struct jwt_keys;
struct jwt_signer;

/* At most 32 keys; each needs kid, alg and kty that belong together. ERR_INVALID with *ret_why (static) otherwise. */
enum err jwt_keys_load(struct str jwks_json, struct jwt_keys **ret_keys, const char **ret_why) MUST_CHECK;
void jwt_keys_free(struct jwt_keys *keys);

/* `hex_seed`: 64 hex digits of the Ed25519 seed. */
enum err jwt_signer_load(struct str hex_seed, struct str key_id, struct jwt_signer **ret_signer) MUST_CHECK;
void jwt_signer_free(struct jwt_signer *signer);
/* The JWKS document with the signer's public key, for the file that the services read. */
struct str jwt_signer_jwks(const struct jwt_signer *signer, struct arena *arena);

/* Claims as the platform uses them: iss, sub, role, application, territories, iat, exp, nbf. A token with an `aud` must name this one. */
#define JWT_AUDIENCE "jisr"
#define JWT_TERRITORIES_MAX 16
struct jwt_claims {
    struct str issuer, subject, role;
    struct str application; /* UUID text, or empty */
    struct str territories[JWT_TERRITORIES_MAX];
    size_t territory_count;
    instant_us issued_at, expires_at, not_before; /* INSTANT_NEVER when absent (expires_at is required) */
};

enum err jwt_sign(const struct jwt_signer *signer, const struct jwt_claims *claims, struct arena *arena, struct str *ret_token) MUST_CHECK;
/* ERR_UNAUTHENTICATED for everything that is wrong: form, key, signature, issuer, time (60 s of leeway). At most 4 kB. */
enum err jwt_verify(const struct jwt_keys *keys, struct str issuer, struct str token, instant_us now, struct arena *arena,
                    struct jwt_claims *ret_claims) MUST_CHECK;

#endif
