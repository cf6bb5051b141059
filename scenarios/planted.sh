#!/bin/sh
# planted.sh OUT ROOT FILE...: where these sources say BUG, as the table of fm_sim/planted.h.
out=$1
root=$2
shift 2
{
	printf '/* Made by scenarios/planted.sh. */\n#include <fm_sim/planted.h>\n\n#include <stddef.h>\n\n'
	printf 'const struct fm_sim_planted fm_sim_planted[] = {\n'
	for file; do
		grep -n BUG "$file" | sed "s|^\([0-9]*\):.*|\t{ \"${file#"$root"/}\", \1 },|"
	done
	printf '\t{ NULL, 0 },\n};\n'
} >"$out"
