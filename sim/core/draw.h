/* Draws, their sources, and tapes: included by internal.h, which has the run they belong to. */
#ifndef FM_SIM_DRAW_H
#define FM_SIM_DRAW_H

/* sim/core/draw.c */
void sim__actor_init(struct sim_actor *actor, uint64_t identity);
uint64_t sim__mix(uint64_t x);
uint64_t sim__draw(struct fm_sim *sim, struct sim_actor *actor, const struct fm_draw_site *site, uint64_t n);
/* 1 once in `in` draws of a seeded source; 0 always where in is 0, without a draw. */
bool sim__strikes(struct fm_sim *sim, struct sim_actor *actor, const struct fm_draw_site *site, uint32_t in);
/* The same for what a strategy has decided: under a tape, what the tape says. */
bool sim__decides(struct fm_sim *sim, struct sim_actor *actor, const struct fm_draw_site *site, bool value);
/* What somebody else has chosen below n: onto the tape as any draw. Not under a tape. */
uint64_t sim__draw_given(struct fm_sim *sim, const struct sim_actor *actor, const struct fm_draw_site *site, uint64_t n,
			 uint64_t value);
/* A position below n, uniform, of the schedule's generator. */
uint32_t sim__random_task(struct fm_sim *sim, uint32_t n);
/* Which of the ready ones; then, when it is known who that is, onto the tape. */
uint32_t sim__draw_schedule(struct fm_sim *sim, uint32_t ready);
void sim__schedule_drawn(struct fm_sim *sim, uint32_t value, uint64_t chosen);
/* Where sim->is_random: what the next draw of the schedule will give, if so many are ready then. */
uint32_t sim__schedule_ahead(const struct fm_sim *sim, uint32_t ready);
/* sim/core/bytes.c: options.bytes as the source */
uint64_t sim__from_bytes(struct fm_sim *sim, uint64_t n);
bool sim__strike_from_bytes(struct fm_sim *sim, uint32_t in);
/* sim/core/tape.c: the recorded tape as a source, and the names of sites */
extern const struct fm_draw_site sim__schedule_site;
uint32_t sim__site_hash(const struct fm_draw_site *site);
void sim__tape_name(struct fm_sim_tape *tape, uint32_t hash, const struct fm_draw_site *site);
void sim__tape_open(struct fm_sim *sim);
void sim__tape_close(struct fm_sim *sim);
uint64_t sim__from_tape(struct fm_sim *sim, const struct sim_actor *actor, const struct fm_draw_site *site, uint64_t n,
		       uint64_t otherwise);
/* UINT32_MAX: leniently, the tape has none that is ready. */
uint32_t sim__schedule_from_tape(struct fm_sim *sim, uint32_t ready);
/* The run is over: is the tape, too? */
void sim__tape_ended(struct fm_sim *sim);
/* The task that stands there. */
/* With fm_sim_options.follow: what was drawn is compared with the tape's next. `chosen` is as a record has it. */
void sim__tape_follow(struct fm_sim *sim, const struct fm_draw_site *site, uint32_t value, uint64_t chosen);

void sim__tape_chosen(struct fm_sim *sim, uint64_t chosen);

static inline uint32_t sim__short_identity(uint64_t identity)
{
	return (uint32_t)(identity ^ identity >> 32);
}

/* The actor of what runs now: the polled task, else the world. */
struct sim_actor *sim__actor(struct fm_sim *sim);

/* sim/core/script.c: a scenario that is like another, and says what is drawn */
struct sim_script {
	struct fm_sim_scenario scenario;
	struct fm_sim_options options;
	struct fm_sim_tape tape;
};
void sim__script_open(struct sim_script *script, const struct fm_sim_scenario *scenario,
		      const struct fm_sim_options *options);
void sim__script_close(struct sim_script *script);

#endif
