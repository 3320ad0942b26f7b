/* The members of a cooperative over time: who joined and who left with which revision. Members come and go by amendments, like all else of a form; in
 * the history that everybody of the file reads are their numbers alone, their names are here for whoever may read the form. Handlers that run on a
 * worker. */
#ifndef JISR_INTAKE_MEMBERS_H
#define JISR_INTAKE_MEMBERS_H

#include "changes.h"

enum err members_get(struct http_request *request, void *context) MUST_CHECK;

/* The line of the history about an amendment: how many joined and left. Empty when none did. */
struct str members_line(struct arena *arena, const struct identity_change *before, const struct identity_change *after);

#endif
