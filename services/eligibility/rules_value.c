#include "rules_value.h"

const char *rules_fault_text(enum rules_fault fault)
{
    static const char *const texts[] = {
#define X(name, text) [RULES_FAULT_##name] = text,
        RULES_FAULT_LIST(X)
#undef X
    };
    return texts[fault];
}

struct rules_run rules_run_begin(struct arena *arena, uint32_t steps)
{
    return (struct rules_run){.arena = arena, .steps_left = steps};
}

void rules_fail(struct rules_run *run, enum rules_fault fault)
{
    if (run->fault == RULES_FAULT_NONE)
        run->fault = fault;
}

struct rules_value *rules_items(struct rules_run *run, size_t count)
{
    struct rules_value *items = NULL;
    if (rules_charge(run, count)) {
        items = arena_take_array(run->arena, count ? count : 1, sizeof(*items));
        if (!items)
            rules_fail(run, RULES_FAULT_MEMORY);
    }
    return items;
}

struct rules_value rules_array(const struct rules_value *items, size_t count)
{
    return (struct rules_value){.kind = RULES_ARRAY, .size = (uint32_t)count, .as.items = items};
}

struct rules_value rules_object(const struct rules_member *members, size_t count)
{
    return (struct rules_value){.kind = RULES_OBJECT, .size = (uint32_t)count, .as.members = members};
}

const struct rules_value *rules_member(struct rules_value object, struct str name)
{
    const struct rules_member *members = object.as.members;
    for (uint32_t i = 0; i < object.size; i++) {
        const struct rules_member *member = &members[i];
        if (member->name.size != name.size)
            continue;
        /* Most names of one length differ at their ends: no call for those. */
        if (name.size == 0 || (member->name.at[0] == name.at[0] && member->name.at[name.size - 1] == name.at[name.size - 1] &&
                               memcmp(member->name.at, name.at, name.size) == 0))
            return &member->value;
    }
    return NULL;
}
