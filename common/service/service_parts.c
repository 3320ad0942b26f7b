#include "service/service_parts.h"

#include <stdlib.h>

#include "app/log.h"
#include "crypto/jwt.h"

#define OUTBOX_DAYS 45      /* the register of what is kept says both: intake's retention_class, `events` */
#define INBOX_DAYS 60       /* at least as long as the outbox: a replay must meet the inbox rows of what was done */
#define RELAY_IN_FLIGHT 600 /* rows without a report: up to 3 kB each with librdkafka's share, within the 32 MB of a service */
#define RELAY_POLL_MS 10
#define RELAY_SILENCE_MS 15000 /* longer than a broker takes to start again */
#define FEED_EVENTS 250
#define FEED_ARENA_BYTES (32u << 20)
#define REQUEST_ARENA_BYTES (1u << 20)
#define REQUEST_DEADLINE_MS 15000
#define RESPONSE_DEADLINE_MS 30000
#define IDLE_MS 75000
#define DATABASE_RETRY_US 500000

static enum err start_admin(void *context)
{
    struct service *service = context;
    return http_admin_start(service->settings->http_host, (uint16_t)service->settings->admin_port, &service->admin);
}

static void stop_admin(void *context)
{
    struct service *service = context;
    http_admin_stop(service->admin);
}

/* Waits for PostgreSQL, then refuses one that would forget what it has acknowledged. */
static enum err start_database(void *context)
{
    struct service *service = context;
    struct db *db = NULL;
    enum err err = service_open_db(service, "start", &db);
    if (err != ERR_OK)
        return err;
    while ((err = db_connect(db)) == ERR_UNAVAILABLE && !app_told_to_stop())
        clock_sleep_us(DATABASE_RETRY_US);
    if (err == ERR_OK)
        err = db_require_durability(db);
    db_close(db);
    return err;
}

static enum err start_relay(void *context)
{
    struct service *service = context;
    struct relay_options options = {
        .db = service_db_options(service, "relay"),
        .bus = service_bus(service),
        .service = service->program->name,
        .max_in_flight = RELAY_IN_FLIGHT,
        .poll_ms = RELAY_POLL_MS,
        .silence_ms = RELAY_SILENCE_MS,
        .outbox_days = OUTBOX_DAYS,
        .inbox_days = INBOX_DAYS,
    };
    return relay_start(&options, &service->relay);
}

static void stop_relay(void *context)
{
    struct service *service = context;
    relay_stop(service->relay);
}

static enum err start_feed(void *context)
{
    struct service *service = context;
    const struct service_program *program = service->program;
    struct feed_options options = {
        .db = service_db_options(service, "feed"),
        .bus = service_bus(service),
        .service = program->name,
        .topics = program->topics,
        .max_events = program->max_events ? program->max_events : FEED_EVENTS,
        .arena_bytes = FEED_ARENA_BYTES,
        .urgent = program->urgent,
        .folds = program->folds,
        .handle = program->handle,
        .committed = program->committed,
        .context = service,
        .relay = service->relay,
    };
    return feed_start(&options, &service->feed);
}

static void stop_feed(void *context)
{
    struct service *service = context;
    feed_stop(service->feed);
    service->feed = NULL;
}

static enum err worker_open(void *context, void **ret_worker)
{
    struct service *service = context;
    struct service_worker *worker = calloc(1, sizeof *worker);
    if (!worker)
        return ERR_MEMORY;
    worker->service = service;
    struct db_options options = service_db_options(service, "http");
    enum err err = db_open(&options, &worker->db);
    if (err == ERR_OK)
        *ret_worker = worker;
    else
        free(worker);
    return err;
}

static void worker_close(void *context)
{
    struct service_worker *worker = context;
    db_close(worker->db);
    free(worker);
}

static enum err load_jwks(struct service *service, const char *file, struct jwt_keys **ret_keys)
{
    struct str jwks;
    const char *why = NULL;
    enum err err = service_read_secret(service, file, &jwks);
    if (err == ERR_OK && (err = jwt_keys_load(jwks, ret_keys, &why)) != ERR_OK)
        log_line(LOG_ERROR, "jwks-not-usable", LOG_TEXT("file", file), LOG_TEXT("why", why));
    return err;
}

static enum err load_auth(struct service *service)
{
    enum err err = load_jwks(service, "jwks.json", &service->jwt_keys);
    if (err == ERR_OK && service->settings->staff_issuer[0])
        err = load_jwks(service, "staff-jwks.json", &service->staff_jwt_keys);
    service->auth = (struct auth){
        .keys = service->jwt_keys,
        .issuer = service->settings->issuer,
        .staff_keys = service->staff_jwt_keys,
        .staff_issuer = service->settings->staff_issuer,
        .verify_basic = service->program->verify_basic,
        .verify_partner = service->program->verify_partner,
    };
    return err;
}

static enum err start_http(void *context)
{
    struct service *service = context;
    const struct service_settings *settings = service->settings;
    enum err err = load_auth(service);
    if (err != ERR_OK)
        return err;
    struct http_options options = {
        .host = settings->http_host,
        .port = (uint16_t)settings->http_port,
        .routes = service->program->routes,
        .route_count = service->program->route_count,
        .service = service,
        .admits = service->program->admits,
        .epoll_threads = (unsigned)settings->http_threads,
        .worker_threads = (unsigned)settings->workers,
        .worker_open = worker_open,
        .worker_close = worker_close,
        .max_connections = (unsigned)settings->max_connections,
        .max_in_flight = (unsigned)settings->max_in_flight,
        .request_deadline_ms = REQUEST_DEADLINE_MS,
        .response_deadline_ms = RESPONSE_DEADLINE_MS,
        .idle_ms = IDLE_MS,
        .request_arena_bytes = service->program->request_arena_bytes ? service->program->request_arena_bytes : REQUEST_ARENA_BYTES,
        .auth = &service->auth,
        .web = service->web,
    };
    return http_server_start(&options, &service->http);
}

static void drain_http(void *context)
{
    struct service *service = context;
    http_server_drain(service->http, clock_monotonic_us() + 10 * INSTANT_SECOND);
}

static void stop_http(void *context)
{
    struct service *service = context;
    http_server_stop(service->http);
    jwt_keys_free(service->jwt_keys);
    jwt_keys_free(service->staff_jwt_keys);
}

static const struct app_part FIRST_PARTS[] = {
    {"admin", start_admin, NULL, stop_admin},
    {"database", start_database, NULL, NULL},
};

/* The relay starts before and stops after those that wake it. */
static const struct app_part RELAY_PART = {"relay", start_relay, NULL, stop_relay};

static const struct app_part LAST_PARTS[] = {
    {"feed", start_feed, NULL, stop_feed},
    {"http", start_http, drain_http, stop_http},
};

static void append(struct app_part *parts, size_t max, size_t *count, const struct app_part *more, size_t more_count)
{
    if (*count + more_count > max)
        abort();
    for (size_t i = 0; i < more_count; i++)
        parts[(*count)++] = more[i];
}

size_t service_collect_parts(const struct service_program *program, struct app_part *ret_parts, size_t max)
{
    size_t count = 0;
    append(ret_parts, max, &count, FIRST_PARTS, sizeof(FIRST_PARTS) / sizeof(FIRST_PARTS[0]));
    append(ret_parts, max, &count, &RELAY_PART, 1);
    append(ret_parts, max, &count, program->parts, program->part_count);
    append(ret_parts, max, &count, LAST_PARTS, sizeof(LAST_PARTS) / sizeof(LAST_PARTS[0]));
    return count;
}
