/*
 * A server without a file descriptor left: who comes then waits in the listener's queue, and is served when another has gone. Accept
 * says so at once, again and again, so the server pauses instead of turning on the spot.
 */
#include "world.h"

#define SAYS 2
#define SOCKETS 3 /* the listener and two clients */

static const struct bot_script scripts[] = {
	{ .name = "ada", .says = SAYS, .pause_ns = FM_SEC, .end = BOT_QUITS },
	{ .name = "bob", .says = SAYS, .pause_ns = FM_SEC, .end = BOT_QUITS },
	{ .name = "cyd", .says = SAYS, .pause_ns = FM_SEC, .end = BOT_QUITS },
};

static void setup(struct fm_sim *sim, void *state)
{
	struct chat_world *world = state;

	chat_world_open(world, sim);
	fm_sim_limit_sockets(world->server_host, SOCKETS);
	for (unsigned i = 0; i < FM_COUNT_OF(scripts); i++)
		chat_world_add(world, &scripts[i]);
}

static void end(struct fm_sim *sim, void *state)
{
	struct chat_world *world = state;

	chat_world_check_server(world);
	if (chat_world_short(world)) {
		chat_world_close(world);
		return;
	}
	for (unsigned i = 0; i < world->bots_count; i++)
		FM_SIM_CHECK(sim, world->bots[i]->heard[i] == SAYS, "%s heard %u of its own %d lines before it quit",
			     world->bots[i]->script->name, world->bots[i]->heard[i], SAYS);
	chat_world_close(world);
}

FM_SCENARIO(full_table) = {
	.name = "chat/no-file-left",
	.claim = "a server with no file descriptor left serves who waits as soon as another has gone",
	.tags = "chat net",
	.state_bytes = sizeof(struct chat_world),
	.faults = FM_SIM_FAULTS_STREAM | FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = CHAT_DEADLINE_NS,
	.drain_ns = CHAT_SIM_DRAIN_NS,
	.setup = setup,
	.end = end,
};
