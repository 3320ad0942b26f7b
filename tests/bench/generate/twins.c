/* Precision and recall of the search for duplicates on generated women: twins (the same woman again, written otherwise) among strangers, sisters and
 * namesakes. Deterministic by its seed. jisr-twins [WOMEN] [SEED]. Prints one line a threshold. */
#include <stdio.h>
#include <stdlib.h>

#include "services/intake/duplicates/traits.h"

#define YEARS_FROM 1960
#define YEARS 46
#define PRESUMED_ONE_IN 20    /* nobody wrote her day down: the first of January */
#define CANDIDATES_A_SIGN 100 /* the limit of duplicates.sql */
#define MET_MOST ((size_t)1 << 20)

static const struct spelling {
    const char *ar, *latin[3];
} GIVEN[] = {
    {"فاطمة", {"Fatima", "Fatema", "Fatna"}},    {"خديجة", {"Khadija", "Khadeeja", "Hadija"}}, {"عائشة", {"Aicha", "Aïcha", "Aisha"}},
    {"مريم", {"Meryem", "Mariam", "Maryam"}},    {"زينب", {"Zineb", "Zaynab", "Zeineb"}},      {"حسناء", {"Hasnaa", "Hassna", "Hasna"}},
    {"نعيمة", {"Naima", "Naïma", "Naeema"}},     {"سعاد", {"Souad", "Suad", "Souaad"}},        {"رشيدة", {"Rachida", "Rashida", "Rachyda"}},
    {"لطيفة", {"Latifa", "Lateefa", "Latyfa"}},  {"غيثة", {"Ghita", "Rhita", "Ghitha"}},       {"سميرة", {"Samira", "Sameera", "Samyra"}},
    {"حليمة", {"Halima", "Haleema", "Hlima"}},   {"نجاة", {"Najat", "Nadjat", "Najet"}},       {"بشرى", {"Bouchra", "Bushra", "Bochra"}},
    {"كوثر", {"Kaoutar", "Kawtar", "Kaouthar"}}, {"إيمان", {"Imane", "Iman", "Eman"}},         {"ليلى", {"Laila", "Leila", "Layla"}},
    {"جميلة", {"Jamila", "Djamila", "Jameela"}}, {"ربيعة", {"Rabia", "Rabiaa", "Rabiâa"}},     {"صباح", {"Sabah", "Sbah", "Sabbah"}},
    {"وفاء", {"Wafaa", "Ouafae", "Wafa"}},       {"سناء", {"Sanaa", "Sana", "Sanae"}},         {"شيماء", {"Chaimae", "Shaimaa", "Chaymae"}},
};
static const struct spelling FAMILY[] = {
    {"العلوي", {"El Alaoui", "Alaoui", "Elalaoui"}},
    {"بناني", {"Bennani", "Benani", "Bennany"}},
    {"الشرايبي", {"Chraibi", "Chraïbi", "Ech-Chraibi"}},
    {"المختاري", {"Mokhtari", "El Mokhtari", "Mukhtari"}},
    {"الإدريسي", {"Idrissi", "El Idrissi", "Idrisi"}},
    {"الفاسي", {"El Fassi", "Fassi", "Alfasi"}},
    {"برادة", {"Berrada", "Berada", "Barrada"}},
    {"التازي", {"Tazi", "Et-Tazi", "El Tazi"}},
    {"الحمداوي", {"Hamdaoui", "El Hamdaoui", "Hamdawi"}},
    {"الزروالي", {"Zerouali", "Zarouali", "Ez-Zerouali"}},
    {"بوزيان", {"Bouziane", "Bouzyan", "Bouzian"}},
    {"الصقلي", {"Sqalli", "Skalli", "Essqalli"}},
    {"القادري", {"Kadiri", "Qadiri", "El Kadiri"}},
    {"الهاشمي", {"Hachimi", "El Hachmi", "Hashimi"}},
    {"أيت علي", {"Ait Ali", "Aït Ali", "Ayt Ali"}},
    {"الغازي", {"Ghazi", "El Ghazi", "Rhazi"}},
    {"الرامي", {"Rami", "Er-Rami", "El Rami"}},
    {"المنصوري", {"Mansouri", "El Mansouri", "Mansuri"}},
    {"الوزاني", {"Ouazzani", "Wazzani", "El Ouazzani"}},
    {"بنسودة", {"Bensouda", "Ben Souda", "Bensoda"}},
    {"الكتاني", {"Kettani", "El Kettani", "Kittani"}},
    {"الجابري", {"Jabri", "El Jabri", "Djabri"}},
    {"السعيدي", {"Saidi", "Saïdi", "Es-Saidi"}},
    {"الطاهري", {"Tahiri", "Taheri", "Et-Tahiri"}},
    {"البقالي", {"Bakkali", "El Bakkali", "Baqqali"}},
    {"حجي", {"Hajji", "Haji", "Hadji"}},
    {"مرزوق", {"Marzouk", "Merzouk", "Marzouq"}},
    {"الدباغ", {"Debbagh", "Dabbagh", "Ed-Debbagh"}},
    {"شفيق", {"Chafik", "Shafiq", "Chafiq"}},
    {"خالدي", {"Khaldi", "Khalidi", "Kheldi"}},
};
static const char *const COMMUNES[] = {"Ghafsai", "Taounate", "Karia",   "Tissa", "Sefrou", "Bhalil",
                                       "Azrou",   "Ifrane",   "Missour", "Outat", "Agdal",  "Zouagha"};

