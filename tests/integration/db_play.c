#include "tests/integration/db_play.h"

#include "db_transaction_statements.h"

static const char SETUP[] =
    "CREATE TABLE thing (id uuid PRIMARY KEY, name text NOT NULL, size integer CHECK (size > 0));"
    "CREATE TABLE pair (id integer PRIMARY KEY, partner integer REFERENCES pair DEFERRABLE INITIALLY DEFERRED);"
    "CREATE TABLE doomed (id integer PRIMARY KEY);"
    "CREATE FUNCTION end_session() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); "
    "PERFORM pg_sleep(1); RETURN NULL; END $$;"
    "CREATE FUNCTION raise_text(word text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '%', word; END $$;"
    "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON doomed DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION end_session();";

static const struct embedded_file SETUP_FILES[] = {{"db_play.c", (const unsigned char *)SETUP, sizeof(SETUP) - 1}, {0}};

const struct db_catalog *const PLAY_CATALOGS[] = {&DB_TRANSACTION_CATALOG, NULL};
struct db_fixture play_fixture;

int play_open(void **state)
{
    (void)state;
    fixture_open(&play_fixture, SETUP_FILES, PLAY_CATALOGS);
    return 0;
}

int play_close(void **state)
{
    (void)state;
    fixture_close(&play_fixture);
    return 0;
}

int play_empty_tables(void **state)
{
    (void)state;
    arena_reset(play_fixture.arena);
    fixture_script(play_fixture.db, "TRUNCATE thing, pair, doomed");
    return 0;
}

int64_t play_count(void)
{
    struct db_rows rows;
    assert_int_equal(db_run(play_fixture.db, &DB_TRANSACTION_COUNT, NULL, play_fixture.arena, &rows), ERR_OK);
    return db_get_int(&rows, 0, 0);
}

struct play {
    const struct step *steps;
    unsigned runs;
};

static enum err play_body(struct db *db, void *context)
{
    struct play *play = context;
    play->runs++;
    enum err last = ERR_OK;
    for (const struct step *step = play->steps; step->verb != END; step++) {
        struct db_args args;
        db_args_init(&args, play_fixture.arena);
        if (step->args)
            args = step->args();
        if (step->verb == FAIL)
            return step->gives;
        last = step->verb == QUEUE ? db_queue(db, step->statement, &args) : db_run(db, step->statement, &args, NULL, NULL);
        assert_int_equal(last, step->gives);
    }
    return ERR_OK; /* an error that body forgets must still undo the transaction */
}

enum err play_steps(const struct step *steps, unsigned *ret_runs)
{
    struct play context = {steps, 0};
    enum err err = db_transaction(play_fixture.db, play_body, &context);
    if (ret_runs)
        *ret_runs = context.runs;
    return err;
}

struct db_args play_args(void)
{
    struct db_args args;
    db_args_init(&args, play_fixture.arena);
    return args;
}

struct db_args play_thing(uint32_t number, const char *name)
{
    struct db_args args = play_args();
    db_arg_id(&args, fixture_id(number));
    db_arg_str(&args, str_from(name));
    return args;
}

struct db_args play_thing_1(void)
{
    return play_thing(1, "one");
}

struct db_args play_thing_2(void)
{
    return play_thing(2, "two");
}
