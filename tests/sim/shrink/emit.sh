#!/usr/bin/env bash
# emit.sh FERMATA SOURCES FOLDER CC LIBRARIES...: bugs are shrunk into scenarios in C. Each, compiled against the public headers
# alone and linked with the source of its bug, fails by itself with any seed: the same oracle at the same line, as small as it was. It
# is built and run by the commands that stand in its own comment, word for word.
set -u
fermata=$1
sources=$2
folder=$3
cc=$4
shift 4
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder" || exit 1
emitted=0
faults=0

fail() {
	faults=$((faults + 1))
	printf 'FAIL %s: %s\n' "$name" "$1"
	cat log
}

# What the package says, of the tree that was built.
mkdir package
cat >package/fermata-main.pc <<END
Name: fermata-main
Description: the tree under test
Version: 0
Cflags: -I$sources/runtime/include -I$sources/sim/include
Libs: $* -pthread
END
export PKG_CONFIG_PATH=$folder/package
for tree in scenarios fuzz tests; do ln -s "$sources/$tree" $tree; done
cc() { "$cc" "$@"; }
commands() { sed -n 's/^ \*     \(cc .*\)$/\1/p; s/^ \*     \(\.\/shrunk-again .*\)$/\1/p' shrunk.c; }

line() { sed -n "s/^$1: //p" "$2" | head -n 1; }

for name in canary/lock-order canary/late-alarm canary/lost-permit canary/torn-frame canary/stale-waker canary/drifting-tick \
	canary/erased-notification corpus/c13-taken-state corpus/w07-last-permit corpus/c09-shrinking-pool corpus/t13-later-deadline \
	planted/turnstile; do
	CFLAGS="-O1 -D_GNU_SOURCE -I$sources/scenarios"
	[ $name != planted/turnstile ] || CFLAGS="$CFLAGS fuzz/planted/turnstile.c"
	"$fermata" run "$name/broken" --seeds 10000 --quiet >found 2>&1
	"$fermata" shrink "$(line 'replay' found | sed 's/.* replay //')" --emit-c shrunk.c >least 2>log
	if [ $? -ne 1 ]; then
		fail 'is not shrunk'
		continue
	fi
	if ! "$cc" -std=gnu17 -O1 -Wall -Wextra -Werror -I"$sources/runtime/include" -I"$sources/sim/include" -c shrunk.c \
		-o shrunk.o >log 2>&1; then
		fail 'does not compile against the public headers'
		continue
	fi
	[ "$(commands | wc -l)" = 2 ] || fail 'does not say how to build and run it'
	if ! eval "$(commands | head -n 1)" >log 2>&1; then
		fail 'is not built by its own command'
		continue
	fi
	eval "$(commands | tail -n 1)" >log 2>&1
	[ $? -eq 1 ] || fail 'does not fail by its own command'
	./shrunk-again run 'shrunk/*' --seeds 7..8 >log 2>&1
	[ $? -eq 1 ] || fail 'does not fail by itself'
	for what in oracle at; do
		[ "$(line $what log)" = "$(line $what least)" ] || fail "$what is not $(line $what least)"
	done
	[ "$(line after log | sed 's/ polls.*//')" = "$(line size least | sed 's/.*draws that were not 0, \([0-9]*\) of.*/\1/')" ] ||
		fail 'takes another number of polls'
	./shrunk-again replay "$(line replay log | sed 's/.* replay //')" >again 2>&1
	[ "$(line hash again)" = "$(line hash log)" ] || fail 'does not replay'
	if [ $name = planted/turnstile ]; then # a subject's program stands there, and not the draws of it
		grep -q '{ .task = [1-4], .operation = "pass"' shrunk.c || fail 'has no program'
		! grep -q '"operation' shrunk.c || fail 'has the draws of its program'
		grep -q '^ \*.*pass();  *// ' shrunk.c || fail 'does not show its program as calls'
	fi
	emitted=$((emitted + 1))
done
printf '%d emitted scenarios fail alone; %d faults\n' $emitted $faults
[ $faults -eq 0 ] && [ $emitted -ge 10 ]
