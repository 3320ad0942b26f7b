/* Before the first line is taken the whole file is looked through: which encoding it is in can't be told from its first lines, and a file that is too
 * long is refused before it has made anything. */
#include "import_work.h"

#include "app/app.h"

#define RECORDS_AT_ONCE 1000 /* before their memory is given back */

static void refuse(struct violations *violations, const char *pointer, enum violation_code code, const char *detail)
{
    violations_add(violations, str_from(pointer), code, detail);
}

/* Its byte order mark and the line in which Excel names the separator are passed over. */
static enum err read_beginning(struct import_job *job, struct violations *violations, struct csv_evidence *evidence, char *ret_separator)
{
    struct import_reader *reader = job->reader;
    struct str window;
    bool ended = false;
    import_reader_start(reader, 0, 1);
    enum err err = import_reader_look(reader, &window);
    if (err != ERR_OK)
        return err;
    if (csv_is_utf_16(window) || str_starts(window, STR("PK\3\4")) || memchr(window.at, '\0', window.size))
        refuse(violations, "/file", VIOLATION_FORMAT, "CSV, UTF-8, Windows-1256, Windows-1252");
    evidence->marked = str_starts(window, CSV_BOM);
    if (evidence->marked)
        import_reader_skip(reader, CSV_BOM.size, 0);
    err = import_reader_look(reader, &window);
    struct str line = {window.at, csv_line_end(window, &ended)};
    if (csv_names_separator(line, ret_separator))
        import_reader_skip(reader, line.size, 1);
    else
        *ret_separator = csv_separator(line);
    return err;
}

static enum err read_header(struct import_job *job, char separator, struct arena *arena, struct csv_record *ret_record)
{
    int64_t line = 0;
    enum err err = import_reader_next(job->reader, separator, arena, ret_record, &line);
    if (err == ERR_NOT_FOUND || (err == ERR_OK && ret_record->fault != CSV_FINE)) {
        ret_record->count = 0;
        return ERR_OK;
    }
    return err;
}

/* Up to one more than a file may have. */
static enum err count_lines(struct import_job *job, char separator, struct csv_evidence *evidence)
{
    struct csv_record *record = arena_take(job->life, sizeof(*record));
    int64_t line = 0;
    enum err err = record ? ERR_OK : ERR_LIMIT;
    job->row.lines = 0;
    while (err == ERR_OK && job->row.lines <= IMPORT_LINES_MAX) {
        if (job->row.lines % RECORDS_AT_ONCE == 0)
            arena_reset(job->arena);
        err = import_reader_next(job->reader, separator, job->arena, record, &line);
        if (err == ERR_OK)
            csv_look(evidence, record->text);
        job->row.lines += err == ERR_OK;
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err import_survey(struct import_job *job, struct violations *violations)
{
    struct csv_evidence evidence = {0};
    struct csv_record *header = arena_take(job->life, sizeof(*header));
    char separator = ',';
    enum err err = header ? read_beginning(job, violations, &evidence, &separator) : ERR_LIMIT;
    if (err == ERR_OK)
        err = read_header(job, separator, job->life, header);
    if (err != ERR_OK)
        return err;
    csv_look(&evidence, header->text);
    job->row.next_offset = job->reader->offset;
    job->row.next_line = job->reader->line;
    err = count_lines(job, separator, &evidence);
    if (err != ERR_OK)
        return err;
    if (job->row.lines > IMPORT_LINES_MAX)
        refuse(violations, "/lines", VIOLATION_TOO_MANY, "100000");
    else if (job->row.lines == 0)
        refuse(violations, "/lines", VIOLATION_TOO_FEW, "1");
    job->row.encoding = str_from(csv_encoding_name(csv_encoding(&evidence)));
    job->row.separator = str_copy(job->life, (struct str){&separator, 1});
    return ERR_OK;
}

/* ── Opening ── */

static enum err open_charset(struct import_job *job)
{
    enum csv_encoding encoding;
    if (!csv_encoding_parse(job->row.encoding, &encoding))
        return ERR_INTERNAL;
    return encoding == CSV_UTF_8 ? ERR_OK : charset_open(csv_encoding_name(encoding), &job->source.charset);
}

static enum err decode_header(struct import_job *job, struct csv_record *header, struct violations *violations)
{
    for (size_t i = 0; i < header->count; i++) {
        struct str text = header->cells[i];
        enum err err = job->source.charset ? charset_text(job->source.charset, text, job->life, &text) : ERR_OK;
        if (err == ERR_MALFORMED || !str_is_utf8(text))
            refuse(violations, str_format(job->life, "/columns/%zu", i + 1).at, VIOLATION_TEXT, NULL);
        else if (err != ERR_OK)
            return err;
        header->cells[i] = text;
    }
    return ERR_OK;
}

enum err import_open(struct import_job *job, struct violations *violations)
{
    struct csv_evidence unused = {0};
    struct csv_record *header = arena_take(job->life, sizeof(*header));
    struct import_province *provinces = NULL;
    char separator = ',';
    enum err err = header ? open_charset(job) : ERR_LIMIT;
    if (err == ERR_OK)
        err = read_beginning(job, violations, &unused, &separator);
    if (err == ERR_OK)
        err = read_header(job, separator, job->life, header);
    if (err == ERR_OK && header->count == 0)
        refuse(violations, "/columns", VIOLATION_REQUIRED, NULL);
    if (err == ERR_OK)
        err = decode_header(job, header, violations);
    if (err == ERR_OK && violations->count == 0)
        import_header_read(header, &job->call->terms, violations, &job->header);
    if (err == ERR_OK)
        err = import_provinces(job->call, job->life, &provinces, &job->source.province_count);
    job->source.header = &job->header;
    job->source.call = job->call;
    job->source.provinces = provinces;
    job->source.language = job->row.language;
    import_reader_start(job->reader, job->row.next_offset, job->row.next_line);
    return err;
}

void import_close(struct import_job *job)
{
    charset_close(job->source.charset);
    job->source.charset = NULL;
}
