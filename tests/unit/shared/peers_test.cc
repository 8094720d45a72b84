#include "shared/domain/access/peers.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "pepline/assessments/v1/assessments_service.pb.h"
#include "pepline/funding/v1/funding_service.pb.h"
#include "pepline/notifications/v1/notifications_service.pb.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "pepline/scheduling/v1/scheduling_service.pb.h"
#include "shared/domain/all_services.h"
#include "shared/security/rpc_access.h"

namespace pepline {
namespace {

constexpr char kLookUp[] = "pepline.registry.v1.RegistryService/LookUpContacts";

// Every RPC that the contracts know.
std::vector<std::string> AllRpcs() {
  std::vector<std::string> rpcs;
  for (const google::protobuf::FileDescriptor* file :
       {assessments::v1::GetSdqRequest::descriptor()->file(),
        funding::v1::GetFundLineRequest::descriptor()->file(),
        notifications::v1::GetAlertRequest::descriptor()->file(),
        registry::v1::GetChildRequest::descriptor()->file(),
        scheduling::v1::GetPepRequest::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        rpcs.push_back(file->service(s)->full_name() + "/" + file->service(s)->method(m)->name());
      }
    }
  }
  return rpcs;
}

bool IsForPeople(const std::string& rpc) {
  return std::ranges::any_of(AccessTo(rpc).grants,
                             [](const Grant& grant) { return grant.role != Role::kService; });
}

// The rules once more, written independently of the file.
bool MayCallByTheRules(std::string_view peer, const std::string& rpc) {
  if (peer == "gateway" || peer == "pepctl") return rpc != kLookUp;
  return peer == "notifications" && rpc == kLookUp;
}

TEST(Peers, EveryRpcHasTheRightAnswerForEveryPeer) {
  const std::vector<std::string> rpcs = AllRpcs();
  ASSERT_EQ(rpcs.size(), 79u);
  std::set<std::string_view> names;
  for (const Peer& peer : Peers()) {
    names.insert(peer.name);
    EXPECT_EQ(IdentityOf(peer.name), peer.identity);
    for (const std::string& rpc : rpcs) {
      EXPECT_EQ(PeerMayCall(peer.identity, rpc), MayCallByTheRules(peer.name, rpc))
          << peer.name << " calls " << rpc;
    }
  }
  std::set<std::string_view> wanted(AllServices().begin(), AllServices().end());
  wanted.insert({"gateway", "pepctl"});
  EXPECT_EQ(names, wanted);
}

TEST(Peers, EveryRowIsAnRpcOfTheContractsByAPeer) {
  const std::vector<std::string> all = AllRpcs();
  const std::set<std::string_view> rpcs(all.begin(), all.end());
  std::set<std::string_view> identities;
  for (const Peer& peer : Peers()) identities.insert(peer.identity);
  for (const PeerRow& row : PeerTable()) {
    EXPECT_TRUE(rpcs.contains(row.rpc)) << row.rpc;
    EXPECT_TRUE(identities.contains(row.identity)) << row.identity;
  }
}

TEST(Peers, WhatNoPersonMayCallIsForServicesAlone) {
  for (const PeerRow& row : PeerTable()) {
    const bool by_a_service = row.identity == IdentityOf("notifications");
    EXPECT_NE(IsForPeople(std::string(row.rpc)), by_a_service) << row.identity << " " << row.rpc;
  }
}

TEST(Peers, StrangersAndUnknownRpcsAreRefused) {
  for (const std::string_view identity :
       {"", "pepctl", "spiffe://pepline/", "spiffe://pepline/stranger", "spiffe://other/pepctl",
        "spiffe://pepline/pepctl/", "SPIFFE://PEPLINE/PEPCTL"}) {
    for (const std::string& rpc : AllRpcs()) EXPECT_FALSE(PeerMayCall(identity, rpc)) << identity;
  }
  const std::string_view pepctl = *IdentityOf("pepctl");
  EXPECT_FALSE(PeerMayCall(pepctl, ""));
  EXPECT_FALSE(PeerMayCall(pepctl, "pepline.registry.v1.RegistryService/"));
  EXPECT_FALSE(PeerMayCall(pepctl, "pepline.registry.v1.RegistryService/EraseEverything"));
  EXPECT_FALSE(IdentityOf("stranger").has_value());
}

}  // namespace
}  // namespace pepline
