"""The events as the contracts in proto/ define them: topics, envelopes, events, fields, and what is said of each."""
import dataclasses
import pathlib
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.message_factory import MessageFactory

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICES = (ROOT / "services/list").read_text().split()
Field = descriptor_pb2.FieldDescriptorProto
TYPES = {value: name[5:].lower() for name, value in Field.Type.items()}

# What the Kafka key of an event is, as a path into the envelope; the first that is not empty. ID is the last part of the
# aggregate's id. `make check` compares with every record that the demo leaves on the topics.
ID = "header.aggregate_id"


def key_paths(service, field, message):
    event, member = field.type_name.split(".")[-1], field.name
    if service == "registry":
        # An event begins with whose it is: a child, or a member of staff, whose appointment for a child is a record of its own.
        first = message.field[0].name
        return [f"{member}.{first}"] if first in ("child_id", "staff_id") else [ID]
    if service == "funding":
        if event.startswith("Deadline"):  # whose it is stands beside the events that all services share
            return ["request.child_id"]
        return [ID] if event.startswith("FundLine") else [f"{member}.request.child_id"]
    return {"scheduling": ["pep.child_id"], "assessments": ["child_id"],
            "notifications": ["alert.child_id", "alert.school_urn"]}[service]


@dataclasses.dataclass
class Event:
    name: str
    full_name: str  # the CloudEvents type: the package of the envelope and the message's name
    message_name: str  # with its own package, which several services may share: ".pepline.common.v1.DeadlineMet"
    member: str  # of the envelope's oneof
    said: str
    key: list
    message: descriptor_pb2.DescriptorProto


@dataclasses.dataclass
class Service:
    name: str
    file: descriptor_pb2.FileDescriptorProto
    comments: dict  # {path as protobuf numbers it: comment}
    envelope: descriptor_pb2.DescriptorProto
    events: list

    @property
    def topic(self):
        return f"pepline.{self.name}.events.v1"

    @property
    def envelope_name(self):
        return f"{self.file.package}.{self.envelope.name}"

    def said_of_envelope(self):
        return self.comments.get((4, [m.name for m in self.file.message_type].index(self.envelope.name)), "")


class Contracts:
    def __init__(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "set"
            subprocess.run(["protoc", "-I", ROOT / "proto", "--include_source_info", "--include_imports", f"--descriptor_set_out={out}",
                            *(f"pepline/{s}/v1/{s}_events.proto" for s in SERVICES)], check=True)
            files = descriptor_pb2.FileDescriptorSet()
            files.ParseFromString(out.read_bytes())
        self.files = {file.name: file for file in files.file}
        self.messages, self.enums, self.comments = {}, {}, {}
        for file in files.file:
            said = {tuple(place.path): " ".join(place.leading_comments.split()) for place in file.source_code_info.location
                    if place.leading_comments}
            self.comments[file.name] = said
            for i, message in enumerate(file.message_type):
                self.messages[f".{file.package}.{message.name}"] = (file, i, message)
            for i, enum in enumerate(file.enum_type):
                self.enums[f".{file.package}.{enum.name}"] = (file, i, enum)
        self.services = [self._service(name) for name in SERVICES]

    def _service(self, name):
        file = self.files[f"pepline/{name}/v1/{name}_events.proto"]
        said = self.comments[file.name]
        envelope = next(m for m in file.message_type if any(one.name == "event" for one in m.oneof_decl))
        events = []
        for field in envelope.field:
            if not field.HasField("oneof_index"):
                continue
            event = field.type_name.split(".")[-1]
            its_file, index, message = self.messages[field.type_name]
            events.append(Event(event, f"{file.package}.{event}", field.type_name, field.name,
                                self.comments[its_file.name].get((4, index), ""), key_paths(name, field, message), message))
        return Service(name, file, said, envelope, events)

    def classes(self):
        """{service: class of its envelope} to decode records with."""
        pool = descriptor_pool.DescriptorPool()
        for file in self.files.values():
            pool.Add(file)
        factory = MessageFactory(pool)
        return {s.name: factory.GetPrototype(pool.FindMessageTypeByName(s.envelope_name)) for s in self.services}


def key_of(event, paths):
    """The Kafka key that a decoded envelope should have."""
    for path in paths:
        value = event
        for part in path.split("."):
            value = getattr(value, part)
        if path == ID:
            value = value.split("/", 2)[2]
        if value:
            return value
    return ""


def said_or_fail(contracts):
    """An event whose contract does not say when it is said is no contract."""
    missing = [event.full_name for service in contracts.services for event in service.events if not event.said]
    if missing:
        sys.exit("events without a comment that says when they are said: " + ", ".join(missing))
