#!/usr/bin/env bash
# deadly.sh PROGRAM FOLDER -- programs that end their process in a run: whatever the way, and whether a sanitizer is there or not, the
# report names scenario, seed, oracle, cause and place, ends with the line to paste, and that line and `shrink` do it again.
source=$(realpath "$(dirname "$0")")/deadly.c
. "$(dirname "$0")/../../support/command.sh"
token() { sed -n 's/^replay: .* replay //p' stdout | tail -n 1; }
field() { sed -n "s/^$1: //p" stdout | head -n 1; }
planted() { printf 'tests/sim/cli/deadly.c:%s' "$(grep -n "$1" "$source" | head -n 1 | cut -d: -f1)"; }

sanitized=no
"$f" run deadly/killed --seeds 1 2>&1 | grep -q 'a sanitizer here' && sanitized=yes
export FERMATA_HANG_MS=1500

# ends NAME ORACLE CAUSE [PLACE [SHOWS]]: one way to end, from run to shrink.
ends() {
	local name=$1 oracle=$2 cause=$3 place=${4:-} shows=${5:-} one hash
	wants 1 run "deadly/$name" --seeds 500 --jobs 1 --json "$name.json" --junit "$name.xml" --html "$name.html"
	said "^FAIL  deadly/$name .* seed [0-9]*: $oracle"
	said "^FAILED deadly/$name seed [0-9]*$"
	said "^oracle: $oracle$"
	said "^cause: $cause"
	[ -z "$place" ] || said "^at: $place$"
	[ -z "$shows" ] || said "$shows"
	that "the last line of $name is the one to paste" 'tail -n 1 stdout | grep -q "^replay: [^ ]* replay fm1\."'
	one=$(token) hash=$(field hash)
	that "$name is in JSON" 'grep -q "\"verdict\":\"failed\".*\"token\":\"fm1.deadly" $name.json && grep -q "\"oracle\":\"$oracle\"" $name.json'
	that "$name is in JUnit" 'grep -q "<failure[^>]*$oracle" $name.xml && grep -q "replay fm1.deadly" $name.xml'
	that "$name is on the page" 'grep -q "oracle: $oracle" $name.html/index.html && grep -q "replay fm1.deadly" $name.html/index.html'
	if [ "$oracle" != stuck ]; then
		said '^shrunk: .* draws that were not 0.* shrink fm1\.'
		said '^needs: other values of deadly'
	fi
	wants 1 replay "$one" -o "$name.tape"
	said "^oracle: $oracle$"
	said "^cause: $cause"
	[ -z "$place" ] || said "^at: $place$"
	[ -z "$shows" ] || said "$shows"
	that "$name replays with its hash" '[ "$hash" = "$(field hash)" ]'
	wants 1 replay "$name.tape"
	said "^oracle: $oracle$"
	that "the tape of $name is the run" '[ "$hash" = "$(field hash)" ]'
	if [ "$oracle" = stuck ]; then
		wants 5 shrink "$one"
		return
	fi
	wants 1 shrink "$name.tape" -o "$name.least"
	said "^oracle: $oracle$"
	said '^size: 1 of '
	wants 1 replay "$name.least"
	said "^oracle: $oracle$"
}

if [ "$sanitized" = yes ]; then
	ends use-after-free 'memory error' 'heap-use-after-free: read of size 4$' "$(planted 'PLANTED freed')" '^    freed at .*tests/sim/cli/deadly.c'
	said '^oracle: memory error$'
	ends overflow 'memory error' 'heap-buffer-overflow: write of size 1$' "$(planted 'PLANTED overflown')"
	ends undefined 'undefined behaviour' '.*[iI]nteger overflow: .* + .* cannot be represented' "$(planted 'PLANTED summed')"
	ends segv 'memory error' 'SEGV on unknown address' "$(planted 'PLANTED unmapped')"
	ends recursion 'memory error' 'stack-overflow' '' '^    deep at .*tests/sim/cli/deadly.c'
	wants 1 run deadly/recursion --seeds 500
	that 'the sanitizer is not heard twice' '[ "$(wc -l <stdout)" -lt 30 ]'
else
	wants 0 run deadly/undefined --seeds 500
	ends segv crash 'the program died of SIGSEGV' '' '^where the signal came:'
	ends recursion crash 'the program died of SIGSEGV' '' '^where the signal came:'
	ends divide crash 'the program died of SIGFPE' '' '^where the signal came:'
	command -v addr2line >/dev/null && said "^    divided at .*deadly.c:$(planted 'PLANTED divided' | cut -d: -f2)$"
fi
ends assert crash "Assertion .drawn != 3' failed in .*asserted" "$(planted 'assert(drawn')"
if [ "$sanitized" = no ]; then # a sanitizer has no say in these, and is slow
	ends exit crash 'the program called exit()$' "$(planted 'FM_AWAIT(fm_yield')"
	ends underscore-exit crash 'the program called _exit()$' "$(planted 'FM_AWAIT(fm_yield')"
	ends killed crash 'the program died of SIGKILL'
fi
ends loop stuck 'a run took longer than 1500 ms of real time$' "$(planted 'FM_AWAIT(fm_yield')" '^where the signal came:'

checks_end 'programs that die'
