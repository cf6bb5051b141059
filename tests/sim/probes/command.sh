#!/usr/bin/env bash
# command.sh FIXTURES FOLDER -- probes and await coverage through the command: what is required, written, merged, judged.
. "$(dirname "$0")/../../support/command.sh"

# ---- run --require-probes: over all that ran, and only where the file took part
wants 0 run probes/wide --seeds 200 --require-probes
said '^probes: 3 hit, 0 never hit, 1 in files that took no part$'
wants 1 run probes/narrow --seeds 200 --require-probes
said '^probe never hit: reachable "the wide way" at .*probes/fixtures\.c:[0-9]*$'
never_said 'idleness'
wants 0 run probes/narrow probes/wide --seeds 200 --require-probes
wants 1 run probes/wide --seeds 1 --strategy fifo --require-probes
said '^probe never hit: sometimes "luck is seven" at .*fixtures\.c:[0-9]* (looked at 1 times)$'
wants 1 run probes/wide probes/idle --seeds 200 --require-probes --quiet
said '^probe never hit: reachable "idleness ends" at .*probes/idle\.c:'
wants 0 run probes/wide --seeds 200 --require-probes --quiet
that 'quiet says nothing' '[ ! -s stdout ]'
wants 0 run probes/narrow --seeds 200
never_said 'never hit'
wants 1 run probes/narrow probes/wide --seeds 200 --require-probes --jobs 7 --isolate=run --strategy fifo
said '^probe never hit: sometimes "luck is seven"'
wants 1 run probes/breaks --seeds 200 --require-probes
that 'the line to paste comes last' 'tail -n 1 stdout | grep -q "^replay: "'

# ---- results of shards, merged
wants 0 run probes/narrow probes/wide --seeds 1 --strategy fifo --json one
wants 0 run probes/narrow probes/wide --seeds 1..200 --json two
wants 0 run probes/narrow --seeds 200..300 --json three
that 'probes are lines' '[ "$(grep -c "\"type\":\"probe\"" one)" = 4 ]'
that 'a probe says all' 'grep -q "^{\"v\":1,\"type\":\"probe\",\"kind\":\"reachable\",\"claim\":\"the wide way\",\"file\":\"[^\"]*fixtures.c\",\"line\":[0-9]*,\"hits\":1,\"misses\":0,\"took_part\":true}$" one'
wants 1 report one
said '^probe never hit: sometimes "luck is seven"'
wants 0 report one two three --html page
said '^ok .*probes/narrow *300 runs'
said '^ok .*probes/wide *200 runs'
said '^2 passed, 0 failed; 500 runs, .*, in 3 shards$'
said '^probes: 3 hit, 0 never hit, 1 in files'
said '^page: page/report.html$'
that 'the page is there and whole' 'grep -q "probes/narrow" page/report.html && tail -n 1 page/report.html | grep -q "</html>"'
wants 1 report three
said '^probe never hit: reachable "the wide way"'
wants 1 run probes/breaks probes/wide --seeds 300 --json failing
wants 1 report one failing --html page
said '^FAILED probes/breaks$'
said '^oracle: claim$'
said "^replay: .* replay fm1.probes/breaks\."
that 'the page escapes' 'grep -q "five &amp; &lt;no&gt; luck" page/report.html'
head -n 2 two >cut
wants 5 report one cut
said 'in 2 shards, 1 of them cut short$'
that 'a shard that only began is incomplete' 'head -n 1 two >empty; "$f" report empty >stdout 2>stderr; [ $? = 5 ]'
wants 2 report
complained 'report needs a file'
wants 2 report nowhere
complained "cannot read 'nowhere': No such file"
printf '{"v":1,"type":"start","program":"x"}\nwhat\n' >bad
wants 2 report bad
complained "'bad' line 2: it is cut short or no JSON"
printf '{"v":2,"type":"start"}\n' >bad
wants 2 report bad
complained "'bad' line 1: it has another version than 1"
: >bad
wants 2 report bad
complained "'bad' is empty"

# ---- await coverage
wants 0 run probes/wide --seeds 10 --coverage awaits --jobs 3
wants 0 run probes/narrow --seeds 5 --coverage more --isolate=run
that 'every linked site has a line' '[ "$(grep -c "\"type\":\"site\"" awaits)" = 4 ]'
that 'the head says how many' 'head -n 1 awaits | grep -q "^{\"v\":1,\"type\":\"coverage\",\"runs\":10,\"sites\":4,\"reached\":3}$"'
that 'a site says all' 'grep -q "\"ordinal\":0,\"what\":\"fm_sleep_init(&self->sleep, FM_SEC)\",\"ready\":0,\"waited\":10,\"cancelled\":0,\"spurious\":[0-9]*,\"timeout\":0,\"lagged\":0,\"error\":0}$" awaits'
wants 0 coverage awaits more --html page
said '^ *- *15 .*15 .* .*fixtures\.c:[0-9]*: fm_timeout_init'
said '^ *never reached .*idle\.c:[0-9]*: fm_yield_init'
said '^ *3 of *3 .*fixtures\.c$'
said '^await sites: 3 of 4 reached (75%) in 15 runs$'
said '^  timed out *1 of them'
said '^page: page/coverage.html$'
that 'the page is there and whole' 'grep -q "class=\"never\"" page/coverage.html && tail -n 1 page/coverage.html | grep -q "</html>"'
wants 0 coverage more --quiet
said '^await sites: 2 of 4 reached (50%) in 5 runs$'
that 'quiet prints the sums alone' '[ "$(wc -l <stdout)" = 8 ]'
wants 2 coverage one
complained "'one' line 1: it holds results (run --json), no coverage (run --coverage)"
wants 2 report awaits
complained "'awaits' line 1: it does not begin as results do (run --json)"
wants 2 run probes/wide --coverage /nowhere/awaits
complained "cannot write '/nowhere/awaits'"
wants 2 coverage awaits --html awaits
complained "cannot write 'awaits/coverage.html'"
if command -v python3 >/dev/null; then
	that 'all of it is JSON' 'python3 -c "import json; [json.loads(l) for n in (\"awaits\", \"failing\") for l in open(n)]"'
fi

# ---- it costs no hash
wants 0 run probes/wide --seeds 1
plain=$(sed -n 's/^hash: //p' stdout)
wants 0 run probes/wide --seeds 1 --coverage awaits
that 'counting changes no hash' '[ -n "$plain" ] && [ "$plain" = "$(sed -n "s/^hash: //p" stdout)" ]'

checks_end 'probes and coverage'
