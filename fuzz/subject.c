/*
 * The libFuzzer target of all subjects: fuzz_subject [flags and folders] -- NAME. Its input is the draws of a run.
 */
#include "fuzz.h"

#include <fm_sim/fuzz.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);

/* What stands behind "--" is not libFuzzer's. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	for (int i = 1; i + 1 < *argc; i++) {
		if (strcmp((*argv)[i], "--") != 0)
			continue;
		if (!fm_sim_fuzz_open((*argv)[i + 1]))
			exit(2);
		*argc = i;
		return 0;
	}
	fputs("usage: fuzz_subject [flags and folders of libFuzzer] -- NAME\n", stderr);
	exit(2);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	fm_sim_fuzz_one(bytes, count);
	return 0;
}
