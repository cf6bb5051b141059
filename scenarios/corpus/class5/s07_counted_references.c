/*
 * A background task that ends with the last handle: "last" must not be told by a count that the task
 * itself moves.
 *
 * Corpus S07 (mini-redis #81). While it expires a key the task holds a reference of its own. A handle
 * that is dropped just then does not see the count which means "only the task is left", and nobody tells
 * the task to stop.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define HANDLES 2

struct db {
	bool broken;
	unsigned references; /* handles, and the task where it works */
	unsigned handles;
	unsigned keys; /* to be expired */
	bool stop;
	struct fm_waitq changed;
};

static void db_drop(struct db *db)
{
	/* S07: 2: this one and the task's */
	const bool last = db->broken ? db->references == 2 : db->handles == 1;

	db->references--;
	db->handles--;
	if (last) {
		db->stop = true;
		fm_waitq_wake_all(&db->changed);
	}
}

static bool has_news(const void *db)
{
	return ((const struct db *)db)->keys > 0 || ((const struct db *)db)->stop;
}

struct world {
	bool broken;
	struct db db;
};

struct expirer {
	struct fm_async async;
	struct world *world;
	struct until news;
	struct fm_sleep work;
};

FM_ASYNC(expirer)
{
	FM_BEGIN;
	for (;;) {
		/* BUG: nobody told it to stop */
		FM_AWAIT(until_init(&self->news, &self->world->db.changed, "db", has_news, &self->world->db));
		if (self->world->db.stop)
			break;
		self->world->db.references++;
		FM_AWAIT(fm_sleep_init(&self->work, 2 * FM_MS));
		self->world->db.keys--;
		self->world->db.references--;
	}
	FM_END;
}

struct user {
	struct fm_async async;
	struct world *world;
	struct fm_sleep use;
};

FM_ASYNC(user)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->use, fm_random(8) * FM_MS));
	if (fm_random(2)) {
		self->world->db.keys++;
		fm_waitq_wake_all(&self->world->db.changed);
		FM_AWAIT(fm_sleep_init(&self->use, fm_random(4) * FM_MS));
	}
	db_drop(&self->world->db);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->db.broken = world->broken;
	world->db.references = 1 + HANDLES;
	world->db.handles = HANDLES;
	fm_waitq_init(&world->db.changed);
	fm_sim_start(TWIN_TASK(host, expirer, world));
	for (unsigned i = 0; i < HANDLES; i++)
		fm_sim_start(TWIN_TASK(host, user, world));
}

CORPUS(counted_references, "s07-counted-references", .claim = "the background task ends with the last handle",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
