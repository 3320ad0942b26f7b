/* The first half of a chunk: lines are read, looked up by their keys, and judged. */
#include "import_chunk.h"

#include "import_amend.h"
#include "import_group.h"
#include "import_report.h"

#define REFERENCE_POINTS_MAX 120
#define GROUP_ROOM 512 /* a cooperative that begins with the last line of a chunk */

/* ── Reading ── */

enum err import_refuse(struct import_chunk *chunk, struct import_line *line)
{
    const struct import_job *job = chunk->job;
    if (line->group)
        return import_refuse_group(chunk, line);
    line->result->outcome = LINE_REFUSED;
    return import_errors_text(chunk->violations, &job->header, &job->call->terms, chunk->arena, &line->result->errors);
}

static void complain_of_record(const struct import_chunk *chunk, const struct csv_record *record, struct violations *violations)
{
    static const struct {
        enum violation_code code;
        const char *detail;
    } FAULTS[] = {
        [CSV_STRAY_QUOTE] = {VIOLATION_FORMAT, "RFC 4180: \"cell\",\"a \"\" in a cell\""},
        [CSV_UNCLOSED_QUOTE] = {VIOLATION_FORMAT, "RFC 4180: \"cell\""},
        [CSV_TOO_LONG] = {VIOLATION_TOO_LONG, "32768"},
        [CSV_TOO_MANY_CELLS] = {VIOLATION_TOO_MANY, "128"},
        [CSV_NUL] = {VIOLATION_TEXT, NULL},
    };
    size_t columns = chunk->job->header.count, faulty = record->count;
    if (record->fault != CSV_FINE) {
        struct str pointer = faulty < columns ? import_pointer(&chunk->job->header, faulty, &chunk->job->call->terms, chunk->arena) : STR("");
        violations_add(violations, pointer, FAULTS[record->fault].code, FAULTS[record->fault].detail);
    } else if (record->count > columns) {
        violations_add(violations, STR(""), VIOLATION_TOO_MANY, str_format(chunk->arena, "%zu", columns).at);
    }
}

/* What makes it the same line when it comes again: the staff's own reference of it, what a cooperative is known by, or all that it says. */
static void make_key(const struct import_chunk *chunk, struct import_line *line)
{
    const struct import_job *job = chunk->job;
    const struct intake_keys *keys = &job->intake->keys;
    struct str call = job->call->terms.id, subject = job->row.who.subject, reference = line->form.reference;
    struct str known = str_empty(reference) ? line->form.cooperative : reference;
    struct str scope = str_empty(known) ? str_format(chunk->arena, "import:%.*s", (int)call.size, call.at)
                                        : str_format(chunk->arena, "import:%.*s:%.*s", (int)call.size, call.at, (int)subject.size, subject.at);
    line->key = subject_request_key(keys, scope, str_empty(known) ? line->form.line : known);
    line->hash = subject_fingerprint(keys, line->form.line);
    if (str_utf8_length(reference) > REFERENCE_POINTS_MAX)
        violations_add(chunk->violations, STR("/reference"), VIOLATION_TOO_LONG, "120");
    else if (str_has_control(reference))
        violations_add(chunk->violations, STR("/reference"), VIOLATION_TEXT, NULL);
}

static enum err judge(struct import_chunk *chunk, struct import_line *line, struct submission_judged *ret_judged)
{
    struct import_job *job = chunk->job;
    struct submission_question question = {job->calls, line->form.body, job->row.uploaded_at, true, chunk->arena};
    enum err err = submission_judge(&question, chunk->violations, ret_judged);
    struct str province = ret_judged->form.applicant.address.province;
    if (err == ERR_OK && !principal_covers(&job->row.who, job->call->terms.region, province)) {
        violations_add(chunk->violations, STR("/applicant/address/province"), VIOLATION_NOT_ALLOWED, "outside of your territory");
        ret_judged->replay_only = false;
    }
    if (err != ERR_OK && err != ERR_INVALID && err != ERR_MALFORMED)
        return err;
    return chunk->violations->count == 0 || ret_judged->replay_only ? ERR_OK : ERR_INVALID;
}

enum err import_read_cells(struct import_chunk *chunk, struct csv_record *record, struct violations *violations)
{
    violations_init(violations, chunk->arena);
    complain_of_record(chunk, record, violations);
    if (record->count > chunk->job->header.count) {
        record->count = chunk->job->header.count;
        record->fault = CSV_TOO_MANY_CELLS;
    }
    return import_cells_decode(&chunk->job->source, record, chunk->arena, violations);
}

