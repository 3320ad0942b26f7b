#include "http/trace.h"

#define PARENT_SIZE 55

static bool is_lower_hex(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!((text.at[i] >= '0' && text.at[i] <= '9') || (text.at[i] >= 'a' && text.at[i] <= 'f')))
            return false;
    return true;
}

static bool is_zero(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.at[i] != '0')
            return false;
    return true;
}

bool trace_take(struct str value, struct http_trace *ret_trace)
{
    if (value.size < PARENT_SIZE || value.at[2] != '-' || value.at[35] != '-' || value.at[52] != '-')
        return false;
    struct str version = {value.at, 2}, trace = {value.at + 3, 32}, parent = {value.at + 36, 16}, flags = {value.at + 53, 2};
    bool is_first = str_equal(version, STR("00"));
    if (!is_lower_hex(version) || !is_lower_hex(trace) || !is_lower_hex(parent) || !is_lower_hex(flags) || is_zero(trace) || is_zero(parent))
        return false;
    if (str_equal(version, STR("ff")) || (is_first && value.size != PARENT_SIZE) || (value.size > PARENT_SIZE && value.at[PARENT_SIZE] != '-'))
        return false;
    memcpy(ret_trace->parent, value.at, PARENT_SIZE);
    ret_trace->parent[0] = ret_trace->parent[1] = '0';
    ret_trace->parent[PARENT_SIZE] = 0;
    return true;
}

static char *add_hex(char *at, const uint8_t *bytes, size_t count)
{
    static const char DIGITS[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        *at++ = DIGITS[bytes[i] >> 4];
        *at++ = DIGITS[bytes[i] & 15];
    }
    *at++ = '-';
    return at;
}

void trace_make(const uint8_t entropy[24], struct http_trace *ret_trace)
{
    char *at = ret_trace->parent;
    *at++ = '0';
    *at++ = '0';
    *at++ = '-';
    at = add_hex(at, entropy, 16);
    at = add_hex(at, entropy + 16, 8);
    memcpy(at, "01", 3);
}
