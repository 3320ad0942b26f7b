#include "base/str.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool str_equal_nocase(struct str a, struct str b)
{
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++)
        if (lower(a.at[i]) != lower(b.at[i]))
            return false;
    return true;
}

bool str_is_one_of(struct str s, const char *const *choices)
{
    for (; choices && *choices; choices++)
        if (str_equal(s, str_from(*choices)))
            return true;
    return false;
}

int str_compare(struct str a, struct str b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common ? memcmp(a.at, b.at, common) : 0;
    if (order != 0)
        return order;
    return (a.size > b.size) - (a.size < b.size);
}

bool str_starts(struct str s, struct str prefix)
{
    return s.size >= prefix.size && str_equal((struct str){s.at, prefix.size}, prefix);
}

bool str_ends(struct str s, struct str suffix)
{
    return suffix.size == 0 || (s.size >= suffix.size && memcmp(s.at + (s.size - suffix.size), suffix.at, suffix.size) == 0);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
    while (s.size && is_space(s.at[0])) {
        s.at++;
        s.size--;
    }
    while (s.size && is_space(s.at[s.size - 1]))
        s.size--;
    return s;
}

struct str str_cut(struct str *rest, char separator)
{
    struct str whole = *rest;
    const char *found = whole.size ? memchr(whole.at, separator, whole.size) : NULL;
    if (!found) {
        *rest = (struct str){0};
        return whole;
    }
    size_t before = (size_t)(found - whole.at);
    *rest = (struct str){found + 1, whole.size - before - 1};
    return (struct str){whole.at, before};
}

bool str_parse_int64(struct str s, int64_t *ret_value)
{
    bool negative = s.size && s.at[0] == '-';
    size_t i = negative ? 1 : 0;
    if (i == s.size)
        return false;
    int64_t value = 0; /* built up below zero, where there is room for INT64_MIN */
    for (; i < s.size; i++) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return false;
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, s.at[i] - '0', &value))
            return false;
    }
    if (!negative && value == INT64_MIN)
        return false;
    *ret_value = negative ? value : -value;
    return true;
}

struct str str_copy(struct arena *arena, struct str s)
{
    char *at = s.size == SIZE_MAX ? NULL : arena_take(arena, s.size + 1);
    if (!at)
        return (struct str){0};
    if (s.size)
        memcpy(at, s.at, s.size);
    return (struct str){at, s.size};
}
