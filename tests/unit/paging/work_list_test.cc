// A page of a work-list: what is on it, in which order, and that pages lose and double nothing.
#include "shared/rpc/work_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "pepline/scheduling/v1/scheduling_service.pb.h"
#include "shared/store/memory_store.h"
#include "tests/support/london.h"

namespace pepline {
namespace {

using scheduling::v1::ListWorkRequest;
using scheduling::v1::ListWorkResponse;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

const Resource kOurs = {AuthorityCode("931"), SchoolUrn("123240")};

Call By(Role role, const char* authority, std::set<SchoolUrn> schools = {}) {
  return {.rpc = "pepline.scheduling.v1.SchedulingService/ListWork",
          .actor = {.subject = "stf-1",
                    .role = role,
                    .authority = AuthorityCode(authority),
                    .schools = std::move(schools)},
          .traceparent = ""};
}

Work Due(const char* child, std::string_view at, WorkStep step = WorkStep::kFinaliseEpep) {
  Work work{.step = step, .child = ChildId(child)};
  work.pep = PepId(absl::StrCat(child, ".1"));
  work.due_at = At(at);
  work.who = {Role::kVirtualSchool, Role::kDesignatedTeacher};
  return work;
}
Work Waiting(const char* child, std::string_view since) {
  Work work = Due(child, since);
  work.waiting_since = *work.due_at;
  work.due_at.reset();
  return work;
}

class WorkListTest : public testing::Test {
 protected:
  // Opened at the time of now_; a failure where the request is not taken.
  WorkList Open(const Call& call, const ListWorkRequest& request) {
    Violations violations;
    auto list = WorkList::Read(store_, call, request, now_, violations);
    EXPECT_TRUE(list.ok()) << list.status();
    EXPECT_THAT(violations, IsEmpty());
    return *std::move(list);
  }
  ListWorkResponse Page(const std::vector<Work>& offered, const Call& call,
                        const ListWorkRequest& request = {}, const Resource& whose = kOurs) {
    WorkList list = Open(call, request);
    for (const Work& work : offered) list.Offer(whose, work);
    ListWorkResponse response;
    EXPECT_TRUE(list.Finish(response).ok());
    return response;
  }
  std::vector<std::string> Children(const std::vector<Work>& offered, const Call& call,
                                    const ListWorkRequest& request = {},
                                    const Resource& whose = kOurs) {
    std::vector<std::string> children;
    const ListWorkResponse page = Page(offered, call, request, whose);
    for (const auto& item : page.items()) children.push_back(item.child_id());
    return children;
  }
  std::vector<std::string> FieldsAtFault(int within_days) {
    ListWorkRequest request;
    request.set_within_days(within_days);
    Violations violations;
    EXPECT_TRUE(WorkList::Read(store_, virtual_school_, request, now_, violations).ok());
    std::vector<std::string> fields;
    for (const auto& violation : violations) {
      fields.push_back(absl::StrCat(violation.field, ": ", violation.description));
    }
    return fields;
  }

