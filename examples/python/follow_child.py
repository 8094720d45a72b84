#!/usr/bin/python3
"""Follows one child through what Pepline says on Kafka, from the first event to the present end of the topics.

usage: follow_child.py --bootstrap HOST:PORT --protos FOLDER --child CHILD_ID

The folder holds pepline/**/*_pb2.py, made by `protoc -I proto --python_out=FOLDER` from the contracts. A consumer that goes
on for ever differs in two places: it has a group of its own, and it stores its offsets when an event's effect is on disk.
"""
import argparse
import importlib
import sys

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

SERVICES = ["registry", "scheduling", "assessments", "funding", "notifications"]
PATIENCE = 30  # seconds


def envelopes(folder):
    """{topic: class of its values}"""
    sys.path.insert(0, folder)
    return {f"pepline.{s}.events.v1": getattr(importlib.import_module(f"pepline.{s}.v1.{s}_events_pb2"), f"{s.capitalize()}Event")
            for s in SERVICES}


def records(bootstrap, topics):
    """Every record up to the ends that the topics have now."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "example-python", "enable.auto.commit": False,
                         "enable.partition.eof": False})
    ends = {}
    for topic in topics:
        for partition in consumer.list_topics(topic, timeout=PATIENCE).topics[topic].partitions:
            low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=PATIENCE)
            if high > low:
                ends[topic, partition] = high
    consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for topic, partition in ends])
    while ends:
        record = consumer.poll(PATIENCE)
        if record is None:
            raise TimeoutError(f"nothing came for {PATIENCE} s")
        if record.error():
            raise RuntimeError(record.error())
        yield record
        if record.offset() + 1 >= ends.get((record.topic(), record.partition()), 0):
            ends.pop((record.topic(), record.partition()), None)
    consumer.close()


class Follower:
    """Takes every event once, and each aggregate's in order: its versions count from 1 without gaps."""

    def __init__(self):
        self.seen = {}  # aggregate: the version taken last

    def takes(self, header):
        last = self.seen.get(header.aggregate_id, 0)
        if header.aggregate_version <= last:
            return False  # it came before; delivery is at least once
        if header.aggregate_version != last + 1:
            # Never pass over it. Whoever began at the beginning has lost something: read again.
            raise RuntimeError(f"gap in {header.aggregate_id}: {last} is followed by {header.aggregate_version}")
        self.seen[header.aggregate_id] = header.aggregate_version
        return True


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("bootstrap", "protos", "child"):
        parser.add_argument(f"--{option}", required=True)
    arguments = parser.parse_args()
    kinds, follower, story = envelopes(arguments.protos), Follower(), []
    for record in records(arguments.bootstrap, list(kinds)):
        if record.key() is None or record.key().decode() != arguments.child:
            continue
        event = kinds[record.topic()].FromString(record.value())
        member = event.WhichOneof("event")
        if member is None:
            continue  # a newer kind of event than this program's contracts: count it, and go on
        if follower.takes(event.header):
            story.append((event.header.occurred_at.ToMicroseconds(), event.header.event_id, f"{event.DESCRIPTOR.file.package}.{getattr(event, member).DESCRIPTOR.name}"))
    for micros, event_id, name in sorted(story):
        print(micros, name, event_id)


if __name__ == "__main__":
    main()
