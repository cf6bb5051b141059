/* The kettle for real: `kettle 250` heats for 250 ms of your time, for three guests. */
#include "kettle.h"

#include <fm/executor.h>
#include <fm/task.h>

#include <stdio.h>
#include <stdlib.h>

#define GUESTS 3

struct party {
	struct fm_async async;
	struct kettle kettle;
	struct boil boil;
	struct fm_task *guests[GUESTS];
	struct fm_task_join join;
	fm_ns length_ns;
	int i;
};

FM_ASYNC(party)
{
	FM_BEGIN;
	for (self->i = 0; self->i < GUESTS; self->i++) {
		struct guest *guest = fm_task_alloc(sizeof(*guest), "guest");

		if (!guest)
			abort();
		guest_init(guest, &self->kettle);
		self->guests[self->i] = fm_task_spawn(guest);
	}
	FM_AWAIT(boil_init(&self->boil, &self->kettle, self->length_ns));
	for (self->i = 0; self->i < GUESTS; self->i++) {
		FM_AWAIT(fm_task_join_init(&self->join, self->guests[self->i]));
		fm_task_detach(self->guests[self->i]);
	}
	FM_RETURN(FM_OK);
	FM_END;
}

int main(int argc, char **argv)
{
	struct party party;
	int status;

	(void)FM_ASYNC_INIT(&party, party);
	kettle_init(&party.kettle);
	party.length_ns = (argc > 1 ? strtoull(argv[1], NULL, 10) : 250) * FM_MS;
	status = fm_run(&party.async.fut);
	printf("%u cups\n", party.kettle.cups);
	return status == FM_OK && party.kettle.cups == GUESTS ? EXIT_SUCCESS : EXIT_FAILURE;
}
