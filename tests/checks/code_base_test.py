#!/usr/bin/python3
"""Rules of the code base that would otherwise be held by comments. Each test names its rule.

usage: code_base_test.py --build <build folder>
"""
import argparse
import collections
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICES = (ROOT / "services/list").read_text().split()
BUILD = ROOT / "build/release"


def tracked(*patterns):
    """The files git knows (or would add) that match, as paths from the root."""
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *patterns], cwd=ROOT, check=True,
                         capture_output=True, text=True).stdout
    return [ROOT / line for line in out.splitlines() if (ROOT / line).is_file()]


def text(path):
    return path.read_text(encoding="utf-8")


def without_comments(source):
    return re.sub(r"//[^\n]*", "", re.sub(r"/\*.*?\*/", "", source, flags=re.S))


def where(path, source, match):
    return f"{path.relative_to(ROOT)}:{source.count(chr(10), 0, match.start()) + 1}: {match.group(0).strip()}"


def find_all(paths, pattern, strip=True):
    found = []
    for path in paths:
        source = text(path)
        if strip:  # keep line numbers: blank the comments out
            source = re.sub(r"//[^\n]*", "", source)
        found += [where(path, source, m) for m in re.finditer(pattern, source)]
    return found


def event_names():
    """{service: [event, ...]} from the `oneof event` of each service's contract."""
    names = {}
    for service in SERVICES:
        proto = text(ROOT / f"proto/pepline/{service}/v1/{service}_events.proto")
        oneof = re.search(r"oneof event \{(.*?)\}", proto, re.S).group(1)
        names[service] = re.findall(r"^\s*(?:pepline\.common\.v1\.)?(\w+) \w+ = \d+;", oneof, re.M)
    return names


def rpcs():
    """[(full service name, rpc)] of every contract."""
    found = []
    for service in SERVICES:
        path = ROOT / f"proto/pepline/{service}/v1/{service}_service.proto"
        proto = without_comments(text(path))
        name = re.search(r"^service (\w+)", proto, re.M).group(1)
        found += [(f"pepline.{service}.v1.{name}", rpc) for rpc in re.findall(r"\brpc (\w+)", proto)]
    return found


class Purity(unittest.TestCase):
    """No clock, no I/O, no logging, no protobuf in the rules."""

    FILES = "services/*/domain/*", "services/*/domain/*/*", "shared/domain/*"
    STANDARD = set("""algorithm array bit cassert charconv climits cmath compare concepts cstddef cstdint
        functional initializer_list iterator limits map memory numeric optional ranges set span string
        string_view tuple type_traits unordered_map utility variant vector""".split())

    def test_rules_include_only_the_standard_library_time_strings_and_other_rules(self):
        bad = []
        for path in tracked(*self.FILES):
            for line in re.findall(r"^#include (.*)$", text(path), re.M):
                ok = (line.strip("<>") in self.STANDARD if line.startswith("<") else
                      re.match(r'"(absl/(time|strings|algorithm|container|types)/|shared/domain/|services/\w+/domain/)', line))
                if not ok:
                    bad.append(f"{path.relative_to(ROOT)}: {line}")
        self.assertEqual(bad, [])

    def test_rules_never_read_a_clock_or_the_environment(self):
        self.assertEqual(find_all(tracked(*self.FILES),
                                  r"absl::Now|system_clock|steady_clock|\btime\(|\bgetenv|\brand\(|random_device|std::c(out|err)"), [])

    def test_compiled_rules_call_no_input_output(self):
        libraries = list(BUILD.glob("services/*/lib*_domain.a")) + list(BUILD.glob("shared/libshared_domain.a"))
        self.assertEqual(len(libraries), len(SERVICES) + 1, f"build first: {libraries}")
        bad = []
        for library in libraries:
            symbols = subprocess.run(["nm", "-uC", library], check=True, capture_output=True, text=True).stdout
            bad += [f"{library.name}: {line.strip()}" for line in symbols.splitlines()
                    if re.search(r"\bU (fopen|open|read|write|socket|clock_gettime|gettimeofday|time|getenv|printf|fprintf)$"
                                 r"|absl.*::Now\(\)|basic_[io]fstream|google::protobuf|grpc", line)]
        self.assertEqual(bad, [])

    def test_no_default_arm_over_our_own_enums_in_the_rules(self):
        self.assertEqual(find_all(tracked(*self.FILES), r"^\s*default:.*"), [])


