#include "guesses.h"

#include <pthread.h>
#include <stdlib.h>

#include "services/intake/receipt/receipt.h"

#define SETS 1024
#define WAYS 8          /* those that share a set; the one quiet for longest makes room */
#define NETWORK_SIZE 40 /* an address as text, and a NUL */
#define NETWORK_GROUPS 4
#define FREE_TRIES 5
#define WINDOW (INT64_C(900) * INSTANT_SECOND)
#define LONGEST_WAIT (60 * INSTANT_SECOND)

struct who {
    char receipt[RECEIPT_CHARACTERS + 1], network[NETWORK_SIZE];
};

struct guess {
    struct who who;
    int wrong;
    instant_us first_at, last_at;
};

struct guesses {
    pthread_mutex_t lock;
    struct guess sets[SETS][WAYS];
};

struct guesses *guesses_new(void)
{
    struct guesses *guesses = calloc(1, sizeof(*guesses));
    if (guesses)
        pthread_mutex_init(&guesses->lock, NULL);
    return guesses;
}

void guesses_free(struct guesses *guesses)
{
    if (guesses)
        pthread_mutex_destroy(&guesses->lock);
    free(guesses);
}

static struct who who_is(const struct guesser *guesser)
{
    struct who who = {0};
    size_t groups = 0;
    memcpy(who.receipt, guesser->receipt, RECEIPT_CHARACTERS);
    for (size_t i = 0; i < guesser->address.size && i < NETWORK_SIZE - 1; i++) {
        groups += guesser->address.at[i] == ':';
        if (groups == NETWORK_GROUPS)
            break;
        who.network[i] = guesser->address.at[i];
    }
    return who;
}

static unsigned mix(unsigned hash, const char *text)
{
    for (; *text; text++)
        hash = hash * 31 + (unsigned char)*text;
    return hash;
}

/* Nobody collides for profit: a full set only forgets. */
static struct guess *set_of(struct guesses *guesses, const struct who *who)
{
    return guesses->sets[mix(mix(0, who->receipt), who->network) % SETS];
}

static struct guess *find(struct guess *set, const struct who *who)
{
    for (int i = 0; i < WAYS; i++)
        if (strcmp(set[i].who.receipt, who->receipt) == 0 && strcmp(set[i].who.network, who->network) == 0)
            return &set[i];
    return NULL;
}

static instant_us wait_after(int wrong)
{
    if (wrong < FREE_TRIES)
        return 0;
    int doublings = wrong - FREE_TRIES;
    instant_us wait = doublings > 6 ? LONGEST_WAIT : INSTANT_SECOND << doublings;
    return wait < LONGEST_WAIT ? wait : LONGEST_WAIT;
}

instant_us guesses_wait(struct guesses *guesses, const struct guesser *guesser, instant_us now)
{
    const struct who who = who_is(guesser);
    instant_us wait = 0;
    pthread_mutex_lock(&guesses->lock);
    const struct guess *guess = find(set_of(guesses, &who), &who);
    if (guess && now - guess->first_at < WINDOW)
        wait = guess->last_at + wait_after(guess->wrong) - now;
    pthread_mutex_unlock(&guesses->lock);
    return wait > 0 ? wait : 0;
}

static struct guess *quietest(struct guess *set)
{
    struct guess *quietest = &set[0];
    for (int i = 1; i < WAYS; i++)
        if (set[i].last_at < quietest->last_at)
            quietest = &set[i];
    return quietest;
}

void guesses_wrong(struct guesses *guesses, const struct guesser *guesser, instant_us now)
{
    const struct who who = who_is(guesser);
    pthread_mutex_lock(&guesses->lock);
    struct guess *set = set_of(guesses, &who);
    struct guess *guess = find(set, &who);
    if (!guess || now - guess->first_at >= WINDOW) {
        guess = guess ? guess : quietest(set);
        *guess = (struct guess){.who = who, .first_at = now};
    }
    guess->wrong++;
    guess->last_at = now;
    pthread_mutex_unlock(&guesses->lock);
}

void guesses_right(struct guesses *guesses, const struct guesser *guesser)
{
    const struct who who = who_is(guesser);
    pthread_mutex_lock(&guesses->lock);
    struct guess *guess = find(set_of(guesses, &who), &who);
    if (guess)
        *guess = (struct guess){0};
    pthread_mutex_unlock(&guesses->lock);
}
