/* The statistics' routes: what is served from memory, as JSON, as tables and as a stream. Never touches the database. */
#ifndef JISR_INTAKE_PUBLIC_FIGURES_H
#define JISR_INTAKE_PUBLIC_FIGURES_H

#include "http/server.h"

enum err statistics_get_one(struct http_request *request, void *service) MUST_CHECK;
enum err statistics_csv_get(struct http_request *request, void *service) MUST_CHECK;
enum err statistics_stream(struct http_request *request, void *service) MUST_CHECK;
/* Women by province, kind, milieu and age band: in steps of PROFILE_STEP; staff see the exact numbers of their territory. */
enum err groups_get(struct http_request *request, void *service) MUST_CHECK;
enum err groups_csv_get(struct http_request *request, void *service) MUST_CHECK;

#endif
