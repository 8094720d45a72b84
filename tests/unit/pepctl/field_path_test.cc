#include "tools/pepctl/field_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "pepline/assessments/v1/assessments_service.pb.h"
#include "pepline/funding/v1/funding_service.pb.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "pepline/scheduling/v1/scheduling_service.pb.h"

namespace pepline::pepctl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(FieldPath, SetsTextsInstantsAndEnumValuesFromWhatAPersonTypes) {
  scheduling::v1::SchedulePepMeetingRequest meeting;
  ASSERT_TRUE(SetField(meeting, "child_id", {"chd-1"}).ok());
  ASSERT_TRUE(SetField(meeting, "meeting_at", {"2025-09-25 14:00"}).ok());
  EXPECT_EQ(meeting.child_id(), "chd-1");
  EXPECT_EQ(meeting.meeting_at().seconds(), 1758805200);
  EXPECT_EQ(TextAt(meeting, "meeting_at"), "2025-09-25 14:00");

  scheduling::v1::HoldPepMeetingRequest holding;
  ASSERT_TRUE(SetField(holding, "attendees", {"designated-teacher,carer", "child"}).ok());
  EXPECT_THAT(holding.attendees(), ElementsAre(scheduling::v1::ATTENDEE_ROLE_DESIGNATED_TEACHER,
                                               scheduling::v1::ATTENDEE_ROLE_CARER,
                                               scheduling::v1::ATTENDEE_ROLE_CHILD));
  EXPECT_EQ(TextAt(holding, "attendees"), "designated-teacher, carer, child");
}

TEST(FieldPath, SetsMoneyNumbersAndFlags) {
  funding::v1::ApproveFundingRequestRequest approval;
  ASSERT_TRUE(SetField(approval, "approved_pence", {"£1,450.05"}).ok());
  EXPECT_EQ(approval.approved_pence(), 145005);
  EXPECT_EQ(TextAt(approval, "approved_pence"), "£1,450.05");

  assessments::v1::RecordSdqAnswersRequest answers;
  ASSERT_TRUE(SetField(answers, "answers", {"0,1,-1"}).ok());
  ASSERT_TRUE(SetField(answers, "impact.overall", {"2"}).ok());
  ASSERT_TRUE(SetField(answers, "follow_up", {"true"}).ok());
  EXPECT_THAT(answers.answers(), ElementsAre(0, 1, -1));
  EXPECT_EQ(answers.impact().overall(), 2);
  EXPECT_TRUE(answers.follow_up());
  EXPECT_EQ(TextAt(answers, "follow_up"), "yes");
}

TEST(FieldPath, SetsFieldsInsideOtherMessagesAndPricedLines) {
  registry::v1::AppointStaffRequest appointment;
  ASSERT_TRUE(SetField(appointment, "appointment.role", {"designated-teacher"}).ok());
  ASSERT_TRUE(SetField(appointment, "appointment.from_on", {"2025-09-01"}).ok());
  EXPECT_EQ(appointment.appointment().role(), common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER);
  EXPECT_EQ(TextAt(appointment, "appointment.from_on"), "2025-09-01");

  funding::v1::DraftFundingRequestRequest draft;
  ASSERT_TRUE(SetField(draft, "cost_lines", {"Tutoring, 1:1 = x=450.5", "Bus=10"}).ok());
  ASSERT_EQ(draft.cost_lines_size(), 2);
  EXPECT_EQ(draft.cost_lines(0).description(), "Tutoring, 1:1 = x");
  EXPECT_EQ(draft.cost_lines(0).amount_pence(), 45050);
  EXPECT_EQ(draft.cost_lines(1).amount_pence(), 1000);
}

TEST(FieldPath, SaysWhatIsWrongWithAValueAndHowToMendIt) {
  const auto problem = [](google::protobuf::Message& message, const char* path, const char* text) {
    const absl::Status status = SetField(message, path, {text});
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << path << " " << text;
    return std::string(status.message());
  };
  scheduling::v1::HoldPepMeetingRequest holding;
  scheduling::v1::SchedulePepMeetingRequest meeting;
  funding::v1::DraftFundingRequestRequest draft;
  funding::v1::OpenFundLineRequest line;
  assessments::v1::RecordSdqScoresRequest scores;
  EXPECT_THAT(problem(holding, "held_on", "25/09/2025"), HasSubstr("like 2025-09-25"));
  EXPECT_THAT(problem(holding, "chair", "headmaster"), HasSubstr("designated-teacher"));
  EXPECT_THAT(problem(meeting, "meeting_at", "tomorrow"), HasSubstr("2025-09-25 14:00"));
  EXPECT_THAT(problem(draft, "cost_lines", "Tutoring 450"), HasSubstr("Tutoring=450.00"));
  EXPECT_THAT(problem(draft, "cost_lines", "Tutoring=free"), HasSubstr("give pounds"));
  EXPECT_THAT(problem(line, "amount_pence", "1.234"), HasSubstr("give pounds"));
  EXPECT_THAT(problem(scores, "scores.total", "99999999999"), HasSubstr("whole number"));
  EXPECT_THAT(problem(scores, "scores.total", "1.5"), HasSubstr("whole number"));
}

TEST(FieldPath, ShowsNothingForWhatIsNotSetButEveryPlainNumber) {
  scheduling::v1::Pep pep;
  EXPECT_EQ(TextAt(pep, "meeting_at"), "");
  EXPECT_EQ(TextAt(pep, "state"), "");
  EXPECT_EQ(TextAt(pep, "times_rescheduled"), "0");
  EXPECT_EQ(TextAt(pep, "reference.child_id"), "");
  assessments::v1::SdqScores scores;
  EXPECT_EQ(TextAt(scores, "total"), "");
  scores.set_total(0);
  EXPECT_EQ(TextAt(scores, "total"), "0");
}

TEST(FieldPath, HelpTellsTheFormOfEachValue) {
  const auto form = [](const google::protobuf::Descriptor* type, const char* path) {
    return FormOf(FieldAt(*type, path));
  };
  EXPECT_EQ(form(scheduling::v1::HoldPepMeetingRequest::descriptor(), "held_on"), "DATE");
  EXPECT_EQ(form(scheduling::v1::HoldPepMeetingRequest::descriptor(), "attendees"), "WORD,...");
  EXPECT_EQ(form(scheduling::v1::SchedulePepMeetingRequest::descriptor(), "meeting_at"), "TIME");
  EXPECT_EQ(form(funding::v1::OpenFundLineRequest::descriptor(), "amount_pence"), "POUNDS");
  EXPECT_EQ(form(funding::v1::DraftFundingRequestRequest::descriptor(), "cost_lines"),
            "TEXT=POUNDS");
}

}  // namespace
}  // namespace pepline::pepctl
