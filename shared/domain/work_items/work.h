// One thing that a person has to do next, as the rules of the service that owns the work say it.
// shared/rpc/work_list.h makes lists of it, with pepline/common/v1/work.proto as their contract.
// Promises: plain values without anything personal; the numbers of the steps are the contract's.
// Does not: say whose it is, which changes without the record. Threads: values.
#ifndef PEPLINE_SHARED_DOMAIN_WORK_ITEMS_WORK_H_
#define PEPLINE_SHARED_DOMAIN_WORK_ITEMS_WORK_H_

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "shared/domain/authorisation.h"
#include "shared/domain/ids.h"

namespace pepline {

enum class WorkStep {
  kSeeWhyNoPepIsOpen = 1,
  kScheduleMeeting = 2,
  kConfirmMeeting = 3,
  kCapturePupilViews = 4,
  kReturnSdq = 5,
  kUpdateEpepDraft = 6,
  kCostInterventions = 7,
  kHoldMeeting = 8,
  kRecordMeeting = 9,
  kFinaliseEpep = 10,
  kConfirmSdqNotObtained = 11,
  kReviewSdq = 12,
  kSubmitFundingRequest = 13,
  kDecideFundingRequest = 14,
  kReleaseFunding = 15,
};

struct Work {
  WorkStep step = WorkStep::kSeeWhyNoPepIsOpen;
  ChildId child;
  PepId pep = {};              // empty where no PEP is open
  std::string record = {};     // the SDQ or the funding request; empty: the PEP itself
  std::string_view rule = {};  // the id of the first deadline that waits for it; empty: none does
  std::optional<absl::Time> due_at = std::nullopt;  // the last instant; nullopt: nothing says so
  bool late = false;
  bool estimated = false;         // the day was counted without term dates
  absl::Time waiting_since = {};  // looked at where it is due at no time
  std::set<Role> who = {};        // may do it
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_WORK_ITEMS_WORK_H_
