/* A form against a call: every violation is found at once and says where; what isn't refused isn't refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json/wire.h"
#include "services/intake/application/form_dates.h"
#include "services/intake/application/messages.h"
#include "services/intake/application/validate.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define NAME "\"name\":{\"ar\":\"فاطمة\",\"latin\":\"Fatima\"}"
#define IDENTITY "\"identity\":{\"type\":\"cnie\",\"number\":\"CD 123456\"}"
#define APPLICANT "\"applicant\":{" NAME "," IDENTITY ",\"birth_date\":\"1991-04-12\",\"phone\":\"0661234567\",\"address\":{\"province\":\"MA-TAO\"}}"
#define PROJECT "\"project\":{\"title\":\"Huile\",\"sector\":\"agrifood\",\"stage\":\"idea\",\"requested_centimes\":4500000}"
#define CONSENTS "\"consents\":[{\"purpose\":\"processing\",\"version\":\"2026-1\",\"given\":true}]"
#define PERSON(applicant, project, rest, consents) "{\"call\":\"c\",\"kind\":\"person\"," applicant "," project "," rest consents "}"
#define BORN(date) "\"applicant\":{" NAME "," IDENTITY ",\"birth_date\":\"" date "\",\"phone\":\"0661234567\",\"address\":{\"province\":\"MA-TAO\"}}"
#define LIVING(milieu)                                                                             \
    "\"applicant\":{" NAME "," IDENTITY ",\"birth_date\":\"1991-04-12\",\"phone\":\"0661234567\"," \
    "\"address\":{\"province\":\"MA-TAO\",\"milieu\":" milieu "}}"
#define AGREED(language) "\"consents\":[{\"purpose\":\"processing\",\"version\":\"2026-1\",\"given\":true,\"language\":" language "}]"
#define NAMED(name) \
    "\"applicant\":{\"name\":" name "," IDENTITY ",\"birth_date\":\"1991-04-12\",\"phone\":\"0661234567\",\"address\":{\"province\":\"MA-TAO\"}}"
#define MEMBER(number, role) MEMBER_BORN(NAME, number, "1991-04-12", role)
#define MEMBER_BORN(name, number, born, role) \
    "{" name ",\"identity\":{\"type\":\"cnie\",\"number\":\"" number "\"},\"birth_date\":\"" born "\",\"phone\":null,\"role\":\"" role "\"}"
#define MEMBER_NAMED(name) MEMBER_BORN("\"name\":" name, "cd 123456", "1991-04-12", "president")
#define COOPERATIVE(ice, members)                                                                                                         \
    "{\"call\":\"c\",\"kind\":\"cooperative\"," APPLICANT "," PROJECT ",\"cooperative\":{\"name\":{\"latin\":\"Al Amal 2\"},\"ice\":" ice \
    ",\"members\":[" members "]}," CONSENTS "}"

static const struct str PROVINCES[] = {{"MA-FES", 6}, {"MA-TAO", 6}};
static const struct consent_terms TERMS[] = {{{"processing", 10}, {"2026-1", 6}, true}, {{"partner-referral", 16}, {"2026-1", 6}, false}};

static struct call_terms open_call(void)
{
    return (struct call_terms){.id = STR("c"),
                               .region = STR("MA-03"),
                               .takes_applications = true,
                               .kinds = {true, true},
                               .provinces = PROVINCES,
                               .province_count = 2,
                               .consents = TERMS,
                               .consent_count = 2};
}

/* "pointer code, pointer code", in the order found. */
static const char *judge(const char *body, const struct call_terms *terms, struct form_facts *facts, struct arena *arena)
{
    struct violations *violations = arena_take(arena, sizeof(*violations));
    struct form form;
    struct buf out;
    struct str text;
    violations_init(violations, arena);
    enum err err = form_decode(str_from(body), arena, &form, violations);
    assert_true(err == ERR_OK || err == ERR_INVALID);
    form_validate(&form, terms, (struct date){2026, 11, 24}, violations, facts);
    buf_init(&out, arena, 4096);
    for (size_t i = 0; i < violations->count; i++)
        buf_format(&out, "%s%.*s %s", i ? ", " : "", (int)violations->items[i].pointer.size, violations->items[i].pointer.at,
                   violation_slug(violations->items[i].code));
    buf_byte(&out, '\0');
    assert_int_equal(buf_done(&out, &text), ERR_OK);
    return text.at;
}

