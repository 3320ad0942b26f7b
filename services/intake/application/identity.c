#include "identity.h"

static const struct identity_rule {
    const char *name, *form;
    unsigned letters_min, letters_max; /* leading capitals */
    unsigned digits_min, digits_max;   /* then digits; 0,0: letters and digits in any order, of letters_min..letters_max characters */
} RULES[IDENTITY_TYPE_COUNT] = {
    [IDENTITY_CNIE] = {"cnie", "1 or 2 letters, then 4 to 8 digits", 1, 2, 4, 8},
    [IDENTITY_RESIDENCE_PERMIT] = {"residence-permit", "5 to 16 letters and digits", 5, 16, 0, 0},
    [IDENTITY_PASSPORT] = {"passport", "5 to 16 letters and digits", 5, 16, 0, 0},
};

const char *identity_type_name(enum identity_type type)
{
    return RULES[type].name;
}

const char *identity_form(enum identity_type type)
{
    return RULES[type].form;
}

bool identity_type_parse(struct str name, enum identity_type *ret_type)
{
    for (int type = 0; type < IDENTITY_TYPE_COUNT; type++)
        if (str_equal(name, str_from(RULES[type].name))) {
            *ret_type = (enum identity_type)type;
            return true;
        }
    return false;
}

/* Arabic-Indic ٠-٩ is D9 A0-A9, its eastern form ۰-۹ is DB B0-B9. */
static int arabic_digit(struct str rest)
{
    if (rest.size < 2)
        return -1;
    unsigned char lead = (unsigned char)rest.at[0], low = (unsigned char)rest.at[1];
    if (lead == 0xd9 && low >= 0xa0 && low <= 0xa9)
        return low - 0xa0;
    if (lead == 0xdb && low >= 0xb0 && low <= 0xb9)
        return low - 0xb0;
    return -1;
}

/* What comes along when a number is copied: no-break spaces (our own pages show 06 61 … with them) and the direction marks of Arabic keyboards. */
static size_t copied_mark(struct str rest)
{
    static const char *const marks[] = {"\u00a0", "\u202f", "\u200e", "\u200f"};
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (rest.size >= strlen(marks[i]) && memcmp(rest.at, marks[i], strlen(marks[i])) == 0)
            return strlen(marks[i]);
    return 0;
}

/* Folds digits and case and drops every character of `dropped`; false when another byte than ASCII is left or it gets too long. */
static bool squeeze(struct str typed, const char *dropped, size_t room, char *ret_text)
{
    size_t size = 0;
    for (size_t i = 0; i < typed.size; i++) {
        char c = typed.at[i];
        struct str rest = {typed.at + i, typed.size - i};
        int digit = arabic_digit(rest);
        size_t mark = copied_mark(rest);
        if (mark > 0) {
            i += mark - 1;
            continue;
        }
        if (digit >= 0) {
            c = (char)('0' + digit);
            i++;
        } else if (c != '\0' && strchr(dropped, c)) {
            continue;
        } else if (c >= 'a' && c <= 'z') {
            c = (char)(c - 'a' + 'A');
        }
        if ((unsigned char)c >= 0x80 || size + 1 >= room)
            return false;
        ret_text[size++] = c;
    }
    ret_text[size] = '\0';
    return true;
}

static bool is_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t run_of(const char *text, bool (*is)(char c))
{
    size_t length = 0;
    while (is(text[length]))
        length++;
    return length;
}

static bool is_letter_or_digit(char c)
{
    return is_letter(c) || is_digit(c);
}

bool identity_normalise(enum identity_type type, struct str typed, char ret_number[IDENTITY_SIZE])
{
    const struct identity_rule *rule = &RULES[type];
    if (!squeeze(typed, " .", IDENTITY_SIZE, ret_number))
        return false;
    if (rule->digits_max == 0) {
        size_t length = run_of(ret_number, is_letter_or_digit);
        return ret_number[length] == '\0' && length >= rule->letters_min && length <= rule->letters_max;
    }
    size_t letters = run_of(ret_number, is_letter);
    size_t digits = run_of(ret_number + letters, is_digit);
    return ret_number[letters + digits] == '\0' && letters >= rule->letters_min && letters <= rule->letters_max && digits >= rule->digits_min &&
           digits <= rule->digits_max;
}