class Rooms(unittest.TestCase):
    """shared/ and each service are houses of rooms (docs/architecture.md), whose includes go one way."""

    ROWS = [{"domain", "base"}, {"observability", "store"}, {"kafka", "security"}, {"engine", "redis"}, {"rpc", "admin"},
            {"projections", "process"}]
    ROWS_OF_A_SERVICE = [{"domain", "import/parse"}, {"storage"}, {"import", "delivery"}, {"api"}]

    def test_a_room_includes_only_itself_and_rooms_of_rows_before(self):
        row = {room: number for number, rooms in enumerate(self.ROWS) for room in rooms}
        files = tracked("shared/*.h", "shared/*.cc")
        self.assertEqual({path.relative_to(ROOT).parts[1] for path in files}, set(row))
        backwards = []
        for path in files:
            own = path.relative_to(ROOT).parts[1]
            for shared, made in re.findall(r'#include "(?:shared/(\w+)/[\w/]+|(\w+)/\w+)\.\w+"', text(path)):
                other = shared or made
                if other != own and not (other in row and row[other] < row[own]):
                    backwards.append(f"{path.relative_to(ROOT)} includes {other}/: move what it needs into a room before {own}/")
        self.assertEqual(backwards, [])

    def room_of_a_service(self, folder):
        """A folder inside a room is the room, but for import/parse, which knows of no storage."""
        if folder.parts[:2] == ("import", "parse"):
            return "import/parse"
        return folder.parts[0] if folder.parts else "."

    def test_a_room_of_a_service_includes_only_itself_and_rooms_of_rows_before(self):
        row = {room: number for number, rooms in enumerate(self.ROWS_OF_A_SERVICE) for room in rooms}
        backwards = []
        for service in SERVICES:
            for path in tracked(f"services/{service}/*.h", f"services/{service}/*.cc"):
                own = self.room_of_a_service(path.relative_to(ROOT / "services" / service).parent)
                if own == ".":  # main.cc and what stands beside it
                    continue
                self.assertIn(own, row, f"{path.relative_to(ROOT)}: a room that docs/architecture.md does not have")
                for other in re.findall(rf'#include "services/{service}/([\w/]+)/\w+\.h"', text(path)):
                    other = self.room_of_a_service(pathlib.PurePath(other))
                    if other != own and not row.get(other, len(row)) < row[own]:
                        backwards.append(f"{path.relative_to(ROOT)} includes {other}/: move what it needs into a room before {own}/")
        self.assertEqual(backwards, [])

    def test_the_page_of_the_architecture_shows_the_same_rows(self):
        page = text(ROOT / "docs/architecture.md")
        for table, rows in ((r"^\| (\d) \| `(\w+)` \|", self.ROWS), (r"^\| (\d) \| `([\w/]+)/` \|", self.ROWS_OF_A_SERVICE)):
            self.assertEqual({(int(number), room) for number, room in re.findall(table, page, re.M)},
                             {(number + 1, room) for number, rooms in enumerate(rows) for room in rooms})

    def test_nothing_shared_knows_a_service(self):
        self.assertEqual(find_all(tracked("shared/*.h", "shared/*.cc"), r'#include "(services|tools|tests)/[^"]*"'), [])


