/* Checks for tests that are tables: what fails names the row's reason and shows both texts. */
#ifndef JISR_TESTS_SUPPORT_CHECK_H
#define JISR_TESTS_SUPPORT_CHECK_H

/* cmocka.h wants these first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

#define check(condition, why)                              \
    do {                                                   \
        if (!(condition))                                  \
            fail_msg("%s: not so: %s", (why), #condition); \
    } while (0)

#define check_int(got, expected, why)                                                   \
    do {                                                                                \
        long long check_got = (long long)(got), check_expected = (long long)(expected); \
        if (check_got != check_expected)                                                \
            fail_msg("%s: got %lld, expected %lld", (why), check_got, check_expected);  \
    } while (0)

#define check_text(got, expected, why)                                                                                                        \
    do {                                                                                                                                      \
        struct str check_got = (got), check_expected = str_from(expected);                                                                    \
        if (!str_equal(check_got, check_expected))                                                                                            \
            fail_msg("%s:\n  got      %.*s\n  expected %s", (why), (int)check_got.size, check_got.at ? check_got.at : "", check_expected.at); \
    } while (0)

#endif
