// The librdkafka settings of Pepline: our own, and those that an operator may add in
// PEPLINE_KAFKA_SETTINGS. Operators say how the broker is reached, who we are to it and how long we
// wait; nothing that a promise of ours rests on (order, durability, offsets) can be given.
// Promises: whatever librdkafka would refuse later (a value, a file that is not there, a user
// without a password) is found here, without asking any broker. Errors: texts for people, which
// name the setting, never its value. Threads: functions and values only.
#ifndef PEPLINE_SHARED_KAFKA_KAFKA_SETTINGS_H_
#define PEPLINE_SHARED_KAFKA_KAFKA_SETTINGS_H_

#include <map>
#include <string>
#include <vector>

namespace pepline {

using KafkaSettings = std::map<std::string, std::string>;  // librdkafka's names

struct GivenKafkaSettings {
  KafkaSettings settings;
  std::vector<std::string> mistakes;  // each with the fix; empty when all is well
};

// "name=value,name=value" and the SASL password (the client's secret with sasl.oauthbearer.method=
// oidc), which is a setting of its own so that it is never shown.
GivenKafkaSettings ReadKafkaSettings(const std::string& text, const std::string& sasl_password);

// Is the token read from a file (kafka_token.h)?
bool ReadsTokenFile(const KafkaSettings& given);

// What our producers and consumers are made with, before anything is added. Events wait for their
// broker without an end; a dead letter does not.
KafkaSettings OwnProducerSettings();
KafkaSettings OwnDeadLetterSettings();
KafkaSettings OwnConsumerSettings(const std::string& group);

// A consumer's group.instance.id: `given`, else its client and the machine's name, and then letters
// that follow from the topics it reads. A service's place in the group outlives a restart, so that
// a killed process that comes back goes on at once. Whoever comes back under an id gets from Kafka
// what that id had before, without a look at what is read now: so the id says that too, and a
// version that reads another topic is somebody new.
std::string InstanceId(const std::string& given, const std::string& client_id,
                       const std::vector<std::string>& topics);

// Without those of the other kind, about which librdkafka would complain in the log.
KafkaSettings ForProducers(KafkaSettings given);
KafkaSettings ForConsumers(KafkaSettings given);

}  // namespace pepline

#endif  // PEPLINE_SHARED_KAFKA_KAFKA_SETTINGS_H_
