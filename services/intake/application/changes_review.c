/* The reviewer's word on a double: the same woman, or the same project. */
#include "changes.h"
#include "services/intake/duplicates/duplicates.h"
#include "proto/topics.h"

static const char *const ABOUT[] = {"woman", "project", NULL};
enum about { ABOUT_WOMAN, ABOUT_PROJECT };

struct review_message {
    bool same, has_same;
    struct id other; /* nil: not named */
    int about;
};

static const struct wire_field REVIEW_FIELDS[] = {
    WIRE_GIVEN(review_message, same, has_same, WIRE_REQUIRED, WIRE_BOOL_FIELD, bool, NULL, NULL),
    WIRE_ID(review_message, other, WIRE_NULLABLE),
    WIRE_CHOICE(review_message, about, WIRE_NULLABLE, ABOUT),
};
static WIRE_TABLE(REVIEW, review_message, REVIEW_FIELDS);

/* The other file must be there and hers to see: what isn't, answers the same as what isn't there. */
static enum err check_other(struct change *change, struct db *db, struct id other)
{
    const struct calls_snapshot *calls = calls_hold(change->intake->calls, change->arena);
    struct application_row row;
    if (!calls)
        return ERR_UNAVAILABLE;
    enum err err = id_compare(other, change->id) == 0 ? ERR_NOT_FOUND : store_find_by_id(db, other, change->arena, &row);
    const struct call *call = err == ERR_OK ? calls_by_id(calls, row.call_id) : NULL;
    if (err == ERR_OK)
        err = call ? access_check(&change->request->who, &row, call) : ERR_NOT_FOUND;
    if (err != ERR_NOT_FOUND && err != ERR_FORBIDDEN)
        return err;
    violations_add(&change->request->violations, STR("/other"), VIOLATION_UNKNOWN, "another application of the territory");
    return ERR_INVALID;
}

static enum err keep_word(struct change *change, struct db *db, const struct review_message *message)
{
    struct duplicate_word word = {change->id,
                                  message->other,
                                  ABOUT[message->about],
                                  message->same,
                                  change->request->received_at,
                                  access_actor(&change->request->who, &change->row, change->arena)};
    if (!id_is_nil(message->other))
        return duplicates_judge(db, change->arena, &word);
    return message->same ? ERR_OK : duplicates_clear(db, change->arena, &word);
}

/* Not the same: the file goes on as an amendment would, with its facts, so that it is assessed. */
static enum err release(struct change *change, struct db *db)
{
    struct str body;
    change->event_type = EVENT_APPLICATION_AMENDED;
    enum err err = change_reopen_form(change, db, &body);
    return err == ERR_OK ? change_take_form(change, body, change->row.submitted_at) : err;
}

/* The same: the file is merged and rests. One that the search has doubts about has mostly gone on when somebody looks: then the word is kept beside
 * it, for those who decide on it; a place that she was given is not taken back by this. So is a word on a project: two women may have one, and who
 * decides must not finance it twice. */
static enum err review(struct change *change, struct db *db)
{
    struct review_message message;
    enum application_state from = change->row.state;
    enum err err = wire_decode(&REVIEW, change->request->body, WIRE_REFUSE_UNKNOWN, change->arena, &message, &change->request->violations);
    if (err == ERR_OK && !id_is_nil(message.other))
        err = check_other(change, db, message.other);
    if (err != ERR_OK)
        return err;
    bool of_woman = message.about == ABOUT_WOMAN;
    if (from == STATE_SUBMITTED && message.same && of_woman)
        err = application_move(&change->states, STATE_DUPLICATE_REVIEW);
    change->beside = !of_woman || change->states.state != STATE_DUPLICATE_REVIEW;
    if (change->beside && (id_is_nil(message.other) || from == STATE_DRAFT))
        return ERR_CONFLICT;
    if (err == ERR_OK)
        err = keep_word(change, db, &message);
    if (err != ERR_OK || change->beside)
        return err;
    err = application_move(&change->states, message.same ? STATE_MERGED : STATE_SCREENING);
    if (err != ERR_OK)
        return err;
    stat_move(&change->deltas, &change->row, from, change->states.state);
    change->event_type = EVENT_APPLICATION_PROGRESSED;
    return message.same ? ERR_OK : release(change, db);
}

static enum err undo_merge(struct change *change, struct db *db)
{
    enum application_state from = change->row.state;
    enum err err = from == STATE_MERGED ? application_move(&change->states, STATE_DUPLICATE_REVIEW) : ERR_CONFLICT;
    if (err != ERR_OK)
        return err;
    stat_move(&change->deltas, &change->row, from, change->states.state);
    change->event_type = EVENT_APPLICATION_PROGRESSED;
    return duplicates_reopen(db, change->arena, change->id);
}

const struct change_kind CHANGE_REVIEW = {.apply = review, .action = "review", .keeps_consents = true};
const struct change_kind CHANGE_UNDO_MERGE = {.apply = undo_merge, .action = "undo-merge"};
