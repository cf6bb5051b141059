/*
 * fm/probe.h -- what must always, sometimes, or at all happen, said where it happens.
 *
 * FM_ALWAYS is a claim that ends the program where it does not hold. FM_SOMETIMES and FM_REACHABLE never do: they count,
 * and whoever tests the program asks afterwards, over all runs together, which of them were never hit (`run
 * --require-probes`, `report`): a test that never comes to the full queue says nothing about full queues. Each probe
 * is one static record that the linker gathers, so that those never reached are known too.
 * Cost, in every build: one relaxed atomic increment.
 */
#ifndef FM_PROBE_H
#define FM_PROBE_H

#include <fm/base.h>

enum fm_probe_kind {
	FM_PROBE_ALWAYS,
	FM_PROBE_SOMETIMES,
	FM_PROBE_REACHABLE,
};

/* Identity is file, line, kind and claim; where a header's probe is linked several times, they count as one. */
struct fm_probe {
	const char *file;
	const char *claim; /* in the user's words */
	uint32_t line;
	enum fm_probe_kind kind;
	uint64_t hits;   /* it held, or was reached */
	uint64_t misses; /* it was looked at and did not hold */
};

/* All probes linked into the program, in no order that means anything. */
extern struct fm_probe *const __start_fm_probes[] __attribute__((weak));
extern struct fm_probe *const __stop_fm_probes[] __attribute__((weak));

void fm__claim_broken(const char *file, int line, const char *claim, const char *condition)
	__attribute__((noreturn, cold));

#define FM__PROBE(kind_, claim_)                                                                   \
	static struct fm_probe fm__probe = { __FILE__, claim_, __LINE__, (kind_), 0, 0 };          \
	static struct fm_probe *const fm__probe_ref                                                \
		__attribute__((section("fm_probes"), used)) = &fm__probe

#define FM__PROBE_COUNT(counter) ((void)__atomic_fetch_add(&fm__probe.counter, 1, __ATOMIC_RELAXED))

/* A claim that must hold whenever it is looked at, in every build. `claim` is a string literal. */
#define FM_ALWAYS(condition, claim)                                                                \
	do {                                                                                       \
		FM__PROBE(FM_PROBE_ALWAYS, claim);                                                 \
		if (FM_UNLIKELY(!(condition)))                                                     \
			fm__claim_broken(__FILE__, __LINE__, (claim), #condition);                 \
		FM__PROBE_COUNT(hits);                                                             \
	} while (0)

/* Something that some run must show: the condition holds at least once, over all of them. */
#define FM_SOMETIMES(condition, claim)                                                             \
	do {                                                                                       \
		FM__PROBE(FM_PROBE_SOMETIMES, claim);                                              \
		if (condition)                                                                     \
			FM__PROBE_COUNT(hits);                                                     \
		else                                                                               \
			FM__PROBE_COUNT(misses);                                                   \
	} while (0)

/* A place that some run must come to. */
#define FM_REACHABLE(claim)                                                                        \
	do {                                                                                       \
		FM__PROBE(FM_PROBE_REACHABLE, claim);                                              \
		FM__PROBE_COUNT(hits);                                                             \
	} while (0)

#endif
