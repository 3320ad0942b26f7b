/* Borrowed text, UTF-8 and digits. */
#include "support/check.h"

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

static void integers_are_read_whole_or_not_at_all(void **state)
{
    static const struct {
        const char *text;
        bool taken;
        int64_t value;
        const char *why;
    } CASES[] = {
        {"0", true, 0, "zero"},
        {"-17", true, -17, "negative"},
        {"007", true, 7, "leading zeros are digits"},
        {"9223372036854775807", true, INT64_MAX, "the largest"},
        {"-9223372036854775808", true, INT64_MIN, "the smallest"},
        {"9223372036854775808", false, 0, "one too many"},
        {"-9223372036854775809", false, 0, "one too few"},
        {"99999999999999999999", false, 0, "far too many"},
        {"", false, 0, "nothing"},
        {"-", false, 0, "a sign alone"},
        {"+1", false, 0, "no plus sign"},
        {"1 ", false, 0, "something after it"},
        {"1.0", false, 0, "not an integer"},
        {"٣", false, 0, "digits are folded before, by who wants that"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++) {
        int64_t value = 0;
        check_int(str_parse_int64(str_from(CASES[i].text), &value), CASES[i].taken, CASES[i].why);
        check_int(value, CASES[i].value, CASES[i].why);
    }
}

static void text_is_compared_and_cut_bytewise(void **state)
{
    (void)state;
    check(str_equal((struct str){NULL, 0}, STR("")), "nothing is nothing");
    check(str_equal_nocase(STR("Content-TYPE"), STR("content-type")), "header names");
    check(!str_equal_nocase(STR("É"), STR("é")), "ASCII alone is folded");
    check(str_compare(STR("ab"), STR("abc")) < 0 && str_compare(STR("b"), STR("abc")) > 0 && str_compare(STR("x"), STR("x")) == 0, "order");
    check(str_starts(STR("/intake/v1"), STR("/intake")) && !str_starts(STR("/in"), STR("/intake")), "prefix");
    check(str_ends(STR("store.sql"), STR(".sql")) && !str_ends(STR("sql"), STR(".sql")) && str_ends((struct str){0}, STR("")), "suffix");
    check_text(str_trim(STR(" \t a b \r\n")), "a b", "white space off both ends");
    check_text(str_trim(STR("  ")), "", "nothing but white space");
    struct str rest = STR("a,b,,c");
    static const char *const PIECES[] = {"a", "b", "", "c"};
    for (size_t i = 0; i < ROWS(PIECES); i++)
        check_text(str_cut(&rest, ','), PIECES[i], "pieces in order");
    check(str_empty(rest), "and nothing is left");
    check_text(str_copy(arena, STR("borrowed")), "borrowed", "a copy");
    check_text(str_format(arena, "%s-%d", "a", 7), "a-7", "a format");
}

static void only_well_formed_utf8_is_text(void **state)
{
    static const struct {
        const char *text;
        bool well_formed;
        const char *why;
    } CASES[] = {
        {"", true, "nothing"},
        {"Zahra", true, "ASCII"},
        {"فاطمة الزهراء", true, "Arabic"},
        {"\xf0\x9f\x8c\xbf", true, "four bytes"},
        {"\xf4\x8f\xbf\xbf", true, "U+10FFFF, the last"},
        {"\xf4\x90\x80\x80", false, "beyond the last"},
        {"\xc0\xaf", false, "overlong solidus"},
        {"\xe0\x80\xaf", false, "overlong in three"},
        {"\xf0\x80\x80\xaf", false, "overlong in four"},
        {"\xed\xa0\x80", false, "a surrogate"},
        {"\xe2\x82", false, "cut short"},
        {"\x80", false, "continuation first"},
        {"\xff", false, "no such byte"},
        {"caf\xe9", false, "Latin-1"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++)
        check_int(str_is_utf8(str_from(CASES[i].text)), CASES[i].well_formed, CASES[i].why);
    check_int(str_utf8_length(STR("فاطمة")), 5, "code points, not bytes");
    check_int(str_utf8_length(STR("e\xcc\x81")), 2, "a combining mark is a code point");
}

static void characters_that_hide_text_are_seen(void **state)
{
    static const struct {
        const char *text;
        size_t size;
        bool control;
        const char *why;
    } CASES[] = {
        {"a\tb\r\n", 5, false, "tab and line ends are text"},
        {"\0", 1, true, "NUL"},
        {"\x1b[2J", 4, true, "a terminal's escape"},
        {"\x7f", 1, true, "DEL"},
        {"\xc2\x85", 2, true, "C1"},
        {"\xc2\xa0", 2, false, "a no-break space is not a control"},
        {"\xe2\x80\xae", 3, true, "right-to-left override turns what follows around"},
        {"\xe2\x81\xa6", 3, true, "an isolate too"},
        {"\xe2\x81\xa9", 3, true, "the last of them"},
        {"\xe2\x80\x8f", 3, false, "a right-to-left mark is common in Arabic text"},
        {"\xe2\x80\x99", 3, false, "an apostrophe"},
        {"العلوي", 12, false, "a name"},
        {"\xe2\x80\xa8", 3, true, "a line separator"},
        {"\xe2\x80\x8d", 3, false, "a joiner: emoji and Persian are written with it"},
        {"\xee\x80\x80", 3, true, "private use"},
        {"\xef\xbf\xbe", 3, true, "no character"},
        {"\xef\xbf\xbd", 3, false, "the replacement character"},
        {"\xf3\xa0\x81\x81", 4, true, "a tag letter"},
        {"\xf0\x9f\x8c\xbf", 4, false, "an emoji"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++)
        check_int(str_has_control((struct str){CASES[i].text, CASES[i].size}), CASES[i].control, CASES[i].why);
}

static void text_of_which_nothing_is_seen_is_blank(void **state)
{
    static const struct {
        const char *text;
        bool blank;
        const char *why;
    } CASES[] = {
        {"", true, "nothing"},
        {" \t\n", true, "ASCII white space"},
        {"\xc2\xa0", true, "a no-break space"},
        {"\xe2\x80\x8d\xe2\x80\x8f", true, "a joiner and a direction mark"},
        {"\xcc\x81", true, "an accent on nothing"},
        {"\xd9\x80\xd9\x8e", true, "tatweel and a harakah"},
        {"\xef\xbb\xbf", true, "a byte order mark"},
        {" \xe2\x80\x8f-", false, "a hyphen"},
        {"\xe2\x80\x8fم", false, "a letter behind a direction mark"},
        {"e\xcc\x81", false, "an accent on a letter"},
        {"\xd9\xa3", false, "an Arabic digit"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++)
        check_int(str_is_blank(str_from(CASES[i].text)), CASES[i].blank, CASES[i].why);
}

static void arabic_digits_become_digits(void **state)
{
    static const struct {
        const char *typed, *folded, *why;
    } CASES[] = {
        {"٠٦٦١٢٣٤٥٦٧", "0661234567", "Arabic-Indic: Arabic keyboards"},
        {"۰۶۶۱", "0661", "extended: Persian and Urdu keyboards"},
        {"CD ١٢٣456", "CD 123456", "mixed"},
        {"هاتف", "هاتف", "letters stay"},
        {"0661", "0661", "nothing to do"},
        {"", "", "nothing"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++)
        check_text(str_fold_digits(arena, str_from(CASES[i].typed)), CASES[i].folded, CASES[i].why);
    struct str plain = STR("0661");
    check(str_fold_digits(arena, plain).at == plain.at, "no copy where nothing changes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_read_whole_or_not_at_all),  cmocka_unit_test(text_is_compared_and_cut_bytewise),
        cmocka_unit_test(only_well_formed_utf8_is_text),          cmocka_unit_test(characters_that_hide_text_are_seen),
        cmocka_unit_test(text_of_which_nothing_is_seen_is_blank), cmocka_unit_test(arabic_digits_become_digits),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
