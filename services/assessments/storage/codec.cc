#include "services/assessments/storage/codec.h"

#include <utility>

#include "pepline/assessments/storage/v1/outcomes.pb.h"
#include "pepline/assessments/storage/v1/pep.pb.h"
#include "pepline/assessments/storage/v1/pupil_views.pb.h"
#include "pepline/assessments/storage/v1/sdq.pb.h"
#include "services/assessments/domain/fields.h"
#include "shared/base/london.h"
#include "shared/engine/field_mapping.h"
#include "shared/projections/known_children.h"

namespace pepline::assessments {
namespace {

namespace stored = storage::v1;

// The two parts of every decision: its own record, and where the child's PEP stands. `complete`
// gets the record and the state, to read what the field list does not.
template <class State, class Stored>
absl::StatusOr<State> ReadParts(
    const std::vector<std::optional<std::string>>& parts,
    void (*complete)(const Stored&, State&) = [](const Stored&, State&) {}) {
  State state;
  FieldReader reader;
  if (parts.front()) {
    Stored in;
    if (!in.ParseFromString(*parts.front())) reader.Fail();
    state = ReadFields<State>(in, reader);
    complete(in, state);
  }
  if (parts.size() > 1 && parts[1]) {
    auto pep = DecodePep(*parts[1]);
    if (!pep.ok()) return pep.status();
    state.current_pep = *std::move(pep);
  }
  return reader.Give(std::move(state));
}

std::string EncodeIfAny(const std::optional<PepStanding>& pep) {
  return pep ? EncodePep(*pep) : std::string();
}

// A record that a PEP has one of.
Target OfPep(std::string_view kind, const ChildId& child, const PepId& pep) {
  return {child.text(), {{std::string(kind), pep.text()}, {std::string(kPepKind), child.text()}}};
}

}  // namespace

absl::StatusOr<SdqState> SdqCodec::Decode(const std::vector<std::optional<std::string>>& parts) {
  auto state = ReadParts<SdqState, stored::Sdq>(parts);
  // Where a person asked all the same, it is not obtained for another reason.
  if (state.ok() && state->not_obtained_at && state->not_of_age_at == state->not_obtained_at) {
    state->not_obtained_confirmed_by = Confirmer::kNotOfAge;
  }
  return state;
}

std::vector<std::string> SdqCodec::Encode(const SdqState& state) {
  stored::Sdq out;
  WriteFields(state, out);
  // Which the version before could not read; not_of_age_at says it.
  if (state.not_obtained_confirmed_by == Confirmer::kNotOfAge) {
    out.clear_not_obtained_confirmed_by();
  }
  return {out.SerializeAsString(), EncodeIfAny(state.current_pep)};
}

absl::StatusOr<PupilViewsState> PupilViewsCodec::Decode(
    const std::vector<std::optional<std::string>>& parts) {
  return ReadParts<PupilViewsState, stored::PupilViews>(
      parts, [](const stored::PupilViews& in, PupilViewsState& state) {
        if (in.taken_back()) state.on_record.stage = ViewsStage::kTakenBack;
      });
}

std::vector<std::string> PupilViewsCodec::Encode(const PupilViewsState& state) {
  stored::PupilViews out;
  WriteFields(state, out);
  // Which the version before could not read. It takes them for declined, and captures new ones.
  if (state.on_record.stage == ViewsStage::kTakenBack) {
    out.set_state(v1::PUPIL_VIEWS_STATE_DECLINED);
    out.set_taken_back(true);
  }
  return {out.SerializeAsString(), EncodeIfAny(state.current_pep)};
}

absl::StatusOr<OutcomesState> OutcomesCodec::Decode(
    const std::vector<std::optional<std::string>>& parts) {
  return ReadParts<OutcomesState, stored::Outcomes>(parts);
}

std::vector<std::string> OutcomesCodec::Encode(const OutcomesState& state) {
  stored::Outcomes out;
  WriteFields(state, out);
  return {out.SerializeAsString(), EncodeIfAny(state.current_pep)};
}

absl::StatusOr<PepStanding> DecodePep(const std::string& bytes) {
  stored::Pep in;
  FieldReader reader;
  if (!in.ParseFromString(bytes) || in.pep_id().empty()) reader.Fail();
  return reader.Give(ReadFields<PepStanding>(in, reader));
}

std::string EncodePep(const PepStanding& pep) {
  stored::Pep out;
  WriteFields(pep, out);
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
  return OfPep(PupilViewsCodec::kKind, child, pep);
}

Target OutcomesOf(const ChildId& child, const PepId& pep) {
  return OfPep(OutcomesCodec::kKind, child, pep);
}

std::vector<RecordKey> RecordOf(const std::string& sdq_id) {
  return {{std::string(SdqCodec::kKind), sdq_id}};
}

}  // namespace pepline::assessments
