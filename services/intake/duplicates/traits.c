#include "traits.h"

#include <stdlib.h>

#include "names.h"

#define NAME_GRAMS_ALL ((size_t)4 * NAME_TOKENS_MAX * NAME_GRAMS_MAX)

static int64_t hash_parts(const struct seal_key *key, const char *what, struct str a, struct str b)
{
    const struct str parts[] = {str_from(what), a, b};
    uint8_t hash[KEYED_HASH_SIZE];
    int64_t value;
    keyed_hash_parts(key, parts, 3, hash);
    memcpy(&value, hash, sizeof(value));
    return value != 0 ? value : 1; /* 0 says: not given */
}

static int64_t hash_text(const struct seal_key *key, const char *what, struct str text)
{
    return str_empty(text) ? 0 : hash_parts(key, what, text, (struct str){0});
}

/* ── Grams ── */

struct gram_list {
    const struct seal_key *key;
    uint32_t *grams;
    size_t count, capacity;
};

static void add_grams(struct gram_list *list, enum gram_family family, const char *word, unsigned characters)
{
    /* A key's bigram is the same whichever script it came from: only the family's bits differ. */
    static const char *const WHAT[GRAM_FAMILY_COUNT] = {"arabic", "latin", "consonants", "consonants"};
    struct name_grams grams;
    name_grams(word, characters, &grams);
    for (size_t i = 0; i < grams.count && list->count < list->capacity; i++)
        list->grams[list->count++] = ((uint32_t)hash_text(list->key, WHAT[family], grams.grams[i]) & ~3u) | (uint32_t)family;
}

