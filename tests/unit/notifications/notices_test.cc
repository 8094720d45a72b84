// What other services say of a child, and the notices that follow from it.
#include "services/notifications/notices.h"

#include <memory>
#include <string>
#include <vector>

#include "services/notifications/metrics.h"
#include "services/notifications/storage/conversions.h"
#include "shared/store/memory_store.h"
#include "tests/unit/notifications/alert_story.h"

namespace pepline::notifications {
namespace {

using enum RecipientRole;
using registry::v1::RegistryEvent;
using scheduling::v1::SchedulingEvent;
using testing::ElementsAre;
using testing::IsEmpty;

class NoticesTest : public testing::Test {
 protected:
  RegistryEvent OfTheChild() {
    RegistryEvent event;
    event.mutable_header()->set_aggregate_id("registry/child/" + std::string(kChild));
    event.mutable_header()->set_aggregate_version(++version_);
    *event.mutable_header()->mutable_occurred_at() = ToTimestamp(clock_.Now());
    return event;
  }
  void InCare() {
    RegistryEvent event = OfTheChild();
    event.mutable_child_became_looked_after()->set_child_id(kChild);
    event.mutable_child_became_looked_after()->set_authority_code(kAuthority);
    Heard(event);
  }
  RegistryEvent Enrolled(const std::string& on) {
    RegistryEvent event = OfTheChild();
    event.mutable_child_enrolled()->set_child_id(kChild);
    event.mutable_child_enrolled()->set_school_urn(kSchool);
    event.mutable_child_enrolled()->set_enrolled_on(on);
    return event;
  }
  RegistryEvent Moved(const std::string& on) {
    RegistryEvent event = OfTheChild();
    event.mutable_child_moved_school()->set_child_id(kChild);
    event.mutable_child_moved_school()->set_from_school_urn(kSchool);
    event.mutable_child_moved_school()->set_to_school_urn(kOtherSchool);
    event.mutable_child_moved_school()->set_moved_on(on);
    return event;
  }
  RegistryEvent Ceased(const std::string& on) {
    RegistryEvent event = OfTheChild();
    event.mutable_child_ceased_to_be_looked_after()->set_child_id(kChild);
    event.mutable_child_ceased_to_be_looked_after()->set_ceased_on(on);
    return event;
  }
  static SchedulingEvent OfThePep(absl::Time at) {
    SchedulingEvent event;
    event.mutable_header()->set_aggregate_id("scheduling/plan/" + std::string(kChild));
    event.mutable_header()->set_aggregate_version(1);
    *event.mutable_header()->mutable_occurred_at() = ToTimestamp(at);
    event.mutable_pep()->set_child_id(kChild);
    event.mutable_pep()->set_pep_id(std::string(kChild) + ".1");
    event.mutable_pep()->set_school_urn(kSchool);
    event.mutable_pep()->set_authority_code(kAuthority);
    return event;
  }
  static SchedulingEvent Opened(absl::Time at) {
    SchedulingEvent event = OfThePep(at);
    event.mutable_pep_cycle_opened()->set_opened_on("2025-09-03");
    return event;
  }
  void Adopt(const std::string& kind, std::vector<common::v1::RecipientRole> recipients) {
    RegistryEvent event;
    event.mutable_header()->set_aggregate_id("registry/policy/" + std::string(kAuthority));
    event.mutable_header()->set_aggregate_version(++profiles_);
    auto& profile = *event.mutable_policy_profile_adopted()->mutable_profile();
    profile.set_authority_code(kAuthority);
    auto& rule = *profile.add_notices();
    rule.set_kind(kind);
    rule.set_disabled(recipients.empty());
    for (const auto role : recipients) rule.add_recipients(role);
    Heard(event);
  }
  void Heard(const RegistryEvent& event) { EXPECT_TRUE(children_.Receive(event).ok()); }

  template <class Event>
  std::vector<GiveNotice> NoticesOf(const Event& event) {
    if constexpr (std::is_same_v<Event, RegistryEvent>) Heard(event);
    auto notices = notices_.Of(event);
    EXPECT_TRUE(notices.ok()) << notices.status();
    return notices.value_or(std::vector<GiveNotice>());
  }
  template <class Event>
  std::vector<std::string> IdsOf(const Event& event) {
    std::vector<std::string> ids;
    for (const GiveNotice& notice : NoticesOf(event)) ids.push_back(notice.reference.alert.text());
    return ids;
  }
  double Counted(std::string_view kind, std::string_view outcome) {
    return metrics_.Value("pepline_notifications_notices_total",
                          {{"kind", kind}, {"outcome", outcome}});
  }