/* What else is wrong with it is said at once. */
static enum err refuse_early(struct import_chunk *chunk, struct import_line *line)
{
    struct submission_judged *judged = arena_take(chunk->arena, sizeof(*judged));
    enum err err = judged ? judge(chunk, line, judged) : ERR_LIMIT;
    return err == ERR_OK || err == ERR_INVALID ? import_refuse(chunk, line) : err;
}

/* A person, or all lines of a cooperative. */
static enum err read_record(struct import_chunk *chunk, struct csv_record *record, size_t *ret_lines)
{
    struct import_job *job = chunk->job;
    bool faulty = record->fault != CSV_FINE, whole = true;
    enum err err = ERR_OK;
    *ret_lines = 1;
    if (import_names_cooperative(&job->header, record) || (faulty && import_has_cooperatives(&job->header)))
        err = import_gather(chunk, record, ret_lines, &whole);
    else if (faulty)
        return import_refuse(chunk, &chunk->lines[chunk->count]);
    else
        err = import_form_make(&job->source, record, NULL, chunk->arena, chunk->violations, &chunk->lines[chunk->count].form);
    if (err != ERR_OK)
        return err;
    struct import_line *line = &chunk->lines[chunk->count];
    make_key(chunk, line);
    return whole && chunk->violations->count == 0 ? ERR_OK : refuse_early(chunk, line);
}

