/* What is kept of a woman to find her twice: keyed hashes of her number, her birth date, her phone, her commune, of the n-grams of her names and of
 * her project's title; and the few combinations (blocks) by which likely twins are looked up. No plain name, no plain date. Uses crypto; no database.
 */
#ifndef JISR_INTAKE_TRAITS_H
#define JISR_INTAKE_TRAITS_H

#include "crypto/seal.h"
#include "services/intake/application/form.h"
#include "likeness.h"
#include "services/intake/application/validate.h"

#define TRAITS_BLOCKS_MAX 128
#define TRAITS_PROBES_MAX 384

struct woman {
    const struct form_name *name;
    const struct person_number *number;
    struct date birth_date;
    struct str phone;                 /* normalised; empty: none */
    struct str commune, project, ice; /* empty: none */
};

/* What a block is made of. Each sign is looked up by itself: what many share (an office's phone) must not push out whom the number finds. */
enum probe_sign { PROBE_NUMBER, PROBE_ICE, PROBE_NAMES, PROBE_NAME, PROBE_PHONE };

struct probe {
    int64_t block;
    enum probe_sign sign;
};

struct traits_made {
    struct traits traits;
    int64_t blocks[TRAITS_BLOCKS_MAX]; /* by which she is found */
    size_t block_count;
    struct probe probes[TRAITS_PROBES_MAX]; /* by which others are found: blocks, and those of the years around */
    size_t probe_count;
};

/* Lists live in the arena. ERR_LIMIT without memory. */
enum err traits_make(const struct seal_key *key, const struct woman *woman, struct arena *arena, struct traits_made *ret_made) MUST_CHECK;

/* How the lists are stored: four bytes a gram, the lowest first. */
struct str traits_pack(const uint32_t *grams, size_t count, struct arena *arena);
void traits_unpack(struct str packed, struct arena *arena, const uint32_t **ret_grams, size_t *ret_count);

#endif
