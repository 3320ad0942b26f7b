/* What the fuzz targets share. A target is one function over bytes of a stranger: it calls the project's own code as a service does, without a
 * server, and holds it to more than staying alive: what was read and is written again reads the same, what was made normal stays so. */
#ifndef JISR_TESTS_FUZZ_FUZZ_H
#define JISR_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "json/wire.h"

/* What libFuzzer calls; once a process before all inputs, and once an input. */
int LLVMFuzzerInitialize(int *argument_count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A property that does not hold ends the run, and libFuzzer keeps the input. */
#define HOLD(condition, why)                                                                          \
    do {                                                                                              \
        if (!(condition)) {                                                                           \
            (void)fprintf(stderr, "%s:%d: not so: %s (%s)\n", __FILE__, __LINE__, (why), #condition); \
            abort();                                                                                  \
        }                                                                                             \
    } while (0)

/* The arena of the input, empty. */
struct arena *fuzz_arena(void);
static inline struct str fuzz_text(const uint8_t *bytes, size_t size)
{
    return (struct str){(const char *)bytes, size};
}
/* Cuts off the first byte: which of `count` things the rest is for. Seeds say it with a letter, 'a' is the first. */
size_t fuzz_choice(struct str *rest, size_t count);

/* Decodes `text` by a table; what can be decoded is encoded, decoded and encoded again, to the same bytes. */
void hold_wire_is_stable(const struct wire_table *table, enum wire_unknown unknown, struct str text, struct arena *arena);
/* Each violation has a well-formed RFC 6901 pointer, and the problem document that tells them is JSON in each language. */
void hold_violations_are_told(const struct violations *violations, struct arena *arena);
/* Well-formed JSON, without a member twice. */
void hold_is_json(struct str text, struct arena *arena, const char *why);

#endif
