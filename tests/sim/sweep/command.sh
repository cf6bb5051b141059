#!/usr/bin/env bash
# command.sh FIXTURES FOLDER -- each verdict of the sweep has a program that must get it, and a twin that must not.
. "$(dirname "$0")/../../support/command.sh"

# ---- a task that is aborted: what it leaves behind, and who waits for it
wants 1 sweep sweep/leak/broken
said '^FAIL  sweep/leak/broken'
said 'tasks\.c:[0-9]*: FAULT: leaks: '
said 'woken, task first, time 1: 24 bytes of memory are left.*; .*24 bytes'
wants 0 sweep sweep/leak/fixed
said '^ok    sweep/leak/fixed'
never_said FAULT
wants 1 sweep sweep/unpolled-leak/broken
said 'before any await: FAULT: leaks: 4 cancels (4 unpolled)'
said 'unpolled, task first.*: 16 bytes of memory are left'
wants 0 sweep sweep/unpolled-leak/fixed
said 'before any await: safe'
wants 1 sweep sweep/hang/broken
said 'tasks\.c:[0-9]*: FAULT: hangs: '
said "task 'second' waits for a mutex that task #1 'first' has taken and not given back: it has ended (FM_ERR_CANCELLED); task #2 'second' on host waits for mutex at .*tasks\.c:[0-9]*"
wants 0 sweep sweep/hang/fixed
said 'tasks\.c:[0-9]*: safe: .* cancels (2 held, '
said 'fm_mutex_lock (SAFE): safe: .*anew unpolled.*anew waiting.*anew woken.*anew later'
wants 1 sweep sweep/contract/broken
said 'tasks\.c:[0-9]*: FAULT: breaks a contract: '
wants 0 sweep sweep/contract/fixed

# ---- a claim that the cancel breaks: only one that allows for it is a fault
wants 0 sweep sweep/loses/broken
said 'tasks\.c:[0-9]*: loses: '
said 'woken, task first, time 1: 1 of 4 items are in nobody.s hands'
wants 0 sweep sweep/loses/fixed
said 'tasks\.c:[0-9]*: safe: '
never_said ': loses'
wants 1 sweep sweep/claim/broken
said 'tasks\.c:[0-9]*: FAULT: breaks a claim: '
wants 0 sweep sweep/claim/fixed
never_said 'FAULT'

# ---- a future's own word
wants 1 sweep sweep/says-safe/broken
said 'futures\.c:[0-9]*: FAULT: take_safe says SAFE, loses: '
said '  take_safe (SAFE): FAULT: take_safe says SAFE, loses: '
said 'anew woken (take_safe, SAFE), task taker, time 1: 1 items are lost'
wants 0 sweep sweep/says-safe/fixed
said '  take_safe (SAFE): safe: '
wants 0 sweep sweep/says-lossy/fixed
said '  take_lossy (LOSSY): loses: .*, [0-9]* loses'
never_said FAULT
wants 1 sweep sweep/says-lossy/broken
# ---- an await that the program says it retries
wants 1 sweep sweep/retried/broken
said 'futures\.c:[0-9]*: FAULT: breaks a claim: .*retried'
said 'sweep/retried/broken: retried, task taker, time 1.*: 1 items are lost'
wants 0 sweep sweep/retried/fixed
said 'futures\.c:[0-9]*: safe: .* retried'

# ---- never reached, and why
wants 0 sweep sweep/never
said 'never\.c:[0-9]*: never reached: awaited [0-9]* times, and ready at once each time: .*ready_at_once'
said 'never\.c:[0-9]*: never reached: only with the fault abort/interrupt/abort-woken, which sweep/never does not allow: .*2 \* FM_SEC'
said 'never\.c:[0-9]*: never reached: runs came [0-9]* times to the await of line [0-9]* before it, and none to here: .*3 \* FM_SEC'
said '^4 sites: 3 never reached, 1 safe, [0-9]* runs'

# ---- for machines
wants 1 sweep sweep/says-safe/broken --json out.json
tests=$((tests + 1))
grep -q '"type":"swept","name":"sweep/says-safe/broken","verdict":"failed"' out.json || fail 'no line for the scenario'
tests=$((tests + 1))
grep -q '"type":"await",.*futures\.c".*"verdict":"loses","bad":true,.*"anew woken":[1-9].*"cause":"1 items are lost"' out.json ||
	fail 'no line for the await'
tests=$((tests + 1))
grep -q '"type":"future","name":"take_safe","says":"SAFE","can_be_made_anew":true,"verdict":"loses","bad":true' out.json ||
	fail 'no line for the future'

# ---- out of memory, and arguments
wants 0 sweep --alloc sweep/leak/fixed
said '^ok    sweep/leak/fixed *1 allocations failed\|^ok    sweep/leak/fixed *2 allocations failed'
said '^  [0-9]* end well, or with an error$'
wants 2 sweep
complained 'sweep needs a pattern of scenarios'
wants 2 sweep sweep/never --json
complained '--json needs a value'
wants 2 sweep sweep/never --frob
complained "unknown flag '--frob' for sweep"
wants 4 sweep nothing/like-this

checks_end 'the sweep'
