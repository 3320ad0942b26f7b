/* Media types in requests (RFC 9110 §8.3, §12.5.1). Pure. */
#ifndef JISR_HTTP_MEDIA_H
#define JISR_HTTP_MEDIA_H

#include <stdbool.h>

#include "base/str.h"

/* application/json, parameters allowed, but a charset other than utf-8 not. */
bool media_is_json(struct str content_type);
/* Whether an Accept header (empty: everything) allows `type`; the most specific range decides, and a weight of 0 excludes. */
bool media_accepts(struct str accept, struct str type);
/* Whether the header names `type` itself and prefers it to `other`: weighs it more, or as much where `other` is only one of a group that it names. */
bool media_prefers(struct str accept, struct str type, struct str other);
/* The weight in `name;q=…` parameters, in thousandths; 0: "not this one"; 1000: none is given, or none that can be read. */
int media_weight(struct str parameters);

#endif
