/*
 * Random numbers of the C library, answered from the run's draws: the plainest is 0, and a tape keeps them.
 * Generators whose state is the caller's (rand_r, erand48, random_r) are left alone: they are as deterministic as
 * that state is.
 */
#include "seam.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

ESCAPE_FILE(random)

#define BITS_31 ((uint64_t)1 << 31)
#define BITS_32 ((uint64_t)1 << 32)
#define STATE_IS_HIDDEN "its numbers are those of a state that all runs share; ask fm_random or rand"

int rand(void) SEAM;
void srand(unsigned seed) SEAM;
long random(void) SEAM;
void srandom(unsigned seed) SEAM;
char *initstate(unsigned seed, char *state, size_t bytes) SEAM;
char *setstate(char *state) SEAM;
double drand48(void) SEAM;
long lrand48(void) SEAM;
long mrand48(void) SEAM;
void srand48(long seed) SEAM;
ssize_t getrandom(void *bytes, size_t count, unsigned flags) SEAM;
int getentropy(void *bytes, size_t count) SEAM;

int rand(void)
{
	NEXT(rand)

	return sim__is_polling() ? (int)sim__world_rand("rand", (uint64_t)RAND_MAX + 1) : next();
}

void srand(unsigned seed)
{
	NEXT(srand)

	if (sim__is_polling())
		sim__world_srand(seed);
	else
		next(seed);
}

long random(void)
{
	NEXT(random)

	return sim__is_polling() ? (long)sim__world_rand("random", BITS_31) : next();
}

void srandom(unsigned seed)
{
	NEXT(srandom)

	if (sim__is_polling())
		sim__world_srand(seed);
	else
		next(seed);
}

char *initstate(unsigned seed, char *state, size_t bytes)
{
	NEXT(initstate)
	ESCAPES(initstate, STATE_IS_HIDDEN);
	return next(seed, state, bytes);
}

char *setstate(char *state)
{
	NEXT(setstate)
	ESCAPES(setstate, STATE_IS_HIDDEN);
	return next(state);
}

double drand48(void)
{
	NEXT(drand48)

	return sim__is_polling() ? (double)sim__world_rand("drand48", BITS_31) / (double)BITS_31 : next();
}

long lrand48(void)
{
	NEXT(lrand48)

	return sim__is_polling() ? (long)sim__world_rand("drand48", BITS_31) : next();
}

long mrand48(void)
{
	NEXT(mrand48)

	return sim__is_polling() ? (long)(int32_t)(uint32_t)sim__world_rand("drand48", BITS_32) : next();
}

void srand48(long seed)
{
	NEXT(srand48)

	if (sim__is_polling())
		sim__world_srand((uint64_t)seed);
	else
		next(seed);
}

ssize_t getrandom(void *bytes, size_t count, unsigned flags)
{
	NEXT(getrandom)

	if (!sim__is_polling())
		return next(bytes, count, flags);
	sim__world_random_bytes("getrandom", bytes, count);
	return (ssize_t)count;
}

int getentropy(void *bytes, size_t count)
{
	NEXT(getentropy)

	if (!sim__is_polling())
		return next(bytes, count);
	if (count > 256) {
		errno = EIO;
		return -1;
	}
	sim__world_random_bytes("getentropy", bytes, count);
	return 0;
}

#if __GLIBC_PREREQ(2, 36)
uint32_t arc4random(void) SEAM;
void arc4random_buf(void *bytes, size_t count) SEAM;
uint32_t arc4random_uniform(uint32_t n) SEAM;

uint32_t arc4random(void)
{
	NEXT(arc4random)

	return sim__is_polling() ? (uint32_t)sim__world_random("arc4random", BITS_32) : next();
}

void arc4random_buf(void *bytes, size_t count)
{
	NEXT(arc4random_buf)

	if (sim__is_polling())
		sim__world_random_bytes("arc4random", bytes, count);
	else
		next(bytes, count);
}

uint32_t arc4random_uniform(uint32_t n)
{
	NEXT(arc4random_uniform)

	return sim__is_polling() ? (uint32_t)sim__world_random("arc4random", n) : next(n);
}
#endif
