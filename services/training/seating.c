#include "seating.h"

static struct session *next_with_room(struct seating *seating, const struct enrolment *enrolment)
{
    for (size_t i = 0; i < seating->session_count; i++) {
        struct session *session = &seating->sessions[i];
        if (!session->open || session->room <= session->taken)
            continue;
        if (str_equal(session->province, enrolment->province) && str_equal(session->call, enrolment->call))
            return session;
    }
    return NULL;
}

static void sit(struct enrolment *enrolment, struct session *session)
{
    session->taken++;
    enrolment->session = session;
    enrolment->state = ENROLMENT_OFFERED;
}

void seating_leave(struct enrolment *enrolment)
{
    if (enrolment_holds_seat(enrolment->state) && enrolment->session)
        enrolment->session->taken--;
    enrolment->session = NULL;
    enrolment->state = ENROLMENT_CANCELLED;
}

void seating_move(struct enrolment *enrolment, struct str province)
{
    if (str_equal(enrolment->province, province))
        return;
    if (enrolment_may(enrolment->state, ENROLMENT_CANCELLED))
        seating_leave(enrolment);
    if (enrolment->state == ENROLMENT_CANCELLED)
        enrolment->province = province;
}

bool seating_has_moved(const struct enrolment *enrolment)
{
    return enrolment_may(enrolment->before, ENROLMENT_CANCELLED) && !str_equal(enrolment->province, enrolment->province_before);
}

void seating_promote(struct seating *seating)
{
    for (size_t i = 0; i < seating->waiting_count; i++) {
        struct enrolment *in_hand = seating->waiting[i].in_hand, *enrolment = in_hand ? in_hand : &seating->waiting[i];
        if (enrolment->state != ENROLMENT_WAITLISTED)
            continue;
        struct session *session = next_with_room(seating, enrolment);
        if (session)
            sit(enrolment, session);
    }
}

void seating_come(struct seating *seating, struct enrolment *enrolment)
{
    struct session *session = next_with_room(seating, enrolment);
    if (session) {
        sit(enrolment, session);
        return;
    }
    enrolment->session = NULL;
    enrolment->state = ENROLMENT_WAITLISTED;
}
