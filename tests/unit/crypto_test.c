/* Known answers: libsodium's constructions recomputed with Python's hashlib and PyNaCl, Standard Webhooks' own example. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <cmocka.h>

#include "crypto/seal.h"
#include "crypto/sign.h"

#define SEED_HEX "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static int fresh_arena(void **state)
{
    *state = arena_new(1 << 20);
    return *state ? (int)crypto_setup() : -1;
}

static int drop_arena(void **state)
{
    arena_free(*state);
    return 0;
}

static struct seal_key key_of(const char *hex)
{
    struct seal_key key;
    assert_int_equal(seal_key_parse(str_from(hex), &key), ERR_OK);
    return key;
}

static struct str unhex(struct arena *arena, const char *hex)
{
    size_t size = strlen(hex) / 2;
    uint8_t *bytes = arena_take(arena, size + 1);
    for (size_t i = 0; i < size; i++) {
        unsigned byte;
        assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
        bytes[i] = (uint8_t)byte;
    }
    return (struct str){(const char *)bytes, size};
}

static void assert_text(struct str got, const char *expected)
{
    assert_int_equal(got.size, strlen(expected));
    assert_memory_equal(got.at, expected, got.size);
}

static void keyed_hashes_are_blake2b_and_derived_keys_are_libsodiums_kdf(void **state)
{
    struct arena *arena = *state;
    struct seal_key key = key_of(SEED_HEX), derived;
    uint8_t hash[KEYED_HASH_SIZE];
    keyed_hash(&key, STR("abc"), hash);
    assert_text(hex_text(arena, (struct str){(const char *)hash, sizeof(hash)}), "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f");
    keyed_hash_parts(&key, (const struct str[]){STR("ab"), STR(""), STR("c")}, 3, hash);
    assert_text(hex_text(arena, (struct str){(const char *)hash, sizeof(hash)}), "54e988f8c436f1f403b8b64e40ea4644174cfbeea05ded4f4f8754272028a83b");
    seal_key_derive(&key, "webhook", &derived);
    assert_text(hex_text(arena, (struct str){(const char *)derived.bytes, SEAL_KEY_SIZE}),
                "b1adcca9ff646a9cfb556a5e9f60c4fb48367c5258d7c9e2aebb143d7c75a022");
    sha256(STR("abc"), hash);
    assert_text(hex_text(arena, (struct str){(const char *)hash, 32}), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void parts_of_a_keyed_hash_never_run_into_one_another(void **state)
{
    (void)state;
    struct seal_key key = key_of(SEED_HEX);
    uint8_t one[KEYED_HASH_SIZE], other[KEYED_HASH_SIZE];
    keyed_hash_parts(&key, (const struct str[]){STR("ab"), STR("c")}, 2, one);
    keyed_hash_parts(&key, (const struct str[]){STR("a"), STR("bc")}, 2, other);
    assert_memory_not_equal(one, other, sizeof(one));
}

static void a_key_file_is_64_hex_digits_and_nothing_else(void **state)
{
    static const struct {
        const char *hex, *why;
        enum err expected;
    } rows[] = {
        {SEED_HEX, "what jisrctl keys writes", ERR_OK},
        {"000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", "capitals are hex too", ERR_OK},
        {"", "an empty file", ERR_INVALID},
        {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e", "one byte short", ERR_INVALID},
        {SEED_HEX "00", "one byte long", ERR_INVALID},
        {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g", "not a digit at the end", ERR_INVALID},
        {"00:02030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f1", "a separator", ERR_INVALID},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct seal_key key;
        if (seal_key_parse(str_from(rows[i].hex), &key) != rows[i].expected)
            fail_msg("%s", rows[i].why);
    }
}

static void what_was_sealed_elsewhere_opens_here(void **state)
{
    struct arena *arena = *state;
    struct seal_key key = key_of(SEED_HEX);
    struct str sealed = unhex(arena, "016465666768696a6b6c6d6e6f707172737475767778797a7ba4c02034278950079471f0968446199ce1acb8fa75254fb1"), plain;
    assert_int_equal(seal_open(&key, STR("contact:1"), sealed, arena, &plain), ERR_OK);
    assert_text(plain, "سلام");
}

static void a_sealed_value_opens_only_as_it_was_where_it_was(void **state)
{
    struct arena *arena = *state;
    struct seal_key key = key_of(SEED_HEX), other = key;
    other.bytes[31] ^= 1;
    struct str sealed, plain;
    assert_int_equal(seal(&key, STR("facts:1"), STR("{}"), arena, &sealed), ERR_OK);
    assert_int_equal(sealed.size, SEAL_OVERHEAD + 2);
    assert_int_equal(seal_open(&key, STR("facts:1"), sealed, arena, &plain), ERR_OK);
    assert_text(plain, "{}");
    assert_int_equal(seal_open(&key, STR("facts:2"), sealed, arena, &plain), ERR_INVALID); /* moved to another row */
    assert_int_equal(seal_open(&other, STR("facts:1"), sealed, arena, &plain), ERR_INVALID);
    for (size_t size = 0; size < sealed.size; size++)
        assert_int_equal(seal_open(&key, STR("facts:1"), (struct str){sealed.at, size}, arena, &plain), ERR_INVALID);
    for (size_t byte = 0; byte < sealed.size; byte++) {
        char changed[SEAL_OVERHEAD + 2];
        memcpy(changed, sealed.at, sizeof(changed));
        changed[byte] = (char)(changed[byte] ^ 0x10);
        assert_int_equal(seal_open(&key, STR("facts:1"), (struct str){changed, sizeof(changed)}, arena, &plain), ERR_INVALID);
    }
}

