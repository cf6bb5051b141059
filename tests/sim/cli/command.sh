#!/usr/bin/env bash
# command.sh FIXTURES FOLDER -- the command as a whole: exit statuses, the words of every error, that crashes and hangs are
# contained, that what is found replays, and that ctrl-c ends a run with its report.
. "$(dirname "$0")/../../support/command.sh"
token() { sed -n 's/^replay: .* replay //p' stdout | head -n 1; }
hash() { sed -n 's/^hash: //p' stdout | head -n 1; }
oracle() { sed -n 's/^oracle: //p' stdout | head -n 1; }

# Where a sanitizer or Valgrind has malloc, what is done with it is not ours to judge.
plain=yes
"$f" run good/fine --seeds 1 2>&1 | grep -q 'left to it$' && plain=no

# ---- about itself
wants 0 --help
said '^run \[PATTERN...\]'
wants 0 --version
said '^fermata [0-9]'
wants 0 list
said '^good/fine  *two workers end  \[quick two-words\]'
wants 0 list --json 'good/*'
said '^{"v":1,"type":"scenario","name":"good/fine","claim":"two workers end","tags":\["quick","two-words"\],"file":'
that "three scenarios of good" '[ "$(wc -l <stdout)" = 3 ]'

# ---- bad input
wants 2
that 'without a verb there is a line for each' '[ "$(grep -c "^  [a-z]" stderr)" = 9 ] && [ ! -s stdout ]'
wants 2 frobnicate
complained "unknown verb 'frobnicate'"
wants 2 machine 3
complained "unknown verb 'machine'"
wants 4 run 'nothing/*'
complained "no scenario matches 'nothing/*'"
wants 4 run 'good/*' nothing
complained "no scenario matches 'nothing'"
wants 4 list nothing
complained "no scenario matches 'nothing'"
wants 2 run --frobnicate
complained "unknown flag '--frobnicate' for run"
wants 2 run --seeds 9..2
complained 'upside down'
wants 2 run --seeds -1
complained 'negative'
wants 2 run --seeds 99999999999999999999
complained 'too large'
wants 2 run --seeds 9223372036854775809
complained 'too large'
wants 2 run --seeds many
complained "'many' is not a number"
wants 2 run --strategy clever
complained "unknown strategy 'clever'"
wants 2 run --faults evil
complained "unknown fault profile 'evil'"
wants 2 run --html
complained '--html needs a value'
wants 2 run good/fine --html /dev/null
complained "cannot write '/dev/null/index.html': Not a directory"
wants 2 run good/fine --html /nowhere/pages
complained "cannot make '/nowhere/pages': No such file"
wants 2 run good/fine --junit /nowhere/x.xml
complained "cannot write '/nowhere/x.xml': No such file"
wants 2 run good/fine --json /
complained "cannot write '/': Is a directory"
wants 2 run good/fine --seeds 2 --json /dev/full
complained "cannot write '/dev/full'"
wants 2 replay
complained 'replay needs a token'
wants 2 replay ''
complained 'the token is empty'
wants 2 replay hello
complained "'hello' is neither a token nor a file"
wants 2 replay fm2.good/fine.0.random.default.00000000
complained 'format fm2, which is unknown'
wants 2 replay fm1.good/fine.0.random.default.00000000
complained 'checksum'
wants 2 replay /
complained "cannot read '/': Is a directory"
: >empty
wants 2 replay empty
complained "'empty' is empty"
head -c 1000 /dev/zero >zeros
wants 2 replay zeros
complained "'zeros' is neither a token nor a tape"
"$f" list >/dev/full 2>stderr
full_status=$?
that 'a full disk is noticed' '[ "$full_status" = 2 ] && grep -q "cannot write to standard output" stderr'

