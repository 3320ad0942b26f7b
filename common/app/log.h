/* Log: one JSON object a line on stderr: time, level, service, event name, then named values. Thread-safe, one write(2) a line.
 * Never personal data, never a secret, never a URL's query: ids, states, counts, error names. An error is logged once, at the edge where it stops. */
#ifndef JISR_APP_LOG_H
#define JISR_APP_LOG_H

#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

struct log_value {
    const char *name;
    enum { LOG_VALUE_TEXT, LOG_VALUE_INT, LOG_VALUE_NUMBER } type;
    struct str text; /* cut at 512 bytes */
    int64_t integer;
    double number;
};

#define LOG_STR(name, value) ((struct log_value){name, LOG_VALUE_TEXT, (value), 0, 0})
#define LOG_TEXT(name, c_string) ((struct log_value){name, LOG_VALUE_TEXT, str_from(c_string), 0, 0})
#define LOG_INT(name, value) ((struct log_value){name, LOG_VALUE_INT, {0}, (int64_t)(value), 0})
#define LOG_ERR(value) ((struct log_value){"err", LOG_VALUE_TEXT, str_from(err_info(value)->name), 0, 0})

void log_setup(const char *service, enum log_level lowest);
void log_write(enum log_level level, const char *event, const struct log_value *values, size_t count);
/* log_line(LOG_WARNING, "relay-stopped", LOG_ERR(err), LOG_INT("rows", n)); at least one value. */
#define log_line(level, event, ...) \
    log_write(level, event, (const struct log_value[]){__VA_ARGS__}, sizeof((const struct log_value[]){__VA_ARGS__}) / sizeof(struct log_value))
#define log_plain(level, event) log_write(level, event, NULL, 0)

#endif
