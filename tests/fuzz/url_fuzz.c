/* The address that a partner gives for its webhooks: what we let pass, libcurl must understand as we did. */
#include <arpa/inet.h>
#include <curl/curl.h>

#include "fuzz.h"
#include "net/ssrf.h"

static struct str part_of(CURLU *url, CURLUPart part, struct arena *arena)
{
    char *text = NULL;
    if (curl_url_get(url, part, &text, 0) != CURLUE_OK)
        return (struct str){0};
    struct str copy = str_copy(arena, str_from(text));
    curl_free(text);
    return copy;
}

/* 0x7f.1 and the like are 127.0.0.1 to libcurl; such a host is judged again when it is connected to. */
static bool is_address(struct str host)
{
    for (size_t i = 0; i < host.size; i++)
        if ((host.at[i] < '0' || host.at[i] > '9') && host.at[i] != '.')
            return false;
    return host.size > 0;
}

/* libcurl writes an IPv6 address in its shortest form. */
static bool is_same_address(struct str rest, struct str host, struct arena *arena)
{
    uint8_t ours[16], theirs[16];
    const char *end = rest.size > 0 && rest.at[0] == '[' ? memchr(rest.at, ']', rest.size) : NULL;
    if (!end || host.size < 2)
        return false;
    const char *read = str_copy(arena, (struct str){rest.at + 1, (size_t)(end - rest.at) - 1}).at;
    const char *taken = str_copy(arena, (struct str){host.at + 1, host.size - 2}).at;
    return inet_pton(AF_INET6, read, ours) == 1 && inet_pton(AF_INET6, taken, theirs) == 1 && memcmp(ours, theirs, sizeof(ours)) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = fuzz_arena();
    struct str text = fuzz_text(bytes, size);
    const char *why = NULL;
    bool allowed = ssrf_url_allowed(text, false, &why);
    HOLD(allowed == (why == NULL), "a refusal has its reason");
    if (!allowed)
        return 0;
    CURLU *url = curl_url();
    HOLD(url && curl_url_set(url, CURLUPART_URL, str_copy(arena, text).at, 0) == CURLUE_OK, "libcurl takes it");
    struct str host = part_of(url, CURLUPART_HOST, arena), rest = {text.at + 8, text.size - 8};
    HOLD(str_equal(part_of(url, CURLUPART_SCHEME, arena), STR("https")), "by https");
    HOLD(!part_of(url, CURLUPART_USER, arena).at && !part_of(url, CURLUPART_FRAGMENT, arena).at, "without a user or a fragment");
    HOLD(is_address(host) || is_same_address(rest, host, arena) ||
             (rest.size >= host.size && str_equal_nocase((struct str){rest.at, host.size}, host)),
         "to the host that we read");
    curl_url_cleanup(url);
    return 0;
}
