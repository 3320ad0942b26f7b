/* Inside common/json: numbers as ECMAScript's Number::toString prints them (ECMA-262 §6.1.6.1.20, radix 10), and JSON's closing brackets. Pure. */
#ifndef JISR_JSON_NUMBER_H
#define JISR_JSON_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define NUMBER_TEXT_SIZE 32

/* The text's size; it is ended by NUL. NaN and infinities give "null", as JSON.stringify does. */
size_t number_format(double number, char ret_text[NUMBER_TEXT_SIZE]);
size_t number_format_int(int64_t number, char ret_text[NUMBER_TEXT_SIZE]);
/* Ends an object or array: the bracket takes the place of the comma after the last member. */
void json_close(struct buf *out, char bracket);

#endif
