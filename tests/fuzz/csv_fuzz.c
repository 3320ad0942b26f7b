/* A file of women as CSV, whatever is in it: it is read record by record to its very end, and what was read can be written and read again. */
#include "base/csv.h"
#include "fuzz.h"
#include "services/intake/imports/csv_read.h"

/* Every cell in quotes. */
static struct str quoted(const struct csv_record *record, char separator, struct arena *arena)
{
    struct buf out;
    struct str text;
    buf_init(&out, arena, SIZE_MAX);
    for (size_t i = 0; i < record->count; i++) {
        if (i > 0)
            buf_byte(&out, separator);
        buf_byte(&out, '"');
        for (size_t k = 0; k < record->cells[i].size; k++) {
            if (record->cells[i].at[k] == '"')
                buf_byte(&out, '"');
            buf_byte(&out, record->cells[i].at[k]);
        }
        buf_byte(&out, '"');
    }
    buf_add(&out, STR("\r\n"));
    HOLD(buf_done(&out, &text) == ERR_OK, "there is memory");
    return text;
}

static void hold_is_read_again(const struct csv_record *record, struct str text, char separator, struct arena *arena)
{
    static struct csv_record again;
    if (text.size > CSV_RECORD_BYTES_MAX)
        return;
    HOLD(csv_read(text, separator, arena, &again) == ERR_OK && again.fault == CSV_FINE, "what was written is a record");
    HOLD(again.count == record->count && again.text.size == text.size, "of as many cells");
    for (size_t i = 0; i < record->count; i++)
        HOLD(str_equal(record->cells[i], again.cells[i]), "which say the same");
}

/* csv_add_line puts an apostrophe before what a spreadsheet would run. */
static void hold_shown_cells_run_nothing(const struct csv_record *record, struct arena *arena)
{
    static struct csv_record shown;
    struct buf out;
    struct str text;
    buf_init(&out, arena, SIZE_MAX);
    csv_add_line(&out, record->cells, record->count);
    HOLD(buf_done(&out, &text) == ERR_OK, "there is memory");
    if (text.size > CSV_RECORD_BYTES_MAX)
        return;
    HOLD(csv_read(text, ',', arena, &shown) == ERR_OK && shown.fault == CSV_FINE && shown.count == record->count, "a table of ours is CSV");
    for (size_t i = 0; i < shown.count; i++)
        HOLD(str_empty(shown.cells[i]) || !memchr("=+-@\t\r\n", shown.cells[i].at[0], 7), "and no cell of it is a formula");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct csv_record record;
    struct arena *arena = fuzz_arena();
    struct str rest = fuzz_text(bytes, size);
    struct csv_evidence evidence = {.marked = str_starts(rest, CSV_BOM)};
    bool ended;
    struct str first = {rest.at, csv_line_end(rest, &ended)};
    char separator = csv_separator(first);
    (void)csv_names_separator(first, &separator);
    while (rest.size > 0) {
        struct str window = {rest.at, rest.size < CSV_RECORD_BYTES_MAX ? rest.size : CSV_RECORD_BYTES_MAX};
        HOLD(csv_read(window, separator, arena, &record) == ERR_OK, "there is memory");
        HOLD(record.text.at == rest.at && record.text.size > 0 && record.text.size <= window.size, "reading goes on");
        HOLD(record.count <= CSV_CELLS_MAX && record.lines >= (window.size < CSV_RECORD_BYTES_MAX), "a record has its lines");
        csv_look(&evidence, record.text);
        if (record.fault == CSV_FINE) {
            hold_is_read_again(&record, quoted(&record, separator, arena), separator, arena);
            hold_shown_cells_run_nothing(&record, arena);
        }
        rest = (struct str){rest.at + record.text.size, rest.size - record.text.size};
    }
    enum csv_encoding encoding;
    HOLD(csv_encoding_parse(str_from(csv_encoding_name(csv_encoding(&evidence))), &encoding), "an encoding has a name");
    return 0;
}
