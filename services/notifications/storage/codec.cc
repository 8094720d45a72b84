#include "services/notifications/storage/codec.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/notifications/domain/fields.h"
#include "shared/engine/field_mapping.h"

namespace pepline::notifications {
namespace {

namespace stored = storage::v1;

// Of a message to one person that is settled, the contract's state is stored beside what it follows
// from.
void FillStates(stored::Alert& out) {
  for (stored::Telling& telling : *out.mutable_tellings()) {
    for (stored::Settled& one : *telling.mutable_settled()) {
      one.set_state(one.channel().empty() ? v1::DELIVERY_STATE_FAILED
                                          : v1::DELIVERY_STATE_DELIVERED);
    }
  }
}
// Exactly one of the two is set of each.
void CheckSettled(AlertState& state, FieldReader& reader) {
  for (PendingDelivery& pending : state.deliveries) {
    for (Settled& one : pending.settled) {
      if (one.channel) {
        one.cause.reset();
      } else if (!one.cause) {
        reader.Fail();
      }
    }
  }
}

AlertState Decode(const stored::Alert& in, FieldReader& reader) {
  auto state = ReadFields<AlertState>(in, reader);
  CheckSettled(state, reader);
  if (!in.resolved_cause().empty() && !state.IsNotice()) {
    state.resolved = Resolution{reader.Known(ParseResolved(in.resolved_cause())),
                                absl::FromUnixMicros(in.resolved_at())};
    if (in.waived()) state.resolved->cause = ResolvedCause::kWaived;
  }
  return state;
}

}  // namespace

absl::StatusOr<AlertState> AlertCodec::Decode(
    const std::vector<std::optional<std::string>>& parts) {
  if (!parts.front()) return AlertState();
  stored::Alert alert;
  FieldReader reader;
  if (alert.ParseFromString(*parts.front())) {
    AlertState state = notifications::Decode(alert, reader);
    if (reader.readable()) return state;
  }
  return absl::DataLossError("a stored alert cannot be read; see `pepctl rebuild`");
}

std::vector<std::string> AlertCodec::Encode(const AlertState& state) {
  stored::Alert out;
  WriteFields(state, out);
  FillStates(out);
  if (state.IsNotice()) {
    // The version before knows no notices: it must not take one for an open alert.
    out.set_resolved_cause(std::string(ResolvedName(ResolvedCause::kWithdrawn)));
    out.set_resolved_at(absl::ToUnixMicros(state.reached.empty() ? state.instants.due_at
                                                                 : state.reached.begin()->second));
  }
  if (state.resolved) {
    const bool waived = state.resolved->cause == ResolvedCause::kWaived;
    out.set_waived(waived);
    out.set_resolved_cause(
        std::string(ResolvedName(waived ? ResolvedCause::kWithdrawn : state.resolved->cause)));
    out.set_resolved_at(absl::ToUnixMicros(state.resolved->at));
  }
  return {out.SerializeAsString()};
}

Target AlertOf(const AlertId& alert) {
  const std::string& id = alert.text();
  return {id.substr(0, id.find('.')), {{std::string(AlertCodec::kKind), id}}};
}

ChildId ChildOf(Store& store, const AlertId& alert) {
  const auto state = Read<AlertCodec>(store, AlertOf(alert));
  return state.ok() && *state ? (*state)->reference.child : ChildId();
}

std::string VacancyOfAlert(const AlertId& alert) {
  const std::string& id = alert.text();
  const auto dot = id.rfind('.');
  if (dot == std::string::npos || id.substr(dot + 1) != kVacancyRule) return "";
  return id.substr(0, dot);
}

AlertId VacancyAlertOf(const std::string& vacancy_id) {
  return AlertId(absl::StrCat(vacancy_id, ".", std::string(kVacancyRule)));
}

std::string VacancyId(const SchoolUrn& school, const AuthorityCode& caring) {
  return caring.empty() ? school.text() : absl::StrCat(school.text(), ".", caring.text());
}

absl::StatusOr<Vacancy> DecodeVacancy(const std::string& bytes) {
  stored::Vacancy in;
  FieldReader reader;
  if (!in.ParseFromString(bytes)) reader.Fail();
  auto vacancy = ReadFields<Vacancy>(in, reader);
  if (!reader.readable()) {
    return absl::DataLossError("a stored vacancy cannot be read; see `pepctl rebuild`");
  }
  AlertReference& reference = vacancy.reference;
  reference.alert = VacancyAlertOf(VacancyId(
      reference.school, vacancy.of_caring_authority ? reference.authority : AuthorityCode()));
  reference.rule_id = std::string(kVacancyRule);
  return vacancy;
}

std::string EncodeVacancy(const Vacancy& vacancy) {
  stored::Vacancy out;
  WriteFields(vacancy, out);
  return out.SerializeAsString();
}

}  // namespace pepline::notifications
