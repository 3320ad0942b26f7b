#include "allocation.h"

static bool frees(const struct seeker *seeker)
{
    return seeker->seeking == SEEKING_NOTHING && seeker->decision->place > 0;
}

int64_t allocation_free(const struct quota *quota, struct seeker *const *seekers, size_t count)
{
    int64_t left = quota->places - quota->taken - quota->surplus;
    for (size_t i = 0; i < count; i++)
        left += frees(seekers[i]);
    return left > 0 ? left : 0;
}

/* Those who leave or keep, those of the waiting list by rank, those who arrive in their order. */
static int in_turn(const struct seeker *a, const struct seeker *b)
{
    if (a->seeking != b->seeking)
        return a->seeking < b->seeking ? -1 : 1;
    return a->seeking == SEEKING_RANK ? decision_rank(a->decision, b->decision) : decision_arrival(a->decision, b->decision);
}

/* Two sorted runs, from `from` and from `middle`, become one in `merged`; of equals the left one comes first. */
static void merge(struct seeker *const *seekers, struct seeker **merged, size_t from, size_t middle, size_t end)
{
    size_t left = from, right = middle;
    for (size_t to = from; to < end; to++) {
        bool from_left = right >= end || (left < middle && in_turn(seekers[left], seekers[right]) <= 0);
        merged[to] = from_left ? seekers[left++] : seekers[right++];
    }
}

/* Merge sort, bottom up: a batch can hold hundreds, and qsort may allocate. `spare` has room for `count`. */
static void sort(struct seeker **seekers, struct seeker **spare, size_t count)
{
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t from = 0; from < count; from += 2 * width) {
            size_t middle = from + width < count ? from + width : count, end = from + 2 * width < count ? from + 2 * width : count;
            merge(seekers, spare, from, middle, end);
        }
        for (size_t i = 0; i < count; i++)
            seekers[i] = spare[i];
    }
}

static void leave(struct quota *quota, struct seeker *seeker)
{
    bool freed = seeker->decision->place > 0, gone = freed && quota->surplus > 0;
    quota->taken -= freed;
    quota->places -= gone;
    quota->surplus -= gone;
    seeker->decision->place = 0;
}

static void seek(struct quota *quota, struct seeker *seeker)
{
    if (quota->taken < quota->places) {
        quota->taken++;
        seeker->decision->place = ++quota->sequence;
        seeker->got_place = true;
    } else {
        quota->waiting++;
    }
}

void allocate(struct quota *quota, struct seeker **seekers, struct seeker **spare, size_t count)
{
    sort(seekers, spare, count);
    for (size_t i = 0; i < count; i++) {
        struct seeker *seeker = seekers[i];
        quota->waiting -= seeker->listed;
        if (seeker->seeking == SEEKING_NOTHING)
            leave(quota, seeker);
    }
    for (size_t i = 0; i < count; i++)
        if (seekers[i]->seeking >= SEEKING_RANK)
            seek(quota, seekers[i]);
}
