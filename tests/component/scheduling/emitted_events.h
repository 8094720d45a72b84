// Events of other services as scheduling reads them: the authority's real calendar, the usual
// policy, and children. For the component tests and the benchmark.
// Promises: every event is the next one of its aggregate. Threads: one at a time.
#ifndef PEPLINE_TESTS_COMPONENT_SCHEDULING_EMITTED_EVENTS_H_
#define PEPLINE_TESTS_COMPONENT_SCHEDULING_EMITTED_EVENTS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "pepline/assessments/v1/assessments_events.pb.h"
#include "pepline/funding/v1/funding_events.pb.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "services/scheduling/domain/policy.h"

namespace pepline::scheduling {

inline constexpr char kAuthority[] = "931";

class EmittedEvents {
 public:
  using RegistryEvent = registry::v1::RegistryEvent;

  // The next event of the aggregate, still to be filled.
  RegistryEvent Next(const std::string& aggregate, absl::Time now);

  // From deploy/data; without days where the file cannot be read.
  RegistryEvent BankHolidays(absl::Time now);
  RegistryEvent TermDates(absl::Time now);
  // Other ones: "2025/26,autumn,1,2025-09-02,2025-10-24" each.
  RegistryEvent TermDatesOf(const std::string& authority, const std::vector<std::string>& parts,
                            absl::Time now);
  RegistryEvent PolicyAdopted(const Policy& policy, absl::Time now);
  RegistryEvent ClosedDays(const std::string& school, const std::vector<std::string>& days,
                           absl::Time now);

  RegistryEvent InCare(const std::string& child, std::string_view since, absl::Time now);
  RegistryEvent Enrolled(const std::string& child, const std::string& school,
                         std::string_view since, absl::Time now);
  RegistryEvent Moved(const std::string& child, const std::string& from, const std::string& to,
                      std::string_view on, absl::Time now);
  RegistryEvent SchoolOfChildMoved(const std::string& child, const std::string& school,
                                   const std::string& authority, absl::Time now);
  RegistryEvent CareCeased(const std::string& child, std::string_view on, absl::Time now);

  assessments::v1::AssessmentsEvent SdqScored(
      const std::string& child, const std::string& pep, absl::Time at,
      assessments::v1::SdqInformant informant = assessments::v1::SDQ_INFORMANT_TEACHER);
  assessments::v1::AssessmentsEvent SdqNotObtainedProposed(const std::string& child,
                                                           const std::string& pep, absl::Time at);
  assessments::v1::AssessmentsEvent SdqNotObtained(
      const std::string& child, const std::string& pep, absl::Time at,
      assessments::v1::SdqInformant informant = assessments::v1::SDQ_INFORMANT_TEACHER,
      assessments::v1::SdqConfirmer by = assessments::v1::SDQ_CONFIRMER_VIRTUAL_SCHOOL);
  assessments::v1::AssessmentsEvent PupilViewsCaptured(const std::string& child,
                                                       const std::string& pep, absl::Time at);
  assessments::v1::AssessmentsEvent PupilViewsCorrected(const std::string& child,
                                                        const std::string& pep, absl::Time at,
                                                        assessments::v1::PupilViewsOnRecord to);
  // The request for that PEP is withdrawn.
  funding::v1::FundingEvent FundingWithdrawn(const std::string& child, const std::string& pep,
                                             absl::Time at);
  funding::v1::FundingEvent FundingDrafted(const std::string& child, const std::string& pep,
                                           absl::Time at);

 private:
  assessments::v1::AssessmentsEvent OfSdq(const std::string& child, const std::string& pep,
                                          absl::Time at, assessments::v1::SdqInformant informant);
  common::v1::EventHeader NextHeader(const std::string& aggregate, absl::Time at);
  std::map<std::string, std::uint64_t> versions_;
};

}  // namespace pepline::scheduling

#endif  // PEPLINE_TESTS_COMPONENT_SCHEDULING_EMITTED_EVENTS_H_
