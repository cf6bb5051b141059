/*
 * Ctrl-c at any step of a server that waits for nobody: its clients are aborted wherever they stand, in the middle of a
 * line, of a message, of their last words. Nothing of them is left in the server's books, and nothing leaks.
 */
#include "world.h"

#include <fm/task.h>

#define SAYS 4
#define STEPS 300 /* about what the whole party takes */

static const struct bot_script scripts[] = {
	{ .name = "ada", .room = "den", .says = SAYS, .end = BOT_STAYS },
	{ .name = "bob", .room = "den", .says = SAYS, .end = BOT_STAYS },
	{ .name = "cyd", .says = SAYS, .end = BOT_QUITS },
};

static const struct fm_draw_site step_site = { "chat impatient step", FM_DRAW_USER };

static void close_party(struct fm_sim *sim, void *arg)
{
	struct chat_world *world = arg;

	fm_sim_note(sim, "ctrl-c");
	fm_sim_shutdown(world->server_host);
}

static void setup(struct fm_sim *sim, void *state)
{
	struct chat_world *world = state;

	chat_world_open(world, sim);
	world->server->drain_ns = 0;
	for (unsigned i = 0; i < FM_COUNT_OF(scripts); i++)
		chat_world_add(world, &scripts[i]);
	fm_sim_at_step(sim, 1 + fm_sim_draw(sim, &step_site, STEPS), close_party, world);
	fm_sim_at(sim, FM_MIN, close_party, world); /* where the party takes fewer steps */
}

static void end(struct fm_sim *sim, void *state)
{
	struct chat_world *world = state;
	const int status = fm_task_status(world->server_task);

	/* A signal that comes before the server asks for signals ends its process, as it does for every program. */
	FM_SIM_CHECK(sim,
		     status == FM_OK || status == FM_ERR_TIMEOUT ||
			     (status == FM_ERR_NOMEM && chat_world_short(world)) ||
			     (status == FM_ERR_CANCELLED && !world->server->stop),
		     "the server ended with %s: %s", fm_status_name(status), fm_status_text(status));
	chat_world_check_books(world);
	chat_world_close(world);
}

FM_SCENARIO(impatient_shutdown) = {
	.name = "chat/impatient-shutdown",
	.claim = "a shutdown that waits for nobody ends its clients at any await and leaves nothing of them",
	.tags = "chat net shutdown cancel",
	.state_bytes = sizeof(struct chat_world),
	.faults = FM_SIM_FAULTS_STREAM | FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = CHAT_DEADLINE_NS,
	.drain_ns = FM_SEC,
	.setup = setup,
	.end = end,
};
