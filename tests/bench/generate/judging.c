#include "judging.h"

#include <stdio.h>

#include "services/eligibility/appraise.h"
#include "services/eligibility/changes.h"

#define SCRATCH_BYTES ((size_t)4 << 20)

struct judge {
    struct eligibility eligibility;
};

static bool load(struct eligibility *eligibility, struct arena *arena)
{
    for (const struct embedded_file *file = RULESET_FILES; file->path; file++) {
        struct str why = {0};
        struct str text = {(const char *)file->bytes, file->size};
        if (eligibility->ruleset_count == RULESETS_MAX ||
            ruleset_load(text, arena, &eligibility->rulesets[eligibility->ruleset_count++], &why) != ERR_OK) {
            fprintf(stderr, "jisr-generate: %s: %.*s\n", file->path, (int)why.size, why.at ? why.at : "");
            return false;
        }
    }
    return true;
}

struct judge *judge_open(const struct seal_key *facts_master, struct arena *arena)
{
    struct judge *judge = arena_take(arena, sizeof(*judge));
    if (!judge)
        return NULL;
    judge->eligibility.facts_master = *facts_master;
    judge->eligibility.scratch = arena_new(SCRATCH_BYTES);
    judge->eligibility.hints = arena_take(arena, sizeof(*judge->eligibility.hints));
    return judge->eligibility.scratch && judge->eligibility.hints && load(&judge->eligibility, arena) ? judge : NULL;
}

enum err judge(const struct judge *judge, const struct judge_question *question, instant_us at, struct arena *arena, struct outbox *outbox,
               struct judgement *ret_judgement)
{
    struct terms terms = {.id = question->call, .ruleset = question->call, .automatic = true};
    struct file file = {
        .effect = EFFECT_ASSESS,
        .message = {.application = question->application,
                    .call = question->call,
                    .kind = question->kind,
                    .region = question->region,
                    .province = question->province,
                    .revision = 1,
                    .submitted_at = question->submitted_at,
                    .facts = question->facts},
        .terms = &terms,
        .wrapped_key = question->wrapped_key,
        .decision = {.application = question->application,
                     .application_version = 1,
                     .revision = 1,
                     .call = question->call,
                     .kind = question->kind,
                     .region = question->region,
                     .province = question->province,
                     .submitted_at = question->submitted_at},
    };
    enum err err = appraise(&judge->eligibility, &file, arena);
    err = err == ERR_OK ? file.appraisal.outcome : err;
    appraise_decision(&file);
    if (err == ERR_OK)
        err = change_to(&file, file.appraisal.eligible ? DECISION_ELIGIBLE : DECISION_INELIGIBLE, at, outbox);
    if (err == ERR_OK && file.appraisal.eligible)
        err = change_to(&file, DECISION_WAITLISTED, at, outbox);
    if (err != ERR_OK)
        return err;
    *ret_judgement = (struct judgement){file.appraisal.eligible, file.decision.score,     file.appraisal.ruleset->id,
                                        file.appraisal.criteria, file.appraisal.snapshot, file.appraisal.ruleset->version};
    return ERR_OK;
}
