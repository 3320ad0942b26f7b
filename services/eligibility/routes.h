/* The HTTP interface (proto/http/eligibility.yaml). */
#ifndef JISR_ELIGIBILITY_ROUTES_H
#define JISR_ELIGIBILITY_ROUTES_H

#include "http/server.h"

extern const struct http_route ELIGIBILITY_ROUTES[];
extern const size_t ELIGIBILITY_ROUTE_COUNT;

#endif
