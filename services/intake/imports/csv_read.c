#include "csv_read.h"

/* ── Records ── */

struct reading {
    struct str window;
    char separator;
    struct arena *arena;
    struct csv_record *record;
    size_t at;
    bool ended; /* the record's line end was met */
};

static bool is_end(const struct reading *reading, size_t at)
{
    return at >= reading->window.size || reading->window.at[at] == '\n' || reading->window.at[at] == '\r';
}

/* CR LF, LF, or CR alone. */
static void take_line_end(struct reading *reading)
{
    if (reading->at < reading->window.size && reading->window.at[reading->at] == '\r')
        reading->at++;
    if (reading->at < reading->window.size && reading->window.at[reading->at] == '\n')
        reading->at++;
    reading->ended = true;
}

static enum csv_fault take_plain(struct reading *reading, struct str *ret_cell)
{
    size_t from = reading->at;
    while (!is_end(reading, reading->at) && reading->window.at[reading->at] != reading->separator) {
        if (reading->window.at[reading->at] == '"')
            return CSV_STRAY_QUOTE;
        if (reading->window.at[reading->at] == '\0')
            return CSV_NUL;
        reading->at++;
    }
    *ret_cell = (struct str){reading->window.at + from, reading->at - from};
    return CSV_FINE;
}

/* Where the closing quote is; how many quotes are doubled before it. */
static enum csv_fault find_quote(const struct reading *reading, size_t from, size_t *ret_at, size_t *ret_doubled)
{
    size_t at = from, doubled = 0;
    for (; at < reading->window.size; at++) {
        if (reading->window.at[at] == '\0')
            return CSV_NUL;
        if (reading->window.at[at] != '"')
            continue;
        if (at + 1 >= reading->window.size || reading->window.at[at + 1] != '"')
            break;
        doubled++;
        at++;
    }
    *ret_at = at;
    *ret_doubled = doubled;
    return at < reading->window.size ? CSV_FINE : CSV_UNCLOSED_QUOTE;
}

static struct str undouble(struct arena *arena, struct str quoted, size_t doubled)
{
    char *copy = doubled ? arena_take(arena, quoted.size) : NULL;
    size_t size = 0;
    if (!copy)
        return doubled ? (struct str){0} : quoted;
    for (size_t i = 0; i < quoted.size; i++) {
        copy[size++] = quoted.at[i];
        i += quoted.at[i] == '"';
    }
    return (struct str){copy, size};
}

static enum csv_fault take_quoted(struct reading *reading, struct str *ret_cell)
{
    size_t from = reading->at + 1, end = 0, doubled = 0;
    enum csv_fault fault = find_quote(reading, from, &end, &doubled);
    if (fault != CSV_FINE)
        return fault;
    if (!is_end(reading, end + 1) && reading->window.at[end + 1] != reading->separator)
        return CSV_STRAY_QUOTE;
    for (size_t i = from; i < end; i++)
        reading->record->lines += reading->window.at[i] == '\n';
    reading->at = end + 1;
    *ret_cell = undouble(reading->arena, (struct str){reading->window.at + from, end - from}, doubled);
    return CSV_FINE;
}

static enum csv_fault take_cell(struct reading *reading)
{
    struct csv_record *record = reading->record;
    struct str cell = {0};
    if (record->count == CSV_CELLS_MAX)
        return CSV_TOO_MANY_CELLS;
    bool quoted = reading->at < reading->window.size && reading->window.at[reading->at] == '"';
    enum csv_fault fault = quoted ? take_quoted(reading, &cell) : take_plain(reading, &cell);
    if (fault != CSV_FINE)
        return fault;
    record->cells[record->count++] = cell;
    if (is_end(reading, reading->at))
        take_line_end(reading);
    else
        reading->at++; /* the separator */
    return CSV_FINE;
}

/* Where the window ends the file need not: of what reaches that far nobody knows whether it is whole. */
static void refuse_too_long(struct reading *reading)
{
    if (reading->record->fault != CSV_FINE || reading->at < CSV_RECORD_BYTES_MAX)
        return;
    reading->record->fault = CSV_TOO_LONG;
    reading->record->count--;
}

size_t csv_line_end(struct str window, bool *ret_ended)
{
    struct reading reading = {.window = window};
    while (!is_end(&reading, reading.at))
        reading.at++;
    /* Its LF may come in the next window. */
    bool torn = window.size >= CSV_RECORD_BYTES_MAX && reading.at + 1 == window.size && window.at[reading.at] == '\r';
    *ret_ended = reading.at < window.size && !torn;
    if (!torn)
        take_line_end(&reading);
    return reading.at;
}

enum err csv_read(struct str window, char separator, struct arena *arena, struct csv_record *ret_record)
{
    struct str most = {window.at, window.size < CSV_RECORD_BYTES_MAX ? window.size : CSV_RECORD_BYTES_MAX};
    struct reading reading = {.window = most, .separator = separator, .arena = arena, .record = ret_record};
    bool line_ended = true;
    ret_record->count = 0;
    ret_record->lines = 1;
    ret_record->fault = CSV_FINE;
    while (ret_record->fault == CSV_FINE && !reading.ended)
        ret_record->fault = take_cell(&reading);
    refuse_too_long(&reading);
    ret_record->text = (struct str){window.at, reading.at};
    if (ret_record->fault != CSV_FINE) {
        ret_record->text.size = csv_line_end(window, &line_ended);
        ret_record->lines = line_ended || window.size < CSV_RECORD_BYTES_MAX;
    }
    for (size_t i = 0; i < ret_record->count; i++)
        if (!ret_record->cells[i].at)
            return ERR_LIMIT;
    return ERR_OK;
}

bool csv_is_blank(const struct csv_record *record)
{
    return record->fault == CSV_FINE && record->count == 1 && str_empty(str_trim(record->cells[0]));
}

/* ── Separator ── */

char csv_separator(struct str first_line)
{
    static const char SEPARATORS[] = {',', ';', '\t'};
    size_t counts[sizeof(SEPARATORS)] = {0}, best = 0;
    bool quoted = false;
    for (size_t i = 0; i < first_line.size; i++) {
        quoted ^= first_line.at[i] == '"';
        for (size_t s = 0; s < sizeof(SEPARATORS); s++)
            counts[s] += !quoted && first_line.at[i] == SEPARATORS[s];
    }
    for (size_t s = 1; s < sizeof(SEPARATORS); s++)
        if (counts[s] > counts[best])
            best = s;
    return SEPARATORS[best];
}

bool csv_names_separator(struct str first_line, char *ret_separator)
{
    struct str line = first_line;
    while (line.size > 0 && (line.at[line.size - 1] == '\n' || line.at[line.size - 1] == '\r'))
        line.size--;
    if (line.size != 5 || !str_equal_nocase((struct str){line.at, 4}, STR("sep=")) || !strchr(",;\t", line.at[4]))
        return false;
    *ret_separator = line.at[4];
    return true;
}
