/* GET /applications/{id}/form: the form as it was sent, opened with her key, for who goes on filling it in (another phone, an amendment, an agent). A
 * consent that she took back since reads as not given: whoever sends the rest again doesn't give it in her name. */
#ifndef JISR_INTAKE_FORM_READ_H
#define JISR_INTAKE_FORM_READ_H

#include "services/intake/access.h"

enum err form_as_it_stands(struct str body, const struct application_row *row, struct arena *arena, struct str *ret_body) MUST_CHECK;
enum err form_get(struct http_request *request, void *context) MUST_CHECK;

#endif
