/*
 * A queue of deadlines whose consumer sleeps until the earliest: whoever changes the answer must wake it.
 *
 * Corpus W09 (tokio-util #6752, #8274, #8320). Moving an entry into the past, removing the last one, and
 * clearing all make the consumer's answer READY, but only the timer of the old earliest deadline will wake
 * it.
 */
#include "../corpus.h"

#include <fm/executor.h>
#include <fm/sleep.h>
#include <fm/timer.h>

#define ENTRIES 2

struct delay_queue {
	bool broken;
	fm_ns at_ns[ENTRIES]; /* 0: no entry */
	struct fm_waker consumer;
};

static fm_ns *earliest(struct delay_queue *queue)
{
	fm_ns *first = NULL;

	for (unsigned i = 0; i < ENTRIES; i++)
		if (queue->at_ns[i] && (!first || queue->at_ns[i] < *first))
			first = &queue->at_ns[i];
	return first;
}

static void changed(struct delay_queue *queue)
{
	if (!queue->broken) /* W09: the consumer sleeps on, until what was the earliest */
		fm_waker_wake(&queue->consumer);
}

static void reset(struct delay_queue *queue, unsigned key, fm_ns at_ns)
{
	queue->at_ns[key] = at_ns;
	changed(queue);
}

static void clear(struct delay_queue *queue)
{
	for (unsigned i = 0; i < ENTRIES; i++)
		queue->at_ns[i] = 0;
	changed(queue);
}

/* READY with FM_OK: an entry has expired; FM_ERR_EMPTY: there is none. */
struct expired {
	struct fm_future fut;
	struct delay_queue *queue;
	struct fm_timer timer;
	fm_ns at_ns;
};

static enum fm_poll expired_poll(struct fm_future *future, struct fm_context *cx)
{
	struct expired *self = FM_CONTAINER_OF(future, struct expired, fut);
	fm_ns *first = earliest(self->queue);

	if (first && *first > fm_now()) {
		fm_timer_arm(&self->timer, *first, cx);
		fm_waker_store(&self->queue->consumer, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_timer_disarm(&self->timer);
	fm_waker_drop(&self->queue->consumer);
	if (!first)
		return fm_ready(future, FM_ERR_EMPTY);
	self->at_ns = *first;
	*first = 0;
	return fm_ready(future, FM_OK);
}

static void expired_drop(struct fm_future *future)
{
	struct expired *self = FM_CONTAINER_OF(future, struct expired, fut);

	fm_timer_disarm(&self->timer);
	fm_waker_drop(&self->queue->consumer);
}

static const struct fm_future_ops expired_ops = {
	.name = "expired",
	.poll = expired_poll,
	.drop = expired_drop,
};

static struct fm_future *expired_init(struct expired *self, struct delay_queue *queue)
{
	fm_future_init(&self->fut, &expired_ops);
	fm_timer_init(&self->timer);
	self->queue = queue;
	return &self->fut;
}

struct world {
	bool broken;
	struct delay_queue queue;
};

struct consumer {
	struct fm_async async;
	struct world *world;
	struct expired expired;
};

FM_ASYNC(consumer)
{
	FM_BEGIN;
	for (unsigned i = 0; i < ENTRIES; i++)
		self->world->queue.at_ns[i] = fm_ns_add(fm_now(), (10 + 10 * i) * FM_MS);
	for (;;) {
		/* BUG: sleeps on */
		FM_AWAIT(expired_init(&self->expired, &self->world->queue));
		if (self->expired.fut.status != FM_OK)
			break;
		/* BUG: an entry in the past comes when the timer that was armed says so */
		FM_ALWAYS(fm_now() == self->expired.at_ns, "an entry comes when it has expired");
	}
	FM_END;
}

struct changer {
	struct fm_async async;
	struct world *world;
	struct fm_sleep later;
};

FM_ASYNC(changer)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->later, (1 + fm_random(30)) * FM_MS));
	switch (fm_random(3)) {
	case 0:
		if (self->world->queue.at_ns[1])
			reset(&self->world->queue, 1, fm_now());
		break;
	case 1:
		reset(&self->world->queue, 1, 0);
		break;
	default:
		clear(&self->world->queue);
		break;
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->queue.broken = world->broken;
	fm_sim_start(TWIN_TASK(host, consumer, world));
	fm_sim_start(TWIN_TASK(host, changer, world));
}

CORPUS(delay_queue, "w09-delay-queue", .claim = "a consumer hears of every change of its queue at once",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
