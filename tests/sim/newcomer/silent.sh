#!/usr/bin/env bash
# silent.sh FOLDER: nothing in the folder's programs tells the simulator what they do. Shows first that it would be seen.
set -u
folder=$1
words='fm_coop|fm_observe|fm_waitq|fm_waiter|twin_(wait|leave)'
faults=0

says() {
	grep -nEw -- "($words)[a-z_]*|fm/(observe|waitq)\.h" "$@"
}

for planted in 'if (!fm_coop(cx))' '#include <fm/waitq.h>' 'fm_observe_wait("x", x, future);'; do
	says - <<<"$planted" >/dev/null || {
		printf 'FAIL "%s" is not seen\n' "$planted"
		faults=$((faults + 1))
	}
done
[ "$(find "$folder" -name '*.c' | wc -l)" -gt 20 ] || {
	printf 'FAIL no programs in %s\n' "$folder"
	faults=$((faults + 1))
}
for file in "$folder"/*.[ch]; do
	if says "$file" /dev/null; then
		printf 'FAIL %s tells the simulator something\n' "$file"
		faults=$((faults + 1))
	fi
done
[ $faults -eq 0 ]
