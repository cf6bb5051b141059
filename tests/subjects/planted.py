#!/usr/bin/env python3
"""Each subject finds the bugs that are planted for it: edits of the runtime's sources, in fuzz/planted/edits. README.md says how.

Only the edited file is compiled; its object is linked before the library, whose own member is then not taken. So a bug costs a
second. An edit that does not fit any more, or that leaves the same object, is an error: it would prove nothing.
"""
import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests' / 'mutants'))

from source import functions, mask

EDITS = ROOT / 'fuzz' / 'planted' / 'edits'
SEEDS = 20000
APART = 1000000  # from the first seed of one campaign to that of the next
LEAST = 3  # edits of a subject
HANGS = 120


class Edit:
    """`NAME FILE FUNCTION`, lines of `- old` and of `+ new`, and a sentence that says why it is a bug."""

    def __init__(self, subject, text):
        lines = text.split('\n')
        head = lines[0].split()
        if len(head) != 3:
            raise SystemExit(f'{subject}: not NAME FILE FUNCTION: {lines[0]}')
        self.subject = subject
        self.name, self.path, self.function = head
        self.old = ' '.join(line[1:].strip() for line in lines if line.startswith('-'))
        self.new = ' '.join(line[1:].strip() for line in lines if line.startswith('+'))
        self.why = ' '.join(line.strip() for line in lines[1:] if line and line[0] not in '-+')
        if not self.new and self.old.endswith(';'):
            self.new = ';'
        if not self.old or not self.why:
            raise SystemExit(f'{self}: says not what, or not why')

    def __str__(self):
        return f'{self.subject}/{self.name}'

    def apply(self):
        """The file's text with the edit: what is replaced stands once in the function. The number of lines stays."""
        text = (ROOT / self.path).read_text()
        pattern = re.compile(r'\s+'.join(map(re.escape, self.old.split())))
        found = [match for name, begin, end in functions(mask(text)) if name == self.function
                 for match in pattern.finditer(text, begin, end)]
        if len(found) != 1:
            raise SystemExit(f'{self} does not fit any more: {len(found)} times in {self.function} of {self.path}: {self.old}')
        return text[:found[0].start()] + self.new + '\n' * found[0].group().count('\n') + text[found[0].end():]


def edits():
    """[(subject, its edits)]"""
    found = []
    for path in sorted(EDITS.glob('*.txt')):
        blocks = re.split(r'\n\s*\n', re.sub(r'^#.*\n', '', path.read_text(), flags=re.M).strip())
        found.append((path.stem, [Edit(path.stem, block) for block in blocks]))
    return found


class Bench:
    """The commands of a build folder that Ninja made, by which the edited file is compiled and the program linked."""

    def __init__(self, build, place):
        self.build, self.place = build, place
        self.program = build / 'bin' / 'fermata'
        commands = subprocess.run(['ninja', '-C', str(build), '-t', 'commands', 'fermata_stock'], capture_output=True,
                                  text=True, check=True).stdout.splitlines()
        self.link = next(line for line in commands if ' -o bin/fermata ' in line)
        self.compile = {match.group(1): line for line in commands
                        if (match := re.search(rf' -c {re.escape(str(ROOT))}/(\S+)$', line))}
        self.place.mkdir(parents=True, exist_ok=True)

    def shell(self, command, what):
        done = subprocess.run(command, shell=True, cwd=self.build, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f'{what}: {done.stdout}{done.stderr}')

    def make(self, edit):
        """The program with the edit."""
        source = self.place / f'{edit.subject}_{edit.name}.c'
        compiled, program = source.with_suffix('.o'), source.with_suffix('.program')
        command = self.compile[edit.path]
        was = re.search(r' -o (\S+)', command).group(1)
        source.write_text(edit.apply())
        command = re.sub(r' -M\w \S+| -MD', '', command.replace('ccache ', '', 1)).replace(f' -o {was}', f' -o {compiled}')
        command = command.replace(f' -c {ROOT / edit.path}', f' -iquote {(ROOT / edit.path).parent} -w -c {source}')
        self.shell(command, f'{edit} does not build')
        self.shell(self.link.replace(' -o bin/fermata ', f' {compiled} -o {program} '), f'{edit} does not link')
        return program

    def runs(self, program, subject, first):
        """How many runs until something was found; None: nothing. And what it was."""
        done = subprocess.run([str(program), 'run', 'subject/' + subject, '--seeds', f'{first}..{first + SEEDS}', '--jobs', '1',
                               '--quiet'], capture_output=True, text=True, errors='replace', timeout=HANGS, cwd=self.place,
                              env={**os.environ, 'FERMATA_TAPES': ''})  # no run begins where another ended
        if done.returncode == 0:
            return None, ''
        # Memory that an edit leaves linked looks different in the run that checks: found, too.
        seed = re.search(r'^(?:FAILED|NOT DETERMINISTIC) \S+ seed (\d+)', done.stdout, re.M)
        if done.returncode not in (1, 3) or not seed:
            raise SystemExit(f'{program} ends with {done.returncode}:\n{done.stdout}{done.stderr}')
        oracle = re.search(r'^oracle: (.*)', done.stdout, re.M)
        return int(seed.group(1)) - first + 1, oracle.group(1) if oracle else '?'


    def schedules(self, program, subject):
        """How many of all small programs' schedules until something was found; None: nothing. And up to which size."""
        done = subprocess.run([str(program), 'explore', 'subject/' + subject, '--until-fail', '-o', str(self.place / 'tapes')],
                              capture_output=True, text=True, errors='replace', cwd=self.place)
        explored = re.search(r'of size (\d+) or less.*\n *explored: ([\d,]+) ', done.stdout)
        if done.returncode not in (0, 1, 3) or not explored:
            raise SystemExit(f'{program} ends with {done.returncode}:\n{done.stdout}{done.stderr}')
        count = int(explored.group(2).replace(',', ''))
        return count if done.returncode else None, int(explored.group(1))


