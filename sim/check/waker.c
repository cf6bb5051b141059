/*
 * The waker contract: each poll of a future has a waker of its own identity, and only the newest one counts.
 *
 * A pollee is a future of which somebody keeps a waker, or which waits for something; it dies when the future is READY or dropped. A wake
 * through the waker of an older poll is swallowed, and remembered, so that a hang that follows is blamed on it. One of a dead pollee
 * is swallowed too: nobody is promised anything any more. One that was given back must not be used at all. Cost: a record from a
 * free list for each pollee, its first waker in it.
 */
#include "../core/internal.h"

#define RECORDS_A_BLOCK 64

struct waker_block {
	struct fm_list link;
	struct sim_waker wakers[RECORDS_A_BLOCK];
};

struct pollee_block {
	struct fm_list link;
	struct sim_pollee pollees[RECORDS_A_BLOCK];
};

static struct fm_poll_scope *scope_of(const struct fm_wakeable *wakeable)
{
	return FM_CONTAINER_OF(wakeable, struct fm_poll_scope, wakeable);
}

static struct sim_waker *waker_of(const struct fm_wakeable *wakeable)
{
	return FM_CONTAINER_OF(wakeable, struct sim_waker, wakeable);
}

static const struct fm_waker_ops kept_waker_ops;

/* Of a leaf in an async function, which is nearly always asked. NULL: it is none, and sim__scope_site is to search. */
static const struct fm_await_site *leaf_site(const struct fm_poll_scope *scope)
{
	const struct fm_poll_scope *parent = fm_poll_scope_parent(scope);

	if (FM_LIKELY(parent && !scope->future->ops->inspect && parent->future->ops->inspect == fm__async_inspect))
		return FM_CONTAINER_OF(parent->future, const struct fm_async, fut)->at;
	return NULL;
}

const struct fm_await_site *sim__scope_site(const struct fm_poll_scope *scope)
{
	for (; scope; scope = fm_poll_scope_parent(scope)) {
		const struct fm_future *future = scope->future;
		const struct fm_await_site *site = NULL;
		struct fm_future *child;

		if (future->ops->inspect == fm__async_inspect) /* nearly all that inspect at all */
			site = FM_CONTAINER_OF(future, const struct fm_async, fut)->at;
		else if (future->ops->inspect)
			site = future->ops->inspect(future, 0, &child);
		if (site)
			return site;
	}
	return NULL;
}

static void make_waker(struct sim_waker *waker, struct fm_sim *sim)
{
	waker->wakeable.ops = &kept_waker_ops;
	waker->sim = sim;
	waker->refs = 0;
}

/* Marks begin with 1, so this is the first of a block. */
static struct sim_pollee *new_pollees(struct fm_sim *sim)
{
	struct pollee_block *block = sim__own_alloc(sizeof(*block));

	fm_list_push_back(&sim->waker_blocks, &block->link);
	return block->pollees;
}

static __attribute__((noinline)) struct sim_pollee *one_more_pollee(struct fm_sim *sim)
{
	const uint32_t mark = ++sim->pollees_count;
	struct sim_pollee *pollee;

	if (mark >= sim->pollees_cap) {
		size_t cap = sim->pollees_cap;

		sim->pollees = sim__own_grow(sim->pollees, &cap, sizeof(struct sim_pollee *), mark + 1);
		sim->pollees_cap = (uint32_t)cap;
	}
	pollee = mark % RECORDS_A_BLOCK == 1 ? new_pollees(sim) : sim->pollees[mark - 1] + 1;
	sim->pollees[mark] = pollee;
	pollee->mark = mark;
	make_waker(&pollee->first, sim);
	pollee->first.pollee = pollee;
	return pollee;
}

/* What a record has to hold besides what each that is nobody's holds: no kind, and a first waker without a given one. */
static inline void fill_pollee(struct sim_pollee *pollee, struct fm_sim *sim, struct fm_poll_scope *scope,
			       struct sim_task *task, uint32_t serial, const struct fm_await_site *site)
{
	const uint32_t mark = pollee->mark;

	pollee->future = scope->future;
	pollee->latest = ++sim->identities;
	pollee->woken = 0;
	pollee->task = task;
	pollee->serial = serial;
	pollee->wakers = 0;
	pollee->alive = true;
	pollee->granted = false;
	pollee->site = site;
	scope->mark = mark;
	scope->future->mark = mark;
}

