"""A Kubernetes of one node in namespaces of its own, with DNS, network policies and Apache Kafka in it."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DNS = "10.96.0.10"
IMAGES = ["pause", "kube", "kafka", "redis", *(ROOT / "services/list").read_text().split(), "pepctl"]


class Failed(Exception):
    pass


class Cluster:
    def __init__(self, programs, folder):
        self.programs, self.folder = programs, folder
        self.process = self.node = None
        self.begun = time.monotonic()

    def say(self, what):
        print(f"{time.monotonic() - self.begun:6.1f} s  {what}", flush=True)

    def start(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "volume").mkdir(parents=True)
        with open(self.folder / "node.log", "w") as log:
            self.process = subprocess.Popen(
                ["unshare", "--net", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc",
                 HERE / "node", self.programs, self.folder], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        self.wait("the namespaces", 10, lambda: children.read_text().split())
        self.node = int(children.read_text().split()[0])
        self.wait("containerd", 30, lambda: self.inside("ctr", "version", check=False).returncode == 0)
        for name in IMAGES:
            self.inside("ctr", "--namespace", "k8s.io", "images", "import", self.programs / f"images/{name}.tar")
        self.say(f"{len(IMAGES)} images imported")
        self.wait("the node", 120, lambda: self.kubectl("get", "node", "node", check=False).returncode == 0)
        self.kubectl("wait", "--for=condition=Ready", "node/node", "--timeout=120s")
        self.apply((HERE / "around.yaml").read_text().replace("FOLDER", str(self.folder)))
        self.kubectl("--namespace", "kube-system", "wait", "--for=condition=Ready", "pod/dns", "--timeout=60s")
        dns = self.get("pod", "dns", "kube-system")["status"]["podIP"]
        self.inside("iptables", "-t", "nat", "-A", "PREROUTING", "-d", DNS, "-p", "udp", "--dport", "53", "-j", "DNAT", "--to", dns)
        self.kubectl("--namespace", "kafka", "wait", "--for=condition=Ready", "pod/kafka", "--timeout=120s")
        self.say("a node, DNS, network policies, Apache Kafka")

    def stop(self):
        """Ends process 1 of the namespaces, and with it everything in them."""
        if self.node:
            os.kill(self.node, signal.SIGKILL)
            self.process.wait(30)
        for path in sorted(pathlib.Path("/sys/fs/cgroup").glob("**/pepline-cluster/**/"), key=lambda p: -len(p.parts)):
            path.rmdir()

    def wait(self, what, seconds, there):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := there():
                return found
            time.sleep(0.3)
        raise Failed(f"{what}: not within {seconds} s; logs in {self.folder}")

    def inside(self, *command, check=True, text=None):
        environment = {**os.environ, "HOME": str(self.folder), "KUBECONFIG": str(self.folder / "admin.kubeconfig"),
                       "PATH": f"{self.programs}/bin:{self.programs}/root/usr/bin:{self.programs}/root/usr/sbin:{os.environ['PATH']}"}
        result = subprocess.run(["nsenter", "--target", str(self.node), "--net", "--mount", "--uts", "--ipc", "--pid",
                                 f"--wd={ROOT}", *map(str, command)], capture_output=True, text=True, input=text or "", env=environment)
        if check and result.returncode != 0:
            raise Failed(f"{' '.join(map(str, command))}\n{result.stdout}{result.stderr}")
        return result

    def kubectl(self, *words, **options):
        return self.inside("kube", "kubectl", *words, **options)

    def helm(self, *words, **options):
        return self.inside(ROOT / ".cache/bin/helm", *words, **options)

    def apply(self, manifest):
        return self.kubectl("apply", "--filename", "-", text=manifest)

    def get(self, kind, name, namespace):
        return json.loads(self.kubectl("--namespace", namespace, "get", kind, name, "--output", "json").stdout)
