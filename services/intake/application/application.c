#include "application.h"

const struct application_transition APPLICATION_TRANSITIONS[] = {
    {STATE_NONE, STATE_DRAFT, "she keeps what she has filled in so far"},
    {STATE_NONE, STATE_SUBMITTED, "sent at once, complete: the receipt is given and the legal clock starts"},
    {STATE_DRAFT, STATE_SUBMITTED, "she sends her draft: the receipt counts from here and the legal clock starts"},
    {STATE_DRAFT, STATE_EXPIRED, "the call closed, or the days that it keeps drafts passed, before she sent it"},
    {STATE_SUBMITTED, STATE_DUPLICATE_REVIEW, "her identity number is in another file of the call"},
    {STATE_SUBMITTED, STATE_SCREENING, "it is her turn to be assessed"},
    {STATE_SUBMITTED, STATE_WITHDRAWN, "she no longer wants it"},
    {STATE_SUBMITTED, STATE_SUBMITTED, "amended: a new revision, assessed anew"},
    {STATE_DUPLICATE_REVIEW, STATE_SCREENING, "a reviewer saw that it is not the same woman or project"},
    {STATE_DUPLICATE_REVIEW, STATE_MERGED, "a reviewer saw that it is the same: the other file goes on"},
    {STATE_DUPLICATE_REVIEW, STATE_WITHDRAWN, "she no longer wants it"},
    {STATE_DUPLICATE_REVIEW, STATE_SUBMITTED, "amended: a corrected number may end the doubt"},
    {STATE_MERGED, STATE_DUPLICATE_REVIEW, "the merge is undone"},
    {STATE_SCREENING, STATE_INFO_REQUESTED, "something is missing; asked once only (law 55-19)"},
    {STATE_SCREENING, STATE_INELIGIBLE, "a required criterion is not met"},
    {STATE_SCREENING, STATE_ELIGIBLE, "the required criteria are met"},
    {STATE_SCREENING, STATE_WITHDRAWN, "she no longer wants it"},
    {STATE_SCREENING, STATE_SUBMITTED, "amended: a new revision, assessed anew"},
    {STATE_INFO_REQUESTED, STATE_SUBMITTED, "she has completed it: a new revision; the clock runs again"},
    {STATE_INFO_REQUESTED, STATE_EXPIRED, "no complement came in time"},
    {STATE_INFO_REQUESTED, STATE_WITHDRAWN, "she no longer wants it"},
    {STATE_INELIGIBLE, STATE_IN_REVIEW, "her appeal was upheld"},
    {STATE_ELIGIBLE, STATE_ELIGIBLE, "scored again by a newer ruleset"},
    {STATE_ELIGIBLE, STATE_INELIGIBLE, "scored again by a newer ruleset"},
    {STATE_ELIGIBLE, STATE_IN_REVIEW, "places are allocated"},
    {STATE_ELIGIBLE, STATE_INFO_REQUESTED, "before a committee takes it up, something is missing; asked once only (law 55-19)"},
    {STATE_ELIGIBLE, STATE_WITHDRAWN, "she no longer wants it"},
    {STATE_ELIGIBLE, STATE_SUBMITTED, "amended: a new revision, assessed anew"},
    {STATE_IN_REVIEW, STATE_SHORTLISTED, "a place of her province's quota is hers"},
    {STATE_IN_REVIEW, STATE_WAITLISTED, "the quota of her province is full"},
    {STATE_IN_REVIEW, STATE_REJECTED, "the committee refused it, with reasons"},
    {STATE_IN_REVIEW, STATE_WITHDRAWN, "she no longer wants it"},
    {STATE_WAITLISTED, STATE_SHORTLISTED, "a place was freed, in rank order"},
    {STATE_WAITLISTED, STATE_REJECTED, "the call closed and no place was left"},
    {STATE_WAITLISTED, STATE_WITHDRAWN, "she no longer wants it"},
    {STATE_SHORTLISTED, STATE_APPROVED, "the committee approved it; training done where the call demands it"},
    {STATE_SHORTLISTED, STATE_REJECTED, "the committee refused it, with reasons"},
    {STATE_SHORTLISTED, STATE_WITHDRAWN, "she no longer wants it"},
    {STATE_REJECTED, STATE_IN_REVIEW, "her appeal was upheld"},
    {STATE_APPROVED, STATE_FUNDED, "the money has been paid"},
    {STATE_APPROVED, STATE_WITHDRAWN, "she no longer wants it"},
    {STATE_FUNDED, STATE_FOLLOW_UP, "accompaniment begins"},
    {STATE_FOLLOW_UP, STATE_CLOSED, "accompaniment has ended"},
};
const size_t APPLICATION_TRANSITION_COUNT = sizeof(APPLICATION_TRANSITIONS) / sizeof(APPLICATION_TRANSITIONS[0]);