static enum err read_lines(struct import_chunk *chunk, bool *ret_more)
{
    struct import_job *job = chunk->job;
    struct csv_record *record = arena_take(chunk->arena, sizeof(*record));
    enum err err = record ? ERR_OK : ERR_LIMIT;
    while (err == ERR_OK && chunk->count < chunk->most) {
        struct import_line *line = &chunk->lines[chunk->count];
        size_t lines = 0;
        line->result = &chunk->results[chunk->count];
        *line->result = (struct import_result){.outcome = LINE_OUTCOME_COUNT};
        err = import_reader_next(job->reader, job->row.separator.at[0], chunk->arena, record, &line->result->line);
        if (err == ERR_OK)
            err = import_read_cells(chunk, record, chunk->violations);
        if (err == ERR_OK)
            err = read_record(chunk, record, &lines);
        chunk->count += err == ERR_OK ? lines : 0;
    }
    *ret_more = err == ERR_OK;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* ── What came before ── */

static bool is_open(const struct import_line *line)
{
    return line->result->outcome == LINE_OUTCOME_COUNT && !line->follows;
}

enum err import_settle_changed(struct import_chunk *chunk, struct import_line *line, struct id application)
{
    violations_init(chunk->violations, chunk->arena);
    violations_add(chunk->violations, STR("/reference"), VIOLATION_DUPLICATE, NULL);
    enum err err = import_refuse(chunk, line);
    line->result->outcome = LINE_CHANGED;
    line->result->application = application;
    return err;
}

/* What an earlier file made is amended. What this file itself has made is not: nobody can tell which of two lines of one reference is right. */
static enum err amend(struct import_chunk *chunk, struct import_line *line, const struct import_key_row *before)
{
    struct import_amendment amendment = {.before = *before, .body = line->form.body, .hash = line->hash, .dry_run = chunk->job->row.dry_run};
    if (before->made_at > chunk->job->row.uploaded_at)
        return import_settle_changed(chunk, line, before->application);
    enum err err = import_amend(chunk->job, &amendment, chunk->arena, chunk->violations);
    if (err == ERR_OK && amendment.outcome == LINE_CHANGED)
        return import_settle_changed(chunk, line, before->application);
    if (err == ERR_OK && amendment.outcome == LINE_REFUSED)
        err = import_refuse(chunk, line);
    line->result->outcome = amendment.outcome;
    line->result->application = before->application;
    return err;
}

static enum err settle_by_key(struct import_chunk *chunk, struct import_line *line, const struct import_key_row *before)
{
    if (id_compare(before->hash, line->hash) != 0)
        return amend(chunk, line, before);
    line->result->outcome = LINE_KNOWN;
    line->result->application = before->application;
    return ERR_OK;
}

static enum err look_up(struct import_chunk *chunk)
{
    struct arena *arena = chunk->arena;
    struct id *keys = arena_take_array(arena, chunk->count + 1, sizeof(*keys));
    struct import_key_row *rows = NULL;
    size_t count = 0, found = 0;
    if (!keys)
        return ERR_LIMIT;
    for (size_t i = 0; i < chunk->count; i++)
        if (is_open(&chunk->lines[i]))
            keys[count++] = chunk->lines[i].key;
    enum err err = store_find_import_keys(chunk->job->db, arena, keys, count, &rows, &found);
    for (size_t i = 0; err == ERR_OK && i < chunk->count; i++)
        for (size_t row = 0; err == ERR_OK && row < found && is_open(&chunk->lines[i]); row++)
            if (id_compare(rows[row].key, chunk->lines[i].key) == 0)
                err = settle_by_key(chunk, &chunk->lines[i], &rows[row]);
    return err;
}

/* ── Judging and storing ── */

/* Every line of a file is deposited when the file was; a microsecond a line keeps them in its order, and tells this file's own lines again. */
static enum err prepare(struct import_chunk *chunk, struct import_line *line, struct submission_judged *judged)
{
    struct import_job *job = chunk->job;
    const struct principal *who = &job->row.who;
    struct submission *item = arena_take(chunk->arena, sizeof(*item));
    if (!item)
        return ERR_LIMIT;
    item->owner = line;
    item->call = judged->call;
    item->replay_only = judged->replay_only;
    item->created_at = job->row.uploaded_at + line->result->line;
    item->traceparent = job->row.traceparent;
    item->request_key = line->key;
    item->request_hash = line->hash;
    item->actor = principal_actor(who, chunk->arena);
    enum language language = language_choose(job->row.language);
    struct submission_source source = {&job->intake->keys, &judged->form, &judged->facts, line->form.body, who->subject, language, chunk->arena};
    line->item = item;
    return submission_prepare(item, &source);
}

/* A dry run says of a line what would become of it, also when it stands in the file twice. */
static enum err foresee(struct import_chunk *chunk, struct import_line *line)
{
    struct import_job *job = chunk->job;
    bool same = false;
    if (!job->seen)
        job->seen = import_seen_new(job->life);
    if (!job->seen)
        return ERR_LIMIT;
    line->result->outcome = LINE_TAKEN;
    if (!import_seen_before(job->seen, line->key, line->hash, &same))
        return ERR_OK;
    line->result->outcome = LINE_KNOWN;
    return same ? ERR_OK : import_settle_changed(chunk, line, (struct id){0});
}

static enum err judge_open(struct import_chunk *chunk)
{
    struct import_job *job = chunk->job;
    struct submission_judged *judged = arena_take(chunk->arena, sizeof(*judged));
    enum err err = judged ? ERR_OK : ERR_LIMIT;
    for (size_t i = 0; err == ERR_OK && i < chunk->count; i++) {
        struct import_line *line = &chunk->lines[i];
        if (!is_open(line))
            continue;
        violations_init(chunk->violations, chunk->arena);
        err = judge(chunk, line, judged);
        if (err == ERR_INVALID || (err == ERR_OK && judged->replay_only && job->row.dry_run))
            err = import_refuse(chunk, line);
        else if (err == ERR_OK && job->row.dry_run)
            err = foresee(chunk, line);
        else if (err == ERR_OK)
            err = prepare(chunk, line, judged);
    }
    return err;
}

enum err import_read_chunk(struct import_chunk *chunk, bool *ret_more)
{
    struct import_job *job = chunk->job;
    bool more = false;
    arena_reset(chunk->arena);
    chunk->count = 0;
    chunk->most = (size_t)job->intake->settings->batch_items;
    chunk->room = chunk->most + GROUP_ROOM;
    chunk->lines = arena_take_array(chunk->arena, chunk->room, sizeof(*chunk->lines));
    chunk->results = arena_take_array(chunk->arena, chunk->room, sizeof(*chunk->results));
    chunk->violations = arena_take(chunk->arena, sizeof(*chunk->violations));
    enum err err = chunk->lines && chunk->results && chunk->violations ? read_lines(chunk, &more) : ERR_LIMIT;
    if (err == ERR_OK)
        err = look_up(chunk);
    if (err == ERR_OK)
        err = judge_open(chunk);
    if (arena_is_starved(chunk->arena))
        return ERR_MEMORY; /* a line that there was no room to read is not judged */
    chunk->next_offset = job->reader->offset;
    chunk->next_line = job->reader->line;
    if (err == ERR_OK)
        *ret_more = more;
    return err;
}
