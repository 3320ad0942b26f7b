/* jisrctl migrate in a database of its own, as an owner without a superuser's rights. */
#include "tests/integration/db_support.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/random.h>

#include "app/log.h"
#include "base/embedded.h"
#include "db_migrate_statements.h"
#include "services/jisrctl/migrate.h"

extern const struct embedded_file MIGRATION_FILES[];

#define FILES_MAX 64

/* Roles belong to the whole server: those that are missing are made, and stay. The login itself acts as the owner in the new database. */
static const char ROLES[] =
    "DO $$ DECLARE name text; BEGIN FOREACH name IN ARRAY ARRAY['jisr_owner', 'jisr_intake', 'jisr_eligibility', 'jisr_training', 'jisr_notifier', "
    "'jisr_intake_reader', 'jisr_eligibility_reader', 'jisr_training_reader', 'jisr_notifier_reader', 'jisr_check'] LOOP IF to_regrole(name) IS NULL "
    "THEN EXECUTE "
    "format('CREATE ROLE %I', name); END IF; END LOOP; END $$";

static struct db *server, *checker;
static struct arena *arena;
static char database[40], conninfo[512];

static void server_script(const char *before, const char *after)
{
    struct str sql = str_format(arena, "%s %s %s", before, database, after);
    fixture_script(server, sql.at);
}

static int open_database(void **state)
{
    (void)state;
    uint64_t random = 0;
    const struct db_options options = {.conninfo = fixture_conninfo(), .application_name = "db-test", .statement_timeout_ms = 20000};
    log_setup("db-test", LOG_DEBUG);
    arena = arena_new((size_t)4 * 1024 * 1024);
    assert_int_equal(getrandom(&random, sizeof(random), 0), sizeof(random));
    snprintf(database, sizeof(database), "t_%016llx", (unsigned long long)random);
    snprintf(conninfo, sizeof(conninfo), "%s dbname=%s", fixture_conninfo(), database);
    assert_int_equal(db_open(&options, &server), ERR_OK);
    fixture_script(server, ROLES);
    return 0;
}

static int new_database(void **state)
{
    (void)state;
    static const struct db_catalog *const CATALOGS[] = {&DB_MIGRATE_CATALOG, NULL};
    arena_reset(arena);
    server_script("CREATE DATABASE", "OWNER jisr_owner");
    server_script("ALTER ROLE CURRENT_USER IN DATABASE", "SET role = 'jisr_owner'");
    const struct db_options options = {.conninfo = conninfo, .application_name = "db-test", .catalogs = CATALOGS, .statement_timeout_ms = 20000};
    assert_int_equal(db_open(&options, &checker), ERR_OK);
    return 0;
}

static int drop_database(void **state)
{
    (void)state;
    db_close(checker);
    server_script("DROP DATABASE", "WITH (FORCE)");
    return 0;
}

static int close_server(void **state)
{
    (void)state;
    db_close(server);
    arena_free(arena);
    return 0;
}

static struct db_rows ask(const struct db_statement *statement, const char *first, const char *second, const char *third)
{
    struct db_args args;
    struct db_rows rows;
    db_args_init(&args, arena);
    const char *const texts[] = {first, second, third};
    for (size_t i = 0; i < 3 && texts[i]; i++)
        db_arg_str(&args, str_from(texts[i]));
    assert_int_equal(db_run(checker, statement, &args, arena, &rows), ERR_OK);
    return rows;
}

/* The project's files, with room for more or other ones. */
static struct embedded_file *files_copy(size_t *ret_count)
{
    struct embedded_file *files = arena_take_array(arena, FILES_MAX, sizeof(*files));
    size_t count = 0;
    for (; MIGRATION_FILES[count].path; count++)
        files[count] = MIGRATION_FILES[count];
    assert_true(count > 0 && count + 3 < FILES_MAX);
    *ret_count = count;
    return files;
}

static struct embedded_file file_new(const char *path, const char *sql)
{
    return (struct embedded_file){path, (const unsigned char *)sql, strlen(sql)};
}

static void every_file_is_applied_once_however_often_migrate_runs(void **state)
{
    (void)state;
    assert_int_equal(migrate_run(conninfo, MIGRATION_FILES), ERR_OK);
    struct db_rows first = ask(&DB_MIGRATE_APPLIED, NULL, NULL, NULL);
    assert_true(db_get_int(&first, 0, 0) >= 5); /* the plumbing in four schemas, and the vault */
    assert_int_equal(migrate_run(conninfo, MIGRATION_FILES), ERR_OK);
    struct db_rows second = ask(&DB_MIGRATE_APPLIED, NULL, NULL, NULL);
    assert_int_equal(db_get_int(&second, 0, 0), db_get_int(&first, 0, 0));
}

