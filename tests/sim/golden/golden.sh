#!/usr/bin/env bash
# golden.sh FERMATA TAPES: tokens and tapes of before still mean the same runs. Where one does not, it says what broke it: the
# format, a draw (with the step, the site expected and the site met), or what the events are.
set -u
fermata=$1
cd "$2" || exit 1
count=0
faults=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

broke() {
	faults=$((faults + 1))
	printf 'FAIL %s: %s\n' "$file" "$1"
}

# means WHAT SUBJECT: its replay leaves the hash that it left.
means() {
	"$fermata" replay "$2" >"$log" 2>&1
	case $? in
	2) broke "the format of $1 has changed: $(tail -n 1 "$log")" ;;
	*)
		if grep -q '^DIVERGED' "$log"; then
			broke "$1 draws otherwise: $(sed -n 's/^cause: //p' "$log")"
		elif [ "$(sed -n 's/^hash: //p' "$log")" != "$hash" ]; then
			broke "$1 left hash $hash, and now $(sed -n 's/^hash: //p' "$log")"
		fi
		;;
	esac
}

while read -r hash file token; do
	count=$((count + 1))
	means 'the tape' "$file"
	means 'the token' "$token"
done <list
printf '%d golden tapes, %d faults\n' $count $faults
[ $faults -eq 0 ] || printf 'If this was meant, say in the commit that old tokens change, and run tests/sim/golden/regenerate\n'
[ $faults -eq 0 ] && [ $count -ge 5 ]
