"""The metrics as the sources define them: name, help, type, labels, and who exports them."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENTRY = re.compile(r'\{\s*"(pepline_\w+)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+),\s*(?:MetricDefinition::)?Type::k(\w+)(?:,\s*\{([^}]*)\})?')
SOURCES = {"every service": "shared/observability/metric_definitions.cc",
           **{path.parent.name: str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("services/*/metrics.cc"))}}


def definitions():
    """[(owner, name, help, type, [labels])] in the order of the sources."""
    found = []
    for owner, path in SOURCES.items():
        for name, words, kind, labels in ENTRY.findall((ROOT / path).read_text(encoding="utf-8")):
            text = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', words))
            found.append((owner, name, text, kind.lower(), re.findall(r'"(\w+)"', labels)))
    return found


def all_names():
    """Every name that the sources mention as a metric's, found in another way."""
    return {name for path in SOURCES.values()
            for name in re.findall(r'\{\s*"(pepline_\w+)",\s*"', (ROOT / path).read_text(encoding="utf-8"))}


def page():
    lines = ["# Metrics", "",
             "Written by `make dashboards` from the definitions in the sources; do not edit. `/metrics` of every service, Prometheus text format.", "",
             "- Counters and histograms are of one replica since its start: add them up over replicas, and use `rate` or `increase`.",
             "- Gauges with the label `authority`, the outbox, the alarms and the untold alerts are taken from the store: right after a restart,",
             "  and the same in every replica, so take the highest and never the sum. `pepline_consumer_lag_records` is of the replica's own",
             "  partitions: add it up.",
             "- Seconds and pounds sterling (`gbp`; the rules of Prometheus take \"pounds\" for a weight). A school day is no span of time and has",
             "  no base unit: `schooldays`.",
             "- No label identifies a school, a child or a member of staff. At most two authorities are named, those with the most; the others are",
             "  `other` together, but for medians, which cannot be added up. A pod has at most 300 series.",
             "- A metric with labels has no series before its first event, unless its values are known beforehand (then it begins at 0).", ""]
    for owner in SOURCES:
        lines += [f"## {owner}", "", "| metric | type | labels | meaning |", "| --- | --- | --- | --- |"]
        lines += [f"| `{name}` | {kind} | {', '.join(labels)} | {text} |" for one, name, text, kind, labels in definitions() if one == owner]
        lines.append("")
    return "\n".join(lines)
