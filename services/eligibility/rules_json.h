/* JSON text ↔ rules' values, exactly as JSON.parse and JSON.stringify have them: the last of equal names wins, numbers past the range of a
 * double are infinite, half a surrogate pair is text, NaN and the infinities are written null, undefined members are left out.
 * (json/wire.h is stricter, on purpose: it reads what others send.) Pure. */
#ifndef JISR_ELIGIBILITY_RULES_JSON_H
#define JISR_ELIGIBILITY_RULES_JSON_H

#include "base/err.h"
#include "rules_value.h"

#define RULES_MEMBERS_MAX 4096 /* of one object */

/* Texts without escapes are borrowed from `text`. ERR_MALFORMED with *ret_why (static); ERR_LIMIT: deeper than RULES_DEPTH_MAX, too many
 * members, or no memory. */
enum err rules_read(struct str text, struct arena *arena, struct rules_value *ret_value, const char **ret_why) MUST_CHECK;

/* Appends compact text; undefined at the top, or in an array, is null. False: nested deeper than RULES_DEPTH_MAX. */
bool rules_write(struct buf *out, struct rules_value value);

#endif
