#include "guesses.h"

#include <pthread.h>
#include <stdlib.h>

#include "services/intake/receipt/receipt.h"

#define SETS 1024
#define WAYS 8 /* receipts that share a set; the one quiet for longest makes room */
#define FREE_TRIES 5
#define WINDOW (INT64_C(900) * INSTANT_SECOND)
#define LONGEST_WAIT (60 * INSTANT_SECOND)

struct guess {
    char receipt[RECEIPT_CHARACTERS + 1];
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

/* Receipts are random, so a few of their characters spread well; nobody chooses them to collide for profit: a full set only forgets. */
static struct guess *set_of(struct guesses *guesses, const char *receipt)
{
    unsigned hash = 0;
    for (int i = 0; i < RECEIPT_CHARACTERS; i++)
        hash = hash * 31 + (unsigned char)receipt[i];
    return guesses->sets[hash % SETS];
}

static struct guess *find(struct guess *set, const char *receipt)
{
    for (int i = 0; i < WAYS; i++)
        if (strcmp(set[i].receipt, receipt) == 0)
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

instant_us guesses_wait(struct guesses *guesses, const char *receipt, instant_us now)
{
    instant_us wait = 0;
    pthread_mutex_lock(&guesses->lock);
    const struct guess *guess = find(set_of(guesses, receipt), receipt);
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

void guesses_wrong(struct guesses *guesses, const char *receipt, instant_us now)
{
    pthread_mutex_lock(&guesses->lock);
    struct guess *set = set_of(guesses, receipt);
    struct guess *guess = find(set, receipt);
    if (!guess || now - guess->first_at >= WINDOW) {
        guess = guess ? guess : quietest(set);
        *guess = (struct guess){.first_at = now};
        memcpy(guess->receipt, receipt, RECEIPT_CHARACTERS);
    }
    guess->wrong++;
    guess->last_at = now;
    pthread_mutex_unlock(&guesses->lock);
}

void guesses_right(struct guesses *guesses, const char *receipt)
{
    pthread_mutex_lock(&guesses->lock);
    struct guess *guess = find(set_of(guesses, receipt), receipt);
    if (guess)
        *guess = (struct guess){0};
    pthread_mutex_unlock(&guesses->lock);
}
