/* JSON Web Tokens: 'a' a whole token, which nobody but us can make; 'b' claims that are signed here with a good key, as a staff issuer could word
 * them; 'c' a JWKS. */
#include <sodium.h>

#include "crypto/jwt.h"
#include "crypto/seal.h"
#include "fuzz.h"
#include "http/credential.h"

#define SEED_HEX "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60" /* RFC 8037, appendix A.1 */
#define HEADER "{\"alg\":\"EdDSA\",\"kid\":\"fuzz\"}"
#define ISSUER STR("jisr")
#define NOW (INT64_C(1795500000) * INSTANT_SECOND)

static struct jwt_keys *keys;
static struct jwt_signer *signer;
static uint8_t secret[crypto_sign_SECRETKEYBYTES];

static void prepare(struct arena *arena)
{
    uint8_t seed[32], public_key[crypto_sign_PUBLICKEYBYTES];
    const char *why = "";
    if (keys)
        return;
    HOLD(sodium_hex2bin(seed, sizeof(seed), SEED_HEX, sizeof(SEED_HEX) - 1, NULL, NULL, NULL) == 0, "a seed");
    HOLD(crypto_sign_seed_keypair(public_key, secret, seed) == 0, "a key");
    HOLD(jwt_signer_load(STR(SEED_HEX), STR("fuzz"), &signer) == ERR_OK, "a signer");
    HOLD(jwt_keys_load(jwt_signer_jwks(signer, arena), &keys, &why) == ERR_OK, "its own JWKS is read");
}

static struct str sign(struct str claims, struct arena *arena)
{
    uint8_t signature[crypto_sign_BYTES];
    struct str header = base64url_text(arena, STR(HEADER)), payload = base64url_text(arena, claims);
    struct str content = str_format(arena, "%.*s.%.*s", (int)header.size, header.at, (int)payload.size, payload.at);
    crypto_sign_detached(signature, NULL, (const uint8_t *)content.at, content.size, secret);
    struct str signed_by = base64url_text(arena, (struct str){(const char *)signature, sizeof(signature)});
    return str_format(arena, "%.*s.%.*s", (int)content.size, content.at, (int)signed_by.size, signed_by.at);
}

static void hold_claims_are_good(const struct jwt_claims *claims, struct arena *arena)
{
    struct jwt_claims again;
    struct str token;
    HOLD(str_equal(claims->issuer, ISSUER) && claims->expires_at > NOW, "of its issuer, and in time");
    HOLD(claims->territory_count <= JWT_TERRITORIES_MAX, "with as many territories as there is room for");
    if (jwt_sign(signer, claims, arena, &token) != ERR_OK || token.size > 4096)
        return;
    HOLD(jwt_verify(keys, ISSUER, token, NOW, arena, &again) == ERR_OK, "what we sign we take");
    HOLD(str_equal(again.subject, claims->subject) && str_equal(again.role, claims->role) && again.territory_count == claims->territory_count,
         "the same");
    for (size_t i = 0; i < claims->territory_count; i++)
        HOLD(str_equal(again.territories[i], claims->territories[i]), "with its territories");
}

/* Staff may come from the organisation's issuer or from ours, a woman from ours alone. */
static void hold_is_somebody_in_particular(struct str token, const struct jwt_claims *claims, struct arena *arena)
{
    const struct auth ours = {.keys = keys, .issuer = "jisr"}, theirs = {.staff_keys = keys, .staff_issuer = "jisr"};
    struct credential credential;
    struct principal who = {0}, staff = {0};
    credential_read(str_format(arena, "Bearer %.*s", (int)token.size, token.at), arena, &credential);
    HOLD(credential.kind == CREDENTIAL_JWT, "a token is a credential");
    bool is_who = credential_verify_at_once(&ours, &credential, NOW, arena, &who) == ERR_OK;
    bool is_staff = credential_verify_at_once(&theirs, &credential, NOW, arena, &staff) == ERR_OK;
    HOLD(!is_staff || ((staff.role & WHO_STAFF) && is_who && who.role == staff.role), "whom an organisation names is staff");
    HOLD(!is_who || (str_equal(who.subject, claims->subject) && !str_empty(who.subject)), "an audit row has a name");
    HOLD(!is_who || (who.role & (WHO_STAFF | WHO_APPLICANT)), "nobody signs for a partner");
    HOLD(!is_who || who.role != WHO_APPLICANT || !str_empty(claims->application), "a woman has her application");
    HOLD(!is_who || who.territory_count == claims->territory_count, "and staff no more territory than they were given");
}

static void whole_token(struct str text, struct arena *arena)
{
    struct jwt_claims claims;
    (void)jwt_verify(keys, ISSUER, text, NOW, arena, &claims);
}

static void claims_of_an_issuer(struct str text, struct arena *arena)
{
    struct jwt_claims claims, forged;
    struct str token = sign(text, arena);
    if (jwt_verify(keys, ISSUER, token, NOW, arena, &claims) != ERR_OK)
        return;
    hold_claims_are_good(&claims, arena);
    hold_is_somebody_in_particular(token, &claims, arena);
    struct str other = str_copy(arena, token);
    char *last = (char *)(uintptr_t)other.at + other.size - 10; /* ours, in the arena */
    *last = *last == 'A' ? 'B' : 'A';
    HOLD(jwt_verify(keys, ISSUER, other, NOW, arena, &forged) == ERR_UNAUTHENTICATED, "a changed signature is none");
    HOLD(jwt_verify(keys, STR("another"), token, NOW, arena, &forged) == ERR_UNAUTHENTICATED, "an issuer's keys are its own");
    HOLD(jwt_verify(keys, ISSUER, token, claims.expires_at, arena, &forged) == ERR_UNAUTHENTICATED, "a token ends");
}

static void jwks(struct str text, struct arena *arena)
{
    struct jwt_keys *loaded;
    const char *why = NULL;
    (void)arena;
    if (jwt_keys_load(text, &loaded, &why) == ERR_OK)
        jwt_keys_free(loaded);
    else
        HOLD(why, "a refusal has its reason");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static void (*const KINDS[])(struct str, struct arena *) = {whole_token, claims_of_an_issuer, jwks};
    struct arena *arena = fuzz_arena();
    struct str text = fuzz_text(bytes, size);
    prepare(arena);
    KINDS[fuzz_choice(&text, sizeof(KINDS) / sizeof(KINDS[0]))](text, arena);
    return 0;
}
