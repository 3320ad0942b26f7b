/* Row-level security: the database shows staff the decisions of their territory, also to a handler that forgets to ask whose they are. */
#include "tests/integration/eligibility_support.h"

#include "db/outbox.h"
#include "proto/topics.h"
#include "service/service_read.h"
#include "store_statements.h"
#include "tests/integration/staff_support.h"

#define WOMAN 500

struct reading {
    struct http_request *request;
    int64_t assessments, ranked;
};

/* The reads of routes.c, without a question of their own. */
static enum err read_unasked(struct db *db, void *context)
{
    struct reading *reading = context;
    struct db_args one, list;
    struct db_rows assessments, ranked;
    db_args_init(&one, stage.arena);
    db_arg_id(&one, application_id(WOMAN));
    db_args_init(&list, stage.arena);
    db_arg_str(&list, STR("fes-meknes-2026"));
    db_arg_str(&list, STR(PROVINCE));
    for (int i = 0; i < 3; i++)
        db_arg_null(&list); /* from the first of the list on */
    db_arg_int4(&list, 10);
    enum err err = db_run(db, &STORE_FIND_ASSESSMENT, &one, stage.arena, &assessments);
    if (err == ERR_OK)
        err = db_run(db, &STORE_LIST_RANKING, &list, stage.arena, &ranked);
    if (err != ERR_OK)
        return err;
    reading->assessments = (int64_t)assessments.count;
    reading->ranked = (int64_t)ranked.count;
    const struct audit_row row = {
        .at = reading->request->received_at, .subject = application_id(WOMAN), .actor = STR("agent:amal"), .action = STR("read")};
    return audit_write(&row, db, stage.arena);
}

static void staff_see_what_is_of_their_territory_whatever_a_handler_forgets(void **state)
{
    (void)state;
    new_quota(PROVINCE, 1);
    play((const struct wish[]){{.number = WOMAN, .type = EVENT_APPLICATION_SUBMITTED, .province = PROVINCE, .version = 1}}, 1);
    for (size_t i = 0; i < TERRITORY_CASE_COUNT; i++) {
        struct http_request request = staff_request(stage.arena, TERRITORY_CASES[i].territories);
        struct reading reading = {.request = &request};
        check_int(service_read(stage.db, &request, &STORE_READ_AS_STAFF, read_unasked, &reading), ERR_OK, TERRITORY_CASES[i].why);
        check_int(reading.assessments, TERRITORY_CASES[i].sees, TERRITORY_CASES[i].why);
        check_int(reading.ranked, TERRITORY_CASES[i].sees, TERRITORY_CASES[i].why);
    }
    check_text(told(WOMAN), "assessed 1, shortlisted 2 1", "what one transaction was held to, the next is not");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(staff_see_what_is_of_their_territory_whatever_a_handler_forgets),
    };
    return cmocka_run_group_tests(tests, stage_open, stage_close);
}
