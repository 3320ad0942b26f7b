/* The register of who read what of whom, for auditors: by actor, application, action and time, newest first, of their territory. Looking into it is
 * itself a read. `readers=partners`: which of them asked for whose contact card, and whether it was given. */
#ifndef JISR_INTAKE_REGISTER_READS_H
#define JISR_INTAKE_REGISTER_READS_H

#include "http/server.h"

enum err register_get(struct http_request *request, void *context) MUST_CHECK;

#endif
