// Stored calendars and profiles.
#include <utility>

#include "pepline/registry/storage/v1/calendar.pb.h"
#include "pepline/registry/storage/v1/policy.pb.h"
#include "services/registry/storage/codec.h"
#include "services/registry/storage/conversions.h"

namespace pepline::registry {
namespace {

namespace stored = storage::v1;

absl::Status NotReadable() {
  return absl::DataLossError("a stored record cannot be read; see `pepctl rebuild`");
}

}  // namespace

absl::StatusOr<BankHolidaysState> BankHolidaysCodec::Decode(const StoredParts& parts) {
  if (!parts.front()) return BankHolidaysState();
  stored::BankHolidays in;
  if (!in.ParseFromString(*parts.front())) return NotReadable();
  auto days = ReadDays(in.days());
  if (!days) return NotReadable();
  return BankHolidaysState{in.division(), *std::move(days)};
}

std::vector<std::string> BankHolidaysCodec::Encode(const BankHolidaysState& state) {
  stored::BankHolidays out;
  out.set_division(state.division);
  FillDays(state.days, *out.mutable_days());
  return {out.SerializeAsString()};
}

absl::StatusOr<TermDatesState> TermDatesCodec::Decode(const StoredParts& parts) {
  if (!parts.front()) return TermDatesState();
  stored::TermDates in;
  if (!in.ParseFromString(*parts.front())) return NotReadable();
  auto terms = ReadTerms(in.terms());
  if (!terms) return NotReadable();
  return TermDatesState{AuthorityCode(in.authority_code()), *std::move(terms)};
}

std::vector<std::string> TermDatesCodec::Encode(const TermDatesState& state) {
  stored::TermDates out;
  out.set_authority_code(state.authority.text());
  FillTerms(state.terms, *out.mutable_terms());
  return {out.SerializeAsString()};
}

absl::StatusOr<SchoolCalendarState> SchoolCalendarCodec::Decode(const StoredParts& parts) {
  if (!parts.front()) return SchoolCalendarState();
  stored::SchoolCalendar in;
  if (!in.ParseFromString(*parts.front())) return NotReadable();
  auto closed = ReadDays(in.closed_days());
  auto terms = ReadTerms(in.terms());
  if (!closed || !terms) return NotReadable();
  return SchoolCalendarState{SchoolUrn(in.school_urn()), AuthorityCode(in.authority_code()),
                             *std::move(closed), *std::move(terms)};
}

std::vector<std::string> SchoolCalendarCodec::Encode(const SchoolCalendarState& state) {
  stored::SchoolCalendar out;
  out.set_school_urn(state.school.text());
  out.set_authority_code(state.authority.text());
  FillDays(state.closed_days, *out.mutable_closed_days());
  FillTerms(state.terms, *out.mutable_terms());
  return {out.SerializeAsString()};
}

absl::StatusOr<PolicyState> PolicyCodec::Decode(const StoredParts& parts) {
  if (!parts.front()) return PolicyState();
  stored::Policy in;
  if (!in.ParseFromString(*parts.front())) return NotReadable();
  PolicyState state;
  if (in.has_adopted()) {
    state.adopted = FromProto(in.adopted());
    if (!state.adopted) return NotReadable();
  }
  for (const auto& one : in.waiting()) {
    auto profile = FromProto(one);
    if (!profile) return NotReadable();
    state.waiting.push_back(*std::move(profile));
  }
  return state;
}

std::vector<std::string> PolicyCodec::Encode(const PolicyState& state) {
  stored::Policy out;
  if (state.adopted) {
    out.set_authority_code(state.adopted->authority.text());
    *out.mutable_adopted() = ToProto(*state.adopted);
  }
  for (const PolicyProfile& one : state.waiting) {
    out.set_authority_code(one.authority.text());
    *out.add_waiting() = ToProto(one);
  }
  return {out.SerializeAsString()};
}

}  // namespace pepline::registry
