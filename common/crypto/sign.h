/* Standard Webhooks 1.0.0 signatures. Signed content is `id.timestamp.body`; v1 is HMAC-SHA256 under a `whsec_` secret (24 to 64 bytes, base64),
 * v1a is Ed25519 under the platform's key (`whsk_`/`whpk_`). While a secret rotates both the old and the new sign: space-separated. */
#ifndef JISR_CRYPTO_SIGN_H
#define JISR_CRYPTO_SIGN_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define WEBHOOK_SECRET_SIZE 32

struct webhook_key { /* Ed25519 */
    uint8_t secret[64];
    uint8_t public_key[32];
};

struct str webhook_secret_text(struct arena *arena, struct str secret); /* whsec_… */
enum err webhook_secret_parse(struct str text, struct arena *arena, struct str *ret_secret) MUST_CHECK;
/* A key file of 64 hex digits (the seed). */
enum err webhook_key_parse(struct str hex_seed, struct webhook_key *ret_key) MUST_CHECK;
struct str webhook_public_text(struct arena *arena, const struct webhook_key *key); /* whpk_… */

struct webhook_content {
    struct str id; /* webhook-id */
    int64_t timestamp_s;
    struct str body;
};

/* The value of the `webhook-signature` header: one v1 per secret, then one v1a when `key` isn't NULL. {NULL,0} without memory. */
struct str webhook_signature(struct arena *arena, const struct webhook_content *content, const struct str *secrets, size_t secret_count,
                             const struct webhook_key *key);

#endif
