/* Row-level security: the database shows staff the enrolments of their territory, also to a handler that forgets to ask whose they are. */
#include "tests/integration/db_support.h"

#include "crypto/seal.h"
#include "json/wire.h"
#include "service/service_read.h"
#include "store_statements.h"
#include "tests/integration/staff_support.h"

#define WOMAN 1

extern const struct embedded_file TRAINING_TEST_FILES[];

static struct db_fixture fixture;

static int group_setup(void **state)
{
    static const struct db_catalog *const catalogs[] = {&STORE_CATALOG, NULL};
    (void)state;
    json_setup();
    assert_int_equal(crypto_setup(), ERR_OK);
    fixture_open(&fixture, TRAINING_TEST_FILES, catalogs);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    fixture_close(&fixture);
    return 0;
}

/* The read of routes.c, without a question of its own. */
static enum err read_unasked(struct db *db, void *context)
{
    struct db_args args;
    db_args_init(&args, fixture.arena);
    db_arg_id(&args, fixture_id(WOMAN));
    return db_run(db, &STORE_FIND_ENROLMENT, &args, fixture.arena, context);
}

static void staff_see_what_is_of_their_territory_whatever_a_handler_forgets(void **state)
{
    (void)state;
    char id[ID_TEXT_SIZE + 1];
    id_format(fixture_id(WOMAN), id);
    struct str insert = str_format(fixture.arena,
                                   "INSERT INTO enrolment (id, application, call, kind, region, province, state, version, queued_at, changed_at) "
                                   "VALUES (gen_random_uuid(), '%s', 'c', 'person', 'MA-03', '%s', 'WAITLISTED', 1, now(), now())",
                                   id, PROVINCE);
    fixture_script(fixture.db, insert.at);
    for (size_t i = 0; i < TERRITORY_CASE_COUNT; i++) {
        struct http_request request = staff_request(fixture.arena, TERRITORY_CASES[i].territories);
        struct db_rows rows = {0};
        check_int(service_read(fixture.db, &request, &STORE_READ_AS_STAFF, read_unasked, &rows), ERR_OK, TERRITORY_CASES[i].why);
        check_int(rows.count, TERRITORY_CASES[i].sees, TERRITORY_CASES[i].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(staff_see_what_is_of_their_territory_whatever_a_handler_forgets),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
