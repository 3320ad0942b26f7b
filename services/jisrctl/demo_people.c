#include "demo_people.h"

#include <stdio.h>

#include "demo_data.h"

/* splitmix64: tiny, and good enough to shuffle a table. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014. */
struct dice {
    uint64_t state;
};

static uint64_t roll(struct dice *dice)
{
    uint64_t z = (dice->state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static unsigned below(struct dice *dice, size_t bound)
{
    return (unsigned)(roll(dice) % bound);
}

static bool percent(struct dice *dice, unsigned share)
{
    return below(dice, 100) < share;
}

/* Streams of one seed: a person, a member and a cooperative of the same number are different women. */
enum stream { STREAM_PERSON = 1, STREAM_COOPERATIVE, STREAM_MEMBER, STREAM_REFUSED };

static struct dice dice_for(uint64_t seed, enum stream stream, uint64_t number)
{
    struct dice dice = {seed * UINT64_C(0x100000001B3) ^ ((uint64_t)stream << 56) ^ number};
    roll(&dice);
    return dice;
}

struct woman {
    const struct demo_name *first, *family;
    char cnie[16], phone[16], birth[40];
};

/* Identity numbers are unique in a run, and those of another seed are others: seed and stream say where they begin, the number goes on from there. */
static struct woman make_woman(struct dice *dice, uint64_t seed, enum stream stream, uint64_t number)
{
    struct woman woman = {&DEMO_FIRST_NAMES[below(dice, DEMO_FIRST_NAME_COUNT)], &DEMO_FAMILY_NAMES[below(dice, DEMO_FAMILY_NAME_COUNT)], "", "", ""};
    static const char prefixes[] = "CDZKX";
    struct dice start = dice_for(seed, stream, 0);
    uint64_t first = roll(&start);
    (void)snprintf(woman.cnie, sizeof woman.cnie, "%c%c%08u", prefixes[first % 5], (char)('A' + first / 5 % 26),
                   (unsigned)((first / 130 + number) % 100000000));
    (void)snprintf(woman.phone, sizeof woman.phone, "0%c%08u", percent(dice, 70) ? '6' : '7', below(dice, 100000000));
    (void)snprintf(woman.birth, sizeof woman.birth, "%04u-%02u-%02u", 1962 + below(dice, 42), 1 + below(dice, 12), 1 + below(dice, 28));
    return woman;
}

static const struct demo_province *pick_province(struct dice *dice)
{
    unsigned at = below(dice, 1000);
    for (size_t i = 0; i < DEMO_PROVINCE_COUNT; i++) {
        if (at < DEMO_PROVINCES[i].share)
            return &DEMO_PROVINCES[i];
        at -= DEMO_PROVINCES[i].share;
    }
    return &DEMO_PROVINCES[0];
}

static void add_name(struct buf *out, const struct woman *woman)
{
    buf_format(out, "\"name\":{\"ar\":\"%s %s\",\"latin\":\"%s %s\"}", woman->first->ar, woman->family->ar, woman->first->latin,
               woman->family->latin);
}

static void add_identity(struct buf *out, const struct woman *woman)
{
    buf_format(out, "\"identity\":{\"type\":\"cnie\",\"number\":\"%s\"},\"birth_date\":\"%s\"", woman->cnie, woman->birth);
}

static void add_applicant(struct buf *out, struct dice *dice, const struct woman *woman)
{
    const struct demo_province *province = pick_province(dice);
    buf_format(out, "\"applicant\":{");
    add_name(out, woman);
    buf_byte(out, ',');
    add_identity(out, woman);
    buf_format(out, ",\"phone\":\"%s\",\"address\":{\"province\":\"%s\",\"commune\":\"%s\",\"milieu\":\"%s\"}}", woman->phone, province->code,
               province->communes[below(dice, 4)], percent(dice, province->rural_percent) ? "rural" : "urban");
}

static void add_project(struct buf *out, struct dice *dice, unsigned jobs)
{
    static const char *const stages[] = {"idea", "started", "established"};
    const struct demo_project *project = &DEMO_PROJECTS[below(dice, DEMO_PROJECT_COUNT)];
    unsigned requested = 1000000 + 250000 * below(dice, 25);
    buf_format(
        out,
        ",\"project\":{\"title\":\"%s\",\"sector\":\"%s\",\"stage\":\"%s\",\"requested_centimes\":%u,\"own_contribution_centimes\":%u,\"jobs\":%u}",
        project->title, project->sector, stages[below(dice, 3)], requested, requested / 100 * below(dice, 20), jobs);
}

static void add_situation(struct buf *out, struct dice *dice)
{
    buf_format(out, ",\"situation\":{\"household_size\":%u,\"monthly_income_centimes\":%u,\"head_of_household\":%s,\"disability\":%s",
               1 + below(dice, 9), 50000 + 10000 * below(dice, 40), percent(dice, 30) ? "true" : "false", percent(dice, 4) ? "true" : "false");
    if (percent(dice, 70))
        buf_format(out, ",\"rsu_index\":%u.%02u", 8 + below(dice, 4), below(dice, 100));
    else
        buf_format(out, ",\"rsu_index\":null");
    buf_format(out, ",\"auto_entrepreneur_number\":null}");
}

static void add_consents(struct buf *out, enum demo_flaw flaw)
{
    buf_format(out, ",\"consents\":[");
    if (flaw != DEMO_NO_CONSENT)
        buf_format(out, "{\"purpose\":\"processing\",\"version\":\"2026-1\",\"given\":true,\"language\":\"ar\"},");
    buf_format(out, "{\"purpose\":\"partner-referral\",\"version\":\"2026-1\",\"given\":%s,\"language\":\"ar\"}]}",
               flaw == DEMO_NO_REFERRAL_CONSENT ? "false" : "true");
}

/* Which flaw a person has: 1% under age, 1% the number of an earlier woman, 8% no referral consent, 2% sent twice. */
static enum demo_flaw pick_flaw(struct dice *dice, uint64_t number)
{
    unsigned at = below(dice, 100);
    if (at == 0)
        return DEMO_UNDER_AGE;
    if (at == 1 && number > 0)
        return DEMO_SAME_IDENTITY;
    return at < 10 ? DEMO_NO_REFERRAL_CONSENT : at < 12 ? DEMO_SENT_TWICE : DEMO_SOUND;
}

static void finish(struct buf *out, struct demo_application *application, uint64_t seed, const char *kind, uint64_t number)
{
    struct str text;
    application->body = buf_done(out, &text) == ERR_OK ? text : (struct str){NULL, 0};
    (void)snprintf(application->key, sizeof application->key, "demo-%llx-%s-%llu", (unsigned long long)seed, kind, (unsigned long long)number);
}

static void make_person(uint64_t seed, enum stream stream, uint64_t number, struct arena *arena, struct demo_application *ret_application)
{
    struct dice dice = dice_for(seed, stream, number);
    struct woman woman = make_woman(&dice, seed, stream, number);
    enum demo_flaw flaw = stream == STREAM_REFUSED ? DEMO_NO_CONSENT : pick_flaw(&dice, number);
    if (flaw == DEMO_UNDER_AGE)
        (void)snprintf(woman.birth, sizeof woman.birth, "2011-%02u-%02u", 1 + below(&dice, 12), 1 + below(&dice, 28));
    if (flaw == DEMO_SAME_IDENTITY) {
        struct dice other = dice_for(seed, stream, number - 1);
        (void)snprintf(woman.cnie, sizeof woman.cnie, "%s", make_woman(&other, seed, stream, number - 1).cnie);
    }
    struct buf out;
    buf_init(&out, arena, 4096);
    buf_format(&out, "{\"call\":\"fes-meknes-2026\",\"kind\":\"person\",");
    add_applicant(&out, &dice, &woman);
    add_project(&out, &dice, 1 + below(&dice, 4));
    add_situation(&out, &dice);
    add_consents(&out, flaw);
    *ret_application = (struct demo_application){.flaw = flaw};
    finish(&out, ret_application, seed, stream == STREAM_REFUSED ? "refused" : "person", number);
}

void demo_person(uint64_t seed, uint64_t number, struct arena *arena, struct demo_application *ret_application)
{
    make_person(seed, STREAM_PERSON, number, arena, ret_application);
}

void demo_refused(uint64_t seed, uint64_t number, struct arena *arena, struct demo_application *ret_application)
{
    make_person(seed, STREAM_REFUSED, number, arena, ret_application);
}

static void add_member(struct buf *out, const struct woman *woman, unsigned place)
{
    buf_byte(out, '{');
    add_name(out, woman);
    buf_byte(out, ',');
    add_identity(out, woman);
    buf_format(out, ",\"phone\":null,\"role\":\"%s\"}", place == 0 ? "president" : place == 1 ? "treasurer" : "member");
}

void demo_cooperative(uint64_t seed, uint64_t number, unsigned members, struct arena *arena, struct demo_application *ret_application)
{
    static const char *const ices[] = {"001561191000066", "001527456000081", "002163624000014"};
    struct dice dice = dice_for(seed, STREAM_COOPERATIVE, number);
    const struct demo_name *name = &DEMO_COOPERATIVES[below(&dice, DEMO_COOPERATIVE_COUNT)];
    struct woman women[64];
    char kind[32];
    women[0] = make_woman(&dice, seed, STREAM_MEMBER, number * 64);
    for (unsigned i = 1; i < members && i < 64; i++)
        women[i] = make_woman(&dice, seed, STREAM_MEMBER, number * 64 + i);
    enum demo_flaw flaw = percent(&dice, 8) ? DEMO_NO_REFERRAL_CONSENT : DEMO_SOUND;
    struct buf out;
    buf_init(&out, arena, 65536);
    buf_format(&out, "{\"call\":\"fes-meknes-2026\",\"kind\":\"cooperative\",");
    add_applicant(&out, &dice, &women[0]);
    add_project(&out, &dice, members);
    buf_format(&out, ",\"cooperative\":{\"name\":{\"ar\":\"%s\",\"latin\":\"%s\"},", name->ar, name->latin);
    if (number % 4 == 3)
        buf_format(&out, "\"ice\":null,\"members\":[");
    else
        buf_format(&out, "\"ice\":\"%s\",\"members\":[", ices[number % 3]);
    for (unsigned i = 0; i < members && i < 64; i++) {
        if (i > 0)
            buf_byte(&out, ',');
        add_member(&out, &women[i], i);
    }
    buf_format(&out, "]}");
    add_consents(&out, flaw);
    *ret_application = (struct demo_application){.flaw = flaw, .members = members};
    (void)snprintf(kind, sizeof kind, "cooperative-of-%u", members); /* how many depends on the whole run: another run's is another application */
    finish(&out, ret_application, seed, kind, number);
}
