/* Errors, arenas, buffers and identifiers. */
#include "support/check.h"
#include "support/starve.h"

#include <ctype.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/geography.h"
#include "base/id.h"

static void every_error_says_what_a_client_and_a_consumer_do(void **state)
{
    (void)state;
    for (int i = 0; i < ERR_COUNT; i++) {
        const struct err_info *info = err_info((enum err)i);
        check(info->name && *info->name, "a name for logs");
        check(info->http_status >= 200 && info->http_status <= 599, info->name);
        check((info->http_status < 300) == (i == ERR_OK), info->name);
        check(info->text && *info->text, info->name);
        for (const char *at = info->slug; *at; at++)
            check(islower((unsigned char)*at) || *at == '-', info->slug);
        for (int j = 0; j < i; j++)
            check(strcmp(err_info((enum err)j)->slug, info->slug) != 0, info->slug);
    }
    check_text(str_from(err_info((enum err)9999)->name), "INTERNAL", "a code from nowhere is a fault of ours");
}

static void codes_of_morocco_are_known_and_those_of_other_countries_have_their_form(void **state)
{
    static const struct {
        const char *code, *why;
        bool known;
    } CODES[] = {
        {"MA-01", "a region", true},
        {"MA-12", "the last region", true},
        {"MA-13", "there is none", false},
        {"MA-00", "nor this", false},
        {"MA-TAO", "a province", true},
        {"MA-ZAG", "the last in the alphabet", true},
        {"MA-TOA", "a slip of the pen", false},
        {"MA-tao", "lower case", false},
        {"MA-TA", "a piece of one", false},
        {"MA-", "nothing", false},
        {"XA-01", "another country's, which its call brings", true},
        {"XA-BET", "the same", true},
        {"X-01", "no country", false},
        {"XA-0123", "too long", false},
        {"XA-b", "lower case", false},
        {"", "nothing at all", false},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CODES); i++)
        check_int(geography_is_code(str_from(CODES[i].code)), CODES[i].known, CODES[i].why);
}

