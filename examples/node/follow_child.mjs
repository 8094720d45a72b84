// Follows one child through what Pepline says on Kafka, from the first event to the present end of the topics.
// usage: node follow_child.mjs BOOTSTRAP PROTO_FOLDER CHILD_ID
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const require = createRequire(process.env.NODE_PATH ? resolve(process.env.NODE_PATH, 'package.json') : import.meta.url);
const { Kafka, logLevel } = require('kafkajs');
const protobuf = require('protobufjs');

const [bootstrap, protos, child] = process.argv.slice(2);
const services = ['registry', 'scheduling', 'assessments', 'funding', 'notifications'];

const contracts = new protobuf.Root();
contracts.resolvePath = (_, target) => (target.startsWith('google/') ? target : join(protos, target));
await contracts.load(services.map((s) => `pepline/${s}/v1/${s}_events.proto`), { keepCase: true });
const capital = (word) => word[0].toUpperCase() + word.slice(1);
const kinds = new Map(services.map((s) => [`pepline.${s}.events.v1`, contracts.lookupType(`pepline.${s}.v1.${capital(s)}Event`)]));

// Takes every event once, and each aggregate's in order: its versions count from 1 without gaps.
const seen = new Map(); // aggregate: the version taken last
function takes(header) {
  const last = seen.get(header.aggregate_id) ?? 0;
  const version = Number(header.aggregate_version);
  if (version <= last) return false; // it came before; delivery is at least once
  if (version !== last + 1) throw new Error(`gap in ${header.aggregate_id}: ${last} is followed by ${version}`);
  seen.set(header.aggregate_id, version);
  return true;
}

const story = [];
function hear(topic, record) {
  if (record.key?.toString() !== child) return;
  const kind = kinds.get(topic);
  const event = kind.decode(record.value);
  if (!event.event) return; // a newer kind of event than these contracts: count it, and go on
  if (!takes(event.header)) return;
  const { seconds, nanos } = event.header.occurred_at;
  const name = `${kind.parent.fullName.slice(1)}.${kind.fields[event.event].resolvedType.name}`; // begins with a dot
  story.push({ micros: BigInt(String(seconds)) * 1000000n + BigInt(Math.floor(nanos / 1000)), name, id: event.header.event_id });
}

const kafka = new Kafka({ clientId: 'example-node', brokers: bootstrap.split(','), logLevel: logLevel.ERROR });
const admin = kafka.admin();
await admin.connect();
const ends = new Map();
for (const topic of kinds.keys()) {
  for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
    if (BigInt(high) > BigInt(low)) ends.set(`${topic}/${partition}`, BigInt(high));
  }
}
// A group of this run alone: it reads everything and keeps no offsets. A consumer that goes on for ever has one name for
// all of its instances, and stores an offset when the event's effect is on disk.
const groupId = `example-node-${process.pid}`;
const consumer = kafka.consumer({ groupId, sessionTimeout: 30000 });
await consumer.connect();
await consumer.subscribe({ topics: [...kinds.keys()], fromBeginning: true });
await new Promise((done, failed) => {
  setTimeout(() => failed(new Error('the ends of the topics were not reached in 60 s')), 60000).unref();
  consumer.on(consumer.events.CRASH, ({ payload }) => failed(payload.error));
  consumer.run({
    autoCommit: false,
    eachMessage: async ({ topic, partition, message }) => {
      hear(topic, message);
      const end = ends.get(`${topic}/${partition}`);
      if (end !== undefined && BigInt(message.offset) + 1n >= end) ends.delete(`${topic}/${partition}`);
      if (ends.size === 0) done();
    },
  }).catch(failed);
});
await consumer.disconnect();
await admin.deleteGroups([groupId]);
await admin.disconnect();

story.sort((a, b) => (a.micros < b.micros ? -1 : a.micros > b.micros ? 1 : a.id < b.id ? -1 : 1));
for (const { micros, name, id } of story) console.log(`${micros} ${name} ${id}`);
