/*
 * The receiver closes, or goes, while senders wait and hold permits. Closed: waiting sends get FM_ERR_CLOSED, items in the
 * channel and those of permits still come, and the end is behind the last of them. Gone: what was in the channel is destroyed.
 * Bounded and unbounded channels; senders wait for the close as well.
 */
#include "primitive.h"

#include <fm/mpsc.h>
#include <fm/timeout.h>

struct world {
	struct fm_mpsc_rx *rx;
	bool unbounded;
	bool goes; /* the receiver goes without receiving what is left */
	bool closed;
	bool gone;
	unsigned permits;
	unsigned senders;
	unsigned sent;
	unsigned received;
	unsigned destroyed;
	unsigned waiting; /* who waits for the close */
	unsigned told;
};

static unsigned *destroyed;

static void item_drop(void *item)
{
	(void)item;
	(*destroyed)++;
}

struct sender {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_tx *tx;
	struct fm_defer close;
	struct fm_defer release;
	struct strict strict;
	struct fm_mpsc_send send;
	struct fm_mpsc_reserve reserve;
	struct fm_mpsc_permit permit;
	struct fm_yield yield;
	struct fm_sleep sleep;
	uint64_t item;
	unsigned pauses;
};

static void sender_closes(struct fm_defer *defer)
{
	struct sender *self = FM_CONTAINER_OF(defer, struct sender, close);

	self->world->senders--;
	fm_mpsc_tx_drop(self->tx);
}

static void permit_goes(struct fm_defer *defer)
{
	struct sender *self = FM_CONTAINER_OF(defer, struct sender, release);

	if (self->permit.tx)
		self->world->permits--;
	fm_mpsc_permit_release(&self->permit);
}

static void judge(struct sender *self, int status)
{
	HOLDS(status == (self->world->closed ? FM_ERR_CLOSED : FM_OK), "a send gave %s", fm_status_name(status));
	HOLDS(fm_mpsc_is_closed(self->tx) == self->world->closed, "it says that it is %sclosed",
	      self->world->closed ? "not " : "");
	self->world->sent += status == FM_OK;
}

static void use_permit(struct sender *self)
{
	int status;

	if (!self->permit.tx)
		return;
	self->world->permits--;
	status = fm_mpsc_permit_send(&self->permit, &self->item);
	HOLDS(status == (self->world->gone ? FM_ERR_CLOSED : FM_OK), "a permit gave %s", fm_status_name(status));
	self->world->sent += status == FM_OK;
}

static void send_now(struct sender *self)
{
	const int status = fm_mpsc_send_now(self->tx, &self->item);

	if (self->world->unbounded)
		judge(self, status);
	else
		HOLDS(status == FM_ERR_INVALID, "send_now of a bounded channel gave %s", fm_status_name(status));
}

FM_ASYNC(sender)
{
	FM_BEGIN;
	FM_AWAIT(strict(&self->strict, fm_mpsc_reserve_init(&self->reserve, self->tx)));
	if (self->reserve.fut.status == FM_OK)
		self->world->permits++;
	else
		HOLDS(self->world->closed && !self->reserve.permit.tx, "no slot: %s", fm_status_name(self->reserve.fut.status));
	self->permit = self->reserve.permit;
	fm_defer(&self->async, &self->release, permit_goes);
	FM_AWAIT(strict(&self->strict, fm_mpsc_send_init(&self->send, self->tx, &self->item)));
	judge(self, self->send.fut.status);
	send_now(self);
	for (; self->pauses < 3; self->pauses++)
		FM_AWAIT(fm_yield_init(&self->yield));
	if (SOMETIMES_IN(2))
		FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
	if (!SOMETIMES_IN(4))
		use_permit(self);
	FM_END;
}

struct watcher {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_tx *tx;
	struct fm_defer close;
	struct strict strict;
	struct fm_mpsc_tx_closed closed;
	unsigned times;
	unsigned again; /* so often, when it is closed: more than a turn's budget, or 0 */
};

static void watcher_closes(struct fm_defer *defer)
{
	struct watcher *self = FM_CONTAINER_OF(defer, struct watcher, close);

	self->world->senders--;
	self->world->waiting--;
	fm_mpsc_tx_drop(self->tx);
}

FM_ASYNC(watcher)
{
	FM_BEGIN;
	FM_AWAIT_RETRIED(strict(&self->strict, fm_mpsc_tx_closed_init(&self->closed, self->tx)));
	HOLDS(self->closed.fut.status == FM_OK && self->world->closed, "told of a close that was not");
	self->world->told++;
	self->strict.ways = 0;
	for (; self->times < self->again; self->times++)
		FM_AWAIT(strict(&self->strict, fm_mpsc_tx_closed_init(&self->closed, self->tx)));
	HOLDS(self->strict.ways > 0 || !self->again || fm_sim_swept(fm_sim_current()), "%u operations in one turn", self->again);
	FM_END;
}

