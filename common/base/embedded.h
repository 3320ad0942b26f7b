/* Files of the project inside a program (common/cmake/Embed.cmake): migrations, rulesets. */
#ifndef JISR_BASE_EMBEDDED_H
#define JISR_BASE_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
    const char *path;           /* from the project's root; NULL ends the list */
    const unsigned char *bytes; /* followed by a NUL */
    size_t size;
};

#endif
