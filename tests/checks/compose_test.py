#!/usr/bin/python3
"""deploy/compose.yaml: valid by the schema of compose files, complete, and true to what it stands beside.

usage: compose_test.py --build <build folder> --schema <compose-spec.json>
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import unittest

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICES = sorted(path.parent.name for path in ROOT.glob("services/*/CMakeLists.txt"))
BUILD = SCHEMA = None


def compose():
    return yaml.safe_load((ROOT / "deploy/compose.yaml").read_text(encoding="utf-8"))


def settings_of(service):
    """{setting: help} of the program itself."""
    out = subprocess.run([BUILD / "bin" / f"pepline-{service}", "--help"], env={}, check=True,
                         capture_output=True, text=True).stdout
    return set(re.findall(r"^ *(PEPLINE_\w+)=", out, re.M))


class Compose(unittest.TestCase):
    def test_it_is_valid_by_the_schema(self):
        schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        validator = jsonschema.validators.validator_for(schema)(schema)
        mistakes = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in validator.iter_errors(compose())]
        self.assertEqual(mistakes, [])

    def test_every_service_is_in_it_with_its_own_image(self):
        for service in SERVICES:
            entry = compose()["services"][service]
            self.assertTrue(entry["image"].startswith(f"localhost/pepline/{service}:"), entry["image"])
            self.assertEqual(entry["build"]["args"], {"SERVICE": service})
            self.assertEqual(entry["build"]["dockerfile"], "deploy/Dockerfile")

    def test_every_setting_exists(self):
        for service in SERVICES:
            known = settings_of(service)
            self.assertGreater(len(known), 20, f"pepline-{service} --help names too few settings")
            for name in compose()["services"][service]["environment"]:
                self.assertIn(name, known, f"services/{service}/environment")

    def test_the_settings_are_complete(self):
        """The program itself finds nothing missing in them."""
        for service in SERVICES:
            environment = {name: re.sub(r"^\$\{\w+:-(.*)\}$", r"\1", str(value))
                           for name, value in compose()["services"][service]["environment"].items()}
            run = subprocess.run([BUILD / "bin" / f"pepline-{service}", "--print-config"], env=environment,
                                 capture_output=True, text=True)
            self.assertEqual(run.returncode, 0, f"pepline-{service} --print-config:\n{run.stderr}")

    def test_every_image_has_the_version_of_this_source(self):
        version = re.search(r"project\(pepline .*VERSION ([\d.]+)\)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")).group(1)
        tags = {name: s["image"].rsplit(":", 1)[1] for name, s in compose()["services"].items()
                if s["image"].startswith("localhost/pepline/")}
        self.assertEqual(set(tags.values()), {version}, tags)

    def test_no_port_is_open_to_the_network(self):
        ports = [port for service in compose()["services"].values() for port in service.get("ports", [])]
        self.assertGreaterEqual(len(ports), 2 * len(SERVICES))
        self.assertEqual([port for port in ports if not port.startswith("127.0.0.1:")], [])

    def test_every_file_that_is_mounted_is_there(self):
        mounts = [mount.split(":")[0] for service in compose()["services"].values()
                  for mount in service.get("volumes", []) if mount.startswith(".")]
        self.assertIn("./topics.yaml", mounts)
        self.assertEqual([mount for mount in mounts if not (ROOT / "deploy" / mount).exists()], [])

    def test_the_topics_that_are_created_are_those_of_topics_yaml(self):
        """The script of `topics`, run as it is with a kafka-topics.sh that writes down its arguments."""
        script = compose()["services"]["topics"]["command"][0].replace("$$", "$")
        script = script.replace("/etc/pepline/topics.yaml", str(ROOT / "deploy/topics.yaml"))
        script = script.replace("/opt/kafka/bin/kafka-topics.sh", "echo")
        out = subprocess.run(["/bin/sh", "-euc", script], check=True, capture_output=True, text=True).stdout
        wanted = [f"--bootstrap-server kafka:9092 --create --if-not-exists --topic {t['name']} --partitions "
                  f"{t['partitions']} --replication-factor 1 --config retention.ms={t['retention_ms']} "
                  f"--config cleanup.policy={t['cleanup_policy']}"
                  for t in yaml.safe_load((ROOT / "deploy/topics.yaml").read_text(encoding="utf-8"))["topics"]]
        self.assertEqual(out.splitlines(), wanted)

    def test_pepctl_is_told_where_every_service_is(self):
        stack = json.loads(compose()["configs"]["stack"]["content"])
        self.assertEqual(stack["services"], {service: {"grpc": f"{service}:7701"} for service in SERVICES})
        settings = compose()["x-settings"]
        self.assertEqual((stack["tokens"]["issuer"], stack["tokens"]["audience"]),
                         (settings["PEPLINE_TOKEN_ISSUER"], settings["PEPLINE_TOKEN_AUDIENCE"]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--schema", type=pathlib.Path, required=True)
    arguments, rest = parser.parse_known_args()
    BUILD, SCHEMA = arguments.build.resolve(), arguments.schema.resolve()
    unittest.main(argv=[sys.argv[0], *rest])
