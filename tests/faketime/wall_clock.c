/*
 * The wall clock jumps by a day and back, and to 2038, while timers keep their time: for real, under libfaketime.
 *
 * libfaketime is preloaded and reads FAKETIME anew at each call (FAKETIME_NO_CACHE=1), so that setenv moves the clock under the
 * running program; the monotonic clock is left alone (DONT_FAKE_MONOTONIC=1), as the kernel does when somebody sets the time.
 */
#include "suite.h"

#include <fm/async.h>
#include <fm/env.h>
#include <fm/executor.h>
#include <fm/sleep.h>
#include <stdlib.h>
#include <time.h>

#define NAP_NS (30 * FM_MS)
#define LATE_NS (2 * FM_SEC) /* on a busy machine; a day would be later still */
#define DAY_S ((int64_t)24 * 3600)

struct napper {
	struct fm_async async;
	const char *jump; /* where FAKETIME points while it sleeps */
	struct fm_sleep sleep;
	fm_ns before_ns;
	fm_ns after_ns;
	int64_t wall_before_s;
	int64_t wall_during_s;
};

FM_ASYNC(napper)
{
	FM_BEGIN;
	self->wall_before_s = fm_wall_ns() / (int64_t)FM_SEC;
	self->before_ns = fm_now();
	setenv("FAKETIME", self->jump, 1);
	self->wall_during_s = fm_wall_ns() / (int64_t)FM_SEC;
	FM_AWAIT(fm_sleep_init(&self->sleep, NAP_NS));
	self->after_ns = fm_now();
	setenv("FAKETIME", "+0", 1);
	FM_END;
}

static struct napper nap_through(const char *jump)
{
	struct napper napper = { .jump = jump };

	setenv("FAKETIME", "+0", 1);
	FM_ASYNC_INIT(&napper, napper);
	ck_assert_int_eq(fm_run(&napper.async.fut), FM_OK);
	ck_assert_msg(napper.after_ns - napper.before_ns >= NAP_NS, "the timer fired %llu ns early",
		      (unsigned long long)(NAP_NS - (napper.after_ns - napper.before_ns)));
	ck_assert_msg(napper.after_ns - napper.before_ns < LATE_NS, "the timer fired after %llu ms",
		      (unsigned long long)((napper.after_ns - napper.before_ns) / FM_MS));
	return napper;
}

START_TEST(preload_took_effect)
{
	const struct napper napper = nap_through("+10d");
	const int64_t jumped_s = napper.wall_during_s - napper.wall_before_s;

	ck_assert_msg(jumped_s >= 10 * DAY_S && jumped_s < 11 * DAY_S,
		      "the wall clock went by %lld s: is libfaketime preloaded?", (long long)jumped_s);
}
END_TEST

START_TEST(a_day_ahead)
{
	const struct napper napper = nap_through("+1d");

	ck_assert_int_ge(napper.wall_during_s, napper.wall_before_s + DAY_S);
}
END_TEST

START_TEST(a_day_back)
{
	const struct napper napper = nap_through("-1d");

	ck_assert_int_le(napper.wall_during_s, napper.wall_before_s - DAY_S + 60);
}
END_TEST

START_TEST(past_the_end_of_32_bits)
{
	const struct napper napper = nap_through("2038-01-19 12:00:00");

	ck_assert_int_gt(napper.wall_during_s, (int64_t)INT32_MAX);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("wall clock");
	TCase *jumps = tcase_create("jumps");

	tcase_add_test(jumps, preload_took_effect);
	tcase_add_test(jumps, a_day_ahead);
	tcase_add_test(jumps, a_day_back);
	tcase_add_test(jumps, past_the_end_of_32_bits);
	suite_add_tcase(suite, jumps);
	return suite;
}
