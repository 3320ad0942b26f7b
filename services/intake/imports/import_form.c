#include "import_form.h"

#include "json/wire.h"

#define BODY_BYTES_MAX ((size_t)256 * 1024) /* as POST /applications takes */
#define DEPTH_MAX 4

/* ── Cells ── */

static enum err decode(const struct import_form_source *source, struct str cell, struct arena *arena, struct str *ret_text)
{
    *ret_text = cell;
    if (source->charset)
        return charset_text(source->charset, cell, arena, ret_text);
    return str_is_utf8(cell) ? ERR_OK : ERR_MALFORMED;
}

enum err import_cells_decode(const struct import_form_source *source, struct csv_record *record, struct arena *arena, struct violations *violations)
{
    for (size_t i = 0; i < record->count; i++) {
        struct str text;
        enum err err = decode(source, str_trim(record->cells[i]), arena, &text);
        if (err == ERR_MALFORMED) {
            violations_add(violations, import_pointer(source->header, i, &source->call->terms, arena), VIOLATION_TEXT, NULL);
            text = STR("");
        } else if (err != ERR_OK) {
            return err;
        }
        record->cells[i] = text;
    }
    return ERR_OK;
}

/* ── Provinces by name ── */

enum err import_provinces(const struct call *call, struct arena *arena, struct import_province **ret_provinces, size_t *ret_count)
{
    static const char *const LANGUAGES[] = {"ar", "fr", "en"};
    const struct json_value *document = NULL;
    const struct json_value *quotas = json_parse(call->json, arena, &document) == ERR_OK ? json_member(document, STR("quotas")) : NULL;
    struct import_province *provinces = quotas ? arena_take_array(arena, quotas->count + 1, sizeof(*provinces)) : NULL;
    if (!provinces)
        return ERR_LIMIT;
    for (size_t i = 0; i < quotas->count; i++) {
        const struct json_value *code = json_member(&quotas->items[i], STR("province")), *name = json_member(&quotas->items[i], STR("name"));
        provinces[i].code = code ? code->string : (struct str){0};
        for (size_t language = 0; language < 3; language++) {
            const struct json_value *text = name ? json_member(name, str_from(LANGUAGES[language])) : NULL;
            provinces[i].names[language] = text ? text->string : (struct str){0};
        }
    }
    *ret_provinces = provinces;
    *ret_count = quotas->count;
    return ERR_OK;
}

static struct str cell_province(const struct import_form_source *source, struct str cell)
{
    for (size_t i = 0; i < source->province_count; i++)
        for (size_t name = 0; name < 3; name++)
            if (str_equal_nocase(cell, source->provinces[i].names[name]))
                return source->provinces[i].code;
    return cell;
}

/* ── Writing ── */

/* JSON whose objects are opened as pointers need them: those of one object must come together. */
struct writing {
    const struct import_form_source *source;
    const struct csv_record *record;
    struct arena *arena;
    struct violations *violations;
    struct buf out;
    struct str open[DEPTH_MAX];
    size_t depth;
    bool comma;
};

static void close_to(struct writing *writing, size_t depth)
{
    for (; writing->depth > depth; writing->depth--) {
        buf_byte(&writing->out, '}');
        writing->comma = true;
    }
}

static void add_name(struct writing *writing, struct str name)
{
    if (writing->comma)
        buf_byte(&writing->out, ',');
    json_add_string(&writing->out, name);
    buf_byte(&writing->out, ':');
    writing->comma = true;
}

/* Up to and with the name of the member: "/applicant/name/ar". */
static void go_to(struct writing *writing, struct str pointer)
{
    struct str rest = {pointer.at + 1, pointer.size - 1}, name = str_cut(&rest, '/');
    for (size_t depth = 0; !str_empty(rest) && depth < DEPTH_MAX; depth++, name = str_cut(&rest, '/')) {
        if (depth < writing->depth && str_equal(writing->open[depth], name))
            continue;
        close_to(writing, depth);
        add_name(writing, name);
        buf_byte(&writing->out, '{');
        writing->open[writing->depth++] = name;
        writing->comma = false;
    }
    size_t parents = 0;
    for (size_t i = 1; i < pointer.size; i++)
        parents += pointer.at[i] == '/';
    close_to(writing, parents);
    add_name(writing, name);
}

