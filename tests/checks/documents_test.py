"""The documents quote nothing that is not there: programs and their options, objects of the chart, metrics, settings, alerts,
panels, log texts, targets of make, files. Links lead somewhere, every document can be reached from README.md, and what sources
and rules name of the documents is in them.

usage: .cache/manifests/bin/python tests/checks/documents_test.py --build <build folder>   (after tools/helm/fetch .cache)
"""
import argparse
import functools
import os
import pathlib
import re
import shlex
import subprocess
import sys
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/checks/helm"), str(ROOT / "tools/observability")]
import chart  # noqa: E402
import definitions  # noqa: E402
import matrix  # noqa: E402
from dashboards import DASHBOARDS, panels  # noqa: E402

BUILD = ROOT / "build/release"
SERVICES = (ROOT / "services/list").read_text().split()
FENCED = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.M | re.S)
# What `kubectl` calls the kinds, and that it calls them by.
KINDS = {"statefulset": "StatefulSet", "sts": "StatefulSet", "deployment": "Deployment", "deploy": "Deployment", "pod": "Pod", "po": "Pod",
         "service": "Service", "svc": "Service", "configmap": "ConfigMap", "cm": "ConfigMap", "certificate": "Certificate", "job": "Job",
         "networkpolicy": "NetworkPolicy", "serviceaccount": "ServiceAccount"}
# They are made by whoever installs, by Kubernetes for an object of the chart, or are no objects of a namespace.
NOT_OF_THE_CHART = {"secret", "namespace", "node"}


def git_files(*patterns):
    return subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


DOCUMENTS = {path: (ROOT / path).read_text(encoding="utf-8") for path in git_files("*.md")}


def spans(text):
    """What stands between back quotes in running text."""
    return re.findall(r"`([^`\n]+)`", FENCED.sub("", text))


def commands(program):
    """[(document, [words])] for every line and span that calls the program; what follows a pipe stays with it."""
    found = []
    for path, text in DOCUMENTS.items():
        shell = "".join(body for language, body in FENCED.findall(text) if language in ("sh", ""))
        lines = shell.replace("\\\n", " ").splitlines() + re.findall(r"^ {4}(\S.*)$", text, re.M) + spans(text)
        for line in lines:
            for call in re.split(r"\s(?:&&|;|&)\s", line.removeprefix("$ ")):
                if not re.match(program + r"(\s|$)", call.strip()):
                    continue
                try:
                    words = shlex.split(call, comments=True)
                except ValueError:  # "…'" of a sentence
                    words = call.split()
                found.append((path, words))
    return found


def links(text):
    """[(path, anchor)] of the links of a document that stay within the project; one of them may be empty."""
    found = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", FENCED.sub("", text)))
    return [target.partition("#")[::2] for target in found if not re.match(r"[a-z]+:", target)]


def anchors(text):
    """What a document's headings are called in links."""
    names = [re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in re.findall(r"^#+ +(.+)$", FENCED.sub("", text), re.M)]
    return {name if names[:at].count(name) == 0 else f"{name}-{names[:at].count(name)}" for at, name in enumerate(names)}


def place(path, target):
    """A link's target as a path from the root."""
    return os.path.normpath(os.path.join(os.path.dirname(path), target)) if target else path


def wrong_links(path, text):
    bad = []
    for target, anchor in links(text):
        there = place(path, target)
        if target and (not (ROOT / there).exists() or there.startswith("..")):
            bad.append(f"{path}: {target} is not there")
        elif anchor and anchor not in anchors(DOCUMENTS.get(there, text if there == path else "")):
            bad.append(f"{path}: {there} has no section #{anchor}")
    return bad


def sources(*patterns):
    return "\n".join((ROOT / path).read_text(encoding="utf-8") for path in git_files(*patterns))


def option(words, *names):
    """The value of an option in one of its forms, or None."""
    for at, word in enumerate(words):
        for name in names:
            if word == name and at + 1 < len(words):
                return words[at + 1]
            if word.startswith(f"{name}="):
                return word.split("=", 1)[1]
    return None


