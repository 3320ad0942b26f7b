#include "app/log.h"
#include "db/connection.h"

/* The first prefix that fits decides. `quotes_values`: the server's primary message may repeat a parameter, so it is left out of the log. */
static const struct sqlstate_rule {
    const char *prefix;
    enum err err;
    enum log_level level;
    bool quotes_values;
    const char *why;
} RULES[] = {
    {"23505", ERR_CONFLICT, LOG_DEBUG, false, "unique violation: somebody was first"},
    {"23P01", ERR_CONFLICT, LOG_DEBUG, false, "exclusion violation"},
    {"23", ERR_INVALID, LOG_WARNING, false, "check, not-null or foreign key: the domain should have said so before"},
    {"22P03", ERR_INTERNAL, LOG_ERROR, true, "a parameter of another binary type than the statement takes: a bug"},
    {"22", ERR_INVALID, LOG_WARNING, true, "a value that the type does not hold"},
    {"40001", ERR_SERIALIZATION, LOG_DEBUG, false, "serialization failure: run it again"},
    {"40P01", ERR_SERIALIZATION, LOG_INFO, false, "deadlock: run it again"},
    {"55P03", ERR_UNAVAILABLE, LOG_WARNING, false, "lock timeout"},
    {"57", ERR_UNAVAILABLE, LOG_WARNING, false, "statement timeout, or the server is going away"},
    {"53", ERR_UNAVAILABLE, LOG_ERROR, false, "out of connections, memory or disk"},
    {"58", ERR_UNAVAILABLE, LOG_ERROR, false, "the server's files can't be read or written"},
    {"08", ERR_UNAVAILABLE, LOG_WARNING, false, "the connection is broken"},
    {"25P03", ERR_UNAVAILABLE, LOG_WARNING, false, "idle in a transaction for too long"},
    {"25006", ERR_UNAVAILABLE, LOG_WARNING, false, "read-only: a standby that has not been promoted yet"},
    {"P0", ERR_INTERNAL, LOG_ERROR, true, "raised by a function; its text may hold anything"},
    {"", ERR_INTERNAL, LOG_ERROR, false, "the statement is wrong"},
};

/* After these the session's prepared statements are worth nothing: the schema has moved under them, or a pooler has swapped the session. */
static bool makes_stale(const char *sqlstate)
{
    return strcmp(sqlstate, "0A000") == 0 || strcmp(sqlstate, "26000") == 0;
}

static const struct sqlstate_rule *find_rule(const char *sqlstate)
{
    const struct sqlstate_rule *rule = RULES;
    while (strncmp(sqlstate, rule->prefix, strlen(rule->prefix)) != 0)
        rule++;
    return rule;
}

void error_remember(struct db *db, const char *text)
{
    size_t size = strcspn(text, "\n"); /* the first line */
    if (size >= sizeof(db->last_error))
        size = sizeof(db->last_error) - 1;
    memmove(db->last_error, text, size);
    db->last_error[size] = '\0';
}

static const char *field(const PGresult *result, int code)
{
    const char *text = PQresultErrorField(result, code);
    return text ? text : "";
}

enum err error_take(struct db *db, const PGresult *result, const struct db_statement *statement)
{
    const char *sqlstate = field(result, PG_DIAG_SQLSTATE);
    if (!*sqlstate) /* not said by the server: libpq itself lost the connection */
        return connection_lost(db, "db-lost");
    const struct sqlstate_rule *rule = find_rule(sqlstate);
    const char *text = rule->quotes_values && statement ? rule->why : field(result, PG_DIAG_MESSAGE_PRIMARY);
    error_remember(db, text);
    log_line(rule->level, "db-error", LOG_ERR(rule->err), LOG_TEXT("sqlstate", sqlstate),
             LOG_TEXT("statement", statement ? statement->name : "(script)"), LOG_TEXT("message", text),
             LOG_TEXT("constraint", field(result, PG_DIAG_CONSTRAINT_NAME)), LOG_TEXT("table", field(result, PG_DIAG_TABLE_NAME)),
             LOG_TEXT("column", field(result, PG_DIAG_COLUMN_NAME)));
    if (makes_stale(sqlstate))
        db->stale = true;
    if (strcmp(field(result, PG_DIAG_SEVERITY_NONLOCALIZED), "ERROR") != 0) { /* FATAL, PANIC: the session is over */
        db->ended_by = statement;
        connection_drop(db);
        return ERR_UNAVAILABLE;
    }
    return rule->err;
}

struct str db_last_error(const struct db *db)
{
    return str_from(db->last_error);
}
