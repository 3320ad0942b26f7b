/* Names across scripts, and what makes two files likely the same: pure tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "services/intake/duplicates/likeness.h"
#include "services/intake/duplicates/names.h"

static void key_of(const char *name, char *ret_key)
{
    struct name_token tokens[NAME_TOKENS_MAX];
    size_t count = name_tokens(str_from(name), tokens);
    ret_key[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        strcat(ret_key, i == 0 ? "" : " ");
        strcat(ret_key, tokens[i].key);
    }
}

static void a_name_has_one_key_in_every_spelling(void **state)
{
    (void)state;
    static const struct {
        const char *name, *key, *why;
    } rows[] = {
        {"Fatima Zahra El Alaoui", "ftm zhr l", "the article of the family name is none of it"},
        {"فاطمة الزهراء العلوي", "ftm zhr l", "… nor in Arabic"},
        {"FATIMA-ZAHRA", "ftm zhr", "capitals and hyphens"},
        {"Fatéma Zohra", "ftm zhr", "vowels come and go"},
        {"Khadija Chraïbi", "xdj crb", "ch and sh are ش, kh is خ"},
        {"خديجة الشرايبي", "xdj crb", "the same"},
        {"Hassna Bennani", "hsn bn", "doubled letters are one"},
        {"حسناء بناني", "hsn bn", "also with a vowel between"},
        {"Ghita Mokhtari", "gt mxtr", "gh is غ"},
        {"غيثة المختاري", "gt mxtr", "th and t meet"},
        {"فَاطِمَة", "ftm", "harakat are marks"},
        {"فـاطمة", "ftm", "tatweel stretches"},
        {"Naïma", "nm", "a diaeresis is folded"},
        {"Ez-Zahra", "zhr", "the article before a sun letter"},
        {"Naاima", "nm", "a letter of the other script in a word has no consonant in this one"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char key[NAME_TOKENS_MAX * NAME_TOKEN_SIZE];
        key_of(rows[i].name, key);
        if (strcmp(key, rows[i].key) != 0)
            fail_msg("%s: %s, expected %s (%s)", rows[i].name, key, rows[i].key, rows[i].why);
    }
}

static void grams_mark_the_ends_of_a_word(void **state)
{
    (void)state;
    struct name_grams grams;
    name_grams("ftm", 2, &grams);
    assert_int_equal(grams.count, 4);
    assert_true(str_equal(grams.grams[0], STR("^f")));
    assert_true(str_equal(grams.grams[3], STR("m$")));
    name_grams("علي", 3, &grams);
    assert_int_equal(grams.count, 3);
    assert_true(str_equal(grams.grams[0], STR("^عل")));
    name_grams("", 3, &grams);
    assert_int_equal(grams.count, 0);
}

static void a_name_longer_than_any_is_cut(void **state)
{
    (void)state;
    struct name_token tokens[NAME_TOKENS_MAX];
    char name[4096];
    for (size_t i = 0; i < sizeof(name); i++)
        name[i] = i % 300 == 299 ? ' ' : 'b';
    assert_int_equal(name_tokens((struct str){name, sizeof(name)}, tokens), NAME_TOKENS_MAX);
    assert_true(strlen(tokens[0].folded) < NAME_TOKEN_SIZE);
}

/* One family of grams is enough to say how much of a name agrees. */
static const uint32_t WHOLE[] = {1 << 2, 2 << 2, 3 << 2, 4 << 2}, HALF[] = {3 << 2, 4 << 2, 5 << 2, 6 << 2},
                      OTHER[] = {7 << 2, 8 << 2, 9 << 2, 10 << 2};

static struct traits woman(int64_t number, int born, const uint32_t *name, int64_t phone)
{
    struct traits traits = {
        .number = number, .born = born, .born_day = born % 10000 + 1, .phone = phone, .commune = 7, .grams = name, .gram_count = 4};
    for (int off = -LIKENESS_YEARS; off <= LIKENESS_YEARS; off++)
        traits.born_years[off + LIKENESS_YEARS] = born / 10000 + off;
    return traits;
}

static void signs_add_up(void **state)
{
    (void)state;
    const struct likeness_thresholds thresholds = {64, 84};
    static const struct {
        const char *why;
        int64_t number;
        int born;
        const uint32_t *name;
        int64_t phone;
        enum likeness_level level;
    } rows[] = {
        {"all of it", 1, 19910412, WHOLE, 5, LIKENESS_SAME},
        {"her number, a wrong birth date and half of her name", 1, 19800101, HALF, 6, LIKENESS_NONE},
        {"her number and her birth date under another name: a marriage, or somebody else's paper", 1, 19910412, OTHER, 6, LIKENESS_LIKELY},
        {"a mistyped number: date and name agree", 2, 19910412, WHOLE, 6, LIKENESS_LIKELY},
        {"… and the year is another", 2, 19890412, WHOLE, 6, LIKENESS_LIKELY},
        {"a namesake of the same commune and about the same age", 2, 19900803, WHOLE, 6, LIKENESS_NONE},
        {"a sister: one phone, half of the name, two years apart", 2, 19890720, HALF, 5, LIKENESS_NONE},
        {"a twin sister: one phone, half of the name, one day", 2, 19910412, HALF, 5, LIKENESS_NONE},
        {"a neighbour with the same phone", 2, 19750305, OTHER, 5, LIKENESS_NONE},
    };
    const struct traits stored = woman(1, 19910412, WHOLE, 5);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct traits probe = woman(rows[i].number, rows[i].born, rows[i].name, rows[i].phone);
        struct likeness likeness = likeness_of(&probe, &stored);
        if (likeness_level(likeness.score, thresholds) != rows[i].level)
            fail_msg("%s: %d points", rows[i].why, likeness.score);
        int sum = 0;
        for (int part = 0; part < LIKENESS_PART_COUNT; part++)
            sum += likeness.parts[part];
        assert_true(sum == likeness.score || sum > 100 || sum < 0);
    }
}

/* Nobody wrote her day down: that it is the same says less, and in another year nothing. */
static void a_first_of_january_says_less(void **state)
{
    (void)state;
    const struct traits stored = woman(1, 19910101, WHOLE, 5);
    struct traits same = woman(2, 19910101, WHOLE, 6), near = woman(2, 19890101, WHOLE, 6), known = woman(2, 19890412, WHOLE, 6);
    same.presumed = near.presumed = true;
    const struct traits dated = woman(1, 19890412, WHOLE, 5);
    int equal = likeness_of(&same, &stored).parts[LIKENESS_BIRTH];
    assert_true(equal > 0 && equal < likeness_of(&known, &dated).parts[LIKENESS_BIRTH]);
    assert_int_equal(likeness_of(&near, &stored).parts[LIKENESS_BIRTH], likeness_of(&known, &stored).parts[LIKENESS_BIRTH]);
}

static void what_was_not_given_agrees_with_nothing(void **state)
{
    (void)state;
    struct traits empty = {0};
    struct likeness likeness = likeness_of(&empty, &empty);
    assert_int_equal(likeness.score, 0);
    assert_int_equal(likeness_of_projects(&empty, &empty), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_has_one_key_in_every_spelling), cmocka_unit_test(grams_mark_the_ends_of_a_word),
        cmocka_unit_test(a_name_longer_than_any_is_cut),        cmocka_unit_test(signs_add_up),
        cmocka_unit_test(a_first_of_january_says_less),         cmocka_unit_test(what_was_not_given_agrees_with_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
