/* POST /intake/v1/applications, from the body to what leaves it for events and for the search for doubles; and on to eligibility's assessment of the
 * facts. Whatever form is accepted must be assessed: one that faults there is parked, and its woman waits for ever. */
#include "base/embedded.h"
#include "fuzz.h"
#include "services/eligibility/assessment.h"
#include "services/eligibility/rules_json.h"
#include "services/intake/application/form_dates.h"
#include "services/intake/application/profile.h"
#include "services/intake/duplicates/traits.h"
#include "services/intake/personal/dossier.h"
#include "terms.h"

extern const struct embedded_file FUZZ_RULESETS[];
/* What the others read of the event. Their headers have structs of the same names. */
extern const struct wire_table SUBMITTED_MESSAGE, PLACED_MESSAGE, APPLICATION_MESSAGE;

#define SUBMITTED_AT (INT64_C(1795500000) * INSTANT_SECOND) /* November 2026 */

static const struct ruleset *sample_ruleset(void)
{
    static struct ruleset ruleset;
    static struct arena *arena;
    struct str why = {0}, text = {(const char *)FUZZ_RULESETS[0].bytes, FUZZ_RULESETS[0].size};
    if (!arena) {
        arena = arena_new((size_t)4 << 20);
        HOLD(ruleset_load(text, arena, &ruleset, &why) == ERR_OK, "the sample ruleset is sound");
    }
    return &ruleset;
}

/* The member that a pointer leads to; NULL: nowhere. */
static const struct json_value *follow(const struct json_value *value, struct str pointer)
{
    while (value && pointer.size > 0) {
        struct str rest = {pointer.at + 1, pointer.size - 1}, step = str_cut(&rest, '/');
        int64_t index = -1;
        pointer = rest.at ? (struct str){rest.at - 1, rest.size + 1} : rest;
        if (value->kind == JSON_KIND_ARRAY)
            value = str_parse_int64(step, &index) && index >= 0 && (size_t)index < value->count ? &value->items[index] : NULL;
        else if (!memchr(step.at, '~', step.size))
            value = json_member(value, step);
        else
            return value; /* an escaped name: its parent is there */
    }
    return value;
}

/* A member that nobody knows is there: who sent it must find it. */
static void hold_unknown_members_are_found(struct str body, const struct violations *violations, struct arena *arena)
{
    const struct json_value *document;
    if (json_parse(body, arena, &document) != ERR_OK)
        return;
    for (size_t i = 0; i < violations->count; i++)
        if (violations->items[i].code == VIOLATION_UNKNOWN_FIELD && !str_ends(violations->items[i].pointer, STR("…")))
            HOLD(follow(document, violations->items[i].pointer), "an unknown member is where the pointer says");
}

static void hold_numbers_stay_normal(const struct person_number *number)
{
    char again[IDENTITY_SIZE];
    HOLD(identity_normalise(number->type, str_from(number->number), again) && strcmp(again, number->number) == 0, "a normal number stays so");
}

static void hold_a_form_is_assessed(const struct dossier *dossier, const struct subject_keys *keys, struct id application, struct arena *arena)
{
    struct str sealed, facts;
    struct rules_value value;
    struct assessment assessment;
    const char *why;
    struct rules_run run = rules_run_begin(arena, RULES_STEPS_STANDARD);
    HOLD(base64_bytes(dossier->facts, arena, &sealed) == ERR_OK, "facts are base64");
    HOLD(subject_open(&keys->facts, "facts", application, sealed, arena, &facts) == ERR_OK, "of what her key opens");
    HOLD(rules_read(facts, arena, &value, &why) == ERR_OK, "which eligibility reads");
    HOLD(assess(sample_ruleset(), value, &run, NULL, &assessment) == ERR_OK, "and assesses");
}

static void hold_the_event_is_heard(const struct dossier *dossier, const struct form *form, const struct form_facts *facts, struct arena *arena)
{
    static const struct wire_table *const HEARD_BY[] = {&SUBMITTED_MESSAGE, &PLACED_MESSAGE, &APPLICATION_MESSAGE};
    struct violations *violations = arena_take(arena, sizeof(*violations));
    struct application_change change = {.state = STATE_NONE};
    struct str text;
    struct application_event event = {.application = id_make(1, (const uint8_t[10]){0}),
                                      .version = 1,
                                      .call = form->call,
                                      .kind = form->kind_name,
                                      .region = STR("MA-03"),
                                      .province = form->applicant.address.province,
                                      .revision = 1,
                                      .submitted_at = SUBMITTED_AT,
                                      .answer_due_at = SUBMITTED_AT,
                                      .referral_consent = facts->referral_consent,
                                      .facts = dossier->facts,
                                      .contact = dossier->contact};
    HOLD(application_submit(&change, false) == ERR_OK && event_set_change(&event, &change, SUBMITTED_AT, arena) == ERR_OK,
         "a submission is an event");
    HOLD(wire_text(&APPLICATION_FULL_EVENT, &event, arena, &text) == ERR_OK, "that can be told");
    violations_init(violations, arena);
    for (size_t i = 0; i < sizeof(HEARD_BY) / sizeof(HEARD_BY[0]); i++)
        HOLD(wire_decode(HEARD_BY[i], text, WIRE_IGNORE_UNKNOWN, arena, arena_take(arena, HEARD_BY[i]->size_bytes), violations) == ERR_OK,
             "and is heard");
}