# ---- runs that hold
wants 0 run 'good/*' --seeds 200
said '^ok    good/fine '
said '^3 passed, 0 failed; 600 runs'
never_said 'printed by the program'
never_said '^hash:'
that 'nothing on stderr' '[ ! -s stderr ]'
wants 0 run good/fine --seeds 200 --quiet
that 'quiet is quiet' '[ ! -s stdout ]'
wants 0 run good/fine --seeds 100 --jobs 7 --isolate=run
said '^1 passed, 0 failed; 100 runs'
wants 0 run good/fine --strategy fifo --faults none --no-claims --seeds 20
wants 0 run good/fine --seeds 5..6
said '^hash: [0-9a-f]\{16\}$'
first=$(hash)
wants 0 run good/fine --seeds 5..6
that 'the hash of a single seed is the same again' '[ "$first" = "$(hash)" ]'
wants 0 run good/fine --time 300ms
said '^1 passed'
FERMATA_RECHECK=all wants 0 run good/fine --seeds 40
said ', 40 checked again,'
wants 0 run good/fine --seeds 9223372036854775807..9223372036854775808
said '^1 passed, 0 failed; 1 runs'

# ---- runs that break, and their replay
for name in claim segv abort killed exit underscore-exit hang deaf; do
	case $name in # a hang must be waited for
	hang | deaf) export FERMATA_HANG_MS=1500 ;;
	*) unset FERMATA_HANG_MS ;;
	esac
	wants 1 run "bad/$name/broken" --seeds 2000
	said "^FAIL  bad/$name/broken "
	said "^FAILED bad/$name/broken seed [0-9]*$"
	that "the last line of $name is the one to paste" 'tail -n 1 stdout | grep -q "^replay: [^ ]* replay fm1\."'
	found_oracle=$(oracle) found_hash=$(hash) found=$(token)
	cp stdout "run-$name"
	case $name in
	claim) that "$name is a claim" '[ "$found_oracle" = claim ]' ;;
	hang | deaf) that "$name is stuck" '[ "$found_oracle" = stuck ]' ;;
	segv) that "$name is a crash, or told by the sanitizer" '[ "$found_oracle" = "$([ $plain = yes ] && echo crash || echo memory error)" ]' ;;
	*) that "$name is a crash" '[ "$found_oracle" = crash ]' ;;
	esac
	wants 1 replay "$found"
	that "$name replays with its oracle" '[ "$found_oracle" = "$(oracle)" ]'
	that "$name replays with its hash" '[ "$found_hash" = "$(hash)" ]'
	that "the replay of $name ends with its line" 'tail -n 1 stdout | grep -q "^replay: .* replay fm1"'
done
unset FERMATA_HANG_MS
if [ "$plain" = yes ]; then
	wants 1 run bad/malloc-leak/broken --seeds 2000
	said '^oracle: leak$'
	wants 1 run bad/double-free/broken --seeds 2000
	said '^cause: free() of memory that was freed already$'
fi
that 'what the failing program printed is in the report' 'grep -q "^  the program says: turn" run-claim'
that 'the cause of a claim is its text' "grep -q '^cause: drew 7 & <that> is \"bad\"\$' run-claim"
wants 1 run bad/claim/broken --seeds 2000 --jobs 1
one=$(token)
wants 1 run bad/claim/broken --seeds 2000 --jobs 5
that 'the smallest failing seed is found, however many jobs' '[ "$one" = "$(token)" ]'
wants 1 run bad/segv/broken --seeds 2000 --isolate=run
said '^oracle: \(crash\|memory error\)$'
wants 1 run bad/underscore-exit/broken --seeds 2000 --isolate=run
said '^oracle: crash$'
wants 1 run bad/claim/broken --seeds 1 --until-fail
said '^FAILED bad/claim/broken'
wants 1 run bad/claim/broken slow/sleeper --until-fail
said '^FAILED bad/claim/broken'
wants 0 run bad/claim/broken --seeds 400 --no-claims
wants 1 replay "$one" --trace
said '^ *time *poll .*columns: tasks'
said '  poll #[0-9]* worker, for the first time'
never_said '  wake #[0-9]* worker'
said '  fail claim$'
that 'the story comes before the report' '[ "$(grep -n "fail claim" stdout | cut -d: -f1)" -lt "$(grep -n ^FAILED stdout | cut -d: -f1)" ]'
traced=$(hash)
wants 1 replay "$one" --trace=all
said '  wake #[0-9]* worker'
said '  draw .* = 0 of '
wants 2 replay "$one" --trace=some
complained "unknown trace 'some'"
wants 1 replay "$one"
wants 1 replay "$one"
that 'tracing changes no hash' '[ "$traced" = "$(hash)" ]'
FERMATA_SALT=12345 wants 1 replay "$one"
that 'a salt changes no hash' '[ "$traced" = "$(hash)" ]'

