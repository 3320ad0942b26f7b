/* Known answers: the examples of RFC 8037 A.4 and RFC 7515 A.2, A.3. Attacks: RFC 8725. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <sodium.h>

#include "crypto/jwk.h"
#include "crypto/jwt.h"
#include "crypto/seal.h"

#define SEED_HEX "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60" /* of RFC 8037 A.1 */
#define X_8037 "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define KEY_8037 "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"alg\":\"EdDSA\",\"kid\":\"ed\",\"x\":\"" X_8037 "\"}"
#define JWS_8037                                                \
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc." \
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
#define N_7515                                                                                                                                     \
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2j" \
    "Z47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK" \
    "-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
#define KEY_7515_RSA "{\"kty\":\"RSA\",\"alg\":\"RS256\",\"kid\":\"rsa\",\"e\":\"AQAB\",\"n\":\"" N_7515 "\"}"
#define PAYLOAD_7515 "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
#define JWS_7515_RSA                                                                                                                                \
    "eyJhbGciOiJSUzI1NiJ9." PAYLOAD_7515                                                                                                            \
    ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--" \
    "f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUi"  \
    "pUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
#define X_7515 "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define Y_7515 "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define KEY_7515_EC "{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"kid\":\"ec\",\"x\":\"" X_7515 "\",\"y\":\"" Y_7515 "\"}"
#define JWS_7515_EC "eyJhbGciOiJFUzI1NiJ9." PAYLOAD_7515 ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"

static const instant_us now = INT64_C(1800000000) * INSTANT_SECOND;

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

static struct jwk key_from(struct arena *arena, const char *json)
{
    const struct json_value *value;
    struct jwk key;
    const char *why = "";
    assert_int_equal(json_parse(str_from(json), arena, &value), ERR_OK);
    if (!jwk_make(value, arena, &key, &why))
        fail_msg("%s", why);
    return key;
}

static void signatures_of_the_rfcs_verify_and_their_neighbours_do_not(void **state)
{
    static const struct {
        const char *key, *jws;
    } rows[] = {{KEY_8037, JWS_8037}, {KEY_7515_RSA, JWS_7515_RSA}, {KEY_7515_EC, JWS_7515_EC}};
    struct arena *arena = *state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct jwk key = key_from(arena, rows[i].key);
        struct str jws = str_from(rows[i].jws), signature;
        const char *dot = strrchr(rows[i].jws, '.');
        struct str content = {jws.at, (size_t)(dot - jws.at)};
        assert_int_equal(base64url_bytes(str_from(dot + 1), arena, &signature), ERR_OK);
        assert_true(jwk_verifies(&key, content, signature));
        assert_false(jwk_verifies(&key, (struct str){content.at, content.size - 1}, signature));
        assert_false(jwk_verifies(&key, content, (struct str){signature.at, signature.size - 1}));
        assert_false(jwk_verifies(&key, content, (struct str){0}));
        char *changed = arena_take(arena, signature.size);
        memcpy(changed, signature.at, signature.size);
        changed[signature.size / 2] = (char)(changed[signature.size / 2] ^ 1);
        assert_false(jwk_verifies(&key, content, (struct str){changed, signature.size}));
        jwk_done(&key);
    }
}

