/* An import on a real PostgreSQL: whoever dies where, and whoever wakes up late, each line makes one application. */
#include "tests/integration/intake_support.h"

#include "app/app.h"
#include "services/intake/application/awaiting.h"
#include "services/intake/imports/import_chunk.h"
#include "tests/support/starve.h"

#define LINES 40
#define CHUNK 16
#define PIECE ((size_t)700) /* so that records lie across pieces */

static struct intake_fixture fixture;
static struct intake_settings settings = {.batch_items = CHUNK};

/* One that works on imports: what import_work.c has for each copy of the service. */
struct worker {
    struct db *db;
    struct arena *life, *chunk, *lines_arena, *writer, *piece;
    struct import_reader reader;
    struct import_job job;
    struct import_chunk lines;
};

static void worker_open(struct worker *worker)
{
    worker->db = intake_fixture_connect(&fixture);
    worker->life = arena_new((size_t)8 << 20);
    worker->chunk = arena_new((size_t)32 << 20);
    worker->lines_arena = arena_new((size_t)32 << 20);
    worker->writer = arena_new((size_t)32 << 20);
    worker->piece = arena_new((size_t)1 << 20);
    assert_true(worker->life && worker->chunk && worker->lines_arena && worker->writer && worker->piece);
}

static void worker_close(struct worker *worker)
{
    import_close(&worker->job);
    db_close(worker->db);
    arena_free(worker->life);
    arena_free(worker->chunk);
    arena_free(worker->lines_arena);
    arena_free(worker->writer);
    arena_free(worker->piece);
}

/* ── A file, as it lies in the database ── */

static struct str file_text(const char *prefix)
{
    struct buf out;
    struct str text;
    buf_init(&out, fixture.arena, 1 << 20);
    buf_add(&out,
            STR("reference;applicant.name.latin;cnie;applicant.birth_date;applicant.phone;applicant.address.province;project.title;project.sector;"
                "project.stage;project.requested_centimes;consents.processing\n"));
    for (int i = 0; i < LINES; i++)
        buf_format(&out, "%s-%d;Fatima;%s%05d;1991-04-12;0661234567;%s;Huile;agrifood;idea;4500000;oui\n", prefix, i, prefix, 10000 + i,
                   i % 10 == 9 ? "MA-XXX" : "MA-TAO");
    assert_int_equal(buf_done(&out, &text), ERR_OK);
    return text;
}

struct sending {
    struct new_import import;
    struct seal_key key;
    struct str text;
    bool made;
};

static enum err send_file(struct db *db, void *context)
{
    struct sending *sending = context;
    struct import_row *row = &sending->import.row;
    enum err err = store_add_import(db, fixture.arena, &sending->import, &sending->made);
    for (size_t at = 0; err == ERR_OK && at < sending->text.size; at += PIECE) {
        size_t size = sending->text.size - at < PIECE ? sending->text.size - at : PIECE;
        struct import_place place = {&sending->key, row->id, (int64_t)at};
        err = store_add_import_piece(db, fixture.arena, &place, (struct str){sending->text.at + at, size});
    }
    row->received = row->size;
    row->state = IMPORT_WAITING;
    return err == ERR_OK ? store_advance_import(db, fixture.arena, row, clock_wall_us()) : err;
}

static struct id bring(const char *prefix, bool dry_run)
{
    struct sending sending = {.text = file_text(prefix)};
    uint8_t entropy[10];
    random_bytes(entropy, sizeof(entropy));
    sending.import.row = (struct import_row){
        .id = id_make(clock_wall_us() / 1000, entropy),
        .call_id = fixture.call->id,
        .size = (int64_t)sending.text.size,
        .name = STR("a.csv"),
        .dry_run = dry_run,
        .who = {.role = WHO_AGENT, .subject = STR("agent-1")},
        .language = STR("fr"),
        .traceparent = STR(""),
        .created_at = clock_wall_us(),
    };
    struct import_row *row = &sending.import.row;
    assert_int_equal(import_key_make(&fixture.intake.keys, row->id, fixture.arena, &sending.key, &row->key), ERR_OK);
    assert_int_equal(db_transaction(fixture.db, send_file, &sending), ERR_OK);
    return row->id;
}

