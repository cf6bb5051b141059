#!/usr/bin/env bash
# small.sh FERMATA SIZE [LARGER]: all programs of that size of each subject, under all schedules, and nothing found; of those in LARGER, a
# list of NAME=SIZE, up to that one. The network's subject has most schedules of all: of it two operations a program are run.
set -u
f=$1 size=$2
shift 2
failed=0

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# of NAME: its size
of() {
	local pair found=$size
	for pair in "${@:2}"; do
		[ "${pair%=*}" != "$1" ] || found=${pair#*=}
	done
	echo "$found"
}

names=$("$f" list 'subject/*' --json | sed -n 's/"name": *"\([^"]*\)".*/\n\1/; s/.*\n//p')
[ -n "$names" ] || { echo "no subject in $f"; exit 1; }
for name in $names planted/turnstile/fixed; do
	flags=(--size "$(of "${name#subject/}" "$@")")
	[ "$name" != subject/tcp ] || flags+=(--operations 2)
	"$f" explore "$name" "${flags[@]}" -o "$folder" >"$folder/out" 2>&1
	status=$?
	if [ $status -ne 0 ] || ! grep -q '^      programs: [1-9]' "$folder/out" || ! grep -q 'complete: these are all$' "$folder/out"; then
		echo "$name: explore ${flags[*]} ends with $status:"
		cat "$folder/out"
		failed=1
	fi
	echo "$name ${flags[*]}: $(sed -n 's/^      programs: \([0-9,]*\) .*/\1 programs, /p; s/^      explored: \([0-9,]*\) .*/\1 schedules/p' "$folder/out" | tr -d '\n')"
done

# What is planted is seen, or all of this would show nothing.
"$f" explore planted/turnstile/broken --size 4 --until-fail -o "$folder" >"$folder/out" 2>&1
[ $? -eq 1 ] || { echo 'planted/turnstile/broken is not found out'; failed=1; }
exit $failed
