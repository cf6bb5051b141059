/*
 * What the program is told instead of what the machine would say: clocks, random numbers, environment variables,
 * who it is. All of it belongs to the run under way, which must be polling, or in its setup where that is said.
 */
#ifndef SIM_ESCAPE_WORLD_H
#define SIM_ESCAPE_WORLD_H

#include <fm/base.h>

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct fm_sim;

/* sim__world_time -- what a clock of the polling host shows. false: there is no such clock. */
bool sim__world_time(clockid_t clock, struct timespec *now);
/* Virtual time since the run began: the program is taken to have computed all the while. */
fm_ns sim__world_cpu_ns(void);

/* sim__world_random -- a value below n, at most 2^32, drawn under the name of the call. */
uint64_t sim__world_random(const char *call, uint64_t n);
void sim__world_random_bytes(const char *call, void *bytes, size_t count);
/* srand: from now on rand is the sequence of that seed. sim__world_rand -- below n: of that sequence, or drawn. */
void sim__world_srand(uint64_t seed);
uint64_t sim__world_rand(const char *call, uint64_t n);

/* Whether variables are the run's: in a poll, and in setup. */
bool sim__world_has_variables(void);
const char *sim__world_variable(const char *name, size_t name_chars); /* NULL: not set in this run */
void sim__world_set(const char *name, size_t name_chars, const char *value); /* value NULL: unset */
void sim__world_clear(void);

/* The polling host's number, from 1, and name. */
unsigned sim__world_host(void);
const char *sim__world_host_name(void);

/* The run ends: give back what it kept. */
void sim__world_close(struct fm_sim *sim);

#endif
