/* The database's schema, brought forward: numbered SQL files, each applied once in a transaction of its own, with their hashes kept in
 * jisr.migration. common/db/migrations goes into every service's schema, then services/<name>/migrations into its own; vault has only its own. An
 * applied file that has changed is refused. After the files the services' roles are granted what they may
 * (services/jisrctl/migrations/0000_registry.sql says what). */
#ifndef JISR_JISRCTL_MIGRATE_H
#define JISR_JISRCTL_MIGRATE_H

#include "base/embedded.h"
#include "base/err.h"

/* `owner_conninfo` is the role that owns the database (no superuser); the services' roles exist already. Safe to run again and beside another run.
 * ERR_CONFLICT: an applied file has changed; ERR_INTERNAL: a file is wrong. What went wrong is in the log. */
enum err migrate_run(const char *owner_conninfo, const struct embedded_file *files) MUST_CHECK;

#endif
