// Where a child's PEP stands, as scheduling says it.
#include "services/assessments/storage/peps.h"

#include <gtest/gtest.h>

#include "shared/store/memory_store.h"

namespace pepline::assessments {
namespace {

scheduling::v1::SchedulingEvent Opened(const std::string& child, const std::string& pep) {
  scheduling::v1::SchedulingEvent event;
  event.mutable_header()->set_aggregate_id("scheduling/plan/" + child);
  event.mutable_header()->set_aggregate_version(1);
  event.mutable_pep()->set_child_id(child);
  event.mutable_pep()->set_pep_id(pep);
  event.mutable_pep_cycle_opened()->set_academic_year("2025-26");
  return event;
}

TEST(PepsTest, APepOfAnotherChildIsNotReadable) {
  MemoryStore store;
  Peps peps(store);
  for (const char* pep : {"chd-1.2", "chd-21.2", "chd-2"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(peps.Receive(Opened("chd-2", pep)).status())) << pep;
  }
  EXPECT_EQ(*peps.Find(ChildId("chd-2")), std::nullopt) << "nothing is kept of it";
  EXPECT_TRUE(*peps.Receive(Opened("chd-2", "chd-2.1")));
  EXPECT_EQ((*peps.Find(ChildId("chd-2")))->id, PepId("chd-2.1"));
}

}  // namespace
}  // namespace pepline::assessments
