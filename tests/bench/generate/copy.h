/* A file in PostgreSQL's binary COPY format ("COPY … FROM … (FORMAT binary)", PostgreSQL's manual, COPY, "Binary Format"): fields in the order of the
 * columns. A write that fails ends the program: half a file is of no use to anybody. */
#ifndef JISR_BENCH_COPY_H
#define JISR_BENCH_COPY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/id.h"
#include "base/instant.h"
#include "base/str.h"

struct copy {
    FILE *file;
};

void copy_open(struct copy *copy, const char *folder, const char *table);
void copy_close(struct copy *copy);

void copy_row(struct copy *copy, int columns); /* begins a row */
void copy_null(struct copy *copy);
void copy_id(struct copy *copy, struct id value);
void copy_int4(struct copy *copy, int64_t value);
void copy_int8(struct copy *copy, int64_t value);
void copy_number(struct copy *copy, double value);
void copy_bool(struct copy *copy, bool value);
void copy_str(struct copy *copy, struct str value); /* text, bytea; {NULL, 0}: NULL */
void copy_instant(struct copy *copy, instant_us value);
void copy_date(struct copy *copy, struct date value); /* year 0: NULL */

#endif
