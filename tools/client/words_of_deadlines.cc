// Sentences of the events of deadlines, whichever service says them.
#include "absl/strings/str_cat.h"
#include "shared/domain/rule_catalogue.h"
#include "tools/client/phrases.h"

namespace pepline::client {
namespace {

using common::v1::DeadlineReference;

std::string Work(const DeadlineReference& deadline) { return RuleInWords(deadline.rule_id()); }

// A request is worked on in the council, which has no term dates.
std::string WhatIsNotKnown(const DeadlineReference& deadline) {
  const CataloguedRule* rule = FindRule(deadline.rule_id());
  return rule != nullptr && rule->of_request ? "bank holidays" : "term dates";
}

std::string Due(const DeadlineReference& deadline) {
  return absl::StrCat(
      Spoken(deadline.due_at()),
      deadline.calendar_known()
          ? ""
          : absl::StrCat(" (estimated: ", WhatIsNotKnown(deadline), " are not known)"),
      deadline.provisional() ? " (provisional: the meeting is not on record as held)" : "",
      deadline.after_interim() ? " (put off by an interim PEP)" : "",
      deadline.stays_with_school() ? " (with the school that the child has left)" : "");
}

}  // namespace

std::string SentenceOf(const common::v1::DeadlineSet& set) {
  return absl::StrCat(Work(set.deadline()), " is due by ", Due(set.deadline()));
}

std::string SentenceOf(const common::v1::DeadlineReminderReached& reached) {
  return absl::StrCat("not yet done: ", Work(reached.deadline()), ", due by ",
                      Due(reached.deadline()));
}

std::string SentenceOf(const common::v1::DeadlineMissed& missed) {
  return absl::StrCat("LATE: ", Work(missed.deadline()), " was due by ", Due(missed.deadline()));
}

std::string SentenceOf(const common::v1::DeadlineMet& met) {
  return absl::StrCat(met.late() ? "done late: " : "done in time: ", Work(met.deadline()), ", ",
                      Spoken(met.met_at()), ", due by ", Due(met.deadline()));
}

std::string SentenceOf(const common::v1::DeadlineRecalculated& moved) {
  // Only a mark or a level is another one: a meeting is on record as held on the day it was set
  // for.
  if (moved.old_due_at().seconds() == moved.deadline().due_at().seconds()) {
    return absl::StrCat(Work(moved.deadline()), " stays due by ", Due(moved.deadline()));
  }
  return absl::StrCat(Work(moved.deadline()), " is now due by ", Due(moved.deadline()),
                      " and not by ", Spoken(moved.old_due_at()),
                      moved.miss_withdrawn() ? "; it is no longer late" : "");
}

std::string SentenceOf(const common::v1::DeadlineWithdrawn& withdrawn) {
  if (!withdrawn.has_waived_at()) {
    return absl::StrCat("no longer asked for: ", Work(withdrawn.deadline()));
  }
  return absl::StrCat(
      withdrawn.late() ? "waived after its day and not done: " : "waived and not done: ",
      Work(withdrawn.deadline()), ", ", Spoken(withdrawn.waived_at()), ", due by ",
      Due(withdrawn.deadline()));
}

}  // namespace pepline::client
