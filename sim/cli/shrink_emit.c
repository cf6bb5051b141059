/*
 * The least run as a scenario in C: the same world, every draw 0 but these. It stands in a suite as any other does, fails
 * with any seed while the bug is there, and goes on as well as it can when the program has changed.
 */
#include "shrink_emit.h"
#include "emit_program.h"
#include "stack.h"

#include "reports/text.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

static bool is_schedule(const struct fm_sim_tape_site *site)
{
	return site && site->domain == FM_DRAW_SCHEDULE && strcmp(site->name, "schedule") == 0;
}

/* Text inside of a string, or of a comment: no more than the two can hold. */
static void put_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else if (*text == '\n')
			fputc(' ', out);
		else if (*text == '*' && text[1] == '/')
			fputs("* ", out);
		else
			fputc(*text, out);
	}
}

/* How many of the same actor at the same site come before. */
static uint32_t ordinal(const struct fm_sim_tape *tape, size_t at, bool schedule)
{
	const struct fm_sim_draw_record *record = &tape->records[at];
	uint32_t count = 0;

	for (size_t i = 0; i < at; i++)
		count += tape->records[i].site == record->site &&
			 (schedule || tape->records[i].chosen >> 32 == record->chosen >> 32);
	return count;
}

static const char *domain_constant(enum fm_draw_domain domain)
{
	static const char *const names[] = { "FM_DRAW_SCHEDULE", "FM_DRAW_SELECT", "FM_DRAW_TIME",
					     "FM_DRAW_NET",	 "FM_DRAW_DISK",   "FM_DRAW_CANCEL",
					     "FM_DRAW_WAKE",	 "FM_DRAW_ALLOC",  "FM_DRAW_USER" };

	_Static_assert(FM_COUNT_OF(names) == FM_DRAW_DOMAINS, "a constant for each domain");
	return names[domain];
}

static bool put_draws(FILE *out, const struct fm_sim_tape *tape, bool program, size_t *count)
{
	*count = 0;
	for (size_t i = 0; i < tape->count; i++) {
		const struct fm_sim_draw_record *record = &tape->records[i];
		const struct fm_sim_tape_site *site = fm_sim_tape_site(tape, record->site);
		const bool schedule = is_schedule(site);

		if (record->value == 0 || (program && emit_program_says(record->site)))
			continue;
		if (!site)
			return false;
		if ((*count)++ == 0)
			fputs("static const struct fm_sim_scripted draws[] = {\n", out);
		fputs("\t{ \"", out);
		put_text(out, site->name);
		fprintf(out, "\", %s, 0x%" PRIx32 ", %" PRIu32 ", ", domain_constant(site->domain),
			schedule ? 0 : (uint32_t)(record->chosen >> 32), ordinal(tape, i, schedule));
		fprintf(out, schedule ? "0x%" PRIx64 " },\n" : "%" PRIu64 " },\n",
			schedule ? record->chosen : (uint64_t)record->value);
	}
	if (*count)
		fputs("};\n\n", out);
	return true;
}

/* In a comment, a line of which begins so: what could end it is taken apart. */
static void put_comment(FILE *out, const char *text, const char *begin)
{
	for (bool begins = true; *text; text++) {
		if (begins)
			fprintf(out, " * %s", *text == '\n' ? "" : begin);
		begins = *text == '\n';
		fputc(*text, out);
		if ((*text == '*' && text[1] == '/') || (*text == '/' && text[1] == '*'))
			fputc(' ', out);
	}
}

static void put_commands(FILE *out, const char *path, const char *name, const struct fm_sim_scenario *world)
{
	static char lines[3 * PATH_MAX + 256], file[PATH_MAX];
	struct report_text text;

	if (world && world->file)
		snprintf(file, sizeof(file), "%s", world->file);
	else if (!world || !world->setup || !stack_file(file, sizeof(file), (void (*)(void))world->setup))
		snprintf(file, sizeof(file), "SCENARIO.c");
	report_text_init(&text, lines, sizeof(lines));
	report_add(&text, "cc -std=gnu17 $CFLAGS ");
	report_quoted(&text, path);
	report_add(&text, " ");
	report_quoted(&text, file);
	report_add(&text, " $(pkg-config --cflags --libs fermata-main) -o shrunk-again\n./shrunk-again run %s\n", name);
	fputs(" *\n * In a suite it is one source more. Alone it is built with the scenario's own file, and what that needs, and run so:\n *\n", out);
	put_comment(out, lines, "    ");
}

bool shrink_emit(FILE *out, const char *path, const struct token *token, const struct fm_sim_tape *tape,
		 const struct fm_sim_result *result)
{
	const struct fm_sim_failure *failure = &result->failure;
	const char *like = token->scenario->like ? token->scenario->like : token->scenario->name;
	const struct fm_sim_scenario *world = scenario_find(like, strlen(like));
	const struct fm_subject *subject = world ? world->subject : NULL;
	char name[TOKEN_SCENARIO_CHARS_MAX + 64];
	size_t count, lines = 0;

	snprintf(name, sizeof(name), "shrunk/%s/%" PRIx64, like, token->seed);
	fprintf(out, "/*\n * %s, seed %" PRIu64 ", made small by `shrink`: %s", token->scenario->name, token->seed,
		failure->oracle);
	if (failure->file[0])
		fprintf(out, " at %s:%u", failure->file, failure->line);
	fputs(".\n * ", out);
	put_text(out, failure->cause);
	fputs("\n", out);
	if (failure->program[0]) {
		fputs(" *\n * The program, as calls:\n *\n", out);
		put_comment(out, failure->program, "    ");
	}
	put_commands(out, path, name, world);
	fputs(" *\n * Draws: site, domain, actor, how many such draws come before, and what is drawn; of the schedule, which task.\n */\n",
	      out);
	fprintf(out, "#include <fm_sim/%s.h>\n\n", subject ? "subject" : "scenario");
	if (subject)
		lines = emit_program(out, token->scenario, subject, tape);
	if (!put_draws(out, tape, lines > 0, &count))
		return false;
	fprintf(out, "FM_SCENARIO(shrunk) = {\n\t.name = \"%s\",\n\t.claim = \"", name);
	put_text(out, token->scenario->claim);
	fprintf(out, "\",\n\t.file = __FILE__,\n\t.like = \"%s\",\n", like);
	if (count)
		fprintf(out, "\t.draws = draws,\n\t.draws_count = %zu,\n", count);
	if (lines)
		fprintf(out, "\t.program = program,\n\t.program_count = %zu,\n", lines);
	fputs("};\n", out);
	return true;
}
