#include "tools/pepctl/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "pepline/funding/v1/funding_service.pb.h"
#include "pepline/scheduling/v1/scheduling_service.pb.h"

namespace pepline::pepctl {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Table, AlignsByCharactersAndLeavesNoSpaceAtTheEnd) {
  Table table({"name", "amount", "note"});
  table.Add({"Zoë", "£5.00", ""});
  table.Add({"Bartholomew", "£1,450.00", "x"});
  EXPECT_EQ(table.Text(),
            "NAME         AMOUNT     NOTE\n"
            "Zoë          £5.00\n"
            "Bartholomew  £1,450.00  x\n");
  EXPECT_EQ(WidthOf("Zoë £"), 5u);
}

TEST(Table, LeavesOutColumnsInWhichNothingStands) {
  Table table({"a", "b", "c"});
  table.Add({"1", "", "3"});
  table.Add({"4", "", ""});
  table.DropEmptyColumns();
  EXPECT_EQ(table.Text("  "),
            "  A  C\n"
            "  1  3\n"
            "  4\n");
}

TEST(Table, ARowIsALineWhateverItHolds) {
  Table table({"key", "reason"});
  table.Add({"a\nb", "\x1b[2J"});
  EXPECT_EQ(table.Text(),
            "KEY  REASON\n"
            "a b   [2J\n");
}

scheduling::v1::Pep HeldPep() {
  scheduling::v1::Pep pep;
  pep.mutable_reference()->set_pep_id("chd-1.1");
  pep.mutable_reference()->set_child_id("chd-1");
  pep.mutable_reference()->set_school_urn("123240");
  pep.set_state(scheduling::v1::PEP_STATE_HELD);
  pep.set_held_on("2025-09-25");
  pep.add_attendees(scheduling::v1::ATTENDEE_ROLE_CHILD);
  auto& deadline = *pep.add_deadlines();
  *deadline.mutable_pep() = pep.reference();
  deadline.mutable_deadline()->set_rule_id("finalise-within-5-school-days");
  deadline.mutable_deadline()->mutable_due_at()->set_seconds(1759445999);
  deadline.set_state(common::v1::DEADLINE_STATE_RUNNING);
  return pep;
}

TEST(Table, ShowsTheAskedFieldsOfMessages) {
  const scheduling::v1::Pep pep = HeldPep();
  const Table table = TableOf({&pep}, *scheduling::v1::Pep::descriptor(),
                              {"reference.child_id", "state", "meeting_at", "held_on"});
  EXPECT_EQ(table.Text(),
            "CHILD ID  STATE  MEETING AT  HELD ON\n"
            "chd-1     held               2025-09-25\n");
}

TEST(Record, ShowsEverythingOnceWithAListBelow) {
  scheduling::v1::GetPepResponse response;
  *response.mutable_pep() = HeldPep();
  const std::string text = RecordText(response);
  EXPECT_THAT(text, HasSubstr("pep id                         chd-1.1\n"));
  EXPECT_THAT(text, HasSubstr("state                          held\n"));
  EXPECT_THAT(text, HasSubstr("attendees                      child\n"));
  EXPECT_THAT(text, HasSubstr("chaired by designated teacher  no\n"));
  EXPECT_THAT(text, HasSubstr("deadlines\n"));
  EXPECT_THAT(text, HasSubstr("finalise-within-5-school-days  2025-10-02 23:59:59"));
  // The deadline's table does not say again whose PEP it is.
  EXPECT_EQ(text.find("chd-1.1"), text.rfind("chd-1.1"));
  // What is not set is not shown.
  EXPECT_THAT(text, Not(HasSubstr("finalised at")));
}

TEST(Record, AFieldIsALineWhateverItHolds) {
  scheduling::v1::Pep pep;
  pep.mutable_reference()->set_pep_id("chd-1.1\nstate  held\x1b[2J");
  EXPECT_THAT(RecordText(pep), HasSubstr(" chd-1.1 state  held [2J\n"));
}

TEST(Record, AmountsAreInPounds) {
  funding::v1::GetFundLineResponse response;
  response.mutable_fund_line()->set_fund_line_id("931.2025-26");
  response.mutable_fund_line()->set_amount_pence(12500000);
  EXPECT_EQ(RecordText(response),
            "fund line id  931.2025-26\n"
            "amount        £125,000.00\n"
            "approved      £0.00\n"
            "released      £0.00\n"
            "left          £0.00\n");
}

}  // namespace
}  // namespace pepline::pepctl
