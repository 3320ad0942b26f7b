/* Amounts, numbers and dates as people write them into spreadsheets: what a cell is read as, written plainly, is read as the same. */
#include "fuzz.h"
#include "services/intake/imports/import_columns.h"

static void integer(struct str cell, struct arena *arena)
{
    int64_t number, again;
    if (cell_integer(arena, cell, &number))
        HOLD(cell_integer(arena, str_format(arena, "%lld", (long long)number), &again) && number == again, "an integer");
}

static void centimes(struct str cell, struct arena *arena)
{
    int64_t amount, again;
    if (!cell_centimes(arena, cell, &amount))
        return;
    const char *sign = amount < 0 ? "-" : "";
    uint64_t size = amount < 0 ? -(uint64_t)amount : (uint64_t)amount;
    struct str text = str_format(arena, "%s%llu,%02llu", sign, (unsigned long long)(size / 100), (unsigned long long)(size % 100));
    HOLD(cell_centimes(arena, text, &again) && amount == again, "an amount");
}

/* It goes into the form's JSON as it is. */
static void number(struct str cell, struct arena *arena)
{
    struct str text, again;
    const struct json_value *value;
    if (!cell_number(arena, cell, &text))
        return;
    HOLD(json_parse(text, arena, &value) == ERR_OK && value->kind == JSON_KIND_NUMBER, "a number is one in JSON");
    HOLD(cell_number(arena, text, &again) && str_equal(text, again), "and reads back");
}

static void date(struct str cell, struct arena *arena)
{
    struct date day, again;
    struct str text = cell_date(arena, cell);
    HOLD(str_is_utf8(text), "a date is text");
    if (date_parse(text, &day))
        HOLD(date_parse(cell_date(arena, text), &again) && date_compare(day, again) == 0, "and the same day");
}

static void word(struct str cell, struct arena *arena)
{
    bool yes, again;
    (void)arena;
    HOLD(str_equal(cell_identity(cell_identity(cell)), cell_identity(cell)), "a type of document");
    HOLD(str_equal(cell_milieu(cell_milieu(cell)), cell_milieu(cell)), "a milieu");
    HOLD(str_equal(cell_role(cell_role(cell)), cell_role(cell)), "a role");
    if (cell_yes_no(cell, &yes))
        HOLD(cell_yes_no(yes ? STR("oui") : STR("non"), &again) && yes == again, "an answer");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static void (*const KINDS[])(struct str, struct arena *) = {integer, centimes, number, date, word};
    struct str cell = fuzz_text(bytes, size);
    size_t choice = fuzz_choice(&cell, sizeof(KINDS) / sizeof(KINDS[0]));
    if (str_is_utf8(cell)) /* as import_cells_decode leaves it */
        KINDS[choice](cell, fuzz_arena());
    return 0;
}
