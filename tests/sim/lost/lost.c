/* What a failure tells that was lost on the way: each kind with its place and number, and nothing where nothing is lost. */
#include <fm/async.h>
#include <fm/broadcast.h>
#include <fm/duplex.h>
#include <fm/mpsc.h>
#include <fm/oneshot.h>
#include <fm/pending.h>
#include <fm/sleep.h>
#include <fm/timeout.h>
#include <fm_sim/sim.h>

#include <check.h>
#include <stdio.h>
#include <string.h>

enum loss { NOTHING, BYTES, HALFWAY, OWN, ITEMS, ONE, LAGGED };

static enum loss loss;
static unsigned line;

#define HERE(expression) (line = __LINE__, (expression))

struct child {
	struct fm_async async;
	struct fm_pending pending;
};

FM_ASYNC(child)
{
	FM_BEGIN;
	FM_AWAIT(HERE(fm_pending_init(&self->pending)));
	FM_END;
}

/* A future of the program's own. */
static enum fm_poll own_poll(struct fm_future *future, struct fm_context *cx)
{
	(void)future;
	fm_waker_wake_by_ref(cx->waker);
	return FM_PENDING;
}

static const struct fm_future_ops own_ops = { .name = "own", .poll = own_poll };

struct loser {
	struct fm_async async;
	struct fm_timeout timeout;
	struct child child;
	struct fm_future own;
	struct fm_duplex *near, *far;
	struct fm_read_exact read;
	struct fm_write_all write;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
	struct fm_oneshot_tx one_tx;
	struct fm_oneshot_rx one_rx;
	struct fm_broadcast_tx *all_tx;
	struct fm_broadcast_rx *all_rx;
	struct fm_broadcast_recv recv;
	struct fm_sleep sleep;
	uint64_t item;
	char bytes[8];
};

static struct fm_future *own_init(struct loser *self)
{
	fm_future_init(&self->own, &own_ops);
	return &self->own;
}

static struct fm_future *read_four(struct loser *self)
{
	return fm_read_exact_init(&self->read, fm_duplex_stream(self->far), self->bytes, 4);
}

FM_ASYNC(loser)
{
	FM_BEGIN;
	fm_duplex_new(16, &self->near, &self->far);
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
	switch (loss) {
	case NOTHING:
		FM_AWAIT(fm_write_all_init(&self->write, fm_duplex_stream(self->near), "abcd", 4));
		FM_AWAIT(fm_timeout_init(&self->timeout, read_four(self), FM_MS));
		FM_AWAIT(fm_timeout_init(&self->timeout, read_four(self), FM_MS));
		break;
	case BYTES:
		FM_AWAIT(fm_write_all_init(&self->write, fm_duplex_stream(self->near), "ab", 2));
		FM_AWAIT(HERE(fm_timeout_init(&self->timeout, read_four(self), FM_MS)));
		break;
	case HALFWAY:
		FM_AWAIT(fm_timeout_init(&self->timeout, FM_ASYNC_INIT(&self->child, child), FM_MS));
		FM_AWAIT(fm_timeout_init(&self->timeout, FM_ASYNC_INIT(&self->child, child), FM_MS));
		break;
	case OWN:
		FM_AWAIT(HERE(fm_timeout_init(&self->timeout, own_init(self), 0)));
		break;
	case ITEMS:
		fm_mpsc_new(sizeof(self->item), 4, NULL, &self->tx, &self->rx);
		fm_mpsc_try_send(self->tx, &self->item);
		fm_mpsc_try_send(self->tx, &self->item);
		fm_mpsc_try_recv(self->rx, &self->item);
		fm_mpsc_try_send(self->tx, &self->item);
		fm_mpsc_rx_drop(self->rx);
		fm_mpsc_tx_drop(self->tx);
		break;
	case ONE:
		fm_oneshot_new(sizeof(self->item), &self->one_tx, &self->one_rx);
		fm_oneshot_send(&self->one_tx, &self->item);
		fm_oneshot_rx_drop(&self->one_rx);
		break;
	case LAGGED:
		fm_broadcast_new(sizeof(self->item), 2, NULL, &self->all_tx);
		fm_broadcast_subscribe(self->all_tx, &self->all_rx);
		for (unsigned i = 0; i < 5; i++)
			fm_broadcast_send(self->all_tx, &self->item, NULL);
		FM_AWAIT(HERE(fm_broadcast_recv_init(&self->recv, self->all_rx, &self->item)));
		fm_broadcast_rx_drop(self->all_rx);
		fm_broadcast_tx_drop(self->all_tx);
		break;
	}
	fm_duplex_free(self->near);
	fm_duplex_free(self->far);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct loser *loser = fm_sim_alloc(fm_sim_host(sim, "host"), sizeof(*loser), "loser");

	(void)state;
	FM_ASYNC_INIT(loser, loser);
	fm_sim_start(loser);
}

