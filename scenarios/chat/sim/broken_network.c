/*
 * A network at its worst: connections are refused, reset, half closed, held up. Whoever is there from the first word to the
 * goodbye has heard what all others of them heard, in the same order; the server ends in time, with nobody in its books.
 */
#include "world.h"

#include <fm/probe.h>
#include <fm/task.h>

#define SAYS 6

static const struct bot_script scripts[] = {
	{ .name = "ada", .room = "den", .says = SAYS, .pause_ns = FM_MS, .end = BOT_STAYS, .waits_for_all = true },
	{ .name = "bob", .room = "den", .says = SAYS, .pause_ns = FM_MS, .end = BOT_STAYS, .waits_for_all = true },
	{ .name = "cyd", .room = "den", .says = SAYS, .pause_ns = FM_MS, .end = BOT_STAYS, .waits_for_all = true },
	{ .name = "dan", .room = "pub", .says = SAYS, .pause_ns = FM_MS, .end = BOT_STAYS, .waits_for_all = true },
};

static void close_party(struct fm_sim *sim, void *arg)
{
	(void)sim;
	fm_sim_shutdown(((struct chat_world *)arg)->server_host);
}

static void heard(struct bot *bot, const char *line)
{
	unsigned who;
	unsigned number;

	if (bot->joined && chat_world_said(bot->world, line, &who, &number))
		FM_SIM_CHECK(bot->world->sim, bot->world->bots[who]->script->room == bot->script->room,
			     "%s in #%s hears '%s'", bot->script->name, bot->script->room, line);
}

static void setup(struct fm_sim *sim, void *state)
{
	struct chat_world *world = state;

	world->heard = heard;
	chat_world_open(world, sim);
	for (unsigned i = 0; i < FM_COUNT_OF(scripts); i++)
		chat_world_add(world, &scripts[i]);
	fm_sim_at(sim, 4 * FM_MIN, close_party, world); /* before anybody is idle for too long */
}

/* Welcomed, and let go with the goodbye: its room was whole to it. */
static bool stayed(const struct bot *bot)
{
	return bot->goodbye && !bot->refused;
}

static void end(struct fm_sim *sim, void *state)
{
	struct chat_world *world = state;
	const int status = fm_task_status(world->server_task);

	FM_SIM_CHECK(sim, status == FM_OK || status == FM_ERR_TIMEOUT, "the server ended with %s", fm_status_name(status));
	chat_world_check_books(world);
	for (unsigned i = 0; i < world->bots_count; i++)
		for (unsigned k = i + 1; k < world->bots_count; k++) {
			const struct bot *a = world->bots[i], *b = world->bots[k];

			FM_SOMETIMES(stayed(a) && stayed(b), "two of a room hear the goodbye of a broken network");
			FM_SOMETIMES(a->cut_off || b->cut_off, "a broken network cuts a client off");
			if (!stayed(a) || !stayed(b) || a->script->room != b->script->room)
				continue;
			for (unsigned who = 0; who < world->bots_count; who++)
				FM_SIM_CHECK(sim, a->heard[who] == b->heard[who],
					     "of %s, %s heard %u lines and %s heard %u", scripts[who].name,
					     scripts[i].name, a->heard[who], scripts[k].name, b->heard[who]);
		}
	chat_world_close(world);
}

FM_SCENARIO(broken_network) = {
	.name = "chat/broken-network",
	.claim = "whatever the network does, those who stay hear the same, and the server ends in time",
	.tags = "chat net",
	.state_bytes = sizeof(struct chat_world),
	.faults = FM_SIM_FAULTS_STREAM | FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME | FM_SIM_FAULTS_BREAKS,
	.deadline_ns = CHAT_DEADLINE_NS,
	.drain_ns = CHAT_SIM_DRAIN_NS,
	.setup = setup,
	.end = end,
};
