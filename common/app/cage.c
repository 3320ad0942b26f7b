#include "app/cage.h"

#include <linux/seccomp.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1 /* its runtime maps memory as it goes: no cage, the tests of the release build have it */
#else
#define SANITIZED 0
#endif

static int limit(int resource, rlim_t value)
{
    struct rlimit both = {value, value};
    return setrlimit((__rlimit_resource_t)resource, &both);
}

/* The heap grows by one step that is kept: malloc needs no system call afterwards. Pages that nobody touches cost nothing. */
static int set_memory_aside(size_t bytes)
{
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, -1);
    mallopt(M_ARENA_MAX, 1);
    void *all = malloc(bytes);
    free(all);
    return all ? 0 : -1;
}

enum err cage_enter(size_t memory_bytes, unsigned cpu_s)
{
    if (limit(RLIMIT_CORE, 0) != 0 || limit(RLIMIT_NPROC, 0) != 0 || limit(RLIMIT_CPU, cpu_s) != 0)
        return ERR_UNAVAILABLE;
    if (SANITIZED)
        return ERR_OK;
    if (set_memory_aside(memory_bytes) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return ERR_UNAVAILABLE;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0 ? ERR_OK : ERR_UNAVAILABLE;
}

_Noreturn void cage_exit(int status)
{
    for (;;)
        syscall(SYS_exit, status);
}