static void a_key_list_that_could_mislead_is_refused_whole(void **state)
{
    static const struct {
        const char *json, *why;
        bool good;
    } rows[] = {
        {"{\"keys\":[" KEY_8037 "," KEY_7515_RSA "," KEY_7515_EC "]}", "one of each", true},
        {"{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"alg\":\"EdDSA\",\"use\":\"sig\",\"kid\":\"a\",\"x\":\"" X_8037 "\"}]}", "use sig", true},
        {"{\"keys\":[]}", "no key at all", false},
        {"[]", "not an object", false},
        {"{\"keys\":[" KEY_8037 "," KEY_8037 "]}", "the same kid twice", false},
        {"{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"alg\":\"EdDSA\",\"x\":\"" X_8037 "\"}]}", "no kid", false},
        {"{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"a\",\"x\":\"" X_8037 "\"}]}", "no alg: the token would choose it", false},
        {"{\"keys\":[{\"kty\":\"RSA\",\"alg\":\"EdDSA\",\"kid\":\"a\",\"e\":\"AQAB\",\"n\":\"" N_7515 "\"}]}", "alg of another kty", false},
        {"{\"keys\":[{\"kty\":\"oct\",\"alg\":\"HS256\",\"kid\":\"a\",\"k\":\"AAAA\"}]}", "a shared secret", false},
        {"{\"keys\":[{\"kty\":\"RSA\",\"alg\":\"RS256\",\"kid\":\"a\",\"e\":\"AQAB\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTY\"}]}",
         "256 bits", false},
        {"{\"keys\":[{\"kty\":\"RSA\",\"alg\":\"RS256\",\"kid\":\"a\",\"e\":\"AQ\",\"n\":\"" N_7515 "\"}]}", "exponent 1: every text signs itself",
         false},
        {"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"kid\":\"a\",\"x\":\"" X_7515 "\",\"y\":\"" X_7515 "\"}]}", "off the curve",
         false},
        {"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-384\",\"alg\":\"ES256\",\"kid\":\"a\",\"x\":\"" X_7515 "\",\"y\":\"" Y_7515 "\"}]}", "another curve",
         false},
        {"{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"alg\":\"EdDSA\",\"use\":\"enc\",\"kid\":\"a\",\"x\":\"" X_8037 "\"}]}", "for encryption",
         false},
        {"{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"alg\":\"EdDSA\",\"kid\":\"a\",\"d\":\"" X_8037 "\",\"x\":\"" X_8037 "\"}]}",
         "a private key", false},
        {"{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"alg\":\"EdDSA\",\"kid\":\"a\",\"x\":\"AAAA\"}]}", "3 bytes", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct jwt_keys *keys = NULL;
        const char *why = NULL;
        enum err err = jwt_keys_load(str_from(rows[i].json), &keys, &why);
        if ((err == ERR_OK) != rows[i].good || (err && !why))
            fail_msg("%s (%s)", rows[i].why, why ? why : "taken");
        jwt_keys_free(keys);
    }
}

/* Signed by the RFC's Ed25519 key, whatever it says. */
static struct str forged(struct arena *arena, const char *header, const char *claims)
{
    unsigned char seed[32], public_key[32], secret[64], signature[64];
    sodium_hex2bin(seed, sizeof(seed), SEED_HEX, 64, NULL, NULL, NULL);
    crypto_sign_seed_keypair(public_key, secret, seed);
    struct str head = base64url_text(arena, str_from(header)), body = base64url_text(arena, str_from(claims));
    struct str content = str_format(arena, "%s.%s", head.at, body.at);
    crypto_sign_detached(signature, NULL, (const unsigned char *)content.at, content.size, secret);
    return str_format(arena, "%s.%s", content.at, base64url_text(arena, (struct str){(const char *)signature, sizeof(signature)}).at);
}

static struct jwt_keys *all_keys(void)
{
    struct jwt_keys *keys;
    const char *why;
    assert_int_equal(jwt_keys_load(STR("{\"keys\":[" KEY_8037 "," KEY_7515_RSA "," KEY_7515_EC "]}"), &keys, &why), ERR_OK);
    return keys;
}

#define GOOD_HEADER "{\"alg\":\"EdDSA\",\"kid\":\"ed\"}"
#define CLAIMS(more) "{\"iss\":\"jisr\",\"sub\":\"u1\",\"role\":\"agent\",\"exp\":1800000060" more "}"

static void a_token_is_taken_only_when_key_issuer_time_and_form_are_right(void **state)
{
    static const struct {
        const char *header, *claims, *why;
        bool good;
    } rows[] = {
        {GOOD_HEADER, CLAIMS(""), "as it should be", true},
        {"{\"alg\":\"EdDSA\",\"kid\":\"ed\",\"typ\":\"JWT\"}", CLAIMS(""), "its type named", true},
        {"{\"alg\":\"none\",\"kid\":\"ed\"}", CLAIMS(""), "alg none", false},
        {"{\"alg\":\"RS256\",\"kid\":\"ed\"}", CLAIMS(""), "the key's algorithm is pinned", false},
        {"{\"alg\":\"HS256\",\"kid\":\"ed\"}", CLAIMS(""), "a public key used as a shared secret", false},
        {"{\"alg\":\"EdDSA\",\"kid\":\"rsa\"}", CLAIMS(""), "another key's id", false},
        {"{\"alg\":\"EdDSA\",\"kid\":\"nobody\"}", CLAIMS(""), "an unknown key", false},
        {"{\"alg\":\"EdDSA\"}", CLAIMS(""), "no key named", false},
        {"{\"alg\":\"EdDSA\",\"kid\":[\"ed\"]}", CLAIMS(""), "a list of keys", false},
        {"{\"alg\":\"EdDSA\",\"kid\":\"ed\",\"crit\":[\"exp\"]}", CLAIMS(""), "a critical extension (RFC 7515 §4.1.11)", false},
        {"{\"alg\":\"EdDSA\",\"kid\":\"ed\",\"typ\":\"secevent+jwt\"}", CLAIMS(""), "another kind of token (RFC 8725 §3.11)", false},
        {GOOD_HEADER, "{\"iss\":\"else\",\"sub\":\"u1\",\"exp\":1800000060}", "another issuer", false},
        {GOOD_HEADER, "{\"sub\":\"u1\",\"exp\":1800000060}", "no issuer", false},
        {GOOD_HEADER, "{\"iss\":\"jisr\",\"sub\":\"u1\"}", "no expiry", false},
        {GOOD_HEADER, "{\"iss\":\"jisr\",\"exp\":1800000001}", "its last second", true},
        {GOOD_HEADER, "{\"iss\":\"jisr\",\"exp\":1800000000}", "expired", false},
        {GOOD_HEADER, "{\"iss\":\"jisr\",\"exp\":\"1800000060\"}", "an expiry in text", false},
        {GOOD_HEADER, "{\"iss\":\"jisr\",\"exp\":1e300}", "an expiry that no clock reaches", false},
        {GOOD_HEADER, "{\"iss\":\"jisr\",\"exp\":-1}", "an expiry before all time", false},
        {GOOD_HEADER, CLAIMS(",\"nbf\":1800000060"), "not yet valid, within the leeway", true},
        {GOOD_HEADER, CLAIMS(",\"nbf\":1800000061"), "not yet valid", false},
        {GOOD_HEADER, CLAIMS(",\"iat\":1800003600"), "made in the future", false},
        {GOOD_HEADER, CLAIMS(",\"aud\":\"jisr\""), "for us", true},
        {GOOD_HEADER, CLAIMS(",\"aud\":[\"a\",\"jisr\"]"), "for us and another", true},
        {GOOD_HEADER, CLAIMS(",\"aud\":\"payroll\""), "for another", false},
        {GOOD_HEADER, CLAIMS(",\"territories\":[\"MA-03\"]"), "a territory", true},
        {GOOD_HEADER, CLAIMS(",\"territories\":\"MA-03\""), "unreadable limits must not become none", false},
        {GOOD_HEADER, CLAIMS(",\"territories\":[3]"), "unreadable limits must not become none", false},
        {GOOD_HEADER, CLAIMS(",\"role\":\"admin\""), "role twice: which one would be meant?", false},
        {GOOD_HEADER, "[]", "claims that are no object", false},
        {"[]", CLAIMS(""), "a header that is no object", false},
    };
    struct arena *arena = *state;
    struct jwt_keys *keys = all_keys();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct jwt_claims claims;
        enum err err = jwt_verify(keys, STR("jisr"), forged(arena, rows[i].header, rows[i].claims), now, arena, &claims);
        if (err != (rows[i].good ? ERR_OK : ERR_UNAUTHENTICATED))
            fail_msg("%s", rows[i].why);
    }
    jwt_keys_free(keys);
}