  MemoryStore store_;
  FakeClock clock_{At("2025-09-03 09:00")};
  Metrics metrics_{NotificationsMetrics()};
  KnownChildren children_{store_, clock_};
  Notices notices_{store_, clock_, children_, metrics_};
  std::uint64_t version_ = 0;
  std::uint64_t profiles_ = 0;
};

TEST_F(NoticesTest, AMeetingThatTheNewSchoolHasToConfirmIsNewsToBothSchools) {
  SchedulingEvent event = OfThePep(clock_.Now());
  auto& moved = *event.mutable_pep_transferred_to_school();
  moved.set_from_school_urn(kSchool);
  moved.set_to_school_urn(kOtherSchool);
  EXPECT_THAT(NoticesOf(event), IsEmpty()) << "no meeting is set";
  *moved.mutable_meeting_to_confirm() = ToTimestamp(At("2025-09-25 14:00"));
  const auto notices = NoticesOf(event);
  ASSERT_EQ(notices.size(), 2u);
  EXPECT_EQ(notices[0].reference.rule_id, "meeting-passed-on");
  EXPECT_EQ(notices[0].reference.school, SchoolUrn(kSchool));
  EXPECT_EQ(notices[1].reference.rule_id, "meeting-to-confirm");
  EXPECT_EQ(notices[1].reference.school, SchoolUrn(kOtherSchool));
  for (const GiveNotice& notice : notices) {
    EXPECT_EQ(notice.happened_at, At("2025-09-25 00:00"));
    EXPECT_THAT(notice.recipients, ElementsAre(kDesignatedTeacher));
  }
}

TEST_F(NoticesTest, AMeetingThatIsPutOffAgainIsNewsToTheVirtualSchool) {
  SchedulingEvent moved = OfThePep(clock_.Now());
  auto& rescheduled = *moved.mutable_pep_meeting_rescheduled();
  *rescheduled.mutable_old_meeting_at() = ToTimestamp(At("2025-09-25 14:00"));
  SchedulingEvent off = OfThePep(clock_.Now());
  auto& cancelled = *off.mutable_pep_meeting_cancelled();
  *cancelled.mutable_cancelled_meeting_at() = ToTimestamp(At("2025-09-25 14:00"));
  EXPECT_THAT(NoticesOf(moved), IsEmpty());
  EXPECT_THAT(NoticesOf(off), IsEmpty());
  rescheduled.set_put_off_again(true);
  cancelled.set_put_off_again(true);
  for (const SchedulingEvent& event : {moved, off}) {
    const auto notices = NoticesOf(event);
    ASSERT_EQ(notices.size(), 1u);
    EXPECT_EQ(notices[0].reference.rule_id, "meeting-put-off-again");
    EXPECT_EQ(notices[0].happened_at, At("2025-09-25 00:00"));
    EXPECT_THAT(notices[0].recipients, ElementsAre(kVirtualSchoolCaseworker));
  }
}

TEST_F(NoticesTest, AMeetingOutOfTheOrdinaryIsNewsToTheVirtualSchool) {
  SchedulingEvent event = OfThePep(clock_.Now());
  auto& held = *event.mutable_pep_meeting_held();
  held.set_held_on("2025-09-02");
  EXPECT_THAT(NoticesOf(event), IsEmpty());
  held.add_irregularities(scheduling::v1::MEETING_IRREGULARITY_OTHER_CHAIR);
  const auto notices = NoticesOf(event);
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].reference.rule_id, "meeting-not-in-order");
  EXPECT_EQ(notices[0].happened_at, At("2025-09-02 00:00"));
  EXPECT_THAT(notices[0].recipients, ElementsAre(kVirtualSchoolCaseworker));
}

TEST_F(NoticesTest, ThatAYoungPersonIsEighteenIsNewsToTheVirtualSchoolAndTheSocialWorker) {
  SchedulingEvent event = OfThePep(clock_.Now());
  event.mutable_pep_age_ended()->set_adult_on("2025-09-01");
  const auto notices = NoticesOf(event);
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].reference.rule_id, "care-end-to-record");
  EXPECT_EQ(notices[0].happened_at, At("2025-09-01 00:00"));
  EXPECT_THAT(notices[0].recipients, ElementsAre(kVirtualSchoolCaseworker, kSocialWorker));
}

TEST_F(NoticesTest, APepThatOpensIsNewsToTheDesignatedTeacherAndTheSocialWorker) {
  const auto notices = NoticesOf(Opened(clock_.Now()));
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].reference,
            (AlertReference{AlertId("chd-abcdefghij0123456789.pep-opened.1"), "pep-opened",
                            ChildId(kChild), PepId(std::string(kChild) + ".1"), SchoolUrn(kSchool),
                            AuthorityCode(kAuthority)}));
  EXPECT_EQ(notices[0].happened_at, At("2025-09-03 00:00"));
  EXPECT_THAT(notices[0].recipients, ElementsAre(kDesignatedTeacher, kSocialWorker));
}

