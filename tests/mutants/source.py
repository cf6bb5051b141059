"""What of a C file is code: function bodies, statements, conditions. A lexer of our own style, not a compiler.

The text is first masked: comments, strings, characters and preprocessor lines become blanks of the same length, so that
every place in the mask is the same place in the text. Functions are what stands at depth 0 between a `)` and its `}`.
"""
import re

_MASKED = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
_DIRECTIVE = re.compile(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', re.M)
_NAME_BEFORE = re.compile(r'(\w+)\s*$')
_CONTROL = re.compile(r'(?:else|do)\b|(?:if|for|while|switch)\b\s*\(|FM_LIST_FOR_EACH\s*\(|case\b[^:?]*:|default\s*:|\w+\s*:(?!:)')


def _blank(match):
    return re.sub(r'[^\n]', ' ', match.group())


def mask(text):
    return _DIRECTIVE.sub(_blank, _MASKED.sub(_blank, text))


def closing(code, at):
    """The place of the bracket that closes the one at `at`."""
    pair = {'(': ')', '{': '}', '[': ']'}[code[at]]
    depth = 0
    for i in range(at, len(code)):
        if code[i] == code[at]:
            depth += 1
        elif code[i] == pair:
            depth -= 1
            if depth == 0:
                return i
    raise ValueError('unbalanced')


def _opening(code, at):
    depth = 0
    for i in range(at, -1, -1):
        depth += (code[i] == ')') - (code[i] == '(')
        if depth == 0:
            return i
    raise ValueError('unbalanced')


def functions(code):
    """(name, begin, end) of each body, the braces excluded."""
    found = []
    at = 0
    while True:
        brace = code.find('{', at)
        if brace < 0:
            return found
        end = closing(code, brace)
        before = code[:brace].rstrip()
        if before.endswith(')'):
            name = _NAME_BEFORE.search(before[:_opening(before, len(before) - 1)])
            if name and name.group(1) == 'FM_ASYNC':
                name = re.search(r'\((\w+)', before[before.rindex('FM_ASYNC'):])
            found.append((name.group(1) if name else '?', brace + 1, end))
        at = end + 1


class Statement:
    """`begin..end` without its `;`; `guards` are the headers before it: (keyword, begin, end) of what is in brackets."""

    def __init__(self, begin, end, guards):
        self.begin, self.end, self.guards = begin, end, guards


def statements(code, begin, end):
    """The simple statements of a body, and the blocks' headers: a Statement whose begin is its end."""
    found = []
    at = begin
    guards = []
    while at < end:
        if code[at].isspace() or code[at] in ';}':
            if code[at] in ';}':
                guards = []
            at += 1
            continue
        if code[at] == '{':
            found.append(Statement(at, at, guards))
            guards = []
            at += 1
            continue
        control = _CONTROL.match(code, at)
        if control:
            if control.group().endswith('('):
                close = closing(code, control.end() - 1)
                guards = guards + [(re.match(r'\w+', control.group()).group(), control.end(), close)]
                at = close + 1
            else:
                at = control.end()
            continue
        stop = at
        while stop < end and code[stop] != ';':
            stop = closing(code, stop) + 1 if code[stop] in '({[' else stop + 1
        found.append(Statement(at, stop, guards))
        guards = []
        at = stop + 1
    return found


def split(code, begin, end):
    """Operands of the loosest of || and && at depth 0: (operator, [(begin, end)...]); ('', []) where there is none."""
    for operator in ('||', '&&'):
        parts, start, at = [], begin, begin
        while at < end:
            if code[at] in '([{':
                at = closing(code, at) + 1
            elif code.startswith('?', at):
                return '', []
            elif code.startswith(operator, at):
                parts.append((start, at))
                at += 2
                start = at
            else:
                at += 1
        if parts:
            return operator, parts + [(start, end)]
    return '', []
