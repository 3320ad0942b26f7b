/* Changes of one application by people: PUT, and the POSTs below it. One frame (changes.c) locks the row, checks who and which version, keeps the
 * answer for its Idempotency-Key, and writes row, statistics, outbox and audit in one transaction; what is particular is a function of
 * changes_kinds.c. */
#ifndef JISR_INTAKE_CHANGES_H
#define JISR_INTAKE_CHANGES_H

#include "services/intake/access.h"

struct change;

/* What one kind of change does to `change`, in the transaction. */
typedef enum err (*change_apply)(struct change *change, struct db *db);

struct change_kind {
    change_apply apply;
    const char *action;  /* for the audit row */
    bool needs_version;  /* If-Match is required */
    bool keeps_consents; /* nothing is said about them: they stay as they are, whatever the form says */
};

extern const struct change_kind CHANGE_AMEND, CHANGE_SUBMIT, CHANGE_WITHDRAW, CHANGE_REVIEW, CHANGE_UNDO_MERGE, CHANGE_REQUEST_INFO, CHANGE_CONFIRM;
/* The frame, for kinds that have a file of their own. */
enum err change_application(struct http_request *request, struct service_worker *worker, const struct change_kind *kind) MUST_CHECK;
/* The same to one of many files that a request is about: it answers nothing, and keeps nothing for an Idempotency-Key. */
enum err change_one_of_many(struct http_request *request, struct service_worker *worker, const struct change_kind *kind, struct id id) MUST_CHECK;

struct change {
    const struct change_kind *kind;
    struct http_request *request;
    struct intake *intake;
    struct arena *arena; /* of one run of the transaction */
    struct id id;
    struct if_match if_match;
    struct kept_answer kept;    /* key nil: none was given */
    struct application_row row; /* as it was; then as it becomes */
    const struct call *call;
    struct call_terms terms;
    struct application_change states;
    struct application_event event; /* facts and contact set by those that write the full event */
    const char *event_type;
    struct str why; /* JSON {ar,fr,en} of the last state, in place of the state's own reason; may be empty */
    struct form *form;
    struct str paper; /* that confirms the form, where the form itself names none */
    struct form_facts facts;
    struct subject_keys keys;
    struct stat_deltas deltas;
    bool beside; /* the file itself stays as it is: no version, no event; what was said about it is kept beside it, with an audit row */
    /* What comes out. */
    struct str body;
    int64_t version;
};

/* changes.c: statements, NULL-ended, each of which takes her id and nothing else. Queues. */
enum err change_queue_each(struct change *change, struct db *db, const struct db_statement *const *statements) MUST_CHECK;
/* changes_kinds.c: her keys into change->keys, and the hashes of the numbers that the form holds (none for a draft). ERR_ERASED. */
enum err change_held_identities(struct change *change, struct db *db, struct identity_change *ret_identities) MUST_CHECK;
/* personal_changes.c: why staff did it, as an audit row of its own. Nothing when it is empty. */
enum err change_keep_reason(struct change *change, struct db *db, struct str reason) MUST_CHECK;
/* changes_clock.c: what was paused by a request for complements goes on; `old` is the row before the change. */
void change_resume_clock(struct change *change, const struct application_row *old);

/* changes_kinds.c: the form as it is stored, opened and read. It was accepted once: that its call has closed since, or asks for more, is nothing
 * against it. */
enum err change_reopen_form(struct change *change, struct db *db, struct str *ret_body) MUST_CHECK;
/* Another form in its place, and all that is wrong with it by now, for who knows what of it is new. ERR_INVALID: it can't be read. */
enum err change_read_form(struct change *change, struct str body, struct violations **ret_violations) MUST_CHECK;
/* The stored form as it is, not judged anew; her keys are in change->keys then. ERR_ERASED. */
enum err change_stored_form(struct change *change, struct db *db, struct form **ret_form) MUST_CHECK;
/* What a form says, put into row and event. */
enum err change_take_form(struct change *change, struct str body, instant_us submitted_at) MUST_CHECK;
/* changes_confirmation.c: which of its consents count; facts and form are those of the new form, the row is as it was. */
void change_settle_consent(struct change *change, bool draft);
/* Whether she may be referred, told to the vault and to her register where it is another than before. */
enum err change_follow_consent(struct change *change, struct db *db, bool before) MUST_CHECK;
/* A line of her register of consents: given, or taken back. */
enum err change_keep_consent(struct change *change, struct db *db, struct str purpose, bool given) MUST_CHECK;

enum err application_put(struct http_request *request, void *worker) MUST_CHECK;
enum err submission_of_draft_post(struct http_request *request, void *worker) MUST_CHECK;
enum err withdrawal_post(struct http_request *request, void *worker) MUST_CHECK;
enum err review_post(struct http_request *request, void *worker) MUST_CHECK;
enum err confirmation_post(struct http_request *request, void *worker) MUST_CHECK;
enum err review_undo_post(struct http_request *request, void *worker) MUST_CHECK;
enum err information_request_post(struct http_request *request, void *worker) MUST_CHECK;

#endif
