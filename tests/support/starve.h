/* An arena that malloc had nothing for, as where a machine's memory ends. Included by one file of a program. */
#ifndef JISR_TESTS_SUPPORT_STARVE_H
#define JISR_TESTS_SUPPORT_STARVE_H

#include "tests/support/check.h"

#include "base/arena.h"

/* So that malloc may say no, as it does without the sanitizer. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

#define NO_CEILING (SIZE_MAX / 2)

/* Its ceiling is NO_CEILING. */
static inline void starve(struct arena *arena)
{
    check(!arena_take(arena, SIZE_MAX / 4), "no machine has that much");
}

#endif
