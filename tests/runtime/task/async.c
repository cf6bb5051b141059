/* Async functions: where an await may stand, and what runs when the body returns or the frame is dropped. */
#include "puppet.h"
#include "suite.h"
#include "trap.h"

#include <fm/async.h>
#include <fm/observe.h>

static struct hand hand;

static void open_hand(void)
{
	hand_open(&hand);
	trap_open(&hand);
	puppet_log[0] = '\0';
}

static void close_hand(void)
{
	hand_close(&hand);
}

static void log_is(const char *expected)
{
	ck_assert_str_eq(puppet_log, expected);
	puppet_log[0] = '\0';
}

/*
 * Awaits in loops, in a switch and in a switch inside a loop, two on one line, `continue` and `break`
 * around them.
 */
struct winding {
	struct fm_async async;
	struct puppet leaf;
	int i;
	int sum;
};

static struct fm_future *leaf(struct winding *self, char letter)
{
	puppet_init(&self->leaf, letter);
	self->leaf.result = self->i;
	return &self->leaf.fut;
}

FM_ASYNC(winding)
{
	FM_BEGIN;
	for (self->i = 0; self->i < 4; self->i++) {
		switch (self->i) {
		case 0:
			FM_AWAIT(leaf(self, 'a'));
			self->sum += self->leaf.fut.status;
			break;
		case 1:
			FM_AWAIT(leaf(self, 'b'));
			/* fall through */
		case 2:
			FM_AWAIT(leaf(self, 'c')); FM_AWAIT(leaf(self, 'd'));
			continue;
		default:
			if (self->sum >= 0)
				FM_AWAIT(leaf(self, 'e'));
			else
				FM_AWAIT(leaf(self, 'f'));
		}
		self->sum += 10;
	}
	FM_RETURN(self->sum);
	FM_END;
}

