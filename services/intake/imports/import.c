#include "import.h"

static const char *const STATES[IMPORT_STATE_COUNT] = {
    [IMPORT_UPLOADING] = "UPLOADING", [IMPORT_WAITING] = "WAITING", [IMPORT_RUNNING] = "RUNNING",
    [IMPORT_DONE] = "DONE",           [IMPORT_REFUSED] = "REFUSED", [IMPORT_CANCELLED] = "CANCELLED",
};

static const char *const OUTCOMES[LINE_OUTCOME_COUNT] = {
    [LINE_TAKEN] = "TAKEN", [LINE_AMENDED] = "AMENDED", [LINE_KNOWN] = "KNOWN", [LINE_CHANGED] = "CHANGED", [LINE_REFUSED] = "REFUSED",
};

static int place_of(struct str name, const char *const *names, int count)
{
    int place = 0;
    while (place < count && !str_equal(name, str_from(names[place])))
        place++;
    return place;
}

const char *import_state_name(enum import_state state)
{
    return STATES[state];
}

enum import_state import_state_parse(struct str name)
{
    return (enum import_state)place_of(name, STATES, IMPORT_STATE_COUNT);
}

const char *import_outcome_name(enum import_outcome outcome)
{
    return OUTCOMES[outcome];
}

enum import_outcome import_outcome_parse(struct str name)
{
    return (enum import_outcome)place_of(name, OUTCOMES, LINE_OUTCOME_COUNT);
}
