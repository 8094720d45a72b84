// Follows one child through what Pepline says on Kafka, from the first event to the present end of the topics.
// usage: java -cp 'JARS/*' FollowChild.java BOOTSTRAP DESCRIPTOR_SET CHILD_ID
//
// The descriptor set is made by `protoc -I proto --include_imports --descriptor_set_out=FILE` from the contracts, so that this
// is one file without generated code; a real program would have protoc write classes.
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.io.FileInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

public class FollowChild {
  static final List<String> SERVICES = List.of("registry", "scheduling", "assessments", "funding", "notifications");
  static final Duration PATIENCE = Duration.ofSeconds(30);

  record Heard(long micros, String name, String id) {}

  // Takes every event once, and each aggregate's in order: its versions count from 1 without gaps.
  static class Follower {
    private final Map<String, Long> seen = new HashMap<>();

    boolean takes(String aggregate, long version) {
      long last = seen.getOrDefault(aggregate, 0L);
      if (version <= last) return false; // it came before; delivery is at least once
      if (version != last + 1) throw new IllegalStateException("gap in " + aggregate + ": " + last + " is followed by " + version);
      seen.put(aggregate, version);
      return true;
    }
  }

  // {topic: kind of its values}
  static Map<String, Descriptor> envelopes(String file) throws Exception {
    Map<String, FileDescriptor> built = new HashMap<>();
    try (FileInputStream in = new FileInputStream(file)) {
      for (FileDescriptorProto one : FileDescriptorSet.parseFrom(in).getFileList()) { // imports come first
        FileDescriptor[] imports = one.getDependencyList().stream().map(built::get).toArray(FileDescriptor[]::new);
        built.put(one.getName(), FileDescriptor.buildFrom(one, imports));
      }
    }
    Map<String, Descriptor> kinds = new HashMap<>();
    for (String s : SERVICES) {
      String envelope = s.substring(0, 1).toUpperCase() + s.substring(1) + "Event";
      kinds.put("pepline." + s + ".events.v1", built.get("pepline/" + s + "/v1/" + s + "_events.proto").findMessageTypeByName(envelope));
    }
    return kinds;
  }

  static Object get(Message message, String field) {
    return message.getField(message.getDescriptorForType().findFieldByName(field));
  }

  static Heard hear(Descriptor kind, byte[] value, Follower follower) throws Exception {
    DynamicMessage event = DynamicMessage.parseFrom(kind, value);
    FieldDescriptor member = event.getOneofFieldDescriptor(kind.getOneofs().get(0));
    if (member == null) return null; // a newer kind of event than these contracts: count it, and go on
    Message header = (Message) get(event, "header");
    if (!follower.takes((String) get(header, "aggregate_id"), (Long) get(header, "aggregate_version"))) return null;
    Message at = (Message) get(header, "occurred_at");
    long micros = (Long) get(at, "seconds") * 1_000_000 + (Integer) get(at, "nanos") / 1000;
    return new Heard(micros, event.getDescriptorForType().getFile().getPackage() + "." + member.getMessageType().getName(), (String) get(header, "event_id"));
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, Descriptor> kinds = envelopes(arguments[1]);
    String child = arguments[2];
    Properties settings = new Properties();
    settings.put("bootstrap.servers", arguments[0]);
    settings.put("enable.auto.commit", "false");
    // No group: it reads everything and keeps no offsets. A consumer that goes on for ever has a group, and stores an offset
    // when the event's effect is on disk.
    List<Heard> story = new ArrayList<>();
    Follower follower = new Follower();
    try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (String topic : kinds.keySet()) {
        for (PartitionInfo one : consumer.partitionsFor(topic, PATIENCE)) partitions.add(new TopicPartition(topic, one.partition()));
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
      long until = System.nanoTime() + PATIENCE.toNanos();
      while (partitions.stream().anyMatch(one -> consumer.position(one, PATIENCE) < ends.get(one))) {
        if (System.nanoTime() > until) throw new IllegalStateException("the ends of the topics were not reached");
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          if (!child.equals(record.key())) continue;
          Heard heard = hear(kinds.get(record.topic()), record.value(), follower);
          if (heard != null) story.add(heard);
        }
      }
    }
    story.sort(Comparator.comparingLong(Heard::micros).thenComparing(Heard::id));
    for (Heard one : story) System.out.println(one.micros() + " " + one.name() + " " + one.id());
  }
}
