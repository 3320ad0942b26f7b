#include "import_group.h"

#include "import_report.h"

#define MEMBERS_MAX 500 /* as a form has */

struct import_group {
    size_t count;                                      /* of lines */
    const struct csv_record *records[MEMBERS_MAX + 1]; /* of the first of them: one more than a cooperative may have */
    struct violations *wrong[MEMBERS_MAX + 1];         /* on this line; NULL: nothing */
    size_t representative;
    size_t from[CSV_CELLS_MAX]; /* which line has what all share, by column */
    struct csv_record shared;   /* and the cells of the one who represents it */
};

static size_t kept(const struct import_group *group)
{
    return group->count < MEMBERS_MAX + 1 ? group->count : MEMBERS_MAX + 1;
}

/* ── Gathering ── */

/* More lines than a chunk has: only of a file in which hundreds name one cooperative. */
static enum err make_room(struct import_chunk *chunk, size_t lines)
{
    if (lines <= chunk->room)
        return ERR_OK;
    size_t room = chunk->room + IMPORT_LINES_MAX;
    struct import_line *more = arena_take_array(chunk->arena, room, sizeof(*more));
    struct import_result *results = arena_take_array(chunk->arena, room, sizeof(*results));
    if (!more || !results)
        return ERR_LIMIT;
    memcpy(more, chunk->lines, chunk->room * sizeof(*more));
    memcpy(results, chunk->results, chunk->room * sizeof(*results));
    for (size_t i = 0; i < chunk->room; i++)
        more[i].result = &results[i];
    chunk->lines = more;
    chunk->results = results;
    chunk->room = room;
    return ERR_OK;
}

static enum err keep(const struct import_chunk *chunk, struct import_group *group, const struct csv_record *record)
{
    size_t place = group->count++;
    if (place > MEMBERS_MAX)
        return ERR_OK; /* it is refused anyway */
    struct csv_record *copy = arena_take(chunk->arena, sizeof(*copy));
    struct violations *wrong = chunk->violations->count > 0 ? arena_take(chunk->arena, sizeof(*wrong)) : NULL;
    if (!copy || (!wrong && chunk->violations->count > 0))
        return ERR_LIMIT;
    *copy = *record;
    if (wrong)
        *wrong = *chunk->violations;
    group->records[place] = copy;
    group->wrong[place] = wrong;
    return ERR_OK;
}

/* A line that can't be read and names none stands among those of the cooperative before it, or after it: who she was nobody knows, and without her it
 * is not whole. */
static bool belongs(const struct import_chunk *chunk, const struct import_group *group, const struct csv_record *record)
{
    const struct import_header *header = &chunk->job->header;
    bool names = import_names_cooperative(header, record), named = false;
    for (size_t i = 0; i < kept(group); i++) {
        if (import_same_cooperative(header, group->records[i], record))
            return true;
        named |= import_names_cooperative(header, group->records[i]);
    }
    return names ? !named : record->fault != CSV_FINE;
}