#define COUNT_OF(list) (sizeof(list) / sizeof((list)[0]))

struct made_woman {
    char ar[96], latin[96], phone[16], commune[16];
    struct person_number number;
    struct date born;
    size_t given, second, family;
    size_t twin_of; /* SIZE_MAX: nobody's */
};

static uint64_t state;

static size_t below(size_t count)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state % count);
}

static void write_names(struct made_woman *woman, bool swapped, size_t spelling)
{
    const struct spelling *given = &GIVEN[woman->given], *family = &FAMILY[woman->family];
    const struct spelling *second = woman->second < COUNT_OF(GIVEN) ? &GIVEN[woman->second] : NULL;
    const char *space = second ? " " : "", *ar = second ? second->ar : "", *latin = second ? second->latin[spelling] : "";
    if (swapped) {
        snprintf(woman->ar, sizeof(woman->ar), "%s %s%s%s", family->ar, given->ar, space, ar);
        snprintf(woman->latin, sizeof(woman->latin), "%s %s%s%s", family->latin[spelling], given->latin[spelling], space, latin);
    } else {
        snprintf(woman->ar, sizeof(woman->ar), "%s%s%s %s", given->ar, space, ar, family->ar);
        snprintf(woman->latin, sizeof(woman->latin), "%s%s%s %s", given->latin[spelling], space, latin, family->latin[spelling]);
    }
}

static void new_number(struct made_woman *woman)
{
    snprintf(woman->number.number, sizeof(woman->number.number), "%c%c%06zu", (char)('A' + below(26)), (char)('A' + below(26)), below(1000000));
}

static void new_birth(struct made_woman *woman)
{
    woman->born = (struct date){(int)(YEARS_FROM + below(YEARS)), (int)(1 + below(12)), (int)(1 + below(28))};
    if (below(PRESUMED_ONE_IN) == 0)
        woman->born.month = woman->born.day = 1;
}

static void make_stranger(struct made_woman *woman)
{
    *woman = (struct made_woman){.twin_of = SIZE_MAX, .given = below(COUNT_OF(GIVEN)), .family = below(COUNT_OF(FAMILY))};
    woman->second = below(100) < 70 ? SIZE_MAX : below(COUNT_OF(GIVEN));
    new_number(woman);
    new_birth(woman);
    snprintf(woman->phone, sizeof(woman->phone), "+2126%08zu", below(100000000));
    snprintf(woman->commune, sizeof(woman->commune), "%s", COMMUNES[below(COUNT_OF(COMMUNES))]);
    write_names(woman, false, below(3));
}

/* One phone and one family name; about the same age, one in eight on the same day. */
static void make_sister(struct made_woman *woman, const struct made_woman *of)
{
    *woman = *of;
    woman->twin_of = SIZE_MAX;
    woman->given = (of->given + 1 + below(COUNT_OF(GIVEN) - 1)) % COUNT_OF(GIVEN);
    woman->second = SIZE_MAX;
    new_number(woman);
    if (below(8) != 0) {
        new_birth(woman);
        woman->born.year = of->born.year + (int)below(7) - 3;
    }
    write_names(woman, false, below(3));
}

static void mistype(char *text)
{
    size_t size = strlen(text), at = 1 + below(size - 2);
    if ((unsigned char)text[at] < 0x80 && text[at] != ' ')
        text[at] = (char)('a' + below(26));
}

/* The same woman again: another spelling, a slip, names swapped, one script only, another number, a year that is off. */
static void make_twin(struct made_woman *woman, const struct made_woman *of, size_t index)
{
    *woman = *of;
    woman->twin_of = index;
    write_names(woman, below(5) == 0, below(3));
    if (below(4) == 0)
        mistype(woman->latin);
    if (below(3) == 0)
        (below(2) == 0 ? woman->ar : woman->latin)[0] = '\0';
    if (below(5) != 0)
        new_number(woman);
    if (below(4) == 0)
        woman->born.year += (int)below(7) - 3;
    if (below(2) == 0)
        snprintf(woman->phone, sizeof(woman->phone), "+2126%08zu", below(100000000));
    if (below(5) == 0)
        snprintf(woman->commune, sizeof(woman->commune), "%s", COMMUNES[below(COUNT_OF(COMMUNES))]);
}

struct place {
    int64_t block;
    size_t woman;
};

static int by_block(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    return left->block != right->block ? (left->block < right->block ? -1 : 1) : (left->woman > right->woman) - (left->woman < right->woman);
}

struct world {
    struct made_woman *women;
    struct traits_made *made;
    struct place *places;
    size_t *twins_of, *seen, *met;
    size_t count, place_count, twins, pairs, candidates;
    size_t found[101], right[101]; /* by score */
};