@functools.cache
def objects():
    """What the handbook's release makes, in plain text too: {kind: {name: text}}"""
    found = {}
    for more in ({}, {"development": {"plainText": True}}):
        code, out, errors = chart.helm("template", "pepline", str(chart.CHART), "--namespace", "pepline",
                                       values=matrix.laid_over(dict(matrix.REQUIRED), more))
        assert code == 0, errors
        for one in yaml.load_all(out, chart.Loader):
            if one:
                names = found.setdefault(one["kind"], {})
                names[one["metadata"]["name"]] = names.get(one["metadata"]["name"], "") + yaml.safe_dump(one)
    return found


def wrong_in_kubectl(words):
    """What a `kubectl` line addresses that no installation has, in words."""
    before, _, after = " ".join(words).partition(" | ")
    if "create" in words or "label" in words or "apply" in words:
        return []
    arguments, skip = [], False
    for word in before.split(" -- ")[0].split()[1:]:
        if skip or word.startswith("-"):
            skip = not skip and word in ("-n", "--namespace", "-o", "-l", "--selector")
            continue
        arguments.append(word)
    verb, rest = arguments[0], arguments[1:]
    if verb == "rollout":
        rest = rest[1:]
    bad, kind = [], None
    for word in rest[:1] if verb != "exec" else rest:
        named, _, name = word.partition("/")
        singular = named.rstrip("s") if named not in KINDS else named
        if singular in NOT_OF_THE_CHART or (verb in ("logs", "drain") and not name):
            continue
        kind = KINDS.get(singular)
        if kind is None:
            bad.append(f"{word}: no kind that the chart makes")
        elif kind != "Pod" and kind not in objects():
            bad.append(f"{word}: the chart makes no {kind}")
        elif name and "<" not in name and kind != "Pod" and name not in objects()[kind]:
            bad.append(f"{word}: the chart makes no {kind} of that name")
    sought = re.match(r"grep (?:-\S+ )*['\"]?([^'\"]+)", after)
    if sought and kind and not any(sought.group(1) in text for text in objects().get(kind, {}).values()):
        bad.append(f"grep {sought.group(1)}: stands in no {kind}, whatever the values, so it never finds anything")
    return bad


