/* One row for each range of IANA's special-purpose registries, with its last address and the first one past it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "net/ssrf.h"

static bool allowed(const char *text, bool allow_local)
{
    struct sockaddr_storage address = {0};
    struct sockaddr_in *ipv4 = (struct sockaddr_in *)&address;
    struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&address;
    if (inet_pton(AF_INET, text, &ipv4->sin_addr) == 1)
        address.ss_family = AF_INET;
    else if (inet_pton(AF_INET6, text, &ipv6->sin6_addr) == 1)
        address.ss_family = AF_INET6;
    else
        fail_msg("%s is no address", text);
    return ssrf_address_allowed((struct sockaddr *)&address, allow_local);
}

static void only_global_unicast_addresses_may_be_connected_to(void **state)
{
    static const struct {
        const char *address, *why;
        bool good;
    } rows[] = {
        {"8.8.8.8", "somebody's public address", true},
        {"2606:4700::1111", "somebody's public address", true},
        {"0.0.0.0", "this host on Linux", false},
        {"0.255.255.255", "this network, its end", false},
        {"1.0.0.0", "past this network", true},
        {"10.0.0.0", "private", false},
        {"10.255.255.255", "private, its end", false},
        {"11.0.0.0", "past it", true},
        {"100.63.255.255", "before CGNAT", true},
        {"100.64.0.0", "CGNAT", false},
        {"100.127.255.255", "CGNAT, its end", false},
        {"100.128.0.0", "past CGNAT", true},
        {"127.0.0.1", "loopback", false},
        {"127.255.255.255", "loopback, its end", false},
        {"169.254.169.254", "the cloud's metadata", false},
        {"169.255.0.0", "past link-local", true},
        {"172.15.255.255", "before private", true},
        {"172.16.0.0", "private", false},
        {"172.31.255.255", "private, its end", false},
        {"172.32.0.0", "past it", true},
        {"192.0.0.170", "NAT64 discovery", false},
        {"192.0.2.1", "documentation", false},
        {"192.0.3.0", "past it", true},
        {"192.88.99.1", "6to4 relays", false},
        {"192.168.1.1", "private", false},
        {"192.169.0.0", "past it", true},
        {"198.17.255.255", "before benchmarking", true},
        {"198.18.0.0", "benchmarking", false},
        {"198.19.255.255", "benchmarking, its end", false},
        {"198.51.100.7", "documentation", false},
        {"203.0.113.7", "documentation", false},
        {"223.255.255.255", "before multicast", true},
        {"224.0.0.1", "multicast", false},
        {"240.0.0.1", "reserved", false},
        {"255.255.255.255", "broadcast", false},
        {"::", "unspecified", false},
        {"::1", "loopback", false},
        {"::2", "IPv4-compatible 0.0.0.2", false},
        {"::7f00:1", "IPv4-compatible 127.0.0.1", false},
        {"::808:808", "IPv4-compatible, even of a public one: deprecated", false},
        {"::ffff:10.0.0.1", "v4-mapped private", false},
        {"::ffff:127.0.0.1", "v4-mapped loopback", false},
        {"::ffff:169.254.169.254", "v4-mapped metadata", false},
        {"::ffff:8.8.8.8", "v4-mapped public", true},
        {"64:ff9b::10.0.0.1", "NAT64 of a private one", false},
        {"64:ff9b::8.8.8.8", "NAT64 of a public one: how IPv6-only clusters reach IPv4", true},
        {"64:ff9b:1::808:808", "NAT64 for local use", false},
        {"100::1", "discard-only", false},
        {"2001::1", "Teredo", false},
        {"2001:2::1", "benchmarking", false},
        {"2001:1ff:ffff::1", "IETF assignments, their end", false},
        {"2001:200::1", "past them", true},
        {"2001:db8::1", "documentation", false},
        {"2002:a00:1::1", "6to4 of 10.0.0.1", false},
        {"2002:7f00:1::1", "6to4 of 127.0.0.1", false},
        {"3fff::1", "documentation", false},
        {"3fff:1000::1", "past it", true},
        {"4000::1", "not assigned as global unicast", false},
        {"5f00::1", "segment routing", false},
        {"fc00::1", "unique-local", false},
        {"fdff:ffff::1", "unique-local, its end", false},
        {"fe80::1", "link-local", false},
        {"fec0::1", "site-local", false},
        {"ff02::1", "multicast", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (allowed(rows[i].address, false) != rows[i].good)
            fail_msg("%s: %s", rows[i].address, rows[i].why);
}

static void the_one_machine_profile_adds_loopback_and_nothing_else(void **state)
{
    (void)state;
    assert_true(allowed("127.0.0.1", true));
    assert_true(allowed("127.0.0.53", true));
    assert_true(allowed("::1", true));
    assert_false(allowed("::ffff:127.0.0.1", true)); /* nobody needs that form */
    assert_false(allowed("10.0.0.1", true));
    assert_false(allowed("169.254.169.254", true));
    assert_false(allowed("0.0.0.0", true));
    assert_false(allowed("fe80::1", true));
}