static void *migrate_main(void *ret_err)
{
    *(enum err *)ret_err = migrate_run(conninfo, MIGRATION_FILES);
    return NULL;
}

static void two_runs_at_once_wait_for_one_another(void **state)
{
    (void)state;
    pthread_t threads[2];
    enum err errors[2] = {ERR_INTERNAL, ERR_INTERNAL};
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, migrate_main, &errors[i]), 0);
    for (size_t i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(errors[i], ERR_OK);
    }
}

static void an_applied_file_that_has_changed_is_refused(void **state)
{
    (void)state;
    size_t count = 0;
    struct embedded_file *files = files_copy(&count);
    files[count] = file_new("services/notifier/migrations/9001_first.sql", "CREATE TABLE first (id integer)");
    assert_int_equal(migrate_run(conninfo, files), ERR_OK);
    files[count] = file_new("services/notifier/migrations/9001_first.sql", "CREATE TABLE first (id bigint)");
    files[count + 1] = file_new("services/notifier/migrations/9002_second.sql", "CREATE TABLE second (id integer)");
    assert_int_equal(migrate_run(conninfo, files), ERR_CONFLICT);
    struct db_rows rows = ask(&DB_MIGRATE_COUNT_RELATION, "notifier.second", NULL, NULL);
    assert_int_equal(db_get_int(&rows, 0, 0), 0);
}

static void a_file_that_fails_leaves_nothing_and_stops_what_follows(void **state)
{
    (void)state;
    size_t count = 0;
    struct embedded_file *files = files_copy(&count);
    files[count] = file_new("services/training/migrations/9001_half.sql", "CREATE TABLE half (id integer); SELECT nonsense;");
    files[count + 1] = file_new("services/training/migrations/9002_next.sql", "CREATE TABLE next (id integer);");
    assert_int_equal(migrate_run(conninfo, files), ERR_INTERNAL);
    static const char *const ABSENT[] = {"training.half", "training.next"};
    for (size_t i = 0; i < COUNT_OF(ABSENT); i++) {
        struct db_rows rows = ask(&DB_MIGRATE_COUNT_RELATION, ABSENT[i], NULL, NULL);
        assert_int_equal(db_get_int(&rows, 0, 0), 0);
    }
    files[count] = file_new("services/training/migrations/9001_half.sql", "CREATE TABLE half (id integer); -- a comment at the end");
    assert_int_equal(migrate_run(conninfo, files), ERR_OK);
    struct db_rows rows = ask(&DB_MIGRATE_COUNT_RELATION, "training.next", NULL, NULL);
    assert_int_equal(db_get_int(&rows, 0, 0), 1);
}

static void numbers_decide_the_order_and_are_unique_in_their_folder(void **state)
{
    (void)state;
    size_t count = 0;
    struct embedded_file *files = files_copy(&count);
    files[count] = file_new("services/intake/migrations/10000_later.sql", "ALTER TABLE sooner ADD COLUMN name text");
    files[count + 1] = file_new("services/intake/migrations/9999_sooner.sql", "CREATE TABLE sooner (id integer)");
    assert_int_equal(migrate_run(conninfo, files), ERR_OK);
    files[count + 2] = file_new("services/intake/migrations/9999_twin.sql", "CREATE TABLE twin (id integer)");
    assert_int_equal(migrate_run(conninfo, files), ERR_INTERNAL);
}

static const struct right_case {
    const char *why;
    const char *role, *table, *right;
    bool may;
} RIGHTS[] = {
    {"a service reads and writes its own tables", "jisr_intake", "intake.parked", "DELETE", true},
    {"the relay moves its cursor", "jisr_training", "training.relay_cursor", "UPDATE", true},
    {"events are appended", "jisr_intake", "intake.outbox", "INSERT", true},
    {"and read", "jisr_intake", "intake.outbox", "SELECT", true},
    {"but never changed", "jisr_intake", "intake.outbox", "UPDATE", false},
    {"nor deleted", "jisr_intake", "intake.outbox", "DELETE", false},
    {"nor through a partition", "jisr_intake", "intake.outbox_default", "DELETE", false},
    {"audit rows neither", "jisr_notifier", "notifier.audit", "UPDATE", false},
    {"they are appended", "jisr_notifier", "notifier.audit", "INSERT", true},
    {"nor the chain", "jisr_eligibility", "eligibility.audit_chain", "DELETE", false},
    {"another service's table is closed", "jisr_intake", "training.parked", "SELECT", false},
    {"the vault's tables are closed to all", "jisr_intake", "vault.subject", "SELECT", false},
    {"checks read everything", "jisr_check", "vault.subject", "SELECT", true},
    {"partitions too", "jisr_check", "intake.outbox_default", "SELECT", true},
    {"and write nothing", "jisr_check", "intake.parked", "INSERT", false},
};

