/* Training's HTTP routes: the table. The truth for clients is proto/http/training.yaml. */
#ifndef TRAINING_ROUTES_H
#define TRAINING_ROUTES_H

#include "http/server.h"

extern const struct http_route TRAINING_ROUTES[];
extern const size_t TRAINING_ROUTE_COUNT;

#endif
