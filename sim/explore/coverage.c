/*
 * Await coverage: what happens at each await site is counted by an observer around the run's own.
 *
 * A child that an async frame awaits belongs to the site where the frame stands; what a combinator polls belongs to
 * nobody but itself, and its status is the combinator's. A run without coverage has the plain observer: it pays nothing
 * here.
 */
#include "../core/internal.h"

#include <fm_sim/coverage.h>

#include <stdlib.h>
#include <string.h>

/* Where a record is looked up by its address: a table that is searched and never walked. */
struct entry {
	const struct fm_await_site *await; /* NULL: free */
	size_t number;
};

static struct fm_sim_site *sites;
static size_t sites_count;
static struct entry *entries;
static size_t entries_mask;

const char *fm_sim_cover_name(unsigned kind)
{
	static const char *const names[] = { "ready",   "waited", "cancelled", "spurious",
					     "timeout", "lagged", "error" };

	return kind < FM_SIM_COVERS ? names[kind] : NULL;
}

static int by_place(const void *a, const void *b)
{
	const struct fm_await_site *x = *(const struct fm_await_site *const *)a;
	const struct fm_await_site *y = *(const struct fm_await_site *const *)b;
	const int file = strcmp(x->file, y->file);

	if (file)
		return file;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return strcmp(x->what, y->what);
}

static struct entry *entry_of(const struct fm_await_site *await)
{
	size_t at = (size_t)(((uintptr_t)await >> 3) * 0x9e3779b97f4a7c15u >> 20) & entries_mask;

	while (entries[at].await && entries[at].await != await)
		at = (at + 1) & entries_mask;
	return &entries[at];
}

/* The site of an await, which comes in order: one of its line's, where the text is the same, else the next one. */
static size_t number_of(const struct fm_await_site *await)
{
	struct fm_sim_site *site;
	size_t same_line = 0;

	for (; same_line < sites_count; same_line++) {
		site = &sites[sites_count - 1 - same_line];
		if (site->line != await->line || strcmp(site->file, await->file) != 0)
			break;
		if (strcmp(site->what, await->what) == 0)
			return sites_count - 1 - same_line;
	}
	sites[sites_count] = (struct fm_sim_site){
		.file = await->file,
		.what = await->what,
		.line = await->line,
		.ordinal = (uint32_t)same_line,
	};
	return sites_count++;
}

static void gather(void)
{
	const size_t linked = (size_t)(__stop_fm_await_sites - __start_fm_await_sites);
	const struct fm_await_site **sorted = sim__own_alloc((linked + 1) * sizeof(*sorted));

	for (entries_mask = 4; entries_mask < 4 * linked; entries_mask *= 2)
		;
	entries = sim__own_alloc(entries_mask * sizeof(*entries));
	entries_mask--;
	sites = sim__own_alloc((linked + 1) * sizeof(*sites));
	for (size_t i = 0; i < linked; i++)
		sorted[i] = __start_fm_await_sites[i];
	qsort(sorted, linked, sizeof(*sorted), by_place);
	for (size_t i = 0; i < linked; i++)
		*entry_of(sorted[i]) = (struct entry){ sorted[i], number_of(sorted[i]) };
	sim__own_free(sorted);
}

size_t fm_sim_sites(const struct fm_sim_site **list)
{
	if (!sites)
		gather();
	*list = sites;
	return sites_count;
}

size_t fm_sim_site_number(const struct fm_await_site *await)
{
	if (!sites)
		gather();
	return entry_of(await)->number;
}

bool fm_sim_file_reached(const struct fm_sim_coverage *coverage, const char *file)
{
	for (size_t i = 0; i < sites_count; i++)
		for (unsigned kind = 0; kind < FM_SIM_COVERS && strcmp(sites[i].file, file) == 0; kind++)
			if (coverage[i].counts[kind])
				return true;
	return false;
}

static void count(struct fm_sim *sim, const struct fm_await_site *site, enum fm_sim_cover kind)
{
	__atomic_fetch_add(&sim->options->coverage[entry_of(site)->number].counts[kind], 1, __ATOMIC_RELAXED);
}

static struct fm_async *frame_of(struct fm_future *future)
{
	return future->ops->inspect == fm__async_inspect ? FM_CONTAINER_OF(future, struct fm_async, fut) :
							   NULL;
}

/* Where the future is being awaited; NULL: it is no frame's child. */
static const struct fm_await_site *awaited_at(const struct fm_poll_scope *scope,
					      const struct fm_future *future)
{
	const struct fm_async *frame = scope ? frame_of(scope->future) : NULL;

	return frame && frame->child == future ? frame->at : NULL;
}

static void count_ready(struct fm_sim *sim, const struct fm_await_site *site, bool fresh, int status)
{
	count(sim, site, fresh ? FM_SIM_COVER_READY : FM_SIM_COVER_WAITED);
	if (status == FM_ERR_TIMEOUT)
		count(sim, site, FM_SIM_COVER_TIMEOUT);
	else if (status == FM_ERR_LAGGED)
		count(sim, site, FM_SIM_COVER_LAGGED);
	else if (status < 0)
		count(sim, site, FM_SIM_COVER_ERROR);
}

/* What gave way has woken its own task. */
static bool gave_way(void)
{
	const struct fm_task *task = fm_task_current();

	return task && fm_task_scheduled(task);
}

static enum fm_poll on_poll(struct fm_observer *observer, struct fm_future *future, struct fm_context *cx,
			    uint32_t place)
{
	struct fm_sim *sim = sim__of_observer(observer);
	const struct fm_await_site *site = awaited_at(sim->scope, future);
	const bool fresh = future->self == FM__FUTURE_FRESH;
	const uint64_t moves = sim->covered_moves;
	const enum fm_poll result = sim__observer_ops.poll(observer, future, cx, place);

	if (fresh || result == FM_READY)
		sim->covered_moves++;
	if (!site)
		return result;
	if (result == FM_READY)
		count_ready(sim, site, fresh, future->status);
	else if (!fresh && sim->covered_moves == moves && !gave_way())
		count(sim, site, FM_SIM_COVER_SPURIOUS);
	return result;
}

static void on_drop(struct fm_observer *observer, struct fm_future *future)
{
	const struct fm_async *frame = frame_of(future);

	if (frame && frame->child)
		count(sim__of_observer(observer), frame->at, FM_SIM_COVER_CANCELLED);
	sim__observer_ops.drop(observer, future);
}

static bool on_interrupt(struct fm_observer *observer, const struct fm_await_site *site)
{
	const bool interrupted = sim__observer_ops.interrupt(observer, site);

	if (interrupted)
		count(sim__of_observer(observer), site, FM_SIM_COVER_CANCELLED);
	return interrupted;
}

void sim__cover(struct fm_sim *sim)
{
	const struct fm_sim_site *unused;

	fm_sim_sites(&unused);
	sim->covering = sim__observer_ops;
	sim->covering.poll = on_poll;
	sim->covering.drop = on_drop;
	sim->covering.interrupt = on_interrupt;
	sim->observer.ops = &sim->covering;
}
