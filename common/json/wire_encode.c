#include <stdio.h>

#include "json/number.h"
#include "json/wire.h"

/* Whether a member holds nothing: what WIRE_OMIT leaves out, and what a nullable field writes as null. */
static bool is_empty(const struct wire_field *field, const void *member)
{
    switch (field->type) {
    case WIRE_TEXT_FIELD:
    case WIRE_RAW_FIELD:
        return ((const struct str *)member)->size == 0;
    case WIRE_INT_FIELD:
        return *(const int64_t *)member == 0;
    case WIRE_NUMBER_FIELD:
        return *(const double *)member == 0;
    case WIRE_BOOL_FIELD:
        return !*(const bool *)member;
    case WIRE_ID_FIELD:
        return id_is_nil(*(const struct id *)member);
    case WIRE_INSTANT_FIELD:
        return *(const instant_us *)member == INSTANT_NEVER;
    case WIRE_DATE_FIELD:
        return ((const struct date *)member)->year == 0;
    case WIRE_LIST_FIELD:
    case WIRE_TEXTS_FIELD:
        return ((const struct wire_list *)member)->count == 0;
    case WIRE_CHOICE_FIELD:
        return *(const int *)member < 0;
    case WIRE_OBJECT_FIELD:
        break;
    }
    return false;
}

/* Zero is a value for numbers and booleans, and an empty list is a list: these are null only when their `given` flag says so. */
static bool empty_is_null(const struct wire_field *field)
{
    switch (field->type) {
    case WIRE_TEXT_FIELD:
    case WIRE_ID_FIELD:
        return (field->flags & WIRE_NULLABLE) != 0;
    case WIRE_RAW_FIELD:
    case WIRE_INSTANT_FIELD:
    case WIRE_DATE_FIELD:
    case WIRE_CHOICE_FIELD:
        return true; /* there is no other way to write them */
    case WIRE_INT_FIELD:
    case WIRE_NUMBER_FIELD:
    case WIRE_BOOL_FIELD:
    case WIRE_OBJECT_FIELD:
    case WIRE_LIST_FIELD:
    case WIRE_TEXTS_FIELD:
        break;
    }
    return false;
}

static void add_list(struct buf *out, const struct wire_field *field, const struct wire_list *list)
{
    buf_byte(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (field->type == WIRE_TEXTS_FIELD)
            json_add_string(out, ((const struct str *)list->items)[i]);
        else
            wire_encode(field->table, (const char *)list->items + i * field->table->size_bytes, out);
        buf_byte(out, ',');
    }
    json_close(out, ']');
}

static void add_quoted(struct buf *out, struct str safe)
{
    buf_byte(out, '"');
    buf_add(out, safe);
    buf_byte(out, '"');
}

/* Values that are made in a small space of the stack first. */
static void add_scalar(struct buf *out, const struct wire_field *field, const void *member)
{
    char text[40];
    if (field->type == WIRE_INT_FIELD) {
        size_t size = number_format_int(*(const int64_t *)member, text);
        buf_add(out, (struct str){text, size});
    } else if (field->type == WIRE_ID_FIELD) {
        id_format(*(const struct id *)member, text);
        add_quoted(out, (struct str){text, ID_TEXT_SIZE});
    } else if (field->type == WIRE_INSTANT_FIELD) {
        instant_format(*(const instant_us *)member, text);
        add_quoted(out, str_from(text));
    } else {
        const struct date *date = member;
        (void)snprintf(text, sizeof(text), "%04d-%02d-%02d", date->year, date->month, date->day);
        add_quoted(out, str_from(text));
    }
}

static struct str choice_text(const struct wire_field *field, int choice)
{
    for (int i = 0; field->choices[i]; i++)
        if (i == choice)
            return str_from(field->choices[i]);
    return (struct str){0};
}

static void add_member(struct buf *out, const struct wire_field *field, const void *member)
{
    switch (field->type) {
    case WIRE_TEXT_FIELD:
        json_add_string(out, *(const struct str *)member);
        break;
    case WIRE_NUMBER_FIELD:
        json_add_number(out, *(const double *)member);
        break;
    case WIRE_BOOL_FIELD:
        buf_add(out, *(const bool *)member ? STR("true") : STR("false"));
        break;
    case WIRE_CHOICE_FIELD:
        add_quoted(out, choice_text(field, *(const int *)member));
        break;
    case WIRE_OBJECT_FIELD:
        wire_encode(field->table, member, out);
        break;
    case WIRE_LIST_FIELD:
    case WIRE_TEXTS_FIELD:
        add_list(out, field, member);
        break;
    case WIRE_RAW_FIELD:
        buf_add(out, *(const struct str *)member);
        break;
    case WIRE_INT_FIELD:
    case WIRE_ID_FIELD:
    case WIRE_INSTANT_FIELD:
    case WIRE_DATE_FIELD:
        add_scalar(out, field, member);
        break;
    }
}

enum shown { SHOWN_AS_VALUE, SHOWN_AS_NULL, NOT_SHOWN };

static enum shown how_shown(const struct wire_field *field, const char *from)
{
    bool omit = field->flags & WIRE_OMIT;
    if (field->given_offset != SIZE_MAX && !*(const bool *)(from + field->given_offset))
        return omit || !(field->flags & WIRE_NULLABLE) ? NOT_SHOWN : SHOWN_AS_NULL;
    if (!is_empty(field, from + field->offset))
        return SHOWN_AS_VALUE;
    if (omit && field->given_offset == SIZE_MAX)
        return NOT_SHOWN;
    return empty_is_null(field) ? SHOWN_AS_NULL : SHOWN_AS_VALUE;
}

/* Tables nest as deep as they are written: no table holds itself. */
void wire_encode(const struct wire_table *table, const void *from_struct, struct buf *out)
{
    const char *from = from_struct;
    buf_byte(out, '{');
    for (size_t i = 0; i < table->count; i++) {
        const struct wire_field *field = &table->fields[i];
        enum shown shown = how_shown(field, from);
        if (shown == NOT_SHOWN)
            continue;
        add_quoted(out, str_from(field->name));
        buf_byte(out, ':');
        if (shown == SHOWN_AS_NULL)
            buf_add(out, STR("null"));
        else
            add_member(out, field, from + field->offset);
        buf_byte(out, ',');
    }
    json_close(out, '}');
}

enum err wire_text(const struct wire_table *table, const void *from_struct, struct arena *arena, struct str *ret_text)
{
    struct buf out;
    buf_init(&out, arena, SIZE_MAX);
    wire_encode(table, from_struct, &out);
    return buf_done(&out, ret_text);
}
