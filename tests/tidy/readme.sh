#!/usr/bin/env bash
# readme.sh FERMATA SOURCES: what the README shows is what is printed, and its scenario is the one that is built.
set -u
readme=$2/README.md
faults=0

# shown WHAT: each line of standard input stands in the README, one after the other.
shown() {
	local text
	text=$(cat)
	if [ -z "$text" ] || [[ $(<"$readme") != *"$text"* ]]; then
		printf 'README.md does not show %s as it is now:\n%s\n' "$1" "$text"
		faults=$((faults + 1))
	fi
}

# As it is printed by build/bin/fermata.
failure() {
	"$1" run canary/lost-permit/broken | sed -n "/^FAILED/,/^replay:/{s#$1#build/bin/fermata#;p}"
}

shown "the failing canary, and its replay line" < <(failure "$1")
shown "scenarios/example/hand_over.c" < <(sed -n '/^#include/,$p' "$2/scenarios/example/hand_over.c")
shown "tests/sim/subject/ten_lines.c" <"$2/tests/sim/subject/ten_lines.c"
[ $faults -eq 0 ]