static void what_is_wrong_with_a_form_is_named_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *body, *found, *why;
    } rows[] = {
        {PERSON(APPLICANT, PROJECT, "", CONSENTS), "", "the least that is whole"},
        {PERSON(LIVING("null"), PROJECT, "", AGREED("null")), "", "null says that it is not known"},
        {PERSON(LIVING("\"rural\""), PROJECT, "", AGREED("\"ar\"")), "", "one of the list"},
        {PERSON(LIVING("\"\""), PROJECT, "", AGREED("\"\"")), "/consents/0/language choice, /applicant/address/milieu choice",
         "an empty text is none of the list"},
        {PERSON(LIVING("\"\""), PROJECT, "\"draft\":true,", AGREED("\"\"")), "/consents/0/language choice, /applicant/address/milieu choice",
         "nor in a draft"},
        {PERSON(BORN("2012-01-01"), PROJECT, "", CONSENTS), "", "under age is a decision, not a refusal"},
        {PERSON(BORN("2026-11-25"), PROJECT, "", CONSENTS), "/applicant/birth_date future", "tomorrow"},
        {PERSON(BORN("2026-11-24"), PROJECT, "", CONSENTS), "", "today is not the future"},
        {PERSON(BORN("١٩٩١-٠٤-١٢"), PROJECT, "", CONSENTS), "", "as an Arabic keyboard writes it"},
        {PERSON(BORN("۱۹۹۱-۰۴-۱۲"), PROJECT, "", CONSENTS), "", "and its eastern digits"},
        {PERSON(BORN("١٩٩٠-٠٢-٣٠"), PROJECT, "", CONSENTS), "/applicant/birth_date date", "no such day in these either"},
        {PERSON(BORN("1990-02-30"), PROJECT, "", CONSENTS), "/applicant/birth_date date", "no such day"},
        {PERSON(BORN("1899-12-31"), PROJECT, "", CONSENTS), "/applicant/birth_date too-early", "nobody is that old"},
        {PERSON(NAMED("{\"ar\":\"فاطمة\"}"), PROJECT, "", CONSENTS), "", "one script is enough"},
        {PERSON(NAMED("{}"), PROJECT, "", CONSENTS), "/applicant/name required", "no name at all"},
        {PERSON(NAMED("{\"latin\":\"R2D2\"}"), PROJECT, "", CONSENTS), "/applicant/name/latin text", "digits"},
        {PERSON(NAMED("{\"latin\":\"a\xE2\x80\xAE"
                      "b\"}"),
                PROJECT, "", CONSENTS),
         "/applicant/name/latin text, /applicant/name required", "a bidi override"},
        {PERSON(APPLICANT, PROJECT, "\"situation\":{\"household_size\":0,\"monthly_income_centimes\":-1,\"rsu_index\":-2},", CONSENTS),
         "/situation/household_size too-small, /situation/monthly_income_centimes too-small, /situation/rsu_index too-small", "bounds, all at once"},
        {PERSON(APPLICANT, PROJECT, "\"situation\":{\"household_size\":null,\"disability\":null},", CONSENTS), "", "not known is allowed"},
        {PERSON(APPLICANT, PROJECT, "\"cooperative\":{},", CONSENTS), "/cooperative not-allowed", "a person has none"},
        {PERSON(APPLICANT, PROJECT, "\"nobody\":1,", CONSENTS), "/nobody unknown-field", "nothing unknown"},
        {PERSON(APPLICANT, "\"project\":{}", "", CONSENTS),
         "/project/title required, /project/sector required, /project/stage required, /project/requested_centimes required", "an empty project"},
        {PERSON(APPLICANT, PROJECT, "", "\"consents\":[]"), "/consents consent", "the processing consent is missing"},
        {PERSON(APPLICANT, PROJECT, "", "\"consents\":[{\"purpose\":\"processing\",\"version\":\"2026-1\",\"given\":false}]"), "/consents consent",
         "refused"},
        {PERSON(APPLICANT, PROJECT, "", "\"consents\":[{\"purpose\":\"processing\",\"version\":\"2025-1\",\"given\":true}]"),
         "/consents/0/version unknown", "to another text"},
        {PERSON(APPLICANT, PROJECT, "",
                "\"consents\":[{\"purpose\":\"processing\",\"version\":\"2026-1\",\"given\":true},{\"purpose\":\"spam\",\"version\":\"1\",\"given\":"
                "true}]"),
         "/consents/1/purpose unknown", "to something nobody asked"},
        {PERSON(APPLICANT, PROJECT, "", "\"consents\":[{\"purpose\":\"processing\",\"version\":\"2026-1\"}]"),
         "/consents/0/given required, /consents consent", "neither yes nor no"},
        {PERSON(APPLICANT, PROJECT, "",
                "\"consents\":[{\"purpose\":\"processing\",\"version\":\"2026-1\",\"given\":true},{\"purpose\":\"processing\",\"version\":\"2026-1\","
                "\"given\":false}]"),
         "/consents/1/purpose duplicate", "yes and no"},
        {PERSON("\"applicant\":\"x\"", "\"project\":[]", "", CONSENTS), "/applicant type, /project type", "what is unreadable lacks nothing inside"},
        {"{\"call\":\"c\",\"kind\":\"team\"," CONSENTS "}", "/kind choice, /applicant/address/province required", "no such kind"},
        {"{\"call\":\"c\",\"kind\":\"person\",\"draft\":true," CONSENTS "}", "", "a draft may lack the rest"},
        {"{\"call\":\"c\",\"kind\":\"person\",\"draft\":true}", "/consents consent", "but not the consent: it is kept already"},
        {COOPERATIVE("\"001561191000066\"", MEMBER("CD123456", "president")), "", "one member, who represents it"},
        {COOPERATIVE("\"001561191000067\"", MEMBER("CD123456", "president")), "", "an ICE that fails is a warning"},
        {COOPERATIVE("\"12345\"", MEMBER("CD123456", "president")), "/cooperative/ice format", "an ICE of five digits"},
        {COOPERATIVE("null", ""), "/cooperative/members too-few", "nobody"},
        {COOPERATIVE("null", MEMBER("AB999999", "president")), "/cooperative/members format", "she who applies is one of them"},
        {COOPERATIVE("null", MEMBER("CD123456", "president") "," MEMBER("cd 123456", "member")), "/cooperative/members/1/identity/number duplicate",
         "a woman twice"},
        {COOPERATIVE("null", MEMBER_BORN(NAME, "CD123456", "1991-04-13", "president")), "/cooperative/members/0/birth_date not-allowed",
         "she who applies is born on another day among the members"},
        {COOPERATIVE("null", MEMBER_BORN(NAME, "AB123456", "1980-01-01", "member") "," MEMBER_BORN(NAME, "CD123456", "1980-01-01", "president")),
         "/cooperative/members/1/birth_date not-allowed", "the others are who they are"},
        {COOPERATIVE("null", MEMBER_NAMED("{\"ar\":\"خديجة\",\"latin\":\"Khadija\"}")),
         "/cooperative/members/0/name/ar not-allowed, /cooperative/members/0/name/latin not-allowed", "and has another name there"},
        {COOPERATIVE("null", MEMBER_NAMED("{\"latin\":\"El Alaoui FÀTIMA\"}")), "",
         "one script of the two, with the family name, as another hand writes it"},
        {COOPERATIVE("null", MEMBER("CD123456", "boss")), "/cooperative/members/0/role choice", "no such role"},
    };
    const struct call_terms terms = open_call();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new(1 << 20);
        struct form_facts facts;
        const char *found = judge(rows[i].body, &terms, &facts, arena);
        if (strcmp(found, rows[i].found) != 0)
            fail_msg("%s: found \"%s\", expected \"%s\"", rows[i].why, found, rows[i].found);
        arena_free(arena);
    }
}

