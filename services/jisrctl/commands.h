/* The operators' commands: what main.c's table points to, and what they share. Each `run` returns the exit status: 0 done, 1 failed, 2 wrong usage.
 */
#ifndef JISRCTL_COMMANDS_H
#define JISRCTL_COMMANDS_H

#include "base/arena.h"
#include "bus/producer.h"
#include "db/db.h"
#include "options.h"

extern const struct command COMMAND_KEYS, COMMAND_TOKEN, COMMAND_MIGRATE, COMMAND_SAMPLE, COMMAND_TOPICS, COMMAND_PARKED, COMMAND_REPLAY,
    COMMAND_VERIFY, COMMAND_RULES, COMMAND_RESCORE, COMMAND_DEMO, COMMAND_RETENTION;

/* The services that own a schema with plumbing; ended by NULL. */
extern const char *const PLUMBED_SCHEMAS[];

/* The value of an environment variable, or NULL after a sentence on stderr that says what to do. */
const char *need_env(const char *name);
/* Kafka's address and credentials from the environment (the names of app/settings.h). False after a sentence on stderr. */
bool kafka_settings(struct bus_options *ret_bus);
/* A connection as the owner (JISR_PG_OWNER) with the search_path of one schema and jisrctl's statements. NULL after a sentence on stderr. */
struct db *open_schema(const char *schema);

#endif
