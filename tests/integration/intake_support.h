/* What intake's database tests share: a database of their own with plumbing, vault, intake and the sample call; and submissions made as the service
 * makes them. */
#ifndef JISR_TESTS_INTAKE_SUPPORT_H
#define JISR_TESTS_INTAKE_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "services/intake/intake.h"
#include "services/intake/application/submission.h"

struct intake_fixture {
    char database[48];
    struct db *db;
    struct arena *arena;  /* of the group */
    struct arena *writer; /* of one batch */
    struct intake intake; /* keys and calls; no server, no threads */
    struct service service;
    const struct call *call;
};

void intake_fixture_open(struct intake_fixture *fixture);
void intake_fixture_close(struct intake_fixture *fixture);
struct db *intake_fixture_connect(const struct intake_fixture *fixture);
/* One number out of one row. */
int64_t intake_count(struct intake_fixture *fixture, const char *sql);

struct intake_form {
    const char *key;    /* Idempotency-Key */
    const char *number; /* of the applicant */
    const char *member; /* another member's number: a cooperative of two; NULL: a person */
    const char *title;  /* what makes one body differ from another */
    bool draft;
};
/* At the moment of the call; in the fixture's arena. */
struct submission *intake_submission(struct intake_fixture *fixture, const struct intake_form *form);
void intake_submit(struct intake_fixture *fixture, struct submission **items, size_t count);

#endif
