#include "services/intake/documents/document.h"
#include "support/check.h"

static const struct {
    const char *why;
    struct str file;
    bool pdf, two;
} FILES[] = {
    {"a photo", {"\xff\xd8\xff\xe0 pixels", 11}, false, false},
    {"a photo with the end of an archive", {"\xff\xd8 pixels PK\5\6\0\0\0\0 comment", 25}, false, true},
    {"a photo with letters that only look like it", {"\xff\xd8 PK\5\6\1\0\0\0", 11}, false, false},
    {"a photo with a PDF at its beginning", {"\xff\xd8 %PDF-1.7", 11}, false, true},
    {"a PDF", {"%PDF-1.7 ...", 12}, true, false},
    {"a PDF with a page at its beginning", {"%PDF-1.7 <HTML>", 15}, true, true},
    {"a PDF with a script at its beginning", {"%PDF-1.7 <ScRiPt>", 17}, true, true},
    {"nothing", {"", 0}, false, false},
};

static void a_file_that_is_two_is_seen(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++)
        if (document_is_two_files(FILES[i].file, FILES[i].pdf) != FILES[i].two)
            fail_msg("%s", FILES[i].why);
}

static void every_refusal_has_words_in_three_languages_and_comes_back_by_its_slug(void **state)
{
    (void)state;
    for (int refusal = REFUSAL_NONE + 1; refusal < REFUSAL_COUNT; refusal++) {
        const struct refusal_info *info = refusal_info((enum refusal)refusal);
        assert_true(info->ar[0] && info->fr[0] && info->en[0]);
        assert_int_equal(refusal_parse(str_from(info->slug)), refusal);
    }
    assert_int_equal(refusal_parse(STR("no such reason")), REFUSAL_UNREADABLE);
}

static void documents_are_taken_until_the_file_is_closed(void **state)
{
    (void)state;
    static const enum application_state NOT_TAKEN[] = {STATE_NONE, STATE_MERGED, STATE_CLOSED, STATE_WITHDRAWN, STATE_EXPIRED};
    int taken = 0;
    for (int s = 0; s < STATE_COUNT; s++)
        taken += document_is_taken((enum application_state)s);
    for (size_t i = 0; i < sizeof(NOT_TAKEN) / sizeof(NOT_TAKEN[0]); i++)
        assert_false(document_is_taken(NOT_TAKEN[i]));
    assert_int_equal(taken, STATE_COUNT - (int)(sizeof(NOT_TAKEN) / sizeof(NOT_TAKEN[0])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_is_two_is_seen),
        cmocka_unit_test(every_refusal_has_words_in_three_languages_and_comes_back_by_its_slug),
        cmocka_unit_test(documents_are_taken_until_the_file_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
