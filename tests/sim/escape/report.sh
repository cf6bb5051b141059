#!/usr/bin/env bash
# report.sh CMAKE NM MODULE ARCHIVE OBJECTS...: the table names just what ARCHIVE stands in for (and the few it cannot), and the report of
# OBJECTS, the test's own scenarios, names what they call, by its kind.
set -u
cmake=$1 nm=$2 module=$3 archive=$4
shift 4
faults=0

fault() {
	printf 'FAIL %s\n' "$1"
	faults=$((faults + 1))
}

held=$("$nm" -A --defined-only "$archive" | sed -n 's/^[^:]*:\(clocks\|descriptors\|environment\|identity\|locks\|random\|sockets\|threads\|waits\)\.c\.o:[0-9a-f]* [TW] //p' |
	grep -v '^sim__' | LC_ALL=C sort)
named=$(grep -v ' unheard$' "$(dirname "$module")/escapes.txt" | cut -d' ' -f1 | LC_ALL=C sort)
[ -n "$held" ] && [ "$held" = "$named" ] || fault "escapes.txt is not what the archive holds: $(diff <(echo "$held") <(echo "$named"))"

report=$("$cmake" "-DNM=$nm" -DNAME=fixtures -P "$module" "$@" 2>&1)
says() { grep -q -- "fixtures: $1.*: .*\<$2\>" <<<"$report" || fault "not said of $2: $1"; }
says 'answered by the run' rand
says 'answered by the run' clock_gettime
says 'trapped' pthread_create
says 'trapped' epoll_wait
says 'blocking' nanosleep
says 'watched' pthread_mutex_lock
says 'not seen by the simulator' syscall
grep -q 'wait4' <<<"$report" && fault 'it names what nobody calls'
"$cmake" "-DNM=$nm" -P "$module" /nowhere.o >/dev/null 2>&1 && fault 'objects that are not there are no success'
printf '%s\n%d names, %d faults\n' "$report" "$(wc -l <<<"$named")" "$faults"
[ "$faults" -eq 0 ]
