/* The outbox: one row a state change, written in the same transaction as the change. The relay (relay/relay.h) carries it to Kafka.
 * The row's id is given after the aggregate's row is locked (call it last), so that ids of one aggregate follow its versions. */
#ifndef JISR_DB_OUTBOX_H
#define JISR_DB_OUTBOX_H

#include "base/err.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/str.h"

struct db;
struct db_catalog;

/* For db_options.catalogs of whoever writes events or audit rows. */
extern const struct db_catalog OUTBOX_CATALOG;

struct outbox_row {
    struct id event_id; /* UUIDv7 */
    struct id key;      /* partition key: the application's id */
    struct id aggregate_id;
    int64_t version;        /* of the aggregate, 1..n */
    const char *type;       /* one of EVENT_… of proto/topics.h */
    struct str data;        /* the CloudEvent's data, JSON */
    struct str traceparent; /* W3C; may be empty */
    instant_us at;          /* when it happened: the CloudEvent's time */
    /* The audit row of the same change. */
    struct str actor;  /* "applicant:<receipt>", "agent:<sub>", "service:eligibility" … */
    struct str action; /* "submit", "withdraw" …: what was done, in one word */
};

struct outbox {
    struct arena *arena;
    struct outbox_row *rows;
    size_t count, capacity;
    bool failed;
};

void outbox_init(struct outbox *outbox, struct arena *arena);
/* Texts are borrowed until outbox_write. */
void outbox_add(struct outbox *outbox, const struct outbox_row *row);
/* Queues the outbox rows and their audit rows in the open transaction (two statements, set-based). ERR_LIMIT or ERR_MEMORY when an add had failed, or the
 * text of an actor: nothing is on record without who did it. */
enum err outbox_write(const struct outbox *outbox, struct db *db) MUST_CHECK;

/* An audit row without a change: a read of personal data. Queued in the open transaction; errors as above. */
struct audit_row {
    instant_us at;
    struct id subject;                /* the application */
    struct str actor, action, detail; /* detail: small JSON without personal data, or empty */
};
enum err audit_write(const struct audit_row *row, struct db *db, struct arena *arena) MUST_CHECK;

#endif
