#include "tests/integration/staff_support.h"

#include "app/app.h"
#include "crypto/jwt.h"
#include "http/credential.h"

#define SEED STR("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")

const struct territory_case TERRITORY_CASES[] = {
    {NULL, 1, "everywhere"},
    {PROVINCE, 1, "her province"},
    {"MA-03", 1, "its region"},
    {"MA-FES " PROVINCE, 1, "one of two"},
    {"MA-FES", 0, "another province of the region"},
    {"MA-11", 0, "another region"},
};
const size_t TERRITORY_CASE_COUNT = ROWS(TERRITORY_CASES);

struct http_request staff_request(struct arena *arena, const char *territories)
{
    struct http_request request = {.arena = arena, .received_at = clock_wall_us()};
    struct jwt_claims claims = {.issuer = STR("jisr"),
                                .subject = STR("amal"),
                                .role = STR("agent"),
                                .issued_at = request.received_at,
                                .expires_at = request.received_at + 60 * INSTANT_SECOND,
                                .not_before = INSTANT_NEVER};
    for (struct str rest = str_from(territories); !str_empty(rest);)
        claims.territories[claims.territory_count++] = str_cut(&rest, ' ');
    struct jwt_signer *signer = NULL;
    struct jwt_keys *keys = NULL;
    struct credential credential;
    struct str token;
    const char *why = NULL;
    assert_int_equal(jwt_signer_load(SEED, STR("test"), &signer), ERR_OK);
    assert_int_equal(jwt_keys_load(jwt_signer_jwks(signer, arena), &keys, &why), ERR_OK);
    assert_int_equal(jwt_sign(signer, &claims, arena, &token), ERR_OK);
    const struct auth auth = {.keys = keys, .issuer = "jisr"};
    credential_read(str_format(arena, "Bearer %.*s", (int)token.size, token.at), arena, &credential);
    assert_int_equal(credential_verify_at_once(&auth, &credential, request.received_at, arena, &request.who), ERR_OK);
    jwt_keys_free(keys);
    jwt_signer_free(signer);
    return request;
}
