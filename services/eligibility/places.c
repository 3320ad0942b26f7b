#include "places.h"

#include "changes.h"
#include "store.h"

static bool is_listed(const struct decision *decision)
{
    return decision->state == DECISION_WAITLISTED;
}

static bool same_quota(const struct file *file)
{
    return file->former.version > 0 && str_equal(file->former.call, file->decision.call) && str_equal(file->former.province, file->decision.province);
}

/* How she stands before the quota of her call and province. */
static enum seeking how_she_seeks(const struct file *file)
{
    if (!same_quota(file))
        return SEEKING_ARRIVAL;
    if (file->former.state == DECISION_SHORTLISTED)
        return SEEKING_KEEP;
    return is_listed(&file->former) ? SEEKING_RANK : SEEKING_ARRIVAL;
}

static void prepare(const struct docket *docket, struct file *file)
{
    if (file->set_aside)
        return;
    bool seeks = file->effect == EFFECT_PROMOTE || (file->effect == EFFECT_ASSESS && file->appraisal.eligible && file->terms->automatic);
    bool stays = seeks && same_quota(file);
    if (!stays && file->former.version > 0 && (file->former.place > 0 || is_listed(&file->former))) {
        file->leaves = docket_quota(docket, file->former.call, file->former.province);
        file->leaving = (struct seeker){.decision = &file->former_place, .seeking = SEEKING_NOTHING, .listed = is_listed(&file->former)};
        file->former_place = file->former;
    }
    if (!stays)
        file->decision.place = 0;
    if (seeks) {
        file->seeks = docket_quota(docket, file->decision.call, file->decision.province);
        file->seeking = (struct seeker){.decision = &file->decision, .seeking = how_she_seeks(file), .listed = stays && is_listed(&file->former)};
    }
}

/* Those before one quota; returns how many. */
static size_t gather(const struct docket *docket, const struct quota *quota, struct seeker **ret_seekers)
{
    size_t count = 0;
    for (size_t i = 0; i < docket->count; i++) {
        struct file *file = &docket->files[i];
        if (file->leaves == quota)
            ret_seekers[count++] = &file->leaving;
        if (file->seeks == quota)
            ret_seekers[count++] = &file->seeking;
    }
    return count;
}

struct hall {
    struct seeker **seekers, **spare;
};

static enum err hall_make(struct hall *hall, struct arena *arena, size_t files)
{
    hall->seekers = arena_take_array(arena, 2 * files + 1, sizeof(struct seeker *));
    hall->spare = arena_take_array(arena, 2 * files + 1, sizeof(struct seeker *));
    return hall->seekers && hall->spare ? ERR_OK : ERR_LIMIT;
}

/* Reads the heads of the waiting lists where places come free. */
static enum err call_heads(const struct feed_call *call, struct docket *docket, const struct hall *hall)
{
    struct head_request *requests = arena_take_array(call->arena, docket->quota_count + 1, sizeof(*requests));
    size_t count = 0;
    if (!requests)
        return ERR_LIMIT;
    for (size_t i = 0; i < docket->quota_count; i++) {
        const struct quota *quota = &docket->quotas[i];
        int64_t left = quota->waiting > 0 ? allocation_free(quota, hall->seekers, gather(docket, quota, hall->seekers)) : 0;
        if (left > 0)
            requests[count++] = (struct head_request){quota, left < quota->waiting ? left : quota->waiting};
    }
    return count > 0 ? store_load_heads(call->db, call->arena, docket, requests, count) : ERR_OK;
}

enum err places_give(const struct feed_call *call, struct docket *docket)
{
    struct hall hall;
    for (size_t i = 0; i < docket->count; i++)
        prepare(docket, &docket->files[i]);
    enum err err = hall_make(&hall, call->arena, docket->count);
    if (err == ERR_OK)
        err = call_heads(call, docket, &hall);
    if (err == ERR_OK)
        err = hall_make(&hall, call->arena, docket->count);
    if (err != ERR_OK)
        return err;
    for (size_t i = 0; i < docket->count; i++)
        prepare(docket, &docket->files[i]); /* again: the files lie elsewhere now, and the heads are among them */
    for (size_t i = 0; i < docket->quota_count; i++)
        allocate(&docket->quotas[i], hall.seekers, hall.spare, gather(docket, &docket->quotas[i], hall.seekers));
    return ERR_OK;
}

static enum err tell_listing(const struct feed_call *call, struct file *file)
{
    return change_to(file, file->decision.place > 0 ? DECISION_SHORTLISTED : DECISION_WAITLISTED, call->now, call->outbox);
}

static enum err tell(const struct feed_call *call, struct file *file)
{
    if (file->effect == EFFECT_PROMOTE) /* a head who got none stays where she is */
        return file->seeking.got_place ? change_to(file, DECISION_SHORTLISTED, call->now, call->outbox) : ERR_OK;
    if (file->effect == EFFECT_HOLD)
        return change_to(file, DECISION_HELD, call->now, call->outbox);
    if (file->effect == EFFECT_CLOSE)
        return change_to(file, DECISION_CLOSED, call->now, call->outbox);
    enum err err = change_to(file, file->appraisal.eligible ? DECISION_ELIGIBLE : DECISION_INELIGIBLE, call->now, call->outbox);
    return err == ERR_OK && file->seeks ? tell_listing(call, file) : err;
}

enum err places_tell(const struct feed_call *call, struct docket *docket)
{
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < docket->count; i++)
        if (!docket->files[i].set_aside)
            err = tell(call, &docket->files[i]);
    return err;
}
