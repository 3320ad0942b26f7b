/* Identifiers. UUIDv7 (RFC 9562 §5.7) from a given time and given entropy, so that they sort by time and tests can fix them;
 * and Crockford base 32 (no I L O U) for what people type. Pure: the caller brings time and randomness. */
#ifndef JISR_BASE_ID_H
#define JISR_BASE_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct id {
    uint8_t bytes[16]; /* network order */
};

#define ID_TEXT_SIZE 36 /* 8-4-4-4-12, lower case */

struct id id_make(int64_t unix_ms, const uint8_t entropy[10]);
struct id id_first_of(int64_t unix_ms); /* those that are made earlier are below it, and all others are not */
/* A derived id (UUIDv8, RFC 9562 §5.8): the same for the same 16 bytes of a hash; for effects that must have one id however often they are computed.
 */
struct id id_from_hash(const uint8_t hash[16]);
bool id_parse(struct str text, struct id *ret_id); /* any case; exactly 36 characters */
void id_format(struct id id, char ret_text[ID_TEXT_SIZE + 1]);
struct str id_text(struct arena *arena, struct id id);
int id_compare(struct id a, struct id b);
bool id_is_nil(struct id id);

/* `count` characters of Crockford base 32 from the first 5*count bits of `bytes`, and a NUL: ret_text has count + 1 bytes (so in fold). */
void id_base32(const uint8_t *bytes, unsigned count, char *ret_text);
/* Folds case, O→0, I and L→1, drops '-' and spaces. False on any other character or when not exactly `count` are left. */
bool id_base32_fold(struct str text, unsigned count, char *ret_text);
/* The check character of Crockford's symbols: value mod 37, restricted here to mod 31 so that it stays within 0-9A-Z. */
char id_base32_check(const char *text, unsigned count);

#endif
