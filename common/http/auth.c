#include "http/auth.h"

static const struct {
    enum who role;
    const char *name;
} ROLES[] = {
    {WHO_ANYONE, "anyone"},   {WHO_APPLICANT, "applicant"}, {WHO_AGENT, "agent"}, {WHO_REVIEWER, "reviewer"}, {WHO_COMMITTEE, "committee"},
    {WHO_TRAINER, "trainer"}, {WHO_AUDITOR, "auditor"},     {WHO_ADMIN, "admin"}, {WHO_PARTNER, "partner"},
};

const char *who_name(enum who role)
{
    for (size_t i = 0; i < sizeof(ROLES) / sizeof(ROLES[0]); i++)
        if (ROLES[i].role == role)
            return ROLES[i].name;
    return NULL;
}

bool who_parse(struct str name, enum who *ret_role)
{
    /* "anyone" is the absence of a role: no token may claim it. */
    for (size_t i = 1; i < sizeof(ROLES) / sizeof(ROLES[0]); i++) {
        if (!str_equal(name, str_from(ROLES[i].name)))
            continue;
        *ret_role = ROLES[i].role;
        return true;
    }
    return false;
}

struct str principal_actor(const struct principal *who, struct arena *arena)
{
    return str_format(arena, "%s:%.*s", who_name(who->role), (int)who->subject.size, who->subject.at);
}

bool principal_covers(const struct principal *who, struct str region, struct str province)
{
    if (!(who->role & WHO_STAFF))
        return true;
    for (size_t i = 0; i < who->territory_count; i++)
        if (!str_empty(who->territories[i]) && (str_equal(who->territories[i], region) || str_equal(who->territories[i], province)))
            return true;
    return who->territory_count == 0;
}

bool principal_may_see(const struct principal *who, struct id application)
{
    if (who->role & WHO_STAFF)
        return true;
    return who->role == WHO_APPLICANT && !id_is_nil(application) && id_compare(who->application, application) == 0;
}
