#include "import_report.h"

static const struct wire_field KEPT_FIELDS[] = {
    WIRE_INT(import_error, column, WIRE_OMIT, 0, 0),
    WIRE_TEXT(import_error, key, WIRE_NULLABLE | WIRE_OMIT, 0, 0),
    WIRE_TEXT(import_error, pointer, 0, 0, 0),
    WIRE_TEXT(import_error, code, 0, 0, 0),
    WIRE_TEXT(import_error, detail, WIRE_NULLABLE | WIRE_OMIT, 0, 0),
};
static WIRE_TABLE(KEPT, import_error, KEPT_FIELDS);

static const struct wire_field LIST_FIELDS[] = {WIRE_LIST(import_errors, items, 0, 0, 0, &KEPT)};
static WIRE_TABLE(LIST, import_errors, LIST_FIELDS);

static const struct wire_field SHOWN_FIELDS[] = {
    WIRE_INT(import_error, column, 0, 0, 0), WIRE_TEXT(import_error, key, WIRE_NULLABLE, 0, 0), WIRE_TEXT(import_error, pointer, 0, 0, 0),
    WIRE_TEXT(import_error, code, 0, 0, 0),  WIRE_TEXT(import_error, message, 0, 0, 0),
};
WIRE_TABLE(IMPORT_ERROR, import_error, SHOWN_FIELDS);

static int64_t column_of_file(struct str pointer)
{
    int64_t column = 0;
    struct str number = pointer;
    if (!str_starts(pointer, STR("/columns/")))
        return 0;
    number.at += strlen("/columns/");
    number.size -= strlen("/columns/");
    return str_parse_int64(number, &column) ? column : 0;
}

enum err import_errors_text(const struct violations *violations, const struct import_header *header, const struct call_terms *terms,
                            struct arena *arena, struct str *ret_json)
{
    struct import_error *errors = arena_take_array(arena, violations->count + 1, sizeof(*errors));
    if (!errors)
        return ERR_LIMIT;
    for (size_t i = 0; i < violations->count; i++) {
        const struct violation *violation = &violations->items[i];
        size_t column = header ? import_column_of(header, violation->pointer, terms, arena) : (size_t)column_of_file(violation->pointer);
        errors[i] = (struct import_error){
            .column = (int64_t)column,
            .key = header && column > 0 ? import_key(header, column - 1, terms, arena) : (struct str){0},
            .pointer = violation->pointer,
            .code = str_from(violation_slug(violation->code)),
            .detail = violation->detail,
        };
    }
    return wire_text(&LIST, &(struct import_errors){{errors, violations->count}}, arena, ret_json);
}

static struct str message_of(const struct import_error *error, enum language language, struct arena *arena)
{
    int code = 0;
    while (code < VIOLATION_COUNT && !str_equal(error->code, str_from(violation_slug((enum violation_code)code))))
        code++;
    if (code == VIOLATION_COUNT)
        return error->code;
    return violation_text(arena, &(struct violation){error->pointer, (enum violation_code)code, error->detail}, language);
}

enum err import_errors_read(struct str json, enum language language, struct arena *arena, struct import_errors *ret_errors)
{
    struct violations *violations = arena_take(arena, sizeof(*violations));
    *ret_errors = (struct import_errors){0};
    if (str_empty(json))
        return ERR_OK;
    if (!violations)
        return ERR_LIMIT;
    violations_init(violations, arena);
    if (wire_decode(&LIST, json, WIRE_IGNORE_UNKNOWN, arena, ret_errors, violations) != ERR_OK)
        return ERR_INTERNAL;
    struct import_error *errors = ret_errors->items.items;
    for (size_t i = 0; i < ret_errors->items.count; i++)
        errors[i].message = message_of(&errors[i], language, arena);
    return ERR_OK;
}
