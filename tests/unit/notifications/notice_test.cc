// News of a child: given once, told like an alert's level, waiting for nothing.
#include "services/notifications/domain/notice.h"

#include "tests/unit/notifications/alert_story.h"

namespace pepline::notifications {
namespace {

using enum RecipientRole;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

const IndexEntry kNotices{"notices", "alerts"};
const IndexEntry kUndelivered{"untold", "alerts"};

Story Given(NoticeKind kind = NoticeKind::kPepOpened,
            std::vector<RecipientRole> recipients = {kDesignatedTeacher, kSocialWorker}) {
  Story story("2025-09-03 09:00");
  return story.Done(UsualNotice(kind, std::move(recipients)));
}

std::vector<RecipientRole> WaitingFor(const Story& story) {
  std::vector<RecipientRole> roles;
  for (const PendingDelivery& pending : story.state.Waiting()) roles.push_back(pending.role);
  return roles;
}

TEST(Notice, IsToldAtOnceToEachOfItsRoles) {
  const Story story = Given();
  EXPECT_THAT(WaitingFor(story), ElementsAre(kDesignatedTeacher, kSocialWorker));
  EXPECT_EQ(story.state.instants.due_at, At("2025-09-03 00:00"));
  EXPECT_EQ(story.state.Waiting()[0].since, At("2025-09-03 09:00"));
}

TEST(Notice, IsGivenOnceHoweverOftenItsNewsComes) {
  Story story = Given();
  story.DeliverAll();
  const AlertState told = story.state;
  story.Done(UsualNotice(NoticeKind::kPepOpened, {kDesignatedTeacher, kHeadteacher}));
  EXPECT_EQ(story.state, told);
  EXPECT_THAT(story.All<NoticeGiven>(), SizeIs(1));
}

TEST(Notice, IsNeverOpenAndNeverEscalates) {
  Story story = Given();
  EXPECT_FALSE(story.state.IsOpen());
  story.DeliverAll();
  EXPECT_EQ(Alert::NextWake(story.state, story.facts), std::nullopt);
  story.Until("2026-09-03 09:00");
  EXPECT_THAT(story.Levels(), IsEmpty());
  EXPECT_THAT(story.All<AlertResolved>(), IsEmpty());
}

TEST(Notice, IsTriedAgainWhileSomebodyWaits) {
  const Story story = Given();
  EXPECT_EQ(Alert::NextWake(story.state, story.facts), At("2025-09-03 09:00") + kShortestRetry);
}

TEST(Notice, HasAListOfItsOwnAndIsInThatOfTheUndeliveredWhileSomebodyWaits) {
  Story story = Given();
  EXPECT_THAT(Alert::Index(story.state), UnorderedElementsAre(kNotices, kUndelivered));
  story.DeliverAll();
  EXPECT_THAT(Alert::Index(story.state), ElementsAre(kNotices));
}

TEST(Notice, GoesToTheDeputyInPlaceOfATeacherWhomNobodyReaches) {
  Story story = Given(NoticeKind::kChildGone, {kDesignatedTeacher});
  story.Done(RecordDeliveries{1, 0, kDesignatedTeacher, {}, true});
  const auto waiting = story.state.Waiting();
  ASSERT_THAT(waiting, SizeIs(1));
  EXPECT_EQ(waiting[0].role, kDeputyDesignatedTeacher);
  EXPECT_EQ(waiting[0].instead_of, kDesignatedTeacher);
}

TEST(Notice, OfAChildOnNoRollGoesToTheVirtualSchoolAndTheSocialWorker) {
  GiveNotice notice = UsualNotice(NoticeKind::kCareCeased, {kDesignatedTeacher});
  notice.reference.school = SchoolUrn();
  Story story("2025-09-03 09:00");
  story.Done(notice);
  EXPECT_THAT(WaitingFor(story), ElementsAre(kVirtualSchoolCaseworker, kSocialWorker));
}

TEST(Notice, IsToldAgainToWhomItWasGivenUpAndNotAcknowledged) {
  Story story = Given(NoticeKind::kPepOpened, {kDesignatedTeacher});
  story.Done(RecordDeliveries{
      1,
      0,
      kDesignatedTeacher,
      {{StaffId(kTeacher), std::nullopt, FailureCause::kAddressRefused, absl::Time()}},
      true});
  story.DeliverAll();
  EXPECT_THAT(story.state.GivenUp(), SizeIs(1));
  story.Done(RedeliverFailed{});
  EXPECT_THAT(WaitingFor(story), ElementsAre(kDesignatedTeacher));
  EXPECT_EQ(story.Refused(AcknowledgeAlert{kDesignatedTeacher}), alert_refusals::kAlreadyResolved);
}

News NewsOf(NoticeKind kind, absl::CivilDay day, bool is_move = false) {
  return {kind, ChildId(kChild), PepId(), SchoolUrn(kSchool), AuthorityCode(kAuthority),
          day,  is_move};
}

NewsFacts FactsOf(std::string_view emitted_at) {
  return {At("2025-09-10 09:00"), London(), At(emitted_at), 17, true, {kDesignatedTeacher}};
}

bool IsOld(const News& news, std::string_view emitted_at) {
  const auto notice = NoticeFrom(news, FactsOf(emitted_at));
  const auto* why = std::get_if<NoNotice>(&notice);
  EXPECT_TRUE(why == nullptr || *why == NoNotice::kTooOld);
  return why != nullptr;
}

TEST(Notice, IsOldOnceAWeekHasPassedSinceItsNewsWasSaid) {
  const absl::CivilDay day(2025, 9, 10);
  for (const CataloguedNotice& notice : kNoticeCatalogue) {
    EXPECT_FALSE(IsOld(NewsOf(notice.kind, day), "2025-09-03 09:00")) << notice.id;
    EXPECT_TRUE(IsOld(NewsOf(notice.kind, day), "2025-09-03 08:59")) << notice.id;
  }
}

TEST(Notice, ThatAChildComesIsOldWhereTheChildHasBeenThereForLongAndNewAfterAMove) {
  const auto coming = [](absl::CivilDay day, bool is_move) {
    return IsOld(NewsOf(NoticeKind::kChildComing, day, is_move), "2025-09-10 08:00");
  };
  EXPECT_FALSE(coming(absl::CivilDay(2025, 9, 3), false));
  EXPECT_TRUE(coming(absl::CivilDay(2025, 9, 2), false)) << "put on record with its old school";
  EXPECT_FALSE(coming(absl::CivilDay(2025, 6, 1), true)) << "a late record of a move is news";
  EXPECT_FALSE(coming(absl::CivilDay(2026, 1, 5), false)) << "the child is still to come";
}

TEST(Notice, ThatCareCeasedIsOldOnceAccessHasEnded) {
  const auto ceased = [](absl::CivilDay day) {
    return IsOld(NewsOf(NoticeKind::kCareCeased, day), "2025-09-10 08:00");
  };
  EXPECT_FALSE(ceased(absl::CivilDay(2025, 6, 10)));
  EXPECT_TRUE(ceased(absl::CivilDay(2025, 6, 9)));
}

TEST(Notice, IsMadeOfNoChildWhomNobodyLooksAfterAndOfNoKindThatIsSwitchedOff) {
  const News gone = NewsOf(NoticeKind::kChildGone, absl::CivilDay(2025, 9, 10));
  NewsFacts facts = FactsOf("2025-09-10 08:00");
  facts.recipients.clear();
  EXPECT_EQ(std::get<NoNotice>(NoticeFrom(gone, facts)), NoNotice::kDisabled);
  facts.looked_after = false;
  EXPECT_EQ(std::get<NoNotice>(NoticeFrom(gone, facts)), NoNotice::kNoNews);
  News nobodys = NewsOf(NoticeKind::kCareCeased, absl::CivilDay(2025, 9, 10));
  nobodys.authority = AuthorityCode();
  EXPECT_EQ(std::get<NoNotice>(NoticeFrom(nobodys, facts)), NoNotice::kNoNews);
}

TEST(Notice, AnAlertOfAPepThatStaysWithASchoolIsThatSchoolsWhileItIsOpen) {
  Story story("2025-10-21 00:00");
  AlertReference reference = UsualReference();
  reference.stays_with_school = true;
  story.Done(RaiseMissedDeadline{reference, UsualInstants()});
  const Resource elsewhere{AuthorityCode(kAuthority), SchoolUrn(kOtherSchool)};
  EXPECT_EQ(OwnersOf(story.state, elsewhere).school, SchoolUrn(kSchool));
  story.Met(true);
  EXPECT_EQ(OwnersOf(story.state, elsewhere).school, SchoolUrn(kOtherSchool));
}

TEST(Notice, IsForTheSchoolThatItIsAboutAlone) {
  const AlertState gone = Given(NoticeKind::kChildGone, {kDesignatedTeacher}).state;
  const Resource here{AuthorityCode(kAuthority), SchoolUrn(kSchool)};
  const Resource elsewhere{AuthorityCode(kAuthority), SchoolUrn(kOtherSchool)};
  EXPECT_EQ(OwnersOf(gone, here).school, SchoolUrn(kSchool));
  EXPECT_TRUE(OwnersOf(gone, elsewhere).school.empty());
  EXPECT_EQ(OwnersOf(gone, elsewhere).authority, AuthorityCode(kAuthority));
  Story alert("2025-10-21 00:00");
  alert.Missed();
  EXPECT_EQ(OwnersOf(alert.state, elsewhere).school, SchoolUrn(kOtherSchool));
}

TEST(Notice, IsKnownByItsId) {
  const News news = NewsOf(NoticeKind::kChildGone, absl::CivilDay(2025, 9, 3));
  const auto notice = std::get<GiveNotice>(NoticeFrom(news, FactsOf("2025-09-10 08:00")));
  const AlertId id = notice.reference.alert;
  EXPECT_EQ(id, AlertId("chd-abcdefghij0123456789.child-gone.17"));
  EXPECT_EQ(NoticeOf(id), &InCatalogue(NoticeKind::kChildGone));
  EXPECT_EQ(NoticeOf(UsualReference().alert), nullptr);
  EXPECT_EQ(NoticeOf(UsualVacancy().reference.alert), nullptr);
  EXPECT_EQ(NoticeOf(AlertId("chd-a.pep-open")), nullptr);
  for (const CataloguedRule& rule : kRuleCatalogue) EXPECT_EQ(FindNotice(rule.id), nullptr);
}

}  // namespace
}  // namespace pepline::notifications
