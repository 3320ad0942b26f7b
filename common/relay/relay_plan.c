#include "relay/relay_plan.h"

size_t relay_slices(const struct relay_chunk *chunks, size_t count, struct relay_place end, struct relay_slice *ret_slices)
{
    int64_t later_min = INT64_MAX; /* smallest id of the chunks after this one */
    for (size_t i = count; i > 0; i--) {
        ret_slices[i - 1].id_bound = later_min;
        if (chunks[i - 1].id_min < later_min)
            later_min = chunks[i - 1].id_min;
    }
    size_t made = 0, first = 0;
    int64_t done_bound = INT64_MIN;
    for (size_t i = 0; i < count; i++) {
        int64_t bound = ret_slices[i].id_bound;
        if (bound <= done_bound)
            continue; /* nothing more is certain yet: this chunk is read with the next */
        while (first < i && chunks[first].id_max < done_bound)
            first++;
        ret_slices[made++] = (struct relay_slice){chunks[first].first, i + 1 < count ? chunks[i + 1].first : end, bound};
        done_bound = bound;
    }
    return made;
}
