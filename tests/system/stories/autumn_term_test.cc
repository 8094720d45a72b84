// The stories of the main job on a real Kafka with all programs: the demo's autumn term, in which
// schools are prompt, late or silent, SDQs go missing, a child moves and one comes into care in the
// last week. Then everything is looked at from outside: the checker of promises, a foreign reader
// of the topics, and a search for personal data where none may be.
#include "tools/demo/autumn_term.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/trace_collector.h"
#include "tests/system/checker/promises.h"
#include "tests/system/support/public_texts.h"
#include "tests/system/support/system_stack.h"
#include "tools/client/text_forms.h"
#include "tools/stack/environment.h"
#include "tools/story/story_clock.h"

namespace pepline {
namespace {

// What of the invented people must be nowhere outside registry: in a CSV's named columns.
std::set<std::string> Personal(const std::string& path, const std::set<std::string>& columns) {
  std::set<std::string> values;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> header = absl::StrSplit(line, ',');
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    for (std::size_t i = 0; i < std::min(header.size(), cells.size()); ++i) {
      // Short ones would be found by chance inside of base64 or other words.
      if (columns.contains(header[i]) && cells[i].size() >= 5) values.insert(cells[i]);
    }
  }
  return values;
}

// Spans by their ids, to go from child to parent.
class Traces {
 public:
  Traces() = default;
  explicit Traces(const std::vector<CollectedSpan>& spans) {
    for (const CollectedSpan& span : spans) by_id_[span.trace + span.id] = span;
  }
  std::vector<const CollectedSpan*> Named(std::string_view name) const {
    std::vector<const CollectedSpan*> found;
    for (const auto& [id, span] : by_id_) {
      if (span.name == name) found.push_back(&span);
    }
    return found;
  }
  // Null where a parent is not there.
  const CollectedSpan* RootOf(const CollectedSpan& span) const {
    const CollectedSpan* one = &span;
    while (!one->parent.empty()) {
      const auto parent = by_id_.find(one->trace + one->parent);
      if (parent == by_id_.end()) return nullptr;
      one = &parent->second;
    }
    return one;
  }

 private:
  std::map<std::string, CollectedSpan> by_id_;
};

class AutumnTermTest : public testing::Test {
 protected:
  void SetUp() override {
    auto stack = StartSystemStack(folder_.path(), absl::FromCivil(demo::kBegin, London()),
                                  collector_.endpoint());
    ASSERT_TRUE(stack.ok()) << stack.status();
    stack_ = *std::move(stack);
    const std::string data = absl::StrCat(SourceFolder(), "/tools/demo/data/");
    for (const auto& entry : std::filesystem::directory_iterator(data)) {
      if (entry.path().extension() != ".csv") continue;
      personal_.merge(Personal(
          entry.path(), {"family_name", "given_name", "date_of_birth", "upn", "name", "email"}));
    }
    ASSERT_GT(personal_.size(), 100u);
  }

  void ExpectNothingPersonalIn(const std::string& text, const std::string& where) {
    for (const std::string& value : personal_) {
      EXPECT_EQ(text.find(value), std::string::npos) << where << " holds something personal";
    }
  }

  // From every mail back to the deadline or the call that it began with, over all services.
  void ExpectWholeTraces(std::size_t mails) {
    Traces traces;
    const bool whole = collector_.Await(
        [&](const std::vector<CollectedSpan>& spans) {
          traces = Traces(spans);
          const auto sent = traces.Named("send mail");
          return sent.size() >= mails && std::ranges::all_of(sent, [&](const auto* span) {
                   return traces.RootOf(*span) != nullptr;
                 });
        },
        absl::Seconds(30));
    ASSERT_TRUE(whole) << traces.Named("send mail").size() << " mails were traced";
    std::map<std::string, int> began;  // where: "pepline-scheduling: alarm plan"
    for (const CollectedSpan* mail : traces.Named("send mail")) {
      const CollectedSpan* root = traces.RootOf(*mail);
      ++began[absl::StrCat(root->service, ": ", root->name)];
    }
    for (const auto& [where, count] : began) {
      std::cout << count << " mails are of traces that began with " << where << "\n";
    }
    EXPECT_GT(began["pepline-scheduling: alarm plan"], 0) << "a deadline, missed";
    EXPECT_GT(began["pepline-notifications: alarm alert"], 0) << "a level reached by time";
    // A meeting that is set too late for its SDQ: from the call to the mail.
    EXPECT_GT(began["pepline-scheduling: "
                    "pepline.scheduling.v1.SchedulingService/SchedulePepMeeting"],
              0);
    EXPECT_EQ(collector_.mistakes(), 0);
    for (const CollectedSpan& span : collector_.Spans()) {
      ExpectNothingPersonalIn(span.name, "a span's name");
      for (const auto& [key, value] : span.attributes) ExpectNothingPersonalIn(value, key);
    }
  }

