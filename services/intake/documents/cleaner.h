/* What the service and jisr-cleaner (cleaner_main.c) say to one another. */
#ifndef JISR_INTAKE_CLEANER_H
#define JISR_INTAKE_CLEANER_H

#include "document.h"

#define CLEANER_PROGRAM "jisr-cleaner"
#define CLEANER_HEAD_BYTES 64
#define CLEANER_NO_CAGE 3  /* exit status: the kernel gives no cage, or there is no database of signatures; nothing was read */
#define CLEANER_REFUSED 64 /* exit status, plus the refusal */

#endif
