/*
 * Where there is something to cancel: the plain run, the run in which every await parks, and then runs with faults and runs
 * out of memory, of which only that counts which no run before came to.
 *
 * Each run is a process, since one that fails leaves memory behind that nobody may trust. What they find they write into memory
 * that all share.
 */
#include "sweep.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define TIMES_MAX 1024
#define KINDS_MAX 4096

/* A point without its task and its times. */
struct kind {
	enum fm_sim_cancel_how how;
	const struct fm_await_site *site;
	const struct fm_future_ops *leaf;
	uint32_t base; /* the run that came to it first */
	uint32_t count;
};

struct finding {
	struct sweep *sweep;
	struct sweep_base base;
	uint32_t histogram[TIMES_MAX + 1]; /* points of the plain run that are somebody's n-th time there */
	struct kind kinds[KINDS_MAX];
	uint32_t kinds_count;
};

static struct finding *finding; /* shared */

struct fm_sim_options sweep_options(const struct sweep_base *base)
{
	return (struct fm_sim_options){
		.seed = base->seed,
		.strategy = base->seed ? FM_SIM_RANDOM : FM_SIM_FIFO,
		.profile = base->seed ? FM_SIM_PROFILE_DEFAULT : FM_SIM_PROFILE_NONE,
		.yield_always = base->yields,
		.fail_allocation = base->shortage,
		.no_claims = base->shortage != 0,
	};
}

static void keep(struct sweep *sweep, const struct sweep_base *base, const struct fm_sim_visit *visit)
{
	struct sweep_point *point;

	if (sweep->count == SWEEP_POINTS_MAX) {
		sweep->cut++;
		return;
	}
	point = &sweep->points[sweep->count++];
	memset(point, 0, sizeof(*point));
	point->point = visit->point;
	point->base = *base;
	point->cancellable = visit->cancellable;
	point->leaf = visit->leaf;
	snprintf(point->task, sizeof(point->task), "%s", visit->task);
	snprintf(point->held_by, sizeof(point->held_by), "%s", visit->held_by ? visit->held_by : "");
	snprintf(point->waits_for, sizeof(point->waits_for), "%s", visit->waits_for ? visit->waits_for : "");
	for (unsigned i = visit->depth; i-- > 0 && point->depth < SWEEP_STACK;)
		point->stack[point->depth++] = visit->stack[i];
	if (visit->point.how == FM_SIM_CANCEL_AWAIT && point->depth < SWEEP_STACK &&
	    (point->depth == 0 || point->stack[0] != visit->point.site))
		point->stack[point->depth++] = visit->point.site;
}

static struct kind *kind_of(const struct fm_sim_point *point)
{
	struct kind *kind;

	for (uint32_t i = 0; i < finding->kinds_count; i++) {
		kind = &finding->kinds[i];
		if (kind->how == point->how && kind->site == point->site && kind->leaf == point->leaf)
			return kind;
	}
	if (finding->kinds_count == KINDS_MAX)
		return NULL;
	kind = &finding->kinds[finding->kinds_count++];
	*kind = (struct kind){ point->how, point->site, point->leaf, finding->sweep->bases, 0 };
	return kind;
}

/* Some run before this one stood at the await. */
static bool site_known(const struct fm_await_site *site)
{
	for (uint32_t i = 0; i < finding->kinds_count; i++)
		if (finding->kinds[i].site == site && finding->kinds[i].base != finding->sweep->bases)
			return true;
	return false;
}

static void on_count(void *arg, const struct fm_sim_visit *visit)
{
	(void)arg;
	finding->histogram[visit->point.times < TIMES_MAX ? visit->point.times : TIMES_MAX]++;
}

/* The plain runs: all there is, as often as there is time for. */
static void on_plain(void *arg, const struct fm_sim_visit *visit)
{
	struct sweep *sweep = arg;

	kind_of(&visit->point);
	if (visit->point.times > sweep->times)
		sweep->cut++;
	else
		keep(sweep, &finding->base, visit);
}

