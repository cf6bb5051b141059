# shellcheck shell=bash
# command.sh -- what the tests of the command share. Sourced with the arguments of the test: PROGRAM FOLDER; it makes the
# folder anew and goes there. checks_end WHAT is the last line of a test: how many there were, and whether all held.
set -u
export LC_ALL=C.UTF-8
unset CI FERMATA_RECHECK FERMATA_SALT FERMATA_HANG_MS
f=$1
out=$2
rm -rf "$out"
mkdir -p "$out"
cd "$out" || exit 1
tests=0
failures=0

fail() {
	failures=$((failures + 1))
	printf 'FAILED: %s\n' "$1"
	sed 's/^/    out: /' stdout | head -n 40
	sed 's/^/    err: /' stderr | head -n 10
}

# wants STATUS ARGUMENTS...: the command with these arguments ends so.
wants() {
	local want=$1 got
	shift
	tests=$((tests + 1))
	what="$*"
	timeout 300 "$f" "$@" >stdout 2>stderr.all </dev/null
	got=$?
	grep -v 'left to it$' stderr.all >stderr # what sanitizers find is theirs to say
	[ "$got" = "$want" ] || fail "'$what' ended with status $got, not $want"
}

# said PATTERN: the last command printed it (a basic regular expression). complained: it is the only line on stderr.
said() {
	tests=$((tests + 1))
	grep -q -e "$1" stdout || fail "'$what' did not print '$1'"
}
never_said() {
	tests=$((tests + 1))
	! grep -q -e "$1" stdout || fail "'$what' printed '$1'"
}
complained() {
	tests=$((tests + 1))
	grep -q -F -e "$1" stderr || fail "'$what' did not complain: $1"
	[ "$(wc -l <stderr)" = 1 ] || fail "'$what' did not complain in one line"
}

# that WHAT CONDITION
that() {
	tests=$((tests + 1))
	eval "$2" || fail "$1"
}

checks_end() {
	printf '%d checks of %s, %d failed\n' "$tests" "$1" "$failures"
	[ "$failures" = 0 ]
}
