/* Header fields with a grammar of their own, as pure functions: what http_if_match() and its neighbours parse. */
#ifndef JISR_HTTP_FIELDS_H
#define JISR_HTTP_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define IF_MATCH_TAGS_MAX 16
/* Which versions a change may find (RFC 9110 §13.1.1, strong comparison): a tag that is weak or none of ours matches none of them. All zero: any. */
struct if_match {
    bool restricts; /* false for `*`, and where no field was needed */
    size_t count;
    int64_t versions[IF_MATCH_TAGS_MAX];
};
bool if_match_takes(const struct if_match *condition, int64_t version);
/* ERR_PRECONDITION when empty; ERR_BAD_REQUEST for what is no list of tags, or one with more than IF_MATCH_TAGS_MAX of ours. */
enum err field_if_match(struct str value, struct if_match *ret_condition) MUST_CHECK;
/* Weak comparison (RFC 9110 §13.1.2) of a list with the tag, quotes included. */
bool field_names_tag(struct str if_none_match, struct str tag);
/* An RFC 8941 string without its quotes and escapes (cut from the value where nothing was escaped), or a bare key. */
enum err field_idempotency_key(struct str value, struct arena *arena, struct str *ret_key) MUST_CHECK;
/* %XX decoded, and '+' to space in queries; borrowed when nothing changes. False: not UTF-8, or a control character, or no memory. */
bool field_percent_decode(struct arena *arena, struct str text, bool plus_is_space, struct str *ret_text);
/* RFC 9110 §8.6: the number, or 0 when empty. The guard has checked the digits. */
uint64_t field_length(struct str value);

#endif
