/* Two rooms, two bots each: nobody hears a word of the other room's, and everybody all of its own. */
#include "world.h"

#define SAYS 5

static const struct bot_script scripts[] = {
	{ .name = "anna", .room = "red", .says = SAYS, .end = BOT_STAYS, .waits_for_all = true },
	{ .name = "bela", .room = "blue", .says = SAYS, .end = BOT_STAYS, .waits_for_all = true },
	{ .name = "cleo", .room = "red", .says = SAYS, .end = BOT_STAYS, .waits_for_all = true },
	{ .name = "dora", .room = "blue", .says = SAYS, .end = BOT_STAYS, .waits_for_all = true },
};

static void close_party(struct fm_sim *sim, void *arg)
{
	struct chat_world *world = arg;

	(void)sim;
	fm_sim_shutdown(world->server_host);
}

static void heard(struct bot *bot, const char *line)
{
	unsigned who;
	unsigned number;

	if (!bot->joined || !chat_world_said(bot->world, line, &who, &number))
		return;
	FM_SIM_CHECK(bot->world->sim, bot->world->bots[who]->script->room == bot->script->room,
		     "%s in #%s hears '%s' of #%s", bot->script->name, bot->script->room, line,
		     bot->world->bots[who]->script->room);
}

static void setup(struct fm_sim *sim, void *state)
{
	struct chat_world *world = state;

	world->heard = heard;
	chat_world_open(world, sim);
	for (unsigned i = 0; i < FM_COUNT_OF(scripts); i++)
		chat_world_add(world, &scripts[i]);
	fm_sim_at(sim, FM_MIN, close_party, world);
}

static void end(struct fm_sim *sim, void *state)
{
	struct chat_world *world = state;

	chat_world_check_server(world);
	if (chat_world_short(world)) {
		chat_world_close(world);
		return;
	}
	for (unsigned i = 0; i < world->bots_count; i++) {
		const struct bot *bot = world->bots[i];

		for (unsigned k = 0; k < world->bots_count; k++)
			FM_SIM_CHECK(sim, bot->heard[k] == (scripts[k].room == scripts[i].room ? SAYS : 0),
				     "%s heard %u of the %d lines of %s", bot->script->name, bot->heard[k], SAYS,
				     world->bots[k]->script->name);
	}
	chat_world_close(world);
}

FM_SCENARIO(rooms_keep_apart) = {
	.name = "chat/rooms-keep-apart",
	.claim = "a message reaches every member of the sender's room and nobody else",
	.tags = "chat net",
	.state_bytes = sizeof(struct chat_world),
	.faults = FM_SIM_FAULTS_STREAM | FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = CHAT_DEADLINE_NS,
	.drain_ns = CHAT_SIM_DRAIN_NS,
	.setup = setup,
	.end = end,
};
