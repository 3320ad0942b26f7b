/* Asks a ClamAV daemon about a file, as it comes (clamd(8), INSTREAM). Plain sockets, no library. Blocks; one deadline covers a scan. */
#ifndef JISR_NET_CLAMD_H
#define JISR_NET_CLAMD_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct clamd;

enum clamd_verdict { CLAMD_CLEAN, CLAMD_FOUND };

/* `address`: "/path/of.socket" or "host:port". ERR_UNAVAILABLE: it can't be reached. */
enum err clamd_open(const char *address, int64_t deadline_us, struct clamd **ret_clamd) MUST_CHECK;
enum err clamd_write(struct clamd *clamd, struct str bytes) MUST_CHECK;
/* ERR_UNAVAILABLE: it gave no verdict (its own limits, an error): ask again, never take that for clean. */
enum err clamd_verdict(struct clamd *clamd, enum clamd_verdict *ret_verdict) MUST_CHECK;
void clamd_close(struct clamd *clamd); /* NULL is allowed */

#endif
