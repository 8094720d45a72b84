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
sys.path.insert(0, str(ROOT / "tools/observability"))
import definitions  # noqa: E402
from running_demo import PATIENCE, RunningDemo, SERVICES, wait_for  # noqa: E402

MOST_SERIES = 300
BUILD = ROOT / "build/release"
# After the demo these have no series yet, as nothing of the kind has happened; everything else must be there.
ONLY_WHEN_IT_HAPPENS = {
    "pepline_refusals_total", "pepline_rpc_failures_total",
    "pepline_outbox_relay_failures_total", "pepline_tls_certificate_expiry_timestamp_seconds",
    "pepline_tls_reloads_total", "pepline_trace_spans_dropped_total",
    "pepline_registry_contacts_missing_total", "pepline_registry_unknown_events_total",
}


def source(path):
    return (ROOT / path).read_text(encoding="utf-8")


def count(pattern, *paths):
    return sum(len(re.findall(pattern, source(path), re.M)) for path in paths)


# How many series a metric with labels can have at most in a pod of a service: every RPC called with every outcome, every refusal
# given, every deadline missed, and more authorities than are named. A metric with labels that is missing here fails the check.
AUTHORITIES = int(re.search(r"kMostAuthorities = (\d+)", source("shared/engine/gauges.h")).group(1)) + 1  # and "other"
RPCS = {s: count(r"^  rpc ", f"proto/pepline/{s}/v1/{s}_service.proto") for s in SERVICES}
REASONS = {s: count(r"constexpr RefusalReason k", *(str(path.relative_to(ROOT)) for path in ROOT.glob(f"services/{s}/domain/**/*.h"))) for s in SERVICES}
REFUSALS = int(re.search(r"kMostRefusals = (\d+)", source("shared/observability/metrics.cc")).group(1))  # the rest are "other"
TOPICS = {"registry": 1, "scheduling": 3, "assessments": 2, "funding": 3, "notifications": 3}  # read; the demo shows them all
RULES = count(r"RuleRow\{\.rule = ", "services/scheduling/domain/rules.cc") - 1  # pep-open is no PEP's and is not counted by rule
IMPORT_KINDS = count(r"^  IMPORT_KIND_\w+ = [1-9]", "proto/pepline/registry/v1/registry_service.proto")
# consumer, parked-records, relay, waker, gauges; notifications has those of its mail too.
LOOPS = {service: 7 if service == "notifications" else 5 for service in SERVICES}
MOST = {
    "pepline_refusals_total": lambda s: min(REASONS[s], REFUSALS + 1),
    "pepline_rpc_requests_total": lambda s: 3 * RPCS[s],  # ok, refused, failed
    "pepline_rpc_failures_total": lambda s: 7,  # UNAVAILABLE, INTERNAL, UNKNOWN, DATA_LOSS, RESOURCE_EXHAUSTED, ABORTED, DEADLINE_EXCEEDED
    "pepline_rpc_refused_total": lambda s: 8,  # draining, overloaded, too-late, malformed, no-deadline, peer, unauthenticated, role
    "pepline_personal_data_reads_total": lambda s: 7,  # answered, denied, not-found, refused, unauthenticated, failed, unwritten
    "pepline_outbox_relay_failures_total": lambda s: 6,  # names of librdkafka's errors, of which few mean an undelivered record
    "pepline_consumer_records_total": lambda s: 4 * TOPICS[s],  # handled, dead-letter, parked, given-up
    "pepline_consumer_dead_letters_total": lambda s: TOPICS[s],
    "pepline_consumer_lag_records": lambda s: TOPICS[s],
    "pepline_consumer_partitions_ratio": lambda s: TOPICS[s],
    "pepline_consumer_position_records": lambda s: TOPICS[s],
    "pepline_loop_heartbeat_age_seconds": lambda s: LOOPS[s],
    "pepline_loop_oldest_waiting_seconds": lambda s: LOOPS[s],
    "pepline_jwks_reloads_total": lambda s: 2,
    "pepline_tls_certificate_expiry_timestamp_seconds": lambda s: 1,
    "pepline_tls_reloads_total": lambda s: 2,
    "pepline_trace_spans_dropped_total": lambda s: 4,
    "pepline_build_info": lambda s: 1,
    "pepline_registry_imports_total": lambda s: 4 * IMPORT_KINDS,  # done, refused, preview, broken-off
    "pepline_registry_import_rows_total": lambda s: 3 * IMPORT_KINDS,  # created, changed, unchanged
    "pepline_registry_care_episodes_total": lambda s: 2,
    "pepline_registry_vacancies_total": lambda s: 2,
    "pepline_registry_contacts_missing_total": lambda s: 2,
    "pepline_registry_unknown_events_total": lambda s: TOPICS[s],
    "pepline_scheduling_peps": lambda s: 6 * AUTHORITIES,  # stages of current PEPs
    "pepline_scheduling_late_peps": lambda s: AUTHORITIES,
    "pepline_scheduling_late_deadlines": lambda s: RULES * AUTHORITIES,
    "pepline_scheduling_finalised_peps": lambda s: 2 * AUTHORITIES,
    "pepline_scheduling_finalise_median_seconds": lambda s: AUTHORITIES - 1,  # medians do not add up: no "other"
    "pepline_scheduling_deadlines_met_total": lambda s: 2,  # in time, late
    "pepline_scheduling_unknown_events_total": lambda s: TOPICS[s],
    "pepline_assessments_sdqs_requested_total": lambda s: 3,  # informants
    "pepline_assessments_sdqs_scored_total": lambda s: 2,  # scoring rules
    "pepline_assessments_pupil_views_total": lambda s: 3,
    "pepline_assessments_outcomes_total": lambda s: 8,  # set, refined, dropped, reopened, four results
    "pepline_assessments_awaited_sdqs": lambda s: AUTHORITIES,
    "pepline_assessments_missing_sdqs": lambda s: AUTHORITIES,
    "pepline_assessments_sdq_gaps": lambda s: AUTHORITIES,
    "pepline_assessments_sdqs_to_confirm": lambda s: AUTHORITIES,
    "pepline_assessments_unknown_events_total": lambda s: TOPICS[s],
    "pepline_funding_requests_total": lambda s: 6,  # states
    "pepline_funding_line_gbp": lambda s: 3 * AUTHORITIES,
    "pepline_funding_open_requests": lambda s: 3 * AUTHORITIES,
    "pepline_funding_late_deadlines": lambda s: 2 * AUTHORITIES,  # to be decided, to be released
    "pepline_funding_deadlines_missed_total": lambda s: 2,
    "pepline_funding_deadlines_met_total": lambda s: 4,  # each in time, late
    "pepline_funding_unknown_events_total": lambda s: TOPICS[s],
    "pepline_notifications_alerts_open": lambda s: 4 * AUTHORITIES,  # levels
    "pepline_notifications_alerts_raised_total": lambda s: 2,
    "pepline_notifications_alerts_escalated_total": lambda s: 2,
    "pepline_notifications_alerts_resolved_total": lambda s: 6,
    "pepline_notifications_notices_total": lambda s: 27,  # kinds by given, too-old, disabled
    "pepline_notifications_deliveries_total": lambda s: 4,
    "pepline_notifications_delivery_attempts_failed_total": lambda s: 12,
    "pepline_notifications_unknown_events_total": lambda s: TOPICS[s],
}