class Contracts(unittest.TestCase):
    def test_every_sender_of_a_topic_is_a_service(self):
        senders = set(re.findall(r"sender:\s*(\S+)", text(ROOT / "deploy/topics.yaml")))
        self.assertEqual(senders, set(SERVICES))

    def test_every_refusal_is_called_as_its_word_says_and_given_once(self):
        """kNotHeld says NOT_HELD; a service's word may have one prefix more, where two lists would say the same."""
        for service in SERVICES:
            words = re.findall(r'constexpr RefusalReason k(\w+)\{\s*"([A-Z_]+)"', "".join(text(p) for p in tracked(f"services/{service}/domain/*.h")))
            self.assertGreater(len(words), 2, service)
            for name, word in words:
                spelled = re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper()
                self.assertTrue(word.endswith(spelled) or set(spelled.split("_")) <= set(word.split("_")), f"{service}: k{name} says {word}")

    def test_every_event_is_produced_by_some_test(self):
        tests = "\n".join(text(p) for p in tracked("tests/unit/*.cc", "tests/component/*.cc", "tests/system/*.cc"))
        missing = [f"{s}: {e}" for s, events in event_names().items() for e in events
                   if not re.search(rf"\b{e}\b", tests)]
        self.assertEqual(missing, [])

    def test_every_event_has_golden_bytes(self):
        have = {p.name for p in tracked("tests/contract/golden/events/*")}
        want = {f"pepline.{s}.v1.{e}.golden" for s, events in event_names().items() for e in events}
        self.assertEqual(have, want)

    def test_every_rpc_says_who_may_call_it(self):
        missing = []
        for service in SERVICES:
            proto = without_comments(text(ROOT / f"proto/pepline/{service}/v1/{service}_service.proto"))
            for declaration in re.split(r"\brpc (?=\w+\()", proto)[1:]:
                if "option (pepline.common.v1.access)" not in declaration:
                    missing.append(f"{service}/{declaration.split('(')[0]}")
        self.assertEqual(missing, [])

    def test_every_rpc_has_a_component_test(self):
        missing = []
        for service, rpc in rpcs():
            folder = service.split(".")[1]
            tests = "\n".join(text(p) for p in tracked(f"tests/component/{folder}/*"))
            if not re.search(rf"\b{rpc}\b", tests):
                missing.append(f"{service}/{rpc}")
        self.assertEqual(missing, [])

    def test_every_command_has_a_request_id_and_every_list_pages(self):
        bad = []
        for service in SERVICES:
            proto = without_comments(text(ROOT / f"proto/pepline/{service}/v1/{service}_service.proto"))
            for rpc, request in re.findall(r"rpc (\w+)\((?:stream )?(\w+)\)", proto):
                body = re.search(rf"message {request} \{{(.*?)\n\}}", proto, re.S)
                body = body.group(1) if body else ""
                if rpc.startswith("List"):
                    if "page_size" not in body or "page_token" not in body:
                        bad.append(f"{rpc}: a list must page")
                elif not re.match(r"(Get|LookUp|Import)", rpc) and "string request_id" not in body:
                    bad.append(f"{rpc}: a command needs request_id")
        self.assertEqual(bad, [])

    def test_every_topic_has_a_sender_and_every_consumed_topic_exists(self):
        topics = set(re.findall(r"name:\s*(\S+)", text(ROOT / "deploy/topics.yaml")))
        for service in SERVICES:
            own = f"pepline.{service}.events.v1"
            self.assertIn(own, topics)
            sources = "\n".join(text(p) for p in tracked(f"services/{service}/*.cc", f"services/{service}/*.h"))
            # ServiceHost makes the topic's name of it.
            self.assertRegex(text(ROOT / f"services/{service}/main.cc"), rf'ServiceHost host\([^;]*\{{\s*"{service}"')
            for topic in set(re.findall(r"pepline\.\w+\.events\.v1", sources)):
                self.assertIn(topic, topics)
                if topic != own:
                    self.assertIn(f"{topic}.{service}.dead-letters", topics)

    def test_every_importer_record_topic_and_service_is_fuzzed(self):
        fuzz = {name: text(ROOT / f"tests/fuzz/{name}.cc") for name in ("imports", "records", "services")}

        def declared(pattern, *files):
            found = [name for path in tracked(*files) for name in re.findall(pattern, text(path), re.M)]
            self.assertTrue(found, pattern)
            return found

        missing = [name for name in declared(r"\b(Parse\w+)\(", "services/registry/import/parse/rows.h")
                   if name not in fuzz["imports"]]
        missing += [name for name in declared(r"^struct (\w+Codec)\b", "services/*/storage/codec.h") +
                    declared(r"\b(Decode\w+)\(const std::string& bytes\)", "services/*/storage/*.h")
                    if not re.search(rf"\b{name}\b", fuzz["records"])]
        for service in SERVICES:
            stage = re.search(rf"ServiceStage& {service.capitalize()}\(\) {{.*?\n}}\n", fuzz["services"], re.S)
            if f'ServiceTarget("{service}"' not in fuzz["services"] or stage is None:
                missing.append(service)
                continue
            missing += [f"{service}: {topic}" for path in tracked(f"services/{service}/*.h")
                        for topic in re.findall(r"\b(k\w+Topic) = \"pepline", text(path))
                        if f"Hear({topic}," not in stage.group(0)]
        self.assertEqual(missing, [])

    def test_no_service_reads_the_storage_of_another(self):
        bad = []
        for path in tracked("services/*.h", "services/*.cc", "tools/*.cc", "shared/*.cc", "shared/*.h"):
            parts = path.relative_to(ROOT).parts
            for owner in re.findall(r'#include "pepline/(\w+)/storage/', text(path)):
                if parts[0] != "services" or parts[1] != owner:
                    bad.append(f"{path.relative_to(ROOT)} includes the storage of {owner}")
        self.assertEqual(bad, [])


