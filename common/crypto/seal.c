#include "crypto/seal.h"

#include <sodium.h>
#include <string.h>

enum {
    SEAL_VERSION = 1,
    NONCE_SIZE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_SIZE = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    PURPOSE_SIZE = crypto_kdf_CONTEXTBYTES,
};
_Static_assert(SEAL_OVERHEAD == 1 + NONCE_SIZE + TAG_SIZE, "seal.h states the overhead");
_Static_assert(SEAL_KEY_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "seal.h states the key's size");
_Static_assert(SEAL_KEY_SIZE == crypto_kdf_KEYBYTES, "a master key is a key like any other");

static const unsigned char *bytes_of(struct str s)
{
    return (const unsigned char *)s.at;
}

enum err crypto_setup(void)
{
    return sodium_init() < 0 ? ERR_INTERNAL : ERR_OK;
}

void random_bytes(void *ret_bytes, size_t size)
{
    randombytes_buf(ret_bytes, size);
}

struct id fresh_id(instant_us now)
{
    uint8_t entropy[10];
    random_bytes(entropy, sizeof(entropy));
    return id_make(now / 1000, entropy);
}

void secret_wipe(void *secret, size_t size)
{
    sodium_memzero(secret, size);
}

_Bool secret_equal(struct str a, struct str b)
{
    if (a.size != b.size)
        return 0;
    return a.size == 0 || sodium_memcmp(a.at, b.at, a.size) == 0;
}

enum err seal_key_parse(struct str hex, struct seal_key *ret_key)
{
    struct seal_key key;
    size_t size = 0;
    /* sodium_hex2bin stops at the first byte that is no digit; the size check catches that. */
    if (hex.size != 2 * sizeof(key.bytes) || sodium_hex2bin(key.bytes, sizeof(key.bytes), hex.at, hex.size, NULL, &size, NULL) != 0 ||
        size != sizeof(key.bytes))
        return ERR_INVALID;
    *ret_key = key;
    sodium_memzero(&key, sizeof(key));
    return ERR_OK;
}

void seal_key_derive(const struct seal_key *master, const char *purpose, struct seal_key *ret_key)
{
    char context[PURPOSE_SIZE] = {0};
    memcpy(context, purpose, strnlen(purpose, sizeof(context)));
    /* Fails only for sizes out of range, and these are constants. */
    (void)crypto_kdf_derive_from_key(ret_key->bytes, sizeof(ret_key->bytes), 1, context, master->bytes);
}

enum err seal(const struct seal_key *key, struct str context, struct str plain, struct arena *arena, struct str *ret_sealed)
{
    size_t size = SEAL_OVERHEAD + plain.size;
    unsigned char *sealed = size < plain.size ? NULL : arena_take(arena, size);
    if (!sealed)
        return ERR_LIMIT;
    unsigned char *nonce = sealed + 1;
    sealed[0] = SEAL_VERSION;
    randombytes_buf(nonce, NONCE_SIZE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + NONCE_SIZE, NULL, bytes_of(plain), plain.size, bytes_of(context), context.size, NULL, nonce,
                                               key->bytes);
    *ret_sealed = (struct str){(const char *)sealed, size};
    return ERR_OK;
}

enum err seal_open(const struct seal_key *key, struct str context, struct str sealed, struct arena *arena, struct str *ret_plain)
{
    if (sealed.size < SEAL_OVERHEAD || sealed.at[0] != SEAL_VERSION)
        return ERR_INVALID;
    size_t size = sealed.size - SEAL_OVERHEAD;
    const unsigned char *nonce = bytes_of(sealed) + 1;
    unsigned char *plain = arena_take(arena, size + 1); /* a NUL behind it, as str_copy gives */
    if (!plain)
        return ERR_LIMIT;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, nonce + NONCE_SIZE, size + TAG_SIZE, bytes_of(context), context.size, nonce,
                                                   key->bytes) != 0)
        return ERR_INVALID;
    *ret_plain = (struct str){(const char *)plain, size};
    return ERR_OK;
}

void keyed_hash(const struct seal_key *key, struct str message, uint8_t ret_hash[KEYED_HASH_SIZE])
{
    crypto_generichash(ret_hash, KEYED_HASH_SIZE, bytes_of(message), message.size, key->bytes, sizeof(key->bytes));
}

void keyed_hash_parts(const struct seal_key *key, const struct str *parts, size_t count, uint8_t ret_hash[KEYED_HASH_SIZE])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, key->bytes, sizeof(key->bytes), KEYED_HASH_SIZE);
    for (size_t i = 0; i < count; i++) {
        uint8_t length[8];
        for (unsigned byte = 0; byte < sizeof(length); byte++)
            length[byte] = (uint8_t)((uint64_t)parts[i].size >> (8 * byte));
        crypto_generichash_update(&state, length, sizeof(length));
        if (parts[i].size)
            crypto_generichash_update(&state, bytes_of(parts[i]), parts[i].size);
    }
    crypto_generichash_final(&state, ret_hash, KEYED_HASH_SIZE);
    sodium_memzero(&state, sizeof(state));
}

void sha256(struct str message, uint8_t ret_hash[32])
{
    crypto_hash_sha256(ret_hash, bytes_of(message), message.size);
}
