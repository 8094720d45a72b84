#!/usr/bin/python3
"""Rules, dashboards and the page of metrics agree with each other and with the definitions in the sources."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/observability"))
import definitions  # noqa: E402
from dashboards import DASHBOARDS, panels  # noqa: E402

RUNBOOK = "docs/operations/alerts.md"
RULES = sorted((ROOT / "deploy/prometheus").glob("*.yaml"))
TESTS = sorted((ROOT / "tests/checks/rules").glob("*.yaml"))


def all_rules():
    return [rule for path in RULES for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"]]


def alerts():
    return [rule for rule in all_rules() if "alert" in rule]


def samples_of(kind, name):
    return {f"{name}_bucket", f"{name}_sum", f"{name}_count"} if kind == "histogram" else {name}


def known_samples():
    samples = {rule["record"] for rule in all_rules() if "record" in rule}
    for _, name, _, kind, _ in definitions.definitions():
        samples |= samples_of(kind, name)
    return samples


def names_in(expr):
    """Metric names and names of recorded series; regular expressions over names are not names."""
    return set(re.findall(r"(?<![\w:])(?:(?:job|namespace|authority):)?pepline_\w+(?::\w+)?", re.sub(r'"[^"]*"', '""', expr)))


def runbook_sections():
    return set(re.findall(r"^## (Pepline\w+)$", (ROOT / RUNBOOK).read_text(), re.M))


class Rules(unittest.TestCase):
    def promtool(self, *arguments):
        done = subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_prometheus_accepts_the_rules(self):
        self.promtool("check", "rules", "--lint-fatal", *RULES)

    def test_a_loop_stands_still_in_the_rule_when_it_does_in_readiness_and_the_runbook_knows_it(self):
        def seconds(path, pattern):
            unit, number = re.search(pattern + r"absl::(Seconds|Minutes)\((\d+)\)", (ROOT / path).read_text()).groups()
            return int(number) * {"Seconds": 1, "Minutes": 60}[unit]
        rule = next(alert for alert in alerts() if alert["alert"] == "PeplineLoopStandsStill")
        self.assertEqual([int(bound) for bound in re.findall(r"> (\d+)", rule["expr"])],
                         [seconds("shared/observability/heartbeat.h", r"Duration limit = "), seconds("shared/engine/gauges.cc", r"kLongestCount = "),
                          seconds("shared/kafka/reception/reception.cc", r"\.limit = ")])
        runbook = (ROOT / RUNBOOK).read_text().split("## PeplineLoopStandsStill\n")[1].split("## ")[0]
        begun = {name for folder in ("shared", "services") for path in (ROOT / folder).rglob("*.cc")
                 for name in re.findall(r'heartbeats(?:\(\))?\.Begin\(\s*"([\w-]+)"', path.read_text())}
        self.assertEqual(begun, set(re.findall(r"`([\w-]+)` \(", runbook)))

    def test_every_alert_fires_when_it_should_and_is_quiet_when_it_should(self):
        self.promtool("test", "rules", *TESTS)
        names = "\n".join(path.read_text() for path in TESTS)
        for alert in alerts():
            self.assertIn(f"name: {alert['alert']} fires", names)
            self.assertIn(f"name: {alert['alert']} is quiet", names)

    maxDiff = None

    def test_every_alert_says_what_is_wrong_how_bad_it_is_and_where_to_read_on(self):
        known = runbook_sections()
        titles = {member["title"] for spec in DASHBOARDS.values() for _, member in panels(spec)}
        bad = []
        for alert in alerts():
            notes = alert["annotations"]
            if alert["labels"].get("severity") not in ("critical", "warning", "info"):
                bad.append(f"{alert['alert']}: no severity")
            if not notes.get("summary") or not notes.get("description"):
                bad.append(f"{alert['alert']}: no summary or description")
            if notes.get("runbook_url") != f"{RUNBOOK}#{alert['alert'].lower()}":
                bad.append(f"{alert['alert']}: runbook_url is not its section of {RUNBOOK}")
            if alert["alert"] not in known:
                bad.append(f"{alert['alert']}: {RUNBOOK} has no section of that name")
            if notes.get("panel") not in titles:
                bad.append(f"{alert['alert']}: no dashboard has the panel {notes.get('panel')!r}")
        self.assertEqual(bad, [])

    def test_the_handbook_explains_no_alert_that_does_not_exist(self):
        self.assertEqual(runbook_sections() - {alert["alert"] for alert in alerts()}, set())

    def test_rules_ask_only_for_what_is_exported(self):
        known = known_samples()
        self.assertEqual([f"{rule.get('alert', rule.get('record'))}: {name}" for rule in all_rules()
                          for name in names_in(rule["expr"]) - known], [])


class Dashboards(unittest.TestCase):
    def test_panels_ask_only_for_what_is_exported(self):
        known = known_samples()
        self.assertEqual([f"{spec['title']} / {member['title']}: {name}" for spec in DASHBOARDS.values() for _, member in panels(spec)
                          for expr, _ in member["targets"] for name in names_in(expr) - known], [])

    def test_every_expression_parses_and_every_panel_says_what_it_answers(self):
        groups = [{"name": "panels", "rules": []}]
        titles = []
        for spec in DASHBOARDS.values():
            for _, member in panels(spec):
                titles.append((spec["title"], member["title"]))
                self.assertGreater(len(member["description"]), 20, member["title"])
                for expr, _ in member["targets"]:
                    expr = expr.replace("$__rate_interval", "5m").replace("$namespace", ".*").replace("$job", ".*").replace("$authority", ".*")
                    self.assertNotIn("$", expr)
                    groups[0]["rules"].append({"record": f"panel:{len(titles)}:x", "expr": expr})
        self.assertEqual(len(titles), len(set(titles)), "two panels with one name")
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump({"groups": groups}, file)
            file.flush()
            done = subprocess.run(["promtool", "check", "rules", "--lint=none", file.name], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_what_is_committed_is_what_the_description_gives(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([ROOT / "tools/observability/make-dashboards", folder], check=True)
            for made in sorted(path for path in pathlib.Path(folder).glob("**/*") if path.is_file()):
                kept = ROOT / made.relative_to(folder)
                self.assertEqual(kept.read_text() if kept.exists() else "", made.read_text(), f"run `make dashboards`: {kept.name}")

    def test_the_files_are_what_grafana_reads(self):
        for name in DASHBOARDS:
            model = json.loads((ROOT / f"deploy/dashboards/{name}.json").read_text())
            self.assertEqual(len({panel["id"] for panel in model["panels"]}), len(model["panels"]))
            taken = set()
            for panel in model["panels"]:
                place = panel["gridPos"]
                self.assertLessEqual(place["x"] + place["w"], 24)
                cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
                self.assertFalse(cells & taken, f"{name}: {panel['title']} lies over another panel")
                taken |= cells


class Names(unittest.TestCase):
    def test_every_definition_is_read_from_the_sources(self):
        self.assertEqual({name for _, name, *_ in definitions.definitions()}, definitions.all_names())

    def test_no_label_identifies_a_school_a_child_or_a_member_of_staff(self):
        labels = {label for *_, labels in definitions.definitions() for label in labels}
        self.assertEqual({label for label in labels if re.search(r"school|urn|child|pep|staff|id$|name|email|postcode", label)}, set())


if __name__ == "__main__":
    unittest.main()