/* A decision names where the file ends; this table says the next step of the way there. Each row is a transition of the table above, or (STATE_NONE)
 * says that the decision changes nothing here. */
static const struct decision_step {
    enum application_state outcome, from, next;
    const char *why;
} DECISION_STEPS[] = {
    {STATE_INELIGIBLE, STATE_SUBMITTED, STATE_SCREENING, "the assessment includes the screening"},
    {STATE_INELIGIBLE, STATE_SCREENING, STATE_INELIGIBLE, "assessed"},
    {STATE_INELIGIBLE, STATE_ELIGIBLE, STATE_INELIGIBLE, "scored again"},
    {STATE_ELIGIBLE, STATE_SUBMITTED, STATE_SCREENING, "the assessment includes the screening"},
    {STATE_ELIGIBLE, STATE_SCREENING, STATE_ELIGIBLE, "assessed"},
    {STATE_ELIGIBLE, STATE_IN_REVIEW, STATE_NONE, "scored again: it is past that, and what the new score changes comes as a decision of its own"},
    {STATE_ELIGIBLE, STATE_SHORTLISTED, STATE_NONE, "the same"},
    {STATE_ELIGIBLE, STATE_WAITLISTED, STATE_NONE, "the same"},
    {STATE_ELIGIBLE, STATE_APPROVED, STATE_NONE, "the same"},
    {STATE_INELIGIBLE, STATE_INFO_REQUESTED, STATE_NONE, "she is asked for a complement meanwhile: the completed form is assessed anew"},
    {STATE_ELIGIBLE, STATE_INFO_REQUESTED, STATE_NONE, "the same"},
    {STATE_SHORTLISTED, STATE_INFO_REQUESTED, STATE_NONE, "the same"},
    {STATE_WAITLISTED, STATE_INFO_REQUESTED, STATE_NONE, "the same"},
    {STATE_INELIGIBLE, STATE_DUPLICATE_REVIEW, STATE_NONE, "from before a merge that is undone by now: what ends the doubt is assessed anew"},
    {STATE_ELIGIBLE, STATE_DUPLICATE_REVIEW, STATE_NONE, "the same"},
    {STATE_SHORTLISTED, STATE_SUBMITTED, STATE_NONE, "she has amended meanwhile: the new form's assessment follows, and its own listing"},
    {STATE_SHORTLISTED, STATE_SCREENING, STATE_NONE, "the same, and a reviewer has just sent it on"},
    {STATE_SHORTLISTED, STATE_DUPLICATE_REVIEW, STATE_NONE, "the same, and the new form waits for a reviewer"},
    {STATE_SHORTLISTED, STATE_ELIGIBLE, STATE_IN_REVIEW, "allocation"},
    {STATE_SHORTLISTED, STATE_IN_REVIEW, STATE_SHORTLISTED, "allocated"},
    {STATE_SHORTLISTED, STATE_WAITLISTED, STATE_SHORTLISTED, "a place was freed"},
    {STATE_WAITLISTED, STATE_SUBMITTED, STATE_NONE, "she has amended meanwhile: the new form's assessment follows, and its own listing"},
    {STATE_WAITLISTED, STATE_SCREENING, STATE_NONE, "the same, and a reviewer has just sent it on"},
    {STATE_WAITLISTED, STATE_DUPLICATE_REVIEW, STATE_NONE, "the same, and the new form waits for a reviewer"},
    {STATE_WAITLISTED, STATE_ELIGIBLE, STATE_IN_REVIEW, "allocation"},
    {STATE_WAITLISTED, STATE_IN_REVIEW, STATE_WAITLISTED, "the quota is full"},
    {STATE_REJECTED, STATE_ELIGIBLE, STATE_IN_REVIEW, "the committee took it up"},
    {STATE_REJECTED, STATE_IN_REVIEW, STATE_REJECTED, "refused by the committee"},
    {STATE_REJECTED, STATE_WAITLISTED, STATE_REJECTED, "the call closed"},
    {STATE_REJECTED, STATE_SHORTLISTED, STATE_REJECTED, "refused by the committee"},
    {STATE_APPROVED, STATE_SHORTLISTED, STATE_APPROVED, "approved by the committee"},
};

