/*
 * A program that embeds the simulator, without fermata_main: nothing stands between it and the C library. Where
 * libfaketime is preloaded the shared library sees virtual time all the same; where it is not, real time, and the
 * claim is broken. Exit status 0: it held.
 */
#include <fm_sim/sim.h>

#include <string.h>

int main(void)
{
	const struct fm_sim_scenario *const *scenarios;
	static struct fm_sim_result result;

	if (fm_sim_scenarios(&scenarios) != 1)
		return 2;
	for (uint64_t seed = 0; seed < 20; seed++) {
		fm_sim_run(scenarios[0], &(struct fm_sim_options){ .seed = seed }, &result);
		if (result.verdict == FM_SIM_PASSED)
			continue;
		puts(result.failure.cause);
		return strcmp(result.failure.oracle, "claim") == 0 ? 1 : 2;
	}
	puts("the library saw virtual time");
	return 0;
}