bool phone_normalise(struct str typed, char ret_phone[PHONE_SIZE])
{
    char squeezed[24];
    if (!squeeze(typed, " .-()/", sizeof(squeezed), squeezed))
        return false;
    const char *digits = squeezed;
    bool international = true;
    if (digits[0] == '+')
        digits += 1;
    else if (digits[0] == '0' && digits[1] == '0')
        digits += 2;
    else
        international = strncmp(digits, "212", 3) == 0 && strlen(digits) > 10;
    if (international) {
        if (strncmp(digits, "212", 3) != 0)
            return false;
        digits += 3;
    }
    if (digits[0] == '0') /* the trunk prefix, also in "+212 (0)6…" */
        digits++;
    if (run_of(digits, is_digit) != 9 || digits[9] != '\0' || digits[0] < '5' || digits[0] > '8')
        return false;
    memcpy(ret_phone, "+212", 5);
    memcpy(ret_phone + 4, digits, 10);
    return true;
}

bool ice_normalise(struct str typed, char ret_ice[ICE_SIZE])
{
    return squeeze(typed, " ", ICE_SIZE, ret_ice) && run_of(ret_ice, is_digit) == ICE_SIZE - 1;
}

bool ice_check(const char ice[ICE_SIZE])
{
    unsigned remainder = 0;
    for (int i = 0; i < ICE_SIZE - 1; i++)
        remainder = (remainder * 10 + (unsigned)(ice[i] - '0')) % 97;
    return remainder == 0 && strspn(ice, "0") < ICE_SIZE - 1; /* zeros alone are what is typed where there is none */
}

/* Letters and combining marks by block (Unicode 15); digits, punctuation and symbols inside the blocks are left out. */
static const struct str_range LETTERS[] = {
    {'A', 'Z', "Latin"},
    {'a', 'z', "Latin"},
    {0x00c0, 0x00d6, "Latin with accents: É, Ç"},
    {0x00d8, 0x00f6, "… without the multiplication sign"},
    {0x00f8, 0x024f, "… without the division sign; Latin Extended-A and -B"},
    {0x0300, 0x036f, "combining accents of decomposed text"},
    {0x0610, 0x061a, "Arabic marks"},
    {0x0620, 0x065f, "Arabic letters, tatweel, harakat"},
    {0x066e, 0x06d3, "Arabic letters of the Maghreb and beyond, superscript alef"},
    {0x06d5, 0x06dc, "Arabic letters and marks"},
    {0x06fa, 0x06ff, "Arabic letters"},
    {0x0750, 0x077f, "Arabic Supplement"},
    {0x08a0, 0x08ff, "Arabic Extended-A"},
    {0x1e00, 0x1eff, "Latin transliteration: ḥ, ṭ"},
    {0x2d30, 0x2d67, "Tifinagh"},
    {0x2d6f, 0x2d6f, "Tifinagh labialisation"},
    {0xfb50, 0xfdc7, "Arabic presentation forms, as old keyboards give them"},
    {0xfe70, 0xfefc, "Arabic presentation forms"},
};

bool name_is_plain(struct str name)
{
    const struct str whole = name;
    bool any = false;
    while (name.size > 0) {
        uint32_t point = str_utf8_point(&name); /* the wire has checked that it is UTF-8 */
        if (STR_IS_WITHIN(LETTERS, point))
            any = true;
        else if (point != ' ' && point != '\'' && point != '-' && point != '.' && point != 0x2019 && point != 0x00a0)
            return false;
    }
    return any && !str_is_blank(whole);
}
