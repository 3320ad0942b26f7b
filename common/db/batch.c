#include "db/batch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "app/app.h"

struct batch {
    struct batch_options options;
    pthread_mutex_t lock;
    pthread_cond_t arrived; /* an item, or the end */
    pthread_cond_t opened;  /* a writer has opened, or failed to */
    void **ring;            /* max_waiting places */
    size_t first;
    atomic_size_t waiting; /* changed under the lock, read without */
    atomic_size_t writing;
    _Atomic uint64_t taken;   /* since the start; changed under the lock */
    _Atomic int64_t write_us; /* what one batch takes: a moving mean */
    unsigned idle_writers, opened_writers;
    enum err open_error;
    bool stopping;
    unsigned started;
    pthread_t threads[];
};

/* Takes up to max_items in their order. The lock is held. */
static size_t take(struct batch *batch, void **items)
{
    size_t count = batch->waiting < batch->options.max_items ? batch->waiting : batch->options.max_items;
    for (size_t i = 0; i < count; i++)
        items[i] = batch->ring[(batch->first + i) % batch->options.max_waiting];
    batch->first = (batch->first + count) % batch->options.max_waiting;
    batch->waiting -= count;
    batch->writing += count;
    return count;
}

/* Waits for items; 0: stopping, and nothing is left. */
static size_t wait_and_take(struct batch *batch, void **items)
{
    pthread_mutex_lock(&batch->lock);
    batch->idle_writers++;
    while (batch->waiting == 0 && !batch->stopping)
        pthread_cond_wait(&batch->arrived, &batch->lock);
    batch->idle_writers--;
    size_t count = take(batch, items);
    if (batch->waiting > 0 && batch->idle_writers > 0)
        pthread_cond_signal(&batch->arrived);
    pthread_mutex_unlock(&batch->lock);
    return count;
}

static void report_opened(struct batch *batch, enum err err)
{
    pthread_mutex_lock(&batch->lock);
    batch->opened_writers++;
    if (err)
        batch->open_error = err;
    pthread_cond_signal(&batch->opened);
    pthread_mutex_unlock(&batch->lock);
}

#define MEAN_OF 8 /* batches */

static void write_items(struct batch *batch, void *writer, void **items, size_t count)
{
    int64_t began_us = clock_monotonic_us();
    batch->options.write(writer, items, count);
    int64_t mean_us = atomic_load(&batch->write_us);
    atomic_store(&batch->write_us, mean_us + (clock_monotonic_us() - began_us - mean_us) / MEAN_OF);
    atomic_fetch_sub(&batch->writing, count);
}

static void *writer_main(void *argument)
{
    struct batch *batch = argument;
    void *writer = NULL;
    void **items = calloc(batch->options.max_items, sizeof(*items));
    enum err err = items ? batch->options.writer_open(batch->options.service, &writer) : ERR_MEMORY;
    report_opened(batch, err);
    if (!err) {
        for (size_t count; (count = wait_and_take(batch, items)) > 0;)
            write_items(batch, writer, items, count);
        batch->options.writer_close(writer);
    }
    free(items);
    return NULL;
}

static enum err start_writers(struct batch *batch)
{
    while (batch->started < batch->options.writers) {
        if (pthread_create(&batch->threads[batch->started], NULL, writer_main, batch) != 0)
            return ERR_MEMORY;
        batch->started++;
    }
    pthread_mutex_lock(&batch->lock);
    while (batch->opened_writers < batch->started)
        pthread_cond_wait(&batch->opened, &batch->lock);
    enum err err = batch->open_error;
    pthread_mutex_unlock(&batch->lock);
    return err;
}

enum err batch_start(const struct batch_options *options, struct batch **ret_batch)
{
    struct batch *batch = calloc(1, sizeof(*batch) + options->writers * sizeof(batch->threads[0]));
    void **ring = calloc(options->max_waiting, sizeof(*ring));
    if (!batch || !ring) {
        free(batch);
        free(ring);
        return ERR_MEMORY;
    }
    batch->options = *options;
    batch->ring = ring;
    pthread_mutex_init(&batch->lock, NULL);
    pthread_cond_init(&batch->arrived, NULL);
    pthread_cond_init(&batch->opened, NULL);
    enum err err = start_writers(batch);
    if (err) {
        batch_stop(batch);
        return err;
    }
    *ret_batch = batch;
    return ERR_OK;
}

bool batch_put(struct batch *batch, void *item)
{
    pthread_mutex_lock(&batch->lock);
    bool taken = !batch->stopping && batch->waiting < batch->options.max_waiting;
    if (taken)
        batch->ring[(batch->first + batch->waiting++) % batch->options.max_waiting] = item;
    if (taken && batch->idle_writers > 0)
        pthread_cond_signal(&batch->arrived);
    batch->taken += taken;
    pthread_mutex_unlock(&batch->lock);
    return taken;
}

size_t batch_waiting(const struct batch *batch)
{
    return batch->waiting;
}

size_t batch_in_hand(const struct batch *batch)
{
    return batch->waiting + batch->writing;
}

uint64_t batch_taken(const struct batch *batch)
{
    return atomic_load(&batch->taken);
}

/* The batch that is being written, those that wait before it, and its own. */
int64_t batch_delay_us(const struct batch *batch)
{
    size_t a_batch = batch->options.max_items * batch->options.writers;
    size_t batches = batch->waiting / a_batch + 1 + (batch->writing > 0);
    return (int64_t)batches * atomic_load(&batch->write_us);
}

void batch_stop(struct batch *batch)
{
    if (!batch)
        return;
    pthread_mutex_lock(&batch->lock);
    batch->stopping = true;
    pthread_cond_broadcast(&batch->arrived);
    pthread_mutex_unlock(&batch->lock);
    for (unsigned i = 0; i < batch->started; i++)
        pthread_join(batch->threads[i], NULL);
    pthread_mutex_destroy(&batch->lock);
    pthread_cond_destroy(&batch->arrived);
    pthread_cond_destroy(&batch->opened);
    free(batch->ring);
    free(batch);
}
