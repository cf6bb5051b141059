#!/usr/bin/env bash
# manners.sh FIXTURES FOLDER -- what every verb says of itself, to words that nobody knows, to input that is none and to outputs that cannot be written: in one line, with status 2,
# before anything runs; that a device is never taken away; how ctrl-c ends each verb, and the second one; what stands at the end where
# more than one thing failed.
parsers=$(realpath "$(dirname "$0")")/../../../sim/cli
. "$(dirname "$0")/../../support/command.sh"
token() { sed -n 's/^replay: .* replay //p' stdout | tail -n 1; }

wants 1 run bad/claim/broken --seeds 2000 --json results --coverage covered
one=$(token)
wants 1 replay "$one" -o tape

# ---- what is said of verbs, and to who mistypes a word
for verb in list run replay shrink sweep explore fuzz coverage report; do
	wants 0 $verb --help
	said "^$verb "
	said '^for example:$'
	said " $verb .*[a-z]"
	cp stdout help
	wants 0 help $verb
	that "help $verb is $verb --help" 'cmp -s help stdout'
	wants 0 --help
	that "--help has the flags of $verb" '[ "$(grep "^    -" help | grep -v /cli_fixtures | grep -vFxc -f stdout)" = 0 ]'
done
wants 0 run good/fine --seeds 3 --help
never_said 'good/fine '
wants 2 help rnu
complained "unknown verb 'rnu'; did you mean 'run'?"
wants 2 shirnk
complained "unknown verb 'shirnk'; did you mean 'shrink'?"
wants 2 good/fine
complained "'good/fine' is a scenario, and a verb is missing before it: run good/fine"
wants 2 fm1.good/fine.0.random.default.00000000
complained 'a verb is missing before the token: replay fm1.'
wants 4 run fien
complained "no scenario matches 'fien'; did you mean 'good/fine'?"
wants 4 run abort
complained "did you mean 'bad/abort/broken'?"
wants 4 run 'god/*'
complained "no scenario matches 'god/*'; did you mean 'good/*'?"
wants 4 sweep good/fne
complained "did you mean 'good/fine'?"
wants 2 run --seed 5
complained "unknown flag '--seed' for run; did you mean '--seeds'?"
wants 2 run --until
complained "did you mean '--until-fail'?"
wants 2 replay --leniant x
complained "did you mean '--lenient'?"
wants 2 shrink --emitc=x y
complained "unknown flag '--emitc' for shrink; did you mean '--emit-c'?"
wants 2 sweep --aloc x
complained "unknown flag '--aloc' for sweep; did you mean '--alloc'?"
wants 2 explore --boud 3 x
complained "unknown flag '--boud' for explore; did you mean '--bound'?"
wants 2 fuzz --corpsu=c x
complained "unknown flag '--corpsu' for fuzz; did you mean '--corpus'?"
wants 2 run --strategy radnom
complained "unknown strategy 'radnom'; did you mean 'random'?"
wants 2 run --faults default,-rest
complained "unknown fault profile 'rest'; did you mean 'reset'?"

