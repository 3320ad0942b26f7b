/* Keyed things about one applicant: her two keys (made here, wrapped for the vault), her secret code, the hashes by which rows are found.
 * Uses crypto only; no database. Thread-safe. */
#ifndef JISR_INTAKE_SUBJECT_H
#define JISR_INTAKE_SUBJECT_H

#include "base/id.h"
#include "services/intake/config.h"
#include "services/intake/receipt/receipt.h"
#include "services/intake/application/validate.h"

struct subject_keys {
    struct seal_key facts, contact;
    struct str facts_wrapped, contact_wrapped; /* as the vault keeps them */
};

/* Two new random keys. The wrapped ones live in the arena. */
enum err subject_keys_make(const struct intake_keys *keys, struct id application, struct arena *arena, struct subject_keys *ret_keys) MUST_CHECK;
/* From the wrapped ones (set in `subject`). ERR_INTERNAL when a master key doesn't fit. */
enum err subject_keys_unwrap(const struct intake_keys *keys, struct id application, struct subject_keys *subject) MUST_CHECK;

/* seal/open for one applicant: the context is `what` and her application's id. */
enum err subject_seal(const struct seal_key *key, const char *what, struct id application, struct str plain, struct arena *arena,
                      struct str *ret_sealed) MUST_CHECK;
enum err subject_open(const struct seal_key *key, const char *what, struct id application, struct str sealed, struct arena *arena,
                      struct str *ret_plain) MUST_CHECK;

/* The contact key alone, for what reads forms and nothing else. */
enum err subject_contact_unwrap(const struct intake_keys *keys, struct id application, struct subject_keys *subject) MUST_CHECK;

void subject_code(const struct intake_keys *keys, struct id application, int64_t code_number, char ret_code[CODE_CHARACTERS + 1]);
/* Of an identity number: how a woman is found again without her number being stored. */
struct id subject_identity_hash(const struct intake_keys *keys, const struct person_number *number);
/* Of an Idempotency-Key within its scope (who sends), and of a body. 128 bits of a keyed hash. */
struct id subject_request_key(const struct intake_keys *keys, struct str scope, struct str key);
struct id subject_fingerprint(const struct intake_keys *keys, struct str body);

#endif
