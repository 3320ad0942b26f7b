#include "app/log.h"

#include <errno.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "app/app.h"
#include "base/instant.h"

#define LINE_BYTES 4096
#define TEXT_BYTES_MAX ((size_t)512)
#define ROOM_FOR_END ((size_t)64) /* kept back, so that a line that overflows still ends as JSON */

static const char *const LEVELS[] = {[LOG_DEBUG] = "debug", [LOG_INFO] = "info", [LOG_WARNING] = "warning", [LOG_ERROR] = "error"};
static _Atomic int lowest_level = LOG_INFO;
static const char *_Atomic service_name = "jisr";

struct line {
    char text[LINE_BYTES];
    size_t size;
    bool full;
};

void log_setup(const char *service, enum log_level lowest)
{
    service_name = service;
    lowest_level = (int)lowest;
}

static void put(struct line *line, struct str s)
{
    if (line->full || s.size > sizeof(line->text) - ROOM_FOR_END - line->size) {
        line->full = true;
        return;
    }
    memcpy(line->text + line->size, s.at, s.size);
    line->size += s.size;
}

static void put_escaped(struct line *line, unsigned char c)
{
    char escape[8];
    int size = c == '"' || c == '\\' ? snprintf(escape, sizeof(escape), "\\%c", c) : snprintf(escape, sizeof(escape), "\\u%04x", c);
    put(line, (struct str){escape, (size_t)size});
}

/* A JSON string, cut at TEXT_BYTES_MAX between two characters; bytes that aren't UTF-8 become U+FFFD, as foreign error texts may be in any encoding.
 */
static void put_string(struct line *line, struct str text)
{
    put(line, STR("\""));
    for (size_t i = 0, step; i < text.size && i < TEXT_BYTES_MAX; i += step) {
        unsigned char c = (unsigned char)text.at[i];
        step = str_utf8_step((struct str){text.at + i, text.size - i});
        if (step == 0) {
            put(line, STR("\xef\xbf\xbd"));
            step = 1;
        } else if (c < 0x20 || c == 0x7f || c == '"' || c == '\\') {
            put_escaped(line, c);
        } else {
            put(line, (struct str){text.at + i, step});
        }
    }
    put(line, STR("\""));
}

static void put_value(struct line *line, const struct log_value *value)
{
    char number[40];
    int size = 0;
    switch (value->type) {
    case LOG_VALUE_TEXT:
        put_string(line, value->text);
        return;
    case LOG_VALUE_INT:
        size = snprintf(number, sizeof(number), "%lld", (long long)value->integer);
        break;
    case LOG_VALUE_NUMBER:
        size = isfinite(value->number) ? snprintf(number, sizeof(number), "%.6g", value->number) : snprintf(number, sizeof(number), "null");
        break;
    }
    put(line, (struct str){number, (size_t)size});
}

static void put_member(struct line *line, const char *name, struct str text)
{
    put_string(line, str_from(name));
    put(line, STR(":"));
    put_string(line, text);
}

/* A value that does not fit is left out whole, and "cut" says that there was more. */
static void put_values(struct line *line, const struct log_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t before = line->size;
        put(line, STR(","));
        put_string(line, str_from(values[i].name));
        put(line, STR(":"));
        put_value(line, &values[i]);
        if (line->full)
            line->size = before;
    }
}

static void write_all(const char *at, size_t size)
{
    while (size) {
        ssize_t written = write(STDERR_FILENO, at, size);
        if (written < 0 && errno != EINTR)
            return; /* nobody to tell */
        if (written > 0) {
            at += written;
            size -= (size_t)written;
        }
    }
}

void log_write(enum log_level level, const char *event, const struct log_value *values, size_t count)
{
    if ((int)level < lowest_level)
        return;
    int before = errno; /* callers log in the middle of handling an error */
    char at[INSTANT_TEXT_SIZE + 1];
    instant_format(clock_wall_us(), at);
    struct line line = {.size = 0};
    put(&line, STR("{"));
    put_member(&line, "time", str_from(at));
    put(&line, STR(","));
    put_member(&line, "level", str_from(LEVELS[level]));
    put(&line, STR(","));
    put_member(&line, "service", str_from(service_name));
    put(&line, STR(","));
    put_member(&line, "event", str_from(event));
    put_values(&line, values, count);
    struct str end = line.full ? STR(",\"cut\":true}\n") : STR("}\n");
    memcpy(line.text + line.size, end.at, end.size);
    write_all(line.text, line.size + end.size);
    errno = before;
}