struct sim_pollee *sim__pollee_of(struct fm_sim *sim, struct fm_poll_scope *scope)
{
	const struct fm_task *polled = fm_task_current();
	struct sim_task *task = polled ? sim__task(sim, polled) : NULL;
	const struct fm_await_site *site;
	struct sim_pollee *pollee;

	if (scope->mark)
		return sim->pollees[scope->mark];
	site = leaf_site(scope);
	if (FM_UNLIKELY(!site))
		site = sim__scope_site(scope);
	pollee = sim->free_pollees;
	if (FM_LIKELY(pollee != NULL))
		sim->free_pollees = pollee->next_free;
	else
		pollee = one_more_pollee(sim);
	fill_pollee(pollee, sim, scope, task, task ? task->serial : 0, site);
	return pollee;
}

/*
 * The waker of its own making that a combinator gave its child, or a child's child, to be polled with: the nearest above. None: the
 * task's own.
 */
static struct fm_waker foreign_of(const struct fm_poll_scope *scope)
{
	struct fm_waker given = scope->given->waker;

	while (given.bits & 1) {
		const struct fm_wakeable *wakeable = fm_waker_wakeable(given);

		if (wakeable->ops == &kept_waker_ops)
			return waker_of(wakeable)->given;
		if (wakeable->ops != &sim__scope_waker_ops)
			return given;
		given = scope_of(wakeable)->given->waker;
	}
	return FM_WAKER_NONE;
}

static void give_waker(struct fm_sim *sim, struct sim_waker *waker)
{
	waker->next_free = sim->free_wakers;
	sim->free_wakers = waker;
}

static __attribute__((noinline)) void more_wakers(struct fm_sim *sim)
{
	struct waker_block *block = sim__own_alloc(sizeof(*block));

	fm_list_push_back(&sim->waker_blocks, &block->link);
	for (unsigned i = RECORDS_A_BLOCK; i-- > 0;) {
		make_waker(&block->wakers[i], sim);
		give_waker(sim, &block->wakers[i]);
	}
}

/* One besides the first, as where the waker of an older poll is replaced: it is dropped after the newer one is there. */
static __attribute__((noinline)) struct sim_waker *take_waker(struct fm_sim *sim, struct sim_pollee *pollee)
{
	struct sim_waker *waker;

	if (FM_UNLIKELY(!sim->free_wakers))
		more_wakers(sim);
	waker = sim->free_wakers;
	sim->free_wakers = waker->next_free;
	waker->pollee = pollee;
	return waker;
}

static inline struct fm_waker give(struct sim_pollee *pollee, struct sim_waker *waker, struct sim_task *record,
				   struct fm_task *task)
{
	struct fm_list *first = record->wakers.next;

	waker->identity = pollee->latest;
	waker->task = record;
	waker->refs = 1;
	waker->link.next = first;
	waker->link.prev = &record->wakers;
	first->prev = &waker->link;
	record->wakers.next = &waker->link;
	pollee->wakers++;
	fm_task_ref(task);
	return fm_waker_of(&waker->wakeable);
}

/* Of a future that was told what it waits for, or has waited before; or of one in whatever combinator. */
static __attribute__((noinline)) struct fm_waker clone_any(struct fm_sim *sim, struct fm_poll_scope *scope)
{
	struct sim_pollee *pollee = sim__pollee_of(sim, scope);
	struct sim_waker *waker = FM_LIKELY(!pollee->first.refs) ? &pollee->first : take_waker(sim, pollee);
	const struct fm_waker foreign = foreign_of(scope);
	struct fm_task *task = fm_task_current();

	if (FM_UNLIKELY(!fm_waker_is_none(foreign)))
		waker->given = fm_waker_clone(foreign);
	return give(pollee, waker, sim__task(sim, task), task);
}

/* That of an async function which is its task's root, and polls it with a context of its own: nobody's waker is between. */
static inline bool is_of_root(const struct fm_poll_scope *scope)
{
	const struct fm_poll_scope *parent = fm_poll_scope_parent(scope);

	return scope->given == &parent->cx && !fm_poll_scope_parent(parent);
}

