/*
 * A slab of pages that gives empty ones back: with the page goes the pointer that was kept to it.
 *
 * Corpus L09 (tokio #3014). Counted from the second page on, the pointer that is forgotten is the one
 * before, and the freed page is still read through its own.
 */
#include "../corpus.h"

#include <fm/panic.h>
#include <fm/sleep.h>

#define PAGES 3
#define ENTRIES 2 /* a page */
#define USERS (PAGES * ENTRIES)
#define ALIVE 0x51ab51ab51ab51abu

struct entry {
	uint64_t state; /* ALIVE while it is registered */
	unsigned user;
};

struct page {
	struct entry *entries; /* NULL: given back */
	unsigned used;
};

/* Pages live in frames of the slab's own, so that a stale pointer reads the same in every run. */
struct slab {
	bool broken;
	bool taken[PAGES];
	struct entry frames[PAGES][ENTRIES];
	struct page pages[PAGES];
	struct entry *cached[PAGES]; /* what reads go through; NULL: look it up */
};

static struct entry *frame_take(struct slab *slab)
{
	unsigned number = 0;

	while (slab->taken[number])
		number++;
	slab->taken[number] = true;
	for (unsigned i = 0; i < ENTRIES; i++)
		slab->frames[number][i] = (struct entry){ .state = 0 };
	return slab->frames[number];
}

static void frame_give_back(struct slab *slab, const struct entry *entries)
{
	for (unsigned i = 0; i < PAGES; i++)
		if (entries == slab->frames[i])
			slab->taken[i] = false;
}

static struct entry *slab_get(struct slab *slab, unsigned user)
{
	const unsigned number = user / ENTRIES;

	if (!slab->cached[number])
		slab->cached[number] = slab->pages[number].entries;
	return slab->cached[number] ? &slab->cached[number][user % ENTRIES] : NULL;
}

static void slab_add(struct slab *slab, unsigned user)
{
	struct page *page = &slab->pages[user / ENTRIES];
	struct entry *entry;

	if (!page->entries)
		page->entries = frame_take(slab);
	page->used++;
	entry = slab_get(slab, user);
	if (entry->state == ALIVE)
		fm_panic("an entry that is registered was given out again"); /* BUG: through another page */
	*entry = (struct entry){ .state = ALIVE, .user = user };
}

static void slab_remove(struct slab *slab, unsigned user)
{
	struct entry *entry = slab_get(slab, user);

	if (!entry || entry->state != ALIVE || entry->user != user)
		fm_panic("a registered entry is not where it was put"); /* BUG: its page has gone */
	entry->state = 0;
	slab->pages[user / ENTRIES].used--;
}

/* The first page stays. */
static void slab_compact(struct slab *slab)
{
	for (unsigned i = 0; i + 1 < PAGES; i++) {
		struct page *page = &slab->pages[i + 1];

		if (!page->entries || page->used)
			continue;
		frame_give_back(slab, page->entries);
		page->entries = NULL;
		slab->cached[slab->broken ? i : i + 1] = NULL; /* L09: that of the page before */
	}
}

struct world {
	bool broken;
	struct slab slab;
	unsigned ended;
};

struct user {
	struct fm_async async;
	struct world *world;
	unsigned number;
	struct fm_sleep rest;
	struct fm_sleep work;
	unsigned rounds;
};

FM_ASYNC(user)
{
	FM_BEGIN;
	for (self->rounds = 2; self->rounds; self->rounds--) {
		FM_AWAIT(fm_sleep_init(&self->rest, fm_random(4) * FM_MS));
		slab_add(&self->world->slab, self->number);
		FM_AWAIT(fm_sleep_init(&self->work, fm_random(4) * FM_MS));
		slab_remove(&self->world->slab, self->number);
		slab_compact(&self->world->slab);
	}
	self->world->ended++;
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->slab.broken = world->broken;
	for (unsigned i = 0; i < USERS; i++) {
		struct user *user = TWIN_TASK(host, user, world);

		user->number = i;
		fm_sim_start(user);
	}
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->ended == USERS, "%u of %u users ended", world->ended, USERS);
}

CORPUS(wrong_page, "l09-wrong-page", .claim = "an entry stays where it was put until it is removed",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
