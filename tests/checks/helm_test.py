"""The chart: what it renders, what it refuses, and that it knows every setting of the services.

usage: .cache/manifests/bin/python tests/checks/helm_test.py --build <build folder>   (after tools/helm/fetch .cache)
"""
import argparse
import copy
import functools
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import yaml

HERE = pathlib.Path(__file__).resolve().parent / "helm"
sys.path.insert(0, str(HERE))
import chart  # noqa: E402
import cluster  # noqa: E402
import matrix  # noqa: E402

ROOT = chart.ROOT
BUILD = ROOT / "build/release"
SERVICES = sorted((ROOT / "services/list").read_text().split())
PREVIOUS = "0.1.0"
RENDERED = []  # [(name, kubernetes, values, objects)], once for all tests


def rendered():
    if not RENDERED:
        sets = matrix.value_sets()
        for (name, kubernetes, values), objects in zip(
                sets, chart.side_by_side(lambda one: chart.render(one[2], one[1]), sets)):
            RENDERED.append((name, kubernetes, values, objects))
    return RENDERED


def with_required(more):
    return matrix.laid_over(copy.deepcopy(matrix.REQUIRED), more)


def of_kind(objects, *kinds):
    return [one for one in objects if one["kind"] in kinds]


def named(objects, kind, ending):
    found = [one for one in of_kind(objects, kind) if one["metadata"]["name"].endswith(ending)]
    assert len(found) == 1, f"{kind} {ending}: {len(found)}"
    return found[0]


def pods(objects):
    """(kind, name, metadata, pod spec)"""
    for one in objects:
        name = one["metadata"]["name"]
        if one["kind"] == "Pod":
            yield one["kind"], name, one["metadata"], one["spec"]
        elif "template" in one.get("spec", {}):
            yield one["kind"], name, one["spec"]["template"]["metadata"], one["spec"]["template"]["spec"]


def component(one):
    return one["metadata"]["labels"]["app.kubernetes.io/component"]


class Manifests(unittest.TestCase):
    def test_the_matrix_is_large_and_holds_every_pair(self):
        self.assertGreaterEqual(len(rendered()), 50)
        seen = set().union(*(matrix.pairs_of(row) for row in matrix.rows()))
        switches = list(matrix.SWITCHES.items())
        want = sum(len(a) * len(b) for i, (_, a) in enumerate(switches) for _, b in switches[i + 1:])
        self.assertEqual(len(seen), want)

    def test_every_object_is_what_the_kubernetes_api_accepts(self):
        bad, seen = [], set()
        for name, kubernetes, _, objects in rendered():
            for one in objects:
                key = (kubernetes, json.dumps(one, sort_keys=True))
                if key not in seen:
                    seen.add(key)
                    bad += [f"{name}: {mistake}" for mistake in chart.mistakes_of(one, kubernetes)]
        self.assertGreater(len(seen), 500)
        self.assertEqual(bad, [])

    def test_the_validation_can_fail(self):
        wrong = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}, "spec": {"ports": "none", "typo": 1}}
        self.assertEqual(len(chart.mistakes_of(wrong, "1.31.0")), 2)
        self.assertEqual(len(chart.mistakes_of({**wrong, "kind": "Sevrice"}, "1.31.0")), 1)

    def test_no_name_is_given_twice(self):
        for name, _, _, objects in rendered():
            names = [(one["kind"], one["metadata"]["name"]) for one in objects]
            self.assertEqual(len(names), len(set(names)), name)

    def test_lint_finds_nothing(self):
        code, out, errors = chart.helm("lint", str(chart.CHART), "--strict", values=matrix.REQUIRED)
        self.assertEqual(code, 0, out + errors)

    def test_every_service_has_every_part(self):
        objects = chart.render(matrix.REQUIRED)
        for kind in ("StatefulSet", "Service", "ServiceAccount", "ConfigMap", "PodDisruptionBudget", "NetworkPolicy",
                     "Certificate"):
            for service in SERVICES:
                named(objects, kind, f"-pepline-{service}")

    def test_selectors_find_the_pods_of_their_service_and_no_others(self):
        for name, _, _, objects in rendered():
            labels = {component({"metadata": metadata}): metadata["labels"] for _, _, metadata, _ in pods(objects)}
            for one in of_kind(objects, "Service", "StatefulSet", "PodDisruptionBudget"):
                selector = one["spec"]["selector"].get("matchLabels", one["spec"]["selector"])
                hit = [c for c, have in labels.items() if selector.items() <= have.items()]
                self.assertEqual(hit, [component(one)], name)


