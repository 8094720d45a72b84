// What an alert answers to every command in every state it can be in.
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tests/unit/notifications/alert_story.h"

namespace pepline::notifications {
namespace {

enum class Where { kNever, kReminded, kLate, kEscalated, kResolved };
constexpr std::array kEverywhere = {Where::kNever, Where::kReminded, Where::kLate,
                                    Where::kEscalated, Where::kResolved};

Story AlertIn(Where where) {
  Story story("2025-10-16 09:00");
  if (where == Where::kNever) return story.Until("2025-10-21 00:00");
  if (where == Where::kReminded) {
    // Reminded only now, so that the miss is no surprise and nothing else is due.
    return story.Reminded().DeliverAll().Until("2025-10-21 00:00");
  }
  story.Reminded().DeliverAll().Until("2025-10-21 00:00").Missed();
  if (where == Where::kLate) return story;
  story.DeliverAll().Until("2025-10-21 09:00");
  if (where == Where::kEscalated) return story;
  return story.Met(true);
}

std::string InWords(const AlertEvent& event) {
  return std::visit(
      Match{[](const AlertRaised& one) { return absl::StrCat("AlertRaised ", one.level); },
            [](const AlertEscalated& one) { return absl::StrCat("AlertEscalated ", one.level); },
            [](const AlertDelivered&) { return std::string("AlertDelivered"); },
            [](const AlertDeliveryFailed&) { return std::string("AlertDeliveryFailed"); },
            [](const AlertAcknowledged&) { return std::string("AlertAcknowledged"); },
            [](const AlertResolved& one) {
              return absl::StrCat("AlertResolved ", std::string(ResolvedName(one.cause)));
            },
            [](const AlertRedeliveryRequested&) { return std::string("AlertRedeliveryRequested"); },
            [](const AlertMoved&) { return std::string("AlertMoved"); },
            [](const NoticeGiven&) { return std::string("NoticeGiven"); },
            [](const MessageClaimed&) { return std::string("MessageClaimed"); },
            [](const MessageReleased&) { return std::string("MessageReleased"); },
            [](const DeliveryPutOff&) { return std::string("DeliveryPutOff"); },
            [](const DeliveryHeld&) { return std::string("DeliveryHeld"); }},
      event);
}

std::string AnswerOf(Story story, const AlertCommand& command) {
  auto no = story.Do(command);
  if (!no)
    return absl::StrJoin(story.latest, ", ", [](std::string* out, const AlertEvent& event) {
      absl::StrAppend(out, InWords(event));
    });
  EXPECT_FALSE(no->advice.empty());
  EXPECT_EQ(no->advice.find(kChild), std::string::npos) << "advice must hold nothing personal";
  return absl::StrReplaceAll(absl::AsciiStrToLower(std::string(no->reason.name)), {{"_", " "}});
}

struct Row {
  const char* name;
  AlertCommand command;
  std::array<const char*, 5> answers;  // in the order of kEverywhere
};

std::vector<Row> Table() {
  const AlertReference reference = UsualReference();
  const Instants instants = UsualInstants();
  const RecordDeliveries delivered{1,
                                   1,
                                   RecipientRole::kDesignatedTeacher,
                                   {{StaffId(kTeacher), Channel::kSmtp, std::nullopt, {}}},
                                   true};
  return {
      {"Remind",
       RemindOfDeadline{reference, instants},
       {"AlertRaised 0", "", "", "", "AlertRaised 0"}},
      {"Miss",
       RaiseMissedDeadline{reference, instants},
       {"AlertRaised 1", "AlertRaised 1", "", "", "AlertRaised 1"}},
      {"Meet",
       ResolveMetDeadline{false},
       {"", "AlertResolved met", "AlertResolved met", "AlertResolved met", ""}},
      {"MeetLate",
       ResolveMetDeadline{true},
       {"", "AlertResolved met-late", "AlertResolved met-late", "AlertResolved met-late", ""}},
      {"Withdraw",
       ResolveWithdrawnDeadline{},
       {"", "AlertResolved withdrawn", "AlertResolved withdrawn", "AlertResolved withdrawn", ""}},
      {"Waive",
       ResolveWithdrawnDeadline{true},
       {"", "AlertResolved waived", "AlertResolved waived", "AlertResolved waived", ""}},
      {"Move",
       MoveDeadline{reference, MovedInstants(), false},
       {"", "AlertResolved withdrawn", "AlertMoved", "AlertMoved", ""}},
      {"MoveNowhere", MoveDeadline{reference, instants, false}, {"", "", "", "", ""}},
      {"WithdrawMiss",
       MoveDeadline{reference, MovedInstants(), true},
       {"", "AlertResolved withdrawn", "AlertResolved miss-withdrawn",
        "AlertResolved miss-withdrawn", ""}},
      {"Follow",
       FollowToSchool{SchoolUrn(kOtherSchool)},
       {"", "AlertMoved", "AlertMoved", "AlertMoved", ""}},
      {"FollowNowhere", FollowToSchool{SchoolUrn(kSchool)}, {"", "", "", "", ""}},
      {"Give",
       UsualNotice(NoticeKind::kPepOpened, {RecipientRole::kDesignatedTeacher}),
       {"NoticeGiven", "", "", "", ""}},
      {"Wake", Wake{}, {"", "", "", "", ""}},
      {"Acknowledge",
       AcknowledgeAlert{RecipientRole::kDesignatedTeacher},
       {"no such alert", "AlertAcknowledged", "AlertAcknowledged", "AlertAcknowledged",
        "already resolved"}},
      // The late alert has not been delivered; the escalated and the resolved one have, to another.
      {"Record",
       delivered,
       {"no such alert", "no such delivery", "AlertDelivered", "AlertDelivered", "AlertDelivered"}},
      {"RecordOfAnotherRun",
       RecordDeliveries{7, 1, RecipientRole::kDesignatedTeacher, delivered.settled, true},
       {"no such alert", "no such delivery", "no such delivery", "no such delivery",
        "no such delivery"}},
      // The late alert's messages have not failed, the others' neither.
      {"Redeliver", RedeliverFailed{}, {"no such alert", "", "", "", "already resolved"}},
      {"RecordNobody",
       RecordDeliveries{1, 1, RecipientRole::kDesignatedTeacher, {}, true},
       {"no such alert", "no such delivery", "AlertDeliveryFailed", "", ""}},
      {"Claim",
       ClaimMessage{1, 1, RecipientRole::kDesignatedTeacher, StaffId(kTeacher), "replica"},
       {"no such alert", "", "MessageClaimed", "", ""}},
      // Nobody has claimed it.
      {"Release",
       ReleaseMessage{1, 1, RecipientRole::kDesignatedTeacher, StaffId(kTeacher), "replica", true},
       {"no such alert", "", "", "", ""}},
      {"Hold",
       HoldDelivery{1, 1, RecipientRole::kDesignatedTeacher, At("2025-10-22 08:00")},
       {"no such alert", "", "DeliveryHeld", "", ""}},
  };
}

TEST(AlertCommands, AnswerInEveryState) {
  for (const Row& row : Table()) {
    for (std::size_t i = 0; i < kEverywhere.size(); ++i) {
      EXPECT_EQ(AnswerOf(AlertIn(kEverywhere[i]), row.command), row.answers[i])
          << row.name << " in state " << i;
    }
  }
}

TEST(AlertCommands, HaveARowForEveryCommand) {
  std::set<std::size_t> kinds;
  for (const Row& row : Table()) kinds.insert(row.command.index());
  EXPECT_EQ(kinds.size(), std::variant_size_v<AlertCommand>);
}

TEST(AlertCommands, RefuseWhatComesBeforeItsInstant) {
  EXPECT_EQ(
      AnswerOf(Story("2025-10-16 07:59"), RemindOfDeadline{UsualReference(), UsualInstants()}),
      "level not reached");
  EXPECT_EQ(AnswerOf(Story("2025-10-20 23:59:59"),
                     RaiseMissedDeadline{UsualReference(), UsualInstants()}),
            "level not reached");
}

TEST(AlertCommands, AcknowledgeTwiceAtOneLevelHasOneEffect) {
  Story story = AlertIn(Where::kLate);
  story.Done(AcknowledgeAlert{RecipientRole::kDesignatedTeacher});
  EXPECT_EQ(story.latest.size(), 1u);
  story.Done(AcknowledgeAlert{RecipientRole::kDesignatedTeacher});
  EXPECT_THAT(story.latest, testing::IsEmpty());
  story.Until("2025-10-21 09:00").Done(AcknowledgeAlert{RecipientRole::kDesignatedTeacher});
  EXPECT_EQ(story.latest.size(), 1u) << "the next level is news";
  EXPECT_EQ(story.state.acknowledgements.at(RecipientRole::kDesignatedTeacher).level, 2);
}

TEST(AlertCommands, CatchUpBeforeTheyAreDecided) {
  Story story = AlertIn(Where::kLate);
  story.DeliverAll();
  story.facts.now = At("2025-10-21 08:00");  // the alarm of level 2 has not fired yet
  story.Done(AcknowledgeAlert{RecipientRole::kVirtualSchoolCaseworker});
  ASSERT_EQ(story.latest.size(), 2u);
  EXPECT_EQ(std::get<AlertEscalated>(story.latest[0]).level, 2);
  EXPECT_EQ(story.state.Find(2, RecipientRole::kVirtualSchoolCaseworker)->state,
            DeliveryState::kDropped);
}

}  // namespace
}  // namespace pepline::notifications
