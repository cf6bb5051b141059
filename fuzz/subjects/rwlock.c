/*
 * The lock for readers or a writer against a model: who has it, who was handed it and has not been polled since, and one queue
 * of both kinds, of which nobody overtakes another.
 */
#include <fm/rwlock.h>
#include <fm_sim/subject.h>

struct thing {
	struct fm_rwlock lock;
	struct fm_list queue;     /* of fm_subject_at */
	unsigned readers;         /* that have it, or were handed it */
	unsigned handed;          /* futures that were, and have not been polled since */
	bool writer;              /* likewise */
};

enum { NEW, QUEUED, HANDED }; /* memo[0]; memo[1]: to write */

static int make(void *arg)
{
	struct thing *thing = arg;

	fm_rwlock_init(&thing->lock);
	fm_list_init(&thing->queue);
	return FM_OK;
}

static void end(void *arg)
{
	struct thing *thing = arg;

	if (thing->writer)
		fm_rwlock_write_unlock(&thing->lock);
	while (thing->readers--)
		fm_rwlock_read_unlock(&thing->lock);
	fm_rwlock_drop(&thing->lock);
}

static bool shares(const struct thing *thing, bool write)
{
	return !thing->writer && (!write || thing->readers == 0);
}

static void take(struct thing *thing, bool write)
{
	if (write)
		thing->writer = true;
	else
		thing->readers++;
}

static void give_back(struct thing *thing, bool write)
{
	if (write)
		thing->writer = false;
	else
		thing->readers--;
}

static void serve(struct thing *thing)
{
	while (!fm_list_empty(&thing->queue)) {
		struct fm_subject_at *first = FM_CONTAINER_OF(thing->queue.next, struct fm_subject_at, link);

		if (!shares(thing, first->memo[1]))
			return;
		fm_list_unlink(&first->link);
		first->memo[0] = HANDED;
		take(thing, first->memo[1]);
		thing->handed++;
	}
}

static struct fm_future *read(struct fm_subject_at *at)
{
	return fm_rwlock_read_init(at->future, &((struct thing *)at->thing)->lock);
}

static struct fm_future *write(struct fm_subject_at *at)
{
	at->memo[1] = true;
	return fm_rwlock_write_init(at->future, &((struct thing *)at->thing)->lock);
}

static bool could_have(const struct fm_subject_at *at)
{
	const struct thing *thing = at->thing;

	return at->memo[0] == HANDED || (at->memo[0] == NEW && shares(thing, at->memo[1]) && fm_list_empty(&thing->queue));
}

static void polled(struct fm_subject_at *at, bool ready)
{
	struct thing *thing = at->thing;

	if (!ready) {
		if (at->memo[0] == NEW && !could_have(at)) {
			at->memo[0] = QUEUED;
			fm_list_push_back(&thing->queue, &at->link);
		}
		return;
	}
	FM_SUBJECT_CHECK(at, could_have(at), "it was not its turn");
	FM_SUBJECT_CHECK(at, at->fut->status == FM_OK, "%s", fm_status_name(at->fut->status));
	if (at->memo[0] == HANDED)
		thing->handed--;
	else
		take(thing, at->memo[1]);
}

static void dropping(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (at->memo[0] == HANDED) {
		thing->handed--;
		give_back(thing, at->memo[1]);
	}
	fm_list_unlink(&at->link);
	serve(thing);
}

static bool possible(struct fm_subject_at *at)
{
	return could_have(at);
}

/* Held, and not only handed to a future. */
static bool is_held(const struct thing *thing, bool write)
{
	return write ? thing->writer && !thing->handed : !thing->writer && thing->readers > thing->handed;
}

static void read_unlock(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (!is_held(thing, false))
		return;
	give_back(thing, false);
	serve(thing);
	fm_rwlock_read_unlock(&thing->lock);
}

static void write_unlock(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (!is_held(thing, true))
		return;
	give_back(thing, true);
	serve(thing);
	fm_rwlock_write_unlock(&thing->lock);
}

static void downgrade(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (!is_held(thing, true))
		return;
	give_back(thing, true);
	take(thing, false);
	serve(thing);
	fm_rwlock_downgrade(&thing->lock);
}

static void try_lock(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	const bool writes = at->argument;
	const int due = shares(thing, writes) && fm_list_empty(&thing->queue) ? FM_OK : FM_ERR_BUSY;
	int status;

	if (due == FM_OK)
		take(thing, writes);
	status = writes ? fm_rwlock_try_write(&thing->lock) : fm_rwlock_try_read(&thing->lock);
	FM_SUBJECT_CHECK(at, status == due, "%s, not %s", fm_status_name(status), fm_status_name(due));
}

static void check(struct fm_sim *sim, void *arg)
{
	const struct thing *thing = arg;

	FM_SIM_CHECK(sim, fm_rwlock_readers(&thing->lock) == thing->readers, "%llu readers, not %u",
		     (unsigned long long)fm_rwlock_readers(&thing->lock), thing->readers);
	FM_SIM_CHECK(sim, fm_rwlock_written(&thing->lock) == thing->writer, "a writer has it, or not");
	FM_SIM_CHECK(sim, thing->lock.unclaimed == thing->handed, "%llu were handed it, not %u",
		     (unsigned long long)thing->lock.unclaimed, thing->handed);
}

#define LOCK .polled = polled, .dropping = dropping, .possible = possible

FM_SUBJECT(rwlock, "subject/rwlock", "readers share, a writer is alone, and nobody overtakes") = {
	.thing_bytes = sizeof(struct thing),
	.make = make,
	.end = end,
	.check = check,
	.operations = {
		FM_SUBJECT_FUTURE(read, struct fm_rwlock_lock, LOCK),
		FM_SUBJECT_FUTURE(write, struct fm_rwlock_lock, LOCK),
		FM_SUBJECT_CALL(read_unlock, .in_wakers = true),
		FM_SUBJECT_CALL(write_unlock, .in_wakers = true),
		FM_SUBJECT_CALL(downgrade, .in_wakers = true),
		FM_SUBJECT_CALL(try_lock, .in_wakers = true, FM_SUBJECT_ARGUMENTS(0, 1)),
	},
};
