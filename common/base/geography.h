/* Which codes of regions and provinces there are. Pure. Of Morocco all are known: a slip of the pen in a token or a subscription would show nothing,
 * and say nothing. Other countries come with their calls, so that only the form of their codes can be told. */
#ifndef JISR_BASE_GEOGRAPHY_H
#define JISR_BASE_GEOGRAPHY_H

#include <stdbool.h>

#include "base/str.h"

#define GEOGRAPHY_COUNTRY STR("MA-")

/* ISO 3166-2:MA as of 2019: 12 regions, 75 prefectures and provinces. */
bool geography_is_moroccan(struct str code);
/* One of those; or a country, a hyphen and one to three capitals or digits, of any other country. */
bool geography_is_code(struct str code);

#endif