@functools.cache
def help_of(*words):
    """What a program says of itself, or of one of its commands; None when it does not know the command."""
    done = subprocess.run([BUILD / "bin" / words[0], *words[1:], "--help"], capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else None


def wrong_in_pepctl(words):
    known, path, bad = help_of("pepctl"), ["pepctl"], []
    values = set()  # what belongs to an option is no command
    for at, word in enumerate(words[1:], 1):
        if word in ("|", ">", "2>&1") or at in values:
            if word == "|":
                break
            continue
        if word.startswith("-"):
            name = word.split("=")[0]
            page = next((text for text in [help_of(*path), known] if text and re.search(rf"(^|[\s,]){re.escape(name)}\b", text)), None)
            if page is None:
                bad.append(f"{' '.join(path)} has no {name}")
            elif "=" not in word and re.search(rf"{re.escape(name)}(?:,\S+)? (?!\s)[A-Z]", page):
                values.add(at + 1)
        elif re.fullmatch(r"[a-z][a-z-]*", word) and re.search(r"(?m)^(?:Subcommands|SUBCOMMANDS)", help_of(*path)):
            if not re.search(rf"(?m)^  {re.escape(word)}\b", help_of(*path)):
                bad.append(f"{' '.join(path)} has no command {word}")
                break
            path.append(word)
    return bad


class Commands(unittest.TestCase):
    maxDiff = None

    def test_kubectl_addresses_what_the_chart_makes(self):
        calls = commands("kubectl")
        self.assertGreater(len(calls), 20)
        self.assertEqual([f"{path}: {' '.join(words)}: {bad}" for path, words in calls if len(words) > 2
                          for bad in wrong_in_kubectl(words)], [])

    def test_the_check_of_kubectl_can_fail(self):
        for wrong in ("kubectl exec deploy/pepline-funding -- pepline-funding --check", "kubectl scale deploy/pepline-funding --replicas=0",
                      "kubectl get deploy -o yaml | grep PLAIN_TEXT", "kubectl get statefulset -o yaml | grep PLAIN_TEXT",
                      "kubectl rollout status statefulset/pepline-fundings"):
            self.assertNotEqual(wrong_in_kubectl(wrong.split()), [], wrong)
        self.assertEqual(wrong_in_kubectl("kubectl -n pepline get configmap -o yaml | grep PLAIN_TEXT".split()), [])

    def test_pepctl_has_every_command_and_option(self):
        calls = commands("pepctl")
        self.assertGreater(len(calls), 60)
        self.assertEqual([f"{path}: {' '.join(words)}: {bad}" for path, words in calls for bad in wrong_in_pepctl(words)], [])

    def test_the_check_of_pepctl_can_fail(self):
        self.assertEqual(wrong_in_pepctl("pepctl import schools edubase.csv --only-the-authority 931".split()),
                         ["pepctl import schools has no --only-the-authority"])
        self.assertEqual(wrong_in_pepctl("pepctl alerts lists".split()), ["pepctl alerts has no command lists"])

    def test_services_have_every_option(self):
        pages = {service: help_of(f"pepline-{service}") for service in SERVICES}
        bad = [f"{path}: {' '.join(words)}" for service, page in pages.items() for path, words in commands(f"pepline-{service}")
               for word in words[1:] if word.startswith("--") and word not in page]
        self.assertEqual(bad, [])

    def test_make_has_every_target(self):
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
        self.assertEqual([f"{path}: {' '.join(words)}" for path, words in commands("make")
                          for word in words[1:] if re.fullmatch(r"[a-z-]+", word) and word not in targets], [])


class Names(unittest.TestCase):
    maxDiff = None

    def test_metrics_are_those_of_the_sources(self):
        known = {name + ending for _, name, _, kind, _ in definitions.definitions()
                 for ending in (["_bucket", "_sum", "_count"] if kind == "histogram" else [""])}
        known |= set(re.findall(r"\bpepline_\w+", sources("*.cc", "deploy/prometheus/*.yaml")))
        self.assertEqual([f"{path}: {name}" for path, text in DOCUMENTS.items()
                          for name in re.findall(r"(?<![\w/.:-])pepline_[a-z_]+(?![\w*/.-])", text) if name not in known], [])

    def test_settings_are_those_of_the_sources(self):
        known = set(re.findall(r"PEPLINE_[A-Z_]+[A-Z]", sources("*.cc", "*.h", "*.py", "*.mjs", "*.java", "*.go", "Makefile")))
        self.assertEqual([f"{path}: {name}" for path, text in DOCUMENTS.items()
                          for name in re.findall(r"\bPEPLINE_[A-Z_]+[A-Z](?![\w*])", text) if name not in known], [])

    def test_alerts_are_those_of_the_rules(self):
        known = set(re.findall(r"alert: (\w+)", sources("deploy/prometheus/*.yaml")))
        self.assertEqual([f"{path}: {name}" for path, text in DOCUMENTS.items()
                          for name in re.findall(r"\bPepline[A-Z]\w+", text) if name not in known], [])

    def test_what_the_handbook_says_to_look_at_is_a_panel_or_a_text_of_the_log(self):
        handbook = "\n".join(text for path, text in DOCUMENTS.items() if path.startswith("docs/operations/"))
        titles = {member["title"] for spec in DASHBOARDS.values() for _, member in panels(spec)} | {
            spec["title"].removeprefix("Pepline: ") for spec in DASHBOARDS.values()}
        logged = re.sub(r'"\s+"', "", sources("shared/*.cc", "services/*.cc"))  # literals over two lines
        looks = re.findall(r"^- \*\*Look at:\*\* (.*)$", handbook, re.M)
        quoted = [text for line in looks for text in re.findall(r'"([^"]+)"', re.sub(r"`[^`]*`", "", line))]
        quoted += re.findall(r"\blog(?: line|:| says)? [`\"]([a-z][^`\"]* [^`\"]*)[`\"]", handbook)
        self.assertGreater(len(quoted), 40)
        self.assertEqual([text for text in quoted if text not in titles and f'"{text}' not in logged], [])

    def test_the_lists_in_samples_of_a_check_are_kept_by_some_service(self):
        known = set(re.findall(r'(?:return |IndexEntry)\{"([\w-]+)", ', sources("services/*.h", "services/*.cc")))
        shown = re.findall(r"^index entry [a-z ]+: id \S+ in ([\w-]+)=", DOCUMENTS["docs/operations/backup.md"], re.M)
        self.assertNotEqual(shown, [])
        self.assertEqual([name for name in shown if name not in known], [])

    def test_files_are_there(self):
        folders = {path.split("/")[0] for path in git_files() if "/" in path}
        bad = []
        for path, text in DOCUMENTS.items():
            for span in spans(text):
                if re.fullmatch(r"[\w.-]+(/[\w.-]+)+/?", span) and span.split("/")[0] in folders and not any((ROOT / place / span).exists() for place in (".", pathlib.Path(path).parent)):
                    bad.append(f"{path}: {span}")
        self.assertEqual(bad, [])


class Links(unittest.TestCase):
    maxDiff = None

    def test_every_link_leads_somewhere(self):
        self.assertGreater(sum(len(links(text)) for text in DOCUMENTS.values()), 150)
        self.assertEqual([bad for path, text in DOCUMENTS.items() for bad in wrong_links(path, text)], [])

    def test_the_check_of_links_can_fail(self):
        self.assertEqual(wrong_links("docs/x.md", "[a](nowhere.md), [b](errors.md#nothing), `[c](code)` and [d](https://example.org/)"),
                         ["docs/x.md: nowhere.md is not there", "docs/x.md: docs/errors.md has no section #nothing"])
        self.assertEqual(wrong_links("docs/x.md", "[a](../README.md) [b](errors.md#the-kinds) [c](#d)\n\n## D\n"), [])

    def test_every_document_can_be_reached_from_the_readme(self):
        reached, waiting = set(), ["README.md"]
        while waiting:
            path = waiting.pop()
            if path in DOCUMENTS and path not in reached:
                reached.add(path)
                waiting += [place(path, target) for target, _ in links(DOCUMENTS[path])]
        self.assertEqual(sorted(set(DOCUMENTS) - reached), [])

    def test_every_tag_of_the_domain_has_its_source(self):
        domain = "".join(text for path, text in DOCUMENTS.items() if path.startswith("docs/domain"))
        listed = {tag for tags in re.findall(r"^- \*\*([A-Z]\d[^*]*)\*\*", domain, re.M) for tag in tags.split(", ")}
        self.assertGreater(len(listed), 100)
        self.assertEqual(set(re.findall(r"\[([A-Z]\d+[a-z]?)\]", domain)) - listed, set())

    def test_documents_that_sources_and_rules_name_are_there(self):
        sections = set(re.findall(r"^#+ (\d(?:\.\d+)?)\b", "".join(DOCUMENTS[path] for path in DOCUMENTS if path.startswith("docs/domain")), re.M))
        bad, named = [], 0
        for path in git_files("*.cc", "*.h", "*.proto", "*.py", "*.yaml", "*.txt", "*.tpl", "*.cmake", "*CMakeLists.txt", "Makefile", "tools/*"):
            if path in DOCUMENTS or path == "tests/checks/documents_test.py":
                continue
            try:
                text = (ROOT / path).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
            for document, anchor, section in re.findall(r"(?<![\w/])(docs/[\w/-]+\.md)(?:#([\w-]+)| (\d(?:\.\d+)?))?", text):
                named += 1
                if document not in DOCUMENTS:
                    bad.append(f"{path}: {document}")
                elif anchor and anchor not in anchors(DOCUMENTS[document]) or section and section not in sections:
                    bad.append(f"{path}: {document} has no {anchor or section}")
        self.assertGreater(named, 60)
        self.assertEqual(bad, [])


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--build", type=pathlib.Path, default=BUILD)
    known, rest = arguments.parse_known_args()
    BUILD = known.build.resolve()
    unittest.main(argv=[sys.argv[0], *rest])
