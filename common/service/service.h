/* What every service is made of, put together once: settings, keys, admin port, database check, relay, feed and HTTP server, started in that order
 * and stopped in reverse. A service is then a table (struct service_program) of what is its own: settings, statements, routes, topics, handler,
 * parts. */
#ifndef JISR_SERVICE_SERVICE_H
#define JISR_SERVICE_SERVICE_H

#include <stddef.h>

#include "app/app.h"
#include "app/settings.h"
#include "crypto/seal.h"
#include "db/db.h"
#include "http/admin.h"
#include "http/server.h"
#include "http/web.h"
#include "relay/feed.h"
#include "relay/relay.h"

struct service;

#define SERVICE_CATALOGS_MAX 12

struct service_program {
    const char *name; /* "training": schema, role, consumer group and ce_source are made of it */
    const char *what; /* one line for --help */
    const struct setting *settings;
    size_t setting_count;
    const struct db_catalog *store;              /* the statements of the service's store.sql */
    const struct db_catalog *const *more_stores; /* those of its other .sql files, NULL-ended; may be NULL */
    const struct http_route *routes;
    size_t route_count;
    bool (*admits)(void *service, const struct http_route *route); /* http/server.h; may be NULL */
    size_t request_arena_bytes;                                    /* ceiling of one request's memory; 0: 1 MB */
    const char *const *topics;                                     /* that it listens to, NULL-ended */
    const char *const *urgent;                                     /* types that somebody waits for, NULL-ended: see feed.h; NULL: there are none */
    bool folds;                                                    /* the handler takes several events of one key in a call: see feed.h */
    enum err (*handle)(struct feed_call *call);                    /* call->service is the struct service * */
    size_t max_events;                                             /* of one feed batch; 0: 250 */
    void (*committed)(void *service); /* after each COMMIT of a feed batch that wrote outbox rows, on its thread; may be NULL */
    const struct app_part
        *parts; /* its own: started after the database check, after the relay, before feed and HTTP; they get the struct service * */
    size_t part_count;
    enum err (*verify_basic)(void *worker, struct str user, struct str password, struct str address, struct arena *arena, struct principal *ret_who);
    enum err (*verify_partner)(void *worker, struct str api_key, struct arena *arena, struct principal *ret_who);
};

struct service {
    const struct service_program *program;
    const struct service_settings *settings; /* also the head of the service's own settings struct */
    struct arena *arena;                     /* for the whole life: settings and what is read at start */
    struct relay *relay;
    struct feed *feed;
    struct http_server *http;
    struct http_web *web; /* set by a part of the service when it serves pages */
    struct http_admin *admin;
    struct jwt_keys *jwt_keys, *staff_jwt_keys; /* NULL: no other issuer is trusted */
    struct auth auth;
    const struct db_catalog *catalogs[SERVICE_CATALOGS_MAX + 1]; /* the stores and the outbox, NULL-ended */
    void *own;                                                   /* the service's own state, made by its parts */
};

/* What an in_worker handler gets: a connection and the service. */
struct service_worker {
    struct db *db;
    struct service *service;
};

/* The whole main(): --help, --print-env, or run until told to stop. `settings` points to the zeroed settings struct, whose first member is a struct
 * service_settings. */
int service_main(const struct service_program *program, void *settings, int argc, char **argv);

/* A connection of this service: `purpose` goes into the application name ("intake-writer"). Connects lazily. */
enum err service_open_db(struct service *service, const char *purpose, struct db **ret_db) MUST_CHECK;
/* A master key file of the keys folder ("facts.key"). Logs why not. */
enum err service_read_key(struct service *service, const char *file, struct seal_key *ret_key) MUST_CHECK;
/* Any file of the keys folder. */
enum err service_read_secret(struct service *service, const char *file, struct str *ret_content) MUST_CHECK;
_Bool service_is_one_machine(const struct service *service);
/* The connection settings for Kafka. */
struct bus_options service_bus(const struct service *service);

#endif
