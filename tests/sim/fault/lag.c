/* A slow task lags: its receiver is pushed over the edge of a ring that a random schedule never fills. */
#include "fault.h"

#include <fm/broadcast.h>

#define SEEDS 300
#define ITEMS 40
#define CAPACITY 32

static unsigned lagged;

struct source {
	struct fm_async async;
	struct fm_broadcast_tx *tx;
	struct fm_yield yield;
	unsigned sent;
};

FM_ASYNC(source)
{
	FM_BEGIN;
	for (; self->sent < ITEMS; self->sent++) {
		FM_AWAIT(fm_yield_init(&self->yield));
		fm_broadcast_send(self->tx, &self->sent, NULL);
	}
	fm_broadcast_tx_drop(self->tx);
	FM_END;
}

struct sink {
	struct fm_async async;
	struct fm_broadcast_rx *rx;
	struct fm_broadcast_recv recv;
	unsigned item;
};

FM_ASYNC(sink)
{
	FM_BEGIN;
	do {
		FM_AWAIT(fm_broadcast_recv_init(&self->recv, self->rx, &self->item));
		lagged += self->recv.fut.status == FM_ERR_LAGGED;
	} while (self->recv.fut.status != FM_ERR_CLOSED);
	fm_broadcast_rx_drop(self->rx);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct source *source = fm_sim_alloc(host, sizeof(*source), "source");
	struct sink *sink = fm_sim_alloc(host, sizeof(*sink), "sink");

	(void)state;
	FM_ASYNC_INIT(source, source);
	FM_ASYNC_INIT(sink, sink);
	ck_assert_int_eq(fm_broadcast_new(sizeof(unsigned), CAPACITY, NULL, &source->tx), FM_OK);
	ck_assert_int_eq(fm_broadcast_subscribe(source->tx, &sink->rx), FM_OK);
	fm_sim_start(source);
	fm_sim_start(sink);
}

static unsigned lag_of(uint64_t profile)
{
	const struct fm_sim_scenario scenario = { .name = "test/lag", .deadline_ns = FM_SEC, .setup = setup };
	static struct fm_sim_result result;

	lagged = 0;
	for (uint64_t seed = 0; seed < SEEDS; seed++)
		play_well(&scenario, seed, profile, &result);
	return lagged;
}

START_TEST(only_a_slow_task_lags_so_far)
{
	ck_assert_uint_gt(lag_of(only("slow-task")), SEEDS / 100);
	ck_assert_uint_eq(lag_of((uint64_t)1 << fault_number("slow-task")), 0);
}
END_TEST

TCase *lag_case(void)
{
	TCase *lag = tcase_create("lag");

	tcase_add_test(lag, only_a_slow_task_lags_so_far);
	return lag;
}
