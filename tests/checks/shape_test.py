#!/usr/bin/python3
"""The shape of the code, counted: how much of it is plumbing, how often it repeats itself, how full a folder is.

Each figure is printed with its bound and the goal that it is on the way to. A bound is what the figure was when it
was last made better: whoever makes a figure better lowers its bound here, and nobody raises one.

usage: shape_test.py
"""
import collections
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# (bound, goal) of each figure.
BOUNDS = {
    "plumbing in the services, per cent of their code lines": (31.6, 30),
    "code lines of shared/ and services/": (None, None),
    "pairs of places in the services that share six or more lines": (258, None),
    "C++ files in the fullest folder": (30, 30),
    "code lines of shared/engine/execute.h": (175, None),
}

RUN = 6
COMMON = 8  # a shape that so many places have is the language's, not ours
KEYWORDS = {"if", "else", "for", "while", "switch", "case", "return", "const", "auto", "static", "template", "struct",
            "class", "enum", "using", "void", "bool", "true", "false", "nullptr", "std", "absl"}


# Rules that lay in a service until another one had them too. They count as the services' rules still: sharing them makes
# no plumbing.
SHARED_RULES = [pathlib.Path("shared/domain") / name for name in
                ("deadline.h", "deadline.cc", "deadline_events.h", "deadline_events.cc")]


def tracked(*patterns):
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *patterns], cwd=ROOT, check=True,
                         capture_output=True, text=True).stdout
    return [pathlib.Path(line) for line in out.splitlines() if (ROOT / line).is_file()]


def sources(*folders):
    return tracked(*[f"{folder}/{pattern}" for folder in folders for pattern in ("*.h", "*.cc")])


def code_lines(path):
    """The lines that say something to the compiler, stripped."""
    lines = (line.strip() for line in (ROOT / path).read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("//")]


def is_plumbing(path):
    """Not the rules, reading files, and bringing mail to people."""
    if "domain" in path.parts or "import" in path.parts:
        return False
    return not ("delivery" in path.parts or path.stem == "catch_up_gate")


def shape_of(line):
    """The line without its own names, texts and numbers."""
    line = re.sub(r'"(?:[^"\\]|\\.)*"', "s", line)
    return re.sub(r"\b[A-Za-z_]\w*\b", lambda m: m.group(0) if m.group(0) in KEYWORDS else "n",
                  re.sub(r"\b\d[\d'.]*\b", "0", line))


def repeated_places(paths):
    """The number of pairs of places of which at least RUN lines have the same shape, which no more than COMMON
    places have; includes, ends and braces say nothing."""
    # A row of a field list, or of a list of refusals, says one fact that stands nowhere else, though all rows are alike.
    says_nothing = re.compile(r"#|using |namespace |[{}()\[\];,]*$|return absl::OkStatus\(\);$|"
                              r"(map|inner)(\.\w+)?\(|void Fields\(|inline constexpr RefusalReason |RefusalKind::")
    where = collections.defaultdict(list)  # RUN lines -> [(file, index)]
    for path in paths:
        lines = [shape_of(line) for line in code_lines(path) if not says_nothing.match(line)]
        for i in range(len(lines) - RUN + 1):
            where[tuple(lines[i:i + RUN])].append((str(path), i))
    shared = set()  # (file, file, distance, index): a run of many lines is one pair
    for places in where.values():
        if len(places) > COMMON:
            continue
        for a in range(len(places)):
            for b in range(a + 1, len(places)):
                (one, i), (other, j) = sorted((places[a], places[b]))
                if one != other or abs(i - j) >= RUN:
                    shared.add((one, other, j - i, i))
    return sum(1 for one, other, distance, i in shared if (one, other, distance, i - 1) not in shared)


def figures():
    services = sources("services")
    lines = {path: len(code_lines(path)) for path in services}
    rules = sum(len(code_lines(path)) for path in SHARED_RULES)
    plumbing = sum(count for path, count in lines.items() if is_plumbing(path))
    folders = collections.Counter(path.parent for path in sources("shared", "services", "tools", "tests"))
    return {
        "plumbing in the services, per cent of their code lines": round(100 * plumbing / (sum(lines.values()) + rules), 1),
        "code lines of shared/ and services/": sum(lines.values()) + sum(
            len(code_lines(path)) for path in sources("shared")),
        "pairs of places in the services that share six or more lines": repeated_places(services),
        "C++ files in the fullest folder": max(folders.values()),
        "code lines of shared/engine/execute.h": len(code_lines("shared/engine/execute.h")),
    }


class Shape(unittest.TestCase):
    def test_no_figure_gets_worse(self):
        for name, figure in figures().items():
            bound, goal = BOUNDS[name]
            limits = [f"at most {bound}"] * (bound is not None) + [f"goal {goal}"] * (goal is not None)
            print(f"  {name}: {figure}" + (f" ({', '.join(limits)})" if limits else ""))
            if bound is None:  # new work may add to it
                continue
            with self.subTest(name):
                self.assertLessEqual(figure, bound, f"{name}: it was {bound} before; make the change smaller, or "
                                     "take out elsewhere what does the same")


if __name__ == "__main__":
    unittest.main(verbosity=0)