static void a_token_that_is_not_three_parts_of_base64url_is_refused(void **state)
{
    struct arena *arena = *state;
    struct jwt_keys *keys = all_keys();
    struct jwt_claims claims;
    struct str good = forged(arena, GOOD_HEADER, CLAIMS(""));
    const char *last = strrchr(good.at, '.');
    char *large = arena_take(arena, 5000);
    memset(large, 'a', 5000);
    const struct str rows[] = {
        STR(""),
        STR("."),
        STR(".."),
        STR("..."),
        STR("a.b.c"),
        STR("e30.e30."),
        STR("e30.e30.e30"),
        str_format(arena, "%s.", good.at),
        str_format(arena, "%s=", good.at),
        str_format(arena, " %s", good.at),
        str_format(arena, "%s.x", good.at),
        {good.at, (size_t)(last - good.at)},
        {good.at, (size_t)(last - good.at) + 1},
        {good.at, good.size - 1},
        {large, 5000},
    };
    assert_int_equal(jwt_verify(keys, STR("jisr"), good, now, arena, &claims), ERR_OK);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (jwt_verify(keys, STR("jisr"), rows[i], now, arena, &claims) != ERR_UNAUTHENTICATED)
            fail_msg("row %zu: %.*s", i, (int)rows[i].size, rows[i].at);
    jwt_keys_free(keys);
}

