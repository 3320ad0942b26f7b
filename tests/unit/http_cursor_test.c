/* Cursors: what comes back is what went in, and nothing else is taken. */
#include "support/check.h"

#include "http/cursor.h"

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_new(1024 * 1024);
    return arena ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void keys_come_back_as_they_went_in(void **state)
{
    (void)state;
    const struct {
        struct str keys[3];
        size_t count;
        const char *why;
    } CASES[] = {
        {{STR("2026-11-24T06:16:17.123456Z"), STR("01910000-0000-7000-8000-000000000001")}, 2, "a time and an id"},
        {{STR(""), STR("x")}, 2, "an empty key"},
        {{STR("مرحبا"), STR("&=?>\""), STR("\x01")}, 3, "any bytes"},
        {{{NULL, 0}}, 0, "none"},
    };
    for (size_t i = 0; i < ROWS(CASES); i++) {
        struct str back[3] = {{0}}, text = cursor_text(arena, "list", CASES[i].keys, CASES[i].count);
        check(text.at != NULL, CASES[i].why);
        check(cursor_parse(arena, "list", text, back, CASES[i].count), CASES[i].why);
        for (size_t k = 0; k < CASES[i].count; k++)
            check(str_equal(back[k], CASES[i].keys[k]), CASES[i].why);
    }
}

static void what_was_changed_cut_or_made_for_another_list_is_refused(void **state)
{
    (void)state;
    const struct str keys[] = {STR("2026-11-24"), STR("42")};
    struct str back[CURSOR_KEYS_MAX], text = cursor_text(arena, "list", keys, 2);
    check(!cursor_parse(arena, "other list", text, back, 2), "another list");
    check(!cursor_parse(arena, "list", text, back, 1), "fewer keys");
    check(!cursor_parse(arena, "list", text, back, 3), "more keys");
    check(!cursor_parse(arena, "list", STR(""), back, 2), "nothing");
    check(!cursor_parse(arena, "list", STR("%%%"), back, 2), "no base64");
    for (size_t cut = 0; cut < text.size; cut++)
        check(!cursor_parse(arena, "list", (struct str){text.at, cut}, back, 2), "cut");
    for (size_t at = 0; at < text.size; at++) {
        char changed[200];
        memcpy(changed, text.at, text.size);
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        check(!cursor_parse(arena, "list", (struct str){changed, text.size}, back, 2), "one letter changed");
    }
    char *huge = arena_take(arena, 100000);
    memset(huge, 'A', 100000);
    check(!cursor_parse(arena, "list", (struct str){huge, 100000}, back, 2), "longer than any");
    const struct str long_key = {huge, CURSOR_KEY_BYTES_MAX + 1};
    check(cursor_text(arena, "list", &long_key, 1).at == NULL, "a key past its bound makes none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_come_back_as_they_went_in),
        cmocka_unit_test(what_was_changed_cut_or_made_for_another_list_is_refused),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
