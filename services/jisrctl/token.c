/* jisrctl token: a staff JWT, signed by the issuer key. For one machine, tests and emergencies; production uses the organisation's OIDC issuer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "app/config.h"
#include "commands.h"
#include "crypto/jwt.h"
#include "http/auth.h"

static int run(int argc, char **argv);
const struct command COMMAND_TOKEN = {"token", "", "print a staff token (roles: agent reviewer committee trainer auditor admin)", run};

struct token_options {
    const char *role, *ttl, *subject;
    struct option_list territories;
};

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
    return end == text || number <= 0 || number > 366 * 86400 ? 0 : number * unit;
}

static int print_token(const struct token_options *options, int64_t ttl_s, struct arena *arena)
{
    const char *keys = need_env("JISR_KEYS");
    const char *issuer = getenv("JISR_ISSUER");
    struct jwt_signer *signer = NULL;
    struct str seed, token;
    if (!keys)
        return 2;
    if (config_read_file(str_format(arena, "%s/issuer.key", keys).at, 128, arena, &seed) != ERR_OK ||
        jwt_signer_load(seed, STR("jisr-1"), &signer) != ERR_OK) {
        fprintf(stderr, "jisrctl token: no usable issuer.key below %s\n", keys);
        return 1;
    }
    instant_us now = clock_wall_us();
    struct jwt_claims claims = {
        .issuer = str_from(issuer && issuer[0] ? issuer : "jisr"),
        .subject = options->subject ? str_from(options->subject) : str_format(arena, "staff:%s", options->role),
        .role = str_from(options->role),
        .territory_count = options->territories.count,
        .issued_at = now,
        .not_before = INSTANT_NEVER,
        .expires_at = now + ttl_s * INSTANT_SECOND,
    };
    for (size_t i = 0; i < options->territories.count; i++)
        claims.territories[i] = str_from(options->territories.items[i]);
    enum err err = jwt_sign(signer, &claims, arena, &token);
    jwt_signer_free(signer);
    if (err != ERR_OK) {
        fprintf(stderr, "jisrctl token: signing failed (%s)\n", err_info(err)->name);
        return 1;
    }
    printf("%.*s\n", (int)token.size, token.at);
    return 0;
}

static int run(int argc, char **argv)
{
    struct token_options options = {.ttl = "1h"};
    const struct option_row rows[] = {
        {"role", OPTION_TEXT, &options.role, "ROLE", "required"},
        {"territory", OPTION_LIST, &options.territories, "CODE", "region or province (MA-03, MA-TAO); may be repeated; none: everywhere"},
        {"ttl", OPTION_TEXT, &options.ttl, "TIME", "life: 90s, 15m, 1h (default), 2d"},
        {"subject", OPTION_TEXT, &options.subject, "NAME", "who it is, for the audit (default staff:ROLE)"},
    };
    int words = options_parse(&COMMAND_TOKEN, rows, sizeof(rows) / sizeof(rows[0]), argc, argv);
    if (words < 0)
        return options_status(words);
    enum who role;
    if (!options.role || !who_parse(str_from(options.role), &role) || !(role & WHO_STAFF)) {
        fputs("jisrctl token: --role must be one of agent reviewer committee trainer auditor admin\n", stderr);
        return 2;
    }
    int64_t ttl_s = parse_ttl_s(options.ttl);
    if (ttl_s == 0) {
        fprintf(stderr, "jisrctl token: --ttl %s is not a time like 90s, 15m, 1h, 2d\n", options.ttl);
        return 2;
    }
    struct arena *arena = arena_new(1 << 20);
    int status = arena ? print_token(&options, ttl_s, arena) : 1;
    arena_free(arena);
    return status;
}