static void the_empty_text_can_be_sealed_and_never_twice_the_same_way(void **state)
{
    struct arena *arena = *state;
    struct seal_key key = key_of(SEED_HEX);
    struct str one, two, plain;
    assert_int_equal(seal(&key, STR(""), (struct str){0}, arena, &one), ERR_OK);
    assert_int_equal(seal(&key, STR(""), (struct str){0}, arena, &two), ERR_OK);
    assert_false(str_equal(one, two));
    assert_int_equal(seal_open(&key, STR(""), one, arena, &plain), ERR_OK);
    assert_int_equal(plain.size, 0);
}

static void base64_is_taken_in_exactly_one_form(void **state)
{
    static const struct {
        const char *text, *bytes, *why;
        bool url;
    } rows[] = {
        {"", "", "RFC 4648 §10", false},
        {"Zg==", "f", "RFC 4648 §10", false},
        {"Zm8=", "fo", "RFC 4648 §10", false},
        {"Zm9vYmFy", "foobar", "RFC 4648 §10", false},
        {"Zg", NULL, "padding is part of the form", false},
        {"Zh==", NULL, "bits are left over: two texts would mean one value", false},
        {"Zg==\n", NULL, "white space", false},
        {"Zg=", NULL, "half the padding", false},
        {"-_-_", NULL, "the other alphabet", false},
        {"Zg", "f", "URL-safe without padding", true},
        {"Zm8", "fo", "URL-safe without padding", true},
        {"Zg==", NULL, "URL-safe has no padding", true},
        {"+/+/", NULL, "the other alphabet", true},
        {"Z", NULL, "one letter is not a byte", true},
        {"Zg.", NULL, "a dot", true},
        {"Zm\xe9v", NULL, "a byte beyond ASCII, which libsodium takes for a letter", false},
        {"Zm\x80v", NULL, "the same, URL-safe", true},
    };
    struct arena *arena = *state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct str text = str_from(rows[i].text), bytes = {0};
        enum err err = rows[i].url ? base64url_bytes(text, arena, &bytes) : base64_bytes(text, arena, &bytes);
        if (rows[i].bytes ? err != ERR_OK || !str_equal(bytes, str_from(rows[i].bytes)) : err != ERR_INVALID)
            fail_msg("%s: %s", rows[i].text, rows[i].why);
        if (rows[i].bytes && !str_equal(text, rows[i].url ? base64url_text(arena, bytes) : base64_text(arena, bytes)))
            fail_msg("%s does not come back", rows[i].text);
    }
}

static void secrets_compare_by_content(void **state)
{
    (void)state;
    assert_true(secret_equal(STR("abc"), STR("abc")));
    assert_false(secret_equal(STR("abc"), STR("abd")));
    assert_false(secret_equal(STR("abc"), STR("ab")));
    assert_true(secret_equal((struct str){0}, (struct str){0}));
}

static void webhook_signatures_are_those_of_the_standard(void **state)
{
    struct arena *arena = *state;
    struct str secret, old = STR("24 bytes of an old secret");
    struct webhook_key key;
    const struct webhook_content content = {STR("msg_p5jXN8AQM9LWM0D4loKWxJek"), 1614265330, STR("{\"test\": 2432232314}")};
    assert_int_equal(webhook_secret_parse(STR("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), arena, &secret), ERR_OK);
    assert_int_equal(webhook_key_parse(STR(SEED_HEX), &key), ERR_OK);
    /* The example of the specification's reference libraries; v1a of the same content by PyNaCl. */
    assert_text(webhook_signature(arena, &content, &secret, 1, NULL), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assert_text(webhook_signature(arena, &content, NULL, 0, &key),
                "v1a,yoUrgEkc12aGqm0n4Sydmdz55xJfTz4AsAgieHFjmkR7LJtqVCZOQYzvvHjI5kAey+r4iaBGxTFRrl2iBQxtDQ==");
    struct str both = webhook_signature(arena, &content, (const struct str[]){secret, old}, 2, &key);
    struct str first = str_cut(&both, ' '), second = str_cut(&both, ' ');
    assert_text(first, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assert_true(str_starts(second, STR("v1,")) && str_starts(both, STR("v1a,")));
    assert_text(webhook_public_text(arena, &key), "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=");
}

static void webhook_secrets_are_24_to_64_bytes_of_base64(void **state)
{
    static const struct {
        const char *text, *why;
        bool good;
    } rows[] = {
        {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "24 bytes", true},
        {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "the prefix says what it is", false},
        {"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "23 bytes", false},
        {"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "65 bytes", false},
        {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS*", "not base64", false},
        {"whsec_", "nothing", false},
    };
    struct arena *arena = *state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct str secret;
        enum err err = webhook_secret_parse(str_from(rows[i].text), arena, &secret);
        if ((err == ERR_OK) != rows[i].good)
            fail_msg("%s", rows[i].why);
        if (rows[i].good)
            assert_text(webhook_secret_text(arena, secret), rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh_arena, drop_arena)
        TEST(keyed_hashes_are_blake2b_and_derived_keys_are_libsodiums_kdf),
        TEST(parts_of_a_keyed_hash_never_run_into_one_another),
        TEST(a_key_file_is_64_hex_digits_and_nothing_else),
        TEST(what_was_sealed_elsewhere_opens_here),
        TEST(a_sealed_value_opens_only_as_it_was_where_it_was),
        TEST(the_empty_text_can_be_sealed_and_never_twice_the_same_way),
        TEST(base64_is_taken_in_exactly_one_form),
        TEST(secrets_compare_by_content),
        TEST(webhook_signatures_are_those_of_the_standard),
        TEST(webhook_secrets_are_24_to_64_bytes_of_base64),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
