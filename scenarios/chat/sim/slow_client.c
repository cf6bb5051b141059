/*
 * A client that does not read for a while: it lags, is told how many messages it missed, and is kept; the others hear all.
 */
#include "world.h"

/* Enough that the slow one's sockets are full and 100 more lines wait for it in the room. */
#define SAYS 900
#define SAYS_BYTES 380

static const struct bot_script scripts[] = {
	{ .name = "slow", .room = "den", .deaf_ns = FM_MIN, .end = BOT_STAYS },
	{ .name = "talk", .room = "den", .says = SAYS, .says_bytes = SAYS_BYTES, .end = BOT_STAYS, .waits_for_all = true },
	{ .name = "hark", .room = "den", .end = BOT_STAYS },
};

enum { SLOW, TALK, HARK };

static void close_party(struct fm_sim *sim, void *arg)
{
	(void)sim;
	fm_sim_shutdown(((struct chat_world *)arg)->server_host);
}

static void setup(struct fm_sim *sim, void *state)
{
	struct chat_world *world = state;

	chat_world_open(world, sim);
	for (unsigned i = 0; i < FM_COUNT_OF(scripts); i++)
		chat_world_add(world, &scripts[i]);
	fm_sim_at(sim, FM_HOUR / 15, close_party, world);
}

static void end(struct fm_sim *sim, void *state)
{
	struct chat_world *world = state;
	const struct bot *slow = world->bots[SLOW];
	const struct bot *hark = world->bots[HARK];

	chat_world_check_server(world);
	if (chat_world_short(world)) {
		chat_world_close(world);
		return;
	}
	FM_SIM_CHECK(sim, slow->missed > 0, "the slow client was not told that it missed anything");
	FM_SIM_CHECK(sim, slow->goodbye, "the slow client was not kept to the end");
	/* What a room says of comings and goings counts as missed too, so there may be a little more. */
	FM_SIM_CHECK(sim, slow->heard[TALK] + slow->missed >= SAYS && slow->heard[TALK] < SAYS,
		     "of %d lines the slow client heard %u and was told of %u missed", SAYS, slow->heard[TALK],
		     slow->missed);
	FM_SIM_CHECK(sim, hark->heard[TALK] + hark->missed >= SAYS, "a client that reads heard %u of %d lines",
		     hark->heard[TALK], SAYS);
	chat_world_close(world);
}

FM_SCENARIO(slow_client) = {
	.name = "chat/slow-client-lags",
	.claim = "a slow client is told how much it missed and kept, and the room lives",
	.tags = "chat net slow",
	.state_bytes = sizeof(struct chat_world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = CHAT_DEADLINE_NS,
	.drain_ns = CHAT_SIM_DRAIN_NS,
	.setup = setup,
	.end = end,
};
