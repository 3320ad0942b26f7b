#include "bus/options.h"

#include <string.h>

#include "app/config.h"
#include "app/log.h"

#define SECRET_MAX_BYTES 4096

/* For every handle. */
static const struct bus_property common_properties[] = {
    {"socket.nagle.disable", "true"},
    {"socket.keepalive.enable", "true"},
    {"reconnect.backoff.ms", "50"},
    {"reconnect.backoff.max.ms", "1000"},            /* back within seconds of the broker */
    {"socket.timeout.ms", "15000"},                  /* a broker that accepts and stays silent */
    {"topic.metadata.refresh.interval.ms", "10000"}, /* topics may be made after the service has started */
    {"topic.metadata.refresh.fast.interval.ms", "100"},
    {"log.connection.close", "false"}, /* brokers close idle connections: no news */
    {0},
};

/* Syslog levels of librdkafka. What it calls an error is a connection lost, which it mends by itself. */
static void write_log(const rd_kafka_t *handle, int level, const char *facility, const char *text)
{
    (void)handle;
    enum log_level ours = level <= 4 ? LOG_WARNING : level <= 6 ? LOG_INFO : LOG_DEBUG;
    log_line(ours, "kafka", LOG_TEXT("facility", facility), LOG_TEXT("text", text));
}

enum err bus_conf_set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char why[256];
    if (rd_kafka_conf_set(conf, name, value, why, sizeof(why)) == RD_KAFKA_CONF_OK)
        return ERR_OK;
    log_line(LOG_ERROR, "kafka-setting-refused", LOG_TEXT("setting", name), LOG_TEXT("why", why));
    return ERR_INTERNAL;
}

static enum err set_all(rd_kafka_conf_t *conf, const struct bus_property *properties)
{
    enum err err = ERR_OK;
    for (const struct bus_property *p = properties; p->name && err == ERR_OK; p++)
        err = bus_conf_set(conf, p->name, p->value);
    return err;
}

static enum err set_password(rd_kafka_conf_t *conf, const char *path)
{
    struct arena *arena = arena_new((size_t)SECRET_MAX_BYTES * 2);
    if (!arena)
        return ERR_MEMORY;
    struct str password;
    enum err err = config_read_file(path, SECRET_MAX_BYTES, arena, &password);
    if (err == ERR_OK) {
        password = str_copy(arena, password); /* ends by NUL */
        err = password.at ? bus_conf_set(conf, "sasl.password", password.at) : ERR_MEMORY;
    }
    arena_free(arena);
    return err;
}

static enum err set_security(rd_kafka_conf_t *conf, const struct bus_options *options)
{
    if (!options->security || strcmp(options->security, "plaintext") == 0)
        return ERR_OK;
    if (strcmp(options->security, "sasl_ssl") != 0 || !options->username || !options->password_file) {
        log_line(LOG_ERROR, "kafka-security-incomplete", LOG_TEXT("security", options->security));
        return ERR_INTERNAL;
    }
    const struct bus_property properties[] = {
        {"security.protocol", "sasl_ssl"},
        {"sasl.mechanism", "SCRAM-SHA-512"},
        {"sasl.username", options->username},
        {"ssl.endpoint.identification.algorithm", "https"},
        {0},
    };
    enum err err = set_all(conf, properties);
    if (err == ERR_OK && options->ca_file && options->ca_file[0])
        err = bus_conf_set(conf, "ssl.ca.location", options->ca_file);
    return err == ERR_OK ? set_password(conf, options->password_file) : err;
}

enum err bus_conf_new(const struct bus_options *options, const struct bus_property *properties, rd_kafka_conf_t **ret_conf)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, write_log);
    enum err err = bus_conf_set(conf, "bootstrap.servers", options->brokers);
    if (err == ERR_OK)
        err = bus_conf_set(conf, "client.id", options->client_id ? options->client_id : "jisr");
    if (err == ERR_OK)
        err = set_all(conf, common_properties);
    if (err == ERR_OK)
        err = set_security(conf, options);
    if (err == ERR_OK && properties)
        err = set_all(conf, properties);
    if (err != ERR_OK) {
        rd_kafka_conf_destroy(conf);
        return err;
    }
    *ret_conf = conf;
    return ERR_OK;
}

enum err bus_handle_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, rd_kafka_t **ret_handle)
{
    char why[256];
    rd_kafka_t *handle = rd_kafka_new(type, conf, why, sizeof(why));
    if (!handle) {
        rd_kafka_conf_destroy(conf);
        log_line(LOG_ERROR, "kafka-client-refused", LOG_TEXT("why", why));
        return ERR_INTERNAL;
    }
    *ret_handle = handle;
    return ERR_OK;
}
