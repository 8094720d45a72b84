"""Value sets that exercise the chart: every pair of choices below stands in at least one of them.

Deterministic: the same choices make the same sets, in the same order.
"""
import copy
import itertools
import random

# What a council must give.
REQUIRED = {
    "existingSecret": "pepline-secrets",
    "tokens": {"issuer": "https://login.council.example"},
    "kafka": {"bootstrapServers": "kafka-0.council.example:9093,kafka-1.council.example:9094"},
    "redis": {"host": "redis.council.example", "tls": {"existingSecret": "redis-authority"}},
    "mail": {"from": "pepline@council.example"},
}
SELECTED = [{"podSelector": {"matchLabels": {"app": "broker"}}}]

# Name of a switch -> its choices, each what it lays over the values. "kubernetes" is helm's argument.
SWITCHES = {
    "kubernetes": ["1.30.0", "1.31.0", "1.34.0", "1.37.0"],
    "peers": [
        {},
        {"tls": {"certManager": {"createIssuer": False, "issuer": {"name": "council", "kind": "ClusterIssuer"}}}},
        {"tls": {"mode": "existingSecret", "secretNames": {"registry": "registry-certificate"}}},
        {"development": {"plainText": True}},
    ],
    "redis": [
        {},
        {"redis": {"user": "pepline", "cluster": True, "tls": {"clientCertificate": True, "serverName": "redis"}}},
        {"redis": {"passwordKey": "", "tls": {"enabled": False}}},
        {"development": {"redis": {"enabled": True, "storageClass": "fast"}}},
        {"services": {"funding": {"redis": {"host": "other.council.example", "port": 6390}}}},
    ],
    "kafka": [
        {},
        {"kafka": {"tls": {"existingSecret": "kafka-authority", "clientCertificate": True}}},
        {"kafka": {"sasl": {"enabled": True, "username": "pepline"}, "settings": {"session.timeout.ms": 10000}}},
        {"kafka": {"tls": {"enabled": False}}},
    ],
    "token keys": [{}, {"tokens": {"jwks": '{"keys": []}'}}],
    "scaling": [
        {},
        {"serviceDefaults": {"autoscaling": {"enabled": True}}},
        {"serviceDefaults": {"keda": {"enabled": True}},
         "keda": {"prometheusAddress": "http://prometheus:9090", "kafkaAuthentication": "kafka"}},
        {"services": {"notifications": {"autoscaling": {"enabled": True, "maxReplicas": 12}}}},
    ],
    "scraping": [{}, {"monitoring": {"serviceMonitor": {"enabled": True}, "labels": {"release": "prometheus"}}},
                 {"monitoring": {"podMonitor": {"enabled": True}}}],
    "rules": [{}, {"monitoring": {"rules": {"enabled": True}, "dashboards": {"enabled": True}}}],
    "topics": [
        {},
        {"topics": {"strimzi": {"enabled": True, "cluster": "council"}}},
        {"topics": {"job": {"enabled": True, "commandConfigKey": "kafka-client.properties"}}},
    ],
    "network": [{}, {"networkPolicy": {"enabled": False}},
                {"networkPolicy": {"redis": SELECTED, "kafka": SELECTED, "mail": SELECTED, "tracing": SELECTED,
                                   "extraKafkaPorts": [9095], "extraRedisPorts": [6380]}}],
    "tracing": [{}, {"tracing": {"endpoint": "http://collector:4318"}}, {"tracing": {"endpoint": "https://traces.example"}}],
    "services": [
        {},
        {"services": {"registry": {"enabled": False}, "notifications": {"enabled": False}}},
        {"services": {name: {"enabled": False} for name in ("scheduling", "assessments", "funding")}},
    ],
    "stop": [{}, {"termination": {"preStopSleepSeconds": 0}}, {"serviceDefaults": {"drainMilliseconds": 12345}}],
    "hook": [{}, {"test": {"enabled": False}}],
    "names": [{}, {"fullnameOverride": "epep", "image": {"registry": "images.council.example/x", "tag": "1.2.3",
                                                        "pullSecrets": ["images"]}}],
    "priority": [{}, {"priorityClass": {"create": True}}, {"priorityClass": {"name": "council-high"}}],
    "pods": [
        {},
        {"trustedCertificates": {"existingConfigMap": "council-authorities"},
         "serviceDefaults": {"podLabels": {"team": "education"}, "podAnnotations": {"note": "x"},
                             "nodeSelector": {"disk": "ssd"}, "tolerations": [{"key": "x", "operator": "Exists"}],
                             "affinity": {"nodeAffinity": {}}, "serviceAccountAnnotations": {"note": "y"},
                             "podDisruptionBudget": {"enabled": False}, "topologySpread": []}},
        {"podSecurity": {"runAsUser": 4000000000, "fsGroup": 2000},
         "serviceDefaults": {"extraSettings": {"PEPLINE_WORKERS": 128, "PEPLINE_OUTBOX_LIMIT": 10000000}}},
    ],
    "mail": [{}, {"mail": {"plainText": True}}, {"mail": {"smtpUrlKey": "", "allowedDomains": ["example", "example.org"]},
                  "services": {"notifications": {"writableFolders": {"PEPLINE_MAIL_FOLDER": "/var/mail/pepline"}}}}],
}
AT_LEAST = 56


def laid_over(values, more):
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(values.get(name), dict):
            laid_over(values[name], value)
        else:
            values[name] = copy.deepcopy(value)
    return values


def pairs_of(row):
    return {((a, row[a]), (b, row[b])) for a, b in itertools.combinations(SWITCHES, 2)}


def rows():
    """[{switch: number of its choice}]: greedy pairwise, then more until AT_LEAST."""
    chance = random.Random(20261125)
    open_pairs = {((a, i), (b, j)) for a, b in itertools.combinations(SWITCHES, 2)
                  for i in range(len(SWITCHES[a])) for j in range(len(SWITCHES[b]))}
    chosen = [{name: 0 for name in SWITCHES}]
    open_pairs -= pairs_of(chosen[0])
    while open_pairs or len(chosen) < AT_LEAST:
        candidates = []
        for _ in range(20):
            row = {name: chance.randrange(len(choices)) for name, choices in SWITCHES.items()}
            if open_pairs:
                for name, number in chance.choice(sorted(open_pairs)):
                    row[name] = number
            candidates.append(row)
        best = max(candidates, key=lambda row: len(pairs_of(row) & open_pairs))
        chosen.append(best)
        open_pairs -= pairs_of(best)
    return chosen


def value_sets():
    """[(name, kubernetes version, values)]"""
    sets = []
    for number, row in enumerate(rows()):
        values = copy.deepcopy(REQUIRED)
        for name, choice in row.items():
            if name != "kubernetes":
                laid_over(values, SWITCHES[name][choice])
        label = ", ".join(f"{name} {choice}" for name, choice in row.items() if choice)
        sets.append((f"set {number}: {label}", SWITCHES["kubernetes"][row["kubernetes"]], values))
    return sets
