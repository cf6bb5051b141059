/*
 * What the run notices of its programs: tasks that come and go, polls with a fresh identity each, who waits for what.
 *
 * Every poll of a future hands it a waker of its own identity, in the poller's stack; only when the future
 * keeps it (clones it) is there a record (sim/check/waker.c).
 */
#include "../explore/enumerate.h"
#include "../fault/hooks.h"
#include "internal.h"

#include <string.h>

/* From the block of its index, which begins where a line of cache does. */
static struct sim_task *fresh_record(struct fm_sim *sim, uint32_t index)
{
	const size_t line = _Alignof(struct sim_task);
	const size_t block = index / SIM_TASKS_A_BLOCK;
	uintptr_t first;

	if (block >= sim->task_blocks_cap)
		sim->task_blocks = sim__own_grow(sim->task_blocks, &sim->task_blocks_cap,
						 sizeof(*sim->task_blocks), block + 1);
	if (!sim->task_blocks[block])
		sim->task_blocks[block] =
			sim__own_alloc(SIM_TASKS_A_BLOCK * sizeof(struct sim_task) + line - 1);
	first = ((uintptr_t)sim->task_blocks[block] + line - 1) & ~(uintptr_t)(line - 1);
	return (struct sim_task *)first + index % SIM_TASKS_A_BLOCK;
}

static struct sim_task *record_of(struct fm_sim *sim, uint32_t index)
{
	if (index >= sim->tasks_cap) {
		size_t cap = sim->tasks_cap;

		sim->tasks = sim__own_grow(sim->tasks, &cap, sizeof(*sim->tasks), index + 1);
		sim->origins = sim__own_resize(sim->origins, cap * sizeof(*sim->origins));
		sim->tasks_cap = (uint32_t)cap;
	}
	if (!sim->tasks[index])
		sim->tasks[index] = fresh_record(sim, index);
	return sim->tasks[index];
}

static void on_spawn(struct fm_observer *observer, struct fm_task *parent, struct fm_task *child)
{
	struct fm_sim *sim = sim__of_observer(observer);
	struct sim_host *host = sim__host(fm_executor_env(fm_task_executor(child)));
	struct sim_task *record = record_of(sim, fm_task_index(child));
	struct sim_task *by = parent ? sim__task(sim, parent) : NULL;
	const uint32_t ordinal = by ? by->spawned++ : sim->spawned++;

	memset(record, 0, sizeof(*record));
	sim__actor_init(&record->actor,
			sim__mix((by ? by->actor.identity : host->actor.identity) + (ordinal + 1) * 0x9e3779b97f4a7c15u));
	sim->origins[fm_task_index(child)] = sim__origin(sim);
	record->task = child;
	record->host = host;
	record->serial = ++sim->serials;
	record->flags = SIM_TASK_LIVE;
	if (!sim->options->unwatched)
		record->flags |= SIM_TASK_JUDGED;
	fm_list_init(&record->wakers);
	if (sim->daemon_spawn || (by && (by->flags & SIM_TASK_DAEMON)))
		record->flags |= SIM_TASK_DAEMON;
	else
		sim->awaited++;
	host->tasks++;
	sim->movements++;
	if (FM_UNLIKELY(sim->explore != NULL))
		sim__explore_touch_task(sim, child);
	sim__trace(sim, SIM_TRACE_SPAWN, fm_task_name(child), record->actor.identity, record->serial);
}

/* The name need not outlive its task, so it is copied. */
static void remember(struct fm_sim *sim, const struct sim_task *record, int status)
{
	const struct fm_future *root = fm_task_future(record->task);
	const bool is_async = root->ops->inspect == fm__async_inspect;
	struct sim_ended *ended = &sim->ended[sim->ended_count++ % SIM_ENDED_KEPT];

	strncpy(ended->name, fm_task_name(record->task), sizeof(ended->name) - 1);
	ended->host = record->host->name;
	ended->site = is_async ? FM_CONTAINER_OF(root, const struct fm_async, fut)->at : NULL;
	ended->serial = record->serial;
	ended->status = status;
}

