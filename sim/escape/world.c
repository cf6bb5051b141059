/*
 * The answers. A random number is a draw, so that seeds explore it and tapes keep it, and 0 is the plainest; after
 * srand it is the sequence of that seed, since the same seed must give the same again. A run begins with no
 * environment variables: what its setup and its programs set is there until it ends. Price: a host's clocks are
 * asked through its environment, as fm_now does.
 */
#include "world.h"

#include "../core/internal.h"

#include <string.h>

static const struct fm_draw_site *site_of(const char *call)
{
	static const struct fm_draw_site sites[] = {
		{ "rand", FM_DRAW_USER },	 { "random", FM_DRAW_USER },	  { "drand48", FM_DRAW_USER },
		{ "getrandom", FM_DRAW_USER }, { "getentropy", FM_DRAW_USER }, { "arc4random", FM_DRAW_USER },
	};

	for (size_t i = 0; i < FM_COUNT_OF(sites); i++)
		if (strcmp(call, sites[i].name) == 0)
			return &sites[i];
	return &sites[0];
}

static struct timespec of_ns(int64_t ns)
{
	const int64_t second = (int64_t)FM_SEC;
	const int64_t whole = ns / second - (ns % second < 0);

	return (struct timespec){ .tv_sec = (time_t)whole, .tv_nsec = (long)(ns - whole * second) };
}

bool sim__world_time(clockid_t clock, struct timespec *now)
{
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_TAI:
		*now = of_ns(fm_wall_ns());
		return true;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
		*now = of_ns((int64_t)fm_now());
		return true;
	case CLOCK_PROCESS_CPUTIME_ID:
	case CLOCK_THREAD_CPUTIME_ID:
		*now = of_ns((int64_t)sim__world_cpu_ns());
		return true;
	default:
		return false;
	}
}

fm_ns sim__world_cpu_ns(void)
{
	return fm_sim_elapsed(sim__here);
}

uint64_t sim__world_random(const char *call, uint64_t n)
{
	return sim__draw(sim__here, sim__actor(sim__here), site_of(call), n);
}

void sim__world_random_bytes(const char *call, void *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		((unsigned char *)bytes)[i] = (unsigned char)sim__world_random(call, 256);
}

void sim__world_srand(uint64_t seed)
{
	sim__here->rand_seeded = true;
	sim__here->rand_state = sim__mix(seed ^ 0x7372616e64);
}

uint64_t sim__world_rand(const char *call, uint64_t n)
{
	struct fm_sim *sim = sim__here;

	if (!sim->rand_seeded)
		return sim__world_random(call, n);
	sim->rand_state += 0x9e3779b97f4a7c15u;
	return (uint64_t)(((unsigned __int128)sim__mix(sim->rand_state) * n) >> 64);
}

bool sim__world_has_variables(void)
{
	return sim__here && sim__here->running && (sim__here->in_setup || fm_task_current());
}

static char **slot_of(struct fm_sim *sim, const char *name, size_t name_chars)
{
	for (size_t i = 0; i < sim->variables_count; i++)
		if (strncmp(sim->variables[i], name, name_chars) == 0 && sim->variables[i][name_chars] == '=')
			return &sim->variables[i];
	return NULL;
}

const char *sim__world_variable(const char *name, size_t name_chars)
{
	char **slot = slot_of(sim__here, name, name_chars);

	return slot ? *slot + name_chars + 1 : NULL;
}

void sim__world_set(const char *name, size_t name_chars, const char *value)
{
	struct fm_sim *sim = sim__here;
	char **slot = slot_of(sim, name, name_chars);
	char *text;

	if (!value) {
		if (slot) {
			sim__own_free(*slot);
			*slot = sim->variables[--sim->variables_count];
		}
		return;
	}
	text = sim__own_alloc(name_chars + strlen(value) + 2);
	memcpy(text, name, name_chars);
	text[name_chars] = '=';
	strcpy(text + name_chars + 1, value);
	if (slot) {
		sim__own_free(*slot);
		*slot = text;
		return;
	}
	if (sim->variables_count == sim->variables_cap)
		sim->variables = sim__own_grow(sim->variables, &sim->variables_cap, sizeof(*sim->variables),
					       sim->variables_count + 1);
	sim->variables[sim->variables_count++] = text;
}

void sim__world_clear(void)
{
	struct fm_sim *sim = sim__here;

	while (sim->variables_count > 0)
		sim__own_free(sim->variables[--sim->variables_count]);
}

unsigned sim__world_host(void)
{
	return sim__host(fm_env_current())->number;
}

const char *sim__world_host_name(void)
{
	return sim__host(fm_env_current())->name;
}

void sim__world_close(struct fm_sim *sim)
{
	while (sim->variables_count > 0)
		sim__own_free(sim->variables[--sim->variables_count]);
	sim__own_free(sim->variables);
}
