#include "service/service.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "app/log.h"
#include "crypto/seal.h"
#include "db/outbox.h"
#include "json/wire.h"
#include "service/service_parts.h"

#define LIFE_ARENA_BYTES (8u << 20)
#define SECRET_MAX_BYTES 16384
#define DRAIN_BUDGET_MS 20000
#define STATEMENT_TIMEOUT_MS 10000
#define LOCK_TIMEOUT_MS 5000
#define IDLE_TRANSACTION_TIMEOUT_MS 5000
#define OWN_PARTS_MAX 16
#define HEAPS_MAX 2
#define LARGE_BLOCK_BYTES (128 * 1024)

enum err service_read_secret(struct service *service, const char *file, struct str *ret_content)
{
    struct str path = str_format(service->arena, "%s/%s", service->settings->keys, file);
    return path.at ? config_read_file(path.at, SECRET_MAX_BYTES, service->arena, ret_content) : ERR_MEMORY;
}

enum err service_read_key(struct service *service, const char *file, struct seal_key *ret_key)
{
    struct str hex;
    enum err err = service_read_secret(service, file, &hex);
    if (err == ERR_OK && (err = seal_key_parse(hex, ret_key)) != ERR_OK)
        log_line(LOG_ERROR, "key-not-usable", LOG_TEXT("file", file), LOG_ERR(err));
    return err;
}

enum err service_open_db(struct service *service, const char *purpose, struct db **ret_db)
{
    struct str name = str_format(service->arena, "%s-%s", service->program->name, purpose);
    struct db_options options = service_db_options(service, name.at);
    return name.at ? db_open(&options, ret_db) : ERR_MEMORY;
}

struct db_options service_db_options(struct service *service, const char *application_name)
{
    return (struct db_options){
        .conninfo = service->settings->pg,
        .application_name = application_name,
        .schema = service->program->name,
        .catalogs = service->catalogs,
        .statement_timeout_ms = STATEMENT_TIMEOUT_MS,
        .lock_timeout_ms = LOCK_TIMEOUT_MS,
        .idle_transaction_timeout_ms = IDLE_TRANSACTION_TIMEOUT_MS,
    };
}

bool service_is_one_machine(const struct service *service)
{
    return strcmp(service->settings->profile, "one-machine") == 0;
}

static const char *or_null(const char *text)
{
    return text && text[0] ? text : NULL;
}

struct bus_options service_bus(const struct service *service)
{
    const struct service_settings *s = service->settings;
    return (struct bus_options){
        s->kafka, service->program->name, s->kafka_security, or_null(s->kafka_username), or_null(s->kafka_password_file), or_null(s->kafka_ca_file)};
}

static enum log_level level_of(const char *name)
{
    return strcmp(name, "debug") == 0 ? LOG_DEBUG : strcmp(name, "warning") == 0 ? LOG_WARNING : strcmp(name, "error") == 0 ? LOG_ERROR : LOG_INFO;
}

/* --help and --print-env are answered here: true, and the program ends with *ret_status. */
static bool answered_at_once(const struct service_program *program, int argc, char **argv, int *ret_status)
{
    *ret_status = 0;
    if (argc < 2)
        return false;
    if (strcmp(argv[1], "--help") == 0) {
        config_help(program->name, program->what, program->settings, program->setting_count, stdout);
    } else if (strcmp(argv[1], "--print-env") == 0) {
        config_print_env(program->settings, program->setting_count, stdout);
    } else {
        (void)fprintf(stderr, "jisr-%s: no option %s; settings come from the environment (see --help)\n", program->name, argv[1]);
        *ret_status = 2;
    }
    return true;
}

static void collect_catalogs(struct service *service)
{
    size_t count = 0;
    service->catalogs[count++] = service->program->store;
    service->catalogs[count++] = &OUTBOX_CATALOG;
    for (const struct db_catalog *const *more = service->program->more_stores; more && *more && count < SERVICE_CATALOGS_MAX; more++)
        service->catalogs[count++] = *more;
}

/* Dozens of threads share two heaps. A fixed bound (glibc's own; it would rise with each large block that is freed): what is large is mapped by
 * itself, and given back. */
static void memory_setup(void)
{
    mallopt(M_ARENA_MAX, HEAPS_MAX);
    mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK_BYTES);
}

int service_main(const struct service_program *program, void *settings, int argc, char **argv)
{
    int status;
    if (answered_at_once(program, argc, argv, &status))
        return status;
    struct arena *arena = arena_new(LIFE_ARENA_BYTES);
    if (!arena || config_load(program->settings, program->setting_count, arena, settings) != ERR_OK)
        return 2;
    struct service service = {.program = program, .settings = settings, .arena = arena};
    memory_setup();
    collect_catalogs(&service);
    log_setup(program->name, level_of(service.settings->log_level));
    json_setup();
    if (crypto_setup() != ERR_OK)
        return 1;
    struct app_part parts[OWN_PARTS_MAX];
    struct app app = {
        .name = program->name,
        .drain_wait_ms = service.settings->drain_wait_ms,
        .drain_budget_ms = DRAIN_BUDGET_MS,
        .parts = parts,
        .part_count = service_collect_parts(program, parts, OWN_PARTS_MAX),
        .service = &service,
    };
    status = app_run(&app);
    arena_free(arena);
    return status;
}
