// What registry stores.
#include <utility>

#include "pepline/registry/storage/v1/calendar.pb.h"
#include "pepline/registry/storage/v1/child.pb.h"
#include "pepline/registry/storage/v1/import.pb.h"
#include "pepline/registry/storage/v1/policy.pb.h"
#include "pepline/registry/storage/v1/school.pb.h"
#include "pepline/registry/storage/v1/staff.pb.h"
#include "services/registry/domain/fields.h"
#include "services/registry/storage/codec.h"
#include "shared/engine/field_mapping.h"

namespace pepline::registry {
namespace {

namespace stored = storage::v1;

// The state by its field list; `complete` reads by hand what the list leaves out.
template <class State, class Stored, class Complete>
absl::StatusOr<State> Read(const StoredParts& parts, Complete complete) {
  if (!parts.front()) return State();
  Stored in;
  FieldReader reader;
  if (!in.ParseFromString(*parts.front())) reader.Fail();
  auto state = ReadFields<State>(in, reader);
  complete(in, state, reader);
  return reader.Give(std::move(state));
}
constexpr auto kAllRead = [](const auto&, auto&, FieldReader&) {};

template <class Stored, class State>
std::vector<std::string> Write(const State& state) {
  Stored out;
  WriteFields(state, out);
  return {out.SerializeAsString()};
}

}  // namespace

absl::StatusOr<BankHolidaysState> BankHolidaysCodec::Decode(const StoredParts& parts) {
  return Read<BankHolidaysState, stored::BankHolidays>(parts, kAllRead);
}

std::vector<std::string> BankHolidaysCodec::Encode(const BankHolidaysState& state) {
  return Write<stored::BankHolidays>(state);
}

absl::StatusOr<TermDatesState> TermDatesCodec::Decode(const StoredParts& parts) {
  return Read<TermDatesState, stored::TermDates>(parts, kAllRead);
}

std::vector<std::string> TermDatesCodec::Encode(const TermDatesState& state) {
  return Write<stored::TermDates>(state);
}

absl::StatusOr<SchoolCalendarState> SchoolCalendarCodec::Decode(const StoredParts& parts) {
  return Read<SchoolCalendarState, stored::SchoolCalendar>(parts, kAllRead);
}

std::vector<std::string> SchoolCalendarCodec::Encode(const SchoolCalendarState& state) {
  return Write<stored::SchoolCalendar>(state);
}

absl::StatusOr<PolicyState> PolicyCodec::Decode(const StoredParts& parts) {
  return Read<PolicyState, stored::Policy>(parts, kAllRead);
}

std::vector<std::string> PolicyCodec::Encode(const PolicyState& state) {
  stored::Policy out;
  if (state.adopted) out.set_authority_code(state.adopted->authority.text());
  if (!state.waiting.empty()) out.set_authority_code(state.waiting.back().authority.text());
  WriteFields(state, out);
  return {out.SerializeAsString()};
}

absl::StatusOr<SchoolState> SchoolCodec::Decode(const StoredParts& parts) {
  return Read<SchoolState, stored::School>(parts, kAllRead);
}

std::vector<std::string> SchoolCodec::Encode(const SchoolState& state) {
  return Write<stored::School>(state);
}

absl::StatusOr<StaffState> StaffCodec::Decode(const StoredParts& parts) {
  return Read<StaffState, stored::Staff>(
      parts, [](const stored::Staff& in, StaffState& state, FieldReader& reader) {
        for (const auto& one : in.corrections()) {
          state.corrections.push_back(ReadFields<AppointmentCorrection>(one, reader));
        }
      });
}

std::vector<std::string> StaffCodec::Encode(const StaffState& state) {
  stored::Staff out;
  WriteFields(state, out);
  AppendTo(*out.mutable_corrections(), state.corrections);
  return {out.SerializeAsString()};
}

absl::StatusOr<ChildState> ChildCodec::Decode(const StoredParts& parts) {
  return Read<ChildState, stored::Child>(
      parts, [](const stored::Child& in, ChildState& state, FieldReader& reader) {
        if (state.care && state.care->ceased_on && !state.care->reason) reader.Fail();
        for (const auto& one : in.corrections()) {
          state.corrections.push_back(ReadFields<Correction>(one, reader));
        }
      });
}

std::vector<std::string> ChildCodec::Encode(const ChildState& state) {
  stored::Child out;
  WriteFields(state, out);
  AppendTo(*out.mutable_corrections(), state.corrections);
  return {out.SerializeAsString()};
}

absl::StatusOr<ImportLogState> ImportLogCodec::Decode(const StoredParts& parts) {
  return Read<ImportLogState, stored::Import>(parts, kAllRead);
}

std::vector<std::string> ImportLogCodec::Encode(const ImportLogState& state) {
  return Write<stored::Import>(state);
}

}  // namespace pepline::registry
