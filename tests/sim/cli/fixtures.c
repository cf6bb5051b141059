/*
 * Scenarios for the tests of the command line: each does one thing that the command must cope with. They are linked with
 * the main that every suite links.
 */
#include <fm/async.h>
#include <fm/mpsc.h>
#include <fm/sleep.h>
#include <fm/task.h>
#include <fm_sim/scenario.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* A task that yields a few times, and meanwhile does what its scenario asks for. */
struct worker {
	struct fm_async async;
	struct fm_yield yield;
	void (*act)(struct worker *self);
	int turns;
	bool extended; /* one turn more than it was to have */
	int *sum; /* shared by the workers of a run */
};

FM_ASYNC(worker)
{
	FM_BEGIN;
	while (self->turns-- > 0) {
		FM_AWAIT(fm_yield_init(&self->yield));
		if (self->act)
			self->act(self);
		if (self->sum)
			*self->sum = *self->sum * 3 + self->turns;
	}
	FM_END;
}

struct state {
	int sum;
};

/* Something that must not count has a say in how many turns there are. */
static void extend(struct worker *self, bool differs)
{
	if (self->turns == 1 && !self->extended && differs) {
		self->extended = true;
		self->turns++;
	}
}

static void start_worker(struct fm_sim_host *host, void (*act)(struct worker *), int turns, int *sum)
{
	struct worker *worker = fm_sim_alloc(host, sizeof(*worker), "worker");

	FM_ASYNC_INIT(worker, worker);
	worker->act = act;
	worker->turns = turns;
	worker->sum = sum;
	fm_sim_start(worker);
}

static void setup_with(struct fm_sim *sim, void (*act)(struct worker *))
{
	struct state *state = fm_sim_state(sim);
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	start_worker(host, act, 4, &state->sum);
	start_worker(host, NULL, 3, &state->sum);
}

