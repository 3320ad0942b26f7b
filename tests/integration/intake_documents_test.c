/* Pages of documents on a real PostgreSQL: of each page the newest is kept, whichever copy is done first. */
#include "tests/integration/intake_support.h"

#include <pthread.h>

#include "app/app.h"
#include "services/intake/documents/store_documents.h"

#define READY "SELECT count(*) FROM document WHERE state = 'READY'"

static struct intake_fixture fixture;
static struct submission *woman;
static struct id older, newer;

static struct id add_page(const char *hold)
{
    struct id id = fresh_id(clock_wall_us());
    struct str row = str_format(
        fixture.arena,
        "UPDATE application SET hold = %s; INSERT INTO document (id, application_id, type, page, state, size, created_at, changed_at, due_at, tries) "
        "VALUES ('%s', '%s', 'identity', 1, 'PROCESSING', 10, now(), now(), now(), 1)",
        hold, id_text(fixture.arena, id).at, id_text(fixture.arena, woman->id).at);
    assert_int_equal(db_script(fixture.db, row), ERR_OK);
    return id;
}

/* Two of one page, the first not finished when the second came. */
static void begin(const char *hold)
{
    assert_int_equal(db_script(fixture.db, STR("DELETE FROM document")), ERR_OK);
    older = add_page(hold);
    clock_sleep_us(2000);
    newer = add_page(hold);
}

struct settling {
    struct id id;
    bool refused;
    struct settling *beside; /* begun by another copy while this one is not committed */
    struct db *db;
    struct arena *arena;
    pthread_t thread;
};

static void *settle_beside(void *context);

/* As document_work.c does it. */
static enum err settle_in(struct db *db, void *context)
{
    struct settling *settling = context;
    const struct claimed_document claimed = {.id = settling->id, .application = woman->id, .tries = 1};
    const struct document_row row = {.id = settling->id, .media = STR("image/jpeg"), .bytes = 10};
    enum err err = store_lock_page(db, settling->arena, &claimed);
    if (err == ERR_OK)
        err = settling->refused ? store_refuse_document(db, settling->arena, settling->id, REFUSAL_UNREADABLE, clock_wall_us())
                                : store_finish_document(db, settling->arena, &row, clock_wall_us());
    if (err == ERR_OK && settling->beside) {
        struct document_row seen;
        err = store_find_document(db, settling->arena, woman->id, settling->id, &seen); /* what is queued is done by now */
        pthread_create(&settling->thread, NULL, settle_beside, settling->beside);
        clock_sleep_us(300000);
    }
    return err;
}

static void settle(struct settling *settling)
{
    settling->db = intake_fixture_connect(&fixture);
    settling->arena = arena_new(1 << 20);
    if (db_transaction(settling->db, settle_in, settling) != ERR_OK)
        settling->id = (struct id){{0}};
    db_close(settling->db);
    arena_free(settling->arena);
}

static void *settle_beside(void *context)
{
    settle(context);
    return NULL;
}

static void of_a_page_the_newest_is_kept_whichever_was_finished_first(void **state)
{
    static const struct {
        const char *hold;
        bool newer_first, older_refused, newer_refused;
        int64_t ready, all;
        const char *why;
    } rows[] = {
        {"NULL", false, false, false, 1, 1, "in their order"},
        {"NULL", true, false, false, 1, 1, "the newer one was smaller"},
        {"NULL", true, true, false, 1, 1, "what can't be read is replaced as well"},
        {"NULL", false, false, true, 1, 2, "the newer one can't be read: the older stays, and she sees why"},
        {"'{}'", true, false, false, 2, 2, "under a legal hold both stay"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin(rows[i].hold);
        struct settling first = {.id = older, .refused = rows[i].older_refused}, second = {.id = newer, .refused = rows[i].newer_refused};
        settle(rows[i].newer_first ? &second : &first);
        settle(rows[i].newer_first ? &first : &second);
        if (intake_count(&fixture, READY) != rows[i].ready || intake_count(&fixture, "SELECT count(*) FROM document") != rows[i].all)
            fail_msg("%s", rows[i].why);
    }
}

static void copies_that_finish_two_of_a_page_at_once_keep_one(void **state)
{
    (void)state;
    for (int round = 0; round < 2; round++) {
        begin("NULL");
        struct settling beside = {.id = round ? newer : older}, first = {.id = round ? older : newer, .beside = &beside};
        settle(&first);
        pthread_join(first.thread, NULL);
        assert_int_equal(intake_count(&fixture, READY), 1);
        assert_int_equal(intake_count(&fixture, str_format(fixture.arena, READY " AND id = '%s'", id_text(fixture.arena, newer).at).at), 1);
    }
}

static int set_up(void **state)
{
    (void)state;
    intake_fixture_open(&fixture);
    woman = intake_submission(&fixture, &(struct intake_form){.key = "papers", .number = "DD100001", .title = "Huile"});
    intake_submit(&fixture, &(struct submission *){woman}, 1);
    assert_int_equal(woman->outcome, ERR_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    intake_fixture_close(&fixture);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_page_the_newest_is_kept_whichever_was_finished_first),
        cmocka_unit_test(copies_that_finish_two_of_a_page_at_once_keep_one),
    };
    return cmocka_run_group_tests_name("intake: documents", tests, set_up, tear_down);
}
