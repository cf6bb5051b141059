/*
 * Changes are saved once it has been quiet for a while: each change sets the timer anew.
 *
 * Saving is a change too, if it is told on the same bus: then it is never quiet, and the saver saves for ever
 * what it has saved.
 */
#include "newcomer.h"

#include <fm/mpsc.h>
#include <fm/select.h>
#include <fm/sleep.h>

#define QUIET (10 * FM_MS)
#define CHANGES 3

enum change { CHANGE_EDITED, CHANGE_SAVED, CHANGE_LAST };

struct world {
	bool broken;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
};

static void tell(struct world *world, enum change change)
{
	FM_ALWAYS(fm_mpsc_send_now(world->tx, &change) == FM_OK, "the bus is open");
}

struct editor {
	struct fm_async async;
	struct world *world;
	struct fm_sleep think;
	unsigned changes;
};

FM_ASYNC(editor)
{
	FM_BEGIN;
	for (; self->changes < CHANGES; self->changes++) {
		FM_AWAIT(fm_sleep_init(&self->think, fm_random(20) * FM_MS));
		tell(self->world, CHANGE_EDITED);
	}
	tell(self->world, CHANGE_LAST);
	FM_END;
}

struct saver {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_mpsc_recv recv;
	struct fm_sleep quiet;
	enum change change;
	bool dirty;
	bool last;
};

FM_ASYNC(saver)
{
	FM_BEGIN;
	while (self->dirty || !self->last || fm_mpsc_len(self->world->rx) > 0) {
		/* BUG: what it hears is itself */
		FM_AWAIT(FM_SELECT(&self->select, self->branch,
				   fm_mpsc_recv_init(&self->recv, self->world->rx, &self->change),
				   FM_IF(self->dirty, fm_sleep_init(&self->quiet, QUIET))));
		if (self->select.winner == 1) {
			self->dirty = false;
			tell(self->world, CHANGE_SAVED);
		} else if (self->change == CHANGE_LAST) {
			self->last = true;
		} else if (self->change == CHANGE_EDITED ||
			   self->world->broken) { /* planted: all are changes */
			self->dirty = true;
		}
	}
	fm_mpsc_tx_drop(self->world->tx);
	fm_mpsc_rx_drop(self->world->rx);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_mpsc_new_unbounded(sizeof(enum change), NULL, &world->tx, &world->rx) == FM_OK,
		     "no channel");
	fm_sim_start(TWIN_TASK(host, editor, world));
	fm_sim_start(TWIN_TASK(host, saver, world));
}

NEWCOMER(self_fed_debounce, "self-fed-debounce", .claim = "the saver saves and ends",
	 .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_MIN);
