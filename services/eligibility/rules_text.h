/* Text as JavaScript has it: counted, cut, compared and searched by UTF-16 code units, though kept as WTF-8; and the two ways between
 * text and numbers. Pure. Functions that take an arena give {NULL,0} (or NaN) without memory. */
#ifndef JISR_ELIGIBILITY_RULES_TEXT_H
#define JISR_ELIGIBILITY_RULES_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

size_t text_units(struct str text);
/* Up to `count` units from unit `first` on; both are within text_units(text). */
struct str text_slice(struct arena *arena, struct str text, size_t first, size_t count);
int text_compare(struct str a, struct str b); /* <0, 0, >0, by code units */
bool text_contains(struct str text, struct str part);
/* Appends; halves of a pair that meet become the pair. */
void text_append(struct buf *buf, struct str text);
/* Appends one code point, which may be half of a pair. */
void text_append_point(struct buf *buf, uint32_t point);

/* Number::toString, ECMA-262 §6.1.6.1.20: the shortest digits that read back the same. */
struct str text_from_number(struct arena *arena, double number);
/* StringToNumber, ECMA-262 §7.1.4.1.1: the whole text or NaN; "" is 0. */
double text_to_number(struct arena *arena, struct str text);
/* parseFloat, ECMA-262 §19.2.4: the longest number at the beginning, or NaN. */
double text_parse_float(struct arena *arena, struct str text);
/* The length of the longest StrUnsignedDecimalLiteral at the beginning, Infinity excepted; 0: none. */
size_t text_decimal_size(struct str text);
/* A decimal literal that text_decimal_size has measured, correctly rounded. */
double text_decimal(struct arena *arena, struct str literal);

#endif
