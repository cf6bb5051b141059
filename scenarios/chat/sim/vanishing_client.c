/* A client that vanishes in mid-line: its half line is said by nobody, its place is given back, and the room goes on. */
#include "world.h"

#include <string.h>

#define SAYS 4
#define HALF_LINE "this line has no"

static const struct bot_script scripts[] = {
	{ .name = "ada", .room = "den", .says = SAYS, .end = BOT_STAYS, .waits_for_all = true },
	{ .name = "bob", .room = "den", .says = SAYS, .end = BOT_STAYS, .waits_for_all = true },
	{ .name = "ghost", .room = "den", .last_words = HALF_LINE, .end = BOT_VANISHES },
	{ .name = "quiet", .room = "den", .last_words = HALF_LINE, .end = BOT_HANGS_UP },
};

static void close_party(struct fm_sim *sim, void *arg)
{
	struct chat_world *world = arg;

	FM_SIM_CHECK(sim, world->server->clients_count == 2 || chat_world_short(world), "the server still has %u clients, two are gone",
		     world->server->clients_count);
	fm_sim_shutdown(world->server_host);
}

static void heard(struct bot *bot, const char *line)
{
	const char *said = strstr(line, HALF_LINE);

	/* A half line at a clean end of the stream is a last line; at a reset it is nothing. */
	FM_SIM_CHECK(bot->world->sim, !said || strncmp(line, "quiet: ", 7) == 0 || strncmp(line, "guest-", 6) == 0,
		     "%s hears the half line of one who vanished: '%s'", bot->script->name, line);
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
	for (unsigned i = 0; i < 2; i++)
		for (unsigned k = 0; k < 2; k++)
			FM_SIM_CHECK(sim, world->bots[i]->heard[k] == SAYS, "%s heard %u of the %d lines of %s",
				     scripts[i].name, world->bots[i]->heard[k], SAYS, scripts[k].name);
	chat_world_close(world);
}

FM_SCENARIO(vanishing_client) = {
	.name = "chat/client-vanishes",
	.claim = "a client that vanishes in mid-line leaves nothing behind and disturbs nobody",
	.tags = "chat net",
	.state_bytes = sizeof(struct chat_world),
	.faults = FM_SIM_FAULTS_STREAM | FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = CHAT_DEADLINE_NS,
	.drain_ns = CHAT_SIM_DRAIN_NS,
	.setup = setup,
	.end = end,
};