static void each_role_may_what_it_needs_and_no_more(void **state)
{
    (void)state;
    assert_int_equal(migrate_run(conninfo, MIGRATION_FILES), ERR_OK);
    for (size_t i = 0; i < COUNT_OF(RIGHTS); i++) {
        struct db_rows rows = ask(&DB_MIGRATE_MAY, RIGHTS[i].role, RIGHTS[i].table, RIGHTS[i].right);
        if (db_get_bool(&rows, 0, 0) != RIGHTS[i].may)
            fail_msg("%s", RIGHTS[i].why);
    }
    static const struct {
        const char *role, *function;
        bool may;
    } FUNCTIONS[] = {
        {"jisr_intake", "intake.maintain_partitions(integer, integer)", true},
        {"jisr_training", "intake.maintain_partitions(integer, integer)", false},
        {"jisr_check", "intake.maintain_partitions(integer, integer)", false},
        {"jisr_intake", "vault.erase(uuid)", true},
        {"jisr_notifier", "vault.erase(uuid)", false},
    };
    for (size_t i = 0; i < COUNT_OF(FUNCTIONS); i++) {
        struct db_rows rows = ask(&DB_MIGRATE_MAY_EXECUTE, FUNCTIONS[i].role, FUNCTIONS[i].function, NULL);
        assert_int_equal(db_get_bool(&rows, 0, 0), FUNCTIONS[i].may);
    }
    struct db_rows rows = ask(&DB_MIGRATE_MAY_USE, "jisr_intake", "notifier", NULL);
    assert_false(db_get_bool(&rows, 0, 0));
}

static void a_service_maintains_its_partitions_through_the_owners_function_alone(void **state)
{
    (void)state;
    assert_int_equal(migrate_run(conninfo, MIGRATION_FILES), ERR_OK);
    fixture_script(
        checker,
        "DO $$ BEGIN EXECUTE format('DROP TABLE intake.outbox_%s', to_char(now() AT TIME ZONE 'UTC' + interval '3 days', 'YYYYMMDD')); END $$");
    fixture_script(checker, "SET SESSION AUTHORIZATION DEFAULT; SET ROLE jisr_intake; SET search_path = intake");
    assert_int_equal(db_script(checker, STR("CREATE TABLE intake.mine (id integer)")), ERR_INTERNAL);
    fixture_script(checker, "DO $$ BEGIN ASSERT intake.maintain_partitions(30, 30) = 1; END $$");
    fixture_script(checker, "SET ROLE jisr_owner");
    struct db_rows rows = ask(&DB_MIGRATE_PATH_OF_FUNCTION, "intake.maintain_partitions(integer, integer)", NULL, NULL);
    assert_true(str_starts(db_get_str(&rows, 0, 0), STR("search_path=intake, pg_temp")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_file_is_applied_once_however_often_migrate_runs, new_database, drop_database),
        cmocka_unit_test_setup_teardown(two_runs_at_once_wait_for_one_another, new_database, drop_database),
        cmocka_unit_test_setup_teardown(an_applied_file_that_has_changed_is_refused, new_database, drop_database),
        cmocka_unit_test_setup_teardown(a_file_that_fails_leaves_nothing_and_stops_what_follows, new_database, drop_database),
        cmocka_unit_test_setup_teardown(numbers_decide_the_order_and_are_unique_in_their_folder, new_database, drop_database),
        cmocka_unit_test_setup_teardown(each_role_may_what_it_needs_and_no_more, new_database, drop_database),
        cmocka_unit_test_setup_teardown(a_service_maintains_its_partitions_through_the_owners_function_alone, new_database, drop_database),
    };
    return cmocka_run_group_tests(tests, open_database, close_server);
}
