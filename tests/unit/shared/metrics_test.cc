// What a process counts, whatever happens to it.
#include "shared/observability/metrics.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace pepline {
namespace {

TEST(Metrics, TellTheFirstSixteenReasonsToRefuseApartAndCountTheOthersTogether) {
  Metrics metrics;
  const auto refuse = [&](int reason) {
    metrics.Count("pepline_refusals_total",
                  {{"aggregate", "plan"}, {"reason", absl::StrCat("REASON_", reason)}});
  };
  const auto refused = [&](std::string_view aggregate, std::string_view reason) {
    return metrics.Value("pepline_refusals_total", {{"aggregate", aggregate}, {"reason", reason}});
  };
  for (int reason = 1; reason <= 20; ++reason) refuse(reason);
  refuse(16);
  refuse(17);
  EXPECT_EQ(refused("plan", "REASON_1"), 1);
  EXPECT_EQ(refused("plan", "REASON_16"), 2);
  EXPECT_EQ(refused("plan", "REASON_17"), 0);
  EXPECT_EQ(refused("other", "other"), 5);
}

}  // namespace
}  // namespace pepline
