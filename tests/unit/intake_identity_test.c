/* What people type as a number or a name, and what intake makes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "services/intake/application/identity.h"
#include "services/intake/receipt/receipt.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void an_identity_number_has_one_form_however_it_is_typed(void **state)
{
    (void)state;
    static const struct {
        enum identity_type type;
        const char *typed, *number; /* NULL: refused */
        const char *why;
    } rows[] = {
        {IDENTITY_CNIE, "CD123456", "CD123456", "as printed"},
        {IDENTITY_CNIE, "cd 123456", "CD123456", "lower case and a space"},
        {IDENTITY_CNIE, "C.D. 12.34.56", "CD123456", "dots"},
        {IDENTITY_CNIE, "CD١٢٣٤٥٦", "CD123456", "Arabic-Indic digits"},
        {IDENTITY_CNIE, "CD۱۲۳۴۵۶", "CD123456", "Eastern Arabic digits"},
        {IDENTITY_CNIE, "CD\u00a0123456", "CD123456", "copied from our own page: a no-break space"},
        {IDENTITY_CNIE, "\u200fCD\u200e 123456", "CD123456", "the direction marks of an Arabic keyboard"},
        {IDENTITY_CNIE, "CD\u202e123456", NULL, "a bidi override"},
        {IDENTITY_CNIE, "A1234", "A1234", "the shortest"},
        {IDENTITY_CNIE, "AB12345678", "AB12345678", "the longest"},
        {IDENTITY_CNIE, "A123", NULL, "three digits are too few"},
        {IDENTITY_CNIE, "AB123456789", NULL, "nine digits are too many"},
        {IDENTITY_CNIE, "ABC1234", NULL, "three letters"},
        {IDENTITY_CNIE, "1234567", NULL, "no letter"},
        {IDENTITY_CNIE, "AB12C45", NULL, "a letter among the digits"},
        {IDENTITY_CNIE, "AB-123456", NULL, "a hyphen is no way of writing it"},
        {IDENTITY_CNIE, "", NULL, "nothing"},
        {IDENTITY_CNIE, "أب123456", NULL, "Arabic letters"},
        {IDENTITY_CNIE, "AB123456AB123456AB123456AB123456", NULL, "longer than anything"},
        {IDENTITY_RESIDENCE_PERMIT, "c012345 x", "C012345X", "letters and digits in any order"},
        {IDENTITY_RESIDENCE_PERMIT, "C01", NULL, "too short"},
        {IDENTITY_PASSPORT, "MA 1234567", "MA1234567", "a passport"},
        {IDENTITY_PASSPORT, "MA/1234567", NULL, "a slash"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char number[IDENTITY_SIZE];
        bool taken = identity_normalise(rows[i].type, str_from(rows[i].typed), number);
        if (taken != (rows[i].number != NULL) || (taken && strcmp(number, rows[i].number) != 0))
            fail_msg("%s: %s", rows[i].typed, rows[i].why);
    }
}

static void a_phone_number_becomes_e164_or_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *phone, *why;
    } rows[] = {
        {"0661234567", "+212661234567", "as people say it"},
        {"06 61 23 45 67", "+212661234567", "spaces"},
        {"06.61-23/45 67", "+212661234567", "dots, hyphens, slashes"},
        {"٠٦٦١٢٣٤٥٦٧", "+212661234567", "Arabic digits"},
        {"+212 661-234567", "+212661234567", "international"},
        {"00212661234567", "+212661234567", "international with zeros"},
        {"212661234567", "+212661234567", "the plus forgotten"},
        {"+212 (0)6 61 23 45 67", "+212661234567", "the trunk prefix kept"},
        {"661234567", "+212661234567", "the zero forgotten"},
        {"06\u00a061\u00a023\u202f45\u00a067", "+212661234567", "copied from our own page: no-break spaces"},
        {"\u200e0661234567\u200f", "+212661234567", "the direction marks of an Arabic keyboard"},
        {"0661234567\xc2", NULL, "half a character"},
        {"0535123456", "+212535123456", "a landline"},
        {"0861234567", "+212861234567", "08"},
        {"0461234567", NULL, "no Moroccan number begins with 04"},
        {"066123456", NULL, "a digit short"},
        {"06612345678", NULL, "a digit long"},
        {"+33612345678", NULL, "another country"},
        {"0661a34567", NULL, "a letter"},
        {"", NULL, "nothing"},
        {"+", NULL, "a plus alone"},
        {"00000000000000000000000000000000", NULL, "longer than anything"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char phone[PHONE_SIZE];
        bool taken = phone_normalise(str_from(rows[i].typed), phone);
        if (taken != (rows[i].phone != NULL) || (taken && strcmp(phone, rows[i].phone) != 0))
            fail_msg("%s: %s", rows[i].typed, rows[i].why);
    }
}

