#!/usr/bin/env bash
# command.sh FIXTURES FOLDER -- the verbs explore and fuzz: what they say, what they leave behind, and their statuses.
. "$(dirname "$0")/../../support/command.sh"

wants 0 explore steps/2-tasks-of-3
said '^ok    steps/2-tasks-of-3$'
said 'explored: 20 schedules of up to 6 steps; complete: these are all'
said 'enumerated: schedule (which task is next), charge (.*), select (.*)'
said 'held at 0: user (what the program draws), faults'
wants 0 explore 'steps/2-tasks-of-*' 'abba/fixed'
said '^ok    abba/fixed$'
wants 0 explore channel/two-each
said 'complete: these are all'

# ---- a failure is told as any other, and its tape replays
wants 0 explore channel/two-each --no-reduction
said 'explored: 154 schedules'
said 'reduction: none, as was asked for'
wants 0 explore channel/two-each
said 'explored: 112 schedules'
said 'reduction: sleep sets; [0-9]* more cut and [0-9]* ways left out'
wants 0 explore locks/apart
said 'explored: 1 schedule of up to 6 steps; complete: these are all'
wants 0 explore unsaid/by-hand
said 'reduction: none, since nobody knows what this touches: by_hand'
wants 1 explore abba/broken
said '^found 2 times, oracle deadlock:'
wants 1 explore abba/broken --no-reduction
said '^FAIL  abba/broken  6 of them failed'
said '^found 6 times, oracle deadlock:'
said '^FAILED abba/broken '
said '^replay: [^ ]* replay abba-broken-1.tape$'
hash=$(sed -n 's/^hash: //p' stdout)
wants 1 replay abba-broken-1.tape
said "^hash: $hash\$"
wants 1 shrink abba-broken-1.tape
said '^size: 1 of '
wants 1 explore abba/broken -o kept
said ' replay kept/abba-broken-1.tape$'
wants 1 replay kept/abba-broken-1.tape
wants 1 explore crash/broken
said '^FAIL  crash/broken  12 of them failed'
said '^oracle: crash$'
said 'explored: 20 schedules'
# A process that a sanitizer ends leaves no tape.
if [ -e crash-broken-1.tape ] || ! "$f" run abba/fixed --seeds 1 2>&1 | grep -q 'left to it$'; then
	wants 1 replay crash-broken-1.tape
	said '^oracle: crash$'
fi

# ---- less than all
wants 5 explore spins/for-ever --bound 10
said '^part  spins/for-ever$'
said 'explored: 11 schedules of up to 10 steps; incomplete: stopped by the bound'
said 'cut: 2 of them at the bound of 10 steps'
wants 5 explore steps/2-tasks-of-3 --runs 19
said 'explored: 19 schedules of up to 6 steps; incomplete: stopped by the number of runs'
wants 0 explore steps/2-tasks-of-3 --runs=21
wants 5 explore spins/for-ever --bound 1000000 --time 300ms
said 'incomplete: out of time'
wants 5 explore spins/for-ever wake/fixed --bound 1000000 --time 300ms
said '^ok    wake/fixed$'
that 'what is enumerated is said once' '[ "$(grep -c "enumerated:" stdout)" = 1 ]'
wants 1 explore draws/broken --domains schedule,charge,select,user
said 'explored: 4 schedules'
said 'held at 0: faults'
wants 0 explore draws/broken --domains select
said 'held at 0: schedule (which task is next), charge (.*), user (.*), faults'

# ---- every small program of a subject
wants 0 explore planted/turnstile/fixed
said '^ok    planted/turnstile/fixed$'
said 'programs: [0-9,]* of size [4-9] or less$'
said 'schedules of up to [0-9]* steps; complete: these are all'
said 'reduction: none, since all operations of a program work on one thing'
said 'enumerated: .*, user (what the program draws)$'
wants 0 explore planted/turnstile/broken --size 3
said 'programs: [0-9]* of size 3 or less$'
wants 0 explore planted/turnstile/broken --operations 2
said 'programs: [0-9,]* of size 8 or less, of up to 2 operations$'
wants 5 explore planted/turnstile/fixed --runs 30
said 'of size 3 or less; complete up to size 2$'
wants 1 explore planted/turnstile/broken --until-fail
said '^oracle: missed wake$'
said '^  	pass(); .*dropped after its wake, before the poll'
said 'of size 4 or less; complete up to size 3$'
said 'incomplete: stopped by the first failure'
said '^replay: [^ ]* replay planted-turnstile-broken-1.tape$'
hash=$(sed -n 's/^hash: //p' stdout)
wants 1 replay planted-turnstile-broken-1.tape
said "^hash: $hash\$"
wants 1 shrink planted-turnstile-broken-1.tape
said '^oracle: missed wake$'
wants 1 explore planted/turnstile/broken --size 4
said '^FAIL  planted/turnstile/broken  [0-9]* of them failed'
said 'complete: these are all'
wants 2 explore planted/turnstile/fixed --size 0
complained 'size'
wants 2 explore planted/turnstile/fixed --operations 5
complained 'number of operations'

