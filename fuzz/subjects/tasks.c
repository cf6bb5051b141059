/*
 * Tasks that wait at a door until it is open or they are aborted, their handles and their joiners. Each tells the model of its own
 * end by a record that outlives it, so that the model need not know when its turn comes; at rest there is no turn left to come.
 */
#include <fm/task.h>
#include <fm_sim/subject.h>

#define CHILDREN_MAX 4

/* What is known of one task; given back by whoever lets go of it last. */
struct record {
	unsigned refs;
	unsigned polls;
	unsigned drops;
	int status;
	bool open;
	bool ready;
	bool aborted; /* before it was ready */
	bool aborts_itself; /* as it becomes ready, which is too late */
};

struct child {
	struct fm_future fut;
	struct record *record;
	struct fm_waker waker;
};

struct slot {
	struct fm_task *handle; /* NULL: given back, or none yet */
	struct record *record;  /* NULL: none yet */
};

struct thing {
	struct slot slots[CHILDREN_MAX];
	unsigned spawned;
};

static void let_go(struct record *record)
{
	if (--record->refs == 0)
		fm_free(record, sizeof(*record));
}

static enum fm_poll child_poll(struct fm_future *future, struct fm_context *cx)
{
	struct child *self = FM_CONTAINER_OF(future, struct child, fut);
	struct record *record = self->record;
	const int status = record->status;

