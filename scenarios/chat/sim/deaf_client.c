/*
 * A client that stops reading for good: at ctrl-c it is given the five seconds that everybody has, and is then cut off. Who reads
 * hears all, and the goodbye.
 */
#include "world.h"

#include <fm/task.h>

/* More than the deaf one's sockets hold, so that a message to it is stuck half written. */
#define SAYS 720
#define SAYS_BYTES 390

static const struct bot_script scripts[] = {
	{ .name = "deaf", .room = "den", .deaf_ns = FM_HOUR / 2, .end = BOT_STAYS },
	{ .name = "talk", .room = "den", .says = SAYS, .says_bytes = SAYS_BYTES, .end = BOT_STAYS, .waits_for_all = true },
};

enum { DEAF, TALK };

static void close_party(struct fm_sim *sim, void *arg)
{
	(void)sim;
	fm_sim_shutdown(((struct chat_world *)arg)->server_host);
}

static void just_before_the_deadline(struct fm_sim *sim, void *arg)
{
	struct chat_world *world = arg;

	FM_SIM_CHECK(sim, !fm_task_done(world->server_task) || chat_world_short(world),
		     "the deaf client was not given its five seconds");
}

static void setup(struct fm_sim *sim, void *state)
{
	struct chat_world *world = state;

	chat_world_open(world, sim);
	for (unsigned i = 0; i < FM_COUNT_OF(scripts); i++)
		chat_world_add(world, &scripts[i]);
	fm_sim_at(sim, 4 * FM_MIN, close_party, world);
	fm_sim_at(sim, 4 * FM_MIN + CHAT_DRAIN_NS - FM_MS, just_before_the_deadline, world);
}

static void end(struct fm_sim *sim, void *state)
{
	struct chat_world *world = state;
	const int status = fm_task_status(world->server_task);

	if (chat_world_short(world)) {
		chat_world_close(world);
		return;
	}
	FM_SIM_CHECK(sim, status == FM_ERR_TIMEOUT, "the server ended with %s: it cut nobody off", fm_status_name(status));
	chat_world_check_books(world);
	FM_SIM_CHECK(sim, world->bots[TALK]->heard[TALK] + world->bots[TALK]->missed >= SAYS,
		     "who reads heard %u of %d lines", world->bots[TALK]->heard[TALK], SAYS);
	FM_SIM_CHECK(sim, world->bots[TALK]->goodbye, "who reads did not hear the goodbye");
	FM_SIM_CHECK(sim, !world->bots[DEAF]->goodbye, "the goodbye came past what the deaf client did not read");
	chat_world_close(world);
}

FM_SCENARIO(deaf_client) = {
	.name = "chat/deaf-client-is-cut-off",
	.claim = "a client that reads no more cannot hold the server beyond its deadline, and nobody else hears of it",
	.tags = "chat net slow shutdown",
	.state_bytes = sizeof(struct chat_world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = CHAT_DEADLINE_NS,
	.drain_ns = CHAT_SIM_DRAIN_NS,
	.setup = setup,
	.end = end,
};