static void what_our_issuer_signs_is_read_back_by_its_published_key(void **state)
{
    struct arena *arena = *state;
    struct jwt_signer *signer;
    struct jwt_keys *keys;
    const char *why = "";
    struct str token;
    const struct jwt_claims given = {.issuer = STR("jisr"),
                                     .subject = STR("سعاد \"x\""),
                                     .role = STR("applicant"),
                                     .application = STR("0190aaaa-0000-7000-8000-000000000001"),
                                     .territories = {STR("MA-03"), STR("MA-FES")},
                                     .territory_count = 2,
                                     .issued_at = now,
                                     .expires_at = now + 900 * INSTANT_SECOND,
                                     .not_before = INSTANT_NEVER};
    struct jwt_claims claims;
    assert_int_equal(jwt_signer_load(STR(SEED_HEX), STR("2026-1"), &signer), ERR_OK);
    assert_int_equal(jwt_keys_load(jwt_signer_jwks(signer, arena), &keys, &why), ERR_OK);
    assert_int_equal(jwt_sign(signer, &given, arena, &token), ERR_OK);
    assert_int_equal(jwt_verify(keys, STR("jisr"), token, now, arena, &claims), ERR_OK);
    assert_true(str_equal(claims.subject, given.subject) && str_equal(claims.role, given.role) && str_equal(claims.application, given.application));
    assert_int_equal(claims.territory_count, 2);
    assert_true(str_equal(claims.territories[1], STR("MA-FES")));
    assert_true(claims.expires_at == given.expires_at && claims.issued_at == now && claims.not_before == INSTANT_NEVER);
    assert_int_equal(jwt_verify(keys, STR("jisr"), token, now + 3600 * INSTANT_SECOND, arena, &claims), ERR_UNAUTHENTICATED);
    jwt_keys_free(keys);
    jwt_signer_free(signer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh_arena, drop_arena)
        TEST(signatures_of_the_rfcs_verify_and_their_neighbours_do_not),     TEST(a_key_list_that_could_mislead_is_refused_whole),
        TEST(a_token_is_taken_only_when_key_issuer_time_and_form_are_right), TEST(a_token_that_is_not_three_parts_of_base64url_is_refused),
        TEST(what_our_issuer_signs_is_read_back_by_its_published_key),
#undef TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
