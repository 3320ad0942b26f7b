#include "changes.h"

#include "messages.h"
#include "proto/topics.h"

/* Which event tells that an enrolment has reached a state, and the word for the audit. */
static const struct {
    const char *type, *action;
} EVENTS[ENROLMENT_STATE_COUNT] = {
    [ENROLMENT_OFFERED] = {EVENT_ENROLMENT_OFFERED, "offer-seat"},
    [ENROLMENT_WAITLISTED] = {EVENT_ENROLMENT_WAITLISTED, "queue"},
    [ENROLMENT_CANCELLED] = {EVENT_ENROLMENT_CANCELLED, "cancel"},
    [ENROLMENT_COMPLETED] = {EVENT_ENROLMENT_COMPLETED, "complete"},
};

enum err changes_init(struct change_list *list, struct arena *arena, size_t most)
{
    list->arena = arena;
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers to enrolments that others hold */
    list->items = arena_take_array(arena, most + 1, sizeof *list->items);
    list->traceparents = arena_take_array(arena, most + 1, sizeof *list->traceparents);
    return list->items && list->traceparents ? ERR_OK : ERR_LIMIT;
}

void changes_add(struct change_list *list, struct enrolment *enrolment, struct str traceparent)
{
    if (enrolment->state == enrolment->before && !seating_has_moved(enrolment))
        return;
    list->traceparents[list->count] = traceparent;
    list->items[list->count++] = enrolment;
}

static void count(struct desk_set *desks, struct str call, struct str province, int change)
{
    for (size_t d = 0; d < desks->count; d++)
        if (str_equal(desks->items[d].province, province) && str_equal(desks->items[d].call, call))
            desks->items[d].waiting_change += change;
}

void changes_count_waiting(const struct change_list *list, struct desk_set *desks)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct enrolment *e = list->items[i];
        if (e->before == ENROLMENT_WAITLISTED)
            count(desks, e->call, e->province_before, -1);
        if (e->state == ENROLMENT_WAITLISTED)
            count(desks, e->call, e->province, 1);
    }
}

/* Who moves leaves one seat and comes to another: two transitions, one event. Returns how many. */
static size_t transitions_of(const struct enrolment *e, instant_us now, struct transition_message ret_transitions[2])
{
    const struct str before = str_from(enrolment_state_name(e->before)), after = str_from(enrolment_state_name(e->state)),
                     between = str_from(enrolment_state_name(ENROLMENT_CANCELLED));
    if (!seating_has_moved(e)) {
        ret_transitions[0] = (struct transition_message){before, after, now};
        return 1;
    }
    ret_transitions[0] = (struct transition_message){before, between, now};
    ret_transitions[1] = (struct transition_message){between, after, now};
    return 2;
}

enum err changes_publish(const struct change_list *list, size_t index, struct id event_id, instant_us now, struct outbox *outbox)
{
    const struct enrolment *e = list->items[index];
    const struct session *session = e->session;
    struct transition_message transitions[2];
    const size_t transition_count = transitions_of(e, now, transitions);
    struct enrolment_message message = {
        .application = e->application,
        .version = e->version + 1,
        .call = e->call,
        .kind = e->kind,
        .region = e->region,
        .province = e->province,
        .state = transitions[transition_count - 1].to,
        .transitions = {transitions, transition_count},
        .enrolment = e->id,
        .starts_at = session ? session->starts_at : INSTANT_NEVER,
    };
    if (session) {
        message.session = session->id;
        message.course = session->course;
        message.title = session->title;
        message.place = session->place;
    }
    struct outbox_row row = {.event_id = event_id,
                             .key = e->application,
                             .aggregate_id = e->id,
                             .version = e->version + 1,
                             .type = EVENTS[e->state].type,
                             .traceparent = list->traceparents[index],
                             .at = now,
                             .actor = STR("service:training"),
                             .action = str_from(EVENTS[e->state].action)};
    enum err err = wire_text(&ENROLMENT_MESSAGE, &message, list->arena, &row.data);
    if (err == ERR_OK)
        outbox_add(outbox, &row);
    return err;
}