static size_t root_of(const struct world *world, size_t woman)
{
    size_t of = world->women[woman].twin_of;
    return of == SIZE_MAX ? woman : of;
}

static size_t first_of(const struct world *world, int64_t block)
{
    size_t low = 0, high = world->place_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (world->places[middle].block < block)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int by_value(const void *a, const void *b)
{
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    return (left > right) - (left < right);
}

static void judge(struct world *world, size_t asks, size_t other)
{
    if (world->seen[other] == asks)
        return;
    world->seen[other] = asks;
    struct likeness likeness = likeness_of(&world->made[asks].traits, &world->made[other].traits);
    world->found[likeness.score]++;
    world->right[likeness.score] += root_of(world, asks) == root_of(world, other);
}

/* Those before her whom one sign brings, the eldest files first, as the query of duplicates.sql meets them; no more than it takes. */
static void probe_sign(struct world *world, size_t asks, enum probe_sign sign)
{
    const struct traits_made *made = &world->made[asks];
    size_t met = 0;
    for (size_t p = 0; p < made->probe_count; p++)
        for (size_t i = first_of(world, made->probes[p].block);
             made->probes[p].sign == sign && i < world->place_count && world->places[i].block == made->probes[p].block; i++)
            if (world->places[i].woman < asks && met < MET_MOST)
                world->met[met++] = world->places[i].woman;
    qsort(world->met, met, sizeof(*world->met), by_value);
    for (size_t i = 0, taken = 0; i < met && taken < CANDIDATES_A_SIGN; i++) {
        if (i > 0 && world->met[i] == world->met[i - 1])
            continue;
        taken++;
        world->candidates++;
        judge(world, asks, world->met[i]);
    }
}

/* Each pair once: the later one asks. */
static void probe(struct world *world, size_t asks)
{
    for (enum probe_sign sign = PROBE_NUMBER; sign <= PROBE_PHONE; sign++)
        probe_sign(world, asks, sign);
}

static void make_world(struct world *world, struct arena *arena)
{
    struct seal_key key = {{1}};
    for (size_t i = 0; i < world->count; i++) {
        struct made_woman *woman = &world->women[i];
        size_t draw = below(100);
        if (i < 1000 || draw < 90)
            make_stranger(woman);
        else if (draw < 95)
            make_sister(woman, &world->women[below(i)]);
        else {
            size_t of = below(i);
            while (world->women[of].twin_of != SIZE_MAX)
                of = below(i);
            make_twin(woman, &world->women[of], of);
            world->twins++; /* a third writing of a woman makes two pairs more */
            world->pairs += 1 + world->twins_of[of]++;
        }
        struct form_name name = {str_from(woman->ar), str_from(woman->latin)};
        struct woman given = {&name, &woman->number, woman->born, str_from(woman->phone), str_from(woman->commune), {0}, {0}};
        struct arena *own = arena_new((size_t)1 << 20);
        if (!own || traits_make(&key, &given, own, &world->made[i]) != ERR_OK)
            abort();
        struct traits *traits = &world->made[i].traits;
        uint32_t *grams = arena_take_array(arena, traits->gram_count + 1, sizeof(*grams));
        if (!grams)
            abort();
        memcpy(grams, traits->grams, traits->gram_count * sizeof(*grams));
        traits->grams = grams;
        arena_free(own);
        for (size_t b = 0; b < world->made[i].block_count; b++)
            world->places[world->place_count++] = (struct place){world->made[i].blocks[b], i};
    }
    qsort(world->places, world->place_count, sizeof(*world->places), by_block);
}

int main(int argc, char **argv)
{
    struct world world = {.count = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000};
    struct arena *arena = arena_new((size_t)1 << 30);
    state = argc > 2 ? strtoull(argv[2], NULL, 10) * 2654435761u + 1 : 2654435762u;
    world.women = calloc(world.count, sizeof(*world.women));
    world.made = calloc(world.count, sizeof(*world.made));
    world.places = calloc(world.count * TRAITS_BLOCKS_MAX, sizeof(*world.places));
    world.twins_of = calloc(world.count, sizeof(*world.twins_of));
    world.seen = calloc(world.count, sizeof(*world.seen));
    world.met = calloc(MET_MOST, sizeof(*world.met));
    if (!arena || !world.women || !world.made || !world.places || !world.twins_of || !world.seen || !world.met || crypto_setup() != ERR_OK)
        return 1;
    make_world(&world, arena);
    for (size_t i = 1; i < world.count; i++)
        probe(&world, i);
    printf("%zu women, %zu twins, %.1f candidates a woman\n", world.count, world.twins, (double)world.candidates / (double)world.count);
    size_t found = 0, right = 0;
    for (int score = 100; score >= 40; score--) {
        found += world.found[score];
        right += world.right[score];
        if (score % 4 == 0)
            printf("from %3d points: precision %.4f recall %.4f (%zu pairs)\n", score, found ? (double)right / (double)found : 1.0,
                   (double)right / (double)world.pairs, found);
    }
    arena_free(arena);
    free(world.met);
    free(world.seen);
    free(world.twins_of);
    free(world.places);
    free(world.made);
    free(world.women);
    return 0;
}
