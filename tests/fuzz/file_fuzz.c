/* A whole file of women on its way to being applications: looked through, read by pieces and windows, persons and cooperatives, chunk by chunk, each
 * line judged. What becomes of a line does not depend on where a piece or a chunk ends. 'b': a dry run. */
#include "fuzz.h"
#include "services/intake/application/messages.h"
#include "services/intake/imports/import_amend.h"
#include "services/intake/imports/import_chunk.h"
#include "services/intake/imports/import_group.h"
#include "services/intake/imports/import_report.h"
#include "terms.h"

#define UPLOADED_AT (INT64_C(1795500000) * INSTANT_SECOND)
#define RESULTS_MAX 1024
#define CHUNK_BYTES ((size_t)64 << 20)

/* ── What the database would answer ── */

static struct str file;
static size_t piece_bytes;
static struct call call;
static bool dry_run;

enum err store_find_import_piece(struct db *db, struct arena *arena, const struct import_place *place, int64_t *ret_start, struct str *ret_plain)
{
    size_t start = (size_t)place->offset / piece_bytes * piece_bytes;
    (void)db;
    if (start >= file.size)
        return ERR_NOT_FOUND;
    *ret_start = (int64_t)start;
    *ret_plain = str_copy(arena, (struct str){file.at + start, file.size - start < piece_bytes ? file.size - start : piece_bytes});
    return ret_plain->at ? ERR_OK : ERR_LIMIT;
}

enum err store_find_import_keys(struct db *db, struct arena *arena, const struct id *keys, size_t count, struct import_key_row **ret_rows,
                                size_t *ret_count)
{
    (void)db, (void)arena, (void)keys, (void)count;
    *ret_rows = NULL;
    *ret_count = 0;
    return ERR_OK;
}

enum err import_amend(const struct import_job *job, struct import_amendment *amendment, struct arena *arena, struct violations *violations)
{
    (void)job, (void)amendment, (void)arena, (void)violations;
    HOLD(false, "nothing was made before");
    return ERR_INTERNAL;
}

/* ── What intake would do with a form ── */

enum err submission_judge(const struct submission_question *question, struct violations *violations, struct submission_judged *ret_judged)
{
    enum err err = form_decode(question->body, question->arena, &ret_judged->form, violations);
    HOLD(err == ERR_OK || err == ERR_INVALID, "a line is made into a form");
    form_validate(&ret_judged->form, &call.terms, instant_casablanca_date(question->at), violations, &ret_judged->facts);
    ret_judged->call = &call;
    ret_judged->replay_only = false;
    return violations->count == 0 ? ERR_OK : ERR_INVALID;
}

enum err submission_prepare(struct submission *item, const struct submission_source *source)
{
    (void)item;
    HOLD(str_is_utf8(source->body), "what is sealed is text");
    return ERR_OK;
}

/* ── Reading ── */

struct outcome {
    int64_t line;
    enum import_outcome is;
    bool refused, follows;
    struct id key, hash;
    uint8_t errors[32]; /* a hash of their text */
};

struct outcomes {
    struct outcome items[RESULTS_MAX];
    size_t count;
    int64_t lines; /* that the survey counted */
};

static void note(struct outcomes *outcomes, const struct import_chunk *chunk, const struct import_line *line)
{
    struct import_errors errors;
    struct outcome outcome = {.line = line->result->line, .follows = line->follows, .key = line->key, .hash = line->hash};
    outcome.is = line->result->outcome;
    outcome.refused = outcome.is == LINE_REFUSED || outcome.is == LINE_CHANGED;
    HOLD(outcome.refused || dry_run || outcome.is == LINE_OUTCOME_COUNT, "a new line is open or refused");
    HOLD(outcome.refused || !dry_run || outcome.is == LINE_TAKEN || outcome.is == LINE_KNOWN, "and of a dry run settled");
    HOLD(outcome.refused || dry_run || line->follows || line->item, "what is open goes on");
    HOLD(import_errors_read(line->result->errors, LANGUAGE_FR, chunk->arena, &errors) == ERR_OK, "what is wrong can be read");
    HOLD(!outcome.refused || line->follows || errors.items.count > 0, "and whoever is refused is told why");
    HOLD(outcomes->count == 0 || outcomes->items[outcomes->count - 1].line < outcome.line, "lines come in their order");
    sha256(line->result->errors, outcome.errors);
    if (outcomes->count < RESULTS_MAX)
        outcomes->items[outcomes->count++] = outcome;
}

