/* GET /applications/{id}/form: the form as it was sent, opened with her key, for who goes on filling it in (another phone, an amendment, an agent).
 */
#ifndef JISR_INTAKE_FORM_READ_H
#define JISR_INTAKE_FORM_READ_H

#include "services/intake/access.h"

enum err form_get(struct http_request *request, void *context) MUST_CHECK;

#endif