static enum err read_on(struct import_chunk *chunk, struct import_group *group)
{
    struct import_job *job = chunk->job;
    struct csv_record *record = arena_take(chunk->arena, sizeof(*record));
    enum err err = record ? ERR_OK : ERR_LIMIT;
    while (err == ERR_OK) {
        int64_t line = 0;
        err = import_reader_next(job->reader, job->row.separator.at[0], chunk->arena, record, &line);
        if (err == ERR_OK)
            err = import_read_cells(chunk, record, chunk->violations);
        if (err == ERR_OK && !belongs(chunk, group, record)) {
            import_reader_back(job->reader, record, line);
            return ERR_OK;
        }
        size_t place = chunk->count + group->count;
        if (err == ERR_OK)
            err = make_room(chunk, place + 1);
        if (err != ERR_OK)
            break;
        chunk->lines[place] = (struct import_line){.result = &chunk->results[place], .follows = true};
        chunk->results[place] = (struct import_result){.line = line, .outcome = LINE_OUTCOME_COUNT};
        err = keep(chunk, group, record);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* ── One form out of its lines ── */

static enum err complain(const struct import_chunk *chunk, struct import_group *group, size_t line, size_t column, const char *why)
{
    if (!group->wrong[line]) {
        group->wrong[line] = arena_take(chunk->arena, sizeof(struct violations));
        if (!group->wrong[line])
            return ERR_LIMIT;
        violations_init(group->wrong[line], chunk->arena);
    }
    struct str pointer = import_pointer(&chunk->job->header, column, &chunk->job->call->terms, chunk->arena);
    violations_add(group->wrong[line], pointer, VIOLATION_NOT_ALLOWED, why);
    return ERR_OK;
}

static enum err share(const struct import_chunk *chunk, struct import_group *group, size_t column)
{
    bool situation = import_is_of_situation(&chunk->job->header.columns[column]);
    struct str *shared = &group->shared.cells[column];
    enum err err = ERR_OK;
    *shared = STR("");
    for (size_t i = 0; err == ERR_OK && i < kept(group); i++) {
        struct str cell = import_cell(group->records[i], (int)column);
        if (str_empty(cell))
            continue;
        if (situation) {
            err = complain(chunk, group, i, column, "a cooperative has no situation");
        } else if (str_empty(*shared)) {
            *shared = cell;
            group->from[column] = i;
        } else if (!str_equal(*shared, cell)) {
            err = complain(chunk, group, i, column, "another value than in the other lines of the cooperative");
        }
    }
    return err;
}

/* The one that the file names, or the president, or the first. */
static void find_representative(const struct import_header *header, struct import_group *group)
{
    bool yes = false, president = false;
    for (size_t i = 0; i < kept(group) && !yes; i++) {
        (void)cell_yes_no(import_cell(group->records[i], header->representative), &yes);
        bool presides = !president && str_equal(cell_role(import_cell(group->records[i], header->role)), STR("president"));
        if (yes || presides)
            group->representative = i;
        president |= presides;
    }
}

static enum err share_all(const struct import_chunk *chunk, struct import_group *group)
{
    const struct import_header *header = &chunk->job->header;
    enum err err = ERR_OK;
    find_representative(header, group);
    group->shared.count = header->count;
    for (size_t column = 0; err == ERR_OK && column < header->count; column++) {
        if (!import_is_of_member(&header->columns[column])) {
            err = share(chunk, group, column);
            continue;
        }
        group->from[column] = group->representative;
        group->shared.cells[column] = import_cell(group->records[group->representative], (int)column);
    }
    return err;
}

enum err import_gather(struct import_chunk *chunk, const struct csv_record *record, size_t *ret_lines, bool *ret_whole)
{
    const struct import_job *job = chunk->job;
    struct import_group *group = arena_take(chunk->arena, sizeof(*group));
    enum err err = group ? keep(chunk, group, record) : ERR_LIMIT;
    if (err == ERR_OK)
        err = read_on(chunk, group);
    if (err == ERR_OK)
        err = share_all(chunk, group);
    if (err != ERR_OK)
        return err;
    struct import_line *first = &chunk->lines[chunk->count];
    struct import_members members = {group->records, kept(group)};
    first->group = group;
    violations_init(chunk->violations, chunk->arena);
    err = import_form_make(&job->source, &group->shared, &members, chunk->arena, chunk->violations, &first->form);
    first->form.cooperative = import_known_by(&job->header, &group->shared, chunk->arena);
    *ret_lines = group->count;
    *ret_whole = chunk->violations->count == 0;
    for (size_t i = 0; i < kept(group); i++)
        *ret_whole &= group->wrong[i] == NULL;
    return err;
}

/* ── What became of it ── */

/* The line that a violation of the form is about; SIZE_MAX: all of them. */
static size_t line_of(const struct import_chunk *chunk, const struct import_group *group, struct str pointer)
{
    size_t member = 0, column = import_column_of(&chunk->job->header, pointer, &chunk->job->call->terms, chunk->arena);
    if (!str_empty(import_inside_member(pointer, &member)))
        return member;
    return column == 0 || str_equal(pointer, STR("/reference")) ? SIZE_MAX : group->from[column - 1];
}

/* The one who represents it is a member too: what is wrong with her is told once. */
static bool is_told_of_member(const struct import_chunk *chunk, const struct import_group *group, struct str pointer)
{
    static const struct str APPLICANT = {"/applicant", sizeof("/applicant") - 1};
    if (!str_starts(pointer, APPLICANT))
        return false;
    struct str twin = str_format(chunk->arena, "/cooperative/members/%zu%.*s", group->representative, (int)(pointer.size - APPLICANT.size),
                                 pointer.at + APPLICANT.size);
    for (size_t i = 0; i < chunk->violations->count; i++)
        if (str_equal(chunk->violations->items[i].pointer, twin))
            return true;
    return false;
}

static void add_all(struct violations *to, const struct violations *from)
{
    for (size_t i = 0; from && i < from->count; i++)
        violations_add(to, from->items[i].pointer, from->items[i].code, from->items[i].detail.at);
}

enum err import_refuse_group(struct import_chunk *chunk, struct import_line *first)
{
    const struct import_job *job = chunk->job;
    const struct import_group *group = first->group;
    struct violations *told = arena_take(chunk->arena, sizeof(*told));
    enum err err = told ? ERR_OK : ERR_LIMIT;
    for (size_t i = 0; err == ERR_OK && i < group->count; i++) {
        violations_init(told, chunk->arena);
        add_all(told, i <= MEMBERS_MAX ? group->wrong[i] : NULL);
        for (size_t v = 0; v < chunk->violations->count; v++) {
            const struct violation *violation = &chunk->violations->items[v];
            size_t line = line_of(chunk, group, violation->pointer);
            if ((line == i || line == SIZE_MAX) && !is_told_of_member(chunk, group, violation->pointer))
                violations_add(told, violation->pointer, violation->code, violation->detail.at);
        }
        if (told->count == 0)
            violations_add(told, STR("/cooperative"), VIOLATION_NOT_ALLOWED, "a member of a cooperative that is refused for another line");
        first[i].result->outcome = LINE_REFUSED;
        err = import_errors_text(told, &job->header, &job->call->terms, chunk->arena, &first[i].result->errors);
    }
    return err;
}

void import_settle_groups(struct import_chunk *chunk)
{
    const struct import_line *first = chunk->lines; /* the first of a chunk follows none */
    for (size_t i = 0; i < chunk->count; i++) {
        if (!chunk->lines[i].follows) {
            first = &chunk->lines[i];
            continue;
        }
        chunk->lines[i].result->outcome = first->result->outcome;
        chunk->lines[i].result->application = first->result->application;
    }
}
