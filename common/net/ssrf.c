#include "net/ssrf.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

enum { URL_SIZE_MAX = 2048, HOST_SIZE_MAX = 253, REFUSED = -1 };

struct range {
    uint8_t prefix[16];
    unsigned bits;
    bool is_loopback; /* the one-machine profile may connect there */
    int embeds_at;    /* the IPv4 address that lies at this byte of the IPv6 address decides; REFUSED: nothing there is global */
    const char *why;  /* the name in IANA's special-purpose registry */
};

/* https://www.iana.org/assignments/iana-ipv4-special-registry: what is not globally reachable, and multicast. */
static const struct range ipv4_ranges[] = {
    {{0}, 8, false, REFUSED, "\"This network\" (RFC 791)"},
    {{10}, 8, false, REFUSED, "Private-Use (RFC 1918)"},
    {{100, 64}, 10, false, REFUSED, "Shared Address Space (RFC 6598)"},
    {{127}, 8, true, REFUSED, "Loopback (RFC 1122)"},
    {{169, 254}, 16, false, REFUSED, "Link Local (RFC 3927)"},
    {{172, 16}, 12, false, REFUSED, "Private-Use (RFC 1918)"},
    {{192, 0, 0}, 24, false, REFUSED, "IETF Protocol Assignments (RFC 6890)"},
    {{192, 0, 2}, 24, false, REFUSED, "Documentation, TEST-NET-1 (RFC 5737)"},
    {{192, 88, 99}, 24, false, REFUSED, "Deprecated 6to4 Relay Anycast (RFC 7526)"},
    {{192, 168}, 16, false, REFUSED, "Private-Use (RFC 1918)"},
    {{198, 18}, 15, false, REFUSED, "Benchmarking (RFC 2544)"},
    {{198, 51, 100}, 24, false, REFUSED, "Documentation, TEST-NET-2 (RFC 5737)"},
    {{203, 0, 113}, 24, false, REFUSED, "Documentation, TEST-NET-3 (RFC 5737)"},
    {{224}, 4, false, REFUSED, "Multicast (RFC 5771)"},
    {{240}, 4, false, REFUSED, "Reserved, and Limited Broadcast (RFC 1112, RFC 8190)"},
};

/* https://www.iana.org/assignments/iana-ipv6-special-registry: the first row that fits decides; what is left must be Global Unicast, 2000::/3. */
static const struct range ipv6_ranges[] = {
    {{[15] = 1}, 128, true, REFUSED, "Loopback Address (RFC 4291)"},
    {{0}, 128, false, REFUSED, "Unspecified Address (RFC 4291)"},
    {{[10] = 0xff, 0xff}, 96, false, 12, "IPv4-mapped Address (RFC 4291)"},
    {{0}, 96, false, REFUSED, "IPv4-compatible Address, deprecated (RFC 4291)"},
    {{0, 0x64, 0xff, 0x9b}, 96, false, 12, "IPv4-IPv6 Translation, NAT64 (RFC 6052)"},
    {{0, 0x64, 0xff, 0x9b, 0, 1}, 48, false, REFUSED, "IPv4-IPv6 Translation, local use (RFC 8215)"},
    {{0x20, 0x01, 0x0d, 0xb8}, 32, false, REFUSED, "Documentation (RFC 3849)"},
    {{0x20, 0x01}, 23, false, REFUSED, "IETF Protocol Assignments: Teredo, Benchmarking, ORCHID … (RFC 2928)"},
    {{0x20, 0x02}, 16, false, 2, "6to4 (RFC 3056)"},
    {{0x3f, 0xff}, 20, false, REFUSED, "Documentation (RFC 9637)"},
    {{0xfc}, 7, false, REFUSED, "Unique-Local (RFC 4193)"},
    {{0xfe, 0x80}, 10, false, REFUSED, "Link-Local Unicast (RFC 4291)"},
    {{0xfe, 0xc0}, 10, false, REFUSED, "Site-Local, deprecated (RFC 3879)"},
    {{0xff}, 8, false, REFUSED, "Multicast (RFC 4291)"},
};

static bool within(const uint8_t *address, const struct range *range)
{
    unsigned whole = range->bits / 8, rest = range->bits % 8;
    uint8_t mask = (uint8_t)(0xff00u >> rest);
    return memcmp(address, range->prefix, whole) == 0 && (rest == 0 || (address[whole] & mask) == range->prefix[whole]);
}

/* NULL: allowed. */
static const char *ipv4_refusal(const uint8_t address[4], bool allow_local)
{
    for (size_t i = 0; i < sizeof(ipv4_ranges) / sizeof(ipv4_ranges[0]); i++)
        if (within(address, &ipv4_ranges[i]))
            return allow_local && ipv4_ranges[i].is_loopback ? NULL : ipv4_ranges[i].why;
    return NULL;
}

