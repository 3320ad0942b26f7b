/* Header fields with a grammar of their own, as pure functions: what http_if_match() and its neighbours parse. */
#ifndef JISR_HTTP_FIELDS_H
#define JISR_HTTP_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define IF_MATCH_NOTHING INT64_C(-1)
/* `*` gives 0; one strong tag `"7"` its number; a tag that is none of ours, or weak, IF_MATCH_NOTHING (RFC 9110 §13.1.1). ERR_PRECONDITION when
 * empty, ERR_BAD_REQUEST for anything else. */
enum err field_if_match(struct str value, int64_t *ret_version) MUST_CHECK;
/* Weak comparison (RFC 9110 §13.1.2) of a list with the tag, quotes included. */
bool field_names_tag(struct str if_none_match, struct str tag);
/* An RFC 8941 string without its quotes and escapes (cut from the value where nothing was escaped), or a bare key. */
enum err field_idempotency_key(struct str value, struct arena *arena, struct str *ret_key) MUST_CHECK;
/* %XX decoded, and '+' to space in queries; borrowed when nothing changes. False: not UTF-8, or a control character, or no memory. */
bool field_percent_decode(struct arena *arena, struct str text, bool plus_is_space, struct str *ret_text);
/* RFC 9110 §8.6: the number, or 0 when empty. The guard has checked the digits. */
uint64_t field_length(struct str value);

#endif