static const struct state_info {
    const char *name;
    struct application_reason reason;
    bool gone;   /* a decision that arrives now changes nothing */
    bool awaits; /* she has no answer yet: the legal clock runs, or pauses */
} STATES[STATE_COUNT] = {
    [STATE_NONE] = {NULL, {"", "", ""}, false, false},
    [STATE_DRAFT] = {"DRAFT", {"مسودة لم ترسل بعد.", "Brouillon, pas encore envoyé.", "A draft that has not been sent yet."}, false, false},
    [STATE_SUBMITTED] = {"SUBMITTED",
                         {"تم إيداع طلبك وبدأ احتساب الأجل القانوني للجواب.", "Votre demande est déposée ; le délai légal de réponse court.",
                          "Your application is deposited; the legal time for an answer runs."},
                         false,
                         true},
    [STATE_DUPLICATE_REVIEW] = {"DUPLICATE_REVIEW",
                                {"يتم التحقق من ملفك من طرف الإدارة.", "Votre dossier est en cours de vérification.", "Your file is being checked."},
                                false,
                                true},
    [STATE_MERGED] = {"MERGED",
                      {"ضم هذا الملف إلى ملف آخر لك.", "Ce dossier a été réuni à un autre dossier à vous.",
                       "This file was joined to another file of yours."},
                      true,
                      false},
    [STATE_SCREENING] = {"SCREENING", {"تجري دراسة طلبك.", "Votre demande est à l'étude.", "Your application is being examined."}, false, true},
    [STATE_INFO_REQUESTED] = {"INFO_REQUESTED",
                              {"نحتاج إلى معلومات تكميلية منك.", "Un complément vous est demandé.", "You are asked for a complement."},
                              false,
                              true},
    [STATE_INELIGIBLE] = {"INELIGIBLE",
                          {"لا يستوفي طلبك أحد المعايير المطلوبة؛ يمكنك التظلم.", "Un critère exigé n'est pas rempli ; un recours est possible.",
                           "A required criterion is not met; you may appeal."},
                          false,
                          false},
    [STATE_ELIGIBLE] = {"ELIGIBLE",
                        {"طلبك مستوف للمعايير.", "Votre demande remplit les critères.", "Your application meets the criteria."},
                        false,
                        true},
    [STATE_IN_REVIEW] = {"IN_REVIEW",
                         {"طلبك معروض للانتقاء.", "Votre demande est en cours de sélection.", "Your application is in selection."},
                         false,
                         true},
    [STATE_SHORTLISTED] = {"SHORTLISTED",
                           {"تم انتقاؤك أوليا ضمن حصة إقليمك.", "Vous êtes pré-sélectionnée dans le quota de votre province.",
                            "You are shortlisted within your province's quota."},
                           false,
                           false},
    [STATE_WAITLISTED] = {"WAITLISTED",
                          {"أنت في لائحة الانتظار لإقليمك.", "Vous êtes sur la liste d'attente de votre province.",
                           "You are on your province's waiting list."},
                          false,
                          false},
    [STATE_APPROVED] = {"APPROVED",
                        {"وافقت اللجنة على طلبك.", "Le comité a approuvé votre demande.", "The committee approved your application."},
                        false,
                        false},
    [STATE_REJECTED] = {"REJECTED",
                        {"لم يقبل طلبك؛ الأسباب مبينة ويمكنك التظلم.",
                         "Votre demande n'est pas retenue ; les motifs sont indiqués, un recours est possible.",
                         "Your application was not accepted; the reasons are given and you may appeal."},
                        false,
                        false},
    [STATE_FUNDED] = {"FUNDED", {"تم صرف التمويل.", "Le financement est versé.", "The funding has been paid."}, false, false},
    [STATE_FOLLOW_UP] = {"FOLLOW_UP", {"مشروعك قيد المواكبة.", "Votre projet est accompagné.", "Your project is being accompanied."}, false, false},
    [STATE_CLOSED] = {"CLOSED", {"انتهت المواكبة.", "L'accompagnement est terminé.", "The accompaniment has ended."}, true, false},
    [STATE_WITHDRAWN] = {"WITHDRAWN", {"سحبت طلبك.", "Vous avez retiré votre demande.", "You have withdrawn your application."}, true, false},
    [STATE_EXPIRED] = {"EXPIRED", {"انتهى الأجل.", "Le délai est passé.", "The time has run out."}, true, false},
};

