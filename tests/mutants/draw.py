"""Which edits are tried, and in which order.

Each edit has a key: a hash of the seed, the file, the function, the kind, the text of its line, and which of equal ones it
is. The draw is the order of the keys. So it is the same for everybody, and a change of the runtime moves only what it touches.
"""
import hashlib
import subprocess
from collections import Counter
from pathlib import Path

from edits import edits_of

SEED = 20261121
HERE = Path(__file__).parent
CHAT = ('server.c', 'client.c', 'room.c', 'protocol.c')


def spared():
    found = set()
    for line in (HERE / 'spared.txt').read_text().splitlines():
        if line and not line.startswith('#'):
            path, function, _ = line.split(maxsplit=2)
            found.add((path, function))
    return found


def sources(root, *folders):
    """What stands below these, tracked or new, sorted; outside of a git repository, all that is there."""
    git = subprocess.run(['git', '-C', str(root), 'ls-files', '-co', '--exclude-standard', *folders], capture_output=True, text=True)
    if git.returncode == 0:
        names = set(git.stdout.split('\n'))
    else:
        names = {str(path.relative_to(root)) for folder in folders for path in [root / folder, *(root / folder).rglob('*')]}
    return sorted(name for name in names if name and (root / name).is_file())


def files(root):
    """(of the runtime, of the chat server)"""
    names = [name for name in sources(root, 'runtime', 'scenarios/chat') if name.endswith(('.c', '.h'))]
    runtime = [name for name in names if name.startswith('runtime/') and
               not name.startswith(('runtime/os/', 'runtime/package/'))]
    return runtime, [name for name in names if name in {'scenarios/chat/' + file for file in CHAT}]


def drawn(root, names):
    left_out = spared()
    keyed = []
    for path in names:
        if (path, '*') in left_out:
            continue
        seen = Counter()
        for edit in edits_of(path, (root / path).read_text(), left_out):
            same = (path, edit.function, edit.kind, edit.before, edit.shown)
            seen[same] += 1
            edit.key = hashlib.sha256(repr((SEED, same, seen[same])).encode()).hexdigest()[:12]
            keyed.append(edit)
    return sorted(keyed, key=lambda edit: edit.key)
