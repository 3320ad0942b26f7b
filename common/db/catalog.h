/* Statements by name. A store.sql file holds them, each after a line `-- name: find_application`; cmake/Catalog.cmake turns the file into
 * <target>_statements.h (one `extern const struct db_statement STORE_FIND_APPLICATION;` a statement, prefix = file name in capitals) and its .c file.
 * A name that is misspelt does not compile. */
#ifndef JISR_DB_CATALOG_H
#define JISR_DB_CATALOG_H

#include <stddef.h>

struct db_statement {
    const char *name; /* "store_find_application": the prepared statement's name */
    const char *sql;
};

struct db_catalog {
    const struct db_statement *const *statements;
    size_t count;
};

#endif
