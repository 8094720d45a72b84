// A development broker inside the test's own process, whose connections can be cut and restored
// while its topics stay, and which can be told to refuse records.
// Errors: a broker that does not start ends the test. Threads: one at a time.
#ifndef PEPLINE_TESTS_COMPONENT_KAFKA_BROKER_IN_PROCESS_H_
#define PEPLINE_TESTS_COMPONENT_KAFKA_BROKER_IN_PROCESS_H_

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "shared/base/loopback_wake.h"

namespace pepline {

class BrokerInProcess {
 public:
  BrokerInProcess() {
    char error[512];
    kafka_ = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), error, sizeof(error));
    cluster_ = rd_kafka_mock_cluster_new(kafka_, 1);
  }
  ~BrokerInProcess() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(kafka_);
  }
  BrokerInProcess(const BrokerInProcess&) = delete;
  BrokerInProcess& operator=(const BrokerInProcess&) = delete;

  std::string bootstrap() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }
  void CreateTopic(const std::string& topic, int partitions) {
    Asked([&] { rd_kafka_mock_topic_create(cluster_, topic.c_str(), partitions, 1); });
  }
  void CutConnections() {
    Asked([&] { rd_kafka_mock_broker_set_down(cluster_, kBroker); });
  }
  void RestoreConnections() { rd_kafka_mock_broker_set_up(cluster_, kBroker); }
  // Of the requests with records the next one is answered with this error.
  void RefuseNextRecords(rd_kafka_resp_err_t error) {
    Asked([&] { rd_kafka_mock_push_request_errors(cluster_, kProduceRequest, 1, error); });
  }
  // So many questions of groups for their offsets are answered with this error.
  void RefuseOffsets(int questions, rd_kafka_resp_err_t error) {
    const std::vector<rd_kafka_resp_err_t> errors(static_cast<std::size_t>(questions), error);
    Asked([&] {
      rd_kafka_mock_push_request_errors_array(cluster_, kOffsetFetchRequest, errors.size(),
                                              errors.data());
    });
  }

 private:
  static constexpr int kBroker = 1;
  static constexpr std::int16_t kProduceRequest = 0;
  static constexpr std::int16_t kOffsetFetchRequest = 9;

  // The cluster's thread (librdkafka 2.0.2) now and then misses that work was given to it and looks
  // again only after a second.
  template <class Ask>
  void Asked(Ask ask) {
    std::atomic<bool> done = false;
    const std::string address = bootstrap();
    std::thread waking(
        [&] { WakeByLoopbackUntil(done, std::stoi(address.substr(address.rfind(':') + 1))); });
    ask();
    done = true;
    waking.join();
  }

  rd_kafka_t* kafka_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

}  // namespace pepline

#endif  // PEPLINE_TESTS_COMPONENT_KAFKA_BROKER_IN_PROCESS_H_