static const char *ipv6_refusal(const uint8_t address[16], bool allow_local)
{
    for (size_t i = 0; i < sizeof(ipv6_ranges) / sizeof(ipv6_ranges[0]); i++) {
        const struct range *range = &ipv6_ranges[i];
        if (!within(address, range))
            continue;
        if (range->embeds_at != REFUSED)
            return ipv4_refusal(address + range->embeds_at, false);
        return allow_local && range->is_loopback ? NULL : range->why;
    }
    return (address[0] & 0xe0) == 0x20 ? NULL : "not Global Unicast (RFC 4291)";
}

static const char *refusal(const struct sockaddr *address, bool allow_local)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in ipv4;
        memcpy(&ipv4, address, sizeof(ipv4));
        uint8_t bytes[4];
        memcpy(bytes, &ipv4.sin_addr, sizeof(bytes));
        return ipv4_refusal(bytes, allow_local);
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 ipv6;
        memcpy(&ipv6, address, sizeof(ipv6));
        return ipv6_refusal(ipv6.sin6_addr.s6_addr, allow_local);
    }
    return "neither IPv4 nor IPv6";
}

bool ssrf_address_allowed(const struct sockaddr *address, bool allow_local)
{
    return refusal(address, allow_local) == NULL;
}

static bool is_host_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

static bool is_url_byte(char c)
{
    return c > ' ' && c < 0x7f && !strchr("\\\"<>^`{|}#", c);
}

static const char *port_refusal(struct str port)
{
    int64_t number;
    if (port.size > 5 || !str_parse_int64(port, &number) || number < 1 || number > 65535)
        return "the port must be 1 to 65535";
    return NULL;
}

static const char UNREADABLE[] = "the host is not readable";

static const char *name_refusal(struct str host, bool allow_local)
{
    for (size_t i = 0; i < host.size; i++)
        if (!is_host_byte(host.at[i]))
            return UNREADABLE;
    struct str name = host.at[host.size - 1] == '.' ? (struct str){host.at, host.size - 1} : host;
    struct str last = name.size > 10 ? (struct str){name.at + name.size - 10, 10} : (struct str){0};
    bool is_loopback = str_equal_nocase(name, STR("localhost")) || str_equal_nocase(last, STR(".localhost"));
    return is_loopback && !allow_local ? "Loopback (RFC 6761)" : NULL;
}

/* A host that is an address in its usual form is judged at once; any other form, and every name, is judged when it is connected to. */
static const char *host_refusal(struct str host, bool allow_local)
{
    char text[HOST_SIZE_MAX + 1] = {0};
    uint8_t bytes[16];
    if (str_empty(host) || host.size > HOST_SIZE_MAX)
        return "the URL needs a host";
    memcpy(text, host.at, host.size);
    if (host.at[0] != '[')
        return inet_pton(AF_INET, text, bytes) == 1 ? ipv4_refusal(bytes, allow_local) : name_refusal(host, allow_local);
    if (host.at[host.size - 1] != ']')
        return UNREADABLE;
    text[host.size - 1] = 0;
    return inet_pton(AF_INET6, text + 1, bytes) == 1 ? ipv6_refusal(bytes, allow_local) : UNREADABLE;
}

static const char *bytes_refusal(struct str url)
{
    if (url.size > URL_SIZE_MAX)
        return "the URL is longer than 2048 bytes";
    if (url.size && memchr(url.at, '#', url.size))
        return "a webhook's URL has no fragment";
    for (size_t i = 0; i < url.size; i++)
        if (!is_url_byte(url.at[i]))
            return "the URL has a character that must be percent-encoded";
    return NULL;
}

/* host, or host:port; the colons of an IPv6 address are within its brackets. */
static const char *authority_refusal(struct str authority, bool allow_local)
{
    if (authority.size && memchr(authority.at, '@', authority.size))
        return "the URL must not carry a user name";
    const char *end = authority.at + authority.size, *bracket = authority.size ? memchr(authority.at, ']', authority.size) : NULL;
    const char *from = bracket ? bracket : authority.at, *colon = authority.size ? memchr(from, ':', (size_t)(end - from)) : NULL;
    const char *why = colon ? port_refusal((struct str){colon + 1, (size_t)(end - colon) - 1}) : NULL;
    return why ? why : host_refusal((struct str){authority.at, colon ? (size_t)(colon - authority.at) : authority.size}, allow_local);
}

static const char *url_refusal(struct str url, bool allow_local)
{
    const char *why = bytes_refusal(url);
    if (why)
        return why;
    struct str scheme = str_starts(url, STR("https://")) ? STR("https://") : STR("http://");
    if (!str_starts(url, scheme) || (scheme.size == 7 && !allow_local))
        return allow_local ? "the URL must begin with https:// or http://" : "the URL must begin with https://";
    struct str authority = {url.at + scheme.size, url.size - scheme.size};
    for (size_t i = 0; i < authority.size; i++)
        if (authority.at[i] == '/' || authority.at[i] == '?')
            authority.size = i;
    return authority_refusal(authority, allow_local);
}

bool ssrf_url_allowed(struct str url, bool allow_local, const char **ret_why)
{
    const char *why = url_refusal(url, allow_local);
    if (why)
        *ret_why = why;
    return why == NULL;
}
