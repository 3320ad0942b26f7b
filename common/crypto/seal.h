/* Sealing, keyed hashes and randomness, on libsodium. Keys are 32 bytes, wiped when freed. All functions are thread-safe after crypto_setup().
 * Sealed bytes: version 1 | nonce (24) | XChaCha20-Poly1305 (IETF) ciphertext and tag; the associated data is the caller's context
 * (what the bytes are and whose), so a sealed value can't be moved to another row. */
#ifndef JISR_CRYPTO_SEAL_H
#define JISR_CRYPTO_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/str.h"

#define SEAL_KEY_SIZE 32
#define SEAL_OVERHEAD (1 + 24 + 16)
#define KEYED_HASH_SIZE 32

struct seal_key {
    uint8_t bytes[SEAL_KEY_SIZE];
};

enum err crypto_setup(void) MUST_CHECK; /* once, before threads */
void random_bytes(void *ret_bytes, size_t size);
struct id fresh_id(instant_us now); /* a UUIDv7 */
void secret_wipe(void *secret, size_t size);
_Bool secret_equal(struct str a, struct str b); /* constant time in the content; sizes may show */

/* A key file: 64 hex digits (jisrctl keys makes them). ERR_INVALID otherwise. */
enum err seal_key_parse(struct str hex, struct seal_key *ret_key) MUST_CHECK;
/* A key for one purpose out of a master key (BLAKE2b keyed derivation); `purpose` is at most 8 ASCII characters. */
void seal_key_derive(const struct seal_key *master, const char *purpose, struct seal_key *ret_key);

enum err seal(const struct seal_key *key, struct str context, struct str plain, struct arena *arena, struct str *ret_sealed) MUST_CHECK;
/* ERR_INVALID: not sealed by this key for this context, or changed since. */
enum err seal_open(const struct seal_key *key, struct str context, struct str sealed, struct arena *arena, struct str *ret_plain) MUST_CHECK;

/* BLAKE2b-256 keyed. Look-up of identity numbers, fingerprints of bodies, secret codes. */
void keyed_hash(const struct seal_key *key, struct str message, uint8_t ret_hash[KEYED_HASH_SIZE]);
/* The same over several parts, each preceded by its length, so that parts can't run into one another. */
void keyed_hash_parts(const struct seal_key *key, const struct str *parts, size_t count, uint8_t ret_hash[KEYED_HASH_SIZE]);
void sha256(struct str message, uint8_t ret_hash[32]);

/* Base64 (RFC 4648 §4 with padding; §5 URL-safe without). Decoding takes exactly that form. */
struct str base64_text(struct arena *arena, struct str bytes);
struct str base64url_text(struct arena *arena, struct str bytes);
enum err base64_bytes(struct str text, struct arena *arena, struct str *ret_bytes) MUST_CHECK;
enum err base64url_bytes(struct str text, struct arena *arena, struct str *ret_bytes) MUST_CHECK;
struct str hex_text(struct arena *arena, struct str bytes);

#endif