static void other_families_are_refused(void **state)
{
    const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/postgresql/.s.PGSQL.5432"};
    (void)state;
    assert_false(ssrf_address_allowed((const struct sockaddr *)&address, true));
}

static void a_webhook_url_is_https_with_a_plain_host(void **state)
{
    static const struct {
        const char *url, *why;
        bool production, one_machine;
    } rows[] = {
        {"https://partner.ma/jisr", "as it should be", true, true},
        {"https://partner.ma", "no path", true, true},
        {"https://partner.ma:8443/hooks?tenant=1", "port and query", true, true},
        {"https://[2606:4700::1111]:443/x", "an IPv6 address", true, true},
        {"http://partner.ma/", "plain text", false, true},
        {"http://127.0.0.1:19999/hook", "the sample partner", false, true},
        {"https://localhost/", "loopback by name", false, true},
        {"https://LocalHost./", "loopback by name, absolute", false, true},
        {"https://a.localhost/", "loopback by name, below", false, true},
        {"https://10.0.0.1/", "a private address", false, false},
        {"https://[::ffff:10.0.0.1]/", "a private address in IPv6", false, false},
        {"https://[fe80::1%25eth0]/", "a zone", false, false},
        {"https://user@partner.ma/", "a user name: what is before @ is no host", false, false},
        {"https://partner.ma@127.0.0.1/", "the same trick", false, false},
        {"https://partner.ma/#x", "a fragment is never sent", false, false},
        {"https://partner.ma:0/", "port 0", false, false},
        {"https://partner.ma:65536/", "past the last port", false, false},
        {"https://partner.ma:/", "an empty port", false, false},
        {"https://partner.ma:80:80/", "two ports", false, false},
        {"https:///x", "no host", false, false},
        {"https://", "nothing", false, false},
        {"", "nothing at all", false, false},
        {"//partner.ma/", "no scheme", false, false},
        {"HTTPS://partner.ma/", "one form of the scheme is enough", false, false},
        {"ftp://partner.ma/", "another protocol", false, false},
        {"file:///etc/passwd", "a file", false, false},
        {"gopher://partner.ma/", "the old way to forge requests", false, false},
        {"https://partner.ma/a b", "a space", false, false},
        {"https://partner.ma/\r\nHost: x", "a header smuggled in", false, false},
        {"https://partner.ma\\@127.0.0.1/", "a backslash: parsers disagree", false, false},
        {"https://جسر.ma/", "names go in their ASCII form", false, false},
        {"https://par%74ner.ma/", "a percent sign in a host", false, false},
        {"https://[::1/", "an open bracket", false, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *why = NULL;
        if (ssrf_url_allowed(str_from(rows[i].url), false, &why) != rows[i].production || (!rows[i].production && !why))
            fail_msg("production: %s: %s", rows[i].url, rows[i].why);
        if (ssrf_url_allowed(str_from(rows[i].url), true, &why) != rows[i].one_machine)
            fail_msg("one-machine: %s: %s", rows[i].url, rows[i].why);
    }
}

static void a_url_has_a_ceiling(void **state)
{
    char url[2100] = "https://partner.ma/";
    const char *why;
    (void)state;
    memset(url + 19, 'a', sizeof(url) - 19);
    assert_true(ssrf_url_allowed((struct str){url, 2048}, false, &why));
    assert_false(ssrf_url_allowed((struct str){url, 2049}, false, &why));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_global_unicast_addresses_may_be_connected_to),
        cmocka_unit_test(the_one_machine_profile_adds_loopback_and_nothing_else),
        cmocka_unit_test(other_families_are_refused),
        cmocka_unit_test(a_webhook_url_is_https_with_a_plain_host),
        cmocka_unit_test(a_url_has_a_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
