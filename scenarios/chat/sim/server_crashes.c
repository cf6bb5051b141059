/*
 * The server's host crashes, again and again, and is back after a while. Clients that come again are served by the server of then,
 * which knows nothing of what was: each says all its lines, hears those that it says there in order, and is told goodbye.
 */
#include "world.h"

#include <fm/probe.h>
#include <fm/task.h>

#define SAYS 8

static const struct bot_script scripts[] = {
	{ .name = "ada", .room = "den", .says = SAYS, .pause_ns = 20 * FM_MS, .end = BOT_QUITS, .comes_again = true },
	{ .name = "bob", .room = "den", .says = SAYS, .pause_ns = 20 * FM_MS, .end = BOT_QUITS, .comes_again = true },
	{ .name = "cyd", .says = SAYS, .pause_ns = 20 * FM_MS, .end = BOT_QUITS, .comes_again = true },
};

static void setup(struct fm_sim *sim, void *state)
{
	struct chat_world *world = state;

	chat_world_open(world, sim);
	chat_world_survives(world);
	for (unsigned i = 0; i < FM_COUNT_OF(scripts); i++)
		chat_world_add(world, &scripts[i]);
}

static void end(struct fm_sim *sim, void *state)
{
	struct chat_world *world = state;

	FM_SOMETIMES(world->starts > 1, "the server is started again");
	/* Who has quit was the last to be in anybody's books; a crash as it left is all the same to it. */
	if (fm_task_status(world->server_task) != FM_ERR_CANCELLED)
		chat_world_check_server(world);
	for (unsigned i = 0; i < world->bots_count; i++) {
		const struct bot *bot = world->bots[i];

		FM_SIM_CHECK(sim, bot->farewell, "%s was never told goodbye, in %u starts of the server", bot->script->name,
			     world->starts);
		FM_SIM_CHECK(sim, world->starts > 1 || bot->heard[i] == SAYS, "%s heard %u of its own %d lines, and nothing crashed",
			     bot->script->name, bot->heard[i], SAYS);
	}
	chat_world_close(world);
}

FM_SCENARIO(server_crashes) = {
	.name = "chat/server-crashes",
	.claim = "after a crash the server serves whoever comes again, as if it had just begun",
	.tags = "chat net crash",
	.state_bytes = sizeof(struct chat_world),
	.faults = FM_SIM_FAULTS_STREAM | FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME | FM_SIM_FAULT_CRASH,
	.deadline_ns = CHAT_DEADLINE_NS,
	.steps_max = 10000, /* crashes end halfway */
	.drain_ns = CHAT_SIM_DRAIN_NS,
	.setup = setup,
	.end = end,
};