static void add_text(struct writing *writing, struct str pointer, struct str text)
{
    go_to(writing, pointer);
    json_add_string(&writing->out, text);
}

static void add_raw(struct writing *writing, struct str pointer, struct str json)
{
    go_to(writing, pointer);
    buf_add(&writing->out, json);
}

typedef bool (*whole_reader)(struct arena *arena, struct str cell, int64_t *ret_number);

static void add_whole(struct writing *writing, struct str pointer, struct str cell, whole_reader read, const char *expected)
{
    int64_t number = 0;
    if (read(writing->arena, cell, &number))
        add_raw(writing, pointer, str_format(writing->arena, "%lld", (long long)number));
    else
        violations_add(writing->violations, pointer, VIOLATION_TYPE, expected);
}

static void add_yes_no(struct writing *writing, struct str pointer, struct str cell)
{
    bool yes = false;
    if (cell_yes_no(cell, &yes))
        add_raw(writing, pointer, yes ? STR("true") : STR("false"));
    else
        violations_add(writing->violations, pointer, VIOLATION_CHOICE, "1, 0, oui, non, yes, no, نعم, لا");
}

static void add_number(struct writing *writing, struct str pointer, struct str cell)
{
    struct str number;
    if (cell_number(writing->arena, cell, &number))
        add_raw(writing, pointer, number);
    else
        violations_add(writing->violations, pointer, VIOLATION_TYPE, "number");
}

static void add_cell(struct writing *writing, const struct import_column *column, struct str cell)
{
    struct str pointer = str_from(column->pointer);
    switch (column->type) {
    case CELL_INTEGER:
        add_whole(writing, pointer, cell, cell_integer, "integer");
        break;
    case CELL_DIRHAMS:
        add_whole(writing, pointer, cell, cell_centimes, "45000, 45000,50");
        break;
    case CELL_NUMBER:
        add_number(writing, pointer, cell);
        break;
    case CELL_YES_NO:
        add_yes_no(writing, pointer, cell);
        break;
    case CELL_DATE:
        add_text(writing, pointer, cell_date(writing->arena, cell));
        break;
    case CELL_IDENTITY:
        add_text(writing, pointer, cell_identity(cell));
        break;
    case CELL_MILIEU:
        add_text(writing, pointer, cell_milieu(cell));
        break;
    case CELL_PROVINCE:
        add_text(writing, pointer, cell_province(writing->source, cell));
        break;
    case CELL_TEXT:
    default:
        add_text(writing, pointer, cell);
        break;
    }
}

static void add_form(struct writing *writing)
{
    for (size_t i = 0; i < IMPORT_COLUMN_COUNT; i++) {
        struct str cell = import_cell(writing->record, writing->source->header->of_form[i]);
        if (!str_empty(cell) || IMPORT_COLUMNS[i].type == CELL_IDENTITY)
            add_cell(writing, &IMPORT_COLUMNS[i], cell);
    }
}

static void add_extra(struct writing *writing, const struct field_terms *field, struct str cell)
{
    struct str pointer = str_format(writing->arena, "/extra/%.*s", (int)field->id.size, field->id.at);
    if (field->type == FIELD_INTEGER || field->type == FIELD_MONEY)
        add_whole(writing, pointer, cell, cell_integer, "integer");
    else if (field->type == FIELD_YES_NO)
        add_yes_no(writing, pointer, cell);
    else
        add_text(writing, pointer, field->type == FIELD_DATE ? cell_date(writing->arena, cell) : cell);
}

static void add_extras(struct writing *writing)
{
    const struct import_header *header = writing->source->header;
    for (size_t i = 0; i < header->count; i++) {
        struct str cell = import_cell(writing->record, (int)i);
        if (header->columns[i].kind == COLUMN_EXTRA && !str_empty(cell))
            add_extra(writing, &writing->source->call->terms.fields[header->columns[i].index], cell);
    }
    close_to(writing, 0);
}

static bool is_given(struct writing *writing, size_t column)
{
    struct str cell = import_cell(writing->record, (int)column);
    bool yes = false;
    if (!str_empty(cell) && !cell_yes_no(cell, &yes))
        violations_add(writing->violations, import_pointer(writing->source->header, column, &writing->source->call->terms, writing->arena),
                       VIOLATION_CHOICE, "1, 0, oui, non, yes, no, نعم, لا");
    return yes;
}