static void read_chunks(struct import_job *job, struct arena *arena, struct outcomes *outcomes)
{
    struct import_chunk chunk = {.job = job, .arena = arena};
    bool more = true;
    while (more) {
        HOLD(import_read_chunk(&chunk, &more) == ERR_OK, "whatever is in a file, it is read");
        HOLD(chunk.next_offset <= (int64_t)file.size && (chunk.count > 0 || !more), "and goes on to its end");
        import_settle_groups(&chunk);
        for (size_t i = 0; i < chunk.count; i++)
            note(outcomes, &chunk, &chunk.lines[i]);
    }
    HOLD(chunk.next_offset == (int64_t)file.size, "which is reached");
}

static void read_file(size_t piece, int64_t chunk_lines, struct outcomes *outcomes)
{
    static struct import_reader reader;
    static struct arena *arenas[4]; /* life, statement, piece, chunk */
    const struct intake_settings settings = {.batch_items = chunk_lines};
    static struct intake intake;
    struct seal_key key = {{0}};
    struct violations *violations;
    for (size_t i = 0; i < 4; i++) {
        arenas[i] = arenas[i] ? arenas[i] : arena_new(i == 3 ? CHUNK_BYTES : (size_t)8 << 20);
        arena_reset(arenas[i]);
    }
    struct import_job job = {.intake = &intake, .life = arenas[0], .arena = arenas[1], .key = key, .reader = &reader, .call = &call};
    job.row = (struct import_row){
        .dry_run = dry_run, .size = (int64_t)file.size, .language = STR("ar"), .uploaded_at = UPLOADED_AT, .who = {.role = WHO_AGENT}};
    intake.settings = &settings;
    reader = (struct import_reader){.key = &job.key, .size = (int64_t)file.size, .arena = arenas[2]};
    piece_bytes = piece;
    outcomes->count = 0;
    violations = arena_take(job.life, sizeof(*violations));
    violations_init(violations, job.life);
    HOLD(import_survey(&job, violations) == ERR_OK, "any file can be looked through");
    outcomes->lines = violations->count == 0 ? job.row.lines : 0;
    if (violations->count == 0)
        HOLD(import_open(&job, violations) == ERR_OK, "and opened");
    if (violations->count == 0)
        read_chunks(&job, arenas[3], outcomes);
    import_close(&job);
    HOLD(violations->count > 0 || outcomes->count == RESULTS_MAX || outcomes->lines == (int64_t)outcomes->count, "each line has its outcome");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct outcomes whole, by_pieces;
    call = (struct call){.terms = fuzz_terms(), .json = STR("{\"quotas\":[{\"province\":\"MA-TAO\",\"name\":{\"fr\":\"Taounate\"}}]}")};
    file = fuzz_text(bytes, size);
    dry_run = fuzz_choice(&file, 2) == 1;
    if (file.size == 0)
        return 0;
    read_file(16384, 100, &whole);
    read_file(64, 2, &by_pieces);
    HOLD(whole.lines == by_pieces.lines && whole.count == by_pieces.count, "as many lines");
    for (size_t i = 0; i < whole.count; i++) {
        const struct outcome *one = &whole.items[i], *other = &by_pieces.items[i];
        HOLD(one->line == other->line && one->is == other->is && one->follows == other->follows, "with the same outcome");
        HOLD(id_compare(one->key, other->key) == 0 && id_compare(one->hash, other->hash) == 0, "of the same content");
        HOLD(memcmp(one->errors, other->errors, sizeof(one->errors)) == 0, "and the same errors");
    }
    return 0;
}