START_TEST(awaits_anywhere)
{
	struct winding w = { .sum = 0 };
	struct fm_future *future = FM_ASYNC_INIT(&w, winding);
	unsigned polls = 0;

	while (hand_poll(&hand, future) == FM_PENDING) {
		ck_assert_uint_lt(++polls, 20);
		puppet_pull(&w.leaf, w.leaf.result);
	}
	ck_assert_int_eq(future->status, 20);
	log_is("aabbccddccddee");
	ck_assert_uint_eq(polls, 7);
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

START_TEST(leaves_ready_at_once_go_on)
{
	struct winding w = { .sum = 0 };

	FM_ASYNC_INIT(&w, winding);
	ck_assert_int_eq(hand_poll(&hand, &w.async.fut), FM_PENDING);
	ck_assert_ptr_eq(w.async.child, &w.leaf.fut);
	ck_assert_ptr_nonnull(strstr(w.async.at->what, "'a'"));
	ck_assert_ptr_nonnull(strstr(w.async.at->file, "async.c"));
	ck_assert_uint_gt(w.async.at->line, 0);
	fm_drop(&w.async.fut);
	log_is("aA");
}
END_TEST

/* Defers: from the initialiser, from the body; and what is known of the child as they run. */
struct deferring {
	struct fm_async async;
	struct fm_defer first, second, third;
	struct puppet child;
	bool fail_early;
	bool undefer;
};

static void run_first(struct fm_defer *defer)
{
	struct deferring *self = FM_CONTAINER_OF(defer, struct deferring, first);

	ck_assert_ptr_null(self->async.child);
	puppet_note('1');
}

static void run_second(struct fm_defer *defer)
{
	(void)defer;
	puppet_note('2');
}

static void run_third(struct fm_defer *defer)
{
	(void)defer;
	puppet_note('3');
}

FM_ASYNC(deferring)
{
	FM_BEGIN;
	fm_defer(&self->async, &self->second, run_second);
	if (self->fail_early)
		FM_RETURN(FM_ERR_INVALID);
	fm_defer(&self->async, &self->third, run_third);
	FM_AWAIT(&self->child.fut);
	if (self->undefer)
		fm_undefer(&self->async, &self->third);
	FM_END;
}

static struct fm_future *deferring_init(struct deferring *self)
{
	memset(self, 0, sizeof(*self));
	FM_ASYNC_INIT(self, deferring);
	puppet_init(&self->child, 'c');
	fm_defer(&self->async, &self->first, run_first);
	return &self->async.fut;
}

START_TEST(defers_last_in_first_out_on_return)
{
	struct deferring d;

	deferring_init(&d);
	ck_assert_int_eq(hand_poll(&hand, &d.async.fut), FM_PENDING);
	puppet_pull(&d.child, FM_OK);
	ck_assert_int_eq(hand_poll(&hand, &d.async.fut), FM_READY);
	ck_assert_int_eq(d.async.fut.status, FM_OK);
	log_is("cc321");
}
END_TEST

START_TEST(defers_on_drop_after_the_child)
{
	struct deferring d;

	deferring_init(&d);
	hand_poll(&hand, &d.async.fut);
	fm_drop(&d.async.fut);
	log_is("cC321");
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

START_TEST(defers_before_the_first_poll)
{
	struct deferring d;

	deferring_init(&d);
	fm_drop(&d.async.fut);
	log_is("1");
}
END_TEST

START_TEST(only_what_was_deferred_runs)
{
	struct deferring d;

	deferring_init(&d);
	d.fail_early = true;
	ck_assert_int_eq(hand_poll(&hand, &d.async.fut), FM_READY);
	ck_assert_int_eq(d.async.fut.status, FM_ERR_INVALID);
	log_is("21");
	deferring_init(&d);
	d.undefer = true;
	puppet_ready(&d.child, 'c', FM_OK);
	ck_assert_int_eq(hand_poll(&hand, &d.async.fut), FM_READY);
	log_is("c21");
	deferring_init(&d);
	ASSERT_FATAL(FM_FATAL_CONTRACT, "newest", fm_undefer(&d.async, &d.second));
	fm_drop(&d.async.fut);
}
END_TEST

/* Functions that await functions; the deepest is dropped first. */
struct inner {
	struct fm_async async;
	struct fm_defer defer;
	struct puppet leaf;
};

static void inner_gone(struct fm_defer *defer)
{
	(void)defer;
	puppet_note('i');
}

FM_ASYNC(inner)
{
	FM_BEGIN;
	fm_defer(&self->async, &self->defer, inner_gone);
	FM_AWAIT(puppet_init(&self->leaf, 'l'));
	FM_RETURN(self->leaf.fut.status + 1);
	FM_END;
}

struct outer {
	struct fm_async async;
	struct fm_defer defer;
	struct inner inner;
	int rounds;
};

static void outer_gone(struct fm_defer *defer)
{
	(void)defer;
	puppet_note('o');
}

FM_ASYNC_EXTERN(outer)
{
	FM_BEGIN;
	fm_defer(&self->async, &self->defer, outer_gone);
	while (self->rounds-- > 0)
		FM_AWAIT(FM_ASYNC_INIT(&self->inner, inner));
	FM_RETURN(self->inner.async.fut.status + 1);
	FM_END;
}

FM_ASYNC_DECLARE(outer);

START_TEST(functions_await_functions)
{
	struct outer o = { .rounds = 2 };
	struct fm_future *child;

	FM_ASYNC_INIT(&o, outer);
	ck_assert_int_eq(hand_poll(&hand, &o.async.fut), FM_PENDING);
	puppet_pull(&o.inner.leaf, 5);
	ck_assert_int_eq(hand_poll(&hand, &o.async.fut), FM_PENDING);
	log_is("llil");
	ck_assert_ptr_eq(o.async.fut.ops->inspect(&o.async.fut, 0, &child), o.async.at);
	ck_assert_ptr_eq(child, &o.inner.async.fut);
	ck_assert_ptr_eq(child->ops->inspect(child, 0, &child), o.inner.async.at);
	ck_assert_ptr_eq(child, &o.inner.leaf.fut);
	o.async.fut.ops->inspect(&o.async.fut, 1, &child);
	ck_assert_ptr_null(child);
	puppet_pull(&o.inner.leaf, 7);
	ck_assert_int_eq(hand_poll(&hand, &o.async.fut), FM_READY);
	ck_assert_int_eq(o.async.fut.status, 9);
	log_is("lio");
}
END_TEST

START_TEST(dropped_from_the_inside_out)
{
	struct outer o = { .rounds = 1 };

	FM_ASYNC_INIT(&o, outer);
	hand_poll(&hand, &o.async.fut);
	fm_drop(&o.async.fut);
	log_is("lLio");
	FM_ASYNC_INIT(&o, outer);
	fm_drop(&o.async.fut);
	log_is("");
}
END_TEST

/* A body without an await, and one that runs off its end. */
struct plain {
	struct fm_async async;
	int runs;
};

FM_ASYNC(plain)
{
	FM_BEGIN;
	self->runs++;
	FM_END;
}

START_TEST(a_body_without_an_await)
{
	struct plain plain = { .runs = 0 };

	FM_ASYNC_INIT(&plain, plain);
	ck_assert_int_eq(hand_poll(&hand, &plain.async.fut), FM_READY);
	ck_assert_int_eq(plain.async.fut.status, FM_OK);
	ck_assert_int_eq(plain.runs, 1);
	ASSERT_FATAL(FM_FATAL_CONTRACT, "polled after READY", hand_poll(&hand, &plain.async.fut));
}
END_TEST

/* A retried await: dropped and made anew when the observer says so. */
struct retrying {
	struct fm_async async;
	struct puppet leaf;
	unsigned made;
};

static struct fm_future *make(struct retrying *self)
{
	self->made++;
	return puppet_init(&self->leaf, 'r');
}

FM_ASYNC(retrying)
{
	FM_BEGIN;
	FM_AWAIT_RETRIED(make(self));
	FM_RETURN(self->leaf.fut.status);
	FM_END;
}

static bool interrupts;

static enum fm_poll watch_poll(struct fm_observer *self, struct fm_future *future, struct fm_context *cx,
			       uint32_t place)
{
	struct fm_poll_scope scope = { .given = cx, .future = future, .cx = *cx, .place = place };

	(void)self;
	scope.cx.scope = &scope;
	return fm_observe_poll(&scope);
}

static bool watch_interrupt(struct fm_observer *self, const struct fm_await_site *site)
{
	(void)self;
	ck_assert_str_eq(site->what, "make(self)");
	return interrupts;
}

static const struct fm_observer_ops watch_ops = {
	.poll = watch_poll,
	.interrupt = watch_interrupt,
};

static struct fm_observer watcher = { &watch_ops };

static enum fm_poll watched_poll(struct fm_future *future)
{
	struct fm_context cx = {
		.waker = fm_waker_of(&hand.waker.wakeable),
		.executor = hand.executor,
		.observer = &watcher,
	};

	return fm_poll(future, &cx);
}

START_TEST(a_retried_await_is_made_anew)
{
	struct retrying r = { .made = 0 };

	FM_ASYNC_INIT(&r, retrying);
	interrupts = true;
	ck_assert_int_eq(watched_poll(&r.async.fut), FM_PENDING);
	ck_assert_uint_eq(r.made, 1);
	ck_assert_int_eq(watched_poll(&r.async.fut), FM_PENDING);
	ck_assert_uint_eq(r.made, 2);
	interrupts = false;
	puppet_pull(&r.leaf, 8);
	ck_assert_int_eq(watched_poll(&r.async.fut), FM_READY);
	ck_assert_int_eq(r.async.fut.status, 8);
	ck_assert_uint_eq(r.made, 2);
	log_is("rRrr");
	r.made = 0;
	interrupts = true;
	FM_ASYNC_INIT(&r, retrying);
	hand_poll(&hand, &r.async.fut);
	hand_poll(&hand, &r.async.fut);
	ck_assert_uint_eq(r.made, 1);
	fm_drop(&r.async.fut);
}
END_TEST

START_TEST(every_site_is_gathered)
{
	unsigned here = 0;
	unsigned on_one_line = 0;
	const size_t count = (size_t)(__stop_fm_await_sites - __start_fm_await_sites);

	for (size_t i = 0; i < count; i++) {
		const struct fm_await_site *a = __start_fm_await_sites[i];

		if (!strstr(a->file, "runtime/task/async.c"))
			continue;
		here++;
		for (size_t j = 0; j < count; j++) {
			const struct fm_await_site *b = __start_fm_await_sites[j];

			if (a == b || strcmp(a->file, b->file) != 0 || a->line != b->line)
				continue;
			on_one_line++;
			ck_assert_uint_ne(a->order, b->order);
		}
	}
	ck_assert_uint_eq(here, 10);
	ck_assert_uint_eq(on_one_line, 2);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("async");
	TCase *t = tcase_create("async");

	tcase_add_checked_fixture(t, open_hand, close_hand);
	tcase_add_test(t, awaits_anywhere);
	tcase_add_test(t, leaves_ready_at_once_go_on);
	tcase_add_test(t, defers_last_in_first_out_on_return);
	tcase_add_test(t, defers_on_drop_after_the_child);
	tcase_add_test(t, defers_before_the_first_poll);
	tcase_add_test(t, only_what_was_deferred_runs);
	tcase_add_test(t, functions_await_functions);
	tcase_add_test(t, dropped_from_the_inside_out);
	tcase_add_test(t, a_body_without_an_await);
	tcase_add_test(t, a_retried_await_is_made_anew);
	tcase_add_test(t, every_site_is_gathered);
	suite_add_tcase(s, t);
	return s;
}
