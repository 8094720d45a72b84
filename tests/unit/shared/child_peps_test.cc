// Which PEPs a child has, from scheduling's events alone.
#include "shared/projections/child_peps.h"

#include <gtest/gtest.h>

#include <string>

#include "shared/store/memory_store.h"

namespace pepline {
namespace {

scheduling::v1::SchedulingEvent Event(const std::string& pep, std::uint64_t version) {
  scheduling::v1::SchedulingEvent event;
  event.mutable_header()->set_aggregate_id("scheduling/plan/chd-1");
  event.mutable_header()->set_aggregate_version(version);
  event.mutable_pep()->set_child_id("chd-1");
  event.mutable_pep()->set_pep_id(pep);
  return event;
}
scheduling::v1::SchedulingEvent Opened(const std::string& pep, std::uint64_t version) {
  scheduling::v1::SchedulingEvent event = Event(pep, version);
  event.mutable_pep_cycle_opened();
  return event;
}

TEST(ChildPeps, AreAllUpToTheNewestThatOpened) {
  MemoryStore store;
  ChildPeps peps(store);
  EXPECT_EQ(peps.NewestOf(ChildId("chd-1")).value_or(-1), 0);
  EXPECT_TRUE(peps.Receive(Opened("chd-1.1", 1)).ok());
  EXPECT_TRUE(peps.Receive(Opened("chd-1.2", 9)).ok());
  EXPECT_TRUE(peps.Receive(Opened("chd-1.1", 1)).ok()) << "the same again";
  scheduling::v1::SchedulingEvent closed = Event("chd-1.2", 10);
  closed.mutable_pep_cycle_closed();
  EXPECT_TRUE(peps.Receive(closed).ok());
  EXPECT_EQ(ChildPeps(store).NewestOf(ChildId("chd-1")).value_or(-1), 2);
  EXPECT_EQ(peps.NewestOf(ChildId("chd-2")).value_or(-1), 0);
}

TEST(ChildPeps, AnEventThatNamesNoPepOfTheChildIsNotReadable) {
  MemoryStore store;
  ChildPeps peps(store);
  for (const char* pep : {"", "chd-2.1", "chd-1", "chd-1.x"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(peps.Receive(Opened(pep, 1)))) << pep;
  }
}

}  // namespace
}  // namespace pepline