static void on_end(struct fm_observer *observer, struct fm_task *task, int status)
{
	struct fm_sim *sim = sim__of_observer(observer);
	struct sim_task *record = sim__task(sim, task);

	record->flags &= (uint16_t)~(SIM_TASK_LIVE | SIM_TASK_JUDGED);
	remember(sim, record, status);
	for (size_t i = 0; i < sim->holders_count; i++) {
		if (sim->holders[i].task != fm_task_index(task))
			continue;
		sim->holders[i].ended = true;
		sim->holders[i].status = status;
	}
	sim->movements++;
	record->host->tasks--;
	if (FM_UNLIKELY(sim->explore != NULL))
		sim__explore_touch_task(sim, task);
	if (!(record->flags & SIM_TASK_DAEMON))
		sim->awaited--;
	sim__trace(sim, SIM_TRACE_END, fm_task_name(task), record->actor.identity, (uint64_t)(int64_t)status);
}

/* What a task took and another gives back, as a permit, may outlive it: nobody that can be named holds it then. */
static void on_freed(struct fm_observer *observer, struct fm_task *task)
{
	struct fm_sim *sim = sim__of_observer(observer);

	for (size_t i = 0; i < sim->holders_count; i++)
		if (sim->holders[i].task == fm_task_index(task))
			sim->holders[i].task = UINT32_MAX;
}

static void ghost_progress(struct fm_sim *sim, const char *how, const struct fm_poll_scope *scope)
{
	if (sim->ghost_progress)
		return;
	sim->ghost_progress = true;
	sim->ghost_how = how;
	if (scope) {
		sim->ghost_name = scope->future->ops->name;
		sim->ghost_site = sim__scope_site(scope);
	}
}

static void became_holder(struct fm_sim *sim, const char *kind, const void *resource,
			  const struct fm_await_site *site)
{
	static const char *const not_held[] = { "notify", "task", "cancel", "oneshot", "broadcast", "watch" };
	struct fm_task *task = fm_task_current();
	struct sim_holder *holder;

	for (unsigned i = 0; i < FM_COUNT_OF(not_held); i++)
		if (strcmp(kind, not_held[i]) == 0)
			return;
	if (strncmp(kind, "mpsc", 4) == 0 || strncmp(kind, "tcp", 3) == 0)
		return;
	if (sim->holders_count == sim->holders_cap)
		sim->holders = sim__own_grow(sim->holders, &sim->holders_cap, sizeof(*sim->holders),
					     sim->holders_count + 1);
	holder = &sim->holders[sim->holders_count++];
	*holder = (struct sim_holder){
		.resource = resource,
		.kind = kind,
		.task = task ? fm_task_index(task) : UINT32_MAX,
		.site = site,
		.serial = task ? sim__task(sim, task)->serial : 0,
	};
	if (task)
		strncpy(holder->name, fm_task_name(task), sizeof(holder->name) - 1);
}

static __attribute__((noinline)) void asked_became_ready(struct fm_sim *sim, uint32_t mark)
{
	if (FM_UNLIKELY(sim->ghost))
		ghost_progress(sim, "became READY", sim->scope);
	if (FM_UNLIKELY(sim->suspect))
		sim__spin_ready(sim, sim->scope->future);
	if (mark) {
		struct sim_pollee *pollee = sim->pollees[mark];

		if (pollee->granted)
			became_holder(sim, pollee->kind, pollee->resource, pollee->site);
		sim__pollee_dies(sim, pollee);
	}
}

/* That of sim->scope. Out of line: most futures become READY without a waker, and nobody asks. */
static __attribute__((noinline)) void became_ready(struct fm_sim *sim, uint32_t mark)
{
	if (FM_UNLIKELY(sim->asks_ready || sim->pollees[mark]->granted))
		asked_became_ready(sim, mark);
	else
		sim__pollee_dies(sim, sim->pollees[mark]);
}

/*
 * A poll within another poll that is not its own child's: with a context kept from an earlier poll, or of a task within a task's poll.
 * Its waker belongs to a poll that is over, and whoever is being polled is in the middle of something.
 */
static void accuse_nesting(struct fm_sim *sim, const struct fm_future *future) __attribute__((noinline, noreturn, cold));

static void accuse_nesting(struct fm_sim *sim, const struct fm_future *future)
{
	struct fm_task *task = fm_task_current();
	struct sim_text text = sim__failure_text(sim);
	const struct fm_await_site *site = sim__scope_site(sim->scope);
	struct sim_blame blame = {
		.oracle = "contract",
		.file = site ? site->file : NULL,
		.line = site ? site->line : 0,
		.task = task ? sim__task(sim, task) : NULL,
	};

	sim__fail(sim, &blame, &text, "%s: polled %s %s, with a context that is not of the poll it stands in",
		  future->ops->name, sim->scope ? "from within the poll of" : "outside of",
		  sim->scope ? sim->scope->future->ops->name : "any poll");
}

