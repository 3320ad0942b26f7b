#include "appraise.h"

#include "assessment.h"
#include "rules_json.h"

/* "facts:<application id>": what a sealed value is, and whose. */
static struct str context(struct str what, struct id application, char space[64])
{
    memcpy(space, what.at, what.size);
    space[what.size] = ':';
    id_format(application, space + what.size + 1);
    return (struct str){space, what.size + 1 + ID_TEXT_SIZE};
}

static enum err unwrap_key(const struct eligibility *eligibility, const struct file *file, struct seal_key *ret_key)
{
    char space[64];
    struct str plain = {0};
    enum err err = seal_open(&eligibility->facts_master, context(STR("facts-key"), file->message.application, space), file->wrapped_key,
                             eligibility->scratch, &plain);
    if (err == ERR_OK && plain.size != SEAL_KEY_SIZE)
        err = ERR_INVALID;
    if (err == ERR_OK)
        memcpy(ret_key->bytes, plain.at, SEAL_KEY_SIZE);
    return err;
}

static enum err open_facts(const struct eligibility *eligibility, struct file *file, struct arena *arena, struct rules_value *ret_facts)
{
    char space[64];
    struct seal_key key;
    struct str plain = {0};
    const char *why = NULL;
    /* Scored again: the snapshot that the former assessment kept. */
    enum err err = file->message.facts.at ? base64_bytes(file->message.facts, arena, &file->appraisal.snapshot) : ERR_OK;
    if (err == ERR_OK)
        err = unwrap_key(eligibility, file, &key);
    if (err == ERR_OK)
        err = seal_open(&key, context(STR("facts"), file->message.application, space), file->appraisal.snapshot, eligibility->scratch, &plain);
    secret_wipe(&key, sizeof(key));
    return err == ERR_OK ? rules_read(plain, eligibility->scratch, ret_facts, &why) : err;
}

static struct reason_message reason(const struct translation *from)
{
    return (struct reason_message){from->texts[LANGUAGE_AR], from->texts[LANGUAGE_FR], from->texts[LANGUAGE_EN]};
}

static enum err keep_reasons(const struct assessment *assessment, struct arena *arena, struct wire_list *ret_reasons)
{
    const struct translation *refusals[RULESET_CRITERIA_MAX + 1];
    size_t count = assessment_refusals(assessment, refusals);
    struct reason_message *reasons = arena_take_array(arena, count + 1, sizeof(*reasons));
    if (!reasons)
        return ERR_LIMIT;
    for (size_t i = 0; i < count; i++)
        reasons[i] = reason(refusals[i]);
    *ret_reasons = (struct wire_list){reasons, count};
    return ERR_OK;
}

/* [["age","MET",0,2],…]: the case says which reason was given, in the ruleset's version. */
static enum err keep_criteria(const struct assessment *assessment, struct arena *arena, struct str *ret_text)
{
    struct buf out;
    buf_init(&out, arena, 16384);
    buf_byte(&out, '[');
    for (size_t i = 0; i < assessment->count; i++) {
        const struct criterion_result *result = &assessment->results[i];
        buf_add(&out, i ? STR(",[") : STR("["));
        json_add_string(&out, result->criterion->id);
        buf_add(&out, STR(",\""));
        buf_add(&out, str_from(criterion_outcome_name(result->verdict->outcome)));
        buf_add(&out, STR("\","));
        json_add_number(&out, result->points);
        buf_byte(&out, ',');
        json_add_number(&out, (double)(result->verdict - result->criterion->cases));
        buf_byte(&out, ']');
    }
    buf_byte(&out, ']');
    return buf_done(&out, ret_text);
}

static enum err assess_facts(const struct eligibility *eligibility, struct file *file, struct rules_value facts, struct arena *arena)
{
    struct rules_run run = rules_run_begin(eligibility->scratch, RULES_STEPS_STANDARD);
    struct assessment assessment = {0};
    struct appraisal *appraisal = &file->appraisal;
    enum err err = assess(appraisal->ruleset, facts, &run, eligibility->hints, &assessment);
    if (err == ERR_OK)
        err = keep_criteria(&assessment, arena, &appraisal->criteria);
    if (err == ERR_OK)
        err = keep_reasons(&assessment, arena, &appraisal->reasons);
    if (err != ERR_OK)
        return err;
    appraisal->eligible = assessment.eligible;
    appraisal->score = assessment.score;
    return ERR_OK;
}

static enum err open_and_assess(const struct eligibility *eligibility, struct file *file, struct arena *arena, const char **ret_why)
{
    struct rules_value facts = {0};
    if (str_empty(file->wrapped_key))
        return ERR_ERASED;
    file->appraisal.ruleset =
        ruleset_find(eligibility->rulesets, eligibility->ruleset_count, file->terms->ruleset, instant_casablanca_date(file->message.submitted_at));
    if (!file->appraisal.ruleset) {
        *ret_why = "no version of its call's ruleset is valid on the day of submission";
        return ERR_INVALID;
    }
    enum err err = open_facts(eligibility, file, arena, &facts);
    if (err == ERR_OK) {
        err = assess_facts(eligibility, file, facts, arena);
        *ret_why = "a rule of its ruleset faults on these facts";
    } else {
        *ret_why = "its facts can't be opened";
    }
    if (arena_is_starved(eligibility->scratch))
        err = ERR_MEMORY; /* what looks like a fault of hers may be a lack of memory, and so may her score */
    arena_reset(eligibility->scratch);
    return arena_excuse(arena, err);
}

enum err appraise(const struct eligibility *eligibility, struct file *file, struct arena *arena)
{
    const char *why = NULL;
    enum err err = open_and_assess(eligibility, file, arena, &why);
    if (err != ERR_OK && err != ERR_ERASED && err != ERR_INVALID && err != ERR_MALFORMED)
        return err;
    file->appraisal.outcome = err;
    file->appraisal.why = why;
    return ERR_OK;
}

void appraise_decision(struct file *file)
{
    file->decision.score = file->appraisal.score;
    file->decision.has_score = true;
}
