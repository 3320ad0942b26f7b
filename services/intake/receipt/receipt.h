/* The two things she keeps: the receipt number (who) and the secret code (proof). Pure: randomness and the keyed hash are arguments.
 * Receipt: 50 random bits as 10 Crockford characters and a check character, shown XXXX-XXXX-XXX. Code: 60 bits of a keyed hash, shown XXXX-XXXX-XXXX.
 */
#ifndef JISR_INTAKE_RECEIPT_H
#define JISR_INTAKE_RECEIPT_H

#include <stdbool.h>

#include "base/str.h"

#define RECEIPT_CHARACTERS 11 /* as stored: without hyphens */
#define RECEIPT_SHOWN_CHARACTERS 13
#define CODE_CHARACTERS 12
#define CODE_SHOWN_CHARACTERS 14
#define RECEIPT_ENTROPY_BYTES 7 /* 50 bits of them are used */
#define CODE_HASH_BYTES 8       /* 60 bits of them are used */

void receipt_make(const uint8_t entropy[RECEIPT_ENTROPY_BYTES], char ret_receipt[RECEIPT_CHARACTERS + 1]);
/* Any case, hyphens and spaces; O, I and L read as 0 and 1. False: not a receipt number, or its check character says mistyped. */
bool receipt_parse(struct str typed, char ret_receipt[RECEIPT_CHARACTERS + 1]);
void receipt_show(const char receipt[RECEIPT_CHARACTERS + 1], char ret_shown[RECEIPT_SHOWN_CHARACTERS + 1]);

void code_make(const uint8_t hash[CODE_HASH_BYTES], char ret_code[CODE_CHARACTERS + 1]);
bool code_parse(struct str typed, char ret_code[CODE_CHARACTERS + 1]);
void code_show(const char code[CODE_CHARACTERS + 1], char ret_shown[CODE_SHOWN_CHARACTERS + 1]);

#endif
