/* The settings that every service has: a struct to put first in a service's own, and the rows for its table (app/config.h). */
#ifndef JISR_APP_SETTINGS_H
#define JISR_APP_SETTINGS_H

#include "app/config.h"

struct service_settings {
    const char *http_host;
    int64_t http_port, admin_port;
    const char *pg;    /* conninfo */
    const char *kafka; /* brokers */
    const char *kafka_security, *kafka_username, *kafka_password_file, *kafka_ca_file;
    const char *keys; /* folder of key files */
    const char *issuer, *staff_issuer;
    const char *log_level;
    int64_t http_threads, workers, max_in_flight, max_connections, drain_wait_ms;
    const char *profile; /* "one-machine" or "production" */
};

/* SERVICE_SETTINGS(struct_name, member, http_port, admin_port): rows for a table of `struct struct_name` whose member is a struct service_settings.
 */
#define SERVICE_SETTINGS(s, m, standard_http_port, standard_admin_port)                                                                      \
    SETTING_TEXT_ROW(s, m.http_host, "JISR_HTTP_HOST", "127.0.0.1", "address to listen on"),                                                 \
        SETTING_INT_ROW(s, m.http_port, "JISR_HTTP_PORT", standard_http_port, 1, 65535, "", "port of the API"),                              \
        SETTING_INT_ROW(s, m.admin_port, "JISR_ADMIN_PORT", standard_admin_port, 1, 65535, "", "port of /livez /readyz /startupz /metrics"), \
        SETTING_TEXT_ROW(s, m.pg, "JISR_PG", NULL, "PostgreSQL conninfo of this service's role"),                                            \
        SETTING_TEXT_ROW(s, m.kafka, "JISR_KAFKA", NULL, "Kafka bootstrap servers, host:port,…"),                                            \
        SETTING_TEXT_ROW(s, m.kafka_security, "JISR_KAFKA_SECURITY", "plaintext", "plaintext or sasl_ssl"),                                  \
        SETTING_TEXT_ROW(s, m.kafka_username, "JISR_KAFKA_USERNAME", "", "SASL user"),                                                       \
        SETTING_TEXT_ROW(s, m.kafka_password_file, "JISR_KAFKA_PASSWORD_FILE", "", "file with the SASL password"),                           \
        SETTING_TEXT_ROW(s, m.kafka_ca_file, "JISR_KAFKA_CA_FILE", "", "CA of the brokers' certificates"),                                   \
        SETTING_TEXT_ROW(s, m.keys, "JISR_KEYS", NULL, "folder of key files (jisrctl keys)"),                                                \
        SETTING_TEXT_ROW(s, m.issuer, "JISR_ISSUER", "jisr", "`iss` of the tokens that are taken"),                                          \
        SETTING_TEXT_ROW(s, m.staff_issuer, "JISR_OIDC_ISSUER", "",                                                                          \
                         "`iss` of staff's tokens: the organisation's OIDC issuer; its keys: staff-jwks.json"),                              \
        SETTING_TEXT_ROW(s, m.log_level, "JISR_LOG_LEVEL", "info", "debug, info, warning or error"),                                         \
        SETTING_INT_ROW(s, m.http_threads, "JISR_HTTP_THREADS", "2", 1, 64, "threads", "epoll threads"),                                     \
        SETTING_INT_ROW(s, m.workers, "JISR_WORKERS", "4", 1, 256, "threads", "workers, each with a database connection"),                   \
        SETTING_INT_ROW(s, m.max_in_flight, "JISR_MAX_IN_FLIGHT", "1024", 1, 100000, "requests", "past it: 503 with Retry-After"),           \
        SETTING_INT_ROW(s, m.max_connections, "JISR_MAX_CONNECTIONS", "4096", 16, 100000, "connections", "open at once; past it: 503"),      \
        SETTING_INT_ROW(s, m.drain_wait_ms, "JISR_DRAIN_WAIT_MS", "2000", 0, 60000, "ms", "not ready but serving, before the drain"),        \
        SETTING_TEXT_ROW(s, m.profile, "JISR_PROFILE", "production", "one-machine (allows http and loopback webhooks) or production")

#endif
