#include "events.h"

#include "app/log.h"
#include "changes.h"
#include "crypto/seal.h"
#include "messages.h"
#include "proto/topics.h"
#include "store.h"

const char *const TRAINING_TOPICS[] = {TOPIC_APPLICATION, TOPIC_DECISION, NULL};

enum effect { EFFECT_COME, EFFECT_LEAVE, EFFECT_LEAVE_FOR_GOOD, EFFECT_NONE };

/* What is not here does not concern training. */
static const struct subscription {
    const char *type;
    const char *outcome; /* NULL: whatever it is */
    enum effect effect;
    const char *why;
} SUBSCRIPTIONS[] = {
    {EVENT_DECISION_SHORTLISTED, NULL, EFFECT_COME,
     "she has a place: she is offered a seat in the next session of her province, also where she moved to it"},
    {EVENT_DECISION_ASSESSED, "INELIGIBLE", EFFECT_LEAVE,
     "amended and not eligible any more, or for a committee to list: her seat is for another (who else is eligible is listed next)"},
    {EVENT_DECISION_WAITLISTED, NULL, EFFECT_LEAVE, "amended, and another province has no place for her: her seat is for another"},
    {EVENT_DECISION_REJECTED, NULL, EFFECT_LEAVE, "the committee said no: her seat is for another; an appeal may bring her back"},
    {EVENT_DECISION_HELD, NULL, EFFECT_LEAVE,
     "her file may be a double, is merged, or lacks something: the same; when it goes on she is decided on again"},
    {EVENT_DECISION_CLOSED, NULL, EFFECT_LEAVE, "her file was closed: her seat is for another"},
    {EVENT_APPLICATION_ERASED, NULL, EFFECT_LEAVE_FOR_GOOD, "her keys are destroyed: her seat is for another"},
    {EVENT_APPLICATION_WITHDRAWN, NULL, EFFECT_LEAVE_FOR_GOOD, "she withdrew, maybe before the decision got here: it is remembered"},
};

/* One event that concerns us, and the enrolment it is about. */
struct wish {
    const struct event *event;
    enum effect effect;
    struct placed_message placed;
    struct enrolment *enrolment; /* NULL: there is none */
    bool left_before;
};

struct wishes {
    struct wish *items;
    struct id *applications; /* the same order */
    size_t count, comers;
};

static const struct subscription *find_subscription(struct str type)
{
    for (size_t i = 0; i < sizeof(SUBSCRIPTIONS) / sizeof(SUBSCRIPTIONS[0]); i++)
        if (str_equal(type, str_from(SUBSCRIPTIONS[i].type)))
            return &SUBSCRIPTIONS[i];
    return NULL;
}

static enum err collect(const struct feed_call *call, struct wishes *ret_wishes)
{
    ret_wishes->items = arena_take_array(call->arena, call->count, sizeof *ret_wishes->items);
    ret_wishes->applications = arena_take_array(call->arena, call->count, sizeof *ret_wishes->applications);
    struct violations *violations = arena_take(call->arena, sizeof *violations);
    if (!ret_wishes->items || !ret_wishes->applications || !violations)
        return ERR_LIMIT;
    for (size_t i = 0; i < call->count; i++) {
        struct event *event = call->events[i];
        const struct subscription *subscription = find_subscription(event->type);
        if (!subscription)
            continue;
        struct wish wish = {.event = event, .effect = subscription->effect};
        violations_init(violations, call->arena);
        event->outcome = wire_decode(&PLACED_MESSAGE, event->data, WIRE_IGNORE_UNKNOWN, call->arena, &wish.placed, violations);
        if (event->outcome == ERR_OK && id_compare(wish.placed.application, event->key) != 0)
            event->outcome = ERR_INVALID; /* the order of events, and one an application in a call, are the key's */
        if (event->outcome != ERR_OK) {
            event->reason = "its data is not what proto/events says";
            continue;
        }
        if (subscription->outcome && !str_equal(wish.placed.outcome, str_from(subscription->outcome)) && !wish.placed.unlisted)
            continue;
        ret_wishes->applications[ret_wishes->count] = wish.placed.application;
        ret_wishes->items[ret_wishes->count++] = wish;
        ret_wishes->comers += wish.effect == EFFECT_COME;
    }
    return ERR_OK;
}

