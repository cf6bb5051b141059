/*
 * Every call that is answered: scenario answer/WHAT claims what the answer is. All are rechecked in fresh
 * processes (command.sh), so an answer that is the machine's, and not the run's, is found out even where it
 * happens to fit the claim.
 */
#include "one_task.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define SEC ((int64_t)FM_SEC)
#define START_2020 ((int64_t)1577836800)

static const struct fm_draw_site turn_site = { "turn", FM_DRAW_USER };

/* What is told here goes into the hash. */
static void into_hash(struct fm_sim *sim, uint64_t value)
{
	while (value) {
		fm_sim_draw(sim, &turn_site, 2 + value % 1000);
		value /= 1000;
	}
}

static int64_t ns_of(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * SEC + now.tv_nsec;
}

/* The task sleeps for a millisecond before it looks, and virtual time began at 1 s. */
ONE_TASK(clocks, "answer/clocks", "every clock shows virtual time")
{
	const int64_t wall_ns = START_2020 * SEC + SEC + (int64_t)FM_MS, monotonic_ns = SEC + (int64_t)FM_MS;
	struct timeval day;
	struct timespec spec;
	struct rusage usage;
	struct tms used;
	time_t stored;

	FM_SIM_CHECK(sim, ns_of(CLOCK_REALTIME) == wall_ns, "wall clock %lld", (long long)ns_of(CLOCK_REALTIME));
	FM_SIM_CHECK(sim, ns_of(CLOCK_REALTIME_COARSE) == wall_ns, "coarse wall clock");
	FM_SIM_CHECK(sim, ns_of(CLOCK_MONOTONIC) == monotonic_ns, "monotonic %lld", (long long)ns_of(CLOCK_MONOTONIC));
	FM_SIM_CHECK(sim, ns_of(CLOCK_MONOTONIC_RAW) == monotonic_ns && ns_of(CLOCK_BOOTTIME) == monotonic_ns, "raw, boot");
	FM_SIM_CHECK(sim, ns_of(CLOCK_THREAD_CPUTIME_ID) == (int64_t)FM_MS, "CPU time");
	FM_SIM_CHECK(sim, gettimeofday(&day, NULL) == 0 && day.tv_sec == wall_ns / SEC && day.tv_usec == 1000, "gettimeofday");
	FM_SIM_CHECK(sim, time(&stored) == wall_ns / SEC && stored == wall_ns / SEC, "time");
	FM_SIM_CHECK(sim, timespec_get(&spec, TIME_UTC) == TIME_UTC && spec.tv_sec == wall_ns / SEC, "timespec_get");
	FM_SIM_CHECK(sim, clock_getres(CLOCK_MONOTONIC, &spec) == 0 && spec.tv_nsec == 1, "clock_getres");
	FM_SIM_CHECK(sim, clock() == CLOCKS_PER_SEC / 1000, "clock %ld", (long)clock());
	FM_SIM_CHECK(sim, times(&used) == 0 && used.tms_utime == 0, "times");
	FM_SIM_CHECK(sim, getrusage(RUSAGE_SELF, &usage) == 0 && usage.ru_utime.tv_usec == 1000 && usage.ru_maxrss == 0, "getrusage");
}

/* One hour ahead, and two back; the monotonic clock stays. */
static struct fm_sim_host *jumping;

static void looks_at_jumps(struct fm_sim *sim)
{
	const int64_t wall_s = ns_of(CLOCK_REALTIME) / SEC, monotonic_ns = ns_of(CLOCK_MONOTONIC);

	fm_sim_wall_jump(jumping, 3600 * SEC);
	FM_SIM_CHECK(sim, time(NULL) == wall_s + 3600, "an hour ahead");
	fm_sim_wall_jump(jumping, -100 * SEC * 366 * 86400);
	FM_SIM_CHECK(sim, time(NULL) == wall_s + 3600 - (int64_t)100 * 366 * 86400, "before 1970: %lld", (long long)time(NULL));
	FM_SIM_CHECK(sim, ns_of(CLOCK_MONOTONIC) == monotonic_ns, "the monotonic clock jumped");
}

static void jumps_setup(struct fm_sim *sim, void *state)
{
	(void)state;
	jumping = fm_sim_host(sim, "left");
	fm_sim_start(one_task_new(jumping, looks_at_jumps));
}

FM_SCENARIO(jumps) = {
	.name = "answer/wall-jumps",
	.claim = "the wall clock jumps, the monotonic one does not",
	.deadline_ns = FM_HOUR,
	.setup = jumps_setup,
};

ONE_TASK(randoms, "answer/random", "random numbers are the seed's")
{
	unsigned char bytes[24] = { 0 }, many[257];
	unsigned own = 7;

	into_hash(sim, (uint64_t)rand());
	into_hash(sim, (uint64_t)random());
	into_hash(sim, (uint64_t)lrand48());
	into_hash(sim, (uint32_t)mrand48());
	into_hash(sim, (uint64_t)(drand48() * 1e9));
	into_hash(sim, (uint64_t)rand_r(&own));
	FM_SIM_CHECK(sim, getrandom(bytes, 8, 0) == 8 && getentropy(bytes + 8, 8) == 0, "no random bytes");
	FM_SIM_CHECK(sim, getentropy(many, sizeof(many)) == -1, "more than getentropy gives");
#if __GLIBC_PREREQ(2, 36)
	arc4random_buf(bytes + 16, 8);
	into_hash(sim, arc4random());
	FM_SIM_CHECK(sim, arc4random_uniform(10) < 10, "not below ten");
#endif
	for (unsigned i = 0; i < sizeof(bytes); i++)
		into_hash(sim, bytes[i]);
}

