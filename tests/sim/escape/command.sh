#!/usr/bin/env bash
# command.sh PROGRAM OUT: each trap fires, by its name and its oracle; each answer is the run's, also in a fresh process.
set -u
program=$1
out=$2
faults=0
traps=0
export FERMATA_TEST=set FERMATA_RECHECK=all
mkdir -p "$out"

fault() {
	printf 'FAIL %s\n' "$1"
	sed 's/^/    /' "$out/log"
	faults=$((faults + 1))
}

names() { "$program" list "$1" --json | sed -n 's/"name": *"\([^"]*\)".*/\n\1/; s/.*\n//p'; }

# expect STATUS ARGUMENTS...: the command ends with this status.
expect() {
	local wanted=$1 status=0
	shift
	timeout 60 "$program" "$@" >"$out/log" 2>&1 || status=$?
	[ "$status" -eq "$wanted" ] || fault "$* ended with status $status, not $wanted"
}

says() { grep -q -- "$1" "$out/log" || fault "not said: $1"; }

for name in $(names 'trap/*'); do
	call=${name##*/}
	oracle=${name#trap/}
	oracle=${oracle%/*}
	[ "$oracle" = lock ] && oracle='lock across await'
	expect 1 run "$name" --seeds 1 --quiet
	says "^oracle: $oracle\$"
	says "^cause: *$call "
	says "^ *$call.*at .*+0x"
	says '^at: tests/sim/escape/one_task.c:'
	traps=$((traps + 1))
done

for name in $(names 'answer/*'); do
	expect 0 run "$name" --seeds 20
done
expect 0 run answer/random --seeds 50
says ' 50 distinct'
expect 0 run plain/random --strategy fifo --seeds 1
expect 3 run undetermined/clock-in-setup --seeds 1

printf '%d traps, %d faults\n' "$traps" "$faults"
[ "$faults" -eq 0 ] && [ "$traps" -gt 60 ]
