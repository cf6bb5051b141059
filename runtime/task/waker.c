/*
 * Wakers: a task's are counted in the task itself; a wakeable's operations are its own.
 *
 * The lowest bit tells them apart, so that the common case, a task, costs no indirect call.
 */
#include "internal.h"

struct fm_waker fm_waker_clone(struct fm_waker waker)
{
	struct fm_wakeable *wakeable = fm_waker_wakeable(waker);

	if (wakeable)
		return wakeable->ops->clone(wakeable);
	if (!fm_waker_is_none(waker))
		fm__task_ref_any_thread((struct fm_task *)waker.bits);
	return waker;
}

/* Within a contained task. Out of line, so that the common wake is a jump. */
static __attribute__((noinline)) void wake_uncontained(struct fm_wakeable *wakeable)
{
	const struct fm__uncontained was = fm__uncontain();

	wakeable->ops->wake(wakeable);
	fm__recontain(was);
}

static inline void wake_wakeable(struct fm_wakeable *wakeable)
{
	if (FM_UNLIKELY(fm__here && fm__here->contain))
		wake_uncontained(wakeable);
	else
		wakeable->ops->wake(wakeable);
}

void fm_waker_wake_by_ref(struct fm_waker waker)
{
	if (waker.bits & 1)
		wake_wakeable(fm_waker_wakeable(waker));
	else if (!fm_waker_is_none(waker))
		fm__task_wake((struct fm_task *)waker.bits);
}

void fm_waker_drop(struct fm_waker *waker)
{
	const struct fm_waker taken = *waker;
	struct fm_wakeable *wakeable = fm_waker_wakeable(taken);

	*waker = FM_WAKER_NONE;
	if (wakeable)
		wakeable->ops->drop(wakeable);
	else if (!fm_waker_is_none(taken))
		fm__task_unref_any_thread((struct fm_task *)taken.bits);
}

void fm_waker_wake(struct fm_waker *waker)
{
	const struct fm_waker taken = *waker;
	struct fm_wakeable *wakeable;

	*waker = FM_WAKER_NONE;
	if (FM_LIKELY(!(taken.bits & 1))) {
		if (!fm_waker_is_none(taken))
			fm__task_wake_and_unref((struct fm_task *)taken.bits);
		return;
	}
	wakeable = fm_waker_wakeable(taken);
	wake_wakeable(wakeable);
	wakeable->ops->drop(wakeable);
}

bool fm_waker_will_wake(struct fm_waker a, struct fm_waker b)
{
	struct fm_wakeable *wakeable = fm_waker_wakeable(a);

	if (a.bits == b.bits)
		return !fm_waker_is_none(a);
	return wakeable != NULL && wakeable->ops->will_wake(wakeable, b);
}

/* Out of line, so that the common store, into a slot that is empty, has little to save. */
static __attribute__((noinline)) void store_anew(struct fm_waker *slot, const struct fm_context *cx)
{
	struct fm_waker older = *slot;

	if (fm_waker_will_wake(older, cx->waker))
		return;
	*slot = fm_waker_clone(cx->waker);
	fm_waker_drop(&older); /* last: it may come back to the slot */
}

void fm_waker_store(struct fm_waker *slot, const struct fm_context *cx)
{
	if (fm_waker_is_none(*slot))
		*slot = fm_waker_clone(cx->waker);
	else
		store_anew(slot, cx);
}
