/*
 * A oneshot there and one back, 1,000,000 times: the ball is the sender of a new oneshot, which the other side answers
 * through with the sender of another.
 */
#include "bench.h"

#include <fm/oneshot.h>

enum { ROUNDS = 1000000 };

struct player {
	struct fm_async async;
	struct fm_oneshot_recv recv;
	struct fm_oneshot_rx rx;
	struct fm_oneshot_tx partner;
	unsigned left;
	bool serves;
};

/* Hits the ball: a new oneshot whose sender flies through the partner's. */
static void hit(struct player *self)
{
	struct fm_oneshot_tx ball;

	if (fm_oneshot_new(sizeof(struct fm_oneshot_tx), &ball, &self->rx) != FM_OK ||
	    fm_oneshot_send(&self->partner, &ball) != FM_OK)
		bench_die("the ball was lost");
}

FM_ASYNC(player)
{
	FM_BEGIN;
	for (; self->left > 0; self->left--) {
		if (self->serves)
			hit(self);
		FM_AWAIT(fm_oneshot_recv_init(&self->recv, &self->rx));
		if (self->recv.fut.status != FM_OK)
			bench_die("the ball was lost");
		fm_oneshot_take(&self->recv, &self->partner);
		if (!self->serves)
			hit(self);
	}
	FM_END;
}

static struct match {
	struct fm_async async;
	struct fm_task_join join;
	struct fm_task *players[2];
	unsigned at;
} program;

static void start_players(struct match *self)
{
	struct player *players[2];
	struct fm_oneshot_tx tx;
	struct fm_oneshot_rx rx;

	if (fm_oneshot_new(sizeof(struct fm_oneshot_tx), &tx, &rx) != FM_OK)
		bench_die("no channel");
	for (unsigned i = 0; i < 2; i++) {
		players[i] = bench_task(sizeof(*players[i]));
		FM_ASYNC_INIT(players[i], player);
		players[i]->left = ROUNDS;
	}
	players[0]->serves = true;
	players[0]->partner = tx;
	players[1]->rx = rx;
	for (unsigned i = 0; i < 2; i++)
		self->players[i] = fm_task_spawn(players[i]);
}

/* The last ball is in nobody's hand: both sides of it are given back here. */
static void end_player(struct fm_task *task)
{
	struct player *player = fm_task_frame(task);

	fm_oneshot_tx_drop(&player->partner);
	fm_oneshot_rx_drop(&player->rx);
	fm_task_detach(task);
}

FM_ASYNC(match)
{
	FM_BEGIN;
	start_players(self);
	for (self->at = 0; self->at < 2; self->at++)
		FM_AWAIT(fm_task_join_init(&self->join, self->players[self->at]));
	for (unsigned i = 0; i < 2; i++)
		end_player(self->players[i]);
	FM_END;
}

double bench_oneshot_ping_pong(void)
{
	const fm_ns began_ns = bench_clock_ns();

	FM_ASYNC_INIT(&program, match);
	bench_run(&program.async.fut);
	return bench_rate(ROUNDS, began_ns);
}
