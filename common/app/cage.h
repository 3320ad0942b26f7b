/* For a program that reads what strangers send: after cage_enter() it can read, write and end, and nothing else. A file that is to be opened is not
 * there (libraries look for fonts and tables, and go on without); any other system call kills it (a seccomp filter). Memory is set aside beforehand:
 * what asks for more than that dies, too. */
#ifndef JISR_APP_CAGE_H
#define JISR_APP_CAGE_H

#include <stddef.h>

#include "base/err.h"

/* `memory_bytes` for malloc, `cpu_s` of processor time. Open files stay readable; load what is needed before. ERR_UNAVAILABLE: the kernel refuses. */
enum err cage_enter(size_t memory_bytes, unsigned cpu_s) MUST_CHECK;
/* From here on the program is ended after so much processor time, within that of cage_enter(). Inside the cage or not. */
void cage_limit_time(unsigned cpu_s);
/* Ends the program, inside the cage or not (exit() would call what the cage forbids). */
_Noreturn void cage_exit(int status);

#endif
