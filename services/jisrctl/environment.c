#include <stdio.h>
#include <stdlib.h>

#include "commands.h"
#include "store_statements.h"

const char *const PLUMBED_SCHEMAS[] = {"intake", "eligibility", "training", "notifier", NULL};

static const struct db_catalog *const CATALOGS[] = {&STORE_CATALOG, NULL};

const char *need_env(const char *name)
{
    const char *value = getenv(name);
    if (value && value[0])
        return value;
    (void)fprintf(stderr, "jisrctl: %s is not set; deploy/jisrctl sets it for the running platform\n", name);
    return NULL;
}

static const char *env_or(const char *name, const char *standard)
{
    const char *value = getenv(name);
    return value && value[0] ? value : standard;
}

bool kafka_settings(struct bus_options *ret_bus)
{
    *ret_bus = (struct bus_options){
        .brokers = need_env("JISR_KAFKA"),
        .client_id = "jisrctl",
        .security = env_or("JISR_KAFKA_SECURITY", "plaintext"),
        .username = env_or("JISR_KAFKA_USERNAME", NULL),
        .password_file = env_or("JISR_KAFKA_PASSWORD_FILE", NULL),
        .ca_file = env_or("JISR_KAFKA_CA_FILE", NULL),
    };
    return ret_bus->brokers != NULL;
}

struct db *open_schema(const char *schema)
{
    const char *conninfo = need_env("JISR_PG_OWNER");
    if (!conninfo)
        return NULL;
    struct db_options options = {
        .conninfo = conninfo,
        .application_name = "jisrctl",
        .schema = schema,
        .catalogs = CATALOGS,
        .statement_timeout_ms = 600000,
        .lock_timeout_ms = 5000,
        .idle_transaction_timeout_ms = 60000,
    };
    struct db *db = NULL;
    if (db_open(&options, &db) != ERR_OK || db_connect(db) != ERR_OK) {
        (void)fprintf(stderr, "jisrctl: PostgreSQL does not answer for schema %s (does the platform run, and has jisrctl migrate run?)\n", schema);
        db_close(db);
        return NULL;
    }
    return db;
}
