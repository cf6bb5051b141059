#!/usr/bin/env bash
# blame.sh FERMATA SOURCES [PATTERN]: each broken entry of the corpus is found within 10,000 runs, and the first 25 lines of what is
# printed say all that a person needs: the oracle, the planted line (a BUG comment on it, or just above it), the names of tasks, an
# await backtrace, one sentence of cause, the line to paste. Ends with how many did.
set -u
fermata=$1
sources=$2
pattern=${3:-corpus/*/broken}
named=0
faults=0

# The line, or one of the two above it (a comment of two lines), says BUG.
says_bug() {
	local file=$1 line=$2 from=$(($2 > 2 ? $2 - 2 : 1))

	sed -n "${from},${line}p" "$sources/$file" 2>/dev/null | grep -q 'BUG'
}

# What the first lines lack, in words; nothing: they have it all.
lacks() {
	local head=$1

	grep -q '^oracle: ..' <<<"$head" || printf 'no oracle; '
	grep -q '^at: .*:[0-9]*$' <<<"$head" || printf 'no place; '
	grep -Eq "^(task: .|task #[0-9]+ '.+' on )" <<<"$head" || printf 'no task; '
	grep -Eq '^ +[a-z_0-9]+ at [^ ]+:[0-9]+: .' <<<"$head" || printf 'no await backtrace; '
	[ "$(grep -c '^cause: ..' <<<"$head")" = 1 ] || printf 'not one sentence of cause; '
	grep -q "^replay: .* replay fm1\.$2\." <<<"$head" || printf 'no line to paste; '
}

for name in $("$fermata" list "$pattern" --json | sed -n 's/.*"name": *"\([^"]*\)".*/\1/p'); do
	report=$("$fermata" run "$name" --seeds 10000 2>&1)
	status=$?
	head=$(head -n 25 <<<"$report")
	at=$(sed -n 's/^at: //p' <<<"$head" | head -n 1)
	lacking=$(lacks "$head" "$name")
	if [ $status -ne 1 ]; then
		printf 'FAIL %s: status %d, it is to be found\n' "$name" $status
		faults=$((faults + 1))
	elif ! says_bug "${at%:*}" "${at##*:}"; then
		printf 'FAIL %s: blames %s, which is no BUG line (%s)\n' "$name" "${at:-nothing}" \
			"$(sed -n 's/^oracle: //p' <<<"$head" | head -n 1)"
		faults=$((faults + 1))
	elif [ -n "$lacking" ]; then
		printf 'FAIL %s: in its first 25 lines: %s\n' "$name" "$lacking"
		faults=$((faults + 1))
	elif [ "$(tail -n 1 <<<"$report" | cut -d' ' -f1)" != replay: ]; then
		printf 'FAIL %s: does not end with the line to paste\n' "$name"
		faults=$((faults + 1))
	else
		named=$((named + 1))
	fi
done
printf '%d named their line, %d did not\n' $named $faults
[ $faults -eq 0 ] && [ $named -gt 0 ]
