#include "progress.h"

#include "messages.h"

enum err progress_tell(const struct progress *progress, struct outbox *outbox)
{
    struct application_row *row = progress->row;
    struct application_event data = {
        .application = row->id,
        .version = ++row->version,
        .call = progress->call->terms.id,
        .kind = str_from(kind_name(row->kind)),
        .region = progress->call->terms.region,
        .province = row->province,
        .cause = progress->cause,
    };
    struct outbox_row out = {
        .event_id = fresh_id(progress->now),
        .key = row->id,
        .aggregate_id = row->id,
        .version = data.version,
        .type = progress->type,
        .traceparent = progress->traceparent,
        .at = progress->now,
        .actor = progress->actor,
        .action = progress->action,
    };
    enum err err = event_set_change(&data, progress->change, progress->happened_at, outbox->arena);
    if (err == ERR_OK)
        err = wire_text(&APPLICATION_SHORT_EVENT, &data, outbox->arena, &out.data);
    if (err == ERR_OK)
        outbox_add(outbox, &out);
    return err;
}
