#!/usr/bin/env python3
"""./dev mutants: planted edits of our own library, each built and run against the scenario suite. README.md says the rules."""
import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

sys.dont_write_bytecode = True

import draw
from trial import STAGES, Bench

ROOT = Path(__file__).resolve().parents[2]
WANTED = (('runtime', 200), ('chat', 10))
NOT_COUNTED = ('does not build', 'same code')

# Of ./dev test: known killed, by (file, function, kind, text); few, so that the tool cannot rot.
SAMPLE = [
    ('runtime/sync/mutex.c', 'hand_over', 'drop call', 'fm_waiter_wake(first)'),
    ('runtime/chan/mpsc_slot.c', 'give_up', 'drop call', 'fm__mpsc_offer_slot(chan)'),
    ('runtime/sync/notify.c', 'fm_notify_one', 'drop call', 'fm_waiter_wake(first)'),
]
SAMPLE_STAGES = STAGES[:2]


class Results:
    """One JSON object a line: the last of a key counts."""

    def __init__(self, path):
        self.path = path
        self.of = {}
        if path.exists():
            for line in path.read_text().splitlines():
                one = json.loads(line)
                self.of[one['key']] = one

    def add(self, **one):
        self.of[one['key']] = one
        with self.path.open('a') as out:
            out.write(json.dumps(one) + '\n')


def numbered():
    """area -> [(number, edit)], in the order of the draw."""
    runtime, chat = draw.files(ROOT)
    areas = {'runtime': draw.drawn(ROOT, runtime), 'chat': draw.drawn(ROOT, chat)}
    return {area: [(f'{"" if area == "runtime" else "c"}{i}', edit) for i, edit in enumerate(edits, 1)]
            for area, edits in areas.items()}


def stands(one, library, suite):
    """A kill stands while the library is the same, since scenarios are only added; a survivor is tried by each new suite."""
    return one and one['library'] == library and (one['verdict'] != 'survived' or one['suite'] == suite)


def chosen(areas, results, library, suite):
    """Those that count, and the next to be tried of each area: what is not counted is drawn anew."""
    counted, due = [], []
    for area, wanted in WANTED:
        have = 0
        for number, edit in areas[area]:
            if have == wanted:
                break
            one = results.of.get(edit.key)
            if not stands(one, library, suite):
                due.append((number, edit))
                have += 1
            elif one['verdict'] not in NOT_COUNTED:
                counted.append((number, edit, one))
                have += 1
    return counted, due


def tell(number, edit, verdict, reason, seconds):
    print(f'{number:>4}  {verdict:<14} {seconds:5.1f} s  {edit}' + (f'\n      by {reason}' if reason else ''), flush=True)


def argued():
    """Of SURVIVORS.md: the keys of those that are said to be equivalent."""
    rows = [line.split('|') for line in (Path(__file__).parent / 'SURVIVORS.md').read_text().splitlines() if line.startswith('|')]
    return {row[1].strip() for row in rows if row[3].strip() == 'equivalent'}


def summary(counted):
    equivalent = argued()
    kinds = sorted({edit.kind for _, edit, _ in counted})
    print(f'\n{"edit":<14} {"tried":>6} {"killed":>7}')
    for kind in kinds:
        of = [one['verdict'] for _, edit, one in counted if edit.kind == kind]
        print(f'{kind:<14} {len(of):>6} {of.count("killed"):>7}')
    stages = Counter(one['why'].split(':')[0] for _, _, one in counted if one['verdict'] == 'killed')
    print('\nkilled by: ' + ', '.join(f'{name} {stages[name]}' for name, _ in STAGES if stages[name]))
    print('\nsurvivors:')
    for number, edit, one in counted:
        if one['verdict'] == 'survived':
            print(f'{number:>4}  {edit.key}  {"equivalent: " if edit.key in equivalent else ""}{edit}')
    good = True
    for area, _ in WANTED:
        of = [(one['verdict'], edit.key) for _, edit, one in counted if edit.path.startswith('scenarios/') == (area == 'chat')]
        killed = sum(verdict == 'killed' for verdict, _ in of)
        same = sum(verdict == 'survived' and key in equivalent for verdict, key in of)
        if of:
            print(f'{area}: {killed} of {len(of)} killed, {100 * killed / len(of):.1f}%; {same} are argued to be equivalent '
                  f'(SURVIVORS.md), of the others {100 * killed / max(1, len(of) - same):.1f}%')
            good = good and (area == 'chat' or killed * 10 >= 9 * (len(of) - same))
    return good


def sample(bench):
    runtime, _ = draw.files(ROOT)
    edits = {(e.path, e.function, e.kind, e.shown): e for e in draw.drawn(ROOT, runtime)}
    bench.prepare()
    bench.suite(SAMPLE_STAGES, hold=True)
    bad = 0
    for wanted in SAMPLE:
        if wanted not in edits:
            print(f'there is no such edit any more: {wanted}')
            bad += 1
            continue
        verdict, reason = bench.judge(edits[wanted])
        print(f'{verdict}: {edits[wanted]}: {reason}')
        bad += verdict != 'killed'
    bench.compile()
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(prog='./dev mutants', description=__doc__)
    parser.add_argument('--only', metavar='N', help='try this one of the draw (c3: the third of the chat server) again')
    parser.add_argument('--survivors', action='store_true', help='try only those again that survived last, with the suite of now')
    parser.add_argument('--list', action='store_true', help='print the draw, and try nothing')
    parser.add_argument('--sample', action='store_true', help='three that are known to be killed')
    parser.add_argument('--minutes', type=float, default=0, help='stop after so long; a second call goes on')
    options = parser.parse_args()
    place = ROOT / 'build' / 'mutants'
    place.mkdir(parents=True, exist_ok=True)
    bench = Bench(ROOT, place)
    if options.sample:
        return sample(bench)
    areas = numbered()
    if options.list:
        for area, wanted in WANTED:
            print(f'{area}: {len(areas[area])} edits; the first {wanted} that count, in this order:')
            for number, edit in areas[area][:wanted + wanted // 4]:
                print(f'{number:>4}  {edit}')
        return 0
    began = time.monotonic()
    bench.prepare()
    library, suite = bench.fingerprint(scenarios=False), bench.fingerprint(scenarios=True)
    results = Results(place / 'results.jsonl')
    if options.only:
        due = [(number, edit) for area in areas.values() for number, edit in area if number == options.only]
        if not due:
            parser.error(f'there is no number {options.only}')
    elif options.survivors:
        due = [(number, edit) for area in areas.values() for number, edit in area
               if results.of.get(edit.key, {}).get('verdict') == 'survived']
    else:
        _, due = chosen(areas, results, library, suite)
    if due:
        bench.suite(hold=True)
        print(f'without an edit the suite takes {sum(bench.times.values()):.1f} s', flush=True)
    while due:
        for number, edit in due:
            if options.minutes and time.monotonic() - began > 60 * options.minutes:
                break
            start = time.monotonic()
            verdict, reason = bench.judge(edit)
            seconds = time.monotonic() - start
            results.add(key=edit.key, library=library, suite=suite, verdict=verdict, why=reason, seconds=round(seconds, 1), edit=str(edit))
            tell(number, edit, verdict, reason, seconds)
        else:
            due = [] if options.only or options.survivors else chosen(areas, results, library, suite)[1]
            continue
        break
    bench.compile()
    if options.only or options.survivors:
        return 0
    counted, due = chosen(areas, results, library, suite)
    good = summary(counted)
    if due:
        print(f'{len(due)} are left: call again')
        return 5
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
