#include "services/assessments/storage/codec.h"

#include <utility>

#include "pepline/assessments/storage/v1/pep.pb.h"
#include "pepline/assessments/storage/v1/pupil_views.pb.h"
#include "pepline/assessments/storage/v1/sdq.pb.h"
#include "services/assessments/storage/conversions.h"
#include "shared/base/london.h"
#include "shared/engine/field_reader.h"
#include "shared/projections/known_children.h"

namespace pepline::assessments {
namespace {

namespace stored = storage::v1;

std::int64_t Micros(absl::Time at) { return absl::ToUnixMicros(at); }
absl::Time FromMicros(std::int64_t micros) { return absl::FromUnixMicros(micros); }

void Encode(const SdqReturn& returned, stored::SdqReturn& out) {
  out.set_received_at(Micros(returned.received_at));
  out.set_form(ToProto(returned.form));
  out.set_follow_up(returned.follow_up);
  for (int answer : returned.answers) out.add_answers(answer);
  if (returned.impact) *out.mutable_impact() = ToProto(*returned.impact);
  out.set_document_reference(returned.document_reference);
  *out.mutable_scores() = ToProto(returned.scores);
}

SdqReturn Decode(const stored::SdqReturn& in, FieldReader& reader) {
  SdqReturn returned;
  returned.received_at = FromMicros(in.received_at());
  returned.form = reader.Known(FromProto(in.form()));
  returned.follow_up = in.follow_up();
  returned.answers.assign(in.answers().begin(), in.answers().end());
  if (in.has_impact()) returned.impact = FromProto(in.impact());
  returned.document_reference = in.document_reference();
  returned.scores = FromProto(in.scores());
  return returned;
}

// What the version before can read, too.
std::optional<Confirmer> StoredConfirmer(const SdqState& state) {
  if (state.not_obtained_confirmed_by == Confirmer::kNotOfAge) return std::nullopt;
  return state.not_obtained_confirmed_by;
}

stored::Sdq ToStored(const SdqState& state) {
  stored::Sdq out;
  out.set_child_id(state.key.child.text());
  out.set_pep_id(state.key.pep.text());
  out.set_purpose(ToProto(state.key.purpose));
  out.set_informant(ToProto(state.key.informant));
  out.set_state(ToProto(state.stage));
  if (state.required_by) out.set_required_by(Micros(*state.required_by));
  out.set_missing(state.missing);
  out.set_requested_at(Micros(state.requested_at));
  if (state.sent_at) out.set_sent_at(Micros(*state.sent_at));
  if (state.latest_return) Encode(*state.latest_return, *out.mutable_latest_return());
  if (state.scored_at) out.set_scored_at(Micros(*state.scored_at));
  out.set_scoring_rule(state.scoring_rule);
  if (state.reviewed_at) out.set_reviewed_at(Micros(*state.reviewed_at));
  out.set_strategies(state.strategies);
  if (state.not_obtained_at) out.set_not_obtained_at(Micros(*state.not_obtained_at));
  if (state.not_obtained_reason) out.set_not_obtained_reason(ToProto(*state.not_obtained_reason));
  out.set_not_obtained_detail(state.not_obtained_detail);
  if (state.not_obtained_proposed_at) {
    out.set_not_obtained_proposed_at(Micros(*state.not_obtained_proposed_at));
  }
  out.set_not_obtained_explanation(state.not_obtained_explanation);
  if (const auto confirmer = StoredConfirmer(state)) {
    out.set_not_obtained_confirmed_by(ToProto(*confirmer));
  }
  if (state.not_of_age_at) out.set_not_of_age_at(Micros(*state.not_of_age_at));
  for (const SdqCorrection& correction : state.corrections) {
    auto* one = out.add_corrections();
    one->set_corrected_at(Micros(correction.at));
    one->set_reason(correction.reason);
    Encode(correction.before, *one->mutable_before());
  }
  return out;
}

void FromStored(const stored::Sdq& in, SdqState& state, FieldReader& reader) {
  state.stage = reader.Known(FromProto(in.state()));
  state.key = {ChildId(in.child_id()), PepId(in.pep_id()), reader.Known(FromProto(in.purpose())),
               reader.Known(FromProto(in.informant()))};
  if (in.has_required_by()) state.required_by = FromMicros(in.required_by());
  state.missing = in.missing();
  state.requested_at = FromMicros(in.requested_at());
  if (in.has_sent_at()) state.sent_at = FromMicros(in.sent_at());
  if (in.has_latest_return()) {
    state.latest_return = assessments::Decode(in.latest_return(), reader);
  }
  if (in.has_scored_at()) state.scored_at = FromMicros(in.scored_at());
  state.scoring_rule = in.scoring_rule();
  if (in.has_reviewed_at()) state.reviewed_at = FromMicros(in.reviewed_at());
  state.strategies = in.strategies();
  if (in.has_not_obtained_proposed_at()) {
    state.not_obtained_proposed_at = FromMicros(in.not_obtained_proposed_at());
  }
  if (in.has_not_obtained_at()) state.not_obtained_at = FromMicros(in.not_obtained_at());
  if (in.has_not_obtained_proposed_at() || in.has_not_obtained_at()) {
    state.not_obtained_reason = reader.Known(FromProto(in.not_obtained_reason()));
  }
  state.not_obtained_detail = in.not_obtained_detail();
  state.not_obtained_explanation = in.not_obtained_explanation();
  if (in.not_obtained_confirmed_by() != v1::SDQ_CONFIRMER_UNSPECIFIED) {
    state.not_obtained_confirmed_by = reader.Known(FromProto(in.not_obtained_confirmed_by()));
  }
  if (in.has_not_of_age_at()) state.not_of_age_at = FromMicros(in.not_of_age_at());
  // Where a person asked all the same, it is not obtained for another reason.
  if (in.has_not_obtained_at() && state.not_of_age_at == state.not_obtained_at) {
    state.not_obtained_confirmed_by = Confirmer::kNotOfAge;
  }
  for (const auto& one : in.corrections()) {
    state.corrections.push_back(
        {FromMicros(one.corrected_at()), one.reason(), assessments::Decode(one.before(), reader)});
  }
}

// The second part of every decision.
absl::Status ReadPep(const std::vector<std::optional<std::string>>& parts,
                     std::optional<PepStanding>& pep) {
  if (parts.size() < 2 || !parts[1]) return absl::OkStatus();
  auto read = DecodePep(*parts[1]);
  if (!read.ok()) return read.status();
  pep = *std::move(read);
  return absl::OkStatus();
}

std::string EncodeIfAny(const std::optional<PepStanding>& pep) {
  return pep ? EncodePep(*pep) : std::string();
}

}  // namespace

absl::StatusOr<SdqState> SdqCodec::Decode(const std::vector<std::optional<std::string>>& parts) {
  SdqState state;
  if (absl::Status read = ReadPep(parts, state.current_pep); !read.ok()) return read;
  if (!parts.front()) return state;
  stored::Sdq in;
  FieldReader reader;
  const bool parsed = in.ParseFromString(*parts.front());
  if (parsed) FromStored(in, state, reader);
  if (!parsed || !reader.readable()) {
    return absl::DataLossError("a stored SDQ cannot be read; see `pepctl rebuild`");
  }
  return state;
}

std::vector<std::string> SdqCodec::Encode(const SdqState& state) {
  return {ToStored(state).SerializeAsString(), EncodeIfAny(state.current_pep)};
}

absl::StatusOr<PupilViewsState> PupilViewsCodec::Decode(
    const std::vector<std::optional<std::string>>& parts) {
  PupilViewsState state;
  if (absl::Status read = ReadPep(parts, state.current_pep); !read.ok()) return read;
  if (!parts.front()) return state;
  stored::PupilViews in;
  const bool parsed = in.ParseFromString(*parts.front());
  const auto stage = FromProto(in.state());
  if (!parsed || !stage) {
    return absl::DataLossError("stored pupil views cannot be read; see `pepctl rebuild`");
  }
  state.stage = *stage;
  state.child = ChildId(in.child_id());
  state.pep = PepId(in.pep_id());
  state.recorded_at = FromMicros(in.recorded_at());
  state.text = in.text();
  state.document_reference = in.document_reference();
  state.declined_reason = in.declined_reason();
  return state;
}

std::vector<std::string> PupilViewsCodec::Encode(const PupilViewsState& state) {
  stored::PupilViews out;
  out.set_child_id(state.child.text());
  out.set_pep_id(state.pep.text());
  out.set_state(ToProto(state.stage));
  out.set_recorded_at(Micros(state.recorded_at));
  out.set_text(state.text);
  out.set_document_reference(state.document_reference);
  out.set_declined_reason(state.declined_reason);
  return {out.SerializeAsString(), EncodeIfAny(state.current_pep)};
}

absl::StatusOr<PepStanding> DecodePep(const std::string& bytes) {
  stored::Pep in;
  if (!in.ParseFromString(bytes) || in.pep_id().empty()) {
    return absl::DataLossError("a stored PEP cannot be read; see `pepctl rebuild`");
  }
  PepStanding pep{PepId(in.pep_id()), in.open(), std::nullopt};
  if (in.has_sdq_required_by()) pep.sdq_required_by = FromMicros(in.sdq_required_by());
  for (const auto& one : in.earlier()) {
    OpenPep& earlier = pep.earlier.emplace_back(OpenPep{PepId(one.pep_id()), std::nullopt});
    if (one.has_sdq_required_by()) earlier.sdq_required_by = FromMicros(one.sdq_required_by());
  }
  return pep;
}

std::string EncodePep(const PepStanding& pep) {
  stored::Pep out;
  out.set_pep_id(pep.id.text());
  out.set_open(pep.open);
  if (pep.sdq_required_by) out.set_sdq_required_by(Micros(*pep.sdq_required_by));
  for (const OpenPep& one : pep.earlier) {
    auto* earlier = out.add_earlier();
    earlier->set_pep_id(one.id.text());
    if (one.sdq_required_by) earlier->set_sdq_required_by(Micros(*one.sdq_required_by));
  }
  return out.SerializeAsString();
}

Target TargetOf(const SdqKey& key) {
  return {
      key.child.text(),
      {{std::string(SdqCodec::kKind), IdOf(key).text()}, {std::string(kPepKind), key.child.text()}},
      {KnownChildren::RecordOf(key.child)}};
}

absl::StatusOr<SdqFacts> FactsAt(absl::Time now, const RecordStates& also) {
  SdqFacts facts{now};
  if (also.empty()) return facts;
  auto child = KnownChildren::ChildIn(also.front());
  if (!child.ok()) return child.status();
  if (*child && (*child)->sdq) facts.ages = ChildsAges{*(*child)->sdq, London()};
  return facts;
}

Target ViewsOf(const ChildId& child, const PepId& pep) {
  return {
      child.text(),
      {{std::string(PupilViewsCodec::kKind), pep.text()}, {std::string(kPepKind), child.text()}}};
}

std::vector<RecordKey> RecordOf(const std::string& sdq_id) {
  return {{std::string(SdqCodec::kKind), sdq_id}};
}

}  // namespace pepline::assessments
