/* What intake hears of decisions and enrolments, and what staff ask to be completed. */
#include "fuzz.h"
#include "services/intake/application/messages.h"

static const struct wire_table *const TABLES[] = {&DECISION_EVENT, &ENROLMENT_EVENT, &COMPLEMENT_MESSAGE};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct str text = fuzz_text(bytes, size);
    size_t choice = fuzz_choice(&text, sizeof(TABLES) / sizeof(TABLES[0]));
    hold_wire_is_stable(TABLES[choice], WIRE_IGNORE_UNKNOWN, text, fuzz_arena());
    return 0;
}
