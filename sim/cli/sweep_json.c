/* The same as objects, one a line: reports/README.md has their fields. */
#include "sweep_tell.h"

#include "reports/json_write.h"

static void put_base(FILE *out, const struct sweep_base *base)
{
	report_json_number(out, "seed", base->seed);
	report_json_flag(out, "yields", base->yields);
	report_json_number(out, "failed_allocation", base->shortage);
}

void sweep_json_scenario(FILE *out, const struct sweep *sweep, bool found, unsigned bad)
{
	report_json_open(out, "swept");
	report_json_field(out, "name", sweep->scenario->name);
	report_json_field(out, "verdict", found && !bad ? "passed" : "failed");
	report_json_number(out, "points", sweep->count);
	report_json_number(out, "left_out", sweep->cut);
	report_json_number(out, "bad", bad);
	report_json_field(out, "cause", found ? NULL : sweep->base.failure.cause);
	report_json_close(out);
	for (uint32_t i = 0; sweep->allocations && i < sweep->count; i++) {
		const struct sweep_point *point = &sweep->points[i];
		bool is_bad;
		const enum verdict verdict = verdict_of(point, &is_bad);

		report_json_open(out, "allocation");
		report_json_field(out, "scenario", sweep->scenario->name);
		report_json_number(out, "number", point->base.shortage);
		report_json_field(out, "verdict", verdict_name(verdict));
		report_json_flag(out, "bad", is_bad);
		report_json_field(out, "cause", verdict > VERDICT_SAFE ? point->cause : NULL);
		report_json_close(out);
	}
}

static void put_row(FILE *out, const struct verdict_row *row)
{
	const struct sweep_point *example = &row->example;

	report_json_field(out, "verdict", verdict_name(row->worst));
	report_json_flag(out, "bad", row->bad);
	report_json_number(out, "cancels", verdict_cancels(row));
	for (unsigned how = 0; how < FM_SIM_CANCEL_HOWS; how++)
		report_json_number(out, fm_sim_cancel_how_name(how), row->hows[how]);
	for (unsigned v = VERDICT_SAFE; v < VERDICTS; v++)
		report_json_number(out, verdict_name(v), row->verdicts[v]);
	if (row->worst <= VERDICT_SAFE)
		return;
	report_json_field(out, "scenario", row->scenario);
	report_json_field(out, "cause", example->cause);
	report_json_field(out, "oracle", example->oracle);
	report_json_field(out, "how", fm_sim_cancel_how_name(example->point.how));
	report_json_field(out, "task", example->task);
	report_json_number(out, "time", example->point.times);
	report_json_field(out, "future", example->leaf ? example->leaf->name : NULL);
	report_json_field(out, "promise", verdict_promise(example->point.leaf));
	report_json_field(out, "held_by", example->held_by[0] ? example->held_by : NULL);
	put_base(out, &example->base);
}

void sweep_json_verdicts(FILE *out, const struct verdicts *verdicts, const struct sweep_why *whys)
{
	report_json_open(out, "unpolled");
	put_row(out, &verdicts->nowhere);
	report_json_close(out);
	for (size_t i = 0; i < verdicts->sites_count; i++) {
		const struct fm_sim_site *site = &verdicts->sites[i];

		if (!verdicts_tell_file(verdicts, site->file))
			continue;
		report_json_open(out, "await");
		report_json_field(out, "file", site->file);
		report_json_number(out, "line", site->line);
		report_json_number(out, "ordinal", site->ordinal);
		report_json_field(out, "what", site->what);
		report_json_field(out, "why", whys[i].text[0] ? whys[i].text : NULL);
		put_row(out, &verdicts->rows[i]);
		report_json_close(out);
	}
	for (size_t i = 0; i < verdicts->leaves_count; i++) {
		const struct verdict_leaf *leaf = &verdicts->leaves[i];

		report_json_open(out, "future");
		report_json_field(out, "name", leaf->ops->name);
		report_json_field(out, "says", verdict_promise(leaf->ops));
		report_json_flag(out, "can_be_made_anew", leaf->ops->renew != NULL);
		put_row(out, &leaf->row);
		report_json_close(out);
	}
}
