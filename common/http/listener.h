/* The listening socket. */
#ifndef JISR_HTTP_LISTENER_H
#define JISR_HTTP_LISTENER_H

#include <stdint.h>

#include "base/err.h"

/* `host`: an address or a name; "" or NULL: all. Port 0: the system chooses. Logs why not: ERR_UNAVAILABLE. */
enum err listener_open(const char *host, uint16_t port, int *ret_fd, uint16_t *ret_port) MUST_CHECK;

#endif
