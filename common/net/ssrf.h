/* Which addresses an outgoing request may connect to: global unicast only. Refused: private, loopback, link-local, unique-local, CGNAT, multicast,
 * reserved, documentation, benchmark, 0/8, broadcast, v4-mapped/compatible/NAT64/6to4/Teredo forms of the same. Source: IANA special-purpose
 * registries. Pure. */
#ifndef JISR_NET_SSRF_H
#define JISR_NET_SSRF_H

#include <stdbool.h>

#include "base/str.h"

struct sockaddr;

bool ssrf_address_allowed(const struct sockaddr *address, bool allow_local);
/* https with a host, no user info, no fragment, port absent or 1..65535; http only when allow_local. *ret_why is static. */
bool ssrf_url_allowed(struct str url, bool allow_local, const char **ret_why);

#endif