static int desk_compare(const struct desk *desk, struct str call, struct str province)
{
    int order = str_compare(desk->call, call);
    return order != 0 ? order : str_compare(desk->province, province);
}

/* Sorted and distinct: the order in which they are locked. */
static void add_desk(struct desk_set *desks, struct str call, struct str province)
{
    size_t at = 0;
    while (at < desks->count && desk_compare(&desks->items[at], call, province) < 0)
        at++;
    if (at < desks->count && desk_compare(&desks->items[at], call, province) == 0)
        return;
    for (size_t move = desks->count; move > at; move--)
        desks->items[move] = desks->items[move - 1];
    desks->items[at] = (struct desk){.call = call, .province = province};
    desks->count++;
}

/* Those of the events; there is room for those of the enrolments. */
static enum err collect_desks(const struct wishes *wishes, struct arena *arena, struct desk_set *ret_desks)
{
    ret_desks->items = arena_take_array(arena, 2 * wishes->count, sizeof *ret_desks->items);
    if (!ret_desks->items)
        return ERR_LIMIT;
    for (size_t i = 0; i < wishes->count; i++)
        add_desk(ret_desks, wishes->items[i].placed.call, wishes->items[i].placed.province);
    return ERR_OK;
}

static enum err load_departures(const struct feed_call *call, struct wishes *wishes)
{
    struct id *leaving = arena_take_array(call->arena, wishes->count, sizeof *leaving);
    bool *left = arena_take_array(call->arena, wishes->count, sizeof *left);
    size_t leaving_count = 0;
    if (!leaving || !left)
        return ERR_LIMIT;
    for (size_t i = 0; i < wishes->count; i++)
        if (wishes->items[i].effect == EFFECT_LEAVE_FOR_GOOD)
            leaving[leaving_count++] = wishes->applications[i];
    enum err err = leaving_count > 0 ? store_add_departures(call->db, call->arena, leaving, leaving_count, call->now) : ERR_OK;
    if (err == ERR_OK)
        err = store_find_departures(call->db, call->arena, wishes->applications, wishes->count, left);
    for (size_t i = 0; err == ERR_OK && i < wishes->count; i++)
        wishes->items[i].left_before = left[i];
    return err;
}

struct batch_state {
    struct wishes wishes;
    struct desk_set desks;
    struct enrolment_list enrolments; /* of the wishes' applications */
    struct seating seating;
    struct change_list changes;
};

static void link_enrolment(struct batch_state *state, struct enrolment *enrolment, struct id held_session)
{
    for (size_t i = 0; i < state->seating.session_count; i++)
        if (id_compare(state->seating.sessions[i].id, held_session) == 0)
            enrolment->session = &state->seating.sessions[i];
    for (size_t i = 0; i < state->wishes.count; i++)
        if (id_compare(state->wishes.applications[i], enrolment->application) == 0)
            state->wishes.items[i].enrolment = enrolment;
    /* She is seated once, and when it is her turn: who is shortlisted again keeps her place in the queue. */
    for (size_t i = 0; i < state->seating.waiting_count; i++)
        if (id_compare(state->seating.waiting[i].id, enrolment->id) == 0)
            state->seating.waiting[i].in_hand = enrolment;
}

/* Who has moved holds her seat, or waits, at another desk than her event names. It is locked: all desks of the call are. */
static void add_desks_of_enrolments(struct batch_state *state)
{
    for (size_t i = 0; i < state->enrolments.count; i++)
        add_desk(&state->desks, state->enrolments.items[i].call, state->enrolments.items[i].province);
}

static enum err load_seating(const struct feed_call *call, struct batch_state *state)
{
    if (state->enrolments.count == 0 && state->wishes.comers == 0)
        return ERR_OK; /* most who wait for a place or are not eligible never had a seat */
    add_desks_of_enrolments(state);
    const struct seating_query query = {&state->desks, state->enrolments.session_ids, state->enrolments.count, state->wishes.count, call->now};
    enum err err = store_load_seating(call->db, call->arena, &query, &state->seating);
    for (size_t i = 0; err == ERR_OK && i < state->enrolments.count; i++)
        link_enrolment(state, &state->enrolments.items[i], state->enrolments.session_ids[i]);
    return err;
}

