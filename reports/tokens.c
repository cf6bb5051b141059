/*
 * Where more than one thing failed, the reports are longer than a screen: what failed is listed once more at the end, a line each, with
 * the token to replay it by. Below it stands the line to paste for the first, as where there is one alone.
 */
#include "text.h"

#include <string.h>

static const struct report_failure *failure_of(const struct report_scenario *scenario, size_t at)
{
	if (scenario->groups_count)
		return at < scenario->groups_count ? &scenario->groups[at].failure : NULL;
	return at == 0 && scenario->verdict == REPORT_UNDETERMINED ? &scenario->failure : NULL;
}

static void list_one(FILE *out, const struct report_failure *failure, int columns)
{
	const struct fm_sim_failure *what = &failure->result->failure;

	fprintf(out, "  %-*s  ", columns, failure->again);
	if (failure->difference)
		fputs("not deterministic", out);
	else
		fputs(what->oracle, out);
	if (!failure->difference && what->file[0])
		fprintf(out, " at %s:%u", what->file, what->line);
	fputc('\n', out);
}

void report_tokens(FILE *out, const struct report_suite *suite, bool replay_line)
{
	const struct report_failure *failure, *first = NULL;
	char buffer[2048];
	struct report_text text;
	size_t count = 0;
	int columns = 0;

	for (size_t i = 0; i < suite->count; i++) {
		for (size_t k = 0; (failure = failure_of(&suite->scenarios[i], k)) != NULL; k++) {
			first = first ? first : failure;
			if ((int)strlen(failure->again) > columns)
				columns = (int)strlen(failure->again);
			count++;
		}
	}
	if (count < 2)
		return;
	fprintf(out, "\n%zu failures:\n", count);
	for (size_t i = 0; i < suite->count; i++)
		for (size_t k = 0; (failure = failure_of(&suite->scenarios[i], k)) != NULL; k++)
			list_one(out, failure, columns);
	if (!replay_line)
		return;
	report_text_init(&text, buffer, sizeof(buffer));
	report_replay_line(&text, first);
	fputs(buffer, out);
}
