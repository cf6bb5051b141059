/*
 * Tapes are read strictly: every line must be as this file writes it, the count must fit, the checksum must hold, and
 * nothing may follow. A tape that was cut by hand needs a new checksum, which the error tells.
 */
#include "tape_file.h"
#include "files.h"
#include "number.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char header[] = "fermata-tape";

static uint64_t checksum(uint64_t hash, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
	return hash;
}

#define CHECKSUM_INIT ((uint64_t)0xcbf29ce484222325u)

static void put(FILE *out, uint64_t *sum, const char *line)
{
	*sum = checksum(*sum, line, strlen(line));
	fputs(line, out);
}

const char *draw_domain_name(unsigned domain)
{
	static const char *const names[] = { "schedule", "select", "time", "net", "disk", "cancel", "wake", "alloc", "user" };

	_Static_assert(FM_COUNT_OF(names) == FM_DRAW_DOMAINS, "a name for each domain");
	return domain < FM_COUNT_OF(names) ? names[domain] : NULL;
}

/* Names are told in one line each. */
static void put_sites(FILE *out, uint64_t *sum, const struct fm_sim_tape *tape)
{
	char line[128];
	unsigned count = 0;

	for (unsigned i = 0; i < FM_SIM_TAPE_SITES; i++)
		count += tape->sites[i].name[0] != '\0';
	snprintf(line, sizeof(line), "sites %u\n", count);
	put(out, sum, line);
	for (unsigned i = 0; i < FM_SIM_TAPE_SITES; i++) {
		const struct fm_sim_tape_site *site = &tape->sites[i];

		if (!site->name[0])
			continue;
		snprintf(line, sizeof(line), "%" PRIx32 " %s %s", site->site, draw_domain_name(site->domain), site->name);
		for (char *c = line; *c; c++)
			if (*c == '\n')
				*c = ' ';
		put(out, sum, line);
		put(out, sum, "\n");
	}
}

FILE *tape_file_open(const char *path, struct cli_error *error)
{
	FILE *out;

	return file_open(&out, path, error) ? out : NULL;
}

bool tape_file_write(FILE *out, const char *path, const struct token *token, const struct fm_sim_tape *tape,
		     struct cli_error *error)
{
	uint64_t sum = CHECKSUM_INIT;
	char name[TOKEN_BYTES], line[TOKEN_BYTES + 64];
	bool bad;

	token_format(token, name);
	snprintf(line, sizeof(line), "%s 2\ntoken %s\n", header, name);
	put(out, &sum, line);
	put_sites(out, &sum, tape);
	snprintf(line, sizeof(line), "draws %zu\n", tape->count);
	put(out, &sum, line);
	for (size_t i = 0; i < tape->count; i++) {
		const struct fm_sim_draw_record *record = &tape->records[i];

		snprintf(line, sizeof(line), "%" PRIx32 " %" PRIx32 " %" PRIx64 "\n", record->site, record->value,
			 record->chosen);
		put(out, &sum, line);
	}
	fprintf(out, "end %016" PRIx64 "\n", sum);
	bad = ferror(out) != 0;
	if (fclose(out) != 0 || bad)
		return cli_fail(error, "cannot write '%s': %s", path, strerror(errno));
	return true;
}

/* A reader of lines in memory. */
struct reader {
	const char *name;
	const char *at;
	const char *end;
	size_t line; /* number of the line read last */
	struct cli_error *error;
};

/* The next line, as a string in `line`. false: there is none, or it does not end, or does not fit. */
static bool next_line(struct reader *reader, char *line, size_t bytes)
{
	const char *newline = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
	size_t length;

	reader->line++;
	if (!newline)
		return cli_fail(reader->error, "tape '%s' is cut short: it ends in line %zu", reader->name, reader->line);
	length = (size_t)(newline - reader->at);
	if (length >= bytes || memchr(reader->at, '\0', length))
		return cli_fail(reader->error, "tape '%s' is damaged in line %zu", reader->name, reader->line);
	memcpy(line, reader->at, length);
	line[length] = '\0';
	reader->at = newline + 1;
	return true;
}

static bool parse_record(const char *line, struct fm_sim_draw_record *record)
{
	const char *first = strchr(line, ' ');
	const char *second = first ? strchr(first + 1, ' ') : NULL;
	uint64_t site, value;

	if (!second || !hex_parse(line, (size_t)(first - line), &site) ||
	    !hex_parse(first + 1, (size_t)(second - first) - 1, &value) ||
	    !hex_parse(second + 1, strlen(second + 1), &record->chosen))
		return false;
	if (site > UINT32_MAX || value > UINT32_MAX)
		return false;
	record->site = (uint32_t)site;
	record->value = (uint32_t)value;
	return true;
}

/* A line of a word and a number. */
static bool parse_count(struct reader *reader, const char *word, uint64_t most, uint64_t *count)
{
	const size_t length = strlen(word);
	char line[TOKEN_BYTES + 64];
	struct cli_error why;

	if (!next_line(reader, line, sizeof(line)))
		return false;
	if (strncmp(line, word, length) != 0 || line[length] != ' ' ||
	    !number_parse(line + length + 1, word, 0, most, count, &why))
		return cli_fail(reader->error, "tape '%s' is damaged in line %zu: no number of %s", reader->name,
				reader->line, word);
	return true;
}

