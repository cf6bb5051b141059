/*
 * Messages of 8 bytes through an mpsc channel: bounded at 100 with one sender and with eight, and unbounded, where the
 * sender gives way every 128 messages so that the channel stays short.
 */
#include "bench.h"

#include <fm/mpsc.h>

enum { MESSAGES_1 = 10000000, MESSAGES_8 = 1000000, SENDERS = 8, CAPACITY = 100, BURST = 128 };

struct sender {
	struct fm_async async;
	struct fm_mpsc_send send;
	struct fm_yield yield;
	struct fm_mpsc_tx *tx;
	uint64_t item;
	uint64_t messages;
};

FM_ASYNC(sender)
{
	FM_BEGIN;
	for (self->item = 0; self->item < self->messages; self->item++) {
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->tx, &self->item));
		if (self->send.fut.status != FM_OK)
			bench_die("a send failed");
	}
	fm_mpsc_tx_drop(self->tx);
	FM_END;
}

struct burster {
	struct fm_async async;
	struct fm_yield yield;
	struct fm_mpsc_tx *tx;
	uint64_t item;
	uint64_t messages;
};

FM_ASYNC(burster)
{
	FM_BEGIN;
	for (self->item = 0; self->item < self->messages; self->item++) {
		if (fm_mpsc_send_now(self->tx, &self->item) != FM_OK)
			bench_die("a send failed");
		if (self->item % BURST == BURST - 1)
			FM_AWAIT(fm_yield_init(&self->yield));
	}
	fm_mpsc_tx_drop(self->tx);
	FM_END;
}

static struct receiver {
	struct fm_async async;
	struct fm_mpsc_recv recv;
	struct fm_mpsc_rx *rx;
	unsigned senders; /* 0: unbounded */
	uint64_t messages; /* of each sender */
	uint64_t item;
	uint64_t sum;
} program;

static void start_senders(struct receiver *self)
{
	struct fm_mpsc_tx *tx;

	if (fm_mpsc_new(sizeof(self->item), CAPACITY, NULL, &tx, &self->rx) != FM_OK)
		bench_die("no channel");
	for (unsigned i = 0; i < self->senders; i++) {
		struct sender *frame = bench_task(sizeof(*frame));

		FM_ASYNC_INIT(frame, sender);
		frame->tx = fm_mpsc_tx_clone(tx);
		frame->messages = self->messages;
		fm_task_detach(fm_task_spawn(frame));
	}
	fm_mpsc_tx_drop(tx);
}

static void start_burster(struct receiver *self)
{
	struct burster *frame = bench_task(sizeof(*frame));

	FM_ASYNC_INIT(frame, burster);
	if (fm_mpsc_new_unbounded(sizeof(self->item), NULL, &frame->tx, &self->rx) != FM_OK)
		bench_die("no channel");
	frame->messages = self->messages;
	fm_task_detach(fm_task_spawn(frame));
}

FM_ASYNC(receiver)
{
	FM_BEGIN;
	if (self->senders)
		start_senders(self);
	else
		start_burster(self);
	for (;;) {
		FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->rx, &self->item));
		if (self->recv.fut.status != FM_OK)
			break;
		self->sum += self->item;
	}
	fm_mpsc_rx_drop(self->rx);
	FM_END;
}

static double messages(unsigned senders, uint64_t each)
{
	const unsigned sources = senders ? senders : 1;
	const fm_ns began_ns = bench_clock_ns();

	FM_ASYNC_INIT(&program, receiver);
	program.senders = senders;
	program.messages = each;
	bench_run(&program.async.fut);
	if (program.sum != sources * (each * (each - 1) / 2))
		bench_die("messages were lost");
	return bench_rate((double)sources * (double)each, began_ns);
}

double bench_mpsc_bounded(void)
{
	return messages(1, MESSAGES_1);
}

double bench_mpsc_bounded_8(void)
{
	return messages(SENDERS, MESSAGES_8);
}

double bench_mpsc_unbounded(void)
{
	return messages(0, MESSAGES_1);
}
