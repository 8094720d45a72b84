#!/usr/bin/python3
"""What the services really export, after the demo: names, bounds, and that nothing is undocumented.

usage: metrics_test.py --build <build folder>
"""
import argparse
import collections
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/seeing"))
import definitions  # noqa: E402
from running_demo import RunningDemo, SERVICES, wait_for  # noqa: E402

MOST_SERIES = 300
BUILD = ROOT / "build/release"
# After the demo these have no series yet, as nothing of the kind has happened; everything else must be there.
ONLY_WHEN_IT_HAPPENS = {
    "pepline_commit_conflicts_total", "pepline_refusals_total", "pepline_wake_law_violations_total",
    "pepline_outbox_relay_failures_total", "pepline_tls_certificate_expiry_timestamp_seconds",
    "pepline_tls_reloads_total", "pepline_trace_spans_dropped_total",
    "pepline_registry_contacts_missing_total", "pepline_registry_unknown_events_total",
}


class Exported(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with RunningDemo(BUILD) as demo:
            demo.wait_until_played()
            wait_for(lambda: all(re.search(r"^pepline_ready 1$", demo.metrics(s), re.M) for s in SERVICES), 60, "not all ready")
            for service, name in (("scheduling", "pepline_scheduling_finalise_median_seconds"), ("funding", "pepline_funding_line_gbp"),
                                  ("assessments", "pepline_assessments_missing_sdqs"), ("notifications", "pepline_notifications_alerts_open")):
                wait_for(lambda: f"\n{name}{{" in demo.metrics(service), 60, f"no census of {service}")
            cls.text = {service: demo.metrics(service) for service in SERVICES}

    def types(self, service):
        return dict(re.findall(r"^# TYPE (\S+) (\w+)$", self.text[service], re.M))

    def names(self, service):
        """Names with at least one series."""
        kinds = self.types(service)
        samples = re.findall(r"^(\w+)[{ ]", self.text[service], re.M)
        return {name if name in kinds else re.sub(r"_(bucket|sum|count)$", "", name) for name in samples}

    def test_prometheus_finds_nothing_wrong_with_the_names(self):
        for service in SERVICES:
            done = subprocess.run(["promtool", "check", "metrics"], input=self.text[service], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""), service)

    def test_a_pod_has_at_most_300_series(self):
        many = {}
        for service in SERVICES:
            samples = [line for line in self.text[service].splitlines() if line and line[0] != "#"]
            print(f"{service}: {len(samples)} series")
            if len(samples) > MOST_SERIES:
                many[service] = collections.Counter(re.match(r"\w+", line).group(0) for line in samples).most_common(8)
        self.assertEqual(many, {})

    def test_everything_exported_is_documented_and_everything_documented_is_exported(self):
        documented = set(re.findall(r"^\| `(pepline_\w+)`", (ROOT / "deploy/metrics.md").read_text(), re.M))
        exported = set().union(*(self.names(service) for service in SERVICES))
        self.assertEqual({name for name in exported if name.startswith("pepline_")} - documented, set())
        self.assertEqual(documented - exported - ONLY_WHEN_IT_HAPPENS, set())

    def test_every_metric_is_exported_by_its_owner_with_its_help_type_and_labels(self):
        for owner, name, text, kind, labels in definitions.definitions():
            service = "scheduling" if owner == "every service" else owner
            with self.subTest(name):
                self.assertEqual(self.types(service).get(name), None if name not in self.names(service) else kind)
                if name not in self.names(service):
                    continue
                self.assertIn(f"# HELP {name} {text}\n", self.text[service])
                for sample in re.findall(rf"^{name}(?:_bucket)?{{([^}}]*)}}", self.text[service], re.M):
                    self.assertEqual(set(re.findall(r"(\w+)=", sample)) - {"le"}, set(labels))

    def test_no_label_holds_a_school_or_a_child(self):
        for service in SERVICES:
            values = re.findall(r'(?<!le)="([^"]*)"', self.text[service])
            self.assertEqual([v for v in values if re.fullmatch(r"\d{6}|(chd|stf|req)-.*|.*@.*", v)], [], service)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build/release")
    arguments, rest = parser.parse_known_args()
    BUILD = ROOT / arguments.build
    unittest.main(argv=[sys.argv[0], *rest])