/* An empty cell is no consent. The version is the one that the call shows: staff read it out, or had it signed. `line`: what she answered. */
static void add_consents(struct writing *writing, struct buf *line)
{
    const struct import_header *header = writing->source->header;
    struct str said = import_cell(writing->record, header->consent_language), language = str_empty(said) ? writing->source->language : said;
    bool first = true;
    add_name(writing, STR("consents"));
    buf_byte(&writing->out, '[');
    for (size_t i = 0; i < header->count; i++) {
        if (header->columns[i].kind != COLUMN_CONSENT)
            continue;
        const struct consent_terms *terms = &writing->source->call->terms.consents[header->columns[i].index];
        bool given = is_given(writing, i);
        buf_format(&writing->out, "%s{\"purpose\":", first ? "" : ",");
        json_add_string(&writing->out, terms->purpose);
        buf_add(&writing->out, STR(",\"version\":"));
        json_add_string(&writing->out, terms->version);
        buf_format(&writing->out, ",\"given\":%s,\"language\":", given ? "true" : "false");
        json_add_string(&writing->out, language);
        buf_byte(&writing->out, '}');
        buf_format(line, "%.*s=%d;", (int)terms->purpose.size, terms->purpose.at, given);
        first = false;
    }
    buf_byte(&writing->out, ']');
    buf_add(line, said);
}

/* A member: the columns of her line, as an object of its own. */
static void add_member(struct writing *writing, const struct csv_record *record)
{
    static const size_t APPLICANT = sizeof("/applicant") - 1;
    const struct import_header *header = writing->source->header;
    writing->record = record;
    writing->depth = 0;
    writing->comma = false;
    buf_byte(&writing->out, '{');
    for (size_t i = 0; i < IMPORT_COLUMN_COUNT; i++) {
        struct import_column inside = IMPORT_COLUMNS[i];
        struct str cell = import_cell(record, header->of_form[i]);
        if (!import_is_of_member(&(struct header_column){COLUMN_OF_FORM, i}))
            continue;
        inside.pointer += APPLICANT;
        if (!str_empty(cell) || inside.type == CELL_IDENTITY)
            add_cell(writing, &inside, cell);
    }
    close_to(writing, 0);
    add_text(writing, STR("/role"), cell_role(import_cell(record, header->role)));
    buf_byte(&writing->out, '}');
}

/* Inside of "/cooperative", which is open already where it has a name. */
static void add_members(struct writing *writing, const struct import_members *members)
{
    const struct csv_record *shared = writing->record;
    go_to(writing, STR("/cooperative/members"));
    buf_byte(&writing->out, '[');
    for (size_t i = 0; i < members->count; i++) {
        if (i > 0)
            buf_byte(&writing->out, ',');
        add_member(writing, members->records[i]);
    }
    buf_byte(&writing->out, ']');
    writing->record = shared;
    writing->open[0] = STR("cooperative");
    writing->depth = 1;
    writing->comma = true;
    close_to(writing, 0);
}

enum err import_form_make(const struct import_form_source *source, const struct csv_record *record, const struct import_members *members,
                          struct arena *arena, struct violations *violations, struct import_form *ret_form)
{
    struct writing writing = {.source = source, .record = record, .arena = arena, .violations = violations};
    struct buf line;
    buf_init(&writing.out, arena, BODY_BYTES_MAX);
    buf_init(&line, arena, BODY_BYTES_MAX);
    buf_byte(&writing.out, '{');
    add_text(&writing, STR("/call"), source->call->terms.id);
    add_text(&writing, STR("/kind"), str_from(kind_name(members ? KIND_COOPERATIVE : KIND_PERSON)));
    add_form(&writing);
    if (members)
        add_members(&writing, members);
    else
        close_to(&writing, 0);
    add_extras(&writing);
    buf_add(&line, (struct str){writing.out.at, writing.out.size});
    add_consents(&writing, &line);
    buf_byte(&writing.out, '}');
    enum err err = buf_done(&writing.out, &ret_form->body);
    if (err == ERR_OK)
        err = buf_done(&line, &ret_form->line);
    ret_form->reference = import_cell(record, source->header->reference);
    return err;
}
