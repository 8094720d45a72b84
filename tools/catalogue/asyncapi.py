"""The AsyncAPI 3 document: what Pepline sends on Kafka, made from the contracts and deploy/topics.yaml.

Values are protobuf. Their schema is that of their JSON form (ProtoJSON with the contract's field names), which every tool
can read; `x-protobuf-message` and `x-protobuf-field-number` lead back to the contract.
"""
import yaml

from contracts import ROOT, Field

SCALARS = {
    Field.TYPE_STRING: {"type": "string"},
    Field.TYPE_BOOL: {"type": "boolean"},
    Field.TYPE_INT32: {"type": "integer", "minimum": -2**31, "maximum": 2**31 - 1},
    Field.TYPE_INT64: {"type": "string", "pattern": "^-?[0-9]+$", "description": "A whole number; JSON's own cannot hold 64 bits."},
    Field.TYPE_UINT64: {"type": "string", "pattern": "^[0-9]+$", "description": "A whole number; JSON's own cannot hold 64 bits."},
}
INSTANT = {"type": "string", "format": "date-time"}


def reference(name):
    return {"$ref": f"#/components/schemas/{name}"}


def schema_of_field(field):
    if field.type_name == ".google.protobuf.Timestamp":
        one = dict(INSTANT)
    elif field.type_name:
        one = reference(field.type_name[1:])
    else:
        one = dict(SCALARS[field.type])  # a KeyError: teach SCALARS the new type
    return {"type": "array", "items": one} if field.label == field.LABEL_REPEATED else one


def schema_of_message(contracts, name, leave_out=()):
    file, index, message = contracts.messages[name]
    said = contracts.comments[file.name]
    properties = {}
    for j, field in enumerate(message.field):
        if field.name in leave_out:
            continue
        one = schema_of_field(field)
        if "$ref" in one:
            one = {"allOf": [one]}
        one["x-protobuf-field-number"] = field.number
        if comment := said.get((4, index, 2, j)):
            one["description"] = comment
        properties[field.name] = one
    schema = {"type": "object", "properties": properties, "additionalProperties": False, "x-protobuf-message": name[1:]}
    if comment := said.get((4, index)):
        schema["description"] = comment
    return schema


def schema_of_enum(contracts, name):
    file, k, enum = contracts.enums[name]
    said = contracts.comments[file.name]
    lines = [f"- {value.name}: {said[5, k, 2, n]}" for n, value in enumerate(enum.value) if (5, k, 2, n) in said]
    schema = {"type": "string", "enum": [value.name for value in enum.value]}
    if lines or (5, k) in said:
        schema["description"] = "\n".join(filter(None, [said.get((5, k)), *lines]))
    return schema


def headers(service, event):
    """Of the binary mode of the CloudEvents Kafka binding, for one type of event."""
    text = {"type": "string", "minLength": 1}
    return {"type": "object", "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "ce_partitionkey",
                                           "content-type"],
            "properties": {
                "ce_specversion": {"type": "string", "const": "1.0"},
                "ce_id": {**text, "description": "Unique for ever: the aggregate's id, a colon, the version."},
                "ce_source": {"type": "string", "const": f"/pepline/{service.name}"},
                "ce_type": {"type": "string", "const": event.full_name},
                "ce_subject": {**text, "description": "The aggregate's id."},
                "ce_time": {**INSTANT, "description": "When it happened, UTC."},
                "ce_partitionkey": {**text, "description": "The same as the record's key."},
                "content-type": {"type": "string", "const": "application/protobuf"},
                "traceparent": {"type": "string", "pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
                                "description": "W3C trace context; absent where nothing is traced."}},
            "additionalProperties": False}


def payload(contracts, service, event):
    others = [one.member for one in service.events if one is not event]
    schema = schema_of_message(contracts, f".{service.envelope_name}", leave_out=others)
    schema["required"] = ["header", event.member]
    schema["description"] = event.said
    return schema


def message(contracts, service, event):
    return {"name": event.full_name, "title": event.name, "summary": event.said, "contentType": "application/protobuf",
            "headers": headers(service, event), "payload": payload(contracts, service, event),
            "bindings": {"kafka": {"key": {"type": "string", "description": "An opaque id: that of the child where there is one."},
                                   "bindingVersion": "0.5.0"}}}


def topics():
    return {topic["name"]: topic for topic in yaml.safe_load((ROOT / "deploy/topics.yaml").read_text(encoding="utf-8"))["topics"]}


def schemas(contracts):
    wanted = [field.type_name for service in contracts.services for field in service.envelope.field if field.type_name]
    found = {}
    while wanted:
        name = wanted.pop()
        if name[1:] in found or name == ".google.protobuf.Timestamp":
            continue
        if name in contracts.enums:
            found[name[1:]] = schema_of_enum(contracts, name)
        else:
            found[name[1:]] = schema_of_message(contracts, name)
            wanted += [field.type_name for field in contracts.messages[name][2].field if field.type_name]
    return dict(sorted(found.items()))


def version():
    """The project's, from the file that the programs have it from."""
    for line in (ROOT / "CMakeLists.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("project("):
            return line.split("VERSION ")[1].split()[0].rstrip(")")
    raise ValueError("CMakeLists.txt names no version")


def document(contracts):
    channels, operations, messages, known = {}, {}, {}, topics()
    for service in contracts.services:
        topic = known[service.topic]
        for event in service.events:
            messages[event.full_name] = message(contracts, service, event)
        channels[service.name] = {
            "address": service.topic, "title": f"Events of {service.name}", "description": service.said_of_envelope(),
            "servers": [{"$ref": "#/servers/kafka"}],
            "messages": {event.name: {"$ref": f"#/components/messages/{event.full_name}"} for event in service.events},
            "bindings": {"kafka": {"topic": service.topic, "partitions": topic["partitions"],
                                   "topicConfiguration": {"cleanup.policy": [topic["cleanup_policy"]], "retention.ms": topic["retention_ms"]},
                                   "bindingVersion": "0.5.0"}}}
        operations[f"{service.name}Says"] = {
            "action": "send", "channel": {"$ref": f"#/channels/{service.name}"},
            "summary": f"What {service.name} says; whoever integrates receives it.",
            "messages": [{"$ref": f"#/channels/{service.name}/messages/{event.name}"} for event in service.events]}
    return {
        "asyncapi": "3.0.0",
        "id": "urn:pepline:events",
        "info": {"title": "Pepline events", "version": version(),
                 "description": "The life-cycle of the Personal Education Plan of looked-after children, as CloudEvents 1.0 on Kafka (binary "
                                "mode). Values are protobuf; the schemas here are of their JSON form with the field names of the contracts. "
                                "No names, dates of birth, addresses, scores or free text are in any event. "
                                "How to read them: docs/integrators.md.",
                 "tags": [{"name": "kafka"}, {"name": "cloudevents"}, {"name": "protobuf"}]},
        "defaultContentType": "application/protobuf",
        "servers": {"kafka": {"host": "kafka.example:9093", "protocol": "kafka-secure",
                              "description": "The authority's Kafka; ask whoever runs it for its address and for an account that may read."}},
        "channels": channels, "operations": operations,
        "components": {"messages": messages, "schemas": schemas(contracts)}}
