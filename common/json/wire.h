/* Wire tables: one table of fields says how a JSON object and a C struct are the same thing. It decodes, checks bounds and encodes.
 * The only folder that includes jansson. Decoded text lives in the arena given; tables are static and shared by all threads.
 *
 * A field's macro names the struct member, and the member's type is checked at compile time (_Generic): a table that
 * disagrees with its struct does not compile. Refuses duplicate members, NUL, a depth over 32, text that is not UTF-8 or has
 * control or bidi-control characters. Collects every violation with its RFC 6901 pointer, never stops at the first. */
#ifndef JISR_JSON_WIRE_H
#define JISR_JSON_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/str.h"
#include "base/violation.h"

enum wire_type {
    WIRE_TEXT_FIELD,    /* struct str: bounds count code points */
    WIRE_INT_FIELD,     /* int64_t: JSON integer within min..max */
    WIRE_NUMBER_FIELD,  /* double, finite */
    WIRE_BOOL_FIELD,    /* bool */
    WIRE_ID_FIELD,      /* struct id: UUID text */
    WIRE_INSTANT_FIELD, /* instant_us: RFC 3339; INSTANT_NEVER ↔ null */
    WIRE_DATE_FIELD,    /* struct date; year 0 ↔ null */
    WIRE_CHOICE_FIELD,  /* int: index in `choices` (NULL-ended) */
    WIRE_OBJECT_FIELD,  /* a struct inside the struct, by `table` */
    WIRE_LIST_FIELD,    /* struct wire_list of structs by `table` */
    WIRE_TEXTS_FIELD,   /* struct wire_list of struct str */
    WIRE_RAW_FIELD,     /* struct str: any JSON value, kept as compact text; encoded as it is */
};

enum wire_flag {
    WIRE_REQUIRED = 1, /* must be there and not null */
    WIRE_NULLABLE = 2, /* may be null (left at its zero, or INSTANT_NEVER); a missing optional field is the same as null */
    WIRE_OMIT = 4,     /* encode: leave it out when it is empty/zero/false (otherwise empty nullable text, id, instant, date → null) */
};

struct wire_list {
    void *items; /* array of `count` elements, in the arena */
    size_t count;
};

struct wire_table;

struct wire_field {
    const char *name;
    enum wire_type type;
    unsigned flags;
    size_t offset;       /* of the member */
    size_t given_offset; /* of a `bool` member set true when the field was there and not null; SIZE_MAX: none */
    double min, max;     /* int, number: value; text: code points; list: count; 0 and 0: no bounds */
    const char *const *choices;
    const struct wire_table *table;
};

struct wire_table {
    const char *name;  /* for messages and the JSON Schema test */
    size_t size_bytes; /* of the struct */
    const struct wire_field *fields;
    size_t count;
};

/* The type check: evaluates to 0, or fails to compile when `member` of struct `s` isn't of `type`. */
#define WIRE_IS(s, member, type) (0 * (int)_Generic(((struct s *)0)->member, type : 0))
#define WIRE_FIELD(s, member_name, member, kind, c_type, flag_set, low, high, choice_list, sub_table)                                     \
    {                                                                                                                                     \
        .name = member_name, .type = (kind), .flags = (flag_set), .given_offset = SIZE_MAX,                                               \
        .offset = offsetof(struct s, member) + (size_t)WIRE_IS(s, member, c_type), .min = (low), .max = (high), .choices = (choice_list), \
        .table = (sub_table)                                                                                                              \
    }
