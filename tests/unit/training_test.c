/* Training's domain: which enrolment may become what, and who gets which seat. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "services/training/enrolment.h"
#include "services/training/seating.h"

static void an_enrolment_only_takes_the_steps_of_the_table(void **state)
{
    (void)state;
    static const struct {
        enum enrolment_state from, to;
        bool may;
        const char *why;
    } rows[] = {
        {ENROLMENT_NONE, ENROLMENT_OFFERED, true, "there is room"},
        {ENROLMENT_NONE, ENROLMENT_COMPLETED, false, "nobody completes what she was never offered"},
        {ENROLMENT_WAITLISTED, ENROLMENT_OFFERED, true, "a seat was freed"},
        {ENROLMENT_WAITLISTED, ENROLMENT_WAITLISTED, false, "she keeps the place in the queue that she has"},
        {ENROLMENT_OFFERED, ENROLMENT_OFFERED, false, "the same decision told twice gives one seat"},
        {ENROLMENT_COMPLETED, ENROLMENT_CANCELLED, false, "what was attended stays attended"},
        {ENROLMENT_CANCELLED, ENROLMENT_OFFERED, true, "an appeal brings her back"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (enrolment_may(rows[i].from, rows[i].to) != rows[i].may)
            fail_msg("row %zu: %s", i, rows[i].why);
}

static void every_state_has_a_name_that_reads_back(void **state)
{
    (void)state;
    for (int s = ENROLMENT_OFFERED; s < ENROLMENT_STATE_COUNT; s++) {
        enum enrolment_state back;
        assert_true(enrolment_state_parse(str_from(enrolment_state_name((enum enrolment_state)s)), &back));
        assert_int_equal(back, s);
    }
}

#define CALL STR("fes-meknes-2026")

static struct session session_with(const char *province, int64_t room)
{
    return (struct session){.call = CALL, .province = str_from(province), .open = true, .room = room};
}

static struct enrolment woman_in(const char *province, enum enrolment_state state)
{
    return (struct enrolment){.call = CALL, .province = str_from(province), .state = state, .before = state};
}

static void seats_go_to_the_next_session_until_it_is_full_then_to_the_following_one(void **state)
{
    (void)state;
    struct session sessions[] = {session_with("MA-FES", 9), session_with("MA-TAO", 1), session_with("MA-TAO", 1)};
    struct seating seating = {.sessions = sessions, .session_count = 3};
    struct enrolment women[] = {woman_in("MA-TAO", ENROLMENT_NONE), woman_in("MA-TAO", ENROLMENT_NONE), woman_in("MA-TAO", ENROLMENT_NONE)};
    for (size_t i = 0; i < 3; i++)
        seating_come(&seating, &women[i]);
    assert_ptr_equal(women[0].session, &sessions[1]);
    assert_ptr_equal(women[1].session, &sessions[2]);
    assert_null(women[2].session);
    assert_int_equal(women[2].state, ENROLMENT_WAITLISTED);
    assert_int_equal(sessions[0].taken, 0); /* room elsewhere is not room for her */
}

static void a_freed_seat_goes_to_the_head_of_the_queue_and_not_to_who_comes_now(void **state)
{
    (void)state;
    struct session sessions[] = {session_with("MA-TAO", 0)};
    struct enrolment queue[] = {woman_in("MA-TAO", ENROLMENT_WAITLISTED), woman_in("MA-TAO", ENROLMENT_WAITLISTED)};
    struct seating seating = {sessions, 1, queue, 2};
    struct enrolment leaver = woman_in("MA-TAO", ENROLMENT_OFFERED), comer = woman_in("MA-TAO", ENROLMENT_NONE);
    leaver.session = &sessions[0];
    seating_leave(&leaver);
    seating_promote(&seating);
    seating_come(&seating, &comer);
    assert_int_equal(leaver.state, ENROLMENT_CANCELLED);
    assert_int_equal(queue[0].state, ENROLMENT_OFFERED);
    assert_int_equal(queue[1].state, ENROLMENT_WAITLISTED);
    assert_int_equal(comer.state, ENROLMENT_WAITLISTED);
    assert_int_equal(sessions[0].taken, 0);
}