def judge_small(bench, edit):
    program = bench.make(edit)
    count, size = bench.schedules(program, edit.subject)
    for path in bench.place.glob(f'{edit.subject}_{edit.name}.*'):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if count is None:
        print(f'not found  {edit}: {edit.why} (up to size {size})', flush=True)
    else:
        print(f'{count:>9}  {edit}: size {size}', flush=True)
    return count


def judge(bench, edit, campaigns):
    """The median of the runs it took; None: not found each time."""
    program = bench.make(edit)
    results = [bench.runs(program, edit.subject, i * APART) for i in range(campaigns)]
    counts = sorted(count for count, _ in results if count)
    oracles = sorted({oracle for count, oracle in results if count})
    for path in bench.place.glob(f'{edit.subject}_{edit.name}.*'):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if len(counts) < campaigns:
        print(f'NOT FOUND  {edit}: {edit.why} (in {campaigns - len(counts)} of {campaigns} campaigns of {SEEDS} runs)', flush=True)
        return None
    print(f'{statistics.median(counts):>8g}  {edit}: {", ".join(oracles)}', flush=True)
    return statistics.median(counts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('build', type=Path, help='a build folder of Ninja, whose bin/fermata is up to date')
    parser.add_argument('--sample', action='store_true', help='the first edit of each subject, one campaign each')
    parser.add_argument('--campaigns', type=int, default=5)
    parser.add_argument('--small', action='store_true', help='by all small programs instead: how many are found')
    parser.add_argument('--only', metavar='SUBJECT[/NAME]', default='')
    options = parser.parse_args()
    build = options.build.resolve()
    bench = Bench(build, build / 'planted')
    campaigns = 1 if options.sample else options.campaigns
    bad = 0
    medians = []
    for subject, of in edits():
        chosen = [e for e in of if options.only in ('', subject, str(e))]
        if not chosen:
            continue
        if len(of) < LEAST:
            print(f'{subject}: {len(of)} planted, not {LEAST}')
            bad += 1
        if options.small:
            medians += [judge_small(bench, edit) for edit in chosen]
            continue
        if not options.sample and (held := bench.runs(bench.program, subject, 0))[0]:
            print(f'subject/{subject} fails without an edit, at seed {held[0] - 1}: {held[1]}')
            bad += 1
        for edit in of:
            edit.apply()
        for edit in chosen[:1] if options.sample else chosen:
            median = judge(bench, edit, campaigns)
            bad += median is None
            medians.append(median)
    print(f'{sum(m is not None for m in medians)} of {len(medians)} planted bugs are found')
    return 1 if bad or not medians else 0


if __name__ == '__main__':
    sys.exit(main())
