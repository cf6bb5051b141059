#!/usr/bin/env bash
# table.sh FERMATA: the table that a run of the corpus ends in. Every bug is found and named, no twin accused; of classes 1, 6 and 10
# (missed wakes, deadlocks, lifetimes) at least 80% without any claim; and what cannot be judged says so.
set -u
fermata=$1
faults=0

fail() {
	printf 'FAIL %s\n' "$*"
	faults=$((faults + 1))
}

bugs=$("$fermata" list 'corpus/*/broken' --json | wc -l)
[ "$bugs" -gt 50 ] || fail "only $bugs bugs"

output=$("$fermata" run 'corpus/*' --seeds 500 --quiet)
[ $? -eq 1 ] || fail 'a run that finds bugs has another status than 1'
last=$(tail -n 1 <<<"$output")
[ "$last" = "$bugs of $bugs bugs found; $bugs of $bugs verdicts name the planted line; 0 of $bugs twins accused" ] ||
	fail "the corpus: $last"

output=$("$fermata" run 'corpus/[wfl]*/broken' --seeds 500 --quiet --no-claims)
last=$(tail -n 1 <<<"$output")
read -r found _ all _ <<<"$last"
[ $((found * 5)) -ge $((all * 4)) ] && [ "$all" -ge 25 ] || fail "without claims: $last"

# Ranges of ten: medians are of 20, and a bug that one in four seeds shows is found in most of them.
output=$("$fermata" run 'corpus/w05*/broken' --seeds 10 --medians --quiet)
grep -Eq '^corpus/w05[^ ]* +yes +missed wake +[0-9]+ +yes +[0-9]+(\.5)? +(1[0-9]|20) of 20$' <<<"$output" ||
	fail "medians: $(tail -n 2 <<<"$output")"

# Of twins that hold nothing is found, and a table there is none.
output=$("$fermata" run 'corpus/w0*/fixed' --seeds 20)
grep -q 'bugs found' <<<"$output" && fail 'a table without bugs'

# The canaries' places are not marked: their verdicts are not judged.
output=$("$fermata" run 'canary/lo*/broken' --seeds 500 --quiet)
grep -Eq '^canary/lost-item/broken +yes +claim +[0-9]+ +- *$' <<<"$output" || fail 'a place that nobody marked'

"$fermata" run 'corpus/w05*/broken' --medians --time 1s >/dev/null 2>&1
[ $? -eq 2 ] || fail '--medians with --time'

printf '%s faults\n' $faults
[ $faults -eq 0 ]
