#include "import_reader.h"

void import_reader_start(struct import_reader *reader, int64_t offset, int64_t line)
{
    reader->from = reader->to = 0;
    reader->offset = offset;
    reader->line = line;
    reader->inside = false;
}

static enum err add_piece(struct import_reader *reader)
{
    int64_t next = reader->offset + (int64_t)(reader->to - reader->from), start = 0;
    struct import_place place = {reader->key, reader->import, next};
    struct str plain;
    arena_reset(reader->arena);
    enum err err = store_find_import_piece(reader->db, reader->arena, &place, &start, &plain);
    if (err != ERR_OK)
        return err == ERR_NOT_FOUND ? ERR_FENCED : err; /* it was cancelled meanwhile: the pieces are gone */
    size_t before = (size_t)(next - start);
    if (before >= plain.size || plain.size - before > sizeof(reader->window) - reader->to)
        return ERR_INTERNAL;
    memcpy(reader->window + reader->to, plain.at + before, plain.size - before);
    reader->to += plain.size - before;
    return ERR_OK;
}

/* The window is short of a record, and the file is not at its end. */
static bool has_more(const struct import_reader *reader)
{
    size_t there = reader->to - reader->from;
    return there < CSV_RECORD_BYTES_MAX && reader->offset + (int64_t)there < reader->size;
}

enum err import_reader_look(struct import_reader *reader, struct str *ret_window)
{
    enum err err = ERR_OK;
    if (has_more(reader)) {
        memmove(reader->window, reader->window + reader->from, reader->to - reader->from);
        reader->to -= reader->from;
        reader->from = 0;
    }
    while (err == ERR_OK && has_more(reader))
        err = add_piece(reader);
    *ret_window = (struct str){reader->window + reader->from, reader->to - reader->from};
    return err;
}

void import_reader_skip(struct import_reader *reader, size_t bytes, int64_t lines)
{
    reader->from += bytes;
    reader->offset += (int64_t)bytes;
    reader->line += lines;
}

/* The rest of a line that was too long for the window. */
static void pass_over(struct import_reader *reader, struct str window)
{
    bool ended = false;
    size_t size = csv_line_end(window, &ended);
    import_reader_skip(reader, size, ended);
    reader->inside = !ended;
}

/* Cells of the window are copied: it moves before they are used. */
static enum err copy_cells(struct csv_record *record, struct arena *arena)
{
    for (size_t i = 0; i < record->count; i++) {
        record->cells[i] = str_copy(arena, record->cells[i]);
        if (!record->cells[i].at)
            return ERR_LIMIT;
    }
    return ERR_OK;
}

enum err import_reader_next(struct import_reader *reader, char separator, struct arena *arena, struct csv_record *ret_record, int64_t *ret_line)
{
    for (;;) {
        struct str window;
        enum err err = import_reader_look(reader, &window);
        if (err != ERR_OK || str_empty(window))
            return err != ERR_OK ? err : ERR_NOT_FOUND;
        if (reader->inside) {
            pass_over(reader, window);
            continue;
        }
        err = csv_read(window, separator, arena, ret_record);
        if (err != ERR_OK)
            return err;
        *ret_line = reader->line;
        reader->inside = ret_record->lines == 0;
        import_reader_skip(reader, ret_record->text.size, ret_record->lines);
        if (!csv_is_blank(ret_record))
            return copy_cells(ret_record, arena);
    }
}

void import_reader_back(struct import_reader *reader, const struct csv_record *record, int64_t line)
{
    reader->from -= record->text.size;
    reader->offset -= (int64_t)record->text.size;
    reader->line = line;
    reader->inside = false;
}
