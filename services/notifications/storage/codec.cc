#include "services/notifications/storage/codec.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/notifications/storage/conversions.h"
#include "shared/engine/field_reader.h"

namespace pepline::notifications {
namespace {

namespace stored = storage::v1;

absl::Time FromMicros(std::int64_t micros) { return absl::FromUnixMicros(micros); }

class Reader : public FieldReader {
 public:
  RecipientRole Role(int role) {
    return Known(FromProto(static_cast<common::v1::RecipientRole>(role)));
  }
};

template <class Message>
void EncodeLevels(const std::vector<LevelInstant>& levels, Message& out) {
  for (const LevelInstant& level : levels) {
    stored::Level* one = out.add_levels();
    one->set_level(level.level);
    one->set_at(absl::ToUnixMicros(level.at));
    for (RecipientRole role : level.recipients) one->add_recipients(ToProto(role));
  }
}

template <class Message>
std::vector<LevelInstant> DecodeLevels(const Message& in, Reader& reader) {
  std::vector<LevelInstant> levels;
  for (const stored::Level& level : in.levels()) {
    LevelInstant one{level.level(), FromMicros(level.at()), {}};
    for (int role : level.recipients()) one.recipients.push_back(reader.Role(role));
    levels.push_back(std::move(one));
  }
  return levels;
}

void Encode(const PendingDelivery& pending, stored::Telling& out) {
  out.set_level(pending.level);
  out.set_role(ToProto(pending.role));
  out.set_since(absl::ToUnixMicros(pending.since));
  out.set_state(ToProto(pending.state));
  if (pending.instead_of) out.set_instead_of(ToProto(*pending.instead_of));
  for (const Settled& one : pending.settled) {
    stored::Settled* settled = out.add_settled();
    settled->set_staff_id(one.staff.text());
    settled->set_state(one.channel ? v1::DELIVERY_STATE_DELIVERED : v1::DELIVERY_STATE_FAILED);
    if (one.channel) settled->set_channel(std::string(ChannelName(*one.channel)));
    if (one.cause) settled->set_cause(std::string(FailureName(*one.cause)));
    settled->set_at(absl::ToUnixMicros(one.at));
  }
  for (const Attempt& one : pending.attempts) {
    stored::Attempt* attempt = out.add_attempts();
    attempt->set_staff_id(one.staff.text());
    attempt->set_claimed_by(one.claimed_by);
    attempt->set_refusals(one.refusals);
  }
}

PendingDelivery Decode(const stored::Telling& in, Reader& reader) {
  PendingDelivery pending;
  pending.level = in.level();
  pending.role = reader.Role(in.role());
  pending.since = FromMicros(in.since());
  pending.state = reader.Known(FromProto(in.state()));
  if (in.instead_of() != common::v1::RECIPIENT_ROLE_UNSPECIFIED) {
    pending.instead_of = reader.Role(in.instead_of());
  }
  for (const stored::Settled& one : in.settled()) {
    Settled settled{StaffId(one.staff_id()), std::nullopt, std::nullopt, FromMicros(one.at())};
    if (one.state() == v1::DELIVERY_STATE_DELIVERED) {
      settled.channel = reader.Known(ParseChannel(one.channel()));
    } else {
      settled.cause = reader.Known(ParseFailure(one.cause()));
    }
    pending.settled.push_back(std::move(settled));
  }
  for (const stored::Attempt& one : in.attempts()) {
    pending.attempts.push_back({StaffId(one.staff_id()), one.claimed_by(), one.refusals()});
  }
  return pending;
}

AlertState Decode(const stored::Alert& in, Reader& reader) {
  AlertState state;
  state.reference = FromProto(in.reference());
  state.instants.due_at = FromMicros(in.due_at());
  state.instants.levels = DecodeLevels(in, reader);
  state.instants.estimated = in.estimated();
  state.instants.provisional = in.provisional();
  state.instants.after_interim = in.after_interim();
  state.run = in.run();
  state.late = in.late();
  for (const auto& one : in.reached()) state.reached[one.level()] = FromMicros(one.at());
  for (const auto& one : in.tellings()) state.deliveries.push_back(Decode(one, reader));
  for (const auto& one : in.acknowledgements()) {
    state.acknowledgements[reader.Role(one.role())] = {one.level(), FromMicros(one.at())};
  }
  for (const auto& one : in.earlier()) {
    state.earlier.push_back(
        {one.run(), one.level(), reader.Role(one.role()), StaffId(one.staff_id())});
  }
  if (!in.resolved_cause().empty() && !state.IsNotice()) {
    state.resolved =
        Resolution{reader.Known(ParseResolved(in.resolved_cause())), FromMicros(in.resolved_at())};
    if (in.waived()) state.resolved->cause = ResolvedCause::kWaived;
  }
  return state;
}

}  // namespace

absl::StatusOr<AlertState> AlertCodec::Decode(
    const std::vector<std::optional<std::string>>& parts) {
  if (!parts.front()) return AlertState();
  stored::Alert alert;
  Reader reader;
  if (alert.ParseFromString(*parts.front())) {
    AlertState state = notifications::Decode(alert, reader);
    if (reader.readable()) return state;
  }
  return absl::DataLossError("a stored alert cannot be read; see `pepctl rebuild`");
}

std::vector<std::string> AlertCodec::Encode(const AlertState& state) {
  stored::Alert out;
  *out.mutable_reference() = ToProto(state.reference);
  out.set_due_at(absl::ToUnixMicros(state.instants.due_at));
  EncodeLevels(state.instants.levels, out);
  out.set_estimated(state.instants.estimated);
  out.set_provisional(state.instants.provisional);
  out.set_after_interim(state.instants.after_interim);
  out.set_run(state.run);
  out.set_late(state.late);
  for (const auto& [level, at] : state.reached) {
    stored::Reached* one = out.add_reached();
    one->set_level(level);
    one->set_at(absl::ToUnixMicros(at));
  }
  for (const PendingDelivery& pending : state.deliveries) {
    notifications::Encode(pending, *out.add_tellings());
  }
  for (const auto& [role, acknowledgement] : state.acknowledgements) {
    stored::Acknowledgement* one = out.add_acknowledgements();
    one->set_role(ToProto(role));
    one->set_level(acknowledgement.level);
    one->set_at(absl::ToUnixMicros(acknowledgement.at));
  }
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
  for (const EarlierDelivery& delivery : state.earlier) {
    stored::EarlierDelivery* one = out.add_earlier();
    one->set_run(delivery.run);
    one->set_level(delivery.level);
    one->set_role(ToProto(delivery.role));
    one->set_staff_id(delivery.staff.text());
  }
  return {out.SerializeAsString()};
}

Target AlertOf(const AlertId& alert) {
  const std::string& id = alert.text();
  return {id.substr(0, id.find('.')), {{std::string(AlertCodec::kKind), id}}};
}

SchoolUrn SchoolOfVacancyAlert(const AlertId& alert) {
  const std::string& id = alert.text();
  const auto dot = id.find('.');
  if (dot == std::string::npos || id.substr(dot + 1) != kVacancyRule) return SchoolUrn();
  return SchoolUrn(id.substr(0, dot));
}

AlertId VacancyAlertOf(const SchoolUrn& school) {
  return AlertId(absl::StrCat(school.text(), ".", std::string(kVacancyRule)));
}

absl::StatusOr<Vacancy> DecodeVacancy(const std::string& bytes) {
  stored::Vacancy in;
  Reader reader;
  if (!in.ParseFromString(bytes)) {
    return absl::DataLossError("a stored vacancy cannot be read; see `pepctl rebuild`");
  }
  const SchoolUrn school(in.school_urn());
  Vacancy vacancy{{VacancyAlertOf(school), std::string(kVacancyRule), ChildId(), PepId(), school,
                   AuthorityCode(in.authority_code())},
                  in.vacant(),
                  in.nobody_needed(),
                  {FromMicros(in.due_at()), DecodeLevels(in, reader)}};
  if (!reader.readable()) {
    return absl::DataLossError("a stored vacancy cannot be read; see `pepctl rebuild`");
  }
  return vacancy;
}

std::string EncodeVacancy(const Vacancy& vacancy) {
  stored::Vacancy out;
  out.set_school_urn(vacancy.reference.school.text());
  out.set_authority_code(vacancy.reference.authority.text());
  out.set_vacant(vacancy.vacant);
  out.set_nobody_needed(vacancy.nobody_needed);
  out.set_due_at(absl::ToUnixMicros(vacancy.instants.due_at));
  EncodeLevels(vacancy.instants.levels, out);
  return out.SerializeAsString();
}

}  // namespace pepline::notifications
