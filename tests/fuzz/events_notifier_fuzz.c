/* What notifier hears of applications and decisions, and what partners send. */
#include "fuzz.h"
#include "services/notifier/messages.h"

static const struct wire_table *const TABLES[] = {&APPLICATION_MESSAGE, &DECISION_MESSAGE,  &REFERRAL_MESSAGE, &PARTNER_REQUEST,
                                                  &ENDPOINT_REQUEST,    &REJECTION_REQUEST, &OUTCOME_REQUEST};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct str text = fuzz_text(bytes, size);
    size_t choice = fuzz_choice(&text, sizeof(TABLES) / sizeof(TABLES[0]));
    hold_wire_is_stable(TABLES[choice], WIRE_IGNORE_UNKNOWN, text, fuzz_arena());
    return 0;
}