static void a_message_names_the_bound_of_its_field(void **state)
{
    (void)state;
    enum { LETTERS = 1001 };
    static char letters[LETTERS + 1];
    memset(letters, 'a', LETTERS);
    const struct {
        const char *body, *detail, *why;
    } rows[] = {
        {PERSON(APPLICANT, PROJECT, "\"situation\":{\"household_size\":51},", CONSENTS), "50", "one too many"},
        {PERSON(APPLICANT, PROJECT, "\"situation\":{\"household_size\":100000000000000000},", CONSENTS), "50", "more than a double holds exactly"},
        {PERSON(APPLICANT, PROJECT, "\"situation\":{\"household_size\":-100000000000000000},", CONSENTS), "1", "and less"},
        {PERSON(APPLICANT, PROJECT, "\"situation\":{\"monthly_income_centimes\":100000000000000000},", CONSENTS), "100000000000", "money"},
        {PERSON(APPLICANT, PROJECT, "\"situation\":{\"rsu_index\":100000000000000000},", CONSENTS), "1000", "an index"},
        {PERSON(APPLICANT, "\"project\":{\"title\":\"Huile\",\"sector\":\"agrifood\",\"stage\":\"idea\",\"requested_centimes\":1,\"jobs\":1e300}", "",
                CONSENTS),
         "10000", "jobs"},
        {PERSON(BORN("1899-12-31"), PROJECT, "", CONSENTS), "1900-01-01", "a day that exists, out of range"},
        {NULL, "120", "a name of 1,001 letters"},
    };
    const struct call_terms terms = open_call();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new(1 << 20);
        struct violations *violations = arena_take(arena, sizeof(*violations));
        struct form_facts facts;
        struct form form;
        violations_init(violations, arena);
        struct str named = str_format(arena, PERSON(NAMED("{\"latin\":\"%s\"}"), PROJECT, "", CONSENTS), letters);
        enum err err = form_decode(rows[i].body ? str_from(rows[i].body) : named, arena, &form, violations);
        assert_true(err == ERR_OK || err == ERR_INVALID);
        form_validate(&form, &terms, (struct date){2026, 11, 24}, violations, &facts);
        if (violations->count == 0 || !str_equal(violations->items[0].detail, str_from(rows[i].detail)))
            fail_msg("%s: %s expected", rows[i].why, rows[i].detail);
        arena_free(arena);
    }
}

