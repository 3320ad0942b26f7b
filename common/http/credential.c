#include "http/credential.h"

#include "crypto/jwt.h"
#include "crypto/seal.h"

#define BASIC_MAX 1024
#define API_KEY_MAX 256
#define API_KEY_PREFIX "jisr_pk_"
#define API_KEY_HEX 64 /* what notifier makes: 32 random bytes */

static const struct credential WRONG = {.kind = CREDENTIAL_WRONG};

static bool is_printable(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.at[i] < 0x20)
            return false;
    return str_is_utf8(text) && !str_has_control(text);
}

/* RFC 7617: base64 of user:password in UTF-8; the user has no colon. */
static struct credential read_basic(struct str encoded, struct arena *arena)
{
    struct str pair;
    if (encoded.size > BASIC_MAX || base64_bytes(encoded, arena, &pair) != ERR_OK || !is_printable(pair) || !pair.size ||
        !memchr(pair.at, ':', pair.size))
        return WRONG;
    struct credential credential = {.kind = CREDENTIAL_BASIC, .password = pair};
    credential.user = str_cut(&credential.password, ':');
    return credential;
}

static struct credential read_bearer(struct str token)
{
    if (!str_starts(token, STR(API_KEY_PREFIX)))
        return (struct credential){.kind = str_empty(token) ? CREDENTIAL_WRONG : CREDENTIAL_JWT, .token = token};
    if (token.size > API_KEY_MAX)
        return WRONG;
    return (struct credential){.kind = CREDENTIAL_PARTNER, .token = token};
}

void credential_read(struct str authorization, struct arena *arena, struct credential *ret_credential)
{
    struct str rest = str_trim(authorization);
    *ret_credential = (struct credential){.kind = CREDENTIAL_NONE};
    if (str_empty(rest))
        return;
    struct str scheme = str_cut(&rest, ' ');
    rest = str_trim(rest);
    if (str_equal_nocase(scheme, STR("Basic")))
        *ret_credential = read_basic(rest, arena);
    else if (str_equal_nocase(scheme, STR("Bearer")))
        *ret_credential = read_bearer(rest);
    else
        *ret_credential = WRONG;
}

static bool principal_from_claims(const struct jwt_claims *claims, struct principal *ret_who)
{
    struct principal who = {.subject = claims->subject};
    if (str_empty(claims->subject))
        return false; /* the audit would name nobody */
    if (!who_parse(claims->role, &who.role) || who.role == WHO_PARTNER || claims->territory_count > TERRITORIES_MAX)
        return false;
    if (who.role == WHO_APPLICANT && !id_parse(claims->application, &who.application))
        return false;
    who.territory_count = claims->territory_count;
    for (size_t i = 0; i < claims->territory_count; i++)
        who.territories[i] = claims->territories[i];
    *ret_who = who;
    return true;
}

static enum err verify_jwt(const struct auth *auth, struct str token, instant_us now, struct arena *arena, struct principal *who)
{
    struct jwt_claims claims = {0};
    if (auth->keys && jwt_verify(auth->keys, str_from(auth->issuer), token, now, arena, &claims) == ERR_OK)
        return principal_from_claims(&claims, who) ? ERR_OK : ERR_UNAUTHENTICATED;
    if (!auth->staff_keys)
        return ERR_UNAUTHENTICATED;
    struct principal staff = {0};
    enum err err = jwt_verify(auth->staff_keys, str_from(auth->staff_issuer), token, now, arena, &claims);
    if (err != ERR_OK || !principal_from_claims(&claims, &staff) || !(staff.role & WHO_STAFF))
        return ERR_UNAUTHENTICATED;
    *who = staff;
    return ERR_OK;
}

enum err credential_verify_at_once(const struct auth *auth, const struct credential *credential, instant_us now, struct arena *arena,
                                   struct principal *who)
{
    switch (credential->kind) {
    case CREDENTIAL_NONE:
        return ERR_OK;
    case CREDENTIAL_JWT:
        return auth ? verify_jwt(auth, credential->token, now, arena, who) : ERR_UNAUTHENTICATED;
    case CREDENTIAL_BASIC:
        return auth && auth->verify_basic ? ERR_OK : ERR_UNAUTHENTICATED;
    case CREDENTIAL_PARTNER:
        return auth && auth->verify_partner ? ERR_OK : ERR_UNAUTHENTICATED;
    case CREDENTIAL_WRONG:
        break;
    }
    return ERR_UNAUTHENTICATED;
}

static bool is_hex_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool is_api_key(struct str token)
{
    struct str digits = {token.at + sizeof(API_KEY_PREFIX) - 1, token.size - (sizeof(API_KEY_PREFIX) - 1)};
    for (size_t i = 0; i < digits.size; i++)
        if (!is_hex_digit(digits.at[i]))
            return false;
    return digits.size == API_KEY_HEX;
}

bool credential_is_foreign(const struct auth *auth, const struct credential *credential)
{
    if (credential->kind == CREDENTIAL_BASIC)
        return !auth || !auth->verify_basic;
    return credential->kind == CREDENTIAL_PARTNER && (!auth || !auth->verify_partner) && is_api_key(credential->token);
}

bool credential_needs_worker(const struct auth *auth, const struct credential *credential)
{
    return auth && (credential->kind == CREDENTIAL_BASIC || credential->kind == CREDENTIAL_PARTNER);
}

enum err credential_verify_on_worker(const struct auth *auth, const struct credential *credential, void *worker, struct arena *arena,
                                     struct principal *who)
{
    struct principal found = {0};
    enum err err = ERR_OK;
    if (credential->kind == CREDENTIAL_BASIC) {
        err = auth->verify_basic(worker, credential->user, credential->password, credential->address, arena, &found);
        /* The bytes are ours (decoded into the arena); only the view of them is const. */
        secret_wipe((void *)(uintptr_t)credential->password.at, credential->password.size);
    } else if (credential->kind == CREDENTIAL_PARTNER) {
        err = auth->verify_partner(worker, credential->token, arena, &found);
    } else {
        return ERR_OK;
    }
    if (err == ERR_OK)
        *who = found;
    return err;
}

enum err credential_admit(unsigned who_may, const struct principal *who)
{
    if (who_may & WHO_ANYONE || who_may & who->role)
        return ERR_OK;
    return who->role == WHO_ANYONE ? ERR_UNAUTHENTICATED : ERR_FORBIDDEN;
}
