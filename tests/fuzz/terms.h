/* The call that fuzzed forms and files are for: all kinds, and a field of each type. */
#ifndef JISR_TESTS_FUZZ_TERMS_H
#define JISR_TESTS_FUZZ_TERMS_H

#include "services/intake/application/validate.h"

struct call_terms fuzz_terms(void);

#endif
