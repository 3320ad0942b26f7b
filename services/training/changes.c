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
    list->items = arena_take_array(arena, most + 1, sizeof *list->items);
    list->traceparents = arena_take_array(arena, most + 1, sizeof *list->traceparents);
    return list->items && list->traceparents ? ERR_OK : ERR_LIMIT;
}

void changes_add(struct change_list *list, struct enrolment *enrolment, struct str traceparent)
{
    if (enrolment->state == enrolment->before)
        return;
    list->traceparents[list->count] = traceparent;
    list->items[list->count++] = enrolment;
}

void changes_count_waiting(const struct change_list *list, struct desk_set *desks)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct enrolment *e = list->items[i];
        int change = (e->state == ENROLMENT_WAITLISTED) - (e->before == ENROLMENT_WAITLISTED);
        for (size_t d = 0; change != 0 && d < desks->count; d++)
            if (str_equal(desks->items[d].province, e->province) && str_equal(desks->items[d].call, e->call))
                desks->items[d].waiting_change += change;
    }
}

enum err changes_publish(const struct change_list *list, size_t index, struct id event_id, instant_us now, struct outbox *outbox)
{
    const struct enrolment *e = list->items[index];
    const struct session *session = e->session;
    struct transition_message transition = {str_from(enrolment_state_name(e->before)), str_from(enrolment_state_name(e->state)), now};
    struct enrolment_message message = {
        .application = e->application,
        .version = e->version + 1,
        .call = e->call,
        .kind = e->kind,
        .region = e->region,
        .province = e->province,
        .state = transition.to,
        .transitions = {&transition, 1},
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