  TraceCollector collector_;
  TemporaryFolder folder_;
  std::unique_ptr<Stack> stack_;
  std::set<std::string> personal_;
};

TEST_F(AutumnTermTest, EveryDeadlineIsSaidEveryAlertIsDeliveredAndNothingPersonalLeavesRegistry) {
  auto story_clock = story::StoryClock::Create(*stack_);
  ASSERT_TRUE(story_clock.ok()) << story_clock.status();
  std::map<std::string, int> emitted;  // by the name of the event
  const absl::Status played =
      (*story_clock)
          ->Play(demo::AutumnTerm(SourceFolder()), demo::kEnd, [&](const story::Moment& moment) {
            for (const story::AnyEvent& event : moment.events) {
              std::visit(
                  [&](const auto& one) {
                    const auto* member = one.GetReflection()->GetOneofFieldDescriptor(
                        one, one.GetDescriptor()->FindOneofByName("event"));
                    if (member != nullptr) ++emitted[member->message_type()->name()];
                  },
                  event);
            }
            return true;
          });
  ASSERT_TRUE(played.ok()) << played;

  // The main job, from end to end.
  for (const char* event : {"SchoolRegistered",
                            "BankHolidaysPublished",
                            "TermDatesPublished",
                            "PolicyProfileAdopted",
                            "StaffAppointed",
                            "DesignatedTeacherAppointed",
                            "DesignatedTeacherVacancyBegan",
                            "ChildBecameLookedAfter",
                            "ChildEnrolled",
                            "ChildMovedSchool",
                            "PepCycleOpened",
                            "PepMeetingScheduled",
                            "PepReadinessItemCompleted",
                            "PepMeetingHeld",
                            "EpepFinalised",
                            "DeadlineSet",
                            "DeadlineReminderReached",
                            "DeadlineMissed",
                            "DeadlineMet",
                            "SdqRequested",
                            "SdqScored",
                            "SdqBecameMissing",
                            "PupilViewsCaptured",
                            "FundLineOpened",
                            "FundingSubmitted",
                            "FundingApproved",
                            "FundingReleased",
                            "AlertRaised",
                            "AlertEscalated",
                            "AlertDelivered",
                            "NoticeGiven",
                            "NoticeDelivered",
                            "AlertResolved"}) {
    EXPECT_GT(emitted[event], 0) << event;
  }

  // The checker of promises: no commands are on its list, all events and mails are.
  const std::string commands = absl::StrCat(folder_.path(), "/commands.jsonl");
  std::ofstream(commands).close();
  EXPECT_EQ(RunChecker(*stack_, commands), 0);

  // A foreign reader: kcat and Python, every CloudEvents header against the binding.
  EXPECT_EQ(RunToEnd({"/usr/bin/python3",
                      absl::StrCat(SourceFolder(), "/tests/system/foreign/read_topic.py"),
                      "--bootstrap", stack_->bootstrap(), "--expect-at-least", "500"}),
            0);

  // Nothing personal in events, keys, logs, metrics, or the subject of a mail.
  const absl::Status read =
      ForEachPublicText(*stack_, [this](const std::string& text, const std::string& where) {
        ExpectNothingPersonalIn(text, where);
      });
  ASSERT_TRUE(read.ok()) << read;
  const auto mails = ReadMails(stack_->mail_folder());
  ASSERT_TRUE(mails.ok()) << mails.status();
  EXPECT_GT(mails->size(), 50u);
  ASSERT_NO_FATAL_FAILURE(ExpectWholeTraces(mails->size()));
}

}  // namespace
}  // namespace pepline