class Habits(unittest.TestCase):
    CODE = "*.cc", "*.h"

    def test_no_file_is_longer_than_400_lines(self):
        long = [f"{p.relative_to(ROOT)}: {n}" for p in tracked("services/*", "shared/*", "tools/*.cc", "tools/*.h")
                if p.suffix in (".cc", ".h", ".lua") and (n := text(p).count("\n")) > 400]
        self.assertEqual(long, [])

    def test_tests_wait_for_conditions_and_never_sleep(self):
        self.assertEqual(find_all(tracked("tests/*.cc", "tests/*.h", "services/*.cc"),
                                  r"sleep_for|sleep_until|SleepFor|\busleep\(|\bsleep\("), [])

    def test_nothing_is_thrown(self):
        self.assertEqual(find_all(tracked("services/*.cc", "services/*.h", "shared/*.cc", "shared/*.h"),
                                  r"\bthrow\b[^;]*;|catch \(\.\.\.\)"), [])

    def test_the_list_of_services_stands_once(self):
        folders = [path.parent.name for path in ROOT.glob("services/*/main.cc")]
        self.assertEqual(sorted(SERVICES), sorted(folders), "services/list and the folders of services")
        # Programs that others copy, a topic's consumers, and rules of Prometheus, which are looked at below.
        spared = ("examples/", "deploy/topics.yaml", "deploy/prometheus/")
        name = rf"(?:{'|'.join(SERVICES)})"
        beside = r"""(?:[\s"',.{}()\[\]-]|pepline|\bevents\b|\bv1\b|\band\b|\bor\b)+"""
        listed = re.compile(rf"\b{name}{beside}(?:{name}{beside}){{{len(SERVICES) - 2}}}{name}\b")
        bad = []
        for path in tracked("*.h", "*.cc", "*.py", "*.yaml", "*.txt", "*.cmake", "*Dockerfile", "tools/*", "tests/*"):
            if str(path.relative_to(ROOT)).startswith(spared) or path.is_symlink() or path.suffix in (".md", ".csv", ".ics"):
                continue
            bad += [f"{path.relative_to(ROOT)}:{text(path)[:found.start()].count(chr(10)) + 1} (read services/list, or call AllServices())"
                    for found in listed.finditer(text(path)) if set(re.findall(name, found.group())) == set(SERVICES)]
        self.assertEqual(bad, [])
        gone = re.findall(r'absent\(pepline_ready\{job="pepline-(\w+)"', text(ROOT / "deploy/prometheus/alerts.yaml"))
        self.assertEqual(gone, SERVICES, "the services whose absence is an alert")

    def test_vague_names_are_not_used_for_files(self):
        bad = [p for p in tracked(*self.CODE)
               if re.search(r"util|helper|manager|processor|_impl|_base\b", p.stem)]
        self.assertEqual(bad, [])

    def test_tests_are_skipped_only_with_a_reason(self):
        self.assertEqual(find_all(tracked("tests/*.cc"), r"GTEST_SKIP\(\)\s*;|DISABLED_"), [])

    def test_no_machine_paths_hosts_of_registries_or_secrets(self):
        pattern = r"/work/|/tmp/b\b|registry\.npmjs|pypi\.org|repo\d?\.maven|deb\.debian\.org|BEGIN (EC |RSA )?PRIVATE KEY"
        files = [p for p in tracked() if p != pathlib.Path(__file__).resolve()
                 and p.suffix in (".cc", ".h", ".md", ".yaml", ".json", ".py", ".txt", ".xml", ".proto", ".lua", "")]
        bad = []
        for path in files:
            try:
                source = text(path)
            except UnicodeDecodeError:
                continue
            bad += [where(path, source, m) for m in re.finditer(pattern, source)]
        self.assertEqual(bad, [])

    def test_every_service_says_what_it_owns(self):
        for service in SERVICES:
            readme = text(ROOT / f"services/{service}/README.md")
            self.assertIn(f"pepline.{service}.events.v1", readme)
            self.assertRegex(readme, r"20\d\d-\d\d-\d\d", f"{service}: no dated decisions")
            main = text(ROOT / f"services/{service}/main.cc")
            self.assertLess(main.count("\n"), 50, f"{service}/main.cc holds more than wiring")


