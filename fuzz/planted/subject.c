/* The turnstile as a subject, without a model: a missed wake needs none. */
#include "turnstile.h"

#include <fm_sim/subject.h>

static int make_forgetful(void *thing)
{
	turnstile_init(thing, true);
	return FM_OK;
}

static int make_sound(void *thing)
{
	turnstile_init(thing, false);
	return FM_OK;
}

static struct fm_future *pass(struct fm_subject_at *at)
{
	return turnstile_pass_init(at->future, at->thing);
}

static void coin(struct fm_subject_at *at)
{
	turnstile_coin(at->thing);
}

FM_SUBJECT(turnstile_broken, "planted/turnstile/broken", "a coin lets through one who waits") = {
	.thing_bytes = sizeof(struct turnstile),
	.make = make_forgetful,
	.operations = { FM_SUBJECT_FUTURE(pass, struct turnstile_pass), FM_SUBJECT_CALL(coin, .in_wakers = true) },
};

FM_SUBJECT(turnstile_fixed, "planted/turnstile/fixed", "a coin lets through one who waits") = {
	.thing_bytes = sizeof(struct turnstile),
	.make = make_sound,
	.operations = { FM_SUBJECT_FUTURE(pass, struct turnstile_pass), FM_SUBJECT_CALL(coin, .in_wakers = true) },
};
