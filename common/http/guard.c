#include "http/guard.h"

#include <stdbool.h>

#define HEADERS_MAX 64

/* RFC 9110 §5.6.2 */
static bool is_token_byte(unsigned char byte)
{
    if ((byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z'))
        return true;
    return byte != 0 && strchr("!#$%&'*+-.^_`|~", byte) != NULL;
}

static bool is_token(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!is_token_byte((unsigned char)text.at[i]))
            return false;
    return text.size > 0;
}

static bool is_hex(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

static size_t count_of(const struct guard_request *request, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < request->header_count; i++)
        if (str_equal_nocase(request->headers[i].name, str_from(name)))
            count++;
    return count;
}

static bool version_is_other(const struct guard_request *request)
{
    return !str_equal(request->version, STR("HTTP/1.1")) && !str_equal(request->version, STR("HTTP/1.0"));
}

static bool method_is_no_token(const struct guard_request *request)
{
    return !is_token(request->method);
}

static bool target_is_not_a_path(const struct guard_request *request)
{
    return !str_starts(request->target, STR("/"));
}

/* Only what RFC 3986 lets stand unencoded somewhere, and never a backslash or a fragment. */
static bool target_has_bad_bytes(const struct guard_request *request)
{
    for (size_t i = 0; i < request->target.size; i++) {
        unsigned char byte = (unsigned char)request->target.at[i];
        if (byte <= 0x20 || byte >= 0x7f || byte == '#' || byte == '\\')
            return true;
    }
    return false;
}

static bool target_is_badly_encoded(const struct guard_request *request)
{
    struct str target = request->target;
    for (size_t i = 0; i < target.size; i++) {
        if (target.at[i] != '%')
            continue;
        if (i + 2 >= target.size || !is_hex(target.at[i + 1]) || !is_hex(target.at[i + 2]))
            return true;
        if (target.at[i + 1] == '0' && target.at[i + 2] == '0')
            return true;
        i += 2;
    }
    return false;
}

static bool headers_are_too_many(const struct guard_request *request)
{
    return request->header_count > HEADERS_MAX;
}

static bool name_is_no_token(const struct guard_request *request)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (!is_token(request->headers[i].name))
            return true;
    return false;
}

/* RFC 9110 §5.5: a field value has no control byte but the tab. */
static bool value_has_control_bytes(const struct guard_request *request)
{
    for (size_t i = 0; i < request->header_count; i++) {
        struct str value = request->headers[i].value;
        for (size_t k = 0; k < value.size; k++) {
            unsigned char byte = (unsigned char)value.at[k];
            if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
                return true;
        }
    }
    return false;
}

static bool length_is_in_doubt(const struct guard_request *request)
{
    return count_of(request, "Transfer-Encoding") > 0 && count_of(request, "Content-Length") > 0;
}

static bool length_is_not_said(const struct guard_request *request)
{
    return count_of(request, "Transfer-Encoding") > 0;
}

static bool length_is_doubled(const struct guard_request *request)
{
    return count_of(request, "Content-Length") > 1;
}

static bool length_is_no_number(const struct guard_request *request)
{
    for (size_t i = 0; i < request->header_count; i++) {
        struct str value = request->headers[i].value;
        if (!str_equal_nocase(request->headers[i].name, STR("Content-Length")))
            continue;
        for (size_t k = 0; k < value.size; k++)
            if (value.at[k] < '0' || value.at[k] > '9')
                return true;
        if (value.size == 0 || value.size > 18)
            return true;
    }
    return false;
}

static bool host_is_missing_or_doubled(const struct guard_request *request)
{
    size_t hosts = count_of(request, "Host");
    return hosts > 1 || (hosts == 0 && str_equal(request->version, STR("HTTP/1.1")));
}

static bool host_is_malformed(const struct guard_request *request)
{
    for (size_t i = 0; i < request->header_count; i++) {
        struct str value = request->headers[i].value;
        if (!str_equal_nocase(request->headers[i].name, STR("Host")))
            continue;
        for (size_t k = 0; k < value.size; k++) {
            unsigned char byte = (unsigned char)value.at[k];
            if (byte <= 0x20 || byte >= 0x7f || strchr("/?#@\\,<>\"{}|^`", byte))
                return true;
        }
    }
    return false;
}

static bool expectation_is_unknown(const struct guard_request *request)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (str_equal_nocase(request->headers[i].name, STR("Expect")) && !str_equal_nocase(request->headers[i].value, STR("100-continue")))
            return true;
    return false;
}

static bool single_is_doubled(const struct guard_request *request)
{
    static const char *const SINGLE[] = {"Authorization", "Content-Type", "Content-Encoding", "Idempotency-Key", "Expect", "traceparent"};
    for (size_t i = 0; i < sizeof(SINGLE) / sizeof(SINGLE[0]); i++)
        if (count_of(request, SINGLE[i]) > 1)
            return true;
    return false;
}

static const struct check {
    bool (*broken)(const struct guard_request *request);
    enum err err;
    const char *why;
} CHECKS[] = {
    {version_is_other, ERR_BAD_REQUEST, "only HTTP/1.1 and HTTP/1.0 are spoken here"},
    {method_is_no_token, ERR_BAD_REQUEST, "the method is not a token"},
    {target_is_not_a_path, ERR_BAD_REQUEST, "the request target must be a path that starts with a slash"},
    {target_has_bad_bytes, ERR_BAD_REQUEST, "the request target has bytes that must be percent-encoded"},
    {target_is_badly_encoded, ERR_BAD_REQUEST, "the request target has a bad percent-encoding"},
    {headers_are_too_many, ERR_BAD_REQUEST, "more than 64 header fields"},
    {name_is_no_token, ERR_BAD_REQUEST, "a header field name is not a token"},
    {value_has_control_bytes, ERR_BAD_REQUEST, "a header field value has a control byte"},
    {length_is_in_doubt, ERR_BAD_REQUEST, "Transfer-Encoding beside Content-Length"},
    {length_is_not_said, ERR_LENGTH, "bodies are taken by Content-Length only, without Transfer-Encoding"},
    {length_is_doubled, ERR_BAD_REQUEST, "more than one Content-Length"},
    {length_is_no_number, ERR_BAD_REQUEST, "Content-Length is not a number"},
    {host_is_missing_or_doubled, ERR_BAD_REQUEST, "exactly one Host is needed"},
    {host_is_malformed, ERR_BAD_REQUEST, "Host is not a host and port"},
    {single_is_doubled, ERR_BAD_REQUEST, "a header field that may come once came twice"},
    {expectation_is_unknown, ERR_EXPECTATION, "only 100-continue can be expected"},
};

enum err guard_check(const struct guard_request *request, const char **ret_why)
{
    for (size_t i = 0; i < sizeof(CHECKS) / sizeof(CHECKS[0]); i++) {
        if (!CHECKS[i].broken(request))
            continue;
        *ret_why = CHECKS[i].why;
        return CHECKS[i].err;
    }
    return ERR_OK;
}
