/*
 * What a cancel came to, and what all of them at a place did.
 *
 * Bad are: hangs, leaks, broken contracts; a claim broken that allows for the cancel (the task is fm_sim_cancellable, or the
 * program says that it retries the await); and a future that breaks its word. SAFE: dropped and made anew, nothing is lost
 * and nothing hangs. LOSSY: it may lose what it says, and so its program may hang. RESTARTS: claims may notice, but all ends.
 * Other broken claims are told, and are not bad: a task that is gone does not do its part.
 */
#include "sweep_verdict.h"

#include <stdlib.h>
#include <string.h>

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[VERDICTS] = {
		"never reached", "safe", "loses", "breaks a claim", "hangs", "leaks", "breaks a contract",
	};

	return names[verdict];
}

const char *verdict_promise(const struct fm_future_ops *leaf)
{
	switch (leaf ? leaf->cancel : FM_CANCEL_UNSAID) {
	case FM_CANCEL_SAFE:
		return "SAFE";
	case FM_CANCEL_LOSSY:
		return "LOSSY";
	case FM_CANCEL_RESTARTS:
		return "RESTARTS";
	default:
		return NULL;
	}
}

static bool renews(const struct sweep_point *point)
{
	return point->point.leaf != NULL;
}

static bool allows(const struct sweep_point *point)
{
	return point->cancellable || point->point.how == FM_SIM_CANCEL_AWAIT;
}

static enum verdict broken(const struct sweep_point *point)
{
	static const char *const hangs[] = { "hang",	 "deadlock", "futurelock", "missed wake", "deadline",
					     "steps",	 "drain",    "busy loop",  "wake storm", "starvation" };

	if (strcmp(point->oracle, "claim") == 0)
		return renews(point) || !allows(point) ? VERDICT_LOSES : VERDICT_CLAIM;
	if (strcmp(point->oracle, "leak") == 0)
		return VERDICT_LEAKS;
	for (size_t i = 0; i < sizeof(hangs) / sizeof(hangs[0]); i++)
		if (strcmp(point->oracle, hangs[i]) == 0)
			return VERDICT_HANGS;
	return VERDICT_CONTRACT;
}

enum verdict verdict_of(const struct sweep_point *point, bool *bad)
{
	enum verdict verdict = VERDICT_NEVER;

	if (point->done && point->reached)
		verdict = point->verdict == FM_SIM_PASSED ? VERDICT_SAFE : broken(point);
	if (!renews(point))
		*bad = verdict > VERDICT_LOSES;
	else if (point->point.leaf->cancel == FM_CANCEL_SAFE)
		*bad = verdict > VERDICT_SAFE;
	else if (point->point.leaf->cancel == FM_CANCEL_RESTARTS)
		*bad = verdict > VERDICT_LOSES;
	else
		*bad = verdict > VERDICT_HANGS;
	return verdict;
}

unsigned verdict_cancels(const struct verdict_row *row)
{
	unsigned cancels = 0;

	for (unsigned how = 0; how < FM_SIM_CANCEL_HOWS; how++)
		cancels += row->hows[how];
	return cancels;
}

static void take(struct verdict_row *row, const struct fm_sim_scenario *scenario, const struct sweep_point *point,
		 enum verdict verdict, bool bad)
{
	if (verdict == VERDICT_NEVER)
		return;
	row->hows[point->point.how]++;
	row->verdicts[verdict]++;
	if (bad < row->bad || (bad == row->bad && verdict <= row->worst))
		return;
	row->bad = bad;
	row->worst = verdict;
	row->scenario = scenario->name;
	row->example = *point;
}

/*
 * What a LOSSY future loses is told with the future. An await is to blame for it only where the program says that it tries
 * again there, and then it evaluates the await itself anew.
 */
static bool blames_site(const struct sweep_point *point, enum verdict verdict)
{
	return !renews(point) || point->point.leaf->cancel == FM_CANCEL_SAFE ||
	       point->point.leaf->cancel == FM_CANCEL_RESTARTS || verdict <= VERDICT_SAFE || verdict >= VERDICT_LEAKS;
}

/* What goes wrong when a task is gone may be anything of it: a future is judged where it alone was dropped. */
static void take_leaf(struct verdict_row *row, const struct fm_sim_scenario *scenario, const struct sweep_point *point,
		      enum verdict verdict, bool bad)
{
	if (renews(point) || verdict == VERDICT_SAFE)
		take(row, scenario, point, verdict, bad);
}

static struct verdict_row *leaf_row(struct verdicts *verdicts, const struct fm_future_ops *ops)
{
	struct verdict_leaf *grown;
	size_t at = 0;

	while (at < verdicts->leaves_count && verdicts->leaves[at].ops != ops &&
	       strcmp(verdicts->leaves[at].ops->name, ops->name) <= 0)
		at++;
	if (at < verdicts->leaves_count && verdicts->leaves[at].ops == ops)
		return &verdicts->leaves[at].row;
	grown = realloc(verdicts->leaves, (verdicts->leaves_count + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	verdicts->leaves = grown;
	memmove(&grown[at + 1], &grown[at], (verdicts->leaves_count - at) * sizeof(*grown));
	memset(&grown[at], 0, sizeof(*grown));
	grown[at].ops = ops;
	verdicts->leaves_count++;
	return &grown[at].row;
}

/* An await of a line of several, or of a macro's, may stand in a stack twice. */
static bool told_before(const struct sweep_point *point, unsigned at)
{
	for (unsigned i = 0; i < at; i++)
		if (fm_sim_site_number(point->stack[i]) == fm_sim_site_number(point->stack[at]))
			return true;
	return false;
}

unsigned verdicts_take(struct verdicts *verdicts, const struct sweep *sweep)
{
	unsigned count = 0;

	for (uint32_t i = 0; i < sweep->count; i++) {
		const struct sweep_point *point = &sweep->points[i];
		struct verdict_row *leaf = NULL;
		bool bad;
		const enum verdict verdict = verdict_of(point, &bad);

		count += bad;
		for (unsigned k = 0; k < point->depth; k++)
			if (!told_before(point, k) && blames_site(point, verdict))
				take(&verdicts->rows[fm_sim_site_number(point->stack[k])], sweep->scenario, point, verdict, bad);
		if (point->depth == 0)
			take(&verdicts->nowhere, sweep->scenario, point, verdict, bad);
		if (verdict_promise(point->leaf))
			leaf = leaf_row(verdicts, point->leaf);
		if (leaf)
			take_leaf(leaf, sweep->scenario, point, verdict, bad);
	}
	verdicts->runs += sweep->count;
	verdicts->bad |= count > 0;
	return count;
}

bool verdicts_tell_file(const struct verdicts *verdicts, const char *file)
{
	for (size_t i = 0; i < verdicts->sites_count; i++)
		if (verdicts->rows[i].worst != VERDICT_NEVER && strcmp(verdicts->sites[i].file, file) == 0)
			return true;
	return false;
}

bool verdicts_open(struct verdicts *verdicts)
{
	memset(verdicts, 0, sizeof(*verdicts));
	verdicts->sites_count = fm_sim_sites(&verdicts->sites);
	verdicts->rows = calloc(verdicts->sites_count + 1, sizeof(*verdicts->rows));
	return verdicts->rows != NULL;
}

void verdicts_close(struct verdicts *verdicts)
{
	free(verdicts->rows);
	free(verdicts->leaves);
}
