/* The one request for complements that the law allows, and the clock that it pauses. */
#include "changes.h"
#include "proto/topics.h"

#define POINTER_MAX_BYTES 200

void change_resume_clock(struct change *change, const struct application_row *old)
{
    if (old->state != STATE_INFO_REQUESTED)
        return;
    change->row.answer_due_at = clock_resume(&change->call->clock, old->answer_due_at, old->info_requested_at, change->request->received_at);
    change->row.complement_due_at = INSTANT_NEVER;
}

/* Pages mark the fields by them, or lead her to the document. */
static void check_pointer(struct change *change, struct str pointer, struct str field)
{
    struct violations *violations = &change->request->violations;
    struct str prefix = STR("/documents/");
    if (!str_starts(field, STR("/")) || field.size > POINTER_MAX_BYTES)
        violations_add(violations, pointer, VIOLATION_FORMAT, "a pointer into the form, as /applicant/phone");
    else if (str_starts(field, prefix) &&
             !call_asks_for_document(change->call, change->row.kind, (struct str){field.at + prefix.size, field.size - prefix.size}, change->arena))
        violations_add(violations, pointer, VIOLATION_NOT_ALLOWED, "this call does not ask for it");
}

static enum err check_fields(struct change *change, const struct complement_message *message)
{
    const struct str *fields = message->fields.items;
    for (size_t i = 0; i < message->fields.count; i++)
        check_pointer(change, str_format(change->arena, "/fields/%zu", i), fields[i]);
    return change->request->violations.count == 0 ? ERR_OK : ERR_INVALID;
}

static enum err request_info(struct change *change, struct db *db)
{
    (void)db;
    struct complement_message message;
    struct application_row *row = &change->row;
    enum application_state from = row->state;
    enum err err =
        wire_decode(&COMPLEMENT_MESSAGE, change->request->body, WIRE_REFUSE_UNKNOWN, change->arena, &message, &change->request->violations);
    if (err == ERR_OK)
        err = check_fields(change, &message);
    if (err == ERR_OK && row->info_requested_at != INSTANT_NEVER)
        err = ERR_CONFLICT; /* once only (law 55-19) */
    if (err == ERR_OK)
        err = application_request_info(&change->states);
    if (err == ERR_OK)
        err = wire_text(&COMPLEMENT_MESSAGE, &message, change->arena, &row->complement);
    if (err != ERR_OK)
        return err;
    change->why = reason_text(change->arena, &message.text);
    row->info_requested_at = change->request->received_at;
    row->complement_due_at = clock_due(&change->call->clock, row->info_requested_at, change->call->clock.complement_days);
    stat_move(&change->deltas, row, from, change->states.state);
    change->event_type = EVENT_APPLICATION_PROGRESSED;
    return ERR_OK;
}

const struct change_kind CHANGE_REQUEST_INFO = {.apply = request_info, .action = "request-information"};