# ---- the story as a page and as a timeline
wants 1 replay "$one" --html page.html --perfetto line.json
that 'telling it to files changes no hash' '[ "$traced" = "$(hash)" ]'
cp page.html page.before && cp line.json line.before
FERMATA_SALT=9 wants 1 replay "$one" --html page.html --perfetto line.json
that 'files are functions of the token' 'cmp -s page.html page.before && cmp -s line.json line.before'
that 'the page is whole' 'tail -n 1 page.html | grep -q "^</html>$"'
that 'the page escapes' 'grep -q "drew 7 &amp; &lt;that&gt; is &quot;bad&quot;" page.html && ! grep -q "<that>" page.html'
that 'the page fetches nothing' '! grep -q -e "<script" -e "src=" -e "href=" -e "url(" page.html'
that 'the page marks the failure' 'grep -q "<tr class=\"fail\">.*fail claim" page.html'
wants 1 replay "$one" --trace=all --html page.html
polls=$(grep -c '  poll #' stdout)
that 'there are polls' '[ "$polls" -gt 2 ]'
that 'each poll is on the page' '[ "$(grep -c "<td class=\"t\">poll #" page.html)" = "$polls" ]'
that 'each poll is a slice' '[ "$(grep -c "^{\"ph\":\"X\"" line.json)" = "$polls" ]'
that 'a flow that begins has its end' '[ "$(grep -c "\"ph\":\"s\"" line.json)" = "$(grep -c "\"ph\":\"f\"" line.json)" ]'
that 'the failure is told once' '[ "$(grep -c "\"s\":\"g\"" line.json)" = 1 ]'
command -v python3 >/dev/null && that 'the timeline is JSON' 'python3 -m json.tool line.json >/dev/null'
wants 1 replay "$one" -o tape
sed 's/^\([0-9a-f]* \)7 \([0-9a-f]*000000f0\)$/\16 \2/' tape >edited
wants 2 replay edited
sed "s/^end .*/$(sed -n "s/.*should be '\(end [0-9a-f]*\)'.*/\1/p" stderr)/" edited >passing
wants 0 replay passing --lenient --html page.html --perfetto line.json
that 'a run that passes has a page, too' 'grep -q "^</pre>" page.html && grep -q "class=\"held\">passed bad/claim" page.html'
that 'and no failure' '! grep -q "\"s\":\"g\"" line.json'
wants 2 replay "$one" --html /nowhere/page
complained "cannot write '/nowhere/page': No such file"
wants 2 replay "$one" --perfetto /
complained "cannot write '/': Is a directory"
wants 1 run bad/post/broken --seeds 2000
wants 1 replay "$(token)" --trace --html page.html
said '  >  .  send into mpsc, #1$'
said '  .  <  receive from mpsc, #2$'
that 'sends and receives are on the page' 'grep -q ">send into mpsc, #1" page.html && grep -q ">receive from mpsc, #2" page.html'
damaged=${one%?}
wants 2 replay "$damaged"
complained 'the token is damaged'