class Words(unittest.TestCase):
    """One term for one thing (docs/glossary.md): names of types, functions, files and folders do not bring back the words that were given up."""

    GIVEN_UP = {"spine": "engine", "door": "rpc_server", "census": "gauges", "errand": "request", "glance": "peek", "knock": "loopback_wake",
                "deed": "action", "performer": "runner", "player": "clock", "lane": "queue, partition_state", "fake_store": "memory_store",
                "unsaid": "published_fields_only", "untold": "undelivered", "goodbye": "drain_grace", "safety_net": "not_before of the delivery",
                "read_audit": "access_audit", "seeing": "observability", "five_doors": "all_services"}
    # Too usual to be held against a part of a name: whole names only.
    GIVEN_UP_ALONE = {"say": "emit", "said": "emitted", "is_said": "is_published", "carry": "handle_command, handle_event", "no": "refuse",
                      "shares": "partition_ownership", "ours": "owns", "alone": "is_only_replica", "numbers": "metrics", "reasons": "refusals",
                      "wire": "conversions, request_fields", "lists": "index, paging", "beat": "heartbeat", "life": "service_runner",
                      "turn": "update_readiness", "mark": "processed_versions", "marks": "processed_versions", "hearing": "catch_up_gate",
                      "telling": "pending_delivery", "tell": "deliver", "hand": "send", "occasion": "message_context", "bury": "publish",
                      "travel": "send_following_redirects", "follow": "handle_redirect", "put_on_trail": "record_access", "act": "step",
                      "restored": "after_restore", "hold_to_law": "clamp_to_future", "turn_callers_away": "drain_calls"}
    # What others named: yaml-cpp's place in a text, and the word of google.rpc.ErrorInfo for what its catalogue lists. And the life of a plan.
    SPARED = {"Mark", "reasons.py", "Life"}

    def given_up(self, name):
        """What to say instead, of a name as CamelCase, with_underscores or with-hyphens; None where nothing is wrong."""
        words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)]
        spelled = f"_{'_'.join(words)}_"
        for word, instead in self.GIVEN_UP.items():
            if f"_{word}_" in spelled or f"_{word}s_" in spelled:
                return instead
        return self.GIVEN_UP_ALONE.get(spelled.strip("_"))

    def test_no_type_or_function_has_a_name_that_was_given_up(self):
        named = re.compile(r"\b(?:class|struct|enum class|enum|using|concept)\s+(\w+)\b(?!::)|\b([A-Z]\w*)\s*(?:<[^<>()]*>)?\(")
        bad = []
        for path in tracked("*.h", "*.cc"):
            source = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', re.sub(r"//[^\n]*", "", text(path)))
            bad += [f"{where(path, source, found)}: say {instead}" for found in named.finditer(source)
                    if (name := found.group(1) or found.group(2)) not in self.SPARED and (instead := self.given_up(name))]
        self.assertEqual(bad, [])

    def test_no_file_or_folder_has_a_name_that_was_given_up(self):
        names = {part for path in tracked() for part in path.relative_to(ROOT).parts if not part.endswith(".md")}
        self.assertEqual({name: instead for name in names - self.SPARED if (instead := self.given_up(name.split(".")[0]))}, {})


class MetricsAndLogs(unittest.TestCase):
    """Metrics and log fields: a short list, documented, never an id."""

    def definitions(self):
        sources = "\n".join(text(p) for p in tracked("services/*.cc", "services/*.h", "shared/*.cc"))
        return sources

    def test_metric_names_follow_the_rules_and_are_defined_once(self):
        defined = collections.Counter(re.findall(r'\{\s*(?:\.name = )?"(pepline_\w+)",\s*"', self.definitions()))
        self.assertGreater(len(defined), 20)
        self.assertEqual([name for name, n in defined.items() if n > 1], [])
        bad = [n for n in defined if not re.fullmatch(r"pepline(_[a-z0-9]+)+", n)]
        self.assertEqual(bad, [])

    def test_log_messages_are_literals(self):
        self.assertEqual(find_all(tracked("services/*.cc", "shared/*.cc"),
                                  r"(?<!void )\bLog(Info|Warning|Error)\(\s*[^\s\"]"), [])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build/release")
    args, rest = parser.parse_known_args()
    BUILD = ROOT / args.build
    unittest.main(argv=[sys.argv[0], *rest])
