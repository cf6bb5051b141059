/* 500,000 messages to 8 receivers each, in bursts that nobody lags behind. The figure counts deliveries. */
#include "bench.h"

#include <fm/broadcast.h>

enum { RECEIVERS = 8, MESSAGES = 500000, CAPACITY = 128, BURST = 64 };

struct listener {
	struct fm_async async;
	struct fm_broadcast_recv recv;
	struct fm_broadcast_rx *rx;
	uint64_t item;
	uint64_t heard;
};

FM_ASYNC(listener)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_broadcast_recv_init(&self->recv, self->rx, &self->item));
		if (self->recv.fut.status != FM_OK)
			break;
		self->heard++;
	}
	fm_broadcast_rx_drop(self->rx);
	FM_END;
}

static struct speaker {
	struct fm_async async;
	struct fm_yield yield;
	struct fm_task_join join;
	struct fm_broadcast_tx *tx;
	struct fm_task *tasks[RECEIVERS];
	uint64_t item;
	unsigned at;
	uint64_t heard;
} program;

static void start_listeners(struct speaker *self)
{
	if (fm_broadcast_new(sizeof(self->item), CAPACITY, NULL, &self->tx) != FM_OK)
		bench_die("no channel");
	for (unsigned i = 0; i < RECEIVERS; i++) {
		struct listener *frame = bench_task(sizeof(*frame));

		FM_ASYNC_INIT(frame, listener);
		if (fm_broadcast_subscribe(self->tx, &frame->rx) != FM_OK)
			bench_die("no receiver");
		self->tasks[i] = fm_task_spawn(frame);
	}
}

FM_ASYNC(speaker)
{
	FM_BEGIN;
	start_listeners(self);
	for (self->item = 0; self->item < MESSAGES; self->item++) {
		fm_broadcast_send(self->tx, &self->item, NULL);
		if (self->item % BURST == BURST - 1)
			FM_AWAIT(fm_yield_init(&self->yield));
	}
	fm_broadcast_tx_drop(self->tx);
	for (self->at = 0; self->at < RECEIVERS; self->at++) {
		FM_AWAIT(fm_task_join_init(&self->join, self->tasks[self->at]));
		self->heard += ((struct listener *)fm_task_frame(self->tasks[self->at]))->heard;
		fm_task_detach(self->tasks[self->at]);
	}
	FM_END;
}

double bench_broadcast_8(void)
{
	const fm_ns began_ns = bench_clock_ns();

	FM_ASYNC_INIT(&program, speaker);
	bench_run(&program.async.fut);
	if (program.heard != (uint64_t)RECEIVERS * MESSAGES)
		bench_die("messages were lost");
	return bench_rate((double)RECEIVERS * MESSAGES, began_ns);
}
