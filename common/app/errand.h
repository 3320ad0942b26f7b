/* A thread that does what waits, one piece after the other, then sleeps until it is woken or some time has passed: work that lies in the database,
 * where any copy may find it. */
#ifndef JISR_APP_ERRAND_H
#define JISR_APP_ERRAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct errand;

/* `work_one` does one piece, on the thread; false: nothing waits, or nothing can be done now. */
enum err errand_start(int64_t look_every_us, bool (*work_one)(void *context), void *context, struct errand **ret_errand) MUST_CHECK;
void errand_wake(struct errand *errand); /* any thread */
/* Whether somebody waits for it to end: long pieces ask now and then. */
bool errand_is_stopping(const struct errand *errand);
void errand_stop(struct errand *errand); /* after the piece in hand; NULL is allowed */

#endif
