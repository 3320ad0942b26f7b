/* Numbers that people type: identity documents, phones, ICE, receipts, codes, ids, territories. What was brought to its normal form stays as it is.
 */
#include "base/geography.h"
#include "base/id.h"
#include "fuzz.h"
#include "services/intake/application/identity.h"
#include "services/intake/receipt/receipt.h"

static void identity(struct str typed)
{
    for (int type = 0; type < IDENTITY_TYPE_COUNT; type++) {
        char number[IDENTITY_SIZE], again[IDENTITY_SIZE];
        if (identity_normalise((enum identity_type)type, typed, number))
            HOLD(identity_normalise((enum identity_type)type, str_from(number), again) && strcmp(number, again) == 0, "a normal number stays so");
    }
}

static void phone(struct str typed)
{
    char number[PHONE_SIZE], again[PHONE_SIZE];
    if (phone_normalise(typed, number))
        HOLD(strlen(number) == PHONE_SIZE - 1 && phone_normalise(str_from(number), again) && strcmp(number, again) == 0, "a normal phone stays so");
}

static void ice(struct str typed)
{
    char number[ICE_SIZE], again[ICE_SIZE];
    if (!ice_normalise(typed, number))
        return;
    HOLD(strlen(number) == ICE_SIZE - 1 && ice_normalise(str_from(number), again) && strcmp(number, again) == 0, "a normal ICE stays so");
    (void)ice_check(number);
}

static void receipt(struct str typed)
{
    char number[RECEIPT_CHARACTERS + 1], again[RECEIPT_CHARACTERS + 1], shown[RECEIPT_SHOWN_CHARACTERS + 1];
    if (!receipt_parse(typed, number))
        return;
    receipt_show(number, shown);
    HOLD(receipt_parse(str_from(shown), again) && strcmp(number, again) == 0, "a receipt reads as it is shown");
    for (int i = 0; i < RECEIPT_CHARACTERS; i++) {
        memcpy(again, number, sizeof(again));
        again[i] = again[i] == '7' ? '8' : '7';
        HOLD(!receipt_parse(str_from(again), (char[RECEIPT_CHARACTERS + 1]){0}) || number[i] == again[i], "one wrong character is seen");
    }
}

static void code(struct str typed)
{
    char text[CODE_CHARACTERS + 1], again[CODE_CHARACTERS + 1], shown[CODE_SHOWN_CHARACTERS + 1];
    if (!code_parse(typed, text))
        return;
    code_show(text, shown);
    HOLD(code_parse(str_from(shown), again) && strcmp(text, again) == 0, "a code reads as it is shown");
}

static void id(struct str typed)
{
    struct id parsed, again;
    char text[ID_TEXT_SIZE + 1];
    if (!id_parse(typed, &parsed))
        return;
    id_format(parsed, text);
    HOLD(str_equal_nocase(typed, str_from(text)) && id_parse(str_from(text), &again) && id_compare(parsed, again) == 0, "an id has one text");
}

static void whole(struct str typed)
{
    int64_t number, again;
    char text[24];
    if (!str_parse_int64(typed, &number))
        return;
    (void)snprintf(text, sizeof(text), "%lld", (long long)number);
    HOLD(str_parse_int64(str_from(text), &again) && number == again, "a number reads back");
}

static void territory(struct str typed)
{
    HOLD(!geography_is_moroccan(typed) || geography_is_code(typed), "a code of Morocco is a code");
    HOLD(!geography_is_code(typed) || (typed.size >= 4 && typed.size <= 6), "which is short");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static void (*const KINDS[])(struct str) = {identity, phone, ice, receipt, code, id, whole, territory};
    struct str typed = fuzz_text(bytes, size);
    KINDS[fuzz_choice(&typed, sizeof(KINDS) / sizeof(KINDS[0]))](typed);
    return 0;
}
