/* Media types in requests (RFC 9110 §8.3, §12.5.1). Pure. */
#ifndef JISR_HTTP_MEDIA_H
#define JISR_HTTP_MEDIA_H

#include <stdbool.h>

#include "base/str.h"

/* application/json, parameters allowed, but a charset other than utf-8 not. */
bool media_is_json(struct str content_type);
/* Whether an Accept header (empty: everything) allows `type`; the most specific range decides, and a weight of 0 excludes. */
bool media_accepts(struct str accept, struct str type);
/* Whether `name;q=…` parameters have a weight of zero: "not this one". */
bool media_weight_is_zero(struct str parameters);

#endif