/* ── Steps ── */

/* `late`: after the lease of whoever had it has run out. */
static void claim(struct worker *worker, bool late)
{
    instant_us now = clock_wall_us() + (late ? 3600 * INSTANT_SECOND : 0);
    struct import_job *job = &worker->job;
    *job = (struct import_job){.intake = &fixture.intake,
                               .db = worker->db,
                               .life = worker->life,
                               .arena = worker->chunk,
                               .reader = &worker->reader,
                               .calls = calls_hold(fixture.intake.calls, worker->life),
                               .call = fixture.call};
    assert_int_equal(store_claim_import(worker->db, worker->life, now, now + IMPORT_LEASE, &job->row), ERR_OK);
    assert_int_equal(import_key_open(&fixture.intake.keys, &job->row, worker->life, &job->key), ERR_OK);
    worker->reader.db = worker->db;
    worker->reader.key = &job->key;
    worker->reader.import = job->row.id;
    worker->reader.size = job->row.size;
    worker->reader.arena = worker->piece;
}

static void open_lines(struct worker *worker)
{
    static struct violations violations;
    struct import_job *job = &worker->job;
    violations_init(&violations, worker->life);
    if (str_empty(job->row.encoding)) {
        assert_int_equal(import_survey(job, &violations), ERR_OK);
        assert_int_equal(store_keep_survey(worker->db, worker->chunk, &job->row, clock_wall_us(), clock_wall_us() + IMPORT_LEASE), ERR_OK);
    }
    assert_int_equal(job->row.lines, LINES);
    assert_int_equal(import_open(job, &violations), ERR_OK);
    assert_int_equal(violations.count, 0);
}

/* A chunk, read and stored. */
static enum err take_chunk(struct worker *worker, bool *ret_more)
{
    worker->lines.job = &worker->job;
    worker->lines.arena = worker->lines_arena;
    enum err err = import_read_chunk(&worker->lines, ret_more);
    return err == ERR_OK ? import_store_chunk(&worker->lines, worker->db, worker->writer) : err;
}

static void take_all(struct worker *worker)
{
    bool more = true;
    while (more)
        assert_int_equal(take_chunk(worker, &more), ERR_OK);
}

static void end_others(void)
{
    assert_int_equal(db_script(fixture.db, STR("UPDATE import SET state = 'DONE', due_at = NULL")), ERR_OK);
}

static int64_t count_of(const char *column, struct id import)
{
    struct import_row row;
    assert_int_equal(store_find_import(fixture.db, fixture.arena, import, &row), ERR_OK);
    for (int outcome = 0; outcome < LINE_OUTCOME_COUNT; outcome++)
        if (strcmp(import_outcome_name((enum import_outcome)outcome), column) == 0)
            return row.counts[outcome];
    return -1;
}

#define MADE "SELECT count(*) FROM application"
#define TOLD "SELECT count(*) FROM outbox WHERE version = 1"
#define REPORTED "SELECT count(*) FROM import_line"

/* ── Requirements ── */

static void who_dies_between_storing_and_reporting_has_taken_each_line_once(void **state)
{
    (void)state;
    struct worker first = {0}, second = {0};
    bool more = true;
    int64_t made = intake_count(&fixture, MADE), told = intake_count(&fixture, TOLD), reported = intake_count(&fixture, REPORTED);
    struct id import = bring("AA", false);
    worker_open(&first);
    worker_open(&second);
    claim(&first, false);
    open_lines(&first);
    assert_int_equal(take_chunk(&first, &more), ERR_OK);
    /* Another copy takes it over; the first, which does not know, stores a chunk and dies with its report. */
    claim(&second, true);
    open_lines(&second);
    assert_int_equal(second.job.row.next_line, 2 + CHUNK);
    assert_int_equal(take_chunk(&first, &more), ERR_FENCED);
    assert_true(intake_count(&fixture, MADE) > made + CHUNK);
    take_all(&second);
    assert_int_equal(intake_count(&fixture, MADE) - made, LINES - LINES / 10);
    assert_int_equal(intake_count(&fixture, TOLD) - told, LINES - LINES / 10);
    assert_int_equal(intake_count(&fixture, REPORTED) - reported, LINES);
    assert_int_equal(count_of("TAKEN", import), LINES - LINES / 10);
    assert_int_equal(count_of("REFUSED", import), LINES / 10);
    worker_close(&first);
    worker_close(&second);
}

