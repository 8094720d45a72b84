#include "shared/rpc/work_list.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "shared/base/london.h"
#include "shared/base/timestamps.h"

namespace pepline {
namespace {

namespace v1 = common::v1;

constexpr int kUsualDays = 14;
constexpr int kMostDays = 366;

static_assert(static_cast<int>(WorkStep::kSeeWhyNoPepIsOpen) ==
              v1::WORK_STEP_SEE_WHY_NO_PEP_IS_OPEN);
static_assert(static_cast<int>(WorkStep::kFinaliseEpep) == v1::WORK_STEP_FINALISE_EPEP);
static_assert(static_cast<int>(WorkStep::kReviewSdq) == v1::WORK_STEP_REVIEW_SDQ);
static_assert(static_cast<int>(WorkStep::kReleaseFunding) == v1::WORK_STEP_RELEASE_FUNDING);
static_assert(v1::WorkStep_MAX == v1::WORK_STEP_RELEASE_FUNDING);

// Both have the same names (tests/unit/shared/authorisation_test.cc).
v1::Role ToProto(Role role) {
  std::string name = "ROLE_" + std::string(RoleName(role));
  absl::AsciiStrToUpper(&name);
  std::ranges::replace(name, '-', '_');
  v1::Role found = v1::ROLE_UNSPECIFIED;
  v1::Role_Parse(name, &found);
  return found;
}

int ReadWithinDays(int asked, Violations& violations) {
  if (asked < 0 || asked > kMostDays) {
    violations.push_back({"within_days", "give 1 to 366 days; 0 means 14"});
  }
  return asked == 0 ? kUsualDays : asked;
}

bool IsOfSchools(const Call& call) {
  return std::ranges::any_of(AccessTo(call.rpc).grants, [&](const Grant& grant) {
    return grant.role == call.actor.role && grant.reach == Reach::kSchool;
  });
}

}  // namespace

std::string WorkOrder(const v1::WorkItem& item) {
  const bool waits = !item.has_due_at();
  const auto& at = waits ? item.waiting_since() : item.due_at();
  // The break comes before every character that an id has.
  return absl::StrFormat("%d.%020d.%09d\n%s\n%03d\n%s\n%s", waits,
                         std::max<std::int64_t>(at.seconds(), 0), at.nanos(), item.child_id(),
                         static_cast<int>(item.step()), item.pep_id(), item.record_id());
}

WorkList::WorkList(const Call& call, AskedPage page, SchoolUrn school, AuthorityCode of_authority,
                   int within_days, absl::Time now, Violations& violations)
    : call_(&call),
      page_(std::move(page)),
      school_(std::move(school)),
      of_authority_(std::move(of_authority)),
      now_(now) {
  const int days = ReadWithinDays(within_days, violations);
  until_ = absl::FromCivil(absl::ToCivilDay(now, London()) + days + 1, London());
  const bool of_schools = IsOfSchools(call);
  if (!of_schools) authority_ = call.actor.authority;
  if (of_schools && school_.empty()) schools_ = call.actor.schools;
  if (!school_.empty() && (!of_schools || call.actor.schools.contains(school_))) {
    schools_ = {school_};
  }
}

v1::WorkItem WorkList::ItemOf(const Work& work) const {
  v1::WorkItem item;
  item.set_step(static_cast<v1::WorkStep>(work.step));
  item.set_child_id(work.child.text());
  item.set_pep_id(work.pep.text());
  item.set_record_id(work.record);
  item.set_rule_id(std::string(work.rule));
  if (work.due_at) {
    *item.mutable_due_at() = ToTimestamp(*work.due_at);
    // A deadline's instant is the last second of its day.
    item.set_late(work.late || now_ >= *work.due_at + absl::Seconds(1));
  } else {
    *item.mutable_waiting_since() = ToTimestamp(work.waiting_since);
  }
  item.set_estimated(work.estimated);
  for (const Role role : work.who) item.add_roles(ToProto(role));
  return item;
}

bool WorkList::Wants(const Work& work, const v1::WorkItem& item, const std::string& order) const {
  if (!work.who.contains(call_->actor.role)) return false;
  if (work.due_at && !item.late() && *work.due_at >= until_) return false;
  if (order <= page_.position()) return false;
  const bool full = kept_.size() > static_cast<std::size_t>(page_.size());
  return !full || order < kept_.rbegin()->first;
}

bool WorkList::Wants(const Work& work) const {
  const v1::WorkItem item = ItemOf(work);
  return Wants(work, item, WorkOrder(item));
}

bool WorkList::Shows(const Resource& whose) const {
  return (school_.empty() || school_ == whose.school) &&
         (of_authority_.empty() || of_authority_ == whose.authority) && call_->MayTouch(whose);
}

void WorkList::Offer(const Resource& whose, const Work& work) {
  v1::WorkItem item = ItemOf(work);
  std::string order = WorkOrder(item);
  if (!Wants(work, item, order) || !Shows(whose)) return;
  item.set_school_urn(whose.school.text());
  item.set_authority_code(whose.authority.text());
  kept_.insert_or_assign(std::move(order), std::move(item));
  if (kept_.size() > static_cast<std::size_t>(page_.size()) + 1)
    kept_.erase(std::prev(kept_.end()));
}

std::string WorkList::CutToPage() {
  if (kept_.size() <= static_cast<std::size_t>(page_.size())) return "";
  kept_.erase(std::prev(kept_.end()));
  return kept_.rbegin()->first;
}

}  // namespace pepline
