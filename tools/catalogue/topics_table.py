"""The topics for those who read them: whose they are, what their key is, how long they keep."""
import asyncapi
import contracts


def retention(milliseconds):
    return "for ever" if milliseconds < 0 else f"{milliseconds // 86_400_000} days"


def table():
    known, topics = contracts.Contracts(), asyncapi.topics()
    lines = ["| topic | value | events | partitions | keeps |", "| --- | --- | --- | --- | --- |"]
    for service in known.services:
        topic = topics[service.topic]
        lines.append(f"| `{service.topic}` | `{service.envelope_name}` | {len(service.events)} | {topic['partitions']} | "
                     f"{retention(topic['retention_ms'])} |")
    return "\n".join(lines) + "\n"
