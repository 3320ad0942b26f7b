#include "csv.h"

#include <string.h>

/* What a spreadsheet takes for the beginning of a formula, or leaves out before one. */
static const char FORMULA[] = {'=', '+', '-', '@', '\t', '\r', '\n'};
static const char QUOTED[] = {',', '"', '\r', '\n'};

static bool is_formula(struct str field)
{
    return !str_empty(field) && memchr(FORMULA, field.at[0], sizeof(FORMULA)) != NULL;
}

static bool needs_quotes(struct str field)
{
    for (size_t i = 0; i < field.size; i++)
        if (memchr(QUOTED, field.at[i], sizeof(QUOTED)))
            return true;
    return false;
}

void csv_add(struct buf *out, struct str field)
{
    bool quoted = needs_quotes(field);
    if (quoted)
        buf_byte(out, '"');
    if (is_formula(field))
        buf_byte(out, '\'');
    for (size_t i = 0; i < field.size; i++) {
        if (field.at[i] == '"')
            buf_byte(out, '"');
        buf_byte(out, field.at[i]);
    }
    if (quoted)
        buf_byte(out, '"');
}

void csv_add_line(struct buf *out, const struct str *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_byte(out, ',');
        csv_add(out, fields[i]);
    }
    buf_add(out, STR("\r\n"));
}
