#include "app/crash.h"

#ifdef JISR_CRASH_POINTS

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "app/log.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char chosen[64]; /* empty: none */
static int chosen_signal;
static atomic_long passages_left;

static void choose_by(const char *variable, int signal)
{
    const char *wish = getenv(variable), *colon = wish ? strrchr(wish, ':') : NULL;
    if (!colon || (size_t)(colon - wish) >= sizeof(chosen))
        return;
    atomic_store(&passages_left, strtol(colon + 1, NULL, 10));
    memcpy(chosen, wish, (size_t)(colon - wish));
    chosen_signal = signal;
}

static void choose(void)
{
    choose_by("JISR_CRASH_AT", SIGKILL);
    choose_by("JISR_FREEZE_AT", SIGSTOP);
}

void crash_point(const char *name)
{
    pthread_once(&once, choose);
    const char *short_name = strchr(name, ' ') + 1;
    if (strcmp(short_name, chosen) != 0 || atomic_fetch_sub(&passages_left, 1) != 1)
        return;
    log_line(LOG_WARNING, "crash-point", LOG_TEXT("name", short_name));
    raise(chosen_signal);
}

#else

extern int crash_points_are_off; /* a translation unit holds at least one declaration */

#endif