# ---- tapes
wants 1 replay "$one" -o tape
wants 1 replay tape
that 'a tape gives the same hash' '[ "$traced" = "$(hash)" ]'
said '^replay: .* replay tape$'
sed '/^draws/{n;s/ / 1/}' tape >edited
wants 2 replay edited
complained 'is damaged: line'
sum=$(sed -n "s/.*should be '\\(end [0-9a-f]*\\)'.*/\\1/p" stderr)
sed "s/^end .*/$sum/" edited >diverging
wants 1 replay diverging
said '^DIVERGED bad/claim/broken'
said '^cause: .*step'
head -n 5 tape >cut
wants 2 replay cut
complained 'is cut short'
wants 2 replay "$one" -o /nowhere/tape
complained "cannot write '/nowhere/tape'"
for name in segv abort exit; do
	[ "$name" = segv ] && [ "$plain" = no ] && continue
	wants 1 run bad/$name/broken --seeds 2000
	ended=$(token)
	wants 1 replay "$ended" -o ended
	ended=$(hash)
	wants 1 replay ended
	said '^oracle: crash$'
	that "the tape of $name is the run" '[ "$ended" = "$(hash)" ]'
done

# ---- a token after an edit: its run was kept
wants 1 run bad/edited/broken --seeds 2000 --keep-going --json edited
sed -n 's/.*"type":"group".*"token":"\([^"]*\)".*/\1/p' edited >token
one=$(cat token)
wants 1 replay "$one"
said '^FAILED bad/edited/broken'
never_said 'diverged'
whole=$(hash)
EDITED=1 wants 1 replay "$one"
said '^DIVERGED bad/edited/broken'
said "^cause: the program does not follow the tape: at step [0-9]*, draw [0-9]*, expected site '[a-z ]*', met site 'added by an edit': another site draws than on the tape$"
said '^the tape: .*/cli_fixtures.tapes/[0-9a-f]*.tape, as this token.s run was; the program has changed since (--lenient goes on with its draws)$'
EDITED=1 wants 1 replay "$one" --lenient
said '^FAILED bad/edited/broken'
said "^diverged: the program does not follow the tape: at step [0-9]*, draw [0-9]*, expected site '.*', met site 'added by an edit'"
that 'going on is another run, though it fails alike' '[ "$(hash)" != "$whole" ] && grep -q "^cause: drew 7 in the last turn" stdout'
EDITED=1 FERMATA_TAPES='' wants 0 replay "$one"
never_said 'diverged'
MENDED=1 wants 0 replay "$one"
said '^passed bad/edited/broken'
never_said 'diverged'
FERMATA_TAPES=elsewhere wants 1 run bad/edited/broken --seeds 2000
that 'the folder of tapes can be named' '[ "$(ls elsewhere | wc -l)" = 1 ]'
FERMATA_TAPES=elsewhere EDITED=1 wants 1 replay "$(token)"
said '^DIVERGED'
for damage in 's/^draws .*/draws 3/' 's/bad.edited/bad\/claim/'; do
	sed -i "$damage" elsewhere/*
	FERMATA_TAPES=elsewhere wants 1 replay "$(token)"
	said '^FAILED bad/edited/broken'
done
FERMATA_TAPES=/nowhere/tapes wants 1 run bad/edited/broken --seeds 2000
that 'no folder, no tape, no complaint' '[ ! -s stderr ]'

# ---- shrinking
wants 1 run bad/claim/broken --seeds 2000
said '^shrunk: [0-9]* of [0-9]* draws that were not 0, [0-9]* of [0-9]* polls: .* shrink fm1\.'
said '^needs: '
that 'the line to paste is the last' 'tail -n 1 stdout | grep -q "^replay: .* replay fm1\."'
one=$(token)
wants 1 shrink "$one" -o least
said '^shrunk bad/claim/broken seed'
said '^oracle: claim$'
said '^size: 1 of '
said '^replay: .* replay least$'
least=$(hash)
wants 1 replay least
that 'the least tape is the run' '[ "$least" = "$(hash)" ]'
wants 1 shrink least
that 'the least cannot be less' '[ "$least" = "$(hash)" ]'
wants 1 shrink "$one" --emit-c least.c
that 'a scenario in C is written' 'grep -q "\.like = \"bad/claim/broken\"" least.c'
wants 2 shrink "$one" --emit-c /nowhere/least.c
complained "cannot write '/nowhere/least.c'"
wants 2 shrink
complained 'shrink needs a token or a tape file'
wants 2 shrink a b
complained "'b' is a second one"
wants 2 shrink "$one" -o /nowhere/tape
complained "cannot write '/nowhere/tape'"

# ---- pinned seeds
wants 1 run bad/claim/broken --seeds 2000
first=$(token)
wants 1 run bad/claim/broken --seeds 200..3000
later=$(token)
mkdir -p tests/sim/cli/seeds
printf '# of before\n\nfm1.other/scenario.0.random.default.00000000 not ours\n%s the later one, pinned\n' "$later" >tests/sim/cli/seeds/pinned
wants 1 run bad/claim/broken --seeds 2000
that 'a pinned seed is tried first' '[ "$later" = "$(token)" ] && [ "$later" != "$first" ]'
wants 1 run bad/claim/broken --seeds 2000 --jobs 1
that 'with one job, too' '[ "$later" = "$(token)" ]'
wants 0 run good/fine --seeds 20
printf '%sx cut\n' "$later" >>tests/sim/cli/seeds/pinned
wants 2 run bad/claim/broken --seeds 2000
complained 'tests/sim/cli/seeds/pinned'
rm -r tests

# ---- what fails is pinned
mkdir -p tests/sim/cli
wants 1 run bad/kinds/broken bad/edited/broken --seeds 400..1400 --keep-going --pin
said '^pinned: [3-6] new of bad/kinds/broken$'
pinned=tests/sim/cli/seeds/pinned
that 'the fewest polls are first' 'sed "s/^[^ ]* \([0-9]*\) polls: .*/\1/" $pinned | sort -nc && [ "$(wc -l <$pinned)" -ge 4 ]'
that 'a line says what it is' '! grep -qv "^fm1\.bad/[a-z]*/broken\.[^ ]* [0-9]* polls: [a-z ]* at tests/sim/cli/fixtures.c:[0-9]*$" <(grep -v crash $pinned)'
printf '# by hand\n' | cat - $pinned >pinned.own
cp pinned.own $pinned
wants 1 run bad/kinds/broken bad/edited/broken --seeds 400..1400 --keep-going --pin
said '^pinned: 0 new of bad/kinds/broken$'
that 'what is there is not pinned twice' 'cmp -s pinned.own $pinned'
wants 1 run bad/kinds/broken --seeds 2000
said "^FAIL  bad/kinds/broken .*seed $((0x$(grep -m 1 bad/kinds $pinned | cut -d. -f3))): "
edited=$(grep -m 1 bad/edited $pinned | cut -d' ' -f1)
wants 1 run bad/edited/broken --seeds 2000 --pin
that 'the tape lies beside the token' '[ -s "tests/sim/cli/seeds/${edited##*.}.tape" ]'
FERMATA_TAPES='' EDITED=1 wants 1 replay "$edited"
said "^the tape: tests/sim/cli/seeds/${edited##*.}.tape, as"
rm -r tests
wants 1 run bad/kinds/broken --seeds 2000 --pin
complained "cannot make 'tests/sim/cli/seeds'"
wants 0 run good/fine --seeds 20 --pin

