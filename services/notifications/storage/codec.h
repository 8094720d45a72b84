// The alert between its rules and its bytes: the stored record and the events of the contract.
// Promises: Decode(Encode(state)) is the state; a record that cannot be read is DataLoss and never
// a half state. Threads: pure functions.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_STORAGE_CODEC_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_STORAGE_CODEC_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "pepline/common/v1/event_header.pb.h"
#include "pepline/notifications/storage/v1/alert.pb.h"
#include "pepline/notifications/storage/v1/vacancy.pb.h"
#include "services/notifications/domain/alert.h"
#include "shared/engine/execute.h"

namespace pepline::notifications {

struct AlertCodec {
  using Rules = Alert;
  static constexpr std::string_view kKind = "alert";
  static absl::StatusOr<AlertState> Decode(const std::vector<std::optional<std::string>>& parts);
  static std::vector<std::string> Encode(const AlertState& state);
  // Who sends what now is nobody else's business.
  static bool IsPublished(const AlertEvent& event);
  static EncodedEvent EncodeEvent(const AlertState& after, const AlertEvent& event,
                                  const common::v1::EventHeader& header);
};
static_assert(Decider<AlertCodec::Rules>);

// Where an alert is kept: its id begins with the child's id, the funding request's or the school's
// URN, up to the first dot, and that is also the routing id.
Target AlertOf(const AlertId& alert);
// Whom a stored alert is about; empty where there is no such alert, where it is about no child, and
// where it cannot be read now. Blocks on the store.
ChildId ChildOf(Store& store, const AlertId& alert);
// The school of an alert about a school; empty for an alert of a child's deadline.
std::string VacancyOfAlert(const AlertId& alert);

// What registry said of a school's Designated Teacher, as kept.
absl::StatusOr<Vacancy> DecodeVacancy(const std::string& bytes);
std::string EncodeVacancy(const Vacancy& vacancy);
AlertId VacancyAlertOf(const std::string& vacancy_id);
// The URN, with the code of the authority that hears of it in place of the school's own.
std::string VacancyId(const SchoolUrn& school, const AuthorityCode& caring);

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_STORAGE_CODEC_H_
