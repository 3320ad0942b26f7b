/* Lines of a file that are members of a cooperative: which line is one, which lines belong together, whose column is whose. Pure. */
#include "import_columns.h"

#include <string.h>

struct str import_cell(const struct csv_record *record, int column)
{
    return column >= 0 && (size_t)column < record->count ? record->cells[column] : STR("");
}

/* The cell of a column of the form, by its English header. */
static struct str cell_of(const struct import_header *header, const struct csv_record *record, const char *key)
{
    for (size_t i = 0; i < IMPORT_COLUMN_COUNT; i++)
        if (strcmp(IMPORT_COLUMNS[i].key, key) == 0)
            return import_cell(record, header->of_form[i]);
    return STR("");
}

static const char *const NAMES[] = {"cooperative.ice", "cooperative.name.ar", "cooperative.name.latin"}; /* the strongest first */
#define NAME_COUNT (sizeof(NAMES) / sizeof(NAMES[0]))

bool import_has_cooperatives(const struct import_header *header)
{
    bool has = false;
    for (size_t i = 0; i < IMPORT_COLUMN_COUNT; i++)
        has |= header->of_form[i] >= 0 && str_starts(str_from(IMPORT_COLUMNS[i].key), STR("cooperative."));
    return has;
}

bool import_names_cooperative(const struct import_header *header, const struct csv_record *record)
{
    bool named = false;
    for (size_t i = 0; i < NAME_COUNT; i++)
        named |= !str_empty(cell_of(header, record, NAMES[i]));
    return named;
}

bool import_same_cooperative(const struct import_header *header, const struct csv_record *one, const struct csv_record *other)
{
    struct str mine = import_cell(one, header->reference), theirs = import_cell(other, header->reference);
    for (size_t i = 0; i < NAME_COUNT && (str_empty(mine) || str_empty(theirs)); i++) {
        mine = cell_of(header, one, NAMES[i]);
        theirs = cell_of(header, other, NAMES[i]);
    }
    return !str_empty(mine) && str_equal(mine, theirs);
}

struct str import_known_by(const struct import_header *header, const struct csv_record *record, struct arena *arena)
{
    struct str ice = cell_of(header, record, "cooperative.ice"), ar = cell_of(header, record, "cooperative.name.ar");
    struct str latin = cell_of(header, record, "cooperative.name.latin");
    if (!str_empty(ice))
        return str_format(arena, "cooperative:%.*s", (int)ice.size, ice.at);
    return str_format(arena, "cooperative:%.*s\n%.*s", (int)ar.size, ar.at, (int)latin.size, latin.at);
}

static bool is_below(const struct header_column *column, const char *pointer)
{
    return column->kind == COLUMN_OF_FORM && str_starts(str_from(IMPORT_COLUMNS[column->index].pointer), str_from(pointer));
}

bool import_is_of_member(const struct header_column *column)
{
    bool of_line = column->kind == COLUMN_ROLE || column->kind == COLUMN_REPRESENTATIVE;
    return of_line || (is_below(column, "/applicant/") && !is_below(column, "/applicant/address/"));
}

bool import_is_of_situation(const struct header_column *column)
{
    return is_below(column, "/situation/");
}

struct str import_inside_member(struct str pointer, size_t *ret_member)
{
    static const struct str BEFORE = {"/cooperative/members/", sizeof("/cooperative/members/") - 1};
    int64_t member = 0;
    if (!str_starts(pointer, BEFORE))
        return STR("");
    struct str inside = {pointer.at + BEFORE.size, pointer.size - BEFORE.size}, number = str_cut(&inside, '/');
    if (!str_parse_int64(number, &member) || member < 0 || str_empty(inside))
        return STR("");
    *ret_member = (size_t)member;
    return (struct str){inside.at - 1, inside.size + 1};
}
