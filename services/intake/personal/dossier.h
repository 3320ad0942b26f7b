/* What leaves a form for storage and for events: the body sealed for her, the facts that scoring needs, the card that partners may read.
 * Made on the request's own thread, before anything is queued; uses crypto, no database. */
#ifndef JISR_INTAKE_DOSSIER_H
#define JISR_INTAKE_DOSSIER_H

#include "services/intake/application/messages.h"
#include "subject.h"

struct dossier_source {
    struct id application;
    struct str body; /* the form as it was sent */
    const struct form *form;
    const struct form_facts *facts;
    instant_us submitted_at; /* INSTANT_NEVER: a draft, only the body is sealed */
    struct str language;
};

struct dossier {
    struct str body;           /* sealed */
    struct str facts, contact; /* base64 of sealed bytes; empty for a draft */
};

enum err dossier_seal(const struct subject_keys *keys, const struct dossier_source *source, struct arena *arena,
                      struct dossier *ret_dossier) MUST_CHECK;
enum err dossier_open_body(const struct subject_keys *keys, struct id application, struct str sealed, struct arena *arena,
                           struct str *ret_body) MUST_CHECK;
/* The language she chose with her consent, or that of the request. */
struct str dossier_language(const struct form *form, enum language of_request);

#endif