	record->polls++;
	if (!record->open) {
		fm_waker_store(&self->waker, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waker_drop(&self->waker);
	if (record->aborts_itself)
		fm_task_abort(fm_task_current());
	record->ready = true;
	let_go(record);
	return fm_ready(future, status);
}

static void child_drop(struct fm_future *future)
{
	struct child *self = FM_CONTAINER_OF(future, struct child, fut);

	fm_waker_drop(&self->waker);
	self->record->drops++;
	let_go(self->record);
}

static const struct fm_future_ops child_ops = { .name = "child", .poll = child_poll, .drop = child_drop };

static bool has_ended(const struct record *record)
{
	return record->ready || record->drops > 0;
}

static int status_of(const struct record *record)
{
	return !has_ended(record) ? FM_ERR_AGAIN : record->ready ? record->status : FM_ERR_CANCELLED;
}

static void open_door(struct slot *slot)
{
	struct child *child = slot->handle ? fm_task_frame(slot->handle) : NULL;

	slot->record->open = true;
	if (child && !has_ended(slot->record))
		fm_waker_wake(&child->waker);
}

static void abort_slot(struct slot *slot)
{
	if (!has_ended(slot->record))
		slot->record->aborted = true;
	fm_task_abort(slot->handle);
}

/* Those that are left are aborted; what is theirs ends with them. */
static void end(void *arg)
{
	struct thing *thing = arg;

	for (unsigned i = 0; i < thing->spawned; i++) {
		if (thing->slots[i].handle)
			abort_slot(&thing->slots[i]);
		fm_task_detach(thing->slots[i].handle);
		let_go(thing->slots[i].record);
	}
}

static void check_slot(struct fm_sim *sim, const struct slot *slot)
{
	const struct record *record = slot->record;

	FM_SIM_CHECK(sim, record->drops + record->ready <= 1, "dropped %u times", record->drops);
	FM_SIM_CHECK(sim, record->drops == 0 || record->aborted, "dropped, and nobody has aborted it");
	if (!slot->handle)
		return;
	FM_SIM_CHECK(sim, fm_task_done(slot->handle) == has_ended(record), "done, or not");
	FM_SIM_CHECK(sim, fm_task_status(slot->handle) == status_of(record), "%s, not %s",
		     fm_status_name(fm_task_status(slot->handle)), fm_status_name(status_of(record)));
}

static void check(struct fm_sim *sim, void *arg)
{
	const struct thing *thing = arg;

	for (unsigned i = 0; i < thing->spawned; i++)
		check_slot(sim, &thing->slots[i]);
}

static void rest(struct fm_sim *sim, void *arg)
{
	const struct thing *thing = arg;

	for (unsigned i = 0; i < thing->spawned; i++) {
		const struct record *record = thing->slots[i].record;

		FM_SIM_CHECK(sim, has_ended(record) || record->polls > 0, "task %u was never polled", i + 1);
		FM_SIM_CHECK(sim, has_ended(record) || !record->aborted, "task %u was aborted, and goes on", i + 1);
		FM_SIM_CHECK(sim, has_ended(record) || !record->open, "task %u was woken, and has not ended", i + 1);
	}
}

/* The argument: its status; more: 16 and it is aborted at once, 32 and its handle is given back at once, 64 and it aborts itself. */
static void spawn(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	struct slot *slot = &thing->slots[thing->spawned];
	struct child *child;

	if (thing->spawned == CHILDREN_MAX)
		return;
	slot->record = fm_alloc(sizeof(*slot->record));
	child = slot->record ? fm_task_alloc(sizeof(*child), "child") : NULL;
	FM_SUBJECT_CHECK(at, child, "no memory");
	thing->spawned++;
	*slot->record = (struct record){ .refs = 2, .status = (int)(at->argument & 15) + FM_ERR_NOMEM,
						    .aborts_itself = at->argument & 64 };
	fm_future_init(&child->fut, &child_ops);
	child->record = slot->record;
	child->waker = FM_WAKER_NONE;
	slot->handle = fm_task_spawn(child);
	FM_SUBJECT_CHECK(at, fm_task_status(slot->handle) == FM_ERR_AGAIN && fm_task_frame(slot->handle) == child, "spawned");
	if (at->argument & 16)
		abort_slot(slot);
	if (at->argument & 32) {
		slot->record->open = true; /* nobody could open it later */
		fm_task_detach(slot->handle);
		slot->handle = NULL;
	}
}

/* The one that the argument counts to, round; NULL: its handle is gone, or there is none. */
static struct slot *slot_of(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	struct slot *slot = thing->spawned ? &thing->slots[at->argument % thing->spawned] : NULL;

	return slot && slot->handle ? slot : NULL;
}

static void open_it(struct fm_subject_at *at)
{
	struct slot *slot = slot_of(at);

	if (slot)
		open_door(slot);
}

static void abort_it(struct fm_subject_at *at)
{
	struct slot *slot = slot_of(at);

	if (slot)
		abort_slot(slot);
}

/* Giving a handle back never cancels; its door is opened, since nobody could later. */
static void detach(struct fm_subject_at *at)
{
	struct slot *slot = slot_of(at);
	struct fm_task *task;

	if (!slot)
		return;
	open_door(slot);
	task = slot->handle;
	slot->handle = NULL;
	fm_task_detach(task);
}

struct joining {
	struct fm_task_join join;
	struct fm_task *handle; /* one of its own */
	struct record *record;
};

static struct fm_future *join(struct fm_subject_at *at)
{
	struct joining *op = at->future;
	struct slot *slot = slot_of(at);

	if (!slot)
		return NULL;
	op->handle = fm_task_ref(slot->handle);
	op->record = slot->record;
	op->record->refs++;
	return fm_task_join_init(&op->join, op->handle);
}

static bool join_possible(struct fm_subject_at *at)
{
	return has_ended(((struct joining *)at->future)->record);
}

static void join_polled(struct fm_subject_at *at, bool ready)
{
	const int due = status_of(((struct joining *)at->future)->record);

	if (!ready)
		return;
	FM_SUBJECT_CHECK(at, join_possible(at), "joined, and it goes on");
	FM_SUBJECT_CHECK(at, at->fut->status == due, "%s, not %s", fm_status_name(at->fut->status), fm_status_name(due));
}

static void join_ended(struct fm_subject_at *at)
{
	struct joining *op = at->future;

	let_go(op->record);
	fm_task_detach(op->handle);
}

static struct fm_future *yield(struct fm_subject_at *at)
{
	return fm_yield_init(at->future);
}

static void yield_polled(struct fm_subject_at *at, bool ready)
{
	FM_SUBJECT_CHECK(at, !ready || at->polls > 1, "it did not yield");
}

static bool always(struct fm_subject_at *at)
{
	(void)at;
	return true;
}

#define WHICH FM_SUBJECT_ARGUMENTS(0, 1, 2, 3)

FM_SUBJECT(tasks, "subject/tasks", "a task ends once, when it is ready or aborted, and whoever joins it is told how") = {
	.thing_bytes = sizeof(struct thing),
	.end = end,
	.check = check,
	.rest = rest,
	.operations = {
		FM_SUBJECT_CALL(spawn, .in_wakers = true, FM_SUBJECT_ARGUMENTS(3, 0, 10, 16, 32, 48, 67)),
		FM_SUBJECT_FUTURE(join, struct joining, .polled = join_polled, .ended = join_ended, .possible = join_possible, WHICH),
		FM_SUBJECT_CALL(open_it, .in_wakers = true, WHICH),
		FM_SUBJECT_CALL(abort_it, .in_wakers = true, WHICH),
		FM_SUBJECT_CALL(detach, .in_wakers = true, WHICH),
		FM_SUBJECT_FUTURE(yield, struct fm_yield, .polled = yield_polled, .possible = always),
	},
};