static enum err load(const struct feed_call *call, struct batch_state *state)
{
    enum err err = collect_desks(&state->wishes, call->arena, &state->desks);
    if (err == ERR_OK)
        err = store_lock_desks(call->db, call->arena, &state->desks);
    if (err == ERR_OK)
        err = load_departures(call, &state->wishes);
    if (err == ERR_OK)
        err = store_find_enrolments(call->db, call->arena, state->wishes.applications, state->wishes.count, &state->enrolments);
    return err == ERR_OK ? load_seating(call, state) : err;
}

/* What comes again, or late, where her enrolment follows a later decision already. */
static void sort_out_old_news(const struct wishes *wishes)
{
    for (size_t i = 0; i < wishes->count; i++) {
        struct wish *wish = &wishes->items[i];
        if (wish->effect == EFFECT_LEAVE_FOR_GOOD || !wish->enrolment)
            continue; /* what the application tells is for good, whatever was decided */
        if (wish->event->version <= wish->enrolment->decision_version)
            wish->effect = EFFECT_NONE;
        else
            wish->enrolment->decision_version = wish->event->version;
    }
}

static enum err come(const struct feed_call *call, struct batch_state *state, struct wish *wish)
{
    if (wish->left_before || (wish->enrolment && !enrolment_may(wish->enrolment->state, ENROLMENT_OFFERED)))
        return ERR_OK; /* she has gone, or has her seat or her place in the queue already */
    if (!wish->enrolment) {
        wish->enrolment = arena_take(call->arena, sizeof *wish->enrolment);
        if (!wish->enrolment)
            return ERR_LIMIT;
        *wish->enrolment = (struct enrolment){.id = fresh_id(call->now),
                                              .application = wish->placed.application,
                                              .call = wish->placed.call,
                                              .kind = wish->placed.kind,
                                              .region = wish->placed.region,
                                              .province = wish->placed.province,
                                              .decision_version = wish->event->version};
    }
    seating_come(&state->seating, wish->enrolment);
    return ERR_OK;
}

/* Frees what she holds, where she does not keep it. */
static void leave(const struct wish *wish)
{
    if (!wish->enrolment || wish->effect == EFFECT_NONE)
        return;
    if (wish->effect == EFFECT_COME)
        seating_move(wish->enrolment, wish->placed.province);
    else if (enrolment_may(wish->enrolment->state, ENROLMENT_CANCELLED))
        seating_leave(wish->enrolment);
}

static enum err decide(const struct feed_call *call, struct batch_state *state)
{
    enum err err = ERR_OK;
    sort_out_old_news(&state->wishes);
    for (size_t i = 0; i < state->wishes.count; i++)
        leave(&state->wishes.items[i]);
    seating_promote(&state->seating);
    for (size_t i = 0; err == ERR_OK && i < state->wishes.count; i++)
        if (state->wishes.items[i].effect == EFFECT_COME)
            err = come(call, state, &state->wishes.items[i]);
    return err;
}

static enum err publish(const struct feed_call *call, struct batch_state *state)
{
    enum err err = changes_init(&state->changes, call->arena, state->wishes.count + state->seating.waiting_count);
    for (size_t i = 0; err == ERR_OK && i < state->wishes.count; i++)
        if (state->wishes.items[i].enrolment)
            changes_add(&state->changes, state->wishes.items[i].enrolment, state->wishes.items[i].event->traceparent);
    for (size_t i = 0; err == ERR_OK && i < state->seating.waiting_count; i++)
        changes_add(&state->changes, &state->seating.waiting[i], (struct str){0});
    if (err != ERR_OK || state->changes.count == 0)
        return err;
    changes_count_waiting(&state->changes, &state->desks);
    err = store_save_enrolments(call->db, call->arena, state->changes.items, state->changes.count, call->now);
    if (err == ERR_OK)
        err = store_save_seating(call->db, call->arena, &state->seating, &state->desks);
    for (size_t i = 0; err == ERR_OK && i < state->changes.count; i++)
        err = changes_publish(&state->changes, i, fresh_id(call->now), call->now, call->outbox);
    return err;
}

enum err training_handle(struct feed_call *call)
{
    struct batch_state state = {0};
    enum err err = collect(call, &state.wishes);
    if (err != ERR_OK || state.wishes.count == 0)
        return err;
    err = load(call, &state);
    if (err == ERR_OK)
        err = decide(call, &state);
    return err == ERR_OK ? publish(call, &state) : err;
}