struct receiver {
	struct fm_async async;
	struct world *world;
	struct fm_defer leave;
	struct strict strict;
	struct fm_mpsc_recv recv;
	struct fm_timeout timeout; /* there may be nobody left who sends */
	struct fm_yield yield;
	uint64_t item;
	unsigned first;
};

static void receiver_leaves(struct fm_defer *defer)
{
	struct world *world = FM_CONTAINER_OF(defer, struct receiver, leave)->world;

	world->closed = world->gone = true;
	fm_mpsc_rx_drop(world->rx);
}

static void close_it(struct receiver *self)
{
	self->world->closed = true;
	fm_mpsc_close(self->world->rx);
	fm_mpsc_close(self->world->rx); /* again: nothing */
}

FM_ASYNC(receiver)
{
	FM_BEGIN;
	for (self->first += fm_random(4); self->first > 0; self->first--) {
		FM_AWAIT_RETRIED(fm_timeout_init(
			&self->timeout, fm_mpsc_recv_init(&self->recv, self->world->rx, &self->item), 5 * FM_MS));
		if (self->timeout.fut.status == FM_OK)
			self->world->received++;
		FM_AWAIT(fm_yield_init(&self->yield));
	}
	if (self->world->goes)
		FM_RETURN(FM_OK);
	close_it(self);
	for (;;) {
		FM_AWAIT_RETRIED(strict(&self->strict, fm_mpsc_recv_init(&self->recv, self->world->rx, &self->item)));
		if (self->recv.fut.status != FM_OK)
			break;
		self->world->received++;
	}
	HOLDS(self->recv.fut.status == FM_ERR_CLOSED, "%s", fm_status_name(self->recv.fut.status));
	HOLDS(self->world->permits == 0, "the end, and %u permits are out", self->world->permits);
	HOLDS(self->world->sent == self->world->received, "the end, with %u of %u received", self->world->received,
	      self->world->sent);
	HOLDS(fm_mpsc_try_recv(self->world->rx, &self->item) == FM_ERR_CLOSED, "still the end");
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	static const struct fm_draw_site shape = { "shape", FM_DRAW_USER };
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	struct receiver *receiver = PRIMITIVE_TASK(host, receiver, world);
	struct fm_mpsc_tx *tx;
	int status;

	world->unbounded = fm_sim_draw(sim, &shape, 3) == 2;
	world->goes = fm_sim_draw(sim, &shape, 2) == 1;
	destroyed = &world->destroyed;
	status = world->unbounded ? fm_mpsc_new_unbounded(sizeof(uint64_t), item_drop, &tx, &world->rx) :
				    fm_mpsc_new(sizeof(uint64_t), 2 + fm_sim_draw(sim, &shape, 3), item_drop, &tx, &world->rx);
	FM_SIM_CHECK(sim, status == FM_OK, "%s", fm_status_name(status));
	receiver->first = 1;
	fm_defer(&receiver->async, &receiver->leave, receiver_leaves);
	fm_sim_start(receiver);
	for (unsigned i = 0; i < 3; i++) {
		struct sender *sender = PRIMITIVE_TASK(host, sender, world);

		sender->tx = i ? fm_mpsc_tx_clone(tx) : tx;
		sender->item = i;
		world->senders++;
		fm_defer(&sender->async, &sender->close, sender_closes);
		fm_sim_cancellable(sim, fm_sim_start(sender));
	}
	for (unsigned i = 0; i < 2; i++) {
		struct watcher *watcher = PRIMITIVE_TASK(host, watcher, world);

		watcher->tx = fm_mpsc_tx_clone(tx);
		watcher->again = i ? 0 : 150;
		world->senders++;
		world->waiting++;
		fm_defer(&watcher->async, &watcher->close, watcher_closes);
		fm_sim_start(watcher);
	}
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, world->told == 2, "%u of 2 were told of the close", world->told);
	FM_SIM_CHECK(sim, world->sent == world->received + world->destroyed, "%u sent, %u received, %u destroyed", world->sent,
		     world->received, world->destroyed);
	FM_SIM_CHECK(sim, world->goes || world->destroyed == 0, "%u items were destroyed before the end", world->destroyed);
}

FM_SCENARIO(primitive_mpsc_closing) = {
	.name = "primitive/mpsc-closing",
	.claim = "after the close nothing new is sent, what was promised still comes, and every item is received or destroyed",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.end = end,
};
