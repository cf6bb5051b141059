/*
 * The parent forks a worker for each batch and executes a process for each load of rechecks; it runs no scenario itself,
 * so that every worker starts from the same clean state. That a process has ended is seen by a pipe whose other end only
 * it holds. Children die with the parent.
 */
#include "pool.h"
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define BATCH_NS (40 * FM_MS)

bool pool_open(struct pool *pool, const char *program, unsigned count)
{
	void *stop = mmap(NULL, sizeof(*pool->stop), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	*pool = (struct pool){ .program = program, .jobs = calloc(count, sizeof(struct job)), .count = count };
	if (stop == MAP_FAILED || !pool->jobs)
		return false;
	pool->stop = stop;
	for (unsigned i = 0; i < count; i++) {
		pool->jobs[i].batch = batch_new();
		pool->jobs[i].rechecks = calloc(TRACK_RECHECKS, sizeof(struct recheck));
		if (!pool->jobs[i].batch || !pool->jobs[i].rechecks)
			return false;
	}
	return true;
}

void pool_close(struct pool *pool)
{
	for (unsigned i = 0; pool->jobs && i < pool->count; i++) {
		batch_free(pool->jobs[i].batch);
		free(pool->jobs[i].rechecks);
	}
	free(pool->jobs);
	if (pool->stop)
		munmap((void *)pool->stop, sizeof(*pool->stop));
}

struct job *pool_idle(struct pool *pool)
{
	for (unsigned i = 0; i < pool->count; i++)
		if (!pool->jobs[i].track)
			return &pool->jobs[i];
	return NULL;
}

unsigned pool_busy(const struct pool *pool)
{
	unsigned busy = 0;

	for (unsigned i = 0; i < pool->count; i++)
		busy += pool->jobs[i].track != NULL;
	return busy;
}

static void begin(struct job *job, struct track *track, bool is_recheck, int ended_fd)
{
	job->track = track;
	job->is_recheck = is_recheck;
	job->ended_fd = ended_fd;
	job->beats = 0;
	job->silent_ms = 0;
	job->killed = false;
}

bool pool_start_batch(struct pool *pool, struct job *job, struct track *track)
{
	const fm_ns slowness = guard_sanitized() || guard_valgrind() ? 8 : 1;
	const pid_t parent = getpid();
	const uint64_t next = track->next;
	const size_t pinned_next = track->pinned_next, rests_count = track->rests_count;
	int ended[2];

	if (pipe2(ended, O_CLOEXEC) != 0)
		return false;
	track_next_batch(track, job->batch, BATCH_NS * slowness);
	job->batch->isolate = pool->isolate;
	job->batch->tally = pool->tally;
	fflush(NULL);
	job->pid = fork();
	if (job->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0);
		batch_run(job->batch, pool->stop);
	}
	close(ended[1]);
	if (job->pid < 0) {
		close(ended[0]);
		track->batches--;
		track->next = next;
		track->pinned_next = pinned_next;
		track->rests_count = rests_count;
		return false;
	}
	begin(job, track, false, ended[0]);
	return true;
}

bool pool_start_rechecks(struct pool *pool, struct job *job, struct track *track, size_t count)
{
	if (!fresh_open(&job->fresh, &track->token, FRESH_HASHES, 1, (uint32_t)count))
		return false;
	memcpy(job->rechecks, track->rechecks + track->rechecks_count - count, count * sizeof(struct recheck));
	for (size_t i = 0; i < count; i++)
		job->fresh.shared->seeds[i].seed = job->rechecks[i].seed;
	if (!fresh_start(&job->fresh, pool->program)) {
		fresh_free(&job->fresh);
		return false;
	}
	track->rechecks_count -= count;
	track->checking++;
	begin(job, track, true, job->fresh.ended_fd);
	return true;
}

static void finish_batch(struct pool *pool, struct job *job)
{
	struct batch *batch = job->batch;
	int status = 0;

	while (waitpid(job->pid, &status, 0) < 0 && errno == EINTR)
		;
	close(job->ended_fd);
	if (!batch->failed && !batch->ended) {
		batch->failed = true;
		if (job->killed)
			guard_hang(&batch->result);
		else
			guard_crash(&batch->result, status);
	}
	track_batch_done(job->track, batch, pool->program, pool->recheck_all);
}

static void finish_rechecks(struct pool *pool, struct job *job)
{
	struct track *track = job->track;

	fresh_wait(&job->fresh);
	track->checking--;
	for (uint32_t i = 0; i < job->fresh.shared->count; i++)
		track_recheck_done(track, &job->rechecks[i], &job->fresh.shared->seeds[i], pool->program);
	fresh_free(&job->fresh);
}

/* No sign of life: neither the run's own alarm nor anything else ended it. */
static void watch(struct job *job, uint64_t passed_ms)
{
	const uint64_t beats = job->is_recheck ? job->fresh.shared->beats : job->batch->beats;

	job->silent_ms = beats == job->beats ? job->silent_ms + passed_ms : 0;
	job->beats = beats;
	if (job->silent_ms < 2 * guard_hang_ms())
		return;
	job->killed = true;
	kill(job->is_recheck ? job->fresh.pid : job->pid, SIGKILL);
}

void pool_wait(struct pool *pool, int most_ms)
{
	struct pollfd fds[pool->count];
	struct job *job;
	int ready;

	for (unsigned i = 0; i < pool->count; i++) {
		fds[i].fd = pool->jobs[i].track ? pool->jobs[i].ended_fd : -1;
		fds[i].events = POLLIN;
		fds[i].revents = 0;
	}
	ready = poll(fds, pool->count, most_ms);
	for (unsigned i = 0; i < pool->count; i++) {
		job = &pool->jobs[i];
		if (!job->track)
			continue;
		if (ready <= 0 || !fds[i].revents) {
			/* Time that a process did not end in; less than it was, where others ended in between. */
			watch(job, ready == 0 ? (uint64_t)most_ms : 0);
			continue;
		}
		if (job->is_recheck)
			finish_rechecks(pool, job);
		else
			finish_batch(pool, job);
		job->track = NULL;
	}
}
