// pepline-devbroker: a Kafka broker for demo, development and component tests. It is librdkafka's
// mock cluster as a process: in memory, volatile, one node. It creates the topics of a topics.yaml,
// prints and writes its address, and runs until SIGTERM or SIGINT.
// Not for anything that must last: no disk, no admin API, no read_committed, no retention by time.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <signal.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

#include "shared/base/loopback_wake.h"

namespace {

struct Topic {
  std::string name;
  int partitions = 1;
};

// The file is YAML; yaml-cpp tells mistakes by exceptions, which end here.
std::vector<Topic> ReadTopics(const std::string& path, std::string& mistake) {
  std::vector<Topic> topics;
  try {
    for (const YAML::Node& node : YAML::LoadFile(path)["topics"]) {
      topics.push_back({node["name"].as<std::string>(), node["partitions"].as<int>()});
    }
  } catch (const YAML::Exception& exception) {
    mistake = exception.what();
  }
  if (mistake.empty() && topics.empty()) mistake = "it names no topics";
  return topics;
}

int Run(const std::string& topics_path, const std::string& address_path) {
  std::string mistake;
  const std::vector<Topic> topics = ReadTopics(topics_path, mistake);
  if (!mistake.empty()) {
    std::cerr << topics_path << ": " << mistake << "; see deploy/topics.yaml\n";
    return 2;
  }
  // Signals are taken where they are waited for, not on librdkafka's threads.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);

  char error[512];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "log_level", "4", error, sizeof(error));
  rd_kafka_t* kafka = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof(error));
  rd_kafka_mock_cluster_t* cluster =
      kafka == nullptr ? nullptr : rd_kafka_mock_cluster_new(kafka, 1);
  if (cluster == nullptr) {
    std::cerr << "the development broker could not start\n";
    return 3;
  }
  const std::string address = rd_kafka_mock_cluster_bootstraps(cluster);
  // The cluster's thread (librdkafka 2.0.2) now and then misses that work was given to it and looks
  // again only after a second.
  std::atomic<bool> created = false;
  std::thread waking([&] {
    pepline::WakeByLoopbackUntil(created, std::stoi(address.substr(address.rfind(':') + 1)));
  });
  for (const Topic& topic : topics) {
    rd_kafka_mock_topic_create(cluster, topic.name.c_str(), topic.partitions, 1);
  }
  created = true;
  waking.join();
  std::cout << "development broker at " << address << ", " << topics.size()
            << " topics; VOLATILE: everything in it is gone when it stops" << std::endl;
  if (!address_path.empty()) {
    const std::string beside = address_path + ".new";
    std::ofstream(beside) << address << "\n";
    if (std::rename(beside.c_str(), address_path.c_str()) != 0) {
      std::cerr << "cannot write " << address_path << "\n";
      return 3;
    }
  }
  int signal = 0;
  sigwait(&signals, &signal);
  // Nothing in it outlives it, and taking it down in order would take seconds.
  std::cout.flush();
  _exit(0);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A volatile Kafka broker for demo and development.");
  std::string topics_path, address_path;
  app.add_option("--topics", topics_path, "the topics to create, as deploy/topics.yaml")
      ->required();
  app.add_option("--address-file", address_path, "where to write host:port");
  CLI11_PARSE(app, argc, argv);
  return Run(topics_path, address_path);
}
