#include "parts.h"

#include "eligibility.h"
#include "service/service.h"

#define SCRATCH_BYTES (4u << 20)

static enum err start_rules(void *context)
{
    struct service *service = context;
    struct eligibility *eligibility = arena_take(service->arena, sizeof(*eligibility));
    struct db *db = NULL;
    if (!eligibility)
        return ERR_MEMORY;
    eligibility->scratch = arena_new(SCRATCH_BYTES);
    eligibility->hints = arena_take(service->arena, sizeof(*eligibility->hints));
    if (!eligibility->scratch || !eligibility->hints)
        return ERR_MEMORY;
    service->own = eligibility;
    enum err err = service_read_key(service, "facts.key", &eligibility->facts_master);
    if (err == ERR_OK)
        err = eligibility_load_rulesets(eligibility, service->arena, RULESET_FILES);
    if (err == ERR_OK)
        err = service_open_db(service, "rulesets", &db);
    if (err != ERR_OK)
        return err;
    err = eligibility_register_rulesets(eligibility, db);
    db_close(db);
    return err;
}

static void stop_rules(void *context)
{
    struct service *service = context;
    struct eligibility *eligibility = service->own;
    secret_wipe(&eligibility->facts_master, sizeof(eligibility->facts_master));
    arena_free(eligibility->scratch);
}

const struct app_part ELIGIBILITY_PARTS[] = {
    {"rulesets", start_rules, NULL, stop_rules},
};
const size_t ELIGIBILITY_PART_COUNT = sizeof(ELIGIBILITY_PARTS) / sizeof(ELIGIBILITY_PARTS[0]);
