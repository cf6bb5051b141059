"""The edits: each takes one place of a function and says what a tired programmer might have left there instead.

    drop call       a statement that is only a call: a wake, an unlink, a release
    drop store      a statement that is only an assignment, ++ or --
    drop exit       a `return;`, `break;` or `continue;` under an if
    flip            a comparison: < <=, > >=, == !=
    always, never   a condition of an if or while is not looked at
    once            a while looks at its condition once: the re-check is skipped
    drop operand    of && or ||
    negate          a `!` is lost
    arithmetic      + and -, ++ and --, += and -=
    constant        true and false, an error and FM_OK, 0 and 1

What is no edit: what only tells people or tools (SPARED), and checks that a caller kept the contract, whose breach ends the
program: the scenarios are programs without such bugs.
"""
import re

from source import mask, functions, statements, split

SPARED = re.compile(r'\bfm_observe_\w+|\bfm__observer_here\b|\bobserver\b|\bfm_contract_broken\b|\bfm_panic\b'
                    r'|\bfm__contract_broken_poll\b|\bfm__chan_expect_nobody\b|\bmust_hold\b|\bFM_SIM_|\bFM_(ALWAYS|SOMETIMES|REACHABLE)\b'
                    r'|\bfm__unlikely_\w+')
_CALL = re.compile(r'[A-Za-z_][\w>.-]*\s*\(')
_LVALUE = re.compile(r'\(?\*?[A-Za-z_]\w*(?:\s*(?:->|\.)\s*\w+|\[[^\]]*\])*\)?(?:\s*(?:->|\.)\s*\w+|\[[^\]]*\])*\s*'
                     r'(?:[-+*/|&^%]|<<|>>)?=(?!=)')
_STEP = re.compile(r'(?:\+\+|--)?[A-Za-z_][\w>.\[\]-]*(?:\+\+|--)?$')
_FLIPS = {'<': '<=', '<=': '<', '>': '>=', '>=': '>', '==': '!=', '!=': '=='}
_CHANGES = [
    ('flip', re.compile(r'(?<= )(<=|>=|==|!=|<|>)(?= )'), lambda m: _FLIPS[m.group()]),
    ('negate', re.compile(r'!(?=[\w(*])'), lambda m: ''),
    ('arithmetic', re.compile(r'(?<=[\w)\]] )[+-](?= [\w(*&])'), lambda m: '-' if m.group() == '+' else '+'),
    ('arithmetic', re.compile(r'\+\+|--'), lambda m: '--' if m.group() == '++' else '++'),
    ('arithmetic', re.compile(r'[+-](?==)'), lambda m: '-' if m.group() == '+' else '+'),
    ('constant', re.compile(r'\b(?:true|false)\b'), lambda m: 'false' if m.group() == 'true' else 'true'),
    ('constant', re.compile(r'\bFM_ERR_\w+\b'), lambda m: 'FM_OK'),
    ('constant', re.compile(r'(?<![\w.])[01]u?(?![\w.])'), lambda m: '1' if m.group()[0] == '0' else '0'),
]


class Edit:
    """Replace text[begin:end] of a file. The number of lines stays, so that nothing else moves."""

    def __init__(self, path, function, kind, text, begin, end, to):
        self.path, self.function, self.kind = path, function, kind
        self.begin, self.end = begin, end
        self.line = text.count('\n', 0, begin) + 1
        self.was = text[begin:end]
        self.to = to + '\n' * self.was.count('\n')
        first = text.rfind('\n', 0, begin) + 1
        last = text.find('\n', begin)
        self.before = ' '.join(text[first:last].split())
        self.shown = ' '.join(self.was.split())

    def apply(self, text):
        return text[:self.begin] + self.to + text[self.end:]

    def __str__(self):
        to = self.to.strip()
        return f'{self.path}:{self.line} {self.function}: {self.kind}: ' + (
            f'`{self.shown}`' if not to or self.kind.startswith('drop') else f'`{self.shown}` -> `{to}`') + (
            '' if self.shown in (self.before, self.before.rstrip(';')) else f'  in  {self.before}')