# ---- what is said of flags: a flag that a verb takes and --help does not tell of is never what was meant
wants 0 --help
flags=$(cat "$parsers"/*.c | grep -oE 'is\(&?(walk|words), "-[^"]*"' | sed 's/.*"\(-[^"]*\)"/\1/' | sort -u)
that 'flags were found' '[ "$(wc -w <<<"$flags")" -gt 25 ]'
for flag in $flags; do
	said "[[ /|]$flag\\($\\|[] =,]\\)"
done

# ---- what is read
mkdir folder
: >empty
head -c 300 tape >cut
sed '1s/2$/9/' tape >later
head -c 500 /dev/zero >zeros
printf 'words, and no more of them\n' >words
stranger=$(sed 's/fine/fnie/' <<<'fm1.good/fine.0.portfolio.default')
for verb in replay shrink; do
	wants 2 $verb missing
	complained "'missing' is neither a token nor a file"
	wants 2 $verb folder
	complained "cannot read 'folder': Is a directory"
	wants 2 $verb empty
	complained "'empty' is empty"
	wants 2 $verb zeros
	complained "'zeros' is neither a token nor a tape"
	wants 2 $verb words
	complained "'words' is neither a token nor a tape"
	wants 2 $verb cut
	complained "tape 'cut' is cut short"
	wants 2 $verb later
	complained "tape 'later' has version '9', which is unknown"
	wants 2 $verb results
	complained "'results' is neither a token nor a tape"
	wants 2 $verb "$stranger.00000000"
	sum=$(sed -n 's/.* has \([0-9a-f]*\)$/\1/p' stderr)
	wants 2 $verb "$stranger.$sum"
	complained "the token's scenario 'good/fnie' is not in this program; did you mean 'good/fine'?"
	sed "s|^token .*|token $stranger.$sum|" tape >foreign
	wants 2 $verb foreign
	complained "tape 'foreign'"
	sed "s/^end .*/$(sed -n "s/.*should be '\\(end [0-9a-f]*\\)'.*/\\1/p" stderr)/" foreign >foreign.whole
	wants 2 $verb foreign.whole
	complained "is not in this program; did you mean 'good/fine'?"
done
for verb in coverage report; do
	wants 2 $verb missing
	complained "cannot read 'missing': No such file"
	wants 2 $verb folder
	complained "cannot read 'folder': Is a directory"
	wants 2 $verb empty
	complained "'empty' is empty"
	wants 2 $verb tape
	complained "'tape' line 1: it is cut short or no JSON"
	wants 2 $verb zeros
	complained "'zeros'"
done
wants 2 coverage results
complained 'it holds results (run --json), no coverage (run --coverage)'
wants 2 report covered
complained 'does not begin as results do'

# ---- numbers
wants 2 run good/fine --seeds 99999999999999999999
complained 'too large: at most 9223372036854775808'
wants 2 run good/fine --jobs 0
complained "number of jobs '0' is less than 1"
for verb in explore fuzz run; do
	wants 2 $verb good/fine --time -1s
	complained "time '-1' is negative"
	wants 2 $verb good/fine --time 99999999999999999999h
	complained 'too large'
done
wants 2 explore good/fine --bound 0
complained "bound '0' is less than 1"
wants 2 explore good/fine --runs 99999999999999999999
complained 'too large'
wants 2 explore good/fine --domains all
complained "unknown domain 'all': schedule, charge, select, user"
wants 2 explore good/fine --domains ,
complained "unknown domain ''"
wants 2 fuzz good/fine --seeds 0
complained "number of seeds '0' is less than 1"
wants 2 explore -o
complained '-o needs a value'
wants 2 sweep good/fine --json=
complained '--json needs a value'
wants 2 sweep --alloc
complained 'sweep needs a pattern'

# ---- what is written: heard of before anything runs
device=$(stat -c %t:%T /dev/full)
for flag in --json --junit --coverage; do
	wants 2 run slow/sleeper --seeds 100000 $flag /dev/full
	complained "cannot write '/dev/full': No space left on device"
	that 'nothing was run' '[ ! -s stdout ]'
	wants 2 run slow/sleeper --seeds 100000 $flag folder
	complained "cannot write 'folder': Is a directory"
done
for call in 'replay -o' 'replay --html' 'replay --perfetto' 'shrink -o' 'shrink --emit-c'; do
	wants 2 ${call% *} "$one" ${call#* } /dev/full
	complained "cannot write '/dev/full': No space left on device"
	that 'nothing was run' '[ ! -s stdout ]'
	wants 2 ${call% *} "$one" ${call#* } /nowhere/file
	complained "cannot write '/nowhere/file': No such file"
done
that 'a device is no file to take away' '[ "$(stat -c %t:%T /dev/full)" = "$device" ]'
wants 2 sweep good/fine --json /dev/full
complained "cannot write '/dev/full': No space left on device"
wants 2 run good/fine --html empty
complained "cannot write 'empty/index.html': Not a directory"
for call in 'explore -o' 'fuzz -o' 'fuzz --corpus'; do
	wants 2 ${call% *} slow/sleeper ${call#* } empty
	complained "cannot write into 'empty': it is no folder"
	wants 2 ${call% *} slow/sleeper ${call#* } /nowhere/folder
	complained "cannot make '/nowhere/folder': No such file"
done
wants 0 run good/fine --seeds 5 --json /dev/null --quiet
wants 1 replay "$one" --html /dev/null
mkdir gone
cd gone || exit 1
rmdir ../gone
"$f" fuzz bad/claim/broken --seeds 1000 >../stdout 2>../stderr
lost_status=$?
cd .. || exit 1
that 'what was found is told where its tape cannot be written' \
	'[ "$lost_status" = 1 ] && grep -q "^FAILED bad/claim/broken" stdout && grep -q "cannot write" stderr'
"$f" list 2>stderr | head -n 1 >stdout
that 'a reader that goes away is no trouble' '[ ! -s stderr ] && [ -s stdout ]'

# ---- ctrl-c: what came so far is told; the second one ends at once
interrupt() { # STATUS TIMES ARGUMENTS...
	local want=$1 times=$2 got pid
	shift 2
	tests=$((tests + 1))
	what="ctrl-c of $*"
	"$f" "$@" >stdout 2>stderr </dev/null &
	pid=$!
	sleep 0.7
	for _ in $(seq "$times"); do
		kill -INT $pid
		sleep 0.2
	done
	wait $pid
	got=$?
	[ "$got" = "$want" ] || fail "'$what' ended with status $got, not $want"
}
interrupt 5 1 run slow/sleeper --seeds 1000000
said '^part  slow/sleeper'
interrupt 5 1 fuzz slow/sleeper --time 100s
said '^part  slow/sleeper  [0-9]* runs'
interrupt 5 1 explore slow/many
said 'incomplete: interrupted'
interrupt 5 1 sweep slow/sleeper good/fine
said '^part  slow/sleeper .* not tried'
said '^interrupted: 2 of 2 scenarios were begun$'
FERMATA_HANG_MS=60000 interrupt 130 2 fuzz bad/hang/broken --time 100s
for _ in $(seq 50); do # what a killed child has under a sanitizer takes its time to go
	pgrep -f "^$f (run|fuzz|explore|sweep)" >/dev/null || break
	sleep 0.1
done
that 'no process is left' '! pgrep -f "^$f (run|fuzz|explore|sweep)" >/dev/null'

# ---- more than one failure
wants 1 run bad/kinds/broken --seeds 100..1100 --keep-going
said '^3 failures:$'
that 'each has a line, with its token, oracle and place' \
	'[ "$(grep -c "^  fm1.bad/kinds/broken\.[^ ]*  *[a-z]* at tests/sim/cli/fixtures.c:[0-9]*$" stdout)" = 3 ]'
that 'the last line is the one to paste, for the first' \
	'[ "$(token)" = "$(sed -n "s/^  \(fm1[^ ]*\)  .*/\1/p" stdout | head -n 1)" ]'
wants 1 run bad/claim/broken bad/kinds/broken --seeds 2000 --quiet
said '^2 failures:$'
that 'the table of bugs is last' 'tail -n 1 stdout | grep -q "^2 of 2 bugs found"'
wants 1 run bad/claim/broken --seeds 2000
never_said 'failures:$'

checks_end 'manners'
