#include "tests/component/support/refusal_of.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "pepline/common/v1/refusal.pb.h"

namespace pepline {
namespace {

template <class Detail>
Detail DetailOf(const grpc::Status& status) {
  common::v1::RpcStatus details;
  Detail detail;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  for (const auto& any : details.details()) {
    if (absl::EndsWith(any.type_url(), absl::StrCat(".", Detail::descriptor()->name()))) {
      EXPECT_TRUE(detail.ParseFromString(any.value()));
    }
  }
  return detail;
}

}  // namespace

std::string ReasonOf(const grpc::Status& status, std::string_view service) {
  const auto info = DetailOf<common::v1::ErrorInfo>(status);
  EXPECT_EQ(info.domain(), std::string(service) + ".pepline") << status.error_message();
  return info.reason();
}

std::string FieldOf(const grpc::Status& status) {
  const auto bad = DetailOf<common::v1::BadRequest>(status);
  return bad.field_violations().empty() ? "" : bad.field_violations(0).field();
}

std::string DetailsOf(const grpc::Status& status) {
  common::v1::RpcStatus details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  auto* all = details.mutable_details();
  all->erase(std::remove_if(
                 all->begin(), all->end(),
                 [](const auto& any) { return absl::EndsWith(any.type_url(), ".RequestInfo"); }),
             all->end());
  return details.SerializeAsString();
}

}  // namespace pepline
