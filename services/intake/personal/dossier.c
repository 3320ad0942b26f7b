#include "dossier.h"

#include "services/intake/application/form_dates.h"

static struct facts_document facts_of(const struct dossier_source *source)
{
    const struct form *form = source->form;
    const struct form_project *project = &form->project;
    const struct form_situation *situation = &form->situation;
    struct date submitted_on = instant_casablanca_date(source->submitted_at);
    bool cooperative = form->kind == KIND_COOPERATIVE;
    return (struct facts_document){
        .kind = form->kind_name,
        .birth_date = form->applicant.birth_date,
        .milieu = form->applicant.address.milieu,
        .sector = project->sector,
        .stage = project->stage,
        .requested_centimes = project->requested_centimes,
        .has_requested_centimes = project->has_requested_centimes,
        .own_contribution_centimes = project->own_contribution_centimes,
        .has_own_contribution_centimes = project->has_own_contribution_centimes,
        .jobs = project->jobs,
        .has_jobs = project->has_jobs,
        .household_size = situation->household_size,
        .has_household_size = situation->has_household_size,
        .monthly_income_centimes = situation->monthly_income_centimes,
        .has_monthly_income_centimes = situation->has_monthly_income_centimes,
        .head_of_household = situation->head_of_household,
        .has_head_of_household = situation->has_head_of_household,
        .disability = situation->disability,
        .has_disability = situation->has_disability,
        .rsu_index = situation->rsu_index,
        .has_rsu_index = situation->has_rsu_index,
        .auto_entrepreneur = !str_empty(situation->auto_entrepreneur_number),
        .members = cooperative ? (int64_t)form->cooperative.member_count : 0,
        .ice_valid = source->facts->ice_valid,
        .has_ice_valid = cooperative && source->facts->ice[0] != '\0',
        .submitted_on = submitted_on,
        .age = date_years_between(form->applicant.birth_date, submitted_on),
    };
}

static struct contact_document contact_of(const struct dossier_source *source)
{
    const struct form *form = source->form;
    return (struct contact_document){
        .name = form->applicant.name,
        .phone = str_from(source->facts->phone),
        .address = form->applicant.address,
        .project = {form->project.title, form->project.sector},
        .cooperative = form->cooperative.name,
        .has_cooperative = form->kind == KIND_COOPERATIVE,
        .language = source->language,
    };
}

struct sealing {
    const struct seal_key *key;
    const char *what;
    const struct wire_table *table;
    const void *document;
};

static enum err seal_document(const struct sealing *sealing, struct id application, struct arena *arena, struct str *ret_base64)
{
    struct str text, sealed;
    enum err err = wire_text(sealing->table, sealing->document, arena, &text);
    if (err == ERR_OK)
        err = subject_seal(sealing->key, sealing->what, application, text, arena, &sealed);
    if (err != ERR_OK)
        return err;
    *ret_base64 = base64_text(arena, sealed);
    return ret_base64->at ? ERR_OK : ERR_LIMIT;
}

enum err dossier_seal(const struct subject_keys *keys, const struct dossier_source *source, struct arena *arena, struct dossier *ret_dossier)
{
    struct dossier dossier = {0};
    struct str body;
    enum err err = form_plain_dates(source->body, arena, &body);
    if (err == ERR_OK)
        err = subject_seal(&keys->contact, "body", source->application, body, arena, &dossier.body);
    if (err != ERR_OK || source->submitted_at == INSTANT_NEVER) {
        *ret_dossier = dossier;
        return err;
    }
    struct facts_document facts = facts_of(source);
    struct contact_document contact = contact_of(source);
    err = seal_document(&(struct sealing){&keys->facts, "facts", &FACTS_DOCUMENT, &facts}, source->application, arena, &dossier.facts);
    if (err == ERR_OK)
        err = seal_document(&(struct sealing){&keys->contact, "contact", &CONTACT_DOCUMENT, &contact}, source->application, arena, &dossier.contact);
    if (err == ERR_OK)
        *ret_dossier = dossier;
    return err;
}

enum err dossier_open_body(const struct subject_keys *keys, struct id application, struct str sealed, struct arena *arena, struct str *ret_body)
{
    return subject_open(&keys->contact, "body", application, sealed, arena, ret_body) == ERR_OK ? ERR_OK : ERR_INTERNAL;
}

struct str dossier_language(const struct form *form, enum language of_request)
{
    for (size_t i = 0; i < form->consent_count; i++)
        if (!str_empty(form->consents[i].language))
            return form->consents[i].language;
    return str_from(language_code(of_request));
}