static void the_call_decides_who_may_apply(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct form_facts facts;
    const char *body = PERSON(APPLICANT, PROJECT, "", CONSENTS);
    struct call_terms closed = open_call(), cooperatives = open_call(), elsewhere = open_call();
    closed.takes_applications = false;
    cooperatives.kinds[KIND_PERSON] = false;
    elsewhere.province_count = 1;
    assert_string_equal(judge(body, NULL, &facts, arena), "/call unknown");
    assert_string_equal(judge(body, &closed, &facts, arena), "/call closed");
    assert_string_equal(judge(body, &cooperatives, &facts, arena), "/kind not-allowed");
    assert_string_equal(judge(body, &elsewhere, &facts, arena), "/applicant/address/province unknown");
    arena_free(arena);
}

static void an_ice_that_fails_is_a_warning_unless_the_call_is_strict(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct form_facts facts;
    struct call_terms terms = open_call();
    const char *body = COOPERATIVE("\"001561191000067\"", MEMBER("CD123456", "president"));
    judge(body, &terms, &facts, arena);
    assert_int_equal(facts.warnings, 1u << (WARNING_ICE_CHECK - 1));
    assert_false(facts.ice_valid);
    terms.ice_strict = true;
    assert_string_equal(judge(body, &terms, &facts, arena), "/cooperative/ice checksum");
    assert_int_equal(facts.warnings, 1u << (WARNING_ICE_CHECK - 1)); /* what was accepted before the call became strict keeps its warning */
    arena_free(arena);
}

static void what_is_learnt_on_the_way_is_normalised(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct form_facts facts;
    const struct call_terms terms = open_call();
    judge(COOPERATIVE("null", MEMBER("CD123456", "president") "," MEMBER("x 4444", "member")), &terms, &facts, arena);
    assert_string_equal(facts.phone, "+212661234567");
    assert_string_equal(facts.applicant.number, "CD123456");
    assert_string_equal(facts.members[1].number, "X4444");
    assert_int_equal(facts.women, 2);
    assert_false(facts.referral_consent);
    arena_free(arena);
}

