#include "entropy.h"

#include <sodium.h>
#include <string.h>

static struct {
    uint8_t seed[randombytes_SEEDBYTES];
    uint64_t block;
} entropy;

void entropy_begin(uint64_t seed, uint64_t number)
{
    memset(entropy.seed, 0, sizeof(entropy.seed));
    memcpy(entropy.seed, &seed, sizeof(seed));
    memcpy(entropy.seed + sizeof(seed), &number, sizeof(number));
    entropy.block = 0;
}

static void entropy_take(void *const bytes, const size_t size)
{
    memcpy(entropy.seed + 16, &entropy.block, sizeof(entropy.block));
    entropy.block++;
    randombytes_buf_deterministic(bytes, size, entropy.seed);
}

static const char *entropy_name(void)
{
    return "seeded";
}

static uint32_t entropy_number(void)
{
    uint32_t number;
    entropy_take(&number, sizeof(number));
    return number;
}

static struct randombytes_implementation SEEDED = {.implementation_name = entropy_name, .random = entropy_number, .buf = entropy_take};

void entropy_setup(void)
{
    randombytes_set_implementation(&SEEDED);
}
