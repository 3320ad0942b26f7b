/* Randomness that is drawn from the seed and an application's number: every secret, id and receipt of a generated platform is the same for the same
 * seed, in whatever order the applications are made. */
#ifndef JISR_BENCH_ENTROPY_H
#define JISR_BENCH_ENTROPY_H

#include <stdint.h>

void entropy_setup(void); /* before crypto_setup(): libsodium takes it for the system's */
void entropy_begin(uint64_t seed, uint64_t number);

#endif