#define FIXTURE(identifier, name_, claim_, ...)                                                    \
	static void identifier##_setup(struct fm_sim *sim, void *state)                            \
	{                                                                                          \
		(void)state;                                                                       \
		setup_with(sim, identifier##_act);                                                 \
	}                                                                                          \
	FM_SCENARIO(identifier) = {                                                                \
		.name = name_,                                                                     \
		.file = __FILE__,                                                                  \
		.claim = claim_,                                                                   \
		.state_bytes = sizeof(struct state),                                               \
		.deadline_ns = FM_MIN,                                                             \
		.setup = identifier##_setup,                                                       \
		__VA_ARGS__                                                                        \
	}

static uint64_t draw(uint64_t n)
{
	static const struct fm_draw_site site = { "fixture", FM_DRAW_USER };

	return fm_sim_draw(fm_sim_current(), &site, n);
}

static void fine_act(struct worker *self)
{
	(void)self;
}
FIXTURE(fine, "good/fine", "two workers end", .tags = "quick two-words");

static void noisy_act(struct worker *self)
{
	(void)self;
	printf("printed by the program\n");
}
FIXTURE(noisy, "good/noisy", "a program may print");

/* One run in about 60 breaks the claim. */
static void claim_act(struct worker *self)
{
	if (draw(240) == 7) {
		printf("the program says: turn %d\n", self->turns);
		FM_SIM_CHECK(fm_sim_current(), false, "drew %d & <that> is \"bad\"", 7);
	}
}
FIXTURE(claim, "bad/claim/broken", "seven is never drawn");

/* Two claims, at two places; and a crash that is rarer. */
static void kinds_act(struct worker *self)
{
	const uint64_t drawn = draw(200);

	if (drawn == 60)
		abort();
	FM_SIM_CHECK(fm_sim_current(), drawn > 3, "drew %d in turn %d", (int)drawn, self->turns);
	FM_SIM_CHECK(fm_sim_current(), drawn < 198, "drew %d in turn %d", (int)drawn, self->turns);
}
FIXTURE(kinds, "bad/kinds/broken", "some numbers are never drawn");

/* A program that is edited: words in the environment, which runs themselves cannot see, stand for other versions of it. */
static bool edited_since, mended;

static void __attribute__((constructor)) choose_version(void)
{
	edited_since = getenv("EDITED") != NULL;
	mended = getenv("MENDED") != NULL;
}

static void edited_act(struct worker *self)
{
	static const struct fm_draw_site added = { "added by an edit", FM_DRAW_USER };

	if (edited_since && self->turns == 1)
		fm_sim_draw(fm_sim_current(), &added, 5);
	FM_SIM_CHECK(fm_sim_current(), draw(10) != 7 || self->turns || mended, "drew 7 in the last turn");
}
FIXTURE(edited, "bad/edited/broken", "seven is never drawn, in any version");

static void segv_act(struct worker *self)
{
	if (draw(100) == 3) {
		fprintf(stderr, "about to crash\n");
		*(volatile int *)(intptr_t)self->turns = 1;
	}
}
FIXTURE(segv, "bad/segv/broken", "memory is there");

static void aborts_act(struct worker *self)
{
	(void)self;
	if (draw(100) == 3)
		abort();
}
FIXTURE(aborts, "bad/abort/broken", "nobody aborts");

static void killed_act(struct worker *self)
{
	(void)self;
	if (draw(100) == 3)
		raise(SIGKILL);
}
FIXTURE(killed, "bad/killed/broken", "nobody is killed");

static void exits_act(struct worker *self)
{
	(void)self;
	if (draw(100) == 3)
		exit(0);
}
FIXTURE(exits, "bad/exit/broken", "nobody calls exit");

static void leaves_act(struct worker *self)
{
	(void)self;
	if (draw(100) == 3)
		_exit(0);
}
FIXTURE(leaves, "bad/underscore-exit/broken", "nobody calls _exit");

static void hangs_act(struct worker *self)
{
	volatile int forever = 1;

	(void)self;
	if (draw(40) == 3)
		while (forever)
			;
}
FIXTURE(hangs, "bad/hang/broken", "a poll returns");

static void deaf_act(struct worker *self)
{
	volatile int forever = 1;
	sigset_t all;

	(void)self;
	if (draw(40) != 3)
		return;
	/* Not even an alarm ends this one. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	while (forever)
		;
}
FIXTURE(deaf, "bad/deaf/broken", "a poll returns, and hears signals");

/* A run of some ten milliseconds. */
struct sleeper {
	struct fm_async async;
	struct fm_sleep sleep;
	int turns;
};

FM_ASYNC(sleeper)
{
	FM_BEGIN;
	while (self->turns-- > 0)
		FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
	FM_END;
}

static void slow_setup(struct fm_sim *sim, void *state)
{
	struct sleeper *sleeper = fm_sim_alloc(fm_sim_host(sim, "host"), sizeof(*sleeper), "sleeper");

	(void)state;
	FM_ASYNC_INIT(sleeper, sleeper);
	sleeper->turns = 20000;
	fm_sim_start(sleeper);
}

FM_SCENARIO(slow) = {
	.name = "slow/sleeper",
	.claim = "a run that takes long ends",
	.deadline_ns = FM_HOUR,
	.setup = slow_setup,
};

/* More schedules than anybody will see. */
static void many_setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	for (int i = 0; i < 9; i++)
		start_worker(host, NULL, 2, &((struct state *)state)->sum);
}

FM_SCENARIO(many) = {
	.name = "slow/many",
	.claim = "nine workers end",
	.state_bytes = sizeof(struct state),
	.deadline_ns = FM_MIN,
	.setup = many_setup,
};

/* One task sends, another receives, and what it receives is wrong. */
struct post {
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
	uint64_t item;
};

struct poster {
	struct fm_async async;
	struct fm_mpsc_send send;
	struct post *post;
};

FM_ASYNC(poster)
{
	FM_BEGIN;
	FM_AWAIT(fm_mpsc_send_init(&self->send, self->post->tx, &self->post->item));
	FM_END;
}

struct addressee {
	struct fm_async async;
	struct fm_mpsc_recv recv;
	struct post *post;
	uint64_t item;
};

FM_ASYNC(addressee)
{
	FM_BEGIN;
	FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->post->rx, &self->item));
	FM_SIM_CHECK(fm_sim_current(), false, "something was received");
	FM_END;
}

static void post_setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct poster *poster = fm_sim_alloc(host, sizeof(*poster), "poster");
	struct addressee *addressee = fm_sim_alloc(host, sizeof(*addressee), "addressee");
	struct post *post = state;

	FM_SIM_CHECK(sim, fm_mpsc_new(sizeof(post->item), 1, NULL, &post->tx, &post->rx) == FM_OK, "no channel");
	FM_ASYNC_INIT(poster, poster);
	FM_ASYNC_INIT(addressee, addressee);
	poster->post = addressee->post = post;
	fm_sim_start(poster);
	fm_sim_start(addressee);
}