ONE_TASK(seeded, "answer/srand", "the same seed gives the same numbers again")
{
	int first[8];

	srand((unsigned)time(NULL));
	for (int i = 0; i < 8; i++)
		first[i] = rand();
	FM_SIM_CHECK(sim, first[0] != first[1] || first[1] != first[2], "no random numbers");
	srand((unsigned)time(NULL));
	for (int i = 0; i < 8; i++)
		FM_SIM_CHECK(sim, rand() == first[i], "another number");
	srandom(5);
	first[0] = (int)random();
	srand48(5);
	(void)lrand48();
	srandom(5);
	FM_SIM_CHECK(sim, random() == first[0], "another number");
}

/* With strategy fifo every draw is 0. */
ONE_TASK(plain, "plain/random", "the plainest random number is 0")
{
	unsigned char byte = 1;

	FM_SIM_CHECK(sim, rand() == 0 && random() == 0 && lrand48() == 0, "not 0");
	FM_SIM_CHECK(sim, getrandom(&byte, 1, 0) == 1 && byte == 0, "not 0");
}

ONE_TASK(identity, "answer/identity", "who the program is does not depend on the machine")
{
	struct utsname system;
	char name[16];

	FM_SIM_CHECK(sim, getpid() == 1001 && getppid() == 1 && gettid() == 1001, "process %d", getpid());
	FM_SIM_CHECK(sim, getuid() == 1000 && geteuid() == 1000 && getgid() == 1000 && getegid() == 1000, "user");
	FM_SIM_CHECK(sim, gethostname(name, sizeof(name)) == 0 && strcmp(name, "left") == 0, "host name %s", name);
	FM_SIM_CHECK(sim, gethostname(name, 4) == -1, "a name of 4 has no room in 4");
	FM_SIM_CHECK(sim, uname(&system) == 0 && strcmp(system.nodename, "left") == 0, "uname");
	FM_SIM_CHECK(sim, sysconf(_SC_NPROCESSORS_ONLN) == 1 && get_nprocs() == 1 && sched_getcpu() == 0, "processors");
	FM_SIM_CHECK(sim, get_nprocs_conf() == 1 && sysconf(_SC_PHYS_PAGES) == 262144, "machine");
	FM_SIM_CHECK(sim, sysconf(_SC_PAGESIZE) > 0, "what is the same on each machine");
}

static void looks_at_variables(struct fm_sim *sim)
{
	FM_SIM_CHECK(sim, !getenv("PATH") && !getenv("KEPT") && !secure_getenv("PATH"), "variables of the process");
	FM_SIM_CHECK(sim, getenv("GIVEN") && strcmp(getenv("GIVEN"), "by setup") == 0, "setup's variable");
	FM_SIM_CHECK(sim, setenv("KEPT", "one", 1) == 0 && setenv("KEPT", "two", 0) == 0, "setenv");
	FM_SIM_CHECK(sim, strcmp(getenv("KEPT"), "one") == 0, "not overwritten");
	FM_SIM_CHECK(sim, putenv((char *)"PUT=there") == 0 && strcmp(getenv("PUT"), "there") == 0, "putenv");
	FM_SIM_CHECK(sim, unsetenv("GIVEN") == 0 && !getenv("GIVEN"), "unsetenv");
	FM_SIM_CHECK(sim, setenv("A=B", "", 1) == -1, "not a name");
	FM_SIM_CHECK(sim, getenv("PU") == NULL, "part of a name");
	FM_SIM_CHECK(sim, clearenv() == 0 && !getenv("PUT"), "clearenv");
	setenv("KEPT", "until the next run, if it leaked", 1);
}

static void variables_setup(struct fm_sim *sim, void *state)
{
	(void)state;
	FM_SIM_CHECK(sim, getenv("FERMATA_TEST") != NULL, "in setup the process's variables are there");
	setenv("GIVEN", "by setup", 1);
	fm_sim_start(one_task_new(fm_sim_host(sim, "left"), looks_at_variables));
}

FM_SCENARIO(variables) = {
	.name = "answer/variables",
	.claim = "a run has variables of its own",
	.deadline_ns = FM_HOUR,
	.setup = variables_setup,
};

/* Files that are files are read as ever. */
ONE_TASK(files, "answer/files", "a plain file is read")
{
	FILE *file = fopen("/etc/passwd", "r");
	char line[200];

	FM_SIM_CHECK(sim, file && fgets(line, sizeof(line), file), "no line");
	fclose(file);
}

static void looks_away(struct fm_sim *sim)
{
	(void)sim;
}

/* Outside of polls the clocks are real: the second run sees that. */
static void reads_clock_setup(struct fm_sim *sim, void *state)
{
	struct timespec now;

	(void)state;
	clock_gettime(CLOCK_REALTIME, &now);
	into_hash(sim, (uint64_t)now.tv_nsec);
	fm_sim_start(one_task_new(fm_sim_host(sim, "left"), looks_away));
}

FM_SCENARIO(setup_clock) = {
	.name = "undetermined/clock-in-setup",
	.claim = "setup does not read the clock",
	.deadline_ns = FM_HOUR,
	.setup = reads_clock_setup,
};