static void an_ice_is_fifteen_digits_and_checked_by_97(void **state)
{
    (void)state;
    static const struct {
        const char *typed;
        bool formed, checked;
        const char *why;
    } rows[] = {
        {"001561191000066", true, true, "in use"},
        {"001527456000081", true, true, "in use"},
        {"002163624000014", true, true, "in use"},
        {"000 039 557 000 028", true, true, "in use, with spaces"},
        {"000\u00a0039\u00a0557\u00a0000\u00a0028", true, true, "in use, with no-break spaces"},
        {"000039557000082", true, false, "two digits exchanged"},
        {"039557000028", false, false, "twelve digits"},
        {"000039557000028 ", true, true, "a space at the end is no digit"},
        {"٠٠١٥٦١١٩١٠٠٠٠٦٦", true, true, "Arabic digits"},
        {"001561191000067", true, false, "a wrong last digit"},
        {"000000000000000", true, false, "nothing but zeros: a multiple of 97, and nobody's number"},
        {"00156119100006X", false, false, "a letter"},
        {"0015611910000660", false, false, "sixteen digits"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char ice[ICE_SIZE];
        bool formed = ice_normalise(str_from(rows[i].typed), ice);
        if (formed != rows[i].formed || (formed && ice_check(ice) != rows[i].checked))
            fail_msg("%s: %s", rows[i].typed, rows[i].why);
    }
}

static void a_name_is_letters_marks_and_a_few_signs(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool plain;
        const char *why;
    } rows[] = {
        {"Fatima Zahra El Alaoui", true, "Latin"},
        {"فاطمة الزهراء العلوي", true, "Arabic"},
        {"فَاطِمَة ـ", true, "harakat and tatweel"},
        {"N'Aït-Saïd", true, "apostrophe, hyphen, accents"},
        {"L’Hoste", true, "the typographic apostrophe"},
        {"M. Benali", true, "a dot"},
        {"ⵜⵉⵍⵍⵉ", true, "Tifinagh"},
        {"R2D2", false, "digits"},
        {"فاطمة٢", false, "Arabic digits"},
        {"<b>x</b>", false, "markup"},
        {"a\u202Eb", false, "a bidi override"},
        {"a\u200Fb", false, "a mark nobody sees"},
        {"a\u061Cb", false, "the Arabic letter mark"},
        {"a\tb", false, "a tab"},
        {"- .", false, "no letter at all"},
        {"😀", false, "a picture"},
        {"a×b", false, "a sign among the letters of Latin-1"},
        {"", false, "nothing"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (name_is_plain(str_from(rows[i].name)) != rows[i].plain)
            fail_msg("%s: %s", rows[i].name, rows[i].why);
}

static void a_receipt_is_read_back_however_it_is_copied(void **state)
{
    (void)state;
    const uint8_t entropy[RECEIPT_ENTROPY_BYTES] = {0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde};
    char receipt[RECEIPT_CHARACTERS + 1], shown[RECEIPT_SHOWN_CHARACTERS + 1], read[RECEIPT_CHARACTERS + 1];
    receipt_make(entropy, receipt);
    receipt_show(receipt, shown);
    assert_int_equal(strlen(shown), RECEIPT_SHOWN_CHARACTERS);
    assert_true(shown[4] == '-' && shown[9] == '-');
    assert_true(receipt_parse(str_from(shown), read));
    assert_string_equal(read, receipt);
    char lower[32];
    size_t size = 0;
    for (size_t i = 0; shown[i]; i++) {
        char c = shown[i] == '-' ? ' ' : shown[i];
        lower[size++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    assert_true(receipt_parse((struct str){lower, size}, read));
    assert_string_equal(read, receipt);
    assert_true(receipt_parse(str_from(receipt), read));
}

static void a_mistyped_receipt_is_not_looked_up(void **state)
{
    (void)state;
    const uint8_t entropy[RECEIPT_ENTROPY_BYTES] = {0};
    char receipt[RECEIPT_CHARACTERS + 1], read[RECEIPT_CHARACTERS + 1];
    receipt_make(entropy, receipt);
    for (int i = 0; i < RECEIPT_CHARACTERS; i++) {
        char wrong[RECEIPT_CHARACTERS + 1];
        memcpy(wrong, receipt, sizeof(wrong));
        wrong[i] = wrong[i] == '7' ? '8' : '7';
        if (receipt_parse(str_from(wrong), read))
            fail_msg("a wrong character %d was not seen", i);
    }
    assert_false(receipt_parse(STR("1234"), read));
    assert_false(receipt_parse(STR(""), read));
    assert_false(receipt_parse(STR("UUUU-UUUU-UUU"), read));
}

static void a_code_is_shown_in_threes_of_four(void **state)
{
    (void)state;
    const uint8_t hash[CODE_HASH_BYTES] = {0xff, 0x00, 0xff, 0x00, 0xff, 0x00, 0xff, 0x00};
    char code[CODE_CHARACTERS + 1], shown[CODE_SHOWN_CHARACTERS + 1], read[CODE_CHARACTERS + 1];
    code_make(hash, code);
    code_show(code, shown);
    assert_int_equal(strlen(shown), CODE_SHOWN_CHARACTERS);
    assert_true(code_parse(str_from(shown), read));
    assert_string_equal(read, code);
    assert_false(code_parse(STR("1234-5678"), read));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_identity_number_has_one_form_however_it_is_typed),
        cmocka_unit_test(a_phone_number_becomes_e164_or_is_refused),
        cmocka_unit_test(an_ice_is_fifteen_digits_and_checked_by_97),
        cmocka_unit_test(a_name_is_letters_marks_and_a_few_signs),
        cmocka_unit_test(a_receipt_is_read_back_however_it_is_copied),
        cmocka_unit_test(a_mistyped_receipt_is_not_looked_up),
        cmocka_unit_test(a_code_is_shown_in_threes_of_four),
    };
    return cmocka_run_group_tests_name("intake: numbers, names, receipts", tests, NULL, NULL);
}
