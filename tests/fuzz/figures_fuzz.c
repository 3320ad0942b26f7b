/* Numbers of JSON and of rules, by their bits and by their text. Two pieces of code print a double as ECMAScript does, one for speed; they must
 * agree, and what they print reads back. */
#include <math.h>

#include "fuzz.h"
#include "json/number.h"
#include "services/eligibility/rules_text.h"

static void hold_is_printed(double number, struct arena *arena)
{
    char text[NUMBER_TEXT_SIZE];
    size_t size = number_format(number, text);
    struct str printed = {text, size};
    HOLD(size < NUMBER_TEXT_SIZE && text[size] == '\0', "within its room");
    if (!isfinite(number))
        return;
    HOLD(strtod(text, NULL) == number, "it reads back");
    HOLD(text_to_number(arena, printed) == number, "for the rules too");
    HOLD(str_equal(printed, text_from_number(arena, number)), "and the rules print the same");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = fuzz_arena();
    struct str text = fuzz_text(bytes, size);
    double number;
    if (size >= sizeof(number)) {
        memcpy(&number, bytes, sizeof(number));
        hold_is_printed(number, arena);
        hold_is_printed(nearbyint(number * 100) / 100, arena);
    }
    size_t decimal = text_decimal_size(text);
    HOLD(decimal <= text.size, "a literal is within its text");
    if (decimal > 0) {
        struct str literal = str_copy(arena, (struct str){text.at, decimal});
        number = text_decimal(arena, literal);
        HOLD(number == strtod(literal.at, NULL), "a literal is the nearest double");
        HOLD(text_parse_float(arena, literal) == number && text_to_number(arena, literal) == number, "by all ways");
        hold_is_printed(number, arena);
    }
    (void)text_to_number(arena, text);
    return 0;
}
