/*
 * The AFL++ target of all subjects: afl_subject NAME [FILE...], in persistent mode, inputs in shared memory. Its input is the
 * draws of a run. With files it runs each of them once, to see again what was found.
 */
#include <fm_sim/fuzz.h>

#include <stdio.h>
#include <unistd.h>

#define RUNS_A_PROCESS 100000

__AFL_FUZZ_INIT();

static int run_files(char **files)
{
	static uint8_t bytes[1 << 20];

	for (; *files; files++) {
		FILE *file = fopen(*files, "rb");
		size_t count;

		if (!file) {
			perror(*files);
			return 2;
		}
		count = fread(bytes, 1, sizeof(bytes), file);
		fclose(file);
		fm_sim_fuzz_one(bytes, count);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fputs("usage: afl_subject NAME [FILE...]\n", stderr);
		return 2;
	}
	if (!fm_sim_fuzz_open(argv[1]))
		return 2;
	if (argc > 2)
		return run_files(argv + 2);
	__AFL_INIT();
	{
		const uint8_t *bytes = __AFL_FUZZ_TESTCASE_BUF;

		while (__AFL_LOOP(RUNS_A_PROCESS))
			fm_sim_fuzz_one(bytes, (size_t)__AFL_FUZZ_TESTCASE_LEN);
	}
	return 0;
}
