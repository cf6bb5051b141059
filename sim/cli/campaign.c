/*
 * What is left to do is chosen anew whenever a process has ended: rechecks first, so that they do not pile up, then
 * batches, scenario after scenario; or scenarios in turns, where only time or a failure will end it. All decisions are
 * made here, in one process; the others only run seeds.
 */
#include "campaign.h"
#include "status.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_MS 100

_Static_assert(TRACK_RESTS >= RUN_JOBS_MAX, "each process may leave a rest");

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signo)
{
	(void)signo;
	interrupted = 1;
}

static unsigned cores(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

static bool wants_all_rechecked(void)
{
	const char *ci = getenv("CI");
	const char *recheck = getenv("FERMATA_RECHECK");

	return (ci && strcmp(ci, "true") == 0) || (recheck && strcmp(recheck, "all") == 0);
}

static void open_track(struct campaign *campaign, size_t i, const struct fm_sim_scenario *scenario)
{
	const struct run_options *options = campaign->options;
	const bool endless = campaign->suite.seeds == 0;

	campaign->reports[i] = (struct report_scenario){
		.scenario = scenario,
		.verdict = REPORT_NOT_RUN,
		.one_seed = campaign->suite.seeds == 1,
	};
	campaign->tracks[i] = (struct track){
		.token = { .scenario = scenario,
			   .seed = options->seeds.first,
			   .strategy = options->strategy,
			   .profile = options->profile,
			   .no_claims = options->no_claims },
		.report = &campaign->reports[i],
		.next = options->seeds.first,
		.end = endless ? CLI_SEED_END : options->seeds.end,
		.endless = endless,
		.keeps_going = options->keep_going,
	};
}

/* Who only wants to know whether it holds pays for nothing else. */
static bool open_tally(struct campaign *campaign)
{
	const struct run_options *options = campaign->options;
	struct tally *tally = &campaign->tally;

	if (options->quiet && !options->coverage && !options->require_probes && !options->json && !options->html)
		return true;
	if (!tally_open(tally))
		return false;
	campaign->pool.tally = tally;
	tally->probes_wanted = options->require_probes || ((options->json || options->html) && tally_has_probes());
	if (!options->coverage && !options->html && !tally->probes_wanted)
		tally->every = TALLY_EVERY;
	campaign->suite.coverage_every = tally->every;
	return true;
}

bool campaign_open(struct campaign *campaign, const char *program, const struct run_options *options,
		   const struct selection *selection, struct cli_error *error)
{
	const bool endless = options->until_fail || (options->time_ns != FM_NS_MAX && !options->seeds_given);

	cli_fail(error, "no memory");
	*campaign = (struct campaign){
		.options = options,
		.reports = calloc(selection->count, sizeof(*campaign->reports)),
		.tracks = calloc(selection->count, sizeof(*campaign->tracks)),
	};
	campaign->suite = (struct report_suite){
		.program = program,
		.scenarios = campaign->reports,
		.count = selection->count,
		.seed_first = options->seeds.first,
		.seeds = endless ? 0 : options->seeds.end - options->seeds.first,
		.strategy = fm_sim_strategy_name(options->strategy),
		.profile = campaign->profile,
		.jobs = options->jobs ? options->jobs : cores(),
		.keeps_going = options->keep_going,
	};
	if (!campaign->reports || !campaign->tracks)
		return false;
	profile_format(options->profile, campaign->profile);
	for (size_t i = 0; i < selection->count; i++) {
		open_track(campaign, i, selection->scenarios[i]);
		if (campaign->suite.seeds != 1 &&
		    !pinned_read(&campaign->tracks[i].pinned, selection->scenarios[i], error))
			return false;
	}
	if (!pool_open(&campaign->pool, program, campaign->suite.jobs))
		return false;
	if (!open_tally(campaign))
		return false;
	campaign->pool.isolate = options->isolate;
	campaign->pool.recheck_all = wants_all_rechecked();
	return true;
}

void campaign_close(struct campaign *campaign)
{
	for (size_t i = 0; campaign->tracks && i < campaign->suite.count; i++)
		track_free(&campaign->tracks[i]);
	pool_close(&campaign->pool);
	tally_close(&campaign->tally);
	growth_free(&campaign->growth);
	free(campaign->tracks);
	free(campaign->reports);
}

static void stop_all(struct campaign *campaign, bool at_once)
{
	*campaign->pool.stop = 1;
	for (size_t i = 0; i < campaign->suite.count; i++) {
		campaign->tracks[i].stopped = true;
		if (at_once)
			campaign->tracks[i].rechecks_count = 0;
	}
}

/* What a start came to. */
enum started { STARTED, NOTHING_TO_START, CANNOT_START };

static enum started start_something(struct campaign *campaign, struct job *job)
{
	const bool in_turns = campaign->options->until_fail || campaign->options->time_ns != FM_NS_MAX;
	const size_t count = campaign->suite.count;
	const size_t begin = in_turns ? campaign->turn : campaign->told;

	for (size_t i = campaign->told; i < count; i++) {
		const size_t due = track_rechecks_due(&campaign->tracks[i]);

		if (due > 0)
			return pool_start_rechecks(&campaign->pool, job, &campaign->tracks[i], due) ? STARTED :
												       CANNOT_START;
	}
	for (size_t i = 0; i < count; i++) {
		struct track *track = &campaign->tracks[(begin + i) % count];

		if (!track_has_batch(track))
			continue;
		campaign->turn = (begin + i + 1) % count;
		return pool_start_batch(&campaign->pool, job, track) ? STARTED : CANNOT_START;
	}
	return NOTHING_TO_START;
}

static void decide(struct campaign *campaign)
{
	for (size_t i = campaign->told; i < campaign->suite.count; i++) {
		struct track *track = &campaign->tracks[i];

		if (track->decided || !track_at_rest(track))
			continue;
		track_decide(track, interrupted);
		if (campaign->options->until_fail && (track->groups.count > 0 || track->undetermined))
			stop_all(campaign, false);
	}
	for (; campaign->told < campaign->suite.count && campaign->tracks[campaign->told].decided; campaign->told++)
		campaign->decided(campaign->told_to, &campaign->reports[campaign->told]);
}

static void watch_interrupts(void)
{
	/* The second one finds the default action, and the workers die with the parent. */
	struct sigaction action = { .sa_handler = on_interrupt, .sa_flags = SA_RESETHAND };

	interrupted = 0;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

bool campaign_run(struct campaign *campaign)
{
	const fm_ns began_ns = cli_clock();
	const fm_ns ends_ns = fm_ns_add(began_ns, campaign->options->time_ns);
	enum started started = STARTED;
	bool able = true;
	struct job *job;

	watch_interrupts();
	while (campaign->told < campaign->suite.count) {
		if (interrupted || !able || cli_clock() >= ends_ns)
			stop_all(campaign, interrupted || !able);
		do {
			job = pool_idle(&campaign->pool);
			started = job ? start_something(campaign, job) : NOTHING_TO_START;
		} while (started == STARTED);
		/* Where others run there will be room again. */
		if (started == CANNOT_START && pool_busy(&campaign->pool) == 0)
			able = false;
		if (pool_busy(&campaign->pool) > 0)
			pool_wait(&campaign->pool, WAIT_MS);
		campaign->suite.real_ns = cli_clock() - began_ns;
		if (campaign->pool.tally)
			growth_look(&campaign->growth, &campaign->tally, &campaign->suite);
		decide(campaign);
		campaign->going_on(campaign->told_to, &campaign->suite, campaign->told);
	}
	campaign->suite.real_ns = cli_clock() - began_ns;
	campaign->suite.interrupted = interrupted;
	campaign->suite.growth = campaign->growth.points;
	campaign->suite.growth_count = campaign->growth.count;
	return able;
}

int campaign_status(const struct campaign *campaign)
{
	const struct report_suite *suite = &campaign->suite;

	if (report_count(suite, REPORT_FAILED))
		return CLI_BROKEN;
	if (report_count(suite, REPORT_UNDETERMINED))
		return CLI_UNDETERMINED;
	if (suite->interrupted || report_count(suite, REPORT_INCOMPLETE))
		return CLI_INCOMPLETE;
	if (report_count(suite, REPORT_NOT_RUN) == suite->count)
		return CLI_NOTHING;
	return report_count(suite, REPORT_NOT_RUN) ? CLI_INCOMPLETE : CLI_HELD;
}
