/* One public key of a JWKS (RFC 7517, 7518 §6, 8037 §2) and its one algorithm, on OpenSSL. Inside common/crypto only: jwt.c verifies with it.
 * Thread-safe once made. */
#ifndef JISR_CRYPTO_JWK_H
#define JISR_CRYPTO_JWK_H

#include <openssl/evp.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"
#include "json/wire.h"

enum jwk_algorithm { JWK_RS256, JWK_ES256, JWK_EDDSA, JWK_ALGORITHM_COUNT };

#define JWK_ID_SIZE_MAX 128

struct jwk {
    enum jwk_algorithm algorithm;
    EVP_PKEY *key;
    char id[JWK_ID_SIZE_MAX + 1];
};

/* False with *ret_why (static) for what is no public signature key of ours. The key must be freed by jwk_done. */
bool jwk_make(const struct json_value *json, struct arena *arena, struct jwk *ret_jwk, const char **ret_why);
void jwk_done(struct jwk *jwk);
const char *jwk_algorithm_name(enum jwk_algorithm algorithm); /* "RS256" */
/* Is `signature` (as JWS carries it: r and s in 64 bytes for ES256) this key's over `content`? */
bool jwk_verifies(const struct jwk *jwk, struct str content, struct str signature);

#endif