# ---- results for machines
wants 1 run 'good/*' bad/claim/broken --seeds 300 --junit junit.xml --json lines.json
that 'JUnit counts' 'grep -q "<testsuite name=\"[^\"]*\" tests=\"4\" failures=\"1\" errors=\"0\" skipped=\"0\"" junit.xml'
that 'JUnit escapes' 'grep -q "drew 7 &amp; &lt;that&gt; is &quot;bad&quot;" junit.xml'
that 'JSON has a line each' '[ "$(grep -vc "\"type\":\"growth\"" lines.json)" = 7 ]'
that 'JSON names the token' 'grep -q "\"verdict\":\"failed\".*\"token\":\"fm1.bad/claim/broken" lines.json'
that 'JSON ends with the status' 'tail -n 1 lines.json | grep -q "\"type\":\"end\",.*\"status\":1}"'
if command -v python3 >/dev/null; then
	that 'JSON is JSON' 'python3 -c "import json; [json.loads(line) for line in open(\"lines.json\")]"'
	that 'JUnit is XML' 'python3 -c "import xml.dom.minidom; xml.dom.minidom.parse(\"junit.xml\")"'
fi

# ---- campaigns: beyond failures, which come in kinds
wants 1 run bad/kinds/broken --seeds 100..1100 --keep-going --jobs 1 --json kinds.1
said '^0 passed, 1 failed; 1,000 runs ([0-9,]* a second), [0-9,]* distinct, [0-9,]* polls, .* virtual ([^)]* a second) in '
said '^failing: [0-9]* runs, 3 kinds (oracle and place)$'
said '^awaits: [0-9]* of [0-9]* sites reached .*; with the first 1%: [0-9]*, 2%: .*, 100%: [0-9]*$'
said '^seen: [0-9]* of 1,000 runs fail so; the least, seed [0-9]* with [0-9]* polls: .* replay fm1\.'
that 'each kind is told once' '[ "$(grep -c "^FAILED" stdout)" = 3 ]'
that 'the last line is the one to paste' 'tail -n 1 stdout | grep -q "^replay: .* replay fm1\."'
wants 1 run bad/kinds/broken --seeds 100..1100 --keep-going --jobs 5 --json kinds.5
for jobs in 1 5; do grep '"type":"group"' kinds.$jobs | sed 's/,"shrunk.*//' >groups.$jobs; done
that 'kinds, counts, first and least are the same, however many jobs' '[ "$(wc -l <groups.1)" = 3 ] && cmp -s groups.1 groups.5'
of() { sed -n "s/.*\"$2\":\"\{0,1\}\([^,\"]*\).*/\1/p" "$1"; }
grep '"type":"result"' kinds.1 >result
that 'each failing run is in a kind' '[ "$(of groups.1 runs | awk "{ sum += \$1 } END { print sum }")" = "$(of result failing_runs)" ]'
failing=0
for seed in $(seq 100 159); do
	"$f" run bad/kinds/broken --seeds $seed..$((seed + 1)) --quiet >/dev/null 2>&1 || failing=$((failing + 1))