static void end(struct fm_sim *sim, void *state)
{
	(void)state;
	fm_sim_fail(sim, __FILE__, __LINE__, "as planned");
}

static const char *told(enum loss what)
{
	static struct fm_sim_result result;
	const struct fm_sim_scenario scenario = {
		.name = "test/lost", .claim = "fails", .deadline_ns = FM_MIN, .setup = setup, .end = end,
	};
	const struct fm_sim_options options = { .seed = 1, .strategy = FM_SIM_FIFO };

	loss = what;
	line = 0;
	fm_sim_run(&scenario, &options, &result);
	ck_assert_int_eq(result.verdict, FM_SIM_FAILED);
	ck_assert_str_eq(result.failure.cause, "as planned");
	return result.failure.text;
}

#define TELLS(what, ...)                                                                   \
	do {                                                                               \
		const char *text_ = told(what);                                            \
		char wanted_[256];                                                         \
		snprintf(wanted_, sizeof(wanted_), __VA_ARGS__);                           \
		ck_assert_msg(strstr(text_, "lost on the way:\n") != NULL, "%s", text_);   \
		ck_assert_msg(strstr(text_, wanted_) != NULL, "%s is not in\n%s", wanted_, text_); \
	} while (0)

START_TEST(nothing_is_told_of_nothing)
{
	ck_assert_ptr_null(strstr(told(NOTHING), "lost on the way"));
}
END_TEST

START_TEST(bytes_of_a_read_that_was_dropped)
{
	TELLS(BYTES, "fm_read_exact was dropped with 2 of 4 bytes done, task #1");
	TELLS(BYTES, "%s:%u\n", __FILE__, line);
}
END_TEST

START_TEST(an_async_function_dropped_halfway)
{
	TELLS(HALFWAY, "child was dropped halfway, task #1, at %s:%u: ", __FILE__, line);
	TELLS(HALFWAY, "(the last of 2 times)\n");
}
END_TEST

START_TEST(a_future_of_the_programs_own)
{
	TELLS(OWN, "own was dropped halfway, task #1, behind %s:%u\n", __FILE__, line);
}
END_TEST

START_TEST(items_of_channels)
{
	TELLS(ITEMS, "2 items sent through mpsc were destroyed, received by nobody, task #1");
	TELLS(ONE, "1 item sent through oneshot was destroyed, received by nobody, task #1");
	TELLS(LAGGED, "3 items of a broadcast went by a receiver that lagged, task #1, behind %s:%u\n", __FILE__, line);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sim/lost");
	TCase *lost = tcase_create("lost");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(lost, nothing_is_told_of_nothing);
	tcase_add_test(lost, bytes_of_a_read_that_was_dropped);
	tcase_add_test(lost, an_async_function_dropped_halfway);
	tcase_add_test(lost, a_future_of_the_programs_own);
	tcase_add_test(lost, items_of_channels);
	suite_add_tcase(suite, lost);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
