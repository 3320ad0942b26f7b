/* JSON of anybody: common/json reads and writes it; the rules' own reader, made for JavaScript's laxer JSON, has to agree with it on whatever both
 * take. Two parsers of one house that differ are two meanings of one form. */
#include "fuzz.h"
#include "services/eligibility/rules_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = fuzz_arena();
    const struct json_value *value, *again;
    struct rules_value other;
    struct buf out, out_again, out_other;
    struct str once, twice, others;
    const char *why = NULL;
    struct str text = fuzz_text(bytes, size);
    enum err strict = json_parse(text, arena, &value), lax = rules_read(text, arena, &other, &why);
    HOLD((lax == ERR_OK) == (why == NULL), "an error has its reason");
    if (strict != ERR_OK)
        return 0;
    buf_init(&out, arena, SIZE_MAX);
    buf_init(&out_again, arena, SIZE_MAX);
    buf_init(&out_other, arena, SIZE_MAX);
    json_add_value(&out, value);
    HOLD(buf_done(&out, &once) == ERR_OK, "what was read can be written");
    HOLD(json_parse(once, arena, &again) == ERR_OK, "and read again");
    json_add_value(&out_again, again);
    HOLD(buf_done(&out_again, &twice) == ERR_OK && str_equal(once, twice), "to the same");
    HOLD(lax == ERR_OK || lax == ERR_LIMIT, "the rules' reader takes whatever the strict one does");
    if (lax != ERR_OK) /* an object of more than RULES_MEMBERS_MAX members */
        return 0;
    HOLD(rules_write(&out_other, other) && buf_done(&out_other, &others) == ERR_OK && str_equal(once, others), "and means the same by it");
    return 0;
}
