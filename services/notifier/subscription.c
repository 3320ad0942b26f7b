#include "subscription.h"

#include "base/geography.h"
#include "proto/topics.h"

#define REFERRAL_PREFIX STR("ma.jisr.referral.")

static const char *const event_types[] = {
#define X(name, type, topic, second_topic) type,
    EVENT_LIST(X)
#undef X
};

static bool list_has(struct str list, struct str item)
{
    while (!str_empty(list))
        if (str_equal(str_cut(&list, ','), item))
            return true;
    return false;
}

bool subscription_takes(const struct subscription *subscription, struct str event_type)
{
    return list_has(subscription->event_types, event_type) ||
           (list_has(subscription->event_types, STR(SUBSCRIPTION_PATTERN)) && str_starts(event_type, REFERRAL_PREFIX));
}

bool subscription_covers(const struct subscription *subscription, struct str region, struct str province)
{
    return str_empty(subscription->territories) || list_has(subscription->territories, province) || list_has(subscription->territories, region);
}

bool subscription_type_valid(struct str event_type)
{
    for (size_t i = 0; i < sizeof(event_types) / sizeof(event_types[0]); i++)
        if (str_equal(event_type, str_from(event_types[i])))
            return str_starts(event_type, REFERRAL_PREFIX);
    return str_equal(event_type, STR(SUBSCRIPTION_PATTERN));
}

bool territory_valid(struct str code)
{
    return geography_is_code(code);
}

const char *subscription_types(void)
{
    return SUBSCRIPTION_PATTERN ", " EVENT_REFERRAL_OFFERED ", " EVENT_REFERRAL_ACCEPTED ", " EVENT_REFERRAL_REJECTED ", " EVENT_REFERRAL_REVOKED
                                ", " EVENT_REFERRAL_CLOSED;
}
