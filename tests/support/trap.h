/*
 * A trap: a hand whose fatal comes back to the test, so that a broken contract can be tested without a fork.
 * It also keeps what was drawn last. What the trapped call was doing is left as it was: use the objects no more.
 */
#ifndef TESTS_SUPPORT_TRAP_H
#define TESTS_SUPPORT_TRAP_H

#include "hand.h"

#include <check.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

static struct {
	struct fm_env_ops ops;
	uint64_t (*draw)(struct fm_env *env, const struct fm_draw_site *site, uint64_t n);
	jmp_buf back;
	bool armed;
	enum fm_fatal_kind kind;
	char message[512];
	uint64_t drawn_below; /* n of the last draw that was not the budget's */
	const char *drawn_at;
} trap;

static inline void trap_fatal(struct fm_env *env, const struct fm_fatal *fatal)
{
	(void)env;
	trap.kind = fatal->kind;
	snprintf(trap.message, sizeof(trap.message), "%s", fatal->message);
	if (!trap.armed)
		ck_abort_msg("fatal: %s", trap.message);
	trap.armed = false;
	longjmp(trap.back, 1);
}

static inline uint64_t trap_draw(struct fm_env *env, const struct fm_draw_site *site, uint64_t n)
{
	if (strcmp(site->name, "budget") != 0) {
		trap.drawn_below = n;
		trap.drawn_at = site->name;
	}
	return trap.draw(env, site, n);
}

/* After hand_open. */
static inline void trap_open(struct hand *hand)
{
	memset(&trap, 0, sizeof(trap));
	trap.ops = *hand->env.ops;
	trap.draw = trap.ops.draw;
	trap.ops.fatal = trap_fatal;
	trap.ops.draw = trap_draw;
	hand->env.ops = &trap.ops;
}

/* The statement must be fatal, with a message that contains `text`. */
#define ASSERT_FATAL(kind_, text, ...)                                                             \
	do {                                                                                       \
		trap.armed = true;                                                                 \
		if (setjmp(trap.back) == 0) {                                                      \
			__VA_ARGS__;                                                               \
			ck_abort_msg("not fatal: %s", #__VA_ARGS__);                               \
		}                                                                                  \
		ck_assert_int_eq(trap.kind, (kind_));                                              \
		ck_assert_msg(strstr(trap.message, (text)) != NULL, "it said: %s", trap.message);  \
	} while (0)

#endif