class PodSecurity(unittest.TestCase):
    def test_every_pod_is_restricted_in_every_combination(self):
        for name, _, _, objects in rendered():
            for kind, pod_name, _, spec in pods(objects):
                with self.subTest(set=name, pod=pod_name):
                    self.assertIs(spec["automountServiceAccountToken"], False)
                    self.assertIs(spec["enableServiceLinks"], False)
                    for forbidden in ("hostNetwork", "hostPID", "hostIPC", "hostUsers", "shareProcessNamespace"):
                        self.assertNotIn(forbidden, spec)
                    security = spec["securityContext"]
                    self.assertIs(security["runAsNonRoot"], True)
                    self.assertGreater(security["runAsUser"], 0)
                    self.assertEqual(security["seccompProfile"], {"type": "RuntimeDefault"})
                    for volume in spec.get("volumes", []):
                        self.assertTrue(set(volume) - {"name"} <= {"secret", "configMap", "projected", "emptyDir"}, volume)
                    for container in spec["containers"] + spec.get("initContainers", []):
                        own = container["securityContext"]
                        self.assertIs(own["allowPrivilegeEscalation"], False)
                        self.assertIs(own["privileged"], False)
                        self.assertIs(own["readOnlyRootFilesystem"], True)
                        self.assertIs(own["runAsNonRoot"], True)
                        self.assertEqual(own["capabilities"], {"drop": ["ALL"]})
                        self.assertFalse([p for p in container.get("ports", []) if "hostPort" in p])
                        self.assertIn("memory", container["resources"]["limits"])
                        mounted = {mount["name"] for mount in container.get("volumeMounts", [])}
                        claims = {claim["metadata"]["name"] for one in of_kind(objects, kind)
                                  if one["metadata"]["name"] == pod_name
                                  for claim in one["spec"].get("volumeClaimTemplates", [])}
                        self.assertEqual(mounted - claims, {volume["name"] for volume in spec.get("volumes", [])})

    def test_service_accounts_exist_and_have_no_token(self):
        for name, _, _, objects in rendered():
            accounts = {one["metadata"]["name"]: one for one in of_kind(objects, "ServiceAccount")}
            self.assertTrue(all(one["automountServiceAccountToken"] is False for one in accounts.values()), name)
            self.assertEqual({spec["serviceAccountName"] for _, _, _, spec in pods(objects)}, set(accounts), name)

    def test_nothing_secret_is_rendered(self):
        for name, _, _, objects in rendered():
            self.assertEqual(of_kind(objects, "Secret"), [], name)
            for _, _, _, spec in pods(objects):
                for container in spec["containers"]:
                    for entry in container.get("env", []):
                        if re.search("PASSWORD|ID_KEY|SMTP_URL", entry["name"]):
                            self.assertIn("secretKeyRef", entry["valueFrom"])


