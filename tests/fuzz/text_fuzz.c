/* Any bytes as text: the walkers of UTF-8 agree, and what is written into JSON or a table of ours stays what it was. */
#include "crypto/seal.h"
#include "fuzz.h"

static void hold_walkers_agree(struct str text)
{
    struct str steps = text, points = text;
    size_t count = 0;
    for (; steps.size > 0; count++) {
        size_t step = str_utf8_step(steps);
        uint32_t point = str_utf8_point(&points);
        HOLD(step >= 1 && step <= 4 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff), "a character");
        steps = (struct str){steps.at + step, steps.size - step};
        HOLD(steps.size == points.size, "of the same size for all");
    }
    HOLD(count == str_utf8_length(text), "and as many");
}

/* Bytes that are no text become U+FFFD: what we write is JSON, whatever it holds. */
static void hold_is_told_in_json(struct str text, bool is_text, struct arena *arena)
{
    const struct json_value *value;
    struct buf out;
    struct str json;
    buf_init(&out, arena, SIZE_MAX);
    json_add_string(&out, text);
    HOLD(buf_done(&out, &json) == ERR_OK && str_is_utf8(json), "a string is UTF-8");
    if (text.size > 0 && memchr(text.at, '\0', text.size))
        return;
    HOLD(json_parse(json, arena, &value) == ERR_OK && value->kind == JSON_KIND_STRING, "and is read");
    HOLD(!is_text || str_equal(value->string, text), "as it was");
}

static void hold_is_read_back(struct str bytes, struct arena *arena)
{
    struct str again;
    HOLD(base64_bytes(base64_text(arena, bytes), arena, &again) == ERR_OK && str_equal(bytes, again), "base64");
    HOLD(base64url_bytes(base64url_text(arena, bytes), arena, &again) == ERR_OK && str_equal(bytes, again), "base64url");
    if (base64_bytes(bytes, arena, &again) == ERR_OK)
        HOLD(str_equal(base64_text(arena, again), bytes), "bytes have one base64");
    if (base64url_bytes(bytes, arena, &again) == ERR_OK)
        HOLD(str_equal(base64url_text(arena, again), bytes), "and one base64url");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = fuzz_arena();
    struct str text = fuzz_text(bytes, size), folded = str_fold_digits(arena, text), trimmed = str_trim(text);
    bool is_text = str_is_utf8(text);
    HOLD(str_equal(str_fold_digits(arena, folded), folded), "digits are folded once");
    HOLD(str_equal(str_trim(trimmed), trimmed), "and ends trimmed");
    HOLD(!is_text || (str_is_utf8(folded) && str_is_utf8(trimmed)), "text stays text");
    if (is_text) {
        hold_walkers_agree(text);
        HOLD(!str_is_blank(text) || str_is_blank(trimmed), "nothing is seen of what is blank");
        (void)str_has_control(text);
    }
    hold_is_told_in_json(text, is_text, arena);
    hold_is_read_back(text, arena);
    return 0;
}
