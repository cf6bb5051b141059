#include "gate.h"
#include <fm_sim/subject.h>

static int make(void *gate) { return gate_init(gate), FM_OK; }
static struct fm_future *pass(struct fm_subject_at *at) { return gate_pass_init(at->future, at->thing); }
static void open_gate(struct fm_subject_at *at) { gate_open(at->thing); }
FM_SUBJECT(gate, "subject/gate", "an open gate lets everybody pass") = {
	.thing_bytes = sizeof(struct gate), .make = make,
	.operations = { FM_SUBJECT_FUTURE(pass, struct gate_pass), FM_SUBJECT_CALL(open_gate) },
};
