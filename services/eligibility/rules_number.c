/* Text ↔ number, the other half of rules_text.h. strtod and the formats follow the C locale: no program of the project sets another. */
#include "rules_text.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits_size(struct str text, size_t from)
{
    size_t at = from;
    while (at < text.size && is_digit(text.at[at]))
        at++;
    return at - from;
}

size_t text_decimal_size(struct str text)
{
    size_t at = digits_size(text, 0), digits = at;
    if (at < text.size && text.at[at] == '.') {
        size_t decimals = digits_size(text, at + 1);
        digits += decimals;
        if (digits == 0)
            return 0;
        at += 1 + decimals;
    }
    if (digits == 0)
        return 0;
    if (at < text.size && (text.at[at] == 'e' || text.at[at] == 'E')) {
        size_t from = at + 1;
        if (from < text.size && (text.at[from] == '+' || text.at[from] == '-'))
            from++;
        size_t exponent = digits_size(text, from);
        if (exponent > 0)
            at = from + exponent;
    }
    return at;
}

double text_decimal(struct arena *arena, struct str literal)
{
    /* Up to 15 digits are exact in a double, and so is one division by a power of ten up to 22: correctly rounded (Clinger). */
    static const double tens[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    uint64_t digits = 0;
    size_t decimals = 0, at = 0;
    bool point = false;
    for (; at < literal.size && at < 15; at++) {
        char c = literal.at[at];
        if (c == '.') {
            point = true;
        } else if (is_digit(c)) {
            digits = digits * 10 + (uint64_t)(c - '0');
            decimals += point;
        } else {
            break;
        }
    }
    if (at == literal.size)
        return (double)digits / tens[decimals];
    struct str copy = str_copy(arena, literal);
    return copy.at ? strtod(copy.at, NULL) : (double)NAN;
}

/* White space and line terminators of ECMA-262 (§12.2, §12.3): the bytes of one at the beginning; 0: none. */
static size_t space_size(struct str text)
{
    static const char *const wide[] = {
        "\xC2\xA0", "\xE1\x9A\x80", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80", "\xEF\xBB\xBF",
    };
    if (text.size == 0)
        return 0;
    if (text.at[0] == ' ' || (text.at[0] >= '\t' && text.at[0] <= '\r'))
        return 1;
    for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
        if (str_starts(text, str_from(wide[i])))
            return strlen(wide[i]);
    /* U+2000 … U+200A */
    if (text.size >= 3 && memcmp(text.at, "\xE2\x80", 2) == 0 && (unsigned char)text.at[2] >= 0x80 && (unsigned char)text.at[2] <= 0x8A)
        return 3;
    return 0;
}

static struct str trim_start(struct str text)
{
    for (size_t size = 0; (size = space_size(text)) > 0;)
        text = (struct str){text.at + size, text.size - size};
    return text;
}

static bool all_spaces(struct str text)
{
    return trim_start(text).size == 0;
}

static double radix_number(struct str digits, unsigned bits_a_digit)
{
    double number = 0;
    size_t at = 0;
    for (; at < digits.size; at++) {
        char c = digits.at[at];
        char folded = (char)(c | 0x20);
        unsigned digit = is_digit(c) ? (unsigned)(c - '0') : folded >= 'a' && folded <= 'f' ? (unsigned)(folded - 'a') + 10 : 99;
        if (digit >= 1u << bits_a_digit)
            break;
        number = number * (1u << bits_a_digit) + digit;
    }
    struct str rest = {digits.at + at, digits.size - at};
    return at > 0 && all_spaces(rest) ? number : (double)NAN;
}

static double signed_number(struct arena *arena, struct str text, size_t *ret_size)
{
    double sign = 1;
    struct str rest = text;
    if (rest.size > 0 && (rest.at[0] == '+' || rest.at[0] == '-')) {
        sign = rest.at[0] == '-' ? -1 : 1;
        rest = (struct str){rest.at + 1, rest.size - 1};
    }
    *ret_size = 0;
    size_t sign_size = text.size - rest.size;
    if (str_starts(rest, STR("Infinity"))) {
        *ret_size = sign_size + sizeof("Infinity") - 1;
        return sign * (double)INFINITY;
    }
    size_t size = text_decimal_size(rest);
    if (size == 0)
        return (double)NAN;
    *ret_size = sign_size + size;
    return sign * text_decimal(arena, (struct str){rest.at, size});
}

/* "0x", "0o" or "0b" and something after it: so many bits a digit. 0: no such prefix. */
static unsigned radix_bits(struct str text)
{
    if (text.size <= 2 || text.at[0] != '0')
        return 0;
    char prefix = (char)(text.at[1] | 0x20);
    return prefix == 'x' ? 4 : prefix == 'o' ? 3 : prefix == 'b' ? 1 : 0;
}

double text_to_number(struct arena *arena, struct str text)
{
    text = trim_start(text);
    if (text.size == 0)
        return 0;
    unsigned bits_a_digit = radix_bits(text);
    if (bits_a_digit > 0)
        return radix_number((struct str){text.at + 2, text.size - 2}, bits_a_digit);
    size_t size = 0;
    double number = signed_number(arena, text, &size);
    return size > 0 && all_spaces((struct str){text.at + size, text.size - size}) ? number : (double)NAN;
}

double text_parse_float(struct arena *arena, struct str text)
{
    size_t size = 0;
    return signed_number(arena, trim_start(text), &size);
}

/* `count` digits and a decimal exponent: 0.d1d2d3… × 10^exponent. */
struct digits {
    char at[24];
    int count, exponent;
};

static bool digits_read_back(struct arena *arena, const struct digits *digits, double number)
{
    struct str text = str_format(arena, "0.%.*se%d", digits->count, digits->at, digits->exponent);
    return text.at && strtod(text.at, NULL) == number;
}

/* `number` > 0 rounded to `count` digits. False without memory. */
static bool digits_round(struct arena *arena, double number, int count, struct digits *ret_digits)
{
    struct str text = str_format(arena, "%.*e", count - 1, number); /* d.ddde±xx */
    if (!text.at)
        return false;
    const char *exponent = memchr(text.at, 'e', text.size);
    if (!exponent)
        return false;
    ret_digits->count = 0;
    for (const char *at = text.at; at < exponent && ret_digits->count < 20; at++)
        if (is_digit(*at))
            ret_digits->at[ret_digits->count++] = *at;
    ret_digits->exponent = (int)strtol(exponent + 1, NULL, 10) + 1;
    return true;
}

/* The next number of as many digits. Never carries out of the first digit: all nines would have rounded to fewer digits before. */
static void digits_increment(struct digits *digits)
{
    int at = digits->count - 1;
    while (at > 0 && digits->at[at] == '9')
        digits->at[at--] = '0';
    if (digits->at[at] < '9')
        digits->at[at]++;
}

/* The shortest that reads back the same, and of those the nearest. Just above a power of two the nearest of so many digits may not
 * read back while the next one does. */
static bool digits_shortest(struct arena *arena, double number, struct digits *ret_digits)
{
    for (int count = number < 1e-300 ? 1 : 15; count <= 17; count++) {
        if (!digits_round(arena, number, count, ret_digits))
            return false;
        if (digits_read_back(arena, ret_digits, number))
            break;
        struct digits next = *ret_digits;
        digits_increment(&next);
        if (count < 17 && digits_read_back(arena, &next, number)) {
            *ret_digits = next;
            break;
        }
    }
    while (ret_digits->count > 1 && ret_digits->at[ret_digits->count - 1] == '0')
        ret_digits->count--;
    return true;
}

static struct str digits_text(struct arena *arena, const struct digits *digits, bool negative)
{
    const char *sign = negative ? "-" : "", *d = digits->at;
    int k = digits->count, n = digits->exponent;
    if (k <= n && n <= 21)
        return str_format(arena, "%s%.*s%.*s", sign, k, d, n - k, "000000000000000000000");
    if (0 < n && n <= 21)
        return str_format(arena, "%s%.*s.%.*s", sign, n, d, k - n, d + n);
    if (-6 < n && n <= 0)
        return str_format(arena, "%s0.%.*s%.*s", sign, -n, "000000", k, d);
    if (k == 1)
        return str_format(arena, "%s%ce%+d", sign, d[0], n - 1);
    return str_format(arena, "%s%c.%.*se%+d", sign, d[0], k - 1, d + 1, n - 1);
}

struct str text_from_number(struct arena *arena, double number)
{
    if (isnan(number))
        return STR("NaN");
    if (isinf(number))
        return number > 0 ? STR("Infinity") : STR("-Infinity");
    if (number == 0)
        return STR("0");
    if (fabs(number) < 1e15 && (double)(int64_t)number == number)
        return str_format(arena, "%lld", (long long)number);
    struct digits digits = {0};
    if (!digits_shortest(arena, fabs(number), &digits))
        return (struct str){0};
    return digits_text(arena, &digits, number < 0);
}
