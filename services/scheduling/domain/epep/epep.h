// The content of one PEP's ePEP as it is being written: the rules.
// Promises: pure (see shared/domain/decider.h). A section is written by its owner, or by the
// Virtual School, while the PEP is open and its ePEP not finalised. Nobody writes over a text that
// they have not read: a command names the revision that it read. What is complete is reopened
// before it is written anew. Does not: say in an event anything of what people wrote. Sources:
// docs/domain.md 6.3, 8d; decision 79. Threads: values and pure functions.
#ifndef PEPLINE_SERVICES_SCHEDULING_DOMAIN_EPEP_EPEP_H_
#define PEPLINE_SERVICES_SCHEDULING_DOMAIN_EPEP_EPEP_H_

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "services/scheduling/domain/epep/content.h"
#include "services/scheduling/domain/plan.h"
#include "shared/domain/decider.h"
#include "shared/domain/ids.h"
#include "shared/domain/work_items/pep_work.h"

namespace pepline::scheduling {

inline constexpr std::size_t kLongestSection = 20'000;  // characters

// Commands. `revision` is that of the text that the caller read; 0: there was none.
struct WriteEpepSection {
  std::string section;
  std::string text;  // empty: what stood there is taken out
  int revision = 0;
  MadeBy by = MadeBy::kSchool;
};
struct CompleteEpepSection {
  std::string section;
  int revision = 0;
  MadeBy by = MadeBy::kSchool;
};
struct ReopenEpepSection {
  std::string section;
  MadeBy by = MadeBy::kSchool;
};
using EpepCommand = std::variant<WriteEpepSection, CompleteEpepSection, ReopenEpepSection>;

// Events.
// Stays in scheduling.
struct EpepSectionWritten {
  ChildId child;
  PepId pep;
  std::string section;
  std::string text;
  absl::Time at;
};
// Whose the PEP was then, and how much of its ePEP was complete after it.
struct OfEpepSection {
  std::string section;
  absl::Time at;
  PlanOwner owner;
  int mandatory_complete = 0;
  int mandatory = 0;
};
struct EpepSectionCompleted : OfEpepSection {};
struct EpepSectionReopened : OfEpepSection {};
using EpepEvent = std::variant<EpepSectionWritten, EpepSectionCompleted, EpepSectionReopened>;

namespace epep_refusals {
inline constexpr RefusalReason kNoSuchSection{"NO_SUCH_SECTION", RefusalKind::kBadValue};
inline constexpr RefusalReason kNotTheSectionsOwner{"NOT_THE_SECTIONS_OWNER", RefusalKind::kState};
inline constexpr RefusalReason kSectionComplete{"SECTION_COMPLETE", RefusalKind::kState};
inline constexpr RefusalReason kSectionNotComplete{"SECTION_NOT_COMPLETE", RefusalKind::kState};
inline constexpr RefusalReason kSectionEmpty{"SECTION_EMPTY", RefusalKind::kState};
inline constexpr RefusalReason kWrittenMeanwhile{"WRITTEN_MEANWHILE", RefusalKind::kState};
inline constexpr RefusalReason kTextTooLong{"TEXT_TOO_LONG", RefusalKind::kBadValue};
inline constexpr RefusalReason kNoSuchVersion{"NO_SUCH_VERSION", RefusalKind::kNotFound};
}  // namespace epep_refusals

struct EpepFacts {
  absl::Time now;
  ChildId child;
  PepId pep;
  // The child's plan, which no command on the content changes.
  PlanState plan;
  EpepForm form;  // of the PEP; not looked at where the plan does not hold it
};

struct Epep {
  using State = EpepState;
  using Command = EpepCommand;
  using Event = EpepEvent;
  using Facts = EpepFacts;
  static Decision<Event> Decide(const State& state, const Command& command, const Facts& facts);
  static State Evolve(State state, const Event& event);
  static std::optional<absl::Time> NextWake(const State& state, const Facts& facts);
  static std::vector<IndexEntry> Index(const State& state);
};
static_assert(Decider<Epep>);

}  // namespace pepline::scheduling

#endif  // PEPLINE_SERVICES_SCHEDULING_DOMAIN_EPEP_EPEP_H_
