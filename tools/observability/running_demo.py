"""The demo, played in a process of its own and kept up, for whoever wants to look at its numbers."""
import pathlib
import re
import signal
import subprocess
import tempfile
import threading
import time
import urllib.request

SERVICES = (pathlib.Path(__file__).resolve().parents[2] / "services/list").read_text().split()
PATIENCE = 180  # seconds; the demo takes about half a minute on a quiet machine


class RunningDemo:
    """`with RunningDemo(build) as demo:`; everything it started ends with it. More words are options of the demo."""

    def __init__(self, build, *options):
        self.options = options
        self.program = pathlib.Path(build) / "bin/pepline-demo"
        self.output = []
        self.addresses = {}
        self.played = threading.Event()

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="pepline-observability-")
        self.process = subprocess.Popen([self.program, "--keep", "--folder", f"{self.folder.name}/kept", *self.options],
                                        env={"TMPDIR": self.folder.name, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"},
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.reader = threading.Thread(target=self._read)
        self.reader.start()
        return self

    def _read(self):
        for line in self.process.stdout:
            self.output.append(line.rstrip())
            if found := re.search(r"http://(\S+)/metrics\s+(\w+)", line):
                self.addresses[found.group(2)] = found.group(1)
            if "Ctrl-C" in line:
                self.played.set()
        self.played.set()

    def __exit__(self, *unused):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.reader.join()
        self.process.stdout.close()
        self.folder.cleanup()

    def ports(self):
        """{service: address} of what has started so far, from the files the services write."""
        found = {}
        for path in pathlib.Path(self.folder.name).glob("**/*.ports"):
            if port := re.search(r"^metrics=(\d+)$", path.read_text(), re.M):
                found[path.stem] = f"127.0.0.1:{port.group(1)}"
        return found

    def wait_until_played(self):
        if not self.played.wait(PATIENCE) or self.process.poll() is not None or set(self.addresses) != set(SERVICES):
            raise RuntimeError("the demo did not come to its end:\n" + "\n".join(self.output[-20:]))

    def stack_folder(self):
        return next(pathlib.Path(self.folder.name).glob("*/stack.json")).parent

    def metrics(self, service):
        with urllib.request.urlopen(f"http://{self.addresses[service]}/metrics", timeout=10) as answer:
            return answer.read().decode()


def wait_for(condition, seconds, what):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"waited {seconds} s in vain: {what}")
        time.sleep(0.1)