/* The first of a leaf in an async function, as of a sleep: all that is needed is in line. */
static struct fm_waker scope_clone(struct fm_wakeable *wakeable)
{
	struct fm_poll_scope *scope = scope_of(wakeable);
	struct fm_sim *sim = sim__of_observer(scope->cx.observer);
	const struct fm_await_site *site;
	struct sim_pollee *pollee;
	struct sim_task *record;
	struct fm_task *task;

	if (scope->mark)
		return clone_any(sim, scope);
	site = leaf_site(scope);
	pollee = sim->free_pollees;
	if (FM_UNLIKELY(!site || !pollee || (!is_of_root(scope) && !fm_waker_is_none(foreign_of(scope)))))
		return clone_any(sim, scope);
	sim->free_pollees = pollee->next_free;
	task = fm_task_current();
	record = sim__task(sim, task);
	fill_pollee(pollee, sim, scope, record, record->serial, site);
	return give(pollee, &pollee->first, record, task);
}

static void scope_wake(struct fm_wakeable *wakeable)
{
	struct fm_poll_scope *scope = scope_of(wakeable);
	const struct fm_waker foreign = foreign_of(scope);

	if (FM_UNLIKELY(!fm_waker_is_none(foreign)))
		fm_waker_wake_by_ref(foreign);
	else
		fm_task_wake(fm_task_current());
}

static void scope_drop(struct fm_wakeable *wakeable)
{
	fm_contract_broken(scope_of(wakeable)->future, "dropped the context's waker, which is only borrowed: clone it first");
}

/* Most polls keep no waker, and have no identity; that of a pollee's poll under way is its newest. */
static uint64_t identity_of_scope(const struct fm_poll_scope *scope)
{
	return scope->mark ? sim__of_observer(scope->cx.observer)->pollees[scope->mark]->latest : 0;
}

static uint64_t identity_of(struct fm_waker waker)
{
	const struct fm_wakeable *wakeable = fm_waker_wakeable(waker);

	if (!wakeable)
		return 0;
	if (wakeable->ops == &sim__scope_waker_ops)
		return identity_of_scope(scope_of(wakeable));
	return wakeable->ops == &kept_waker_ops ? waker_of(wakeable)->identity : 0;
}

static bool same_identity(const struct fm_wakeable *wakeable, struct fm_waker other)
{
	const uint64_t identity = identity_of(fm_waker_of((struct fm_wakeable *)wakeable));

	return identity && identity == identity_of(other);
}

const struct fm_waker_ops sim__scope_waker_ops = {
	.clone = scope_clone,
	.wake = scope_wake,
	.drop = scope_drop,
	.will_wake = same_identity,
};

/*
 * Nobody has it any more: it was woken or dropped, and what is used now is a copy that fm_waker_clone did not make. Its record
 * may be another's by then, whose own use is the next that nobody is left for: the last who was right is blamed. So the
 * record is its future's own as long as that lives.
 */
static __attribute__((noinline, cold)) void accuse_spent(const struct sim_waker *waker, const char *use)
{
	struct fm_sim *sim = waker->sim;
	const struct sim_pollee *pollee = waker->pollee;
	struct fm_task *task = fm_task_current();
	struct sim_text text;

	if (!sim->running || sim__is_off(sim, FM_SIM_ORACLE_CONTRACT))
		return;
	text = sim__failure_text(sim);
	sim__fail(sim,
		  &(struct sim_blame){
			  .oracle = "contract",
			  .file = pollee->site ? pollee->site->file : NULL,
			  .line = pollee->site ? pollee->site->line : 0,
			  .task = task ? sim__task(sim, task) : NULL,
		  },
		  &text,
		  "a waker of %s is %s that was woken or dropped before: a copy of it was kept without fm_waker_clone",
		  pollee->alive ? pollee->future->ops->name : "a future that has ended", use);
}

static struct fm_waker kept_clone(struct fm_wakeable *wakeable)
{
	struct sim_waker *waker = waker_of(wakeable);

	if (FM_UNLIKELY(!waker->refs))
		accuse_spent(waker, "cloned");
	waker->refs++;
	return fm_waker_of(wakeable);
}

static bool is_fresh(const struct sim_waker *waker)
{
	return waker->pollee->alive && waker->pollee->latest == waker->identity;
}

