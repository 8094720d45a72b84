"""Renders the chart with helm and validates what comes out against the schemas of Kubernetes."""
import concurrent.futures
import functools
import json
import os
import pathlib
import subprocess
import tempfile

import jsonschema
import kubernetes_validate
import referencing
import referencing.jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
CHART = ROOT / "helm"
HELM = ROOT / ".cache/bin/helm"
RELEASE, NAMESPACE = "council", "pepline"
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def helm(*arguments, values=None):
    """(exit code, standard output, standard error without the notices of links)"""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        extra = []
        if values is not None:
            json.dump(values, file)  # JSON is YAML
            file.flush()
            extra = ["--values", file.name]
        done = subprocess.run([HELM, *arguments, *extra], capture_output=True, text=True)
    errors = "\n".join(line for line in done.stderr.splitlines() if "found symbolic link" not in line)
    return done.returncode, done.stdout, errors


def template(values, kubernetes="1.31.0", revision_of_chart=CHART):
    return helm("template", RELEASE, str(revision_of_chart), "--namespace", NAMESPACE, "--kube-version", kubernetes,
                values=values)


def render(values, kubernetes="1.31.0"):
    """The objects; AssertionError with helm's message when it refuses."""
    code, out, errors = template(values, kubernetes)
    assert code == 0, errors
    return [document for document in yaml.load_all(out, Loader) if document]


def side_by_side(function, items):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() + 1) as pool:
        return list(pool.map(function, items))


SCHEMAS = pathlib.Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"
# Kinds that are not Kubernetes' own; see custom.json beside this file.
CUSTOM = json.loads((pathlib.Path(__file__).parent / "custom.json").read_text())


@functools.cache
def validator(kubernetes, api_version, kind):
    name = f"{api_version}/{kind}"
    if name in CUSTOM:
        return jsonschema.Draft202012Validator(CUSTOM[name])
    folder = SCHEMAS / f"v{kubernetes}-local-strict"
    group, _, version = api_version.rpartition("/")
    stem = f"{kind}-{group.split('.')[0]}-{version}" if group else f"{kind}-{version}"
    path = folder / f"{stem.lower()}.json"
    if not path.exists():
        return None
    return jsonschema.Draft202012Validator(json.loads(path.read_text()), registry=definitions(kubernetes))


@functools.cache
def definitions(kubernetes):
    path = SCHEMAS / f"v{kubernetes}-local-strict" / "_definitions.json"
    whole = referencing.Resource.from_contents(json.loads(path.read_text()),
                                               default_specification=referencing.jsonschema.DRAFT202012)

    def retrieve(uri):
        if uri.endswith("_definitions.json"):
            return whole
        raise referencing.exceptions.NoSuchResource(uri)
    return referencing.Registry(retrieve=retrieve)


def mistakes_of(document, kubernetes):
    """What the API would refuse, as texts."""
    kind, name = document.get("kind"), document.get("metadata", {}).get("name")
    checker = validator(kubernetes, document.get("apiVersion"), kind)
    if checker is None:
        return [f"{kind} {name}: Kubernetes {kubernetes} has no {document.get('apiVersion')}/{kind}"]
    return [f"{kind} {name}: {'.'.join(map(str, error.absolute_path))}: {error.message}"
            for error in checker.iter_errors(document)]