class Exported(unittest.TestCase):
    maxDiff = None
    @classmethod
    def setUpClass(cls):
        with RunningDemo(BUILD) as demo:
            demo.wait_until_played()
            wait_for(lambda: all(re.search(r"^pepline_ready 1$", demo.metrics(s), re.M) for s in SERVICES), 60, "not all ready")
            # What the last count of the whole term shows; one from the middle of it may not. A count that took long on a
            # busy machine is followed by a rest fifty times as long.
            for service, name in (("scheduling", "pepline_scheduling_finalise_median_seconds"), ("funding", "pepline_funding_line_gbp"),
                                  ("funding", "pepline_funding_open_requests"), ("assessments", "pepline_assessments_missing_sdqs"), ("notifications", "pepline_notifications_alerts_open")):
                wait_for(lambda: f"\n{name}{{" in demo.metrics(service), PATIENCE, f"no gauges of {service}")
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

    def samples(self, service):
        """{metric: how many series} after the demo."""
        kinds = self.types(service)
        lines = [re.match(r"\w+", line).group(0) for line in self.text[service].splitlines() if line and line[0] != "#"]
        return collections.Counter(name if name in kinds else re.sub(r"_(bucket|sum|count)$", "", name) for name in lines)

    def test_a_pod_has_at_most_300_series_whatever_happens(self):
        many = {}
        for service in SERVICES:
            seen = self.samples(service)
            most = {}
            for owner, name, _, kind, labels in definitions.definitions():
                if owner in ("every service", service):
                    most[name] = MOST[name](service) if labels else max(1, seen[name])
                    self.assertFalse(labels and kind == "histogram", f"{name}: count its buckets too")
            print(f"{service}: {sum(seen.values())} series after the demo, {sum(most.values())} at most")
            for name in seen:  # an estimate below what is there is none
                self.assertLessEqual(seen[name], most.get(name, 0), f"{service}: {name}")
            if sum(most.values()) > MOST_SERIES:
                many[service] = collections.Counter(most).most_common(12)
        self.assertEqual(many, {})

    def test_everything_exported_is_documented_and_everything_documented_is_exported(self):
        documented = set(re.findall(r"^\| `(pepline_\w+)`", (ROOT / "docs/operations/metrics.md").read_text(), re.M))
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
