/* Guessing a secret code gets slow, and stays bearable for her who knows it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "services/intake/application/guesses.h"

#define SECOND INSTANT_SECOND
#define FROM(code, from) (&(struct guesser){code, STR(from)})
#define AT(code) FROM(code, "41.140.0.1")

static void five_wrong_codes_are_free_then_each_costs_twice_as_much_up_to_a_minute(void **state)
{
    struct guesses *guesses = *state;
    instant_us now = 1000 * SECOND;
    static const int64_t waits_s[] = {0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60};
    for (size_t i = 0; i < sizeof(waits_s) / sizeof(waits_s[0]); i++) {
        guesses_wrong(guesses, AT("AAAAAAAAAAA"), now);
        instant_us wait = guesses_wait(guesses, AT("AAAAAAAAAAA"), now);
        assert_int_equal(wait / SECOND, waits_s[i]);
        now += wait;
        assert_int_equal(guesses_wait(guesses, AT("AAAAAAAAAAA"), now), 0);
    }
}

static void another_receipt_is_not_slowed(void **state)
{
    struct guesses *guesses = *state;
    for (int i = 0; i < 10; i++)
        guesses_wrong(guesses, AT("AAAAAAAAAAB"), SECOND);
    assert_true(guesses_wait(guesses, AT("AAAAAAAAAAB"), SECOND) > 0);
    assert_int_equal(guesses_wait(guesses, AT("AAAAAAAAAAC"), SECOND), 0);
}

static void whoever_guesses_elsewhere_keeps_nobody_out(void **state)
{
    static const struct {
        struct guesser who;
        bool waits;
        const char *why;
    } CASES[] = {
        {{"AAAAAAAAAAE", {"41.140.0.1", 10}}, true, "she who guessed"},
        {{"AAAAAAAAAAE", {"41.140.0.2", 10}}, false, "another network"},
        {{"AAAAAAAAAAE", {"2001:db8:0:1::2", 15}}, true, "another address of a network that guessed"},
        {{"AAAAAAAAAAE", {"2001:db8:0:2::2", 15}}, false, "its neighbour"},
        {{"AAAAAAAAAAE", {NULL, 0}}, false, "none: past the front door"},
    };
    struct guesses *guesses = *state;
    for (int i = 0; i < 10; i++) {
        guesses_wrong(guesses, AT("AAAAAAAAAAE"), SECOND);
        guesses_wrong(guesses, FROM("AAAAAAAAAAE", "2001:db8:0:1:aa:bb:cc:dd"), SECOND);
    }
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        if ((guesses_wait(guesses, &CASES[i].who, SECOND) > 0) != CASES[i].waits)
            fail_msg("%s", CASES[i].why);
}

static void the_right_code_and_a_quarter_of_an_hour_both_forgive(void **state)
{
    struct guesses *guesses = *state;
    for (int i = 0; i < 10; i++)
        guesses_wrong(guesses, AT("AAAAAAAAAAD"), SECOND);
    assert_int_equal(guesses_wait(guesses, AT("AAAAAAAAAAD"), SECOND + 15 * 60 * SECOND), 0);
    guesses_right(guesses, AT("AAAAAAAAAAD"));
    assert_int_equal(guesses_wait(guesses, AT("AAAAAAAAAAD"), SECOND), 0);
}

static void a_flood_of_receipts_takes_no_more_memory_and_keeps_working(void **state)
{
    struct guesses *guesses = *state;
    char receipt[12] = "00000000000";
    for (int i = 0; i < 100000; i++) {
        for (int c = 0, rest = i; c < 6; c++, rest /= 10)
            receipt[c] = (char)('0' + rest % 10);
        guesses_wrong(guesses, AT(receipt), i);
    }
    for (int i = 0; i < 5; i++)
        guesses_wrong(guesses, AT("ZZZZZZZZZZZ"), 200000);
    assert_true(guesses_wait(guesses, AT("ZZZZZZZZZZZ"), 200000) > 0);
}

static int set_up(void **state)
{
    *state = guesses_new();
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    guesses_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_wrong_codes_are_free_then_each_costs_twice_as_much_up_to_a_minute),
        cmocka_unit_test(another_receipt_is_not_slowed),
        cmocka_unit_test(whoever_guesses_elsewhere_keeps_nobody_out),
        cmocka_unit_test(the_right_code_and_a_quarter_of_an_hour_both_forgive),
        cmocka_unit_test(a_flood_of_receipts_takes_no_more_memory_and_keeps_working),
    };
    return cmocka_run_group_tests_name("intake: guesses", tests, set_up, tear_down);
}