done
wants 1 run bad/kinds/broken --seeds 100..160 --keep-going --json few
that 'a run that keeps going fails where single runs do' '[ "$failing" -gt 0 ] && [ "$(of few failing_runs | head -n 1)" = "$failing" ]'
head -n 1 groups.1 >group
wants 1 replay "$(of group least_token)"
that 'the least has so many polls' 'grep -q "^after: $(of group least_polls) polls" stdout'
that 'the least has at most those of the first' '[ "$(of group least_polls)" -le "$(of group polls)" ]'
that 'a shrunk size is there' 'grep -q "\"type\":\"group\".*\"shrunk_draws\":[0-9]*,\"shrunk_draws_from\":[0-9]*,\"shrunk_polls\":" kinds.1'
that 'what was reached grows' '[ -n "$(of kinds.1 reached)" ] && of kinds.1 reached | sort -nc && of kinds.1 reached | sort -nuc'
wants 1 run bad/kinds/broken --time 500ms
said '^failing: [0-9,]* runs, 3 kinds'
wants 1 run bad/kinds/broken --time 500ms --until-fail
never_said '^failing:'
wants 0 run good/fine --seeds 20
said '^awaits: [0-9]* of [0-9]* sites reached in the files that took part, by one in 8 of the runs$'
wants 0 run good/fine --seeds 500 --keep-going
said '^ok    good/fine  *500 runs'
never_said '^failing:'
wants 2 run good/fine --keep-going --until-fail
complained '--keep-going goes on beyond failures'