static void leaving_the_queue_frees_no_seat(void **state)
{
    (void)state;
    struct session sessions[] = {session_with("MA-TAO", 0)};
    struct seating seating = {.sessions = sessions, .session_count = 1};
    struct enrolment leaver = woman_in("MA-TAO", ENROLMENT_WAITLISTED), comer = woman_in("MA-TAO", ENROLMENT_NONE);
    seating_leave(&leaver);
    seating_come(&seating, &comer);
    assert_int_equal(comer.state, ENROLMENT_WAITLISTED);
}

static void a_seat_given_back_in_a_session_that_has_begun_is_counted_and_nobody_gets_it(void **state)
{
    (void)state;
    struct session sessions[] = {session_with("MA-TAO", 3), session_with("MA-TAO", 1)};
    sessions[0].open = false; /* over, running or cancelled; it comes first by its time */
    struct enrolment queue[] = {woman_in("MA-TAO", ENROLMENT_WAITLISTED), woman_in("MA-TAO", ENROLMENT_WAITLISTED)};
    struct seating seating = {sessions, 2, queue, 2};
    struct enrolment leaver = woman_in("MA-TAO", ENROLMENT_OFFERED), comer = woman_in("MA-TAO", ENROLMENT_NONE);
    leaver.session = &sessions[0];
    seating_leave(&leaver);
    seating_promote(&seating);
    seating_come(&seating, &comer);
    assert_int_equal(sessions[0].taken, -1);
    assert_ptr_equal(queue[0].session, &sessions[1]);
    assert_int_equal(queue[1].state, ENROLMENT_WAITLISTED);
    assert_int_equal(comer.state, ENROLMENT_WAITLISTED);
}

static void who_moves_leaves_what_she_held_unless_she_attends_it(void **state)
{
    (void)state;
    static const struct {
        enum enrolment_state from, to;
        const char *province, *in;
        int64_t taken;
        bool moved;
        const char *why;
    } rows[] = {
        {ENROLMENT_OFFERED, ENROLMENT_CANCELLED, "MA-FES", "MA-FES", -1, true, "her seat is free"},
        {ENROLMENT_OFFERED, ENROLMENT_OFFERED, "MA-TAO", "MA-TAO", 0, false, "she lives where she lived"},
        {ENROLMENT_WAITLISTED, ENROLMENT_CANCELLED, "MA-FES", "MA-FES", 0, true, "she held none"},
        {ENROLMENT_CANCELLED, ENROLMENT_CANCELLED, "MA-FES", "MA-FES", 0, false, "she left before"},
        {ENROLMENT_ATTENDING, ENROLMENT_ATTENDING, "MA-FES", "MA-TAO", 0, false, "the session has begun"},
        {ENROLMENT_COMPLETED, ENROLMENT_COMPLETED, "MA-FES", "MA-TAO", 0, false, "what was attended stays attended"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct session session = session_with("MA-TAO", 0);
        struct enrolment woman = woman_in("MA-TAO", rows[i].from);
        woman.province_before = woman.province;
        woman.session = enrolment_holds_seat(woman.state) ? &session : NULL;
        seating_move(&woman, str_from(rows[i].province));
        if (woman.state != rows[i].to || !str_equal(woman.province, str_from(rows[i].in)) || session.taken != rows[i].taken ||
            seating_has_moved(&woman) != rows[i].moved)
            fail_msg("row %zu: %s", i, rows[i].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_enrolment_only_takes_the_steps_of_the_table),
        cmocka_unit_test(every_state_has_a_name_that_reads_back),
        cmocka_unit_test(seats_go_to_the_next_session_until_it_is_full_then_to_the_following_one),
        cmocka_unit_test(a_freed_seat_goes_to_the_head_of_the_queue_and_not_to_who_comes_now),
        cmocka_unit_test(leaving_the_queue_frees_no_seat),
        cmocka_unit_test(a_seat_given_back_in_a_session_that_has_begun_is_counted_and_nobody_gets_it),
        cmocka_unit_test(who_moves_leaves_what_she_held_unless_she_attends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
