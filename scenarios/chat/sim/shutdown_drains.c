/*
 * Ctrl-c at any step. Whoever was in a room hears the goodbye, members of a room have heard the same lines in the same
 * order up to where they were let go, and the server ends within its deadline.
 */
#include "world.h"

#include <stdio.h>
#include <string.h>

#define SAYS 6
#define STEPS 400 /* about what the whole party takes */
#define LOG_BYTES 512

static const struct bot_script scripts[] = {
	{ .name = "ada", .room = "den", .says = SAYS, .end = BOT_STAYS },
	{ .name = "bob", .room = "den", .says = SAYS, .end = BOT_STAYS },
	{ .name = "cyd", .says = SAYS, .end = BOT_STAYS },
};

static const struct fm_draw_site step_site = { "chat shutdown step", FM_DRAW_USER };

struct party {
	struct chat_world world;
	char heard[CHAT_BOTS_MAX][LOG_BYTES]; /* the lines of others, since all of the den were there */
};

static void close_party(struct fm_sim *sim, void *arg)
{
	struct chat_world *world = arg;

	fm_sim_note(sim, "ctrl-c");
	fm_sim_shutdown(world->server_host);
}

static void heard(struct bot *bot, const char *line)
{
	struct party *party = FM_CONTAINER_OF(bot->world, struct party, world);
	char *log = party->heard[bot->number];
	unsigned who;
	unsigned number;

	if (bot->goodbye || !chat_world_said(bot->world, line, &who, &number) || !bot->joined)
		return;
	snprintf(log + strlen(log), LOG_BYTES - strlen(log), "%s ", line + strlen(scripts[who].name) + 2);
}

static void setup(struct fm_sim *sim, void *state)
{
	struct party *party = state;

	party->world.heard = heard;
	chat_world_open(&party->world, sim);
	for (unsigned i = 0; i < FM_COUNT_OF(scripts); i++)
		chat_world_add(&party->world, &scripts[i]);
	fm_sim_at_step(sim, 1 + fm_sim_draw(sim, &step_site, STEPS), close_party, &party->world);
	fm_sim_at(sim, FM_MIN, close_party, &party->world); /* where the party takes fewer steps */
}

/* One of the two heard all that the other did, from where the later one came in; both in the same order. */
static bool agree(const char *a, const char *b)
{
	const char *later = strlen(a) < strlen(b) ? a : b;
	const char *earlier = later == a ? b : a;
	size_t length = strlen(later);

	/* Cut the later one's end, which the earlier one may not have been there for, word pair by word pair. */
	while (length > 0) {
		char kept[LOG_BYTES];

		snprintf(kept, sizeof(kept), "%.*s", (int)length, later);
		if (strstr(earlier, kept))
			return true;
		if (strlen(earlier) < length)
			return false;
		length -= strlen(later) ? 1 : 0;
		while (length > 0 && later[length - 1] != ' ')
			length--;
	}
	return true;
}

static void end(struct fm_sim *sim, void *state)
{
	struct party *party = state;
	struct chat_world *world = &party->world;

	chat_world_check_server(world);
	if (chat_world_short(world)) {
		chat_world_close(world);
		return;
	}
	for (unsigned i = 0; i < world->bots_count; i++)
		FM_SIM_CHECK(sim, world->bots[i]->goodbye || world->bots[i]->guest == 0,
			     "%s was welcomed and did not hear the goodbye", scripts[i].name);
	FM_SIM_CHECK(sim, agree(party->heard[0], party->heard[1]), "two in one room heard different things: '%s' and '%s'",
		     party->heard[0], party->heard[1]);
	chat_world_close(world);
}

FM_SCENARIO(shutdown_drains) = {
	.name = "chat/shutdown-drains",
	.claim = "ctrl-c at any moment says goodbye to every client, drains what is in flight, and ends in time",
	.tags = "chat net shutdown",
	.state_bytes = sizeof(struct party),
	.faults = FM_SIM_FAULTS_STREAM | FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = CHAT_DEADLINE_NS,
	.drain_ns = CHAT_SIM_DRAIN_NS,
	.setup = setup,
	.end = end,
};