static void kept_wake(struct fm_wakeable *wakeable)
{
	struct sim_waker *waker = waker_of(wakeable);
	struct fm_sim *sim = waker->sim;
	struct sim_task *task = waker->task;
	struct sim_pollee *pollee = waker->pollee;

	if (!is_fresh(waker)) {
		if (FM_UNLIKELY(!waker->refs))
			accuse_spent(waker, "woken");
		if (!pollee->alive || !waker->refs)
			return;
		task->stale++;
		task->flags |= SIM_TASK_STALE;
		task->stale_site = pollee->site;
		task->stale_name = sim__pollee_name(pollee);
		sim__trace(sim, SIM_TRACE_WAKE, "stale wake", task->actor.identity, 1);
		return;
	}
	pollee->woken = waker->identity;
	if (!fm_waker_is_none(waker->given))
		fm_waker_wake_by_ref(waker->given);
	else
		fm_task_wake(task->task);
}

/* One besides its pollee's first, or of a combinator that has wakers of its own. */
static __attribute__((noinline)) void drop_any(struct fm_sim *sim, struct sim_waker *waker, const struct sim_pollee *pollee)
{
	if (!fm_waker_is_none(waker->given))
		fm_waker_drop(&waker->given);
	if (waker != &pollee->first)
		give_waker(sim, waker);
}

static void kept_drop(struct fm_wakeable *wakeable)
{
	struct sim_waker *waker = waker_of(wakeable);
	struct sim_pollee *pollee = waker->pollee;
	const uint32_t left = waker->refs - 1;
	struct fm_task *task;

	if (left) {
		if (FM_UNLIKELY(left == UINT32_MAX))
			accuse_spent(waker, "dropped");
		else
			waker->refs = left;
		return;
	}
	waker->refs = 0;
	waker->identity = 0;
	task = waker->task->task;
	pollee->wakers--;
	waker->link.prev->next = waker->link.next;
	waker->link.next->prev = waker->link.prev;
	sim__pollee_let_go(waker->sim, pollee);
	if (FM_UNLIKELY(!fm_waker_is_none(waker->given) || waker != &pollee->first))
		drop_any(waker->sim, waker, pollee);
	fm_task_detach(task);
}

static const struct fm_waker_ops kept_waker_ops = {
	.clone = kept_clone,
	.wake = kept_wake,
	.drop = kept_drop,
	.will_wake = same_identity,
};

static void accuse_parked(struct fm_sim *sim, struct sim_task *task, const struct sim_waker *older)
	__attribute__((noinline, cold));

/* `older`: the waker of an older poll of a future that still lives; NULL: there is none. */
static void accuse_parked(struct fm_sim *sim, struct sim_task *task, const struct sim_waker *older)
{
	const struct fm_future *leaf = NULL;
	const struct sim_pollee *stale = NULL;
	const struct fm_await_site *site;
	struct sim_text text;

	site = sim__innermost(fm_task_future(task->task), &leaf);
	if (!leaf)
		leaf = fm_task_future(task->task);
	if (older) {
		stale = older->pollee;
		if (stale->future != leaf) /* a leaf is blamed where it is awaited now */
			site = stale->site;
	} else {
		stale = sim__known_pollee(sim, leaf);
		if (stale && !stale->wakers)
			stale = NULL; /* else that of another task, which polled it before this one */
	}
	if (sim__is_off(sim, stale ? FM_SIM_ORACLE_STALE_WAKER : FM_SIM_ORACLE_NO_WAKER))
		return;
	text = sim__failure_text(sim);
	sim__fail(sim,
		  &(struct sim_blame){
			  .oracle = stale ? "stale waker" : "pending without a waker",
			  .file = site ? site->file : NULL,
			  .line = site ? site->line : 0,
			  .task = task,
		  },
		  &text,
		  stale ? "%s was polled again and kept the waker of an older poll: waking it wakes nobody" :
			  "%s returned PENDING, but nobody holds a waker of this poll: the task can never be woken",
		  stale ? sim__pollee_name(stale) : leaf->ops->name);
}

void sim__check_parked(struct fm_sim *sim, struct sim_task *task)
{
	const struct sim_waker *older = NULL;

	FM_LIST_FOR_EACH(link, &task->wakers)
	{
		const struct sim_waker *waker = FM_CONTAINER_OF(link, struct sim_waker, link);

		if (is_fresh(waker))
			return;
		if (waker->pollee->alive)
			older = waker;
	}
	accuse_parked(sim, task, older);
}
