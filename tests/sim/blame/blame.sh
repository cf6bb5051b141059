#!/usr/bin/env bash
# blame.sh FERMATA SOURCES [PATTERN]: each broken entry of the corpus is found within 10,000 runs, and the verdict names the
# planted line: one with a BUG comment on it, or just above it. Ends with how many did.
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

for name in $("$fermata" list "$pattern" --json | sed -n 's/.*"name": *"\([^"]*\)".*/\1/p'); do
	report=$("$fermata" run "$name" --seeds 10000 --quiet 2>&1)
	status=$?
	at=$(sed -n 's/^at: //p' <<<"$report" | head -n 1)
	if [ $status -ne 1 ]; then
		printf 'FAIL %s: status %d, it is to be found\n' "$name" $status
		faults=$((faults + 1))
	elif ! says_bug "${at%:*}" "${at##*:}"; then
		printf 'FAIL %s: blames %s, which is no BUG line (%s)\n' "$name" "${at:-nothing}" \
			"$(sed -n 's/^oracle: //p' <<<"$report" | head -n 1)"
		faults=$((faults + 1))
	else
		named=$((named + 1))
	fi
done
printf '%d named their line, %d did not\n' $named $faults
[ $faults -eq 0 ] && [ $named -gt 0 ]