  MemoryStore store_;
  absl::Time now_ = At("2025-10-01 09:00");
  const Call virtual_school_ = By(Role::kVirtualSchool, "931");
};

TEST_F(WorkListTest, TheFirstDueComesFirstAndWhatHasNoDayLastByHowLongItWaits) {
  const std::vector<Work> offered = {
      Due("chd-c", "2025-10-10 23:59:59"),  Due("chd-a", "2025-10-10 23:59:59"),
      Due("chd-l", "2025-09-20 23:59:59"),  Waiting("chd-y", "2025-09-26 10:00"),
      Waiting("chd-w", "2025-08-25 10:00"), Due("chd-t", "2025-10-01 23:59:59")};
  const ListWorkResponse page = Page(offered, virtual_school_);
  EXPECT_THAT(Children(offered, virtual_school_),
              ElementsAre("chd-l", "chd-t", "chd-a", "chd-c", "chd-w", "chd-y"));
  EXPECT_TRUE(page.items(0).late());
  EXPECT_FALSE(page.items(1).late()) << "today is not over";
  EXPECT_FALSE(page.items(4).has_due_at());
  EXPECT_FALSE(page.items(4).late());
  EXPECT_EQ(page.items(1).school_urn(), "123240");
  EXPECT_EQ(page.items(1).authority_code(), "931");
  EXPECT_EQ(page.items(1).step(), common::v1::WORK_STEP_FINALISE_EPEP);
  EXPECT_THAT(page.items(1).roles(),
              ElementsAre(common::v1::ROLE_VIRTUAL_SCHOOL, common::v1::ROLE_DESIGNATED_TEACHER));
  EXPECT_EQ(page.next_page_token(), "");
}

TEST_F(WorkListTest, AnItemIsLateFromTheSecondAfterItsInstantOrWhereTheRulesSaySo) {
  now_ = At("2025-10-01 23:59:59");
  EXPECT_FALSE(Page({Due("chd-a", "2025-10-01 23:59:59")}, virtual_school_).items(0).late());
  now_ += absl::Seconds(1);
  EXPECT_TRUE(Page({Due("chd-a", "2025-10-01 23:59:59")}, virtual_school_).items(0).late());
  Work said = Due("chd-a", "2025-12-01 23:59:59");
  said.late = true;
  EXPECT_TRUE(Page({said}, virtual_school_).items(0).late()) << "and it is listed";
}

TEST_F(WorkListTest, PagesLoseAndDoubleNothingWhateverTheirSizeAndTheOrderOfWhatIsOffered) {
  std::vector<Work> offered;
  std::vector<std::string> all;
  for (int i = 0; i < 40; ++i) {
    // Four at each time: two children with two steps each.
    const std::string child = absl::StrCat("chd-", i / 4, i % 2);
    const auto step = i % 4 < 2 ? WorkStep::kReturnSdq : WorkStep::kFinaliseEpep;
    offered.push_back(Due(child.c_str(), "2025-10-02 10:00", step));
    offered.back().due_at = *offered.back().due_at + absl::Minutes(i / 8);
  }
  // Two that differ in their records alone, as the last SDQs of one PEP may.
  for (const char* record : {"chd-x.1.pep.self", "chd-x.1.pep.carer"}) {
    offered.push_back(Waiting("chd-x", "2025-10-02 10:01"));
    offered.back().record = record;
  }
  const auto key = [](const common::v1::WorkItem& item) {
    return absl::StrCat(item.child_id(), " ", static_cast<int>(item.step()), " ", item.record_id());
  };
  const ListWorkResponse whole = Page(offered, virtual_school_);
  for (const auto& item : whole.items()) all.push_back(key(item));
  ASSERT_EQ(all.size(), 42u);
  EXPECT_TRUE(std::ranges::is_sorted(whole.items(), {}, WorkOrder));
  std::mt19937 dice(7);
  for (const int size : {1, 2, 3, 7, 41, 42, 43}) {
    ListWorkRequest request;
    request.set_page_size(size);
    std::vector<std::string> got;
    do {
      std::ranges::shuffle(offered, dice);
      const ListWorkResponse page = Page(offered, virtual_school_, request);
      EXPECT_LE(page.items_size(), size);
      EXPECT_TRUE(page.items_size() == size || page.next_page_token().empty());
      for (const auto& item : page.items()) got.push_back(key(item));
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty() && got.size() < 100);
    EXPECT_THAT(got, ElementsAreArray(all)) << "pages of " << size;
  }
}

TEST_F(WorkListTest, WhatIsDoneBetweenTwoPagesIsOnNoLaterOne) {
  ListWorkRequest request;
  request.set_page_size(1);
  const Work first = Due("chd-a", "2025-10-02 10:00");
  const Work second = Due("chd-b", "2025-10-02 10:00");
  const Work third = Due("chd-c", "2025-10-02 10:00");
  request.set_page_token(Page({first, second, third}, virtual_school_, request).next_page_token());
  EXPECT_THAT(Children({third}, virtual_school_, request), ElementsAre("chd-c"))
      << "the first page's last item is done too, and the place is known all the same";
}

TEST_F(WorkListTest, WhatIsDueWithinTheDaysIsListedToTheEndOfTheLastOfThemInLondon) {
  const std::vector<Work> offered = {Due("chd-a", "2025-10-15 23:59:59"),
                                     Due("chd-b", "2025-10-16 00:00:00")};
  EXPECT_THAT(Children(offered, virtual_school_), ElementsAre("chd-a")) << "14 days";
  ListWorkRequest request;
  request.set_within_days(15);
  EXPECT_THAT(Children(offered, virtual_school_, request), ElementsAre("chd-a", "chd-b"));
  request.set_within_days(1);
  EXPECT_THAT(Children({Due("chd-a", "2025-10-02 23:59:59"), Due("chd-b", "2025-10-03 00:00"),
                        Due("chd-l", "2025-08-01 00:00"), Waiting("chd-w", "2025-10-01 08:00")},
                       virtual_school_, request),
              ElementsAre("chd-l", "chd-a", "chd-w"));
  // The clocks go back in that night, and the day has 25 hours.
  now_ = At("2025-10-25 23:30");
  EXPECT_THAT(Children({Due("chd-a", "2025-10-26 23:59:59"), Due("chd-b", "2025-10-27 00:00")},
                       virtual_school_, request),
              ElementsAre("chd-a"));
}

TEST_F(WorkListTest, DaysOutsideOfAYearAreAFaultThatNamesThem) {
  for (const int days : {0, 1, 14, 366}) EXPECT_THAT(FieldsAtFault(days), IsEmpty()) << days;
  for (const int days : {-1, 367, 2'000'000'000, -2'000'000'000}) {
    EXPECT_THAT(FieldsAtFault(days), ElementsAre("within_days: give 1 to 366 days; 0 means 14"));
  }
}

TEST_F(WorkListTest, AnItemIsForThoseWhoReachItAndMayDoIt) {
  const std::vector<Work> offered = {Due("chd-a", "2025-10-02 10:00")};
  const Call teacher = By(Role::kDesignatedTeacher, "", {SchoolUrn("123240"), SchoolUrn("123241")});
  EXPECT_THAT(Children(offered, teacher), ElementsAre("chd-a"));
  EXPECT_THAT(Children(offered, By(Role::kSocialWorker, "931")), IsEmpty()) << "not their step";
  EXPECT_THAT(Children(offered, By(Role::kVirtualSchool, "825")), IsEmpty());
  EXPECT_THAT(Children(offered, By(Role::kDesignatedTeacher, "931", {SchoolUrn("123241")})),
              IsEmpty());
  EXPECT_THAT(Children(offered, virtual_school_, {}, Resource{}), IsEmpty()) << "nobody's";
  Resource ended = kOurs;
  ended.access_ended = true;
  EXPECT_THAT(Children(offered, teacher, {}, ended), IsEmpty());
}

TEST_F(WorkListTest, PassesTheFiltersOfTheRequest) {
  const std::vector<Work> offered = {Due("chd-a", "2025-10-02 10:00")};
  ListWorkRequest request;
  request.set_school_urn("123240");
  request.set_authority_code("931");
  EXPECT_THAT(Children(offered, virtual_school_, request), ElementsAre("chd-a"));
  request.set_school_urn("123241");
  EXPECT_THAT(Children(offered, virtual_school_, request), IsEmpty());
  request.clear_school_urn();
  request.set_authority_code("825");
  EXPECT_THAT(Children(offered, By(Role::kDesignatedTeacher, "", {SchoolUrn("123240")}), request),
              IsEmpty());
}

TEST_F(WorkListTest, SaysWhereTheCallersRecordsAre) {
  const Call teacher = By(Role::kDesignatedTeacher, "931", {SchoolUrn("1"), SchoolUrn("2")});
  ListWorkRequest of_school;
  of_school.set_school_urn("2");
  const WorkList all = Open(teacher, {});
  EXPECT_THAT(all.schools(), ElementsAre(SchoolUrn("1"), SchoolUrn("2")));
  EXPECT_EQ(all.authority(), AuthorityCode()) << "of a school, whatever the token says besides";
  EXPECT_THAT(Open(teacher, of_school).schools(), ElementsAre(SchoolUrn("2")));
  EXPECT_THAT(Open(virtual_school_, of_school).schools(), ElementsAre(SchoolUrn("2")));
  EXPECT_EQ(Open(virtual_school_, of_school).authority(), AuthorityCode("931"));
  EXPECT_THAT(Open(virtual_school_, {}).schools(), IsEmpty());
  of_school.set_school_urn("3");
  const WorkList none = Open(teacher, of_school);
  EXPECT_THAT(none.schools(), IsEmpty());
  EXPECT_TRUE(none.authority().empty()) << "a school that is not the caller's is not read";
}

TEST_F(WorkListTest, WantsWhatMayBeOnThePageAndNothingElse) {
  ListWorkRequest request;
  request.set_page_size(1);
  WorkList list = Open(virtual_school_, request);
  EXPECT_TRUE(list.Wants(Due("chd-b", "2025-10-02 10:00")));
  for (const char* child : {"chd-b", "chd-c"}) list.Offer(kOurs, Due(child, "2025-10-02 10:00"));
  EXPECT_TRUE(list.Wants(Due("chd-a", "2025-10-02 10:00")));
  EXPECT_FALSE(list.Wants(Due("chd-d", "2025-10-02 10:00"))) << "one more than a page is there";
  EXPECT_FALSE(list.Wants(Due("chd-a", "2025-12-02 10:00")));
  Work of_finance = Due("chd-a", "2025-10-02 10:00");
  of_finance.who = {Role::kFinance};
  EXPECT_FALSE(list.Wants(of_finance));
}

TEST_F(WorkListTest, WhatIsOfferedTwiceIsListedOnce) {
  const Work work = Due("chd-a", "2025-10-02 10:00");
  EXPECT_THAT(Children({work, work}, virtual_school_), ElementsAre("chd-a"));
}

}  // namespace
}  // namespace pepline
