/*
 * Bytes as the source of draws: what a fuzzer makes of them is the run. A draw of up to 256 values takes one byte, of up to 65,536 two,
 * else four; beyond the end all draws are 0, so that a short input is a plain run with a strange beginning. A draw that strikes once in so
 * many does so for the highest values, so that 0 never strikes. Every input is a run, and a small change of it is a small change.
 */
#include "internal.h"

static uint32_t next_byte(struct fm_sim *sim)
{
	return sim->bytes_taken < sim->options->bytes_count ? sim->options->bytes[sim->bytes_taken++] : 0;
}

uint64_t sim__from_bytes(struct fm_sim *sim, uint64_t n)
{
	unsigned width = n <= 256 ? 1 : n <= 65536 ? 2 : 4;
	uint64_t word = 0;

	while (width-- > 0)
		word = word << 8 | next_byte(sim);
	return word % n;
}

bool sim__strike_from_bytes(struct fm_sim *sim, uint32_t in)
{
	const uint32_t byte = next_byte(sim);

	return byte != 0 && byte >= 256 - (in < 256 ? 256 / in : 1);
}