static bool parse_site(char *line, struct fm_sim_tape *tape)
{
	char *domain = strchr(line, ' ');
	char *name = domain ? strchr(domain + 1, ' ') : NULL;
	struct fm_sim_tape_site site = { .name = "" };
	uint64_t hash;
	unsigned number = 0;

	if (!name || !hex_parse(line, (size_t)(domain - line), &hash) || hash > UINT32_MAX)
		return false;
	*domain++ = '\0';
	*name++ = '\0';
	while (draw_domain_name(number) && strcmp(draw_domain_name(number), domain) != 0)
		number++;
	if (!draw_domain_name(number) || !*name || strlen(name) >= sizeof(site.name))
		return false;
	site.site = (uint32_t)hash;
	site.domain = (enum fm_draw_domain)number;
	strcpy(site.name, name);
	for (unsigned i = 0; i < FM_SIM_TAPE_SITES; i++) {
		struct fm_sim_tape_site *entry = &tape->sites[(site.site + i) % FM_SIM_TAPE_SITES];

		if (entry->name[0])
			continue;
		*entry = site;
		return true;
	}
	return false;
}

static bool parse_head(struct reader *reader, struct token *token, struct fm_sim_tape *tape, uint64_t *draws)
{
	char line[TOKEN_BYTES + 64];
	struct cli_error why;
	uint64_t sites;

	if (!next_line(reader, line, sizeof(line)))
		return false;
	if (strcmp(line, "fermata-tape 2") != 0)
		return cli_fail(reader->error, "tape '%s' has version '%.20s', which is unknown: this program reads 2",
				reader->name, line + sizeof(header));
	if (!next_line(reader, line, sizeof(line)))
		return false;
	if (strncmp(line, "token ", 6) != 0)
		return cli_fail(reader->error, "tape '%s' is damaged in line 2: no token", reader->name);
	if (!token_parse(line + 6, token, &why))
		return cli_fail(reader->error, "tape '%s': %s", reader->name, why.text);
	if (!parse_count(reader, "sites", FM_SIM_TAPE_SITES, &sites))
		return false;
	for (uint64_t i = 0; i < sites; i++) {
		if (!next_line(reader, line, sizeof(line)))
			return false;
		if (!parse_site(line, tape))
			return cli_fail(reader->error, "tape '%s' is damaged in line %zu: no site", reader->name,
					reader->line);
	}
	return parse_count(reader, "draws", SIZE_MAX / 64, draws);
}

static bool parse_records(struct reader *reader, struct fm_sim_tape *tape, uint64_t draws)
{
	char line[64];

	/* A record takes six bytes and more, so that a false count cannot ask for absurd memory. */
	if (draws > (uint64_t)(reader->end - reader->at) / 6)
		return cli_fail(reader->error, "tape '%s' is cut short: it has fewer than %" PRIu64 " draws", reader->name,
				draws);
	tape->records = calloc((size_t)draws + 1, sizeof(*tape->records));
	if (!tape->records)
		return cli_fail(reader->error, "no memory for tape '%s'", reader->name);
	tape->capacity = (size_t)draws + 1;
	for (tape->count = 0; tape->count < draws; tape->count++) {
		if (!next_line(reader, line, sizeof(line)))
			return false;
		if (!parse_record(line, &tape->records[tape->count]))
			return cli_fail(reader->error, "tape '%s' is damaged in line %zu: no draw", reader->name,
					reader->line);
	}
	return true;
}

static bool parse_end(struct reader *reader, const char *text)
{
	const uint64_t sum = checksum(CHECKSUM_INIT, text, (size_t)(reader->at - text));
	char line[64], expected[64];

	if (!next_line(reader, line, sizeof(line)))
		return false;
	snprintf(expected, sizeof(expected), "end %016" PRIx64, sum);
	if (strcmp(line, expected) != 0)
		return cli_fail(reader->error, "tape '%s' is damaged: line %zu should be '%s'", reader->name,
				reader->line, expected);
	if (reader->at != reader->end)
		return cli_fail(reader->error, "tape '%s' is damaged: it goes on after its end", reader->name);
	return true;
}

bool tape_parse(const char *name, const char *text, size_t length, struct token *token, struct fm_sim_tape *tape,
		struct cli_error *error)
{
	struct reader reader = { .name = name, .at = text, .end = text + length, .error = error };
	uint64_t draws;

	*tape = (struct fm_sim_tape){ .records = NULL };
	if (length == 0)
		return cli_fail(error, "'%s' is empty", name);
	if (length < sizeof(header) || memcmp(text, header, sizeof(header) - 1) != 0 ||
	    text[sizeof(header) - 1] != ' ')
		return cli_fail(error, "'%s' is neither a token nor a tape", name);
	if (parse_head(&reader, token, tape, &draws) && parse_records(&reader, tape, draws) && parse_end(&reader, text))
		return true;
	free(tape->records);
	*tape = (struct fm_sim_tape){ .records = NULL };
	return false;
}

static char *read_all(FILE *in, size_t *length)
{
	size_t capacity = 65536;
	char *text = malloc(capacity);

	*length = 0;
	while (text) {
		size_t got = fread(text + *length, 1, capacity - *length, in);
		char *bigger;

		*length += got;
		if (*length < capacity)
			return text;
		capacity *= 2;
		bigger = realloc(text, capacity);
		if (!bigger)
			free(text);
		text = bigger;
	}
	return NULL;
}

bool tape_file_read(const char *path, struct token *token, struct fm_sim_tape *tape, struct cli_error *error)
{
	FILE *in = fopen(path, "r");
	size_t length;
	char *text;
	bool good;

	if (!in && errno == ENOENT)
		return cli_fail(error, "'%.200s' is neither a token nor a file", path);
	if (!in)
		return cli_fail(error, "cannot read '%.200s': %s", path, strerror(errno));
	errno = 0;
	text = read_all(in, &length);
	if (!text || ferror(in)) {
		cli_fail(error, "cannot read '%.200s': %s", path, errno ? strerror(errno) : "no memory");
		good = false;
	} else {
		good = tape_parse(path, text, length, token, tape, error);
	}
	free(text);
	fclose(in);
	return good;
}
