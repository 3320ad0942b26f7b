/* The columns that a file for a call may have, for whoever makes one: a template can be made of them. */
#include "import_columns.h"
#include "imports.h"

struct column_view {
    struct str key, fr, ar, pointer, type; /* fr, ar empty: null, only the key is a header */
    bool required;
};
static const struct wire_field COLUMN_FIELDS[] = {
    WIRE_TEXT(column_view, key, 0, 0, 0),
    WIRE_TEXT(column_view, fr, WIRE_NULLABLE, 0, 0),
    WIRE_TEXT(column_view, ar, WIRE_NULLABLE, 0, 0),
    WIRE_TEXT(column_view, pointer, WIRE_NULLABLE, 0, 0),
    WIRE_TEXT(column_view, type, 0, 0, 0),
    WIRE_BOOL(column_view, required, 0),
};
static WIRE_TABLE(COLUMN_VIEW, column_view, COLUMN_FIELDS);

struct columns_view {
    struct wire_list items;
};
static const struct wire_field COLUMNS_FIELDS[] = {WIRE_LIST(columns_view, items, 0, 0, 0, &COLUMN_VIEW)};
static WIRE_TABLE(COLUMNS_VIEW, columns_view, COLUMNS_FIELDS);

static const char *const TYPES[] = {
    [CELL_TEXT] = "text",     [CELL_DATE] = "date",         [CELL_INTEGER] = "integer", [CELL_DIRHAMS] = "dirhams",   [CELL_NUMBER] = "number",
    [CELL_YES_NO] = "yes-no", [CELL_IDENTITY] = "identity", [CELL_MILIEU] = "milieu",   [CELL_PROVINCE] = "province",
};
static const char *const FIELD_TYPES[FIELD_TYPE_COUNT] = {
    [FIELD_TEXT] = "text", [FIELD_INTEGER] = "integer", [FIELD_MONEY] = "integer",
    [FIELD_DATE] = "date", [FIELD_CHOICE] = "text",     [FIELD_YES_NO] = "yes-no",
};

static size_t add_of_form(struct column_view *views)
{
    for (size_t i = 0; i < IMPORT_COLUMN_COUNT; i++) {
        const struct import_column *column = &IMPORT_COLUMNS[i];
        views[i] = (struct column_view){
            str_from(column->key),     str_from(column->fr),          str_from(column->ar),
            str_from(column->pointer), str_from(TYPES[column->type]), column->required,
        };
    }
    return IMPORT_COLUMN_COUNT;
}

/* The names of a consent in other languages, where the programme has any. */
static const struct import_other *other_of(enum column_kind kind, struct str purpose)
{
    for (size_t i = 0; i < IMPORT_OTHER_COUNT; i++)
        if (IMPORT_OTHERS[i].kind == kind && (kind != COLUMN_CONSENT || str_equal(purpose, str_from(IMPORT_OTHERS[i].purpose))))
            return &IMPORT_OTHERS[i];
    return NULL;
}

static struct column_view view_of_other(enum column_kind kind, struct str purpose)
{
    const struct import_other *other = other_of(kind, purpose);
    return other ? (struct column_view){.key = str_from(other->key), .fr = str_from(other->fr), .ar = str_from(other->ar)} : (struct column_view){0};
}

static size_t add_of_call(struct column_view *views, const struct call_terms *terms, struct arena *arena)
{
    static const struct {
        enum column_kind kind;
        const char *type;
    } LINES[] = {{COLUMN_REFERENCE, "text"}, {COLUMN_ROLE, "role"}, {COLUMN_REPRESENTATIVE, "yes-no"}};
    size_t count = 0;
    for (; count < sizeof(LINES) / sizeof(LINES[0]); count++) {
        views[count] = view_of_other(LINES[count].kind, (struct str){0});
        views[count].type = str_from(LINES[count].type);
    }
    for (size_t i = 0; i < terms->consent_count; i++) {
        const struct consent_terms *consent = &terms->consents[i];
        views[count] = view_of_other(COLUMN_CONSENT, consent->purpose);
        views[count].key = str_format(arena, "consents.%.*s", (int)consent->purpose.size, consent->purpose.at);
        views[count].pointer = STR("/consents");
        views[count].type = STR("yes-no");
        views[count++].required = consent->required;
    }
    views[count] = view_of_other(COLUMN_CONSENT_LANGUAGE, (struct str){0});
    views[count].pointer = STR("/consents");
    views[count++].type = STR("text");
    for (size_t i = 0; i < terms->field_count; i++) {
        const struct field_terms *field = &terms->fields[i];
        if (field->type == FIELD_TYPE_COUNT)
            continue;
        struct str key = str_format(arena, "extra.%.*s", (int)field->id.size, field->id.at);
        struct str pointer = str_format(arena, "/extra/%.*s", (int)field->id.size, field->id.at);
        views[count++] =
            (struct column_view){.key = key, .pointer = pointer, .type = str_from(FIELD_TYPES[field->type]), .required = field->required};
    }
    return count;
}

enum err import_columns_get(struct http_request *request, void *service)
{
    const struct calls_snapshot *calls = calls_hold(intake_of(service)->calls, request->arena);
    const struct call *call = NULL;
    struct str body;
    enum err asked = calls ? call_asked_for(request, calls, &call) : ERR_UNAVAILABLE;
    if (asked != ERR_OK)
        return asked;
    size_t most = IMPORT_COLUMN_COUNT + call->terms.consent_count + call->terms.field_count + 4;
    struct column_view *views = arena_take_array(request->arena, most, sizeof(*views));
    if (!views)
        return ERR_LIMIT;
    size_t count = add_of_form(views);
    count += add_of_call(views + count, &call->terms, request->arena);
    enum err err = wire_text(&COLUMNS_VIEW, &(struct columns_view){{views, count}}, request->arena, &body);
    if (err == ERR_OK)
        http_answer(request, 200, body);
    return err;
}
