#include "docket.h"

struct quota *docket_quota(const struct docket *docket, struct str call, struct str province)
{
    for (size_t i = 0; i < docket->quota_count; i++)
        if (str_equal(docket->quotas[i].province, province) && str_equal(docket->quotas[i].call, call))
            return &docket->quotas[i];
    return NULL;
}

const struct terms *docket_terms(const struct docket *docket, struct str call)
{
    for (size_t i = 0; i < docket->terms_count; i++)
        if (str_equal(docket->terms[i].id, call))
            return &docket->terms[i];
    return NULL;
}
