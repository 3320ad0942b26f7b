#include "json/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

size_t number_format_int(int64_t number, char ret_text[NUMBER_TEXT_SIZE])
{
    char reversed[NUMBER_TEXT_SIZE];
    size_t count = 0, size = 0;
    uint64_t left = number < 0 ? -(uint64_t)number : (uint64_t)number;
    do {
        reversed[count++] = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (number < 0)
        ret_text[size++] = '-';
    while (count)
        ret_text[size++] = reversed[--count];
    ret_text[size] = '\0';
    return size;
}

struct decimal {
    char digits[24]; /* 17 at most */
    int count;
    int point; /* value = 0.digits × 10^point */
};

/* The next larger decimal of as many digits, in the text of "%.*e". A run of nines is left alone: it ends in zeros and was found with fewer digits.
 */
static void round_up(char *text)
{
    char *last = strchr(text, 'e');
    if (last && last > text && last[-1] >= '0' && last[-1] < '9')
        last[-1]++;
}

/* Whether `digits` digits are enough; the text is then the nearest decimal that reads back as `number`. Below a power of two doubles lie closer
 * together than above it, so there the nearest decimal may be another number's while the next one up is this one's. */
static bool fits(double number, int digits, char text[40])
{
    int exponent;
    (void)snprintf(text, 40, "%.*e", digits - 1, number);
    double back = strtod(text, NULL);
    if (back == number)
        return true;
    if (back > number || frexp(number, &exponent) > 0.5)
        return false;
    round_up(text);
    return strtod(text, NULL) == number;
}

/* The fewest digits that read back as `number` (> 0). Fifteen always suffice for a decimal that had no more;
 * below the normal numbers there are fewer significant digits than that, so the search begins at one. */
static struct decimal shortest(double number)
{
    char text[40];
    int digits = fpclassify(number) == FP_SUBNORMAL ? 1 : 15;
    while (digits < 17 && !fits(number, digits, text))
        digits++;
    if (digits == 17)
        (void)snprintf(text, sizeof(text), "%.16e", number);
    struct decimal decimal = {.point = 1};
    const char *at = text;
    for (; *at && *at != 'e'; at++)
        if (*at != '.')
            decimal.digits[decimal.count++] = *at;
    decimal.point += (int)strtol(at + 1, NULL, 10);
    while (decimal.count > 1 && decimal.digits[decimal.count - 1] == '0')
        decimal.count--;
    return decimal;
}

static size_t repeat(char *at, char c, int count)
{
    for (int i = 0; i < count; i++)
        at[i] = c;
    return count > 0 ? (size_t)count : 0;
}

static size_t copy(char *at, const char *digits, int count)
{
    memcpy(at, digits, (size_t)count);
    return (size_t)count;
}

/* Steps 6 to 10 of Number::toString; n is `point`, k is `count`. */
static size_t lay_out(const struct decimal *decimal, char *text)
{
    int k = decimal->count, n = decimal->point;
    size_t size = 0;
    if (k <= n && n <= 21) {
        size += copy(text, decimal->digits, k);
        size += repeat(text + size, '0', n - k);
    } else if (0 < n && n <= 21) {
        size += copy(text, decimal->digits, n);
        text[size++] = '.';
        size += copy(text + size, decimal->digits + n, k - n);
    } else if (-6 < n && n <= 0) {
        size += copy(text, "0.", 2);
        size += repeat(text + size, '0', -n);
        size += copy(text + size, decimal->digits, k);
    } else {
        text[size++] = decimal->digits[0];
        if (k > 1) {
            text[size++] = '.';
            size += copy(text + size, decimal->digits + 1, k - 1);
        }
        size += (size_t)snprintf(text + size, 8, "e%+d", n - 1);
    }
    text[size] = '\0';
    return size;
}

/* Amounts and scores have few decimals: when `number` is the nearest double to a count of ten-thousandths below 10^15, that decimal is the shortest.
 */
static bool as_ten_thousandths(double number, struct decimal *ret_decimal)
{
    double scaled = nearbyint(number * 10000);
    if (!(scaled < 1e15 && scaled >= 1) || scaled / 10000 != number)
        return false;
    char text[NUMBER_TEXT_SIZE];
    int count = (int)number_format_int((int64_t)scaled, text);
    ret_decimal->point = count - 4;
    while (count > 1 && text[count - 1] == '0')
        count--;
    ret_decimal->count = count;
    memcpy(ret_decimal->digits, text, (size_t)count);
    return true;
}

size_t number_format(double number, char ret_text[NUMBER_TEXT_SIZE])
{
    if (!isfinite(number))
        return copy(ret_text, "null", 5) - 1;
    if (fabs(number) < 1e15 && nearbyint(number) == number)
        return number_format_int((int64_t)number, ret_text);
    bool negative = number < 0;
    struct decimal decimal;
    if (!as_ten_thousandths(fabs(number), &decimal))
        decimal = shortest(fabs(number));
    if (negative)
        ret_text[0] = '-';
    return negative + lay_out(&decimal, ret_text + negative);
}