TEST_F(NoticesTest, AMoveIsNewsToTheOldSchoolAndToTheNewOne) {
  InCare();
  Heard(Enrolled("2019-03-01"));
  const auto notices = NoticesOf(Moved("2025-09-01"));
  ASSERT_EQ(notices.size(), 2u);
  EXPECT_EQ(notices[0].reference.rule_id, "child-gone");
  EXPECT_EQ(notices[0].reference.school, SchoolUrn(kSchool));
  EXPECT_THAT(notices[0].recipients, ElementsAre(kDesignatedTeacher));
  EXPECT_EQ(notices[1].reference.rule_id, "child-coming");
  EXPECT_EQ(notices[1].reference.school, SchoolUrn(kOtherSchool));
  EXPECT_THAT(notices[1].recipients, ElementsAre(kDesignatedTeacher));
}

TEST_F(NoticesTest, AChildWhoIsEnrolledIsNewsToTheSchoolUnlessThereForLong) {
  InCare();
  EXPECT_THAT(IdsOf(Enrolled("2025-09-02")),
              ElementsAre("chd-abcdefghij0123456789.child-coming.2"));
  EXPECT_THAT(IdsOf(Enrolled("2022-09-01")), IsEmpty());
  EXPECT_EQ(Counted("child-coming", "too-old"), 1);
}

TEST_F(NoticesTest, TheEndOfCareIsNewsToTheDesignatedTeacherAndTheVirtualSchool) {
  InCare();
  Heard(Enrolled("2019-03-01"));
  const auto notices = NoticesOf(Ceased("2025-09-02"));
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].reference.rule_id, "care-ceased");
  EXPECT_EQ(notices[0].reference.school, SchoolUrn(kSchool));
  EXPECT_EQ(notices[0].reference.authority, AuthorityCode(kAuthority));
  EXPECT_THAT(notices[0].recipients, ElementsAre(kDesignatedTeacher, kVirtualSchoolCaseworker));
}

TEST_F(NoticesTest, AChildWhomNobodyLooksAfterIsNoNews) {
  EXPECT_THAT(IdsOf(Enrolled("2025-09-02")), IsEmpty());
  EXPECT_THAT(IdsOf(Moved("2025-09-02")), IsEmpty());
  InCare();
  Heard(Ceased("2025-09-02"));
  EXPECT_THAT(IdsOf(Moved("2025-09-03")), IsEmpty());
}

TEST_F(NoticesTest, TheSameEventGivesTheSameNotice) {
  InCare();
  const RegistryEvent moved = Moved("2025-09-01");
  const auto ids = IdsOf(moved);
  EXPECT_EQ(ids.size(), 2u);
  EXPECT_EQ(IdsOf(moved), ids);
  EXPECT_NE(IdsOf(Moved("2025-09-01")), ids) << "another event is other news";
}

TEST_F(NoticesTest, OldTopicsGiveNoNoticesAndAreCounted) {
  InCare();
  const RegistryEvent moved = Moved("2025-09-01");
  const SchedulingEvent opened = Opened(clock_.Now());
  clock_.Set(clock_.Now() + absl::Hours(7 * 24) + absl::Seconds(1));
  EXPECT_THAT(IdsOf(moved), IsEmpty());
  EXPECT_THAT(IdsOf(opened), IsEmpty());
  for (const char* kind : {"child-gone", "child-coming", "pep-opened"}) {
    EXPECT_EQ(Counted(kind, "too-old"), 1) << kind;
  }
}

TEST_F(NoticesTest, TheProfileSaysWhoIsToldAndSwitchesKindsOff) {
  Adopt("pep-opened", {common::v1::RECIPIENT_ROLE_HEADTEACHER});
  EXPECT_THAT(NoticesOf(Opened(clock_.Now())).at(0).recipients, ElementsAre(kHeadteacher));
  Adopt("pep-opened", {});
  EXPECT_THAT(IdsOf(Opened(clock_.Now())), IsEmpty());
  EXPECT_EQ(Counted("pep-opened", "disabled"), 1);
  Adopt("care-ceased", {});
  EXPECT_THAT(NoticesOf(Opened(clock_.Now())).at(0).recipients,
              ElementsAre(kDesignatedTeacher, kSocialWorker))
      << "the default";
}

TEST_F(NoticesTest, ARoleOfALaterVersionAloneLeavesTheDefault) {
  Adopt("pep-opened", {static_cast<common::v1::RecipientRole>(99)});
  EXPECT_THAT(NoticesOf(Opened(clock_.Now())).at(0).recipients,
              ElementsAre(kDesignatedTeacher, kSocialWorker));
}

TEST_F(NoticesTest, AnEventWithoutADayOrAChildIsNotReadable) {
  InCare();
  EXPECT_TRUE(absl::IsInvalidArgument(notices_.Of(Enrolled("soon")).status()));
  SchedulingEvent opened = Opened(clock_.Now());
  opened.mutable_pep()->set_child_id("a.b");
  EXPECT_TRUE(absl::IsInvalidArgument(notices_.Of(opened).status()));
}

}  // namespace
}  // namespace pepline::notifications
