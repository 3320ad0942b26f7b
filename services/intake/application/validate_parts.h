/* Inside of validate.c: the judging of single fields and of the form's sections. Pure. */
#ifndef JISR_INTAKE_VALIDATE_PARTS_H
#define JISR_INTAKE_VALIDATE_PARTS_H

#include "validate.h"

struct judge {
    struct violations *violations;
    struct date today;
};

/* A violation at `place`/`name`, unless that place has been named already (by the decoder: it was there, but unreadable). */
void judge_add(struct judge *judge, struct str place, const char *name, enum violation_code code, const char *detail);
/* False, with a violation, when it is empty. */
bool judge_required(struct judge *judge, struct str place, const char *name, struct str value);
void judge_choice(struct judge *judge, struct str place, const char *name, struct str value, const char *const *choices);

void judge_applicant(struct judge *judge, const struct form_applicant *applicant, struct form_facts *facts);
/* Of a draft too: what isn't in the list is never kept. A text that was given has its `at`, be it empty; null and what is missing have none. */
void judge_milieu(struct judge *judge, struct str milieu);
void judge_assistance(struct judge *judge, const struct form_assistance *assistance); /* assistance.c */
void judge_project(struct judge *judge, const struct form *form);
/* What the call asks for beyond the core. */
void judge_extra(struct judge *judge, const struct form *form, const struct call_terms *terms);
void judge_person(struct judge *judge, const struct form *form);
void judge_cooperative(struct judge *judge, const struct form *form, const struct call_terms *terms, struct form_facts *facts);

#endif