/* The others: what is new. Out of memory, a program goes ways of its own: there only new awaits count. */
static void on_other(void *arg, const struct fm_sim_visit *visit)
{
	struct sweep *sweep = arg;
	struct kind *kind = kind_of(&visit->point);

	if (!kind || kind->base != sweep->bases || kind->count >= SWEEP_TIMES)
		return;
	if (finding->base.shortage && (!visit->point.site || site_known(visit->point.site)))
		return;
	kind->count++;
	keep(sweep, &finding->base, visit);
}

static void look(void *arg)
{
	struct fm_sim_options options = sweep_options(&finding->base);
	struct sweep *sweep = finding->sweep;

	options.coverage = sweep->coverage;
	options.visit = arg ? on_count : finding->base.seed || finding->base.shortage ? on_other : on_plain;
	options.visit_arg = sweep;
	if (sweep->allocations)
		options.visit = NULL;
	fm_sim_run(sweep->scenario, &options, &sweep->base);
}

/* How often a task is cancelled where it comes by again and again: as often as SWEEP_POLLS allows. */
static uint32_t choose_times(const struct sweep *sweep)
{
	uint64_t points = 0;
	uint32_t times = 0;

	while (times + 1 < TIMES_MAX) {
		points += finding->histogram[times + 1];
		if (times >= SWEEP_TIMES && points * (sweep->base.steps + 1) > SWEEP_POLLS)
			break;
		times++;
	}
	return times;
}

/* False: it failed with nothing cancelled. */
static bool look_through(const struct sweep_base *base, bool only_count)
{
	struct sweep *sweep = finding->sweep;
	const uint32_t count = sweep->count;
	int status;

	finding->base = *base;
	sweep->base.verdict = FM_SIM_FAILED;
	snprintf(sweep->base.failure.cause, sizeof(sweep->base.failure.cause), "the process died of it");
	status = sweep_child(look, only_count ? finding : NULL);
	if (status == 0 && sweep->base.verdict == FM_SIM_PASSED) {
		sweep->bases += !only_count;
		return true;
	}
	sweep->count = count;
	sweep->failed_base = *base;
	return false;
}

static bool find_others(struct sweep *sweep, uint64_t allocations)
{
	const uint64_t step = allocations / SWEEP_SHORTAGES + 1;

	for (uint64_t seed = 1; seed <= SWEEP_SEEDS && !sweep_interrupted(); seed++)
		if (!look_through(&(struct sweep_base){ .seed = seed }, false))
			return false;
	/* A program that breaks down out of memory is for --alloc to tell of. */
	for (uint64_t n = 1; n <= allocations && !sweep_interrupted(); n += step)
		look_through(&(struct sweep_base){ .shortage = (uint32_t)n }, false);
	sweep->base.verdict = FM_SIM_PASSED;
	return true;
}

static void find_allocations(struct sweep *sweep)
{
	for (uint64_t n = 1; n <= sweep->base.allocations; n++) {
		if (sweep->count == SWEEP_POINTS_MAX)
			sweep->cut++;
		else
			sweep->points[sweep->count++] = (struct sweep_point){ .base.shortage = (uint32_t)n };
	}
}

static bool find(struct sweep *sweep)
{
	const struct sweep_base plain = { 0 };
	uint64_t allocations;

	if (!look_through(&plain, true))
		return false;
	allocations = sweep->base.allocations;
	if (sweep->allocations) {
		find_allocations(sweep);
		return true;
	}
	sweep->times = choose_times(sweep);
	return look_through(&plain, false) && look_through(&(struct sweep_base){ .yields = true }, false) &&
	       find_others(sweep, allocations);
}

bool sweep_find(struct sweep *sweep)
{
	bool found;

	finding = mmap(NULL, sizeof(*finding), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (finding == MAP_FAILED) {
		snprintf(sweep->base.failure.cause, sizeof(sweep->base.failure.cause), "no memory");
		return false;
	}
	finding->sweep = sweep;
	found = find(sweep);
	munmap(finding, sizeof(*finding));
	return found;
}