#define WIRE_TEXT(s, member, flags, min, max) WIRE_FIELD(s, #member, member, WIRE_TEXT_FIELD, struct str, flags, min, max, NULL, NULL)
/* Three fields: a text as it is shown in each language, under one bound. */
#define WIRE_LANGUAGES(s, flags, max) WIRE_TEXT(s, ar, flags, 0, max), WIRE_TEXT(s, fr, flags, 0, max), WIRE_TEXT(s, en, flags, 0, max)
#define WIRE_INT(s, member, flags, min, max) WIRE_FIELD(s, #member, member, WIRE_INT_FIELD, int64_t, flags, (double)(min), (double)(max), NULL, NULL)
#define WIRE_NUMBER(s, member, flags, min, max) WIRE_FIELD(s, #member, member, WIRE_NUMBER_FIELD, double, flags, min, max, NULL, NULL)
#define WIRE_BOOL(s, member, flags) WIRE_FIELD(s, #member, member, WIRE_BOOL_FIELD, bool, flags, 0, 0, NULL, NULL)
#define WIRE_ID(s, member, flags) WIRE_FIELD(s, #member, member, WIRE_ID_FIELD, struct id, flags, 0, 0, NULL, NULL)
#define WIRE_INSTANT(s, member, flags) WIRE_FIELD(s, #member, member, WIRE_INSTANT_FIELD, instant_us, flags, 0, 0, NULL, NULL)
#define WIRE_DATE(s, member, flags) WIRE_FIELD(s, #member, member, WIRE_DATE_FIELD, struct date, flags, 0, 0, NULL, NULL)
#define WIRE_CHOICE(s, member, flags, choices) WIRE_FIELD(s, #member, member, WIRE_CHOICE_FIELD, int, flags, 0, 0, choices, NULL)
#define WIRE_OBJECT(s, member, flags, member_struct, table) \
    WIRE_FIELD(s, #member, member, WIRE_OBJECT_FIELD, struct member_struct, flags, 0, 0, NULL, table)
#define WIRE_LIST(s, member, flags, min, max, table) WIRE_FIELD(s, #member, member, WIRE_LIST_FIELD, struct wire_list, flags, min, max, NULL, table)
#define WIRE_TEXTS(s, member, flags, min, max) WIRE_FIELD(s, #member, member, WIRE_TEXTS_FIELD, struct wire_list, flags, min, max, NULL, NULL)
#define WIRE_RAW(s, member, flags) WIRE_FIELD(s, #member, member, WIRE_RAW_FIELD, struct str, flags, 0, 0, NULL, NULL)
/* An optional object or value whose presence matters: `WIRE_GIVEN(WIRE_OBJECT(…), s, has_x)`; encode leaves it out (or null) when false. */
#define WIRE_GIVEN(s, member, flag_member, flag_set, kind, c_type, choice_list, sub_table)                                                      \
    {                                                                                                                                           \
        .name = #member, .type = (kind), .flags = (flag_set), .offset = offsetof(struct s, member) + (size_t)WIRE_IS(s, member, c_type),        \
        .given_offset = offsetof(struct s, flag_member) + (size_t)WIRE_IS(s, flag_member, bool), .choices = (choice_list), .table = (sub_table) \
    }

#define WIRE_TABLE(table_name, s, field_array) \
    const struct wire_table table_name = {#s, sizeof(struct s), field_array, sizeof(field_array) / sizeof((field_array)[0])}

enum wire_unknown {
    WIRE_REFUSE_UNKNOWN, /* requests: an unknown member is a violation */
    WIRE_IGNORE_UNKNOWN, /* events: it is a newer, compatible writer */
};

/* Decodes `text` into the zeroed struct at `ret_struct`. ERR_MALFORMED: not JSON (duplicate members, NUL and excessive depth included), with
 * a violation whose detail says where; ERR_INVALID: violations were added; ERR_LIMIT: arena ceiling. ret_struct is filled as far as it went. */
enum err wire_decode(const struct wire_table *table, struct str text, enum wire_unknown unknown, struct arena *arena, void *ret_struct,
                     struct violations *violations) MUST_CHECK;

/* Appends the struct as compact JSON, members in table order. Failure is the buffer's (buf_done). */
void wire_encode(const struct wire_table *table, const void *from_struct, struct buf *out);
/* wire_encode into the arena. ERR_LIMIT without memory. */
enum err wire_text(const struct wire_table *table, const void *from_struct, struct arena *arena, struct str *ret_text) MUST_CHECK;

/* Appends `text` as a JSON string with its quotes; bytes that aren't UTF-8 become U+FFFD. */
void json_add_string(struct buf *out, struct str text);

/* A parsed document for code that walks free-form JSON (rules, statistics): a borrowed tree in the arena, without jansson's types. */
enum json_kind { JSON_KIND_NULL, JSON_KIND_BOOL, JSON_KIND_NUMBER, JSON_KIND_STRING, JSON_KIND_ARRAY, JSON_KIND_OBJECT };

struct json_value {
    enum json_kind kind;
    bool boolean;
    double number;
    struct str string;              /* JSON_KIND_STRING */
    size_t count;                   /* of members or items */
    const struct json_value *items; /* array items, or object values */
    const struct str *names;        /* object member names, in the order of the text */
};

enum err json_parse(struct str text, struct arena *arena, const struct json_value **ret_value) MUST_CHECK;
const struct json_value *json_member(const struct json_value *object, struct str name); /* NULL: none, or not an object */
/* The object with the same members; those of the table have another value, or come behind. Items and names are borrowed. Kind null without memory. */
struct json_replacement {
    const char *name;
    struct json_value value;
};
struct json_value json_with(const struct json_value *object, const struct json_replacement *table, size_t count, struct arena *arena);
/* Compact text; numbers as ECMAScript prints them (shortest that reads back the same). */
void json_add_value(struct buf *out, const struct json_value *value);
void json_add_number(struct buf *out, double number);

/* Seeds jansson's hash; call once before any thread starts. */
void json_setup(void);

#endif
