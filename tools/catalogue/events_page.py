"""The catalogue of events: a page for people and the same as JSON for programs."""
from contracts import ID, TYPES


def type_name(field):
    name = field.type_name.split(".")[-1] if field.type_name else TYPES[field.type]
    return f"list of {name}" if field.label == field.LABEL_REPEATED else name


def key_in_words(event):
    return ", else ".join("the id of the aggregate" if path == ID else f"`{path}`" for path in event.key)


def fields_table(contracts, name, lines):
    file, index, message = contracts.messages[name]
    if not message.field:
        lines.append("No fields of its own.\n")
        return
    lines += ["| field | type | meaning |", "| --- | --- | --- |"]
    lines += [f"| `{field.name}` | {type_name(field)} | {contracts.comments[file.name].get((4, index, 2, j), '')} |"
              for j, field in enumerate(message.field)]
    lines.append("")


def page(contracts):
    lines = ["# Catalogue of events", "",
             "Made from the contracts in `proto/`. Every record is a CloudEvent in the binary mode of the Kafka binding; its value is",
             "the service's envelope message with a header and one event. `ce_type` is the package of the envelope and the event's name: a name for the",
             "member of the envelope that is set, not for the message that the value is.", ""]
    for service in contracts.services:
        lines += [f"## {service.name}", "", f"Topic `{service.topic}`, value `{service.envelope_name}`.", service.said_of_envelope(), ""]
        for event in service.events:
            lines += [f"### {event.name}", "", f"`{event.full_name}`, `{event.member}` of the envelope; key: {key_in_words(event)}", "",
                      event.said, ""]
            fields_table(contracts, event.message_name, lines)
        names = {event.name for event in service.events} | {service.envelope.name}
        for i, message in enumerate(service.file.message_type):
            if message.name in names:
                continue
            lines += [f"### {message.name} (part of events)", "", service.comments.get((4, i), ""), ""]
            fields_table(contracts, f".{service.file.package}.{message.name}", lines)
        for k, enum in enumerate(service.file.enum_type):
            lines += [f"### {enum.name} (values)", "", service.comments.get((5, k), ""), ""]
            lines += [f"- `{value.name}` {service.comments.get((5, k, 2, n), '')}" for n, value in enumerate(enum.value) if value.number]
            lines.append("")
    lines += ["## Parts that services share", ""]
    events = {event.message_name for service in contracts.services for event in service.events}
    for name in sorted(name for name in contracts.messages if name.startswith(".pepline.common.v1.") and name not in events):
        file, i, message = contracts.messages[name]
        lines += [f"### {message.name} (part of events)", "", contracts.comments[file.name].get((4, i), ""), ""]
        fields_table(contracts, name, lines)
    return "\n".join(lines) + "\n"


def fields(contracts, name):
    file, index, message = contracts.messages[name]
    said = contracts.comments[file.name]
    found = []
    for j, field in enumerate(message.field):
        one = {"name": field.name, "number": field.number, "type": field.type_name[1:] or TYPES[field.type],
               "repeated": field.label == field.LABEL_REPEATED}
        if comment := said.get((4, index, 2, j)):
            one["meaning"] = comment
        found.append(one)
    return found


def as_json(contracts):
    """{"events": [...], "messages": {...}, "enums": {...}}: every event, and whatever events are made of."""
    events, wanted = [], []
    for service in contracts.services:
        wanted += [field.type_name for field in service.envelope.field if field.type_name and not field.HasField("oneof_index")]
        for event in service.events:
            events.append({"type": event.full_name, "service": service.name, "topic": service.topic, "source": f"/pepline/{service.name}",
                           "value": service.envelope_name, "member": event.member,
                           "key": ["aggregate id" if path == ID else path for path in event.key], "said": event.said,
                           "fields": fields(contracts, event.message_name)})
            wanted += [field.type_name for field in event.message.field if field.type_name]
    messages, enums = {}, {}
    while wanted:
        name = wanted.pop()
        if name in contracts.enums:
            file, k, enum = contracts.enums[name]
            enums[name[1:]] = [{"name": value.name, "number": value.number,
                                "meaning": contracts.comments[file.name].get((5, k, 2, n), "")} for n, value in enumerate(enum.value)]
        elif name[1:] not in messages:
            messages[name[1:]] = fields(contracts, name)
            wanted += [field.type_name for field in contracts.messages[name][2].field if field.type_name]
    return {"events": events, "messages": dict(sorted(messages.items())), "enums": dict(sorted(enums.items()))}
