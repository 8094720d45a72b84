// pepline-peers-table <peers.yaml> <output>: writes the table that shared/domain/access/peers.cc
// includes. Promises: what it does not understand stops the build: an unknown key, a peer or an RPC
// named twice, an identity that is none, a service that is no peer. Writes nothing then. Whether
// the RPCs exist is checked by tests/unit/shared/peers_test.cc, which knows the contracts.
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace {

class Table {
 public:
  explicit Table(const YAML::Node& file) {
    Only(file, {"peers"});
    const YAML::Node peers = file["peers"];
    if (!peers || !peers.IsMap() || peers.size() == 0) {
      mistakes_.push_back("peers must name at least one");
      return;
    }
    for (const auto& peer : peers) {
      if (!names_.insert(peer.first.Scalar()).second) Wrong(peer.first, "this peer stands twice");
    }
    for (const auto& peer : peers) Add(peer.first.Scalar(), peer.second);
  }
  const std::vector<std::string>& mistakes() const { return mistakes_; }
  std::string Text() const {
    return absl::StrCat("// Made from deploy/peers.yaml by pepline-peers-table.\n",
                        "constexpr Peer kPeers[] = {\n", peers_, "};\n",
                        "constexpr PeerRow kPeerRows[] = {\n", rows_, "};\n");
  }

 private:
  void Wrong(const YAML::Node& where, const std::string& what) {
    mistakes_.push_back(absl::StrCat("line ", where.Mark().line + 1, ": ", what));
  }
  void Only(const YAML::Node& map, const std::set<std::string>& known) {
    if (!map.IsMap()) {
      Wrong(map, "a map is meant here");
      return;
    }
    for (const auto& entry : map) {
      if (!known.contains(entry.first.Scalar())) {
        Wrong(entry.first, absl::StrCat("unknown key ", entry.first.Scalar()));
      }
    }
    for (const std::string& key : known) {
      if (!map[key]) Wrong(map, absl::StrCat("the key ", key, " is missing"));
    }
  }
  void Add(const std::string& name, const YAML::Node& peer) {
    Only(peer, {"identity", "may_call"});
    if (!mistakes_.empty()) return;
    const std::string identity = peer["identity"].Scalar();
    absl::string_view rest = identity;
    if (!absl::ConsumePrefix(&rest, "spiffe://pepline/") || rest.empty()) {
      Wrong(peer["identity"], "an identity is spiffe://pepline/ and a name");
    }
    if (!identities_.insert(identity).second) Wrong(peer, "this identity stands twice");
    absl::StrAppend(&peers_, "    {\"", name, "\", \"", identity, "\"},\n");
    if (!peer["may_call"].IsMap()) {
      Wrong(peer["may_call"], "may_call must be a map, or {}");
      return;
    }
    for (const auto& service : peer["may_call"]) AddRows(identity, service.first, service.second);
  }
  void AddRows(const std::string& identity, const YAML::Node& service, const YAML::Node& rpcs) {
    const std::string name = service.Scalar();
    if (!names_.contains(name) || !rpcs.IsSequence()) {
      Wrong(service, absl::StrCat(name, " must be a peer, with the list of its RPCs"));
      return;
    }
    std::string type = name;
    type[0] = absl::ascii_toupper(static_cast<unsigned char>(type[0]));
    std::set<std::string> seen;
    for (const YAML::Node& rpc : rpcs) {
      if (!seen.insert(rpc.Scalar()).second) Wrong(rpc, "this RPC stands twice");
      absl::StrAppend(&rows_, "    {\"", identity, "\", \"pepline.", name, ".v1.", type, "Service/",
                      rpc.Scalar(), "\"},\n");
    }
  }

  std::set<std::string> names_;
  std::set<std::string> identities_;
  std::string peers_;
  std::string rows_;
  std::vector<std::string> mistakes_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "pepline-peers-table <peers.yaml> <output>\n";
    return 2;
  }
  try {
    const Table table(YAML::LoadFile(argv[1]));
    for (const std::string& mistake : table.mistakes()) {
      std::cerr << argv[1] << ": " << mistake << "\n";
    }
    if (!table.mistakes().empty()) return 1;
    std::ofstream out(argv[2]);
    out << table.Text();
    out.close();
    if (out) return 0;
    std::cerr << "cannot write " << argv[2] << "\n";
  } catch (const YAML::Exception& problem) {  // of the library
    std::cerr << argv[1] << ": " << problem.what() << "\n";
  }
  return 1;
}
