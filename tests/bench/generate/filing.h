/* Intake's half of the generator: what the service itself would have stored of an application, and of the decisions on it. Its own functions do the
 * work: the form is decoded, judged and sealed as if it had been sent. */
#ifndef JISR_BENCH_FILING_H
#define JISR_BENCH_FILING_H

#include "db/outbox.h"
#include "services/intake/store/store.h"

struct filing_keys; /* intake's master keys */

struct filing_keys *filing_keys_read(const char *folder, struct arena *arena); /* NULL after a sentence on stderr */
const struct seal_key *filing_facts_key(const struct filing_keys *keys);

struct filing_source {
    const struct filing_keys *keys;
    struct str body, key; /* as sent, and its Idempotency-Key */
    instant_us at;
    bool duplicate; /* of an earlier application of its stream: it waits for a reviewer */
};

/* Where the file stands. */
struct filed {
    struct submission item;
    enum application_state state;
    struct str history, decision; /* JSON, as stored */
    int64_t version, decision_version;
};

/* Submitted; its event goes to the outbox. ERR_INVALID: intake would have refused the form. */
enum err file_submission(const struct filing_source *source, struct arena *arena, struct outbox *outbox, struct filed *ret_filed) MUST_CHECK;
/* What intake makes of an event of eligibility: the application goes on, with an event of its own. */
enum err file_decision(struct filed *filed, const struct outbox_row *decision, struct arena *arena, struct outbox *outbox) MUST_CHECK;

#endif