static void a_form_is_kept_with_its_birth_dates_in_digits_that_every_page_reads(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *kept, *why;
    } rows[] = {
        {"{\"applicant\":{\"birth_date\":\"١٩٩١-٠٤-١٢\",\"phone\":\"٠٦٦١\"},\"project\":{\"jobs\":2}}",
         "{\"applicant\":{\"birth_date\":\"1991-04-12\",\"phone\":\"٠٦٦١\"},\"project\":{\"jobs\":2}}", "her date; the rest as it was typed"},
        {"{\"applicant\":{\"birth_date\":\"\\u0661991-04-12\"}}", "{\"applicant\":{\"birth_date\":\"1991-04-12\"}}", "escaped"},
        {"{\"cooperative\":{\"ice\":null,\"members\":[{\"role\":\"x\"},{\"birth_date\":\"۱۹۹۱-۰۴-۱۲\"}]}}",
         "{\"cooperative\":{\"ice\":null,\"members\":[{\"role\":\"x\"},{\"birth_date\":\"1991-04-12\"}]}}", "a member's"},
        {"{ \"applicant\": {\"birth_date\": \"1991-04-12\", \"phone\": \"٠٦٦١\"} }",
         "{ \"applicant\": {\"birth_date\": \"1991-04-12\", \"phone\": \"٠٦٦١\"} }", "nothing to change: the same bytes"},
        {"{\"applicant\":null,\"cooperative\":{\"members\":[\"١\"]}}", "{\"applicant\":null,\"cooperative\":{\"members\":[\"١\"]}}",
         "a draft of anything"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *arena = arena_new(1 << 20);
        struct str kept;
        assert_int_equal(form_plain_dates(str_from(rows[i].typed), arena, &kept), ERR_OK);
        if (!str_equal(kept, str_from(rows[i].kept)))
            fail_msg("%s: %.*s", rows[i].why, (int)kept.size, kept.at);
        arena_free(arena);
    }
}

#define WRONG_MEMBERS 500
#define REQUEST_BYTES ((size_t)8 << 20) /* of intake's requests, services/intake/main.c */

static void more_wrong_than_is_told_takes_no_more_memory(void **state)
{
    (void)state;
    struct arena *body_arena = arena_new(1 << 20), *arena = arena_new(REQUEST_BYTES);
    struct violations *violations = arena_take(arena, sizeof(*violations));
    struct call_terms terms = open_call();
    struct form form;
    struct form_facts facts;
    struct buf members;
    struct str list;
    buf_init(&members, body_arena, 1 << 18);
    for (int i = 0; i < WRONG_MEMBERS; i++)
        buf_format(&members, "%s" MEMBER_NAMED("{}"), i > 0 ? "," : "");
    assert_int_equal(buf_done(&members, &list), ERR_OK);
    struct str body = str_format(body_arena, COOPERATIVE("null", "%.*s"), (int)list.size, list.at);
    violations_init(violations, arena);
    assert_int_equal(form_decode(body, arena, &form, violations), ERR_OK);
    size_t form_bytes = arena_held_bytes(arena);
    form_validate(&form, &terms, (struct date){2026, 11, 24}, violations, &facts);
    assert_int_equal(violations->count, VIOLATIONS_MAX);
    assert_true(violations->more > WRONG_MEMBERS);
    for (size_t i = 0; i < violations->count; i++)
        assert_true(str_starts(violations->items[i].pointer, STR("/cooperative/members/")));
    assert_true(arena_held_bytes(arena) - form_bytes < REQUEST_BYTES / 8);
    arena_free(arena);
    arena_free(body_arena);
}

int main(void)
{
    json_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_with_a_form_is_named_with_its_place),
        cmocka_unit_test(a_message_names_the_bound_of_its_field),
        cmocka_unit_test(the_call_decides_who_may_apply),
        cmocka_unit_test(an_ice_that_fails_is_a_warning_unless_the_call_is_strict),
        cmocka_unit_test(what_is_learnt_on_the_way_is_normalised),
        cmocka_unit_test(a_form_is_kept_with_its_birth_dates_in_digits_that_every_page_reads),
        cmocka_unit_test(more_wrong_than_is_told_takes_no_more_memory),
    };
    return cmocka_run_group_tests_name("intake: a form against its call", tests, NULL, NULL);
}
