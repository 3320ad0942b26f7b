/* The numbers and names that people type, brought to one form: identity documents, ICE, phone, names. Pure; no allocation.
 * Nothing is inferred from a number (a CNIE's prefix says nothing that the programme may use). */
#ifndef JISR_INTAKE_IDENTITY_H
#define JISR_INTAKE_IDENTITY_H

#include <stdbool.h>

#include "base/str.h"

#define IDENTITY_SIZE 24 /* the longest normalised number and its NUL */
#define PHONE_SIZE 14    /* +212612345678 and its NUL */
#define ICE_SIZE 16

enum identity_type { IDENTITY_CNIE, IDENTITY_RESIDENCE_PERMIT, IDENTITY_PASSPORT, IDENTITY_TYPE_COUNT };

const char *identity_type_name(enum identity_type type);
bool identity_type_parse(struct str name, enum identity_type *ret_type);
/* What the number of this type looks like once normalised, for the violation's text. */
const char *identity_form(enum identity_type type);

/* Upper case, without spaces and dots, ٠-٩ folded to 0-9. False when the rest isn't a number of this type. */
bool identity_normalise(enum identity_type type, struct str typed, char ret_number[IDENTITY_SIZE]);

/* 06…, 6…, +212…, 00212…, spaces, dots, hyphens, brackets, Arabic digits → E.164. Moroccan numbers only: +212 and [5-8] with 8 digits. */
bool phone_normalise(struct str typed, char ret_phone[PHONE_SIZE]);

/* Fifteen digits, spaces dropped, Arabic digits folded. */
bool ice_normalise(struct str typed, char ret_ice[ICE_SIZE]);
/* The whole number mod 97 is 0. No official text says so: python-stdnum (its issue 226) found it to hold for the numbers that companies publish.
 * False ones circulate, so what it means is the call's to say; whether one is registered is for somebody to look up (marks.h). */
bool ice_check(const char ice[ICE_SIZE]);

/* Letters and marks of the scripts that Moroccan papers use, spaces, ' - . and nothing else; at least one letter. */
bool name_is_plain(struct str name);

#endif