def _is_declaration(text):
    return re.match(r'(?:const|static|struct|enum|union|volatile|_Atomic|unsigned|goto|__label__)\b|\w+\s+\**\w', text) and \
        not text.startswith('return')


class _Finder:
    def __init__(self, path, text, spared):
        self.path, self.text, self.spared = path, text, spared
        self.code = mask(text)
        self.edits = []

    def add(self, function, kind, begin, end, to):
        self.edits.append(Edit(self.path, function, kind, self.text, begin, end, to))

    def trimmed(self, begin, end):
        while begin < end and self.code[begin].isspace():
            begin += 1
        while end > begin and self.code[end - 1].isspace():
            end -= 1
        return begin, end

    def operands(self, function, begin, end):
        begin, end = self.trimmed(begin, end)
        likely = re.match(r'FM_(?:UN)?LIKELY\s*\(', self.code[begin:end])
        if likely and self.code[end - 1] == ')':
            begin, end = begin + likely.end(), end - 1
        operator, parts = split(self.code, begin, end)
        for i, (a, b) in enumerate(parts):
            if i == 0:
                self.add(function, 'drop operand', a, parts[1][0], '')
            else:
                self.add(function, 'drop operand', parts[i - 1][1], b, '')

    def changes(self, function, begin, end):
        for kind, pattern, to in _CHANGES:
            for match in pattern.finditer(self.code, begin, end):
                self.add(function, kind, match.start(), match.end(), to(match))

    def guard(self, function, keyword, begin, end):
        if SPARED.search(self.text, begin, end):
            return
        if keyword in ('if', 'while'):
            self.add(function, 'always', begin, end, '1') if keyword == 'if' else None
            self.add(function, 'never', begin, end, '0')
            self.operands(function, begin, end)
        if keyword == 'while' and self.code[begin - 7:begin - 1].strip() == 'while':
            self.add(function, 'once', begin - 7, begin - 1, 'if')
        if keyword != 'FM_LIST_FOR_EACH':
            self.changes(function, begin, end)

    def block_is_spared(self, begin):
        """A block that does nothing but tell."""
        depth, at = 0, begin
        while True:
            depth += (self.code[at] == '{') - (self.code[at] == '}')
            at += 1
            if depth == 0:
                break
        inner = [s for s in statements(self.code, begin + 1, at - 1) if s.end > s.begin]
        return bool(inner) and all(SPARED.search(self.text, s.begin, s.end) for s in inner)

    def statement(self, function, statement):
        begin, end = self.trimmed(statement.begin, statement.end)
        block = statement.begin == statement.end
        spared = self.block_is_spared(begin) if block else SPARED.search(self.text, begin, end)
        if not spared:
            for guard in statement.guards:
                self.guard(function, *guard)
        if spared or block:
            return
        code = self.code[begin:end]
        if re.fullmatch(r'return|break|continue', code):
            if any(keyword == 'if' for keyword, _, _ in statement.guards):
                self.add(function, 'drop exit', begin, end, '')
            return
        if _is_declaration(code):
            equals = re.search(r'[^=!<>]=(?!=)', code)
            if equals and '{' not in code:
                self.changes(function, begin + equals.end(), end)
            return
        call = _CALL.match(code)
        if call and self.code[end - 1] == ')' and not re.match(r'return\b|sizeof\b|FM_(BEGIN|END|RETURN|AWAIT)', code):
            self.add(function, 'drop call', begin, end, '')
        elif _LVALUE.match(code) or _STEP.match(code) and re.search(r'\+\+|--', code):
            self.add(function, 'drop store', begin, end, '')
        if code.startswith('return'):
            self.operands(function, begin + 6, end)
        self.changes(function, begin, end)

    def all(self):
        for name, begin, end in functions(self.code):
            if (self.path, name) in self.spared or name.endswith('_inspect'):
                continue
            for statement in statements(self.code, begin, end):
                self.statement(name, statement)
        return self.edits


def edits_of(path, text, spared):
    return _Finder(path, text, spared).all()
