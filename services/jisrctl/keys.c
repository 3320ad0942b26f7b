/* jisrctl keys: makes the key files that are missing; never changes one that is there. The list of keys is proto/README.md's. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/config.h"
#include "commands.h"
#include "crypto/jwt.h"
#include "crypto/seal.h"

static int run(int argc, char **argv);
const struct command COMMAND_KEYS = {"keys", "", "make the key files that are missing, and the JWKS of the issuer key", run};

static const char *const KEY_FILES[] = {
    "facts.key",       /* master of the applicants' facts keys: intake, eligibility */
    "contact.key",     /* master of the applicants' contact keys: intake, notifier */
    "identity.key",    /* keyed hash of identity numbers: intake */
    "code.key",        /* secret codes of applicants: intake */
    "fingerprint.key", /* keyed hash of bodies and idempotency keys: all */
    "body.key",        /* what intake seals for itself */
    "api.key",         /* partners' API keys and webhook secrets: notifier */
    "issuer.key",      /* Ed25519 seed that signs tokens: intake, jisrctl */
    "webhook.key",     /* Ed25519 seed that signs webhooks (v1a): notifier */
};

/* O_EXCL: two runs at once can't both make one. 0: made or there. */
static int write_new(int folder, const char *name, struct str content, mode_t mode)
{
    int file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0)
        return errno == EEXIST ? 0 : -1;
    ssize_t written = write(file, content.at, content.size);
    int failed = written != (ssize_t)content.size || fsync(file) != 0;
    return close(file) != 0 || failed ? -1 : 0;
}

static int make_key(int folder, const char *name, struct arena *arena)
{
    unsigned char secret[SEAL_KEY_SIZE];
    random_bytes(secret, sizeof secret);
    struct str hex = hex_text(arena, (struct str){(const char *)secret, sizeof secret});
    secret_wipe(secret, sizeof secret);
    return hex.at ? write_new(folder, name, str_format(arena, "%.*s\n", (int)hex.size, hex.at), 0600) : -1;
}

static int make_jwks(int folder, const char *path, struct arena *arena)
{
    struct jwt_signer *signer = NULL;
    struct str seed;
    if (config_read_file(str_format(arena, "%s/issuer.key", path).at, 128, arena, &seed) != ERR_OK ||
        jwt_signer_load(seed, STR("jisr-1"), &signer) != ERR_OK)
        return -1;
    int result = write_new(folder, "jwks.json", jwt_signer_jwks(signer, arena), 0644);
    jwt_signer_free(signer);
    return result;
}

static int make_all(const char *path, struct arena *arena)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        (void)fprintf(stderr, "jisrctl keys: %s: %s\n", path, strerror(errno));
        return 1;
    }
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int failed = folder < 0;
    for (size_t i = 0; !failed && i < sizeof(KEY_FILES) / sizeof(KEY_FILES[0]); i++)
        failed = make_key(folder, KEY_FILES[i], arena) != 0;
    failed = failed || make_jwks(folder, path, arena) != 0;
    if (failed)
        (void)fprintf(stderr, "jisrctl keys: can't write below %s: %s\n", path, strerror(errno));
    if (folder >= 0)
        close(folder);
    return failed;
}

static int run(int argc, char **argv)
{
    const char *path = NULL;
    const struct option_row rows[] = {{"dir", OPTION_TEXT, &path, "FOLDER", "where they are (default: JISR_KEYS)"}};
    int words = options_parse(&COMMAND_KEYS, rows, 1, argc, argv);
    if (words < 0)
        return options_status(words);
    if (!path && !(path = need_env("JISR_KEYS")))
        return 2;
    struct arena *arena = arena_new(1 << 20);
    int status = arena ? make_all(path, arena) : 1;
    arena_free(arena);
    return status;
}