static void the_same_lines_again_make_nothing_even_when_their_request_keys_are_forgotten(void **state)
{
    (void)state;
    struct worker worker = {0};
    worker_open(&worker);
    end_others();
    struct id first = bring("BB", false);
    claim(&worker, false);
    open_lines(&worker);
    take_all(&worker);
    int64_t made = intake_count(&fixture, MADE);
    assert_int_equal(count_of("TAKEN", first), LINES - LINES / 10);
    assert_int_equal(db_script(fixture.db, STR("UPDATE application SET request_key = NULL")), ERR_OK);
    end_others();
    struct id again = bring("BB", false);
    import_close(&worker.job);
    arena_reset(worker.life);
    claim(&worker, false);
    open_lines(&worker);
    take_all(&worker);
    assert_int_equal(intake_count(&fixture, MADE), made);
    assert_int_equal(count_of("KNOWN", again), LINES - LINES / 10);
    worker_close(&worker);
}

static void a_dry_run_makes_nothing(void **state)
{
    (void)state;
    struct worker worker = {0};
    int64_t made = intake_count(&fixture, MADE);
    end_others();
    struct id import = bring("CC", true);
    worker_open(&worker);
    claim(&worker, false);
    open_lines(&worker);
    take_all(&worker);
    assert_int_equal(intake_count(&fixture, MADE), made);
    assert_int_equal(count_of("TAKEN", import), LINES - LINES / 10);
    worker_close(&worker);
}

static void what_a_file_makes_long_after_it_came_is_found_by_the_queue_of_what_is_due(void **state)
{
    (void)state;
    struct worker worker = {0};
    end_others();
    bring("DD", false);
    assert_int_equal(db_script(fixture.db, STR("UPDATE import SET uploaded_at = uploaded_at - interval '1 hour'")), ERR_OK);
    assert_int_equal(awaiting_sweep(fixture.db, fixture.writer, clock_wall_us()), ERR_OK);
    worker_open(&worker);
    claim(&worker, false);
    open_lines(&worker);
    take_all(&worker);
    assert_int_equal(intake_count(&fixture, MADE " WHERE submitted_at < now() - interval '50 minutes'"), LINES - LINES / 10);
    assert_int_equal(awaiting_sweep(fixture.db, fixture.writer, clock_wall_us() + 11 * INSTANT_MINUTE), ERR_OK);
    assert_int_equal(intake_count(&fixture, MADE " WHERE id NOT IN (SELECT application_id FROM awaiting)"), 0);
    worker_close(&worker);
}

static void a_lack_of_memory_is_no_fault_of_the_file(void **state)
{
    (void)state;
    struct worker worker = {0};
    bool more = true;
    end_others();
    struct id import = bring("EE", false);
    worker_open(&worker);
    arena_free(worker.lines_arena);
    worker.lines_arena = arena_new(NO_CEILING);
    claim(&worker, false);
    open_lines(&worker);
    settings.batch_items = INT64_C(1) << 50; /* no machine has room for so many lines */
    enum err err = take_chunk(&worker, &more);
    settings.batch_items = CHUNK;
    assert_int_equal(err, ERR_MEMORY);
    take_all(&worker);
    assert_int_equal(count_of("TAKEN", import), LINES - LINES / 10);
    worker_close(&worker);
}

static int open_fixture(void **state)
{
    (void)state;
    intake_fixture_open(&fixture);
    fixture.intake.settings = &settings;
    return 0;
}

static int close_fixture(void **state)
{
    (void)state;
    intake_fixture_close(&fixture);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_dies_between_storing_and_reporting_has_taken_each_line_once),
        cmocka_unit_test(the_same_lines_again_make_nothing_even_when_their_request_keys_are_forgotten),
        cmocka_unit_test(a_dry_run_makes_nothing),
        cmocka_unit_test(a_lack_of_memory_is_no_fault_of_the_file),
        cmocka_unit_test(what_a_file_makes_long_after_it_came_is_found_by_the_queue_of_what_is_due),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