const char *application_state_name(enum application_state state)
{
    return STATES[state].name;
}

const struct application_reason *application_state_reason(enum application_state state)
{
    return &STATES[state].reason;
}

bool application_state_parse(struct str name, enum application_state *ret_state)
{
    for (int state = STATE_DRAFT; state < STATE_COUNT; state++)
        if (str_equal(name, str_from(STATES[state].name))) {
            *ret_state = (enum application_state)state;
            return true;
        }
    return false;
}

static bool is_allowed(enum application_state from, enum application_state to)
{
    for (size_t i = 0; i < APPLICATION_TRANSITION_COUNT; i++)
        if (APPLICATION_TRANSITIONS[i].from == from && APPLICATION_TRANSITIONS[i].to == to)
            return true;
    return false;
}

enum err application_move(struct application_change *change, enum application_state to)
{
    if (!is_allowed(change->state, to) || change->count == APPLICATION_MOVES_MAX)
        return ERR_CONFLICT;
    change->moves[change->count++] = (struct application_move){change->state, to};
    change->state = to;
    return ERR_OK;
}

static enum err move_to_submitted(struct application_change *change, bool duplicate)
{
    struct application_change moved = *change;
    enum err err = application_move(&moved, STATE_SUBMITTED);
    if (err == ERR_OK && duplicate)
        err = application_move(&moved, STATE_DUPLICATE_REVIEW);
    if (err == ERR_OK)
        *change = moved;
    return err;
}

enum err application_submit(struct application_change *change, bool duplicate)
{
    if (change->state != STATE_NONE && change->state != STATE_DRAFT)
        return ERR_CONFLICT; /* the transitions to SUBMITTED from later states are amendments */
    return move_to_submitted(change, duplicate);
}

enum err application_amend(struct application_change *change, bool duplicate)
{
    if (change->state == STATE_DRAFT)
        return ERR_OK;
    if (change->state == STATE_NONE)
        return ERR_CONFLICT;
    return move_to_submitted(change, duplicate);
}

enum err application_withdraw(struct application_change *change)
{
    return application_move(change, STATE_WITHDRAWN);
}

enum err application_request_info(struct application_change *change)
{
    struct application_change moved = *change;
    enum err err = moved.state == STATE_SUBMITTED ? application_move(&moved, STATE_SCREENING) : ERR_OK;
    if (err == ERR_OK)
        err = application_move(&moved, STATE_INFO_REQUESTED);
    if (err == ERR_OK)
        *change = moved;
    return err;
}

enum err application_expire(struct application_change *change)
{
    return application_move(change, STATE_EXPIRED);
}

bool application_is_financed(enum application_state state)
{
    return state == STATE_FUNDED || state == STATE_FOLLOW_UP || state == STATE_CLOSED;
}

bool application_is_gone(enum application_state state)
{
    return STATES[state].gone;
}

bool application_awaits_answer(enum application_state state)
{
    return STATES[state].awaits;
}

static const struct decision_step *find_step(enum application_state outcome, enum application_state from)
{
    for (size_t i = 0; i < sizeof(DECISION_STEPS) / sizeof(DECISION_STEPS[0]); i++)
        if (DECISION_STEPS[i].outcome == outcome && DECISION_STEPS[i].from == from)
            return &DECISION_STEPS[i];
    return NULL;
}

enum decision_effect application_decide(struct application_change *change, enum application_state outcome)
{
    if (STATES[change->state].gone)
        return DECISION_IGNORED;
    struct application_change moved = *change;
    while (moved.state != outcome) {
        const struct decision_step *step = find_step(outcome, moved.state);
        if (step && step->next == STATE_NONE)
            return DECISION_IGNORED;
        if (!step || application_move(&moved, step->next) != ERR_OK)
            return DECISION_CONFLICT;
    }
    *change = moved;
    return DECISION_APPLIED;
}
