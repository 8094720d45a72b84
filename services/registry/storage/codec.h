// Every aggregate of registry between its rules and its bytes: the stored record and the events of
// the contract. Promises: Decode(Encode(state)) is the state; a record that cannot be read is
// DataLoss and never a half state. Events that IsPublished denies change the state and leave in no
// form: they hold what is personal, or what no other service needs. Threads: pure functions.
#ifndef PEPLINE_SERVICES_REGISTRY_STORAGE_CODEC_H_
#define PEPLINE_SERVICES_REGISTRY_STORAGE_CODEC_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "pepline/common/v1/event_header.pb.h"
#include "services/registry/domain/calendars/bank_holidays.h"
#include "services/registry/domain/calendars/school_calendar.h"
#include "services/registry/domain/calendars/term_dates.h"
#include "services/registry/domain/child.h"
#include "services/registry/domain/import_log.h"
#include "services/registry/domain/policy.h"
#include "services/registry/domain/school.h"
#include "services/registry/domain/staff.h"
#include "shared/engine/execute.h"

namespace pepline::registry {

using StoredParts = std::vector<std::optional<std::string>>;

struct BankHolidaysCodec {
  using Rules = BankHolidayList;
  static constexpr std::string_view kKind = "bank-holidays";
  static absl::StatusOr<BankHolidaysState> Decode(const StoredParts& parts);
  static std::vector<std::string> Encode(const BankHolidaysState& state);
  static EncodedEvent EncodeEvent(const BankHolidaysState& after, const BankHolidaysEvent& event,
                                  const common::v1::EventHeader& header);
};

struct TermDatesCodec {
  using Rules = TermDateList;
  static constexpr std::string_view kKind = "term-dates";
  static absl::StatusOr<TermDatesState> Decode(const StoredParts& parts);
  static std::vector<std::string> Encode(const TermDatesState& state);
  static EncodedEvent EncodeEvent(const TermDatesState& after, const TermDatesEvent& event,
                                  const common::v1::EventHeader& header);
};

struct SchoolCalendarCodec {
  using Rules = SchoolCalendarOverlay;
  static constexpr std::string_view kKind = "school-calendar";
  static absl::StatusOr<SchoolCalendarState> Decode(const StoredParts& parts);
  static std::vector<std::string> Encode(const SchoolCalendarState& state);
  static EncodedEvent EncodeEvent(const SchoolCalendarState& after,
                                  const SchoolCalendarEvent& event,
                                  const common::v1::EventHeader& header);
};

struct PolicyCodec {
  using Rules = Policy;
  static constexpr std::string_view kKind = "policy";
  static absl::StatusOr<PolicyState> Decode(const StoredParts& parts);
  static std::vector<std::string> Encode(const PolicyState& state);
  static bool IsPublished(const PolicyEvent& event);
  static EncodedEvent EncodeEvent(const PolicyState& after, const PolicyEvent& event,
                                  const common::v1::EventHeader& header);
};

struct SchoolCodec {
  using Rules = School;
  static constexpr std::string_view kKind = "school";
  static absl::StatusOr<SchoolState> Decode(const StoredParts& parts);
  static std::vector<std::string> Encode(const SchoolState& state);
  static bool IsPublished(const SchoolEvent& event);
  static EncodedEvent EncodeEvent(const SchoolState& after, const SchoolEvent& event,
                                  const common::v1::EventHeader& header);
};

struct StaffCodec {
  using Rules = Staff;
  static constexpr std::string_view kKind = "staff";
  static absl::StatusOr<StaffState> Decode(const StoredParts& parts);
  static std::vector<std::string> Encode(const StaffState& state);
  static bool IsPublished(const StaffEvent& event);
  static EncodedEvent EncodeEvent(const StaffState& after, const StaffEvent& event,
                                  const common::v1::EventHeader& header);
};

// What one person does for one child, in the form of a person's record.
struct StaffOfChildCodec : StaffCodec {
  static constexpr std::string_view kKind = "staff-of-child";
  static std::string IdOf(const StaffId& staff, const ChildId& child) {
    return staff.text() + "." + child.text();
  }
};

struct ChildCodec {
  using Rules = Child;
  static constexpr std::string_view kKind = "child";
  static absl::StatusOr<ChildState> Decode(const StoredParts& parts);
  static std::vector<std::string> Encode(const ChildState& state);
  static bool IsPublished(const ChildEvent& event);
  static EncodedEvent EncodeEvent(const ChildState& after, const ChildEvent& event,
                                  const common::v1::EventHeader& header);
};

struct ImportLogCodec {
  using Rules = ImportLog;
  static constexpr std::string_view kKind = "import";
  static absl::StatusOr<ImportLogState> Decode(const StoredParts& parts);
  static std::vector<std::string> Encode(const ImportLogState& state);
  static bool IsPublished(const ImportLogEvent&) { return false; }
  static EncodedEvent EncodeEvent(const ImportLogState&, const ImportLogEvent&,
                                  const common::v1::EventHeader&) {
    return {};
  }
};

// Where an aggregate is kept, by its own id.
template <class Codec>
Target TargetOf(const std::string& id) {
  return {id, {{std::string(Codec::kKind), id}}};
}
// Beside the person, so that what is said under the person's key stays in order.
template <>
inline Target TargetOf<StaffOfChildCodec>(const std::string& id) {
  return {id.substr(0, id.find('.')), {{std::string(StaffOfChildCodec::kKind), id}}};
}

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_STORAGE_CODEC_H_
