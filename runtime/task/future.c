/* Watched polls, dropping, and what happens when the contract of a future is broken. */
#include "internal.h"

void fm__contract_broken_poll(struct fm_future *future)
{
	if (future->self == FM__FUTURE_READY)
		fm_contract_broken(future, "polled after READY");
	if (future->self == FM__FUTURE_DROPPED)
		fm_contract_broken(future, "polled after it was dropped");
	if ((future->self & ~FM__FUTURE_WATCHED) == (fm__future_place(future) | FM__FUTURE_POLLING))
		fm_contract_broken(future, "polled from within its own poll");
	fm_contract_broken(future, "moved after its first poll, or never initialised");
}

/* Watched until now, and no longer. Out of line, so that the watched poll is a jump. */
static __attribute__((noinline)) enum fm_poll watched_no_longer(struct fm_future *future, struct fm_context *cx)
{
	if (future->self != (fm__future_place(future) | FM__FUTURE_WATCHED) && future->self != FM__FUTURE_FRESH)
		fm__contract_broken_poll(future);
	future->self = fm__future_place(future);
	return fm_poll(future, cx);
}

enum fm_poll fm__poll_watched(uint32_t place, struct fm_future *future, struct fm_context *cx)
{
	bool sound;

	place |= FM__FUTURE_WATCHED;
	sound = future->self == place || future->self == FM__FUTURE_FRESH;
	if (FM_LIKELY(sound && cx->observer != NULL))
		return cx->observer->ops->poll(cx->observer, future, cx, place);
	return watched_no_longer(future, cx);
}

void fm_drop(struct fm_future *future)
{
	const uint32_t place = fm__future_place(future);
	const uint32_t self = future->self & ~FM__FUTURE_WATCHED;

	if (self == FM__FUTURE_READY)
		return;
	if (FM_UNLIKELY(self != place && self != FM__FUTURE_FRESH)) {
		if (self == FM__FUTURE_DROPPED)
			fm_contract_broken(future, "dropped twice");
		if (self != (place | FM__FUTURE_POLLING))
			fm_contract_broken(future, "dropped where it was not polled: it was moved");
		if (!fm__here || !fm__here->unwinding)
			fm_contract_broken(future, "dropped from within its own poll");
	}
	if (FM_UNLIKELY(fm__observer_here != NULL))
		fm__observer_here->ops->drop(fm__observer_here, future);
	future->self = FM__FUTURE_DROPPED;
	if (future->ops->drop) {
		const struct fm__uncontained was = fm__uncontain();

		future->ops->drop(future);
		fm__recontain(was);
	}
}
