"""Just enough of the Kubernetes API for helm's `lookup`: namespaces, and the Secrets that a test says."""
import contextlib
import http.server
import json
import tempfile
import threading

RESOURCES = {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "v1", "resources": [
    {"name": "namespaces", "singularName": "namespace", "namespaced": False, "kind": "Namespace", "verbs": ["get", "list"]},
    {"name": "secrets", "singularName": "secret", "namespaced": True, "kind": "Secret", "verbs": ["get", "list"]}]}
NOT_FOUND = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}


@contextlib.contextmanager
def with_secrets(namespace, secrets):
    """Gives the path of a kubeconfig. secrets: {name: [key]}"""
    objects = {f"/api/v1/namespaces/{name}": {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": name}}
               for name in ("default", namespace)}
    for name, keys in secrets.items():
        objects[f"/api/v1/namespaces/{namespace}/secrets/{name}"] = {
            "kind": "Secret", "apiVersion": "v1", "metadata": {"name": name, "namespace": namespace},
            "data": {key: "eA==" for key in keys}}
    objects["/api/v1"] = RESOURCES

    class Api(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            found = objects.get(self.path.split("?")[0])
            body = json.dumps(found or NOT_FOUND).encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with server, tempfile.NamedTemporaryFile("w", suffix=".kubeconfig") as file:
        json.dump({"apiVersion": "v1", "kind": "Config", "current-context": "test",
                   "clusters": [{"name": "test", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
                   "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
                   "users": [{"name": "test", "user": {}}]}, file)
        file.flush()
        try:
            yield file.name
        finally:
            server.shutdown()
