#include "chan.h"

#include <string.h>

static unsigned dropped;
uint64_t item_dropped_last;
uint64_t seed_now;

unsigned items_dropped(void)
{
	const unsigned count = dropped;

	dropped = 0;
	return count;
}

void item_drop_counted(void *item)
{
	memcpy(&item_dropped_last, item, sizeof(item_dropped_last));
	dropped++;
}

static struct calling_waker *waker_of(struct fm_wakeable *wakeable)
{
	return FM_CONTAINER_OF(wakeable, struct calling_waker, wakeable);
}

static struct fm_waker waker_clone(struct fm_wakeable *wakeable)
{
	waker_of(wakeable)->clones++;
	return fm_waker_of(wakeable);
}

static void waker_wake(struct fm_wakeable *wakeable)
{
	struct calling_waker *waker = waker_of(wakeable);
	void (*call)(void *) = waker->call;

	waker->call = NULL;
	if (call)
		call(waker->argument);
}

static void waker_drop(struct fm_wakeable *wakeable)
{
	ck_assert_uint_gt(waker_of(wakeable)->clones, 0);
	waker_of(wakeable)->clones--;
}

static bool waker_will_wake(const struct fm_wakeable *wakeable, struct fm_waker other)
{
	return fm_waker_wakeable(other) == wakeable;
}

static const struct fm_waker_ops waker_ops = {
	.clone = waker_clone,
	.wake = waker_wake,
	.drop = waker_drop,
	.will_wake = waker_will_wake,
};

void calling_waker_init(struct calling_waker *waker, void (*call)(void *argument), void *argument)
{
	*waker = (struct calling_waker){ .wakeable = { &waker_ops }, .call = call, .argument = argument };
}

enum fm_poll poll_calling(struct hand *hand, struct fm_future *future, struct calling_waker *waker)
{
	struct fm_context cx = {
		.waker = fm_waker_of(&waker->wakeable),
		.executor = hand->executor,
	};

	return fm_poll(future, &cx);
}

uint64_t dice(uint64_t *state, uint64_t n)
{
	uint64_t mixed = *state += 0x9e3779b97f4a7c15u;

	mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
	mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
	return (mixed ^ (mixed >> 31)) % n;
}
