#include "changes.h"

#include "crypto/seal.h"
#include "store_statements.h"

/* The rows that one call adds. */
struct webhooks {
    struct db_column message_ids, message_applications, traceparents, bodies;
    struct db_column delivery_events, delivery_endpoints, delivery_applications, delivery_gone;
};

static enum err data_text(const struct change *change, instant_us now, struct arena *arena, struct str *ret_data)
{
    const struct referral *referral = change->referral;
    struct transition_message transition = {str_from(referral_state_name(change->step->from)), str_from(referral_state_name(change->step->to)), now};
    struct referral_message message = {
        .application = referral->application,
        .version = referral->version,
        .call = referral->call,
        .kind = referral->kind,
        .region = referral->region,
        .province = referral->province,
        .state = transition.to,
        .transitions = {&transition, 1},
        .referral = referral->id,
        .partner = referral->partner,
        .outcome = referral->outcome,
        .reason = referral->reason,
    };
    return wire_text(&REFERRAL_MESSAGE, &message, arena, ret_data);
}

/* A webhook for each endpoint of the partner that takes the type and serves her province. */
static enum err add_webhooks(const struct changes *changes, const struct change *change, const struct outbox_row *row, struct webhooks *webhooks)
{
    const struct referral *referral = change->referral;
    size_t endpoints = 0;
    struct str body;
    for (size_t i = 0; i < changes->subscriptions->count; i++) {
        const struct subscription *subscription = &changes->subscriptions->items[i];
        if (id_compare(subscription->partner, referral->partner) != 0 || !subscription_takes(subscription, str_from(row->type)) ||
            !subscription_covers(subscription, referral->region, referral->province))
            continue;
        endpoints++;
        db_column_id(&webhooks->delivery_events, row->event_id);
        db_column_id(&webhooks->delivery_endpoints, subscription->endpoint);
        db_column_id(&webhooks->delivery_applications, referral->application);
        db_column_str(&webhooks->delivery_gone, subscription->gone);
    }
    if (endpoints == 0)
        return ERR_OK;
    enum err err = cloud_event_text(row, changes->arena, &body);
    if (err != ERR_OK)
        return err;
    db_column_id(&webhooks->message_ids, row->event_id);
    db_column_id(&webhooks->message_applications, referral->application);
    db_column_str(&webhooks->bodies, body);
    if (str_empty(row->traceparent))
        db_column_null(&webhooks->traceparents);
    else
        db_column_str(&webhooks->traceparents, row->traceparent);
    return ERR_OK;
}

static void webhooks_init(struct webhooks *webhooks, struct arena *arena)
{
    db_column_init(&webhooks->message_ids, arena, DB_UUID);
    db_column_init(&webhooks->message_applications, arena, DB_UUID);
    db_column_init(&webhooks->traceparents, arena, DB_TEXT);
    db_column_init(&webhooks->bodies, arena, DB_TEXT);
    db_column_init(&webhooks->delivery_events, arena, DB_UUID);
    db_column_init(&webhooks->delivery_endpoints, arena, DB_UUID);
    db_column_init(&webhooks->delivery_applications, arena, DB_UUID);
    db_column_init(&webhooks->delivery_gone, arena, DB_TEXT);
}

static enum err write_webhooks(const struct changes *changes, struct webhooks *webhooks)
{
    struct db_args messages, deliveries;
    if (webhooks->message_ids.count == 0)
        return ERR_OK;
    db_args_init(&messages, changes->arena);
    db_arg_column(&messages, &webhooks->message_ids);
    db_arg_column(&messages, &webhooks->message_applications);
    db_arg_column(&messages, &webhooks->traceparents);
    db_arg_column(&messages, &webhooks->bodies);
    db_args_init(&deliveries, changes->arena);
    db_arg_column(&deliveries, &webhooks->delivery_events);
    db_arg_column(&deliveries, &webhooks->delivery_endpoints);
    db_arg_column(&deliveries, &webhooks->delivery_applications);
    db_arg_column(&deliveries, &webhooks->delivery_gone);
    db_arg_instant(&deliveries, changes->now);
    enum err err = db_queue(changes->db, &STORE_ADD_MESSAGES, &messages);
    return err == ERR_OK ? db_queue(changes->db, &STORE_ADD_DELIVERIES, &deliveries) : err;
}

enum err changes_publish(const struct changes *changes, const struct change *items, size_t count)
{
    struct webhooks webhooks;
    webhooks_init(&webhooks, changes->arena);
    for (size_t i = 0; i < count; i++) {
        const struct change *change = &items[i];
        struct outbox_row row = {
            .event_id = fresh_id(changes->now),
            .key = change->referral->application,
            .aggregate_id = change->referral->id,
            .version = change->referral->version,
            .type = change->step->event,
            .traceparent = change->referral->traceparent,
            .at = changes->now,
            .actor = change->actor,
            .action = str_from(referral_action_name(change->step->action)),
        };
        enum err err = data_text(change, changes->now, changes->arena, &row.data);
        if (err == ERR_OK)
            err = add_webhooks(changes, change, &row, &webhooks);
        if (err != ERR_OK)
            return err;
        outbox_add(changes->outbox, &row);
    }
    return write_webhooks(changes, &webhooks);
}

enum err changes_apply(const struct changes *changes, const struct referral_set *referrals, enum referral_action action)
{
    struct change *items = arena_take_array(changes->arena, referrals->count + 1, sizeof *items);
    if (!items)
        return ERR_LIMIT;
    for (size_t i = 0; i < referrals->count; i++) {
        struct referral *referral = &referrals->items[i];
        const struct referral_step *step = referral_step(referral->state, action);
        if (!step || !step->event)
            return ERR_INTERNAL; /* the statement that found them asks for the states of the table */
        items[i] = (struct change){.referral = referral, .step = step, .actor = STR("service:notifier")};
        referral->state = step->to;
    }
    enum err err = store_change_referrals(changes->db, changes->arena, referrals, changes->now);
    for (size_t i = 0; i < referrals->count; i++)
        referrals->items[i].version++;
    return err == ERR_OK ? changes_publish(changes, items, referrals->count) : err;
}
