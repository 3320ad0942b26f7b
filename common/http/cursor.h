/* Cursors of lists paged by their keys: the keys of the last row that was shown, as an opaque text. A cursor gives no right: it only says where in
 * a list, which its reader may read anyway, the next page begins. Its check finds one that was cut, changed, or made for another list. Pure. */
#ifndef JISR_HTTP_CURSOR_H
#define JISR_HTTP_CURSOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

#define CURSOR_KEYS_MAX 4
#define CURSOR_KEY_BYTES_MAX 120

/* `list` names the list and its order: "applications by due date". {NULL,0} without memory, or when the keys are past the bounds above. */
struct str cursor_text(struct arena *arena, const char *list, const struct str *keys, size_t count);
/* Exactly `count` keys of that list; borrowed from the arena. */
bool cursor_parse(struct arena *arena, const char *list, struct str text, struct str *ret_keys, size_t count);

#endif
