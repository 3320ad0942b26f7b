/* Two names, a line each, as they are compared to find a woman twice: any text that the wire lets pass, since members are compared before all of a
 * form was found to be good. */
#include "fuzz.h"
#include "services/intake/application/identity.h"
#include "services/intake/duplicates/names.h"

static void hold_words_are_sound(struct str name)
{
    struct name_token tokens[NAME_TOKENS_MAX];
    struct name_grams grams;
    size_t count = name_tokens(name, tokens);
    HOLD(count <= NAME_TOKENS_MAX, "no more words than there is room for");
    for (size_t i = 0; i < count; i++) {
        HOLD(tokens[i].folded[0] != '\0' && str_is_utf8(str_from(tokens[i].folded)), "a word is text");
        for (const char *at = tokens[i].key; *at; at++)
            HOLD(*at >= 'a' && *at <= 'z', "a key is made of consonants");
        name_grams(tokens[i].folded, 3, &grams);
        for (size_t g = 0; g < grams.count; g++)
            HOLD(str_utf8_length(grams.grams[g]) == 3, "a trigram has three characters");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct str second = fuzz_text(bytes, size), first = str_cut(&second, '\n');
    if (!str_is_utf8(first) || !str_is_utf8(second))
        return 0;
    (void)name_is_plain(first);
    hold_words_are_sound(first);
    hold_words_are_sound(second);
    HOLD(names_agree(first, first) && names_agree(second, second), "a name is like itself");
    HOLD(names_agree(first, second) == names_agree(second, first), "likeness has no direction");
    HOLD(names_agree(first, (struct str){0}), "what was not given is like everything");
    return 0;
}
