#include "app/cage.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1 /* its runtime maps memory as it goes: no cage, the tests of the release build have it */
#else
#define SANITIZED 0
#endif

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#else
#error "which numbers do this machine's system calls have? (linux/audit.h)"
#endif

static const struct {
    long call;
    unsigned answer;
} ANSWERS[] = {
    {SYS_read, SECCOMP_RET_ALLOW},
    {SYS_write, SECCOMP_RET_ALLOW},
    {SYS_exit, SECCOMP_RET_ALLOW},
    {SYS_rt_sigreturn, SECCOMP_RET_ALLOW},
    {SYS_setitimer, SECCOMP_RET_ALLOW}, /* cage_limit_time(); RLIMIT_CPU stays above it */
    {SYS_openat, SECCOMP_RET_ERRNO | ENOENT},
    {SYS_newfstatat, SECCOMP_RET_ERRNO | ENOENT},
#if defined(SYS_open) /* machines younger than these calls have them not */
    {SYS_open, SECCOMP_RET_ERRNO | ENOENT},
    {SYS_stat, SECCOMP_RET_ERRNO | ENOENT},
    {SYS_access, SECCOMP_RET_ERRNO | ENOENT},
#endif
};
#define ANSWER_COUNT (sizeof(ANSWERS) / sizeof(ANSWERS[0]))

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

/* As a program of the kernel's filter machine: another machine's calls kill, then each row is compared, and what no row names kills. */
static int close_cage(void)
{
    struct sock_filter code[5 + 2 * ANSWER_COUNT] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    };
    struct sock_filter *next = code + 4;
    for (size_t i = 0; i < ANSWER_COUNT; i++) {
        *next++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)ANSWERS[i].call, 0, 1);
        *next++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, ANSWERS[i].answer);
    }
    *next++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    struct sock_fprog program = {(unsigned short)(next - code), code};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

enum err cage_enter(size_t memory_bytes, unsigned cpu_s)
{
    if (limit(RLIMIT_CORE, 0) != 0 || limit(RLIMIT_NPROC, 0) != 0 || limit(RLIMIT_CPU, cpu_s) != 0)
        return ERR_UNAVAILABLE;
    if (SANITIZED)
        return ERR_OK;
    if (set_memory_aside(memory_bytes) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return ERR_UNAVAILABLE;
    return close_cage() == 0 ? ERR_OK : ERR_UNAVAILABLE;
}

void cage_limit_time(unsigned cpu_s)
{
    struct itimerval once = {.it_value = {.tv_sec = (time_t)cpu_s}};
    (void)setitimer(ITIMER_PROF, &once, NULL); /* SIGPROF ends a program that has no handler for it */
}

_Noreturn void cage_exit(int status)
{
    for (;;)
        syscall(SYS_exit, status);
}