# ---- results as pages
wants 1 run bad/kinds/broken bad/claim/broken good/fine --seeds 1000 --keep-going --html pages
said '^FAIL  bad/kinds/broken .*, one of 3 kinds$'
that 'the page of results is whole' 'tail -n 1 pages/index.html | grep -q "^</html>$"'
that 'each kind of failure is on the page once' '[ "$(grep -c "<h3 id=\"failure-" pages/index.html)" = 4 ]'
that 'scenarios lead to their failures' 'grep -q "<a href=\"#failure-0\"><code>bad/claim/broken" pages/index.html && grep -q "<a href=\"#failure-1\"><code>bad/kinds/broken" pages/index.html'
that 'each has its story' '[ "$(ls pages/story-*.html | wc -l)" = 4 ] && [ "$(grep -c "<a href=\"story-[1-4].html\">" pages/index.html)" = 4 ]'
that 'stories are whole' '[ "$(tail -qn 1 pages/story-*.html | grep -c "^</html>$")" = 4 ]'
that 'the story is that of the failure' 'grep -q "fail claim" pages/story-1.html && grep -q "<tr class=\"fail\">" pages/story-1.html'
that 'the crash has a story, too' 'grep -q "^oracle: crash" pages/story-[234].html'
that 'the results are escaped' 'grep -q "drew 7 &amp; &lt;that&gt; is &quot;bad&quot;" pages/index.html && ! grep -q "<that>" pages/index.html'
that 'coverage is beside' 'grep -q "<a href=\"coverage.html\">" pages/index.html && grep -q "fm_yield_init" pages/coverage.html'
that 'pages fetch nothing' '! grep -q -e "<script" -e "src=" -e "://" -e "url(" pages/*.html'
if command -v python3 >/dev/null; then
	that 'links of pages lead somewhere' 'python3 -c "
import os, re, sys
text = open(\"pages/index.html\").read()
ids = set(re.findall(\"id=\\\"([^\\\"]*)\", text))
links = re.findall(\"href=\\\"([^\\\"]*)\", text)
sys.exit(not links or not all(link[1:] in ids if link[0] == \"#\" else os.path.exists(\"pages/\" + link) for link in links))"'
fi
wants 0 run good/fine --seeds 20 --html pages.good --quiet
that 'what holds has a page, too' 'grep -q "<span class=\"good\">passed" pages.good/index.html && ! grep -q failure- pages.good/index.html'

# ---- what is not deterministic
for name in clock address uninitialised; do
	[ "$name" != clock ] && [ "$plain" = no ] && continue
	wants 3 run undetermined/$name --seeds 2000
	said "^NOT DETERMINISTIC undetermined/$name seed"
	said '^kind: nondeterminism'
done
for name in kept-state kept-once flaky-claim; do
	wants 3 run undetermined/$name --seeds 2000
	said '^kind: state leaked from an earlier run'
	said '^first differing event: number [0-9]'
	said '^  one run:  '
	said '^  the other:  '
done

# ---- being stopped
interrupted() {
	what="ctrl-c of $*"
	"$f" "$@" >stdout 2>stderr </dev/null &
	pid=$!
	sleep 0.7
	kill -INT $pid
	wait $pid
	interrupted_status=$?
}
interrupted run slow/sleeper --seeds 1000000 --jobs 2
that 'ctrl-c is incomplete' '[ "$interrupted_status" = 5 ]'
said '^interrupted: 0 passed, 0 failed, 1 incomplete'
said '^part  slow/sleeper'
what='TERM to all of a group, as timeout and CI send it'
setsid "$f" run slow/sleeper --seeds 1000000 --jobs 2 >stdout 2>stderr </dev/null &
pid=$!
sleep 0.7
kill -TERM -- "-$pid"
wait $pid
interrupted_status=$?
that 'TERM to a group is incomplete' '[ "$interrupted_status" = 5 ]'
said '^interrupted: 0 passed, 0 failed, 1 incomplete'
interrupted run bad/claim/broken slow/sleeper --seeds 1000000
that 'ctrl-c after a failure is a failure' '[ "$interrupted_status" = 1 ]'
said '^FAILED bad/claim/broken'
wants 5 run slow/sleeper --seeds 1000000 --time 500ms
said '^part  slow/sleeper'
that 'no process is left' '! pgrep -f "^$f (run|machine)" >/dev/null'

checks_end 'the command'
