/* Group commit, without a database: every item is settled once, whatever happens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "db/batch.h"

#define ITEMS 10000
#define PUTTERS 16

struct item {
    atomic_uint settled;
};

struct service {
    struct batch *batch;
    struct item items[ITEMS];
    atomic_uint opened, closed, largest, batches;
    enum err open_gives;
    sem_t entered, go; /* with `slow`: the writer says that it is writing, and waits */
    bool slow;
    void *seen[ITEMS]; /* in the order of writing, with a single writer */
    size_t seen_count;
};

static enum err open_writer(void *context, void **ret_writer)
{
    struct service *service = context;
    if (atomic_fetch_add(&service->opened, 1) == 1 && service->open_gives)
        return service->open_gives; /* the second one */
    *ret_writer = service;
    return ERR_OK;
}

static void close_writer(void *writer)
{
    struct service *service = writer;
    atomic_fetch_add(&service->closed, 1);
}

static void write_items(void *writer, void **items, size_t count)
{
    struct service *service = writer;
    atomic_fetch_add(&service->batches, 1);
    if (count > service->largest)
        service->largest = (unsigned)count;
    if (service->slow) {
        sem_post(&service->entered);
        sem_wait(&service->go);
        for (size_t i = 0; i < count; i++)
            service->seen[service->seen_count++] = items[i];
    }
    for (size_t i = 0; i < count; i++)
        atomic_fetch_add(&((struct item *)items[i])->settled, 1);
}

static struct service *service_new(unsigned writers, size_t max_items, size_t max_waiting)
{
    struct service *service = calloc(1, sizeof(*service));
    const struct batch_options options = {max_items, max_waiting, writers, open_writer, close_writer, write_items, service};
    assert_non_null(service);
    sem_init(&service->entered, 0, 0);
    sem_init(&service->go, 0, 0);
    assert_int_equal(batch_start(&options, &service->batch), ERR_OK);
    return service;
}

struct putter {
    pthread_t thread;
    struct service *service;
    size_t first;
};

static void *put_share(void *argument)
{
    struct putter *putter = argument;
    for (size_t i = putter->first; i < ITEMS; i += PUTTERS)
        while (!batch_put(putter->service->batch, &putter->service->items[i]))
            sched_yield(); /* full */
    return NULL;
}

static void ten_thousand_items_of_sixteen_threads_are_each_settled_once(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        unsigned writers;
        size_t max_items, max_waiting;
    } SHAPES[] = {
        {"one writer", 1, 200, 1024},
        {"several", 4, 200, 1024},
        {"a ring that is nearly always full", 2, 7, 8},
        {"one at a time", 3, 1, 3},
    };
    for (size_t s = 0; s < sizeof(SHAPES) / sizeof(SHAPES[0]); s++) {
        struct service *service = service_new(SHAPES[s].writers, SHAPES[s].max_items, SHAPES[s].max_waiting);
        struct putter putters[PUTTERS];
        for (size_t i = 0; i < PUTTERS; i++) {
            putters[i] = (struct putter){.service = service, .first = i};
            assert_int_equal(pthread_create(&putters[i].thread, NULL, put_share, &putters[i]), 0);
        }
        for (size_t i = 0; i < PUTTERS; i++)
            pthread_join(putters[i].thread, NULL);
        batch_stop(service->batch);
        for (size_t i = 0; i < ITEMS; i++)
            if (service->items[i].settled != 1)
                fail_msg("%s: item %zu was settled %u times", SHAPES[s].why, i, service->items[i].settled);
        assert_true(service->largest <= SHAPES[s].max_items);
        assert_int_equal(service->opened, SHAPES[s].writers);
        assert_int_equal(service->closed, SHAPES[s].writers);
        free(service);
    }
}

static void what_arrives_during_a_commit_is_the_next_batch_in_order(void **state)
{
    (void)state;
    struct service *service = service_new(1, 4, 6);
    service->slow = true;
    assert_true(batch_put(service->batch, &service->items[0]));
    sem_wait(&service->entered); /* it writes the single one at once, without waiting for more */
    for (size_t i = 1; i <= 6; i++)
        assert_true(batch_put(service->batch, &service->items[i]));
    assert_false(batch_put(service->batch, &service->items[7])); /* full: it stays the caller's */
    assert_int_equal(batch_waiting(service->batch), 6);
    for (int i = 0; i < 3; i++)
        sem_post(&service->go);
    batch_stop(service->batch);
    assert_int_equal(service->batches, 3); /* 1, 4, 2 */
    assert_int_equal(service->seen_count, 7);
    for (size_t i = 0; i < 7; i++)
        assert_ptr_equal(service->seen[i], &service->items[i]);
    free(service);
}

static void *stop_main(void *batch)
{
    batch_stop(batch);
    return NULL;
}

static void stopping_refuses_new_items_and_writes_what_waits(void **state)
{
    (void)state;
    struct service *service = service_new(1, 10, 10);
    pthread_t stopper;
    service->slow = true;
    assert_true(batch_put(service->batch, &service->items[0]));
    sem_wait(&service->entered);
    assert_true(batch_put(service->batch, &service->items[1]));
    assert_int_equal(pthread_create(&stopper, NULL, stop_main, service->batch), 0);
    while (batch_put(service->batch, &service->items[2])) /* until the stop has begun; each of these is accepted and must be settled */
        atomic_fetch_sub(&service->items[2].settled, 1);
    sem_post(&service->go);
    for (int i = 0; i < 10; i++)
        sem_post(&service->go);
    pthread_join(stopper, NULL);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(service->items[i].settled, 1);
    assert_int_equal(service->items[2].settled, 0);
    free(service);
}

static void a_writer_that_can_not_open_fails_the_start_and_leaves_no_thread(void **state)
{
    (void)state;
    struct service *service = calloc(1, sizeof(*service));
    assert_non_null(service);
    service->open_gives = ERR_UNAVAILABLE;
    const struct batch_options options = {10, 10, 3, open_writer, close_writer, write_items, service};
    assert_int_equal(batch_start(&options, &service->batch), ERR_UNAVAILABLE);
    assert_int_equal(service->opened, 3);
    assert_int_equal(service->closed, 2);
    free(service);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_thousand_items_of_sixteen_threads_are_each_settled_once),
        cmocka_unit_test(what_arrives_during_a_commit_is_the_next_batch_in_order),
        cmocka_unit_test(stopping_refuses_new_items_and_writes_what_waits),
        cmocka_unit_test(a_writer_that_can_not_open_fails_the_start_and_leaves_no_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
