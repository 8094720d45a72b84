#!/usr/bin/python3
"""docs/integrators.md and what it leads to: tables are as the sources are, the AsyncAPI document is valid and true of every
record that the demo leaves on a real Kafka, and every line and program of the page runs.

usage: integrators_test.py --build <build folder> --clients <folder of tools/clients/fetch> --asyncapi <folder with AsyncAPI's parser>
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import jsonschema
from google.protobuf import json_format

ROOT = pathlib.Path(__file__).resolve().parents[2]
for folder in ("tools/catalogue", "tools/observability", "tests/system/foreign"):
    sys.path.insert(0, str(ROOT / folder))
import asyncapi  # noqa: E402
import contracts  # noqa: E402
import events_page  # noqa: E402
import read_topic  # noqa: E402
import reasons  # noqa: E402
import roles  # noqa: E402
from running_demo import RunningDemo  # noqa: E402

PAGE = ROOT / "docs/integrators.md"
PATIENCE = 120  # seconds, for all lines of the page together; they take about 20
BLOCK = re.compile(r"^```(\w+)?( fails)?\n(.*?)^```$", re.M | re.S)
KNOWN = contracts.Contracts()
DOCUMENT = asyncapi.document(KNOWN)

# What the page says in words, and the line of the sources that makes it so. Where a line changes, the sentence has to follow.
FACTS = [
    ("a message has at most 4 MiB", "shared/rpc/grpc_server.h", "max_message_bytes = 4 * 1024 * 1024"),
    ("metadata 16 KiB", "shared/rpc/grpc_server.cc", "kMostMetadata = 16 * 1024"),
    ("more than 64 KiB ends the connection", "shared/rpc/grpc_server.cc", "kMetadataThatEndsAConnection = 64 * 1024"),
    ("a connection 256 calls at once", "shared/rpc/grpc_server.h", "max_concurrent_streams = 256"),
    ("at most every 5 seconds", "shared/rpc/grpc_server.h", "least_between_pings = absl::Seconds(5)"),
    ("an instance takes 512", "shared/rpc/grpc_server.h", "max_connections = 512"),
    ("a quarter of them from one address", "shared/rpc/grpc_listener.cc", "kShareOfOneAddress = 4"),
    ("ends after half an hour", "shared/rpc/grpc_server.cc", "kLongestIdleMs = 30 * 60 * 1000"),
    ("A connection lives an hour at most", "shared/rpc/grpc_server.cc", "kLongestConnectionMs = 60 * 60 * 1000"),
    ("`domain` is `<service>.pepline`", "shared/process/service_host.cc", 'absl::StrCat(identity.name, ".pepline")'),
    ("is at most 8 KiB long", "shared/security/auth.cc", "kLongestHeader = 8192"),
    ("At `exp` a token ends without leeway", "shared/security/auth.cc", "if (now >= verified.expires) return Refused"),
    ("may be 60 seconds ahead", "shared/security/auth.cc", "kLeeway = absl::Seconds(60)"),
    ("may be 60 seconds ahead", "shared/security/auth.cc", "if (now + kLeeway < verified.not_before) return Refused"),
    ("at most two hours after `iat`", "shared/security/auth.h", "longest_life = absl::Hours(2)"),
    ("trailing metadata `traceresponse`", "shared/rpc/grpc_server.cc", 'AddTrailingMetadata("traceresponse"'),
    ("by itself `pepline`", "shared/process/config.cc", '"PEPLINE_TOKEN_AUDIENCE", "pepline"'),
    ("1 to 64 characters", "shared/rpc/request_faults.cc", "kLongestRequestId = 64"),
    ("for 35 days", "shared/engine/command.h", "remember_commands = absl::Hours(24 * 35)"),
    ("at most 1024 characters long", "shared/rpc/page_tokens.h", "kLongestPageToken = 1024;"),
    ("1 to 1000; 0 is 100", "shared/rpc/request_fields.cc", "return asked == 0 ? 100 : asked;"),
    ("1 to 1000; 0 is 100", "shared/rpc/request_fields.cc", "asked < 0 || asked > 1000"),
    ("Partitions are chosen by murmur2", "shared/kafka/kafka_settings.cc", "murmur2_random"),
]


def blocks():
    """[(language, whether it is meant to fail, text)] of the page."""
    return [(language, bool(fails), text) for language, fails, text in BLOCK.findall(PAGE.read_text(encoding="utf-8"))]


def faults_of(full_name, part, value):
    """What a part of a message is against its schema in the AsyncAPI document."""
    schema = DOCUMENT["components"]["messages"][full_name][part]
    resolver = jsonschema.RefResolver("", DOCUMENT)
    return [f"{full_name} {part} {'.'.join(map(str, error.path))}: {error.message}"
            for error in jsonschema.Draft7Validator(schema, resolver=resolver).iter_errors(value)]


def as_json(event):
    return json_format.MessageToDict(event, preserving_proto_field_name=True)


class Page(unittest.TestCase):
    def test_its_tables_are_as_the_sources_are(self):
        done = subprocess.run([ROOT / "tools/catalogue/make-tables", "--check", PAGE], capture_output=True, text=True)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.returncode, 0)

    def test_every_reason_says_what_is_the_matter_and_whether_to_try_again(self):
        for one in reasons.reasons():
            self.assertTrue(one.words, f"{one.reason}: the sources say nothing with it; add to WORDS of tools/catalogue/reasons.py")
            self.assertIn(one.code, reasons.AGAIN)
        self.assertEqual(set(reasons.WORDS) - {one.reason for one in reasons.reasons()}, set(), "of no reason")

    def test_no_reason_of_the_sources_is_missing(self):
        # Found in another way: whatever the sources have that looks like a reason, where answers are made.
        listed = {one.reason for one in reasons.reasons()}
        files = [*ROOT.glob("services/*/domain/**/*.h"), *ROOT.glob("services/*/grpc*.cc"), *ROOT.glob("services/*/api/*.cc"),
                 *ROOT.glob("services/registry/import/*.cc"),
                 ROOT / "shared/rpc/refusal_status.cc", ROOT / "shared/rpc/grpc_server.cc", ROOT / "shared/rpc/admit_first.cc"]
        said = {word for path in files for word in re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', path.read_text(encoding="utf-8"))}
        self.assertEqual(said - listed, set())

    def test_its_numbers_are_those_of_the_sources(self):
        page = " ".join(PAGE.read_text(encoding="utf-8").split())
        for sentence, path, line in FACTS:
            self.assertIn(sentence, page)
            self.assertIn(line, (ROOT / path).read_text(encoding="utf-8"), f'{path} has changed: does "{sentence}" still hold?')

    def test_it_names_the_role_of_every_person(self):
        row = next(line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `role` |"))
        self.assertEqual(set(re.findall(r"`([a-z-]+)`", row)) - {"role"}, set(roles.people()))

    def test_its_pieces_of_code_are_taken_from_programs_that_run(self):
        programs = [*(ROOT / "examples").rglob("*.*"), *(ROOT / "tools/client").glob("*.cc")]
        sources = {path: [line.strip() for line in path.read_text(encoding="utf-8").splitlines()] for path in programs}
        for language, _, text in blocks():
            if language in (None, "sh", "text"):
                continue
            wanted = [line.strip() for line in text.splitlines()]
            found = any(lines[i:i + len(wanted)] == wanted for lines in sources.values() for i in range(len(lines)))
            self.assertTrue(found, f"in no program of examples/:\n{text}")

    def test_the_files_it_names_are_there(self):  # its links are looked at by documents_test.py
        for path in re.findall(r"`((?:examples|deploy|tools|tests)/[\w./*-]+)`", PAGE.read_text(encoding="utf-8")):
            self.assertTrue(list(ROOT.glob(path.rstrip("/"))), path)


class Documents(unittest.TestCase):
    def test_the_parser_of_asyncapi_finds_nothing_wrong(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "asyncapi.json"
            file.write_text(json.dumps(DOCUMENT), encoding="utf-8")
            done = subprocess.run(["node", ROOT / "tools/catalogue/check-asyncapi.mjs", ARGUMENTS.asyncapi, file], capture_output=True,
                                  text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_every_event_is_in_both_documents_and_no_other(self):
        events = {event.full_name for service in KNOWN.services for event in service.events}
        golden = {path.stem for path in (ROOT / "tests/contract/golden/events").glob("*.golden")}
        self.assertEqual(events, golden)
        self.assertEqual(set(DOCUMENT["components"]["messages"]), events)
        self.assertEqual({event["type"] for event in events_page.as_json(KNOWN)["events"]}, events)

    def test_the_events_of_every_release_fit_their_schema(self):
        classes = KNOWN.classes()
        for path in sorted((ROOT / "tests/contract/golden/events").glob("*.golden")):
            event = classes[path.stem.split(".")[1]].FromString(bytes.fromhex(path.read_text().split("\n", 1)[0]))
            self.assertEqual(faults_of(path.stem, "payload", as_json(event)), [])

    def test_the_schema_refuses_what_is_no_such_event(self):
        name = "pepline.scheduling.v1.EpepFinalised"
        for wrong in ({"header": {}}, {"header": {}, "epep_finalised": {"nickname": "x"}}, {"header": {}, "deadline_met": {}},
                      {"header": {}, "epep_finalised": {"school_days_taken": "five"}}):
            self.assertNotEqual(faults_of(name, "payload", wrong), [], wrong)


class Running(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = RunningDemo(BUILD, "--broker", "kafka", "--tls").__enter__()
        cls.addClassCleanup(cls.demo.__exit__)
        cls.demo.wait_until_played()
        cls.stack = cls.demo.stack_folder()
        cls.bootstrap = json.loads((cls.stack / "stack.json").read_text())["broker"]["bootstrap_servers"]

    def run_page(self):
        """[(text, meant to fail, failed, output, fragments expected)] of the page's shell lines, run in one shell."""
        lines, expected, texts = [], {}, []
        with tempfile.TemporaryDirectory() as folder:
            for language, fails, text in blocks():
                if language == "text":
                    expected.setdefault(len(texts) - 1, []).extend(filter(None, text.splitlines()))
                if language != "sh":
                    continue
                number = len(texts)
                texts.append((text, fails))
                lines.append(f"FAILED=no\n{{\n{text}}} >{folder}/{number}.output 2>&1\necho $FAILED >{folder}/{number}.failed\n")
            script = "set -u\ntrap 'FAILED=yes' ERR\n" + "".join(lines)
            path = f"{BUILD / 'bin'}:{pathlib.Path(ARGUMENTS.clients).resolve() / 'go'}:/usr/sbin:/usr/bin:/sbin:/bin"
            shell = subprocess.run(["bash", "-c", script], cwd=ROOT, timeout=PATIENCE, capture_output=True, text=True,
                                   env={"PATH": path, "STACK": str(self.stack), "LANG": "C.UTF-8", "TMPDIR": folder, "HOME": folder})
            self.assertEqual(shell.stderr, "")
            read = lambda number, kind: (pathlib.Path(folder) / f"{number}.{kind}").read_text(encoding="utf-8")  # noqa: E731
            return [(text, fails, read(i, "failed").strip() == "yes", read(i, "output"), expected.get(i, []))
                    for i, (text, fails) in enumerate(texts)]

    def test_every_line_of_the_page_does_what_the_page_says(self):
        stories = []
        for text, fails, failed, output, expected in self.run_page():
            with self.subTest(text):
                self.assertEqual(failed, fails, output)
                for fragment in expected:
                    self.assertIn(fragment, output)
            if "follow_child" in text.lower() or "FollowChild" in text:
                stories.append([line for line in output.splitlines() if " pepline." in line])
        self.assertEqual(len(stories), 3)
        print(f"one child's term in {len(stories[0])} events, the same in Python, Node and Java")
        self.assertGreater(len(stories[0]), 10)
        self.assertEqual(stories[0], stories[1])
        self.assertEqual(stories[0], stories[2])

    def test_every_record_on_kafka_is_as_the_asyncapi_document_and_the_catalogue_say(self):
        topics = subprocess.run(["kcat", "-b", self.bootstrap, "-L", "-J"], check=True, capture_output=True, timeout=30).stdout
        there = {one["topic"] for one in json.loads(topics)["topics"] if not one["topic"].startswith("__")}
        addresses = {channel["address"] for channel in DOCUMENT["channels"].values()}
        self.assertEqual({name for name in there if not name.endswith(".dead-letters")}, addresses)
        classes, count, wrong, versions = KNOWN.classes(), 0, [], {}
        for service in KNOWN.services:
            keys = {event.full_name: event.key for event in service.events}
            for headers, key, value in read_topic.records(self.bootstrap, service.topic):
                count += 1
                event = classes[service.name].FromString(value)
                name = headers["ce_type"]
                wrong += faults_of(name, "headers", headers) + faults_of(name, "payload", as_json(event))
                if key != contracts.key_of(event, keys[name]):
                    wrong.append(f"{name}: the key is not what the catalogue says")
                versions.setdefault(event.header.aggregate_id, set()).add(event.header.aggregate_version)
        self.assertEqual(wrong, [])
        self.assertGreater(count, 1000)
        for aggregate, seen in versions.items():
            self.assertEqual(seen, set(range(1, len(seen) + 1)), f"gap in {aggregate}")
        print(f"{count} records of {len(versions)} aggregates are as the documents say")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--clients", default=".cache/clients")
    parser.add_argument("--asyncapi", default=".cache/asyncapi")
    ARGUMENTS, rest = parser.parse_known_args()
    BUILD = (ROOT / ARGUMENTS.build).resolve()
    for folder in (ARGUMENTS.clients, ARGUMENTS.asyncapi):
        if not os.path.isdir(folder):
            sys.exit(f"{folder} is not there; `make clients` fetches what the examples need")
    unittest.main(argv=[sys.argv[0], *rest])
