"""One edit tried: a copy of the sources, one build folder, and the scenario suite in stages, the cheapest first.

The suite is what the stock binary holds, without the unit tests. The first stage that does not end with 0 kills: a broken claim
or oracle, runs that differ, a crash, a hang (of the run, or beyond the stage's time here).
"""
import filecmp
import hashlib
import os
import shutil
import signal
import subprocess
import time

from draw import sources

FOLDERS = ('runtime', 'sim', 'scenarios', 'reports', 'fuzz')
FAULTY = '-Wno-error -w'
HANGS = 15  # seconds beyond ten times what the stage takes without an edit

# Those whose sweep costs little: a sweep of all takes half a minute.
SWEPT = ('mutex', 'rwlock', 'semaphore', 'notify', 'oneshot', 'mpsc-closing', 'cancel', 'once-cell', 'tasks', 'signals', 'far-wakers')

STAGES = [
    ('a few seeds', [['run', 'primitive/*', 'example/*', '--seeds', '25'], ['run', 'chat/*', '--seeds', '8']]),
    ('twins', [['run', 'canary/*/fixed', 'corpus/*/fixed', '--seeds', '25']]),
    ('allocations', [['sweep', 'primitive/*', '--alloc'], ['sweep', 'chat/rooms-*', '--alloc']]),
    ('seeds', [['run', 'primitive/*', '--seeds', '25..400'], ['run', 'canary/*/fixed', 'corpus/*/fixed', '--seeds', '25..100'],
               ['run', 'chat/*', '--seeds', '8..60']]),
    ('subjects', [['run', 'subject/*', '--seeds', '300']]),
    ('sweep', [['sweep', 'example/*', *('primitive/' + name for name in SWEPT)]]),
]


class Bench:
    def __init__(self, root, place):
        self.root, self.tree, self.build = root, place / 'tree', place / 'build'
        self.program = self.build / 'bin' / 'fermata'
        self.jobs = str(os.cpu_count() or 1)
        self.times = {}

    def prepare(self):
        """The copy is brought up to date, built, and the suite holds: else nothing would mean anything."""
        self.copy()
        if not (self.build / 'build.ninja').exists():
            launcher = ['-DCMAKE_C_COMPILER_LAUNCHER=ccache'] if shutil.which('ccache') else []
            subprocess.run(['cmake', '-S', str(self.tree), '-B', str(self.build), '-G', 'Ninja', '-DBUILD_TESTING=OFF',
                            '-DCMAKE_BUILD_TYPE=Release', '-DCMAKE_C_FLAGS_RELEASE=-O2 -DNDEBUG', '-DCMAKE_C_FLAGS=' + FAULTY,
                            '-DFERMATA_WERROR=OFF', *launcher], check=True, stdout=subprocess.DEVNULL)
        if not self.compile():
            raise SystemExit('mutants: the sources do not build')
        self.objects = self.hashes()

    def copy(self):
        wanted = set(sources(self.root, *FOLDERS, 'CMakeLists.txt'))
        for old in self.tree.rglob('*') if self.tree.exists() else []:
            if old.is_file() and str(old.relative_to(self.tree)) not in wanted:
                old.unlink()
        for name in wanted:
            to = self.tree / name
            if not to.exists() or not filecmp.cmp(self.root / name, to, shallow=False):
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(self.root / name, to)  # with its mode: scripts are run

    def compile(self):
        done = subprocess.run(['ninja', '-C', str(self.build), '-j', self.jobs, 'fermata_stock'], capture_output=True)
        return done.returncode == 0

    def hashes(self):
        return {path: hashlib.sha256(path.read_bytes()).digest() for path in self.build.rglob('*.o')}

    def fingerprint(self, scenarios):
        """Of the library, the simulator and the chat server as built; with the scenarios that judge them, or without."""
        total = hashlib.sha256()
        for path in sorted(self.objects):
            name = str(path.relative_to(self.build))
            if scenarios or not name.startswith('scenarios/') or name.startswith('scenarios/chat/'):
                total.update(name.encode() + self.objects[path])
        return total.hexdigest()[:16]

    def command(self, arguments, seconds):
        """(status, the end of what was printed); the status is None for a hang."""
        jobs = ['--jobs', self.jobs, '--quiet'] if arguments[0] == 'run' else []
        process = subprocess.Popen([str(self.program), *arguments, *jobs], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   cwd=self.build, start_new_session=True, text=True, errors='replace')
        try:
            printed, _ = process.communicate(timeout=seconds)
            return process.returncode, printed
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return None, ''

    def suite(self, stages=STAGES, hold=False):
        """'' where all held, else what killed. With `hold` the times are learned, and all must hold."""
        for name, commands in stages:
            for arguments in commands:
                began = time.monotonic()
                limit = 600 if hold else HANGS + 10 * self.times.get(' '.join(arguments), 0)
                status, printed = self.command(arguments, limit)
                if hold:
                    self.times[' '.join(arguments)] = time.monotonic() - began
                if status != 0:
                    if hold:
                        raise SystemExit(f'mutants: without any edit, {" ".join(arguments)} ends with {status}:\n{printed[-3000:]}')
                    return f'{name}: {why(arguments, status, printed)}'
        return ''

    def judge(self, edit):
        """(verdict, why): 'killed', 'survived', or, not counted, 'does not build' and 'same code'."""
        path = self.tree / edit.path
        text = path.read_text()
        path.write_text(edit.apply(text))
        try:
            if not self.compile():
                return 'does not build', ''
            if self.hashes() == self.objects:
                return 'same code', ''
            killed = self.suite()
            return ('killed', killed) if killed else ('survived', '')
        finally:
            path.write_text(text)
            self.stale = edit.path


def why(arguments, status, printed):
    """One line: the failing scenario and what is said of it."""
    if status is None:
        return f'{" ".join(arguments[:2])} hangs'
    lines = [' '.join(line.split()) for line in printed.split('\n')]
    for mark in ('FAIL', 'BROKEN', 'fails', 'crash', 'not deterministic', 'differ'):
        for i, line in enumerate(lines):
            if mark in line:
                return (line + ' ' + (lines[i + 1] if i + 1 < len(lines) else ''))[:150]
    return f'{" ".join(arguments[:2])} ends with {status}: ' + ' '.join(lines)[-100:]