static void consumers_never_drop_an_event_on_a_fault(void **state)
{
    static const struct {
        enum err err;
        enum verdict verdict;
        const char *why;
    } CASES[] = {
        {ERR_OK, VERDICT_DONE, "it is behind us"},
        {ERR_MALFORMED, VERDICT_PARK, "no retry makes it readable"},
        {ERR_INVALID, VERDICT_PARK, "no retry makes it acceptable"},
        {ERR_NO_CAUSE, VERDICT_HOLD, "its cause is on the way"},
        {ERR_UNAVAILABLE, VERDICT_RETRY, "the world is at fault, not the event"},
        {ERR_COMMIT_UNKNOWN, VERDICT_RETRY, "the inbox tells whether it happened"},
        {ERR_SERIALIZATION, VERDICT_RETRY, "the other transaction goes first"},
        {ERR_FENCED, VERDICT_STOP, "another copy owns the partition"},
        {ERR_ERASED, VERDICT_DONE, "nobody can read it any more, now or later"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++)
        check_int(err_info(CASES[i].err)->verdict, CASES[i].verdict, CASES[i].why);
}

static void an_arena_gives_zeroed_aligned_memory_up_to_its_ceiling(void **state)
{
    (void)state;
    struct arena *arena = arena_new(10000);
    for (size_t bytes = 0; bytes < 100; bytes++) {
        unsigned char *piece = arena_take(arena, bytes);
        check(piece, "well below the ceiling");
        check_int((uintptr_t)piece % sizeof(void *), 0, "aligned for any type");
        for (size_t i = 0; i < bytes; i++)
            check_int(piece[i], 0, "zeroed");
        memset(piece, 0xff, bytes);
    }
    check(!arena_take(arena, 10000), "what is left of the ceiling is less");
    check(!arena_take(arena, SIZE_MAX), "no such size");
    check(!arena_take_array(arena, SIZE_MAX / 2, 3), "a product that overflows");
    arena_reset(arena);
    unsigned char *again = arena_take(arena, 4000);
    check(again, "and gives it again");
    for (size_t i = 0; i < 4000; i++)
        check_int(again[i], 0, "zeroed although it was used before");
    arena_free(arena);
    arena_free(NULL);
}

static void a_ceiling_holds_through_many_resets(void **state)
{
    (void)state;
    struct arena *arena = arena_new(100 * 1024);
    for (int round = 0; round < 50; round++) {
        size_t taken = 0;
        while (arena_take(arena, 1000))
            taken += 1000;
        check(taken <= 100 * 1024, "never more than the ceiling");
        check(taken >= 60 * 1024, "and most of it can be used");
        arena_reset(arena);
    }
    arena_free(arena);
}

static void a_lack_of_memory_is_no_fault_of_the_data(void **state)
{
    (void)state;
    static const struct {
        enum err err, full, starved;
        const char *why;
    } CASES[] = {
        {ERR_OK, ERR_OK, ERR_OK, "it went well all the same"},
        {ERR_LIMIT, ERR_LIMIT, ERR_MEMORY, "there was no room for it"},
        {ERR_INVALID, ERR_INVALID, ERR_MEMORY, "it looked wrong without what was missing"},
        {ERR_UNAVAILABLE, ERR_UNAVAILABLE, ERR_UNAVAILABLE, "is tried again anyhow"},
        {ERR_INTERNAL, ERR_INTERNAL, ERR_INTERNAL, "blames nobody's data"},
    };
    struct arena *full = arena_new(4096), *starved = arena_new(NO_CEILING);
    check(!arena_take(full, 8192), "past the ceiling");
    starve(starved);
    for (size_t i = 0; i < ROWS(CASES); i++) {
        check_int(arena_excuse(full, CASES[i].err), CASES[i].full, CASES[i].why);
        check_int(arena_excuse(starved, CASES[i].err), CASES[i].starved, CASES[i].why);
    }
    struct buf buf;
    struct str text;
    buf_init(&buf, starved, SIZE_MAX / 2);
    buf_add(&buf, (struct str){"", SIZE_MAX / 4});
    check_int(buf_done(&buf, &text), ERR_MEMORY, "a buffer says so itself");
    arena_reset(starved);
    check_int(arena_excuse(starved, ERR_LIMIT), ERR_LIMIT, "the next round begins anew");
    arena_free(full);
    arena_free(starved);
}

static void fill(struct arena *arena, size_t bytes)
{
    for (size_t taken = 0; taken < bytes; taken += 1000)
        check(arena_take(arena, 1000), "well below the ceiling");
    arena_reset(arena);
}

static void what_recent_rounds_needed_is_kept_and_what_one_large_round_needed_is_not(void **state)
{
    (void)state;
    struct arena *arena = arena_new(10 * 1024 * 1024);
    for (int round = 0; round < 5; round++)
        fill(arena, 700 * 1000);
    size_t held_bytes = arena_held_bytes(arena);
    check(held_bytes >= 700 * 1000, "the next round asks for nothing");
    fill(arena, 700 * 1000);
    check(arena_held_bytes(arena) <= held_bytes, "and asked for nothing");
    fill(arena, 5000 * 1000);
    check(arena_held_bytes(arena) <= 1024 * 1024, "what one large round needed goes at once");
    for (int round = 0; round < 400; round++)
        fill(arena, 10 * 1000);
    check(arena_held_bytes(arena) < 300 * 1000, "and what rounds do not need any more, little by little");
    arena_free(arena);
}

static int release_order[4], released;

static void note_release(void *handle)
{
    release_order[released++] = *(int *)handle;
}

static void what_was_deferred_runs_last_first_at_reset(void **state)
{
    (void)state;
    int numbers[] = {1, 2, 3};
    struct arena *arena = arena_new(4096);
    released = 0;
    for (size_t i = 0; i < ROWS(numbers); i++)
        check(arena_defer(arena, note_release, &numbers[i]), "there is room");
    arena_reset(arena);
    arena_reset(arena);
    check_int(released, 3, "each once");
    check_int(release_order[0], 3, "last first");
    check_int(release_order[2], 1, "first last");
    arena_free(arena);

    struct arena *full = arena_new(0);
    check(!arena_defer(full, note_release, numbers), "without memory the caller keeps the handle");
    arena_free(full);
}

static void a_buffer_grows_to_its_ceiling_and_fails_for_good(void **state)
{
    (void)state;
    struct arena *arena = arena_new(64 * 1024);
    struct buf buf;
    struct str text;
    buf_init(&buf, arena, 1000);
    check_int(buf_done(&buf, &text), ERR_OK, "nothing is a text too");
    check_text(text, "", "an empty one");
    for (int i = 0; i < 100; i++) {
        buf_format(&buf, "%03d,", i);
        check(arena_take(arena, 8), "growing goes on when others take from the arena in between");
    }
    check_int(buf_done(&buf, &text), ERR_OK, "below the ceiling");
    check_int(text.size, 400, "all that was added");
    check_text(((struct str){text.at + 396, 4}), "099,", "in order");
    check_int(text.at[400], 0, "ended by NUL as well");
    for (int i = 0; i < 700; i++)
        buf_byte(&buf, 'x');
    buf_add(&buf, STR(""));
    check_int(buf_done(&buf, &text), ERR_LIMIT, "past the ceiling, once and for all");
    arena_free(arena);
}

static void ids_sort_by_time_and_read_back(void **state)
{
    (void)state;
    uint8_t ones[16], zeros[10] = {0};
    memset(ones, 0xff, sizeof(ones));
    char text[ID_TEXT_SIZE + 1];
    id_format(id_make(INT64_C(0x017f22e279b0), zeros), text);
    check_text(str_from(text), "017f22e2-79b0-7000-8000-000000000000", "the time of RFC 9562 appendix A.6, version 7, variant 10");
    check(id_compare(id_make(1000, ones), id_make(1001, zeros)) < 0, "a later millisecond sorts later whatever the entropy");
    check(id_compare(id_make(1000, ones), id_first_of(1001)) < 0, "what was made earlier is below it");
    check(id_compare(id_make(1001, zeros), id_first_of(1001)) >= 0, "all others are not");
    struct id back, upper;
    check(id_parse(str_from(text), &back), "its own text");
    check(id_parse(STR("017F22E2-79B0-7000-8000-000000000000"), &upper) && id_compare(back, upper) == 0, "any case");
    id_format(id_from_hash(ones), text);
    check_text(str_from(text), "ffffffff-ffff-8fff-bfff-ffffffffffff", "version 8");
    check(id_is_nil((struct id){{0}}) && !id_is_nil(back), "nil is all zero");
}

static void what_is_not_an_id_is_refused(void **state)
{
    static const struct {
        const char *text, *why;
    } CASES[] = {
        {"", "nothing"},
        {"017f22e2-79b0-7000-8000-00000000000", "one short"},
        {"017f22e2-79b0-7000-8000-0000000000000", "one long"},
        {"017f22e279b0700080000000000000000000", "no hyphens"},
        {"017f22e2-79b0-7000-8000_000000000000", "another separator"},
        {"017f22g2-79b0-7000-8000-000000000000", "not hex"},
        {"{17f22e2-79b0-7000-8000-00000000000}", "braces"},
    };
    (void)state;
    struct id id;
    for (size_t i = 0; i < ROWS(CASES); i++)
        check(!id_parse(str_from(CASES[i].text), &id), CASES[i].why);
}

static void typed_codes_forgive_what_people_confuse(void **state)
{
    static const struct {
        const char *typed, *folded, *why;
    } CASES[] = {
        {"ABCD-1234", "ABCD1234", "hyphens are for the eye"},
        {"abcd 1234", "ABCD1234", "case and spaces too"},
        {"abcdI2E4", "ABCD12E4", "I looks like 1"},
        {"abcdl2e4", "ABCD12E4", "so does l"},
        {"abcdO234", "ABCD0234", "O looks like 0"},
        {"ABCDU234", NULL, "U is not in the alphabet"},
        {"ABCD123", NULL, "one short"},
        {"ABCD12345", NULL, "one long"},
        {"ABCD\xc3\xa9"
         "12",
         NULL, "not ASCII"},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(CASES); i++) {
        char folded[9];
        bool taken = id_base32_fold(str_from(CASES[i].typed), 8, folded);
        check_int(taken, CASES[i].folded != NULL, CASES[i].why);
        if (taken)
            check_text(str_from(folded), CASES[i].folded, CASES[i].why);
    }
    static const uint8_t bytes[5] = {0x00, 0x44, 0x32, 0x14, 0xc7}; /* 00000 00001 00010 00011 00100 00101 00110 00111 */
    char text[9];
    id_base32(bytes, 8, text);
    check_text(str_from(text), "01234567", "five bits a character, first bit first");
}

static void the_check_character_catches_single_errors_and_swaps(void **state)
{
    (void)state;
    static const char ALPHABET[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    char code[] = "3K7M9QRX";
    char right = id_base32_check(code, 8);
    unsigned wrong_letters = 0, caught = 0;
    for (int at = 0; at < 8; at++) {
        char kept = code[at];
        for (int c = 0; c < 32; c++) {
            code[at] = ALPHABET[c];
            wrong_letters += code[at] != kept;
            caught += code[at] != kept && id_base32_check(code, 8) != right;
        }
        code[at] = kept;
    }
    check(caught * 100 >= wrong_letters * 99, "of 32 letters two share a remainder mod 31: 99 of 100 are caught");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_says_what_a_client_and_a_consumer_do),
        cmocka_unit_test(codes_of_morocco_are_known_and_those_of_other_countries_have_their_form),
        cmocka_unit_test(consumers_never_drop_an_event_on_a_fault),
        cmocka_unit_test(an_arena_gives_zeroed_aligned_memory_up_to_its_ceiling),
        cmocka_unit_test(a_lack_of_memory_is_no_fault_of_the_data),
        cmocka_unit_test(a_ceiling_holds_through_many_resets),
        cmocka_unit_test(what_recent_rounds_needed_is_kept_and_what_one_large_round_needed_is_not),
        cmocka_unit_test(what_was_deferred_runs_last_first_at_reset),
        cmocka_unit_test(a_buffer_grows_to_its_ceiling_and_fails_for_good),
        cmocka_unit_test(ids_sort_by_time_and_read_back),
        cmocka_unit_test(what_is_not_an_id_is_refused),
        cmocka_unit_test(typed_codes_forgive_what_people_confuse),
        cmocka_unit_test(the_check_character_catches_single_errors_and_swaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