static enum fm_poll on_poll(struct fm_observer *observer, struct fm_future *future, struct fm_context *cx,
			    uint32_t place);

/* Out of line and begun anew after it, so that all that a poll needs stays in registers. */
static __attribute__((noinline, cold)) enum fm_poll poll_in_long_turn(struct fm_observer *observer, struct fm_future *future,
								      struct fm_context *cx, uint32_t place)
{
	struct fm_sim *sim = sim__of_observer(observer);
	const struct fm_poll_scope scope = { .given = cx, .future = future };

	sim__turn_is_long(sim, &scope);
	sim->turn_left++; /* this one is counted a second time */
	return on_poll(observer, future, cx, place);
}

/* What is needed after the poll is read from the scope again: see fm_observe_poll. */
static enum fm_poll on_poll(struct fm_observer *observer, struct fm_future *future, struct fm_context *cx,
			    uint32_t place)
{
	struct fm_sim *sim = sim__of_observer(observer);
	struct fm_poll_scope scope;

	if (FM_UNLIKELY(cx->scope != sim->scope))
		accuse_nesting(sim, future);
	if (FM_UNLIKELY(--sim->turn_left == 0))
		return poll_in_long_turn(observer, future, cx, place);
	scope.given = cx;
	scope.future = future;
	scope.wakeable.ops = &sim__scope_waker_ops;
	scope.cx.waker = fm_waker_of(&scope.wakeable);
	scope.cx.executor = cx->executor;
	scope.cx.observer = observer;
	scope.cx.scope = &scope;
	scope.place = place;
	scope.mark = future->mark;
	if (scope.mark)
		sim->pollees[scope.mark]->latest = ++sim->identities;
	sim__of_observer(scope.cx.observer)->scope = &scope;
	if (fm_observe_poll(&scope) == FM_READY) {
		sim = sim__of_observer(scope.cx.observer);
		if (FM_UNLIKELY(scope.mark | sim->asks_ready))
			became_ready(sim, scope.mark);
		sim__of_observer(scope.cx.observer)->scope = fm_poll_scope_parent(&scope);
		return FM_READY;
	}
	sim__of_observer(scope.cx.observer)->scope = fm_poll_scope_parent(&scope);
	scope.future->mark = scope.mark; /* a status written too early is forgotten */
	return FM_PENDING;
}

/* The root of the task that runs is dropped by a contained panic alone, which jumps over the scopes it was in. */
static bool is_panicked(const struct fm_future *future)
{
	const struct fm_task *task = fm_task_current();

	return task && fm_task_future(task) == future;
}

static void on_drop(struct fm_observer *observer, struct fm_future *future)
{
	struct fm_sim *sim = sim__of_observer(observer);

	if (sim->scope && FM_UNLIKELY(is_panicked(future)))
		sim->scope = NULL;
	if (future->ops->cancel == FM_CANCEL_LOSSY || future->ops->cancel == FM_CANCEL_UNSAID)
		sim__lost_halfway(sim, future);
	if (future->mark)
		sim__pollee_dies(sim, sim->pollees[future->mark]);
}

static inline void wakes(struct fm_sim *sim, const struct fm_task *task)
{
	if (task != fm_task_current())
		sim->movements++;
	sim__trace(sim, SIM_TRACE_WAKE, "wake", sim__task(sim, task)->actor.identity, 0);
}

/* Out of line and last, so that the common wake has no frame to build. */
static __attribute__((noinline, cold)) void odd_wake(struct fm_sim *sim, struct fm_task *task)
{
	if (sim->ghost)
		ghost_progress(sim, "issued a wake", sim->scope);
	if (sim->explore && task != fm_task_current())
		sim__explore_touch_task(sim, task);
	wakes(sim, task);
}

static void on_wake(struct fm_observer *observer, struct fm_task *task)
{
	struct fm_sim *sim = sim__of_observer(observer);

	if (FM_UNLIKELY(sim->ghost || sim->explores))
		odd_wake(sim, task);
	else
		wakes(sim, task);
}

static struct sim_pollee *pollee_waiting(struct fm_sim *sim, struct fm_future *future)
{
	for (struct fm_poll_scope *scope = sim->scope; scope; scope = fm_poll_scope_parent(scope))
		if (scope->future == future)
			return sim__pollee_of(sim, scope);
	return sim__known_pollee(sim, future);
}

static void on_wait(struct fm_observer *observer, const char *kind, const void *resource,
		    struct fm_future *future)
{
	struct fm_sim *sim = sim__of_observer(observer);
	struct sim_pollee *pollee = pollee_waiting(sim, future);