class Lives(unittest.TestCase):
    """Probes, stops, names and spreading of pods."""

    def stateful(self, objects):
        return [one for one in of_kind(objects, "StatefulSet") if component(one) in SERVICES]

    def test_liveness_never_asks_for_redis_or_kafka(self):
        for name, _, _, objects in rendered():
            for one in self.stateful(objects):
                container = one["spec"]["template"]["spec"]["containers"][0]
                paths = [container[probe]["httpGet"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")]
                self.assertEqual([p["path"] for p in paths], ["/healthz", "/healthz", "/readyz"], name)
                self.assertEqual({p["port"] for p in paths}, {"metrics"}, name)

    def test_a_pod_has_longer_to_stop_than_it_drains(self):
        for name, _, values, objects in rendered():
            for one in self.stateful(objects):
                spec = one["spec"]["template"]["spec"]
                drain = int(named(objects, "ConfigMap", one["metadata"]["name"])["data"]["PEPLINE_DRAIN_MILLISECONDS"])
                sleep = spec["containers"][0].get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
                self.assertEqual(sleep, values.get("termination", {}).get("preStopSleepSeconds", 5), name)
                self.assertGreaterEqual(spec["terminationGracePeriodSeconds"], sleep + drain / 1000 + 10, name)

    def test_a_pod_is_a_static_member_of_its_group(self):
        for name, _, _, objects in rendered():
            for one in self.stateful(objects):
                env = one["spec"]["template"]["spec"]["containers"][0]["env"]
                self.assertEqual(env[0], {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}})
                settings = [entry["value"] for entry in env if entry["name"] == "PEPLINE_KAFKA_SETTINGS"]
                self.assertIn("group.instance.id=$(POD_NAME)", settings[0].split(","), name)

    def test_scaling_is_of_one_kind_and_leaves_replicas_alone(self):
        kinds = set()
        for name, _, _, objects in rendered():
            scalers = {one["metadata"]["name"]: one for one in of_kind(objects, "HorizontalPodAutoscaler", "ScaledObject")}
            kinds |= {one["kind"] for one in scalers.values()}
            for one in self.stateful(objects):
                scaler = scalers.get(one["metadata"]["name"])
                self.assertEqual("replicas" in one["spec"], scaler is None, name)
                if scaler:
                    self.assertEqual(scaler["spec"]["scaleTargetRef"]["kind"], "StatefulSet")
        self.assertEqual(len(kinds), 2)

    def test_keda_looks_at_every_topic_that_a_service_reads(self):
        # The group is "pepline." and the service's name.
        self.assertIn('.group = absl::StrCat("pepline.", identity.name)', (ROOT / "shared/process/service_host.cc").read_text())
        topics = yaml.safe_load((ROOT / "deploy/topics.yaml").read_text())["topics"]
        objects = chart.render(with_required({"serviceDefaults": {"keda": {"enabled": True}},
                                              "keda": {"prometheusAddress": "http://prometheus:9090"}}))
        for service in SERVICES:
            triggers = named(objects, "ScaledObject", service)["spec"]["triggers"]
            read = {t["metadata"]["topic"] for t in triggers if t["type"] == "kafka"}
            self.assertEqual(read, {topic["name"] for topic in topics if service in topic["consumers"]})
            self.assertEqual({t["metadata"]["consumerGroup"] for t in triggers if t["type"] == "kafka"}, {f"pepline.{service}"})
            self.assertIn("pepline_alarms_due", triggers[-1]["metadata"]["query"])


class Network(unittest.TestCase):
    """The flows that the policies allow are exactly those that exist."""

    @staticmethod
    def matches(selector, labels):
        return selector.get("matchLabels", {}).items() <= labels.items()

    def allowed(self, policies, labels, direction, port, other):
        """May a pod with these labels be reached from (or reach) `other`: labels of a pod, or a selector?"""
        verdict = None
        for policy in policies:
            spec = policy["spec"]
            if direction not in spec["policyTypes"] or not self.matches(spec["podSelector"], labels):
                continue
            verdict = verdict or False
            for rule in spec.get(direction.lower(), []):
                peers = rule.get("from" if direction == "Ingress" else "to")
                if "ports" in rule and port not in {p["port"] for p in rule["ports"]}:
                    continue
                if peers is None or any(self.fits(peer, other) for peer in peers):
                    verdict = True
        return True if verdict is None else verdict

    def fits(self, peer, other):
        if isinstance(other, dict) and "podSelector" not in other and "namespaceSelector" not in other:
            return set(peer) == {"podSelector"} and self.matches(peer["podSelector"], other)
        return peer == other

    def test_pods_of_the_release_reach_each_other_only_where_they_call(self):
        for name, _, values, objects in rendered():
            if values.get("networkPolicy", {}).get("enabled") is False:
                self.assertEqual(of_kind(objects, "NetworkPolicy"), [])
                continue
            policies = of_kind(objects, "NetworkPolicy")
            labels = {component({"metadata": metadata}): metadata["labels"] for _, _, metadata, _ in pods(objects)}
            running = [service for service in SERVICES if service in labels]
            flows = {(a, b, port) for a in labels for b in labels for port in (7700, 9464, 6379, 9093)
                     if a != b and self.allowed(policies, labels[a], "Egress", port, labels[b])
                     and self.allowed(policies, labels[b], "Ingress", port, labels[a])}
            expected = {("test", service, 7700) for service in running if "test" in labels}
            if {"notifications", "registry"} <= set(running):
                expected.add(("notifications", "registry", 7700))
            if "redis" in labels:
                expected |= {(service, "redis", 6379) for service in running}
            self.assertEqual(flows, expected, name)

    def test_only_prometheus_reads_metrics_and_only_clients_call(self):
        objects = chart.render(matrix.REQUIRED)
        policies = of_kind(objects, "NetworkPolicy")
        client = {"podSelector": {"matchLabels": {"pepline.io/client": "true"}}}
        prometheus = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
        for _, _, metadata, _ in pods(objects):
            service = component({"metadata": metadata}) in SERVICES
            for other, port in ((client, 7700), (client, 9464), (prometheus, 7700), (prometheus, 9464)):
                want = service and (other, port) in ((client, 7700), (prometheus, 9464))
                self.assertEqual(self.allowed(policies, metadata["labels"], "Ingress", port, other), want)

    def test_ports_to_the_outside_are_those_of_what_is_used(self):
        for name, _, values, objects in rendered():
            for policy in of_kind(objects, "NetworkPolicy"):
                service = component(policy)
                if service not in SERVICES:
                    continue
                ports = {entry["port"] for rule in policy["spec"]["egress"] for entry in rule["ports"]}
                expected = {53, 9093, 9094} | set(values.get("networkPolicy", {}).get("extraKafkaPorts", []))
                development = values.get("development", {}).get("redis", {}).get("enabled")
                own = values.get("services", {}).get(service, {}).get("redis", {})
                more = values.get("networkPolicy", {}).get("extraRedisPorts", [])
                expected |= {6379} if development else {own.get("port", 6379), *more}
                if service == "notifications":
                    expected |= {25, 465, 587} if values["mail"].get("smtpUrlKey", "x") else set()
                    expected.add(7700)
                tracing = values.get("tracing", {}).get("endpoint", "")
                expected |= {4318} if ":4318" in tracing else {443} if tracing else set()
                self.assertEqual(ports, expected, f"{name}: {service}")

    def test_calls_are_those_of_the_table_of_peers(self):
        peers = yaml.safe_load((ROOT / "deploy/peers.yaml").read_text())["peers"]
        values = yaml.safe_load((chart.CHART / "values.yaml").read_text())["services"]
        for service in SERVICES:
            self.assertEqual(set((values[service].get("addressesOf") or {}).values()), set(peers[service]["may_call"]))


class Identities(unittest.TestCase):
    def test_certificates_carry_the_identity_of_their_peer_and_the_names_of_its_service(self):
        peers = yaml.safe_load((ROOT / "deploy/peers.yaml").read_text())["peers"]
        objects = chart.render(matrix.REQUIRED)
        certificates = {component(one): one["spec"] for one in of_kind(objects, "Certificate")}
        self.assertEqual(set(certificates) - {"authority"}, set(peers))
        for name, peer in peers.items():
            self.assertEqual(certificates[name]["uris"], [peer["identity"]])
            self.assertEqual("dnsNames" in certificates[name], name in SERVICES)
        address = named(objects, "ConfigMap", "-notifications")["data"]["PEPLINE_REGISTRY_ADDRESS"]
        self.assertIn(address.rsplit(":", 1)[0], certificates["registry"]["dnsNames"])

    def test_the_secrets_that_pods_mount_are_those_that_certificates_make(self):
        for name, _, values, objects in rendered():
            made = {one["spec"]["secretName"] for one in of_kind(objects, "Certificate")}
            for _, _, _, spec in pods(objects):
                for volume in spec.get("volumes", []):
                    if volume["name"] == "tls" and "tls" not in values:
                        self.assertIn(volume["secret"]["secretName"], made, name)

    def test_plain_text_needs_the_development_value(self):
        for name, _, values, objects in rendered():
            plain = values.get("development", {}).get("plainText", False)
            for one in of_kind(objects, "ConfigMap"):
                if component(one) in SERVICES:
                    self.assertEqual("PEPLINE_GRPC_PLAIN_TEXT" in one["data"], plain, name)
                    self.assertEqual("PEPLINE_GRPC_TLS_KEY_FILE" in one["data"], not plain, name)
            for one in of_kind(objects, "Service"):
                if component(one) in SERVICES:
                    want = "kubernetes.io/h2c" if plain else "https"
                    self.assertEqual([one["spec"]["clusterIP"], one["spec"]["ports"][0]["appProtocol"]], ["None", want])


class Settings(unittest.TestCase):
    """Every variable that the chart renders exists, and every setting can be given."""

    def known(self, service):
        shown = subprocess.run([BUILD / "bin" / f"pepline-{service}", "--help"], check=True, capture_output=True, text=True)
        names = set(re.findall(r"^(PEPLINE_\w+)=", shown.stdout, re.M))
        self.assertGreater(len(names), 25)
        return names

    def given(self, objects, service):
        container = named(objects, "StatefulSet", f"-{service}")["spec"]["template"]["spec"]["containers"][0]
        names = {entry["name"] for entry in container["env"]}
        return {name for name in names | set(named(objects, "ConfigMap", f"-{service}")["data"]) if name.startswith("PEPLINE_")}

    def test_every_variable_is_a_setting_and_every_setting_can_be_given(self):
        for service in SERVICES:
            known, given = self.known(service), set()
            for name, _, _, objects in rendered():
                if any(component(one) == service for one in of_kind(objects, "StatefulSet")):
                    now = self.given(objects, service)
                    self.assertEqual(now - known, set(), f"{name}: pepline-{service} has no such settings")
                    given |= now
            rest = known - given
            objects = chart.render(with_required({"services": {service: {"extraSettings": {name: "x" for name in rest}}}}))
            self.assertEqual(rest - self.given(objects, service), set())

    def test_what_the_chart_sets_itself_is_refused_with_the_value_to_use(self):
        names = set().union(*(self.known(service) for service in SERVICES))
        table = (chart.CHART / "templates/_checks.tpl").read_text().split('define "pepline.valueOfSetting"')[1]
        for name in re.findall(r"^(PEPLINE_\w+):", table, re.M):
            self.assertIn(name, names, "the chart knows a setting that no service has")
        code, _, errors = chart.template(with_required(
            {"services": {"registry": {"extraSettings": {"PEPLINE_REDIS_HOST": "x", "PEPLINE_ID_KEY": "y"}}}}))
        self.assertEqual(code, 1)
        self.assertIn("services.registry.extraSettings.PEPLINE_REDIS_HOST: the chart sets it; use redis.host", errors)
        self.assertIn("services.registry.extraSettings.PEPLINE_ID_KEY: the chart sets it; use services.registry.secrets", errors)

    def test_a_service_starts_with_the_settings_it_is_given(self):
        """As far as --print-config, which checks them; files and the broker are not there."""
        objects = chart.render(with_required({"development": {"plainText": True}, "kafka": {"tls": {"enabled": False}},
                                              "redis": {"tls": {"enabled": False}}}))
        with tempfile.TemporaryDirectory() as folder:
            for service in SERVICES:
                container = named(objects, "StatefulSet", f"-{service}")["spec"]["template"]["spec"]["containers"][0]
                environment = dict(named(objects, "ConfigMap", f"-{service}")["data"])
                for entry in container["env"]:
                    secret = {"PEPLINE_ID_KEY": "0" * 64, "PEPLINE_SMTP_URL": "smtp+starttls://mail.example:25"}
                    environment[entry["name"]] = (entry.get("value") or secret.get(entry["name"], "x")).replace("$(POD_NAME)", "pod-0")
                done = subprocess.run([BUILD / "bin" / f"pepline-{service}", "--print-config"], env=environment, cwd=folder,
                                      capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, f"{service}: {done.stderr}")


class Refusals(unittest.TestCase):
    """Each mistake stops the installation with a message that names the value and the fix."""

    CASES = [
        ({"services": {"registry": {"replicsa": 3}}}, "services.registry: Additional property replicsa is not allowed"),
        ({"services": {"sheduling": {}}}, "services: Additional property sheduling is not allowed"),
        ({"redsi": {}}, "Additional property redsi is not allowed"),
        ({"services": {"registry": {"replicas": "two"}}}, "services.registry.replicas: Invalid type. Expected: integer, given: string"),
        ({"redis": {"port": "6379"}}, "redis.port: Invalid type. Expected: integer, given: string"),
        ({"development": {"plainText": "yes"}}, "development.plainText: Invalid type. Expected: boolean, given: string"),
        ({"tls": {"mode": "none"}}, 'tls.mode must be one of the following: "certManager", "existingSecret"'),
        ({"serviceDefaults": {"extraSettings": {"WORKERS": 1}}}, "serviceDefaults.extraSettings: Additional property WORKERS"),
        ({"podSecurity": {"runAsUser": 0}}, "podSecurity.runAsUser: Must be greater than or equal to 1"),
        ({"existingSecret": ""}, "existingSecret: name a Secret with what registry needs: id-key, redis-password, service-token-keys.jwks, token-keys.jwks"),
        ({"kafka": {"bootstrapServers": ""}}, "kafka.bootstrapServers: give host:port of your Kafka brokers"),
        ({"kafka": {"bootstrapServers": "kafka"}}, "kafka.bootstrapServers: give host:port of your Kafka brokers"),
        ({"kafka": {"tls": {"clientCertificate": True}}}, "kafka.tls.existingSecret: Kafka is to see a client certificate"),
        ({"kafka": {"tls": {"clientCertificate": True, "enabled": False, "existingSecret": "k"}}}, "kafka.tls.existingSecret: Kafka is"),
        ({"tokens": {"issuer": ""}}, "tokens.issuer: give the `iss`"),
        ({"redis": {"host": ""}}, "redis.host: funding has no Redis"),
        ({"redis": {"tls": {"existingSecret": ""}}}, "redis.tls.existingSecret: registry speaks TLS to Redis"),
        ({"redis": {"user": "x", "passwordKey": ""}}, "redis.passwordKey: registry has a Redis user"),
        ({"mail": {"from": "nobody"}}, "mail.from: give the sender's address"),
        ({"mail": {"smtpUrlKey": ""}}, "mail.smtpUrlKey: mail has nowhere to go"),
        ({"tracing": {"endpoint": "collector:4318"}}, "tracing.endpoint: give a URL"),
        ({"tls": {"certManager": {"createIssuer": False}}}, "tls.certManager.issuer.name: name the cert-manager issuer"),
        ({"tls": {"certManager": {"clients": ["portal"]}}}, "tls.certManager.clients: portal is no peer"),
        ({"services": {"registry": {"enabled": False}}}, "services.registry.enabled: notifications calls it"),
        ({"services": {"funding": {"addressesOf": {"PEPLINE_X": "registry"}}}}, "funding may not call registry"),
        ({"serviceDefaults": {"replicas": 40}}, "services.funding.replicas: topics have 12 partitions"),
        ({"serviceDefaults": {"autoscaling": {"enabled": True, "minReplicas": 9}}}, "autoscaling.minReplicas: is more than"),
        ({"serviceDefaults": {"autoscaling": {"enabled": True, "maxReplicas": 13}}}, "give at most 12"),
        ({"serviceDefaults": {"autoscaling": {"enabled": True}, "keda": {"enabled": True}}}, "KEDA scales it already"),
        ({"serviceDefaults": {"keda": {"enabled": True}}}, "keda.prometheusAddress: give the URL"),
        ({"monitoring": {"serviceMonitor": {"enabled": True}, "podMonitor": {"enabled": True}}}, "monitoring.podMonitor.enabled:"),
        ({"topics": {"strimzi": {"enabled": True}}}, "topics.strimzi.cluster: name the Kafka resource"),
        ({"topics": {"job": {"enabled": True}}}, "topics.job.commandConfigKey: Kafka has TLS"),
    ]

    def test_each_mistake_is_refused_with_the_fix(self):
        answers = chart.side_by_side(lambda case: chart.template(with_required(case[0])), self.CASES)
        for (values, message), (code, out, errors) in zip(self.CASES, answers):
            with self.subTest(values=values):
                self.assertEqual((code, out), (1, ""))
                self.assertIn(message, errors)

    def test_every_value_that_is_emptied_is_named(self):
        """`mail: null` takes the key away; without it no template could say more than that it met nothing."""
        def paths(values, above=()):
            for key, value in values.items():
                yield (*above, key)
                if isinstance(value, dict) and key not in ("services", "resources"):
                    yield from paths(value, (*above, key))
        emptied = list(paths(yaml.safe_load((chart.CHART / "values.yaml").read_text())))
        self.assertGreater(len(emptied), 100)
        values = [functools.reduce(lambda inner, key: {key: inner}, reversed(path), None) for path in emptied]
        answers = chart.side_by_side(lambda one: chart.template(with_required(one)), values)
        for path, (code, out, errors) in zip(emptied, answers):
            with self.subTest(path=".".join(path)):
                self.assertEqual((code, out), (1, ""))
                self.assertRegex(errors, rf"{'.'.join(path[:-1]) or '.root.'}: {path[-1]} is required")

    def test_nothing_given_is_answered_with_everything_that_is_missing(self):
        code, _, errors = chart.template({})
        self.assertEqual(code, 1)
        for path in ("existingSecret", "tokens.issuer", "kafka.bootstrapServers", "redis.host", "mail.from"):
            self.assertIn(f"- {path}: ", errors)

    def at_a_cluster(self, secrets, more=None):
        with cluster.with_secrets(chart.NAMESPACE, secrets) as kubeconfig:
            return chart.helm("template", chart.RELEASE, str(chart.CHART), "--namespace", chart.NAMESPACE, "--dry-run=server",
                              "--kube-version", "1.31.0", "--kubeconfig", kubeconfig, values=with_required(more or {}))

    def test_a_secret_that_is_not_there_or_lacks_a_key_stops_the_installation(self):
        code, out, errors = self.at_a_cluster({})
        self.assertEqual((code, out), (1, ""), errors)
        self.assertIn("existingSecret: there is no Secret pepline-secrets in namespace pepline; make it first", errors)
        keys = ["token-keys.jwks", "service-token-keys.jwks", "redis-password", "id-key", "smtp-url"]
        code, out, errors = self.at_a_cluster({"pepline-secrets": keys})
        self.assertEqual((code, out), (1, ""), errors)
        mistakes = [line.strip() for line in errors.splitlines() if line.strip().startswith("- ")]
        self.assertEqual(mistakes, ["- existingSecret: the Secret pepline-secrets has no key service-signing-key.jwk"])
        self.assertEqual(self.at_a_cluster({"pepline-secrets": keys + ["service-signing-key.jwk"]})[0], 0)
        self.assertEqual(self.at_a_cluster({}, {"checkSecret": False})[0], 0)

    def test_an_old_kubernetes_is_told_about_the_stop(self):
        code, _, errors = chart.template(matrix.REQUIRED, "1.29.0")
        self.assertEqual(code, 1)
        self.assertIn("termination.preStopSleepSeconds: Kubernetes v1.29.0 has no sleep", errors)
        self.assertEqual(chart.template(with_required({"termination": {"preStopSleepSeconds": 0}}), "1.29.0")[0], 0)


class Topics(unittest.TestCase):
    TOPICS = yaml.safe_load((ROOT / "deploy/topics.yaml").read_text())["topics"]

    def test_strimzi_gets_every_topic_as_it_is_written(self):
        objects = chart.render(with_required({"topics": {"strimzi": {"enabled": True, "cluster": "council"}}}))
        made = [(one["spec"]["topicName"], one["spec"]["partitions"], one["spec"]["config"]) for one in of_kind(objects, "KafkaTopic")]
        self.assertEqual(made, [(t["name"], t["partitions"], {"retention.ms": t["retention_ms"], "cleanup.policy": t["cleanup_policy"]})
                                for t in self.TOPICS])

    def test_the_job_asks_kafka_for_every_topic(self):
        objects = chart.render(with_required({"topics": {"job": {"enabled": True, "commandConfigKey": "client"}}}))
        container = of_kind(objects, "Job")[0]["spec"]["template"]["spec"]["containers"][0]
        with tempfile.TemporaryDirectory() as folder:
            tool = pathlib.Path(folder) / "kafka-topics.sh"
            tool.write_text('#!/bin/sh\necho "$@" >&3\n')
            tool.chmod(0o755)
            script = container["args"][0].replace("/opt/kafka/bin/", f"{folder}/")
            environment = {"PATH": "/usr/bin:/bin", **{entry["name"]: entry["value"] for entry in container["env"]}}
            asked = subprocess.run([*container["command"], f"exec 3>{folder}/asked\n{script}"], env=environment, check=True,
                                   capture_output=True, text=True)
            lines = (pathlib.Path(folder) / "asked").read_text().splitlines()
        self.assertEqual(asked.stdout.splitlines(), [f"topic {t['name']}" for t in self.TOPICS])
        self.assertEqual(lines, [
            f"--bootstrap-server {matrix.REQUIRED['kafka']['bootstrapServers']} --command-config /etc/kafka-client/client.properties "
            f"--create --if-not-exists --topic {t['name']} --partitions {t['partitions']} --replication-factor 3 "
            f"--config retention.ms={t['retention_ms']} --config cleanup.policy={t['cleanup_policy']}" for t in self.TOPICS])


class Hook(unittest.TestCase):
    """`helm test`: the command and the wait for its event, as pepctl takes them."""

    def test_pepctl_takes_the_command_and_knows_how_to_wait_for_its_event(self):
        objects = chart.render(matrix.REQUIRED)
        pod = named(objects, "Pod", "-test")
        self.assertEqual(pod["metadata"]["annotations"]["helm.sh/hook"], "test")
        command, event = pod["spec"]["initContainers"][0], pod["spec"]["containers"][0]
        pepctl = BUILD / "bin/pepctl"
        with tempfile.TemporaryDirectory() as folder:
            stack = json.loads(named(objects, "ConfigMap", "-test")["data"]["stack.json"])
            del stack["tls"]  # the files are in the pod alone
            (pathlib.Path(folder) / "stack.json").write_text(json.dumps(stack))
            arguments = [folder if a == "/etc/pepline/stack" else a for a in command["args"]]
            done = subprocess.run([pepctl, *arguments, "--dry-run", "--output", "json"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("helm-test-council-1", done.stdout + done.stderr)
        options = set(re.findall(r"--[a-z-]+", subprocess.run([pepctl, "watch", "--help"], capture_output=True, text=True).stdout))
        own = event["args"][event["args"].index("watch"):]
        self.assertEqual({a for a in own if a.startswith("--")} - options, set())
        authority, year = command["args"][3], command["args"][command["args"].index("open-line") + 1]
        self.assertEqual(own[own.index("--event") + 1], f"funding/{self.kind()}/{authority}.{year}:1")

    def kind(self):
        found = re.search(r'kKind = "([\w-]+)"', (ROOT / "services/funding/storage/codec.h").read_text())
        return found.group(1)


class Seeing(unittest.TestCase):
    def test_rules_and_dashboards_are_those_of_deploy(self):
        objects = chart.render(with_required({"monitoring": {"rules": {"enabled": True}, "dashboards": {"enabled": True}}}))
        groups = [group for path in sorted((ROOT / "deploy/prometheus").glob("*.yaml"))
                  for group in (yaml.safe_load(path.read_text()).get("groups") or [])]
        self.assertGreater(len(groups), 0)
        self.assertEqual(of_kind(objects, "PrometheusRule")[0]["spec"]["groups"], groups)
        boards = [one for one in of_kind(objects, "ConfigMap") if one["metadata"]["labels"].get("grafana_dashboard") == "1"]
        have = {key: json.loads(text) for one in boards for key, text in one["data"].items()}
        want = {path.name: json.loads(path.read_text()) for path in (ROOT / "deploy/dashboards").glob("*.json")}
        self.assertEqual(have, want)
        self.assertGreater(len(want), 0)

    def test_a_scraped_pod_is_called_what_the_rules_call_it(self):
        rules = "".join(path.read_text() for path in (ROOT / "deploy/prometheus").glob("*.yaml"))
        for service in SERVICES:
            self.assertIn(f'job="pepline-{service}"', rules)
        objects = chart.render(with_required({"monitoring": {"podMonitor": {"enabled": True}}}))
        relabeling = of_kind(objects, "PodMonitor")[0]["spec"]["podMetricsEndpoints"][0]["relabelings"][0]
        self.assertEqual((relabeling["targetLabel"], relabeling["replacement"]), ("job", "pepline-$1"))


class Documents(unittest.TestCase):
    def walk(self, schema, values, path=""):
        for name, node in schema.get("properties", {}).items():
            here = f"{path}.{name}" if path else name
            whole = {**self.definitions.get(node.get("$ref", "").rsplit("/", 1)[-1], {}), **node}
            yield here, whole, values.get(name, self) if isinstance(values, dict) else self
            if "properties" in whole and not here.startswith(("services.", "serviceDefaults.redis")) and not here.endswith("resources"):
                yield from self.walk(whole, values.get(name, {}), here)

    def test_every_value_is_described_and_every_described_value_exists(self):
        schema = json.loads((chart.CHART / "values.schema.json").read_text())
        values = yaml.safe_load((chart.CHART / "values.yaml").read_text())
        self.definitions = schema["definitions"]
        nodes = list(self.walk(schema, values))
        self.assertGreater(len(nodes), 120)
        for path, node, value in nodes:
            if "properties" not in node:
                self.assertRegex(node.get("description", ""), r"\.$", path)
            if path != "global":
                self.assertIsNot(value, self, f"{path} is not in values.yaml")
            if node.get("type") == "object" and "properties" in node:
                self.assertIs(node["additionalProperties"], False, path)

    def test_the_table_of_values_is_up_to_date(self):
        done = subprocess.run([sys.executable, ROOT / "tools/helm/values-table", "--check"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_example_in_the_readme_is_enough(self):
        readme = (chart.CHART / "README.md").read_text()
        example = re.search(r"^    existingSecret:.*?\n\n", readme, re.M | re.S).group(0)
        values = yaml.safe_load(re.sub(r"^    ", "", example, flags=re.M))
        self.assertEqual(len(of_kind(chart.render(values), "StatefulSet")), 5)


class Upgrade(unittest.TestCase):
    def test_the_values_of_the_previous_release_still_render(self):
        """As `helm upgrade --reuse-values` has it: the previous defaults, and what a council gave."""
        previous = yaml.safe_load((HERE / f"values-{PREVIOUS}.yaml").read_text())
        objects = chart.render(matrix.laid_over(previous, matrix.REQUIRED))
        self.assertEqual(len(of_kind(objects, "StatefulSet")), 5)

    def test_what_kubernetes_never_changes_is_what_the_previous_release_had(self):
        """A StatefulSet with another selector, service or volume could only be deleted and made anew."""
        objects = chart.render(with_required({"development": {"redis": {"enabled": True}}}))
        now = {one["metadata"]["name"]: {key: one["spec"].get(key) for key in
                                         ("selector", "serviceName", "podManagementPolicy", "volumeClaimTemplates")}
               for one in of_kind(objects, "StatefulSet")}
        before = json.loads((HERE / f"fixed-{PREVIOUS}.json").read_text())
        self.assertEqual(now, before)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build/release")
    args, rest = parser.parse_known_args()
    BUILD = ROOT / args.build
    unittest.main(argv=[sys.argv[0], *rest])
