/* jisrctl token: a staff JWT, signed by the issuer key. For one machine, tests and emergencies; production uses the organisation's OIDC issuer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/config.h"
#include "base/geography.h"
#include "commands.h"
#include "crypto/jwt.h"
#include "http/auth.h"
#include "staff_token.h"

#define SUBJECT_BYTES_MAX 200

static int run(int argc, char **argv);
const struct command COMMAND_TOKEN = {"token", "", "print a staff token (roles: agent reviewer committee trainer auditor admin)", run};

/* "90", "90s", "15m", "1h", "2d" → seconds; 0 when it's none of them. */
static int64_t parse_ttl_s(const char *text)
{
    char *end = NULL;
    long long number = strtoll(text, &end, 10);
    int64_t unit = strcmp(end, "") == 0 || strcmp(end, "s") == 0 ? 1
                   : strcmp(end, "m") == 0                       ? 60
                   : strcmp(end, "h") == 0                       ? 3600
                   : strcmp(end, "d") == 0                       ? 86400
                                                                 : 0;
    return end == text || number <= 0 || number > 366LL * 86400 ? 0 : number * unit;
}

/* It goes into audit rows, lists and logs, a line each. */
static bool is_name(struct str subject)
{
    for (size_t i = 0; i < subject.size; i++)
        if ((unsigned char)subject.at[i] < ' ')
            return false;
    return str_is_utf8(subject) && !str_has_control(subject) && !str_is_blank(subject) && subject.size <= SUBJECT_BYTES_MAX;
}

bool staff_token_make(const struct staff_token *token, struct arena *arena, struct str *ret_token)
{
    const char *keys = need_env("JISR_KEYS");
    const char *issuer = getenv("JISR_ISSUER");
    struct jwt_signer *signer = NULL;
    struct str seed;
    if (!keys)
        return false;
    if (config_read_file(str_format(arena, "%s/issuer.key", keys).at, 128, arena, &seed) != ERR_OK ||
        jwt_signer_load(seed, STR("jisr-1"), &signer) != ERR_OK) {
        (void)fprintf(stderr, "jisrctl: no usable issuer.key below %s\n", keys);
        return false;
    }
    instant_us now = clock_wall_us();
    struct jwt_claims claims = {
        .issuer = str_from(issuer && issuer[0] ? issuer : "jisr"),
        .subject = token->subject ? str_from(token->subject) : str_format(arena, "staff:%s", token->role),
        .role = str_from(token->role),
        .territory_count = token->territories.count,
        .issued_at = now,
        .not_before = INSTANT_NEVER,
        .expires_at = now + token->life_s * INSTANT_SECOND,
    };
    for (size_t i = 0; i < token->territories.count; i++)
        claims.territories[i] = str_from(token->territories.items[i]);
    enum err err = jwt_sign(signer, &claims, arena, ret_token);
    jwt_signer_free(signer);
    if (err != ERR_OK)
        (void)fprintf(stderr, "jisrctl: signing a token failed (%s)\n", err_info(err)->name);
    return err == ERR_OK;
}

static int print_token(const struct staff_token *token, struct arena *arena)
{
    struct str text;
    if (!staff_token_make(token, arena, &text))
        return 1;
    printf("%.*s\n", (int)text.size, text.at);
    return 0;
}

static int run(int argc, char **argv)
{
    struct staff_token token = {0};
    const char *ttl = "1h";
    const struct option_row rows[] = {
        {"role", OPTION_TEXT, &token.role, "ROLE", "required"},
        {"territory", OPTION_LIST, &token.territories, "CODE", "region or province (MA-03, MA-TAO); may be repeated; none: everywhere"},
        {"ttl", OPTION_TEXT, &ttl, "TIME", "life: 90s, 15m, 1h (default), 2d"},
        {"subject", OPTION_TEXT, &token.subject, "NAME", "who it is, for the audit (default staff:ROLE)"},
    };
    int words = options_parse(&COMMAND_TOKEN, rows, sizeof(rows) / sizeof(rows[0]), argc, argv);
    if (words < 0)
        return options_status(words);
    enum who role;
    if (!token.role || !who_parse(str_from(token.role), &role) || !(role & WHO_STAFF)) {
        (void)fputs("jisrctl token: --role must be one of agent reviewer committee trainer auditor admin\n", stderr);
        return 2;
    }
    token.life_s = parse_ttl_s(ttl);
    if (token.life_s == 0) {
        (void)fprintf(stderr, "jisrctl token: --ttl %s is not a time like 90s, 15m, 1h, 2d\n", ttl);
        return 2;
    }
    for (size_t i = 0; i < token.territories.count; i++)
        if (!geography_is_code(str_from(token.territories.items[i]))) {
            (void)fprintf(stderr, "jisrctl token: --territory %s is no region or province, as MA-03 or MA-TAO (ISO 3166-2)\n",
                          token.territories.items[i]);
            return 2;
        }
    if (token.subject && !is_name(str_from(token.subject))) {
        (void)fprintf(stderr, "jisrctl token: --subject is one line of text without control characters, at most %d bytes\n", SUBJECT_BYTES_MAX);
        return 2;
    }
    struct arena *arena = arena_new(1 << 20);
    int status = arena ? print_token(&token, arena) : 1;
    arena_free(arena);
    return status;
}