static int by_value(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static void sort_once_each(struct gram_list *list)
{
    size_t kept = 0;
    qsort(list->grams, list->count, sizeof(*list->grams), by_value);
    for (size_t i = 0; i < list->count; i++)
        if (i == 0 || list->grams[i] != list->grams[kept - 1])
            list->grams[kept++] = list->grams[i];
    list->count = kept;
}

/* ── Blocks ── */

/* The same block comes from either script where their keys agree. */
static void add_probe(struct traits_made *made, enum probe_sign sign, int64_t block)
{
    for (size_t i = 0; i < made->probe_count; i++)
        if (made->probes[i].block == block)
            return;
    if (block != 0 && made->probe_count < TRAITS_PROBES_MAX)
        made->probes[made->probe_count++] = (struct probe){block, sign};
}

static void add_block(struct traits_made *made, enum probe_sign sign, int64_t block)
{
    for (size_t i = 0; i < made->block_count; i++)
        if (made->blocks[i] == block)
            return;
    if (block != 0 && made->block_count < TRAITS_BLOCKS_MAX)
        made->blocks[made->block_count++] = block;
    add_probe(made, sign, block);
}

static struct str year_text(int year, char space[8])
{
    for (int i = 3; i >= 0; i--, year /= 10)
        space[i] = (char)('0' + year % 10);
    return (struct str){space, 4};
}

/* What is born on a day of a year; the years around are probed, not stored. */
static void add_born(const struct seal_key *key, enum probe_sign sign, const char *what, struct str names, struct date born, struct traits_made *made)
{
    char text[2 * NAME_TOKEN_SIZE + 2], year[8];
    memcpy(text, names.at, names.size);
    text[names.size] = (char)('0' + born.month);
    text[names.size + 1] = (char)('0' + born.day);
    struct str named = {text, names.size + 2};
    for (int off = -LIKENESS_YEARS; off <= LIKENESS_YEARS; off++)
        (off == 0 ? add_block : add_probe)(made, sign, hash_parts(key, what, named, year_text(born.year + off, year)));
}

static struct str pair_of(const char *a, const char *b, char space[2 * NAME_TOKEN_SIZE])
{
    bool swapped = strcmp(a, b) > 0; /* first and family name change places */
    size_t size = strlen(swapped ? b : a), rest = strlen(swapped ? a : b);
    memcpy(space, swapped ? b : a, size);
    space[size] = '+';
    memcpy(space + size + 1, swapped ? a : b, rest);
    return (struct str){space, size + 1 + rest};
}

/* A name and the day. Who was never told her day is written down as born on the first of January: then two names tell more. */
static void add_names(const struct seal_key *key, const struct name_token *tokens, size_t count, struct date born, struct traits_made *made)
{
    char space[2 * NAME_TOKEN_SIZE];
    for (size_t i = 0; born.year != 0 && i < count; i++) {
        if (tokens[i].key[0] == '\0')
            continue;
        add_born(key, PROBE_NAME, "word-born", str_from(tokens[i].key), born, made);
        for (size_t j = i + 1; j < count; j++)
            if (tokens[j].key[0] != '\0')
                add_born(key, PROBE_NAMES, "pair-born", pair_of(tokens[i].key, tokens[j].key, space), born, made);
    }
}

static void add_name(const struct seal_key *key, struct str name, bool arabic, const struct woman *woman, struct traits_made *made,
                     struct gram_list *grams)
{
    struct name_token tokens[NAME_TOKENS_MAX];
    size_t count = name_tokens(name, tokens);
    for (size_t i = 0; i < count; i++) {
        add_grams(grams, arabic ? GRAM_ARABIC : GRAM_LATIN, tokens[i].folded, 3);
        if (tokens[i].key[0] != '\0')
            add_grams(grams, arabic ? GRAM_KEY_ARABIC : GRAM_KEY_LATIN, tokens[i].key, 2);
    }
    add_names(key, tokens, count, woman->birth_date, made);
}

/* ── The woman ── */

/* Leading zeros after the letters come and go between papers. */
static int64_t hash_number(const struct seal_key *key, const struct person_number *number)
{
    char loose[IDENTITY_SIZE];
    size_t at = 0, size = 0;
    while (number->number[at] >= 'A' && number->number[at] <= 'Z')
        loose[size++] = number->number[at++];
    while (number->number[at] == '0' && number->number[at + 1] != '\0')
        at++;
    while (number->number[at] != '\0')
        loose[size++] = number->number[at++];
    return hash_parts(key, "number", str_from(identity_type_name(number->type)), (struct str){loose, size});
}

static void add_birth(const struct seal_key *key, struct date born, struct traits *traits)
{
    char year[8], day[8];
    struct str days = year_text(born.month * 100 + born.day, day);
    if (born.year == 0)
        return;
    traits->born = hash_parts(key, "born", year_text(born.year, year), days);
    traits->born_day = hash_text(key, "born-day", days);
    for (int off = -LIKENESS_YEARS; off <= LIKENESS_YEARS; off++)
        traits->born_years[off + LIKENESS_YEARS] = hash_text(key, "born-year", year_text(born.year + off, year));
    traits->presumed = born.month == 1 && born.day == 1;
}

static void add_words(struct gram_list *list, struct str text)
{
    struct name_token tokens[NAME_TOKENS_MAX];
    size_t count = name_tokens(text, tokens);
    for (size_t i = 0; i < count; i++)
        add_grams(list, GRAM_LATIN, tokens[i].folded, 3);
}

enum err traits_make(const struct seal_key *key, const struct woman *woman, struct arena *arena, struct traits_made *ret_made)
{
    struct gram_list names = {key, arena_take_array(arena, NAME_GRAMS_ALL, sizeof(uint32_t)), 0, NAME_GRAMS_ALL};
    struct gram_list project = {key, arena_take_array(arena, NAME_GRAMS_ALL, sizeof(uint32_t)), 0, NAME_GRAMS_ALL};
    struct name_token commune[NAME_TOKENS_MAX];
    if (!names.grams || !project.grams)
        return ERR_LIMIT;
    *ret_made = (struct traits_made){0};
    struct traits *traits = &ret_made->traits;
    traits->number = hash_number(key, woman->number);
    traits->phone = hash_text(key, "phone", woman->phone);
    traits->ice = hash_text(key, "ice", woman->ice);
    if (name_tokens(woman->commune, commune) > 0) /* its first word: "Ghafsai centre" */
        traits->commune = hash_text(key, "commune", str_from(commune[0].key[0] != '\0' ? commune[0].key : commune[0].folded));
    add_birth(key, woman->birth_date, traits);
    add_block(ret_made, PROBE_NUMBER, traits->number);
    add_block(ret_made, PROBE_ICE, traits->ice);
    add_block(ret_made, PROBE_PHONE, traits->phone);
    add_name(key, woman->name->ar, true, woman, ret_made, &names);
    add_name(key, woman->name->latin, false, woman, ret_made, &names);
    add_words(&project, woman->project);
    sort_once_each(&names);
    sort_once_each(&project);
    traits->grams = names.grams;
    traits->gram_count = names.count;
    traits->project = project.grams;
    traits->project_count = project.count;
    return ERR_OK;
}

struct str traits_pack(const uint32_t *grams, size_t count, struct arena *arena)
{
    char *bytes = arena_take(arena, count * 4 + 1);
    for (size_t i = 0; bytes && i < count * 4; i++)
        bytes[i] = (char)(grams[i / 4] >> (8 * (i % 4)));
    return bytes ? (struct str){bytes, count * 4} : (struct str){0};
}

void traits_unpack(struct str packed, struct arena *arena, const uint32_t **ret_grams, size_t *ret_count)
{
    uint32_t *grams = arena_take_array(arena, packed.size / 4 + 1, sizeof(*grams));
    *ret_count = grams ? packed.size / 4 : 0;
    for (size_t i = 0; i < *ret_count * 4; i++)
        grams[i / 4] = (i % 4 == 0 ? 0 : grams[i / 4]) | (uint32_t)(unsigned char)packed.at[i] << (8 * (i % 4));
    *ret_grams = grams;
}