	if (FM_UNLIKELY(sim->explore != NULL))
		sim__explore_touch(sim, kind, resource, true);
	if (!pollee)
		return;
	pollee->kind = kind;
	pollee->resource = resource;
	pollee->granted = false;
}

static void on_unwait(struct fm_observer *observer, const void *resource, struct fm_future *future)
{
	struct fm_sim *sim = sim__of_observer(observer);
	struct sim_pollee *pollee = sim__known_pollee(sim, future);

	if (FM_UNLIKELY(sim->explore != NULL))
		sim__explore_touch(sim, NULL, resource, true);
	if (pollee)
		pollee->kind = NULL;
}

static void on_grant(struct fm_observer *observer, const char *kind, const void *resource,
		     struct fm_future *future)
{
	struct fm_sim *sim = sim__of_observer(observer);
	struct sim_pollee *pollee;

	if (FM_UNLIKELY(sim->explore != NULL))
		sim__explore_touch(sim, kind, resource, true);
	if (!future) {
		became_holder(sim, kind, resource, sim->scope ? sim__scope_site(sim->scope) : NULL);
		return;
	}
	pollee = sim__known_pollee(sim, future);
	if (pollee) {
		pollee->kind = kind;
		pollee->resource = resource;
		pollee->granted = true;
	}
}

static void on_release(struct fm_observer *observer, const void *resource)
{
	struct fm_sim *sim = sim__of_observer(observer);
	struct fm_task *task = fm_task_current();
	const uint32_t index = task ? fm_task_index(task) : UINT32_MAX;
	size_t found = SIZE_MAX;

	if (FM_UNLIKELY(sim->explore != NULL))
		sim__explore_touch(sim, NULL, resource, true);
	for (size_t i = sim->holders_count; i-- > 0;) {
		if (sim->holders[i].resource != resource)
			continue;
		found = i;
		if (sim->holders[i].task == index)
			break;
	}
	if (found == SIZE_MAX)
		return;
	sim->holders_count--;
	for (size_t i = found; i < sim->holders_count; i++)
		sim->holders[i] = sim->holders[i + 1];
}

static void on_touch(struct fm_observer *observer, const void *resource)
{
	struct fm_sim *sim = sim__of_observer(observer);

	if (FM_UNLIKELY(sim->explore != NULL))
		sim__explore_touch(sim, NULL, resource, true);
}

static bool on_interrupt(struct fm_observer *observer, const struct fm_await_site *site)
{
	struct fm_sim *sim = sim__of_observer(observer);

	if (sim->ghost)
		return false;
	if (!(sim->sweeps && sim__sweep_await(sim, site)) && !sim__fault_interrupts(sim))
		return false;
	sim__trace(sim, SIM_TRACE_FAULT, "interrupt", 0, 0); /* no line: compilers number macros differently */
	return true;
}

/* Told, and in no hash: what is drawn and who is polled says the same already. */
static void on_item(struct fm_observer *observer, const char *kind, const void *channel, bool in)
{
	struct fm_sim *sim = sim__of_observer(observer);

	(void)channel; /* a number that does not hang on addresses would need to know when channels come and go */
	if (sim->options->tell)
		sim__tell(sim, in ? SIM_TRACE_SEND : SIM_TRACE_RECEIVE, kind, 0, 0);
}

static void on_lost(struct fm_observer *observer, const char *kind, uint64_t count)
{
	sim__lost_items(sim__of_observer(observer), kind, count);
}

const struct fm_observer_ops sim__observer_ops = {
	.spawn = on_spawn,
	.end = on_end,
	.freed = on_freed,
	.poll = on_poll,
	.drop = on_drop,
	.wake = on_wake,
	.wait = on_wait,
	.unwait = on_unwait,
	.grant = on_grant,
	.release = on_release,
	.touch = on_touch,
	.interrupt = on_interrupt,
	.item = on_item,
	.lost = on_lost,
};

void sim__observe_close(struct fm_sim *sim)
{
	for (size_t i = 0; i < sim->task_blocks_cap; i++)
		sim__own_free(sim->task_blocks[i]);
	sim__own_free(sim->task_blocks);
	sim__own_free(sim->tasks);
	sim__own_free(sim->origins);
	sim__own_free(sim->pollees);
	sim__own_free(sim->refused);
	while (!fm_list_empty(&sim->waker_blocks)) {
		struct fm_list *block = sim->waker_blocks.next;

		fm_list_unlink(block);
		sim__own_free(block);
	}
}
