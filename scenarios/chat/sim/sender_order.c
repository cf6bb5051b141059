/* Three bots talk at once: what one of them says is heard in the order it was said, by all, and nothing twice. */
#include "world.h"

#define SAYS 20

/* The order itself is checked as lines are heard (bot.c): numbers of a sender only grow. */
static const struct bot_script scripts[] = {
	{ .name = "ada", .room = "den", .says = SAYS, .end = BOT_QUITS, .waits_for_all = true },
	{ .name = "bob", .room = "den", .says = SAYS, .end = BOT_QUITS, .waits_for_all = true },
	{ .name = "cyd", .room = "den", .says = SAYS, .end = BOT_QUITS, .waits_for_all = true },
};

static void setup(struct fm_sim *sim, void *state)
{
	struct chat_world *world = state;

	chat_world_open(world, sim);
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
		FM_SIM_CHECK(sim, world->bots[i]->heard[i] + world->bots[i]->missed >= SAYS,
			     "%s heard %u of its own %d lines before it quit, and was told of %u missed",
			     world->bots[i]->script->name, world->bots[i]->heard[i], SAYS, world->bots[i]->missed);
	chat_world_close(world);
}

FM_SCENARIO(sender_order) = {
	.name = "chat/order-within-a-sender",
	.claim = "what a client says is heard in the order it was said, and by itself before it leaves",
	.tags = "chat net",
	.state_bytes = sizeof(struct chat_world),
	.faults = FM_SIM_FAULTS_STREAM | FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = CHAT_DEADLINE_NS,
	.drain_ns = CHAT_SIM_DRAIN_NS,
	.setup = setup,
	.end = end,
};
