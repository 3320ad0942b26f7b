#include "assistance.h"

#include "application.h"
#include "validate_parts.h"

static const char *const CHANNELS[] = {"office", "home-visit", "phone", "caravan", NULL};

static const struct application_reason LINES[LINE_COUNT] = {
    [LINE_ENTERED] = {"سجل عون هذا الملف نيابة عنك؛ المرجو تأكيده برقم الوصل والرمز السري.",
                      "Un agent a saisi ce dossier pour vous ; merci de le confirmer avec votre récépissé et votre code.",
                      "An agent entered this file for you; please confirm it with your receipt and code."},
    [LINE_ENTERED_ON_PAPER] = {"سجل عون هذا الملف نيابة عنك بناء على ورقة وقعتها.",
                               "Un agent a saisi ce dossier pour vous d'après un papier que vous avez signé.",
                               "An agent entered this file for you on a paper that you signed."},
    [LINE_CONFIRMED_BY_CODE] = {"أكدت ما سجل نيابة عنك.", "Vous avez confirmé ce qui a été saisi pour vous.",
                                "You confirmed what was entered for you."},
    [LINE_CONFIRMED_ON_PAPER] = {"تأكد ما سجل نيابة عنك بورقة وقعتها.",
                                 "Ce qui a été saisi pour vous est confirmé par un papier que vous avez signé.",
                                 "What was entered for you is confirmed by a paper that you signed."},
};

const struct application_reason *assistance_line(enum assistance_line line)
{
    return &LINES[line];
}

void judge_assistance(struct judge *judge, const struct form_assistance *assistance)
{
    struct str place = STR("/assistance");
    if (judge_required(judge, place, "channel", assistance->channel))
        judge_choice(judge, place, "channel", assistance->channel, CHANNELS);
    (void)judge_required(judge, place, "place", assistance->place);
}

/* An agent may narrow what a woman stands by, never widen it. */
static bool stands(const struct entry *entry)
{
    return !entry->first && !entry->before.unconfirmed && (entry->before.referral || !entry->referral);
}

struct consent_state assistance_settle(const struct entry *entry)
{
    bool paper = entry->by == ENTRANT_AGENT && entry->paper;
    if (entry->by == ENTRANT_NOBODY)
        return entry->before;
    if (entry->draft)
        return (struct consent_state){false, false, entry->referral && (entry->by == ENTRANT_HERSELF || paper)};
    if (entry->by == ENTRANT_HERSELF || paper)
        return (struct consent_state){false, paper, entry->referral};
    if (stands(entry))
        return (struct consent_state){false, entry->before.signed_paper, entry->referral};
    return (struct consent_state){true, false, false};
}

int64_t assistance_warnings(const struct consent_state *state, int64_t others)
{
    int64_t kept = others & ~(int64_t)(WARNING_BIT(WARNING_UNCONFIRMED) | WARNING_BIT(WARNING_SIGNED_PAPER));
    return kept | (state->unconfirmed ? WARNING_BIT(WARNING_UNCONFIRMED) : 0) | (state->signed_paper ? WARNING_BIT(WARNING_SIGNED_PAPER) : 0);
}

struct consent_state assistance_state(int64_t warnings, bool referral)
{
    return (struct consent_state){(warnings & WARNING_BIT(WARNING_UNCONFIRMED)) != 0, (warnings & WARNING_BIT(WARNING_SIGNED_PAPER)) != 0, referral};
}