FM_SCENARIO(post) = {
	.name = "bad/post/broken",
	.file = __FILE__,
	.claim = "nothing is received",
	.state_bytes = sizeof(struct post),
	.deadline_ns = FM_MIN,
	.setup = post_setup,
};

/* What must not be: each is a way for two runs of one token to differ. */
static void reads_clock_act(struct worker *self)
{
	struct timespec now;

	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now); /* clock_gettime itself is answered with virtual time */
	extend(self, now.tv_nsec / 1000 % 2);
}
FIXTURE(reads_clock, "undetermined/clock", "the real clock is not read");

static void keeps_state_act(struct worker *self)
{
	static int runs;

	if (self->turns == 3)
		runs++;
	extend(self, runs % 2 == 0);
}
FIXTURE(keeps_state, "undetermined/kept-state", "runs know nothing of each other");

static void keeps_once_act(struct worker *self)
{
	static int runs;

	if (self->turns == 3)
		runs++;
	extend(self, runs == 3);
}
FIXTURE(keeps_once, "undetermined/kept-once", "not even the third run knows that it is the third");

static void orders_by_address_act(struct worker *self)
{
	void *piece[2] = { fm_alloc(40), fm_alloc(400) };

	extend(self, piece[0] < piece[1]);
	fm_free(piece[0], 40);
	fm_free(piece[1], 400);
}
FIXTURE(orders_by_address, "undetermined/address", "pointers are not ordered");

static void reads_uninitialised_act(struct worker *self)
{
	unsigned char *piece = malloc(200);

	__asm__("" : "+r"(piece)); /* the compiler need not know */
	extend(self, piece && piece[100] & 1);
	free(piece);
}
FIXTURE(reads_uninitialised, "undetermined/uninitialised", "memory is written before it is read");

/* A failure that is not one in a fresh process. */
static void flaky_act(struct worker *self)
{
	static int polls;

	(void)self;
	FM_SIM_CHECK(fm_sim_current(), ++polls < 20, "too many polls");
}
FIXTURE(flaky, "undetermined/flaky-claim", "a claim that state of earlier runs breaks");

static void leaks_act(struct worker *self)
{
	char *piece = malloc(100);

	__asm__("" : "+r"(piece)); /* the compiler need not know */
	if (self->turns != 2 || draw(40) != 3)
		free(piece);
}
FIXTURE(leaks, "bad/malloc-leak/broken", "what malloc gave is freed");

static void frees_twice_act(struct worker *self)
{
	char *piece = malloc(100);
	char *again = piece;

	__asm__("" : "+r"(again));
	free(piece);
	if (self->turns == 2 && draw(40) == 3)
		free(again);
}
FIXTURE(frees_twice, "bad/double-free/broken", "memory is freed once");

/* All that malloc can do, in a way that needs none of it to be right in any particular place. */
static void allocates_act(struct worker *self)
{
	char *text = NULL, *copy, *zeros = calloc(7, 9);
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	FM_SIM_CHECK(fm_sim_current(), zeros && stream, "no memory");
	for (size_t i = 0; i < 63; i++)
		FM_SIM_CHECK(fm_sim_current(), zeros[i] == 0, "calloc gives zeros");
	for (int i = 0; i < 500; i++)
		fprintf(stream, "%d ", i * self->turns);
	fclose(stream);
	copy = strdup(text);
	for (size_t bytes = 1; bytes < 200000; bytes = bytes * 3 + 1) {
		zeros = realloc(zeros, bytes);
		FM_SIM_CHECK(fm_sim_current(), zeros && ((uintptr_t)zeros & 15) == 0, "malloc aligns");
		memset(zeros, 1, bytes);
	}
	text = realloc(text, length + 100);
	FM_SIM_CHECK(fm_sim_current(), memcmp(text, copy, length) == 0, "realloc keeps what was there");
	zeros = realloc(zeros, 10);
	free(zeros);
	free(text);
	free(copy);
	zeros = malloc((size_t)64 << 20); /* a large one */
	free(zeros);
}
FIXTURE(allocates, "good/allocates", "malloc and its kin work");