# ---- arguments
wants 2 explore
complained 'explore needs a pattern'
wants 4 explore nothing/like-this
complained "no scenario matches 'nothing/like-this'"
wants 2 explore abba/fixed --frob
complained "unknown flag '--frob' for explore"
wants 2 explore abba/fixed --bound
complained '--bound needs a value'
wants 2 explore abba/fixed --bound 0
complained 'bound'
wants 2 explore abba/fixed --no-reduction=1
complained '--no-reduction takes no value'
wants 2 explore abba/fixed --domains net
complained "unknown domain 'net'"
wants 2 explore abba/fixed --time x
complained 'time'
wants 2 explore abba/broken -o /proc/no
complained "cannot make '/proc/no'"
wants 2 run abba/fixed --strategy explore
complained 'explore is a verb'

# ---- guided by coverage
wants 1 fuzz doors/broken --seeds 20000 --corpus corpus
said '^FAIL  doors/broken  20,000 runs, .* a second; [0-9,]* failed$'
said 'after .* runs .* edges .* states .* probes .* tapes kept'
said '^found [0-9]* times, oracle claim:'
said '^replay: [^ ]* replay doors-broken-1.tape$'
wants 1 replay doors-broken-1.tape
said 'cause: behind the last door'
that 'the corpus is kept' '[ "$(ls corpus/*.tape | wc -l)" -ge 3 ]'
kept=$(ls corpus | wc -l)
wants 1 fuzz doors/broken --seeds 10000 --corpus corpus
wants 0 fuzz doors/broken --seeds 3 --corpus corpus
that 'what was there is not kept twice' '[ "$(ls corpus | wc -l)" -ge "$kept" ] && grep -q " $(ls corpus | wc -l) tapes kept" stdout'
wants 1 fuzz doors/broken --seeds 20001 --jobs 3 --corpus together
said '^FAIL  doors/broken  20,001 runs, '
wants 1 replay doors-broken-1.tape
said 'cause: behind the last door'
that 'all jobs keep what is new' '[ "$(ls together/*.tape | wc -l)" -ge 3 ]'
wants 1 fuzz crash/broken --seeds 300 --jobs 2
said '^oracle: crash$'
wants 0 fuzz abba/fixed --seeds 2 --jobs 3
said '^ok    abba/fixed  2 runs'
wants 2 fuzz abba/fixed --jobs 0
complained 'number of jobs'
wants 1 fuzz doors/broken --seeds 3000 --jobs=1
grep -v ' after \|a second' stdout >once
wants 1 fuzz doors/broken --seeds 3000
that 'one job is a function of its scenario' '[ "$(grep -v " after \|a second" stdout)" = "$(cat once)" ]'
wants 0 fuzz abba/fixed --seeds 300 --faults yield
said '^ok    abba/fixed  300 runs'
wants 0 fuzz abba/fixed --time 200ms
wants 1 fuzz crash/broken --seeds 300
said '^oracle: crash$'
wants 2 fuzz
complained 'fuzz needs a pattern'
wants 4 fuzz nothing/like-this
complained "no scenario matches 'nothing/like-this'"
wants 2 fuzz abba/fixed --frob
complained "unknown flag '--frob' for fuzz"
wants 2 fuzz abba/fixed --seeds 0
complained 'number of seeds'
wants 2 fuzz abba/fixed --faults evil
complained "unknown fault profile 'evil'"
wants 2 fuzz abba/fixed --seeds 10 --corpus /proc/no
complained "cannot make '/proc/no'"

checks_end 'the exploration'