static void hold_a_woman_is_traced(const struct form *form, const struct form_facts *facts, const struct seal_key *key, struct arena *arena)
{
    struct woman woman = {&form->applicant.name,           &facts->applicant,   form->applicant.birth_date, str_from(facts->phone),
                          form->applicant.address.commune, form->project.title, str_from(facts->ice)};
    struct traits_made *made = arena_take(arena, sizeof(*made));
    HOLD(made && traits_make(key, &woman, arena, made) == ERR_OK, "her traits can be made");
    HOLD(made->block_count <= TRAITS_BLOCKS_MAX && made->probe_count <= TRAITS_PROBES_MAX, "and are no more than there is room for");
}

static void hold_a_good_form_goes_on(struct str body, const struct form *form, const struct form_facts *facts, struct arena *arena)
{
    static const struct subject_keys KEYS;
    struct id application = id_make(1, (const uint8_t[10]){0});
    struct dossier_source source = {application, body, form, facts, form->draft ? INSTANT_NEVER : SUBMITTED_AT, dossier_language(form, LANGUAGE_AR)};
    struct dossier dossier;
    struct str plain, again;
    HOLD(facts->women >= (form->draft ? 0 : 1), "a file has a woman");
    HOLD(dossier_seal(&KEYS, &source, arena, &dossier) == ERR_OK, "an accepted form is sealed");
    HOLD(dossier_open_body(&KEYS, application, dossier.body, arena, &plain) == ERR_OK, "and opened");
    HOLD(form_plain_dates(plain, arena, &again) == ERR_OK && str_equal(plain, again), "its dates are plain, once and for all");
    if (form->draft)
        return;
    hold_numbers_stay_normal(&facts->applicant);
    for (size_t i = 0; form->kind == KIND_COOPERATIVE && i < form->cooperative.member_count; i++)
        hold_numbers_stay_normal(&facts->members[i]);
    hold_the_event_is_heard(&dossier, form, facts, arena);
    hold_a_form_is_assessed(&dossier, &KEYS, application, arena);
    hold_a_woman_is_traced(form, facts, &KEYS.contact, arena);
    struct profile profile = profile_of(form, instant_casablanca_date(SUBMITTED_AT));
    int64_t women = 0;
    for (int i = 0; i < PROFILE_SLOTS; i++)
        women += profile.women[i];
    HOLD(women == facts->women, "each woman is counted in one group");
}

/* As it is kept, with its dates in 0-9, it is the same form. */
static void hold_plain_dates_change_nothing(struct str body, const struct form *form, struct arena *arena)
{
    struct violations *violations = arena_take(arena, sizeof(*violations));
    struct form plain_form;
    struct str plain;
    violations_init(violations, arena);
    HOLD(form_plain_dates(body, arena, &plain) == ERR_OK, "what was decoded can be made plain");
    HOLD(form_decode(plain, arena, &plain_form, violations) == ERR_OK, "and is decoded again");
    HOLD(date_compare(form->applicant.birth_date, plain_form.applicant.birth_date) == 0, "with the same birth date");
    HOLD(str_equal(form->applicant.name.latin, plain_form.applicant.name.latin) && str_equal(form->project.title, plain_form.project.title),
         "and the same texts");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = fuzz_arena();
    struct str body = fuzz_text(bytes, size);
    struct violations *violations = arena_take(arena, sizeof(*violations));
    struct call_terms terms = fuzz_terms();
    struct form form;
    struct form_facts facts;
    violations_init(violations, arena);
    enum err err = form_decode(body, arena, &form, violations);
    HOLD(err == ERR_OK || err == ERR_LIMIT || violations->count > 0, "a refusal has its reason");
    if (err == ERR_OK)
        hold_plain_dates_change_nothing(body, &form, arena);
    if (err != ERR_OK && err != ERR_INVALID)
        return 0;
    form_validate(&form, &terms, instant_casablanca_date(SUBMITTED_AT), violations, &facts);
    hold_violations_are_told(violations, arena);
    hold_unknown_members_are_found(body, violations, arena);
    if (violations->count == 0)
        hold_a_good_form_goes_on(body, &form, &facts, arena);
    return 0;
}
