#include "services/scheduling/storage/epep_codec.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "pepline/scheduling/storage/v1/epep.pb.h"
#include "services/scheduling/domain/fields.h"
#include "services/scheduling/storage/event_messages.h"
#include "shared/base/digest.h"
#include "shared/engine/compressed_message.h"
#include "shared/engine/event_mapping.h"
#include "shared/engine/field_mapping.h"

namespace pepline::scheduling {

namespace stored = storage::v1;

absl::StatusOr<EpepState> EpepCodec::Decode(const RecordStates& parts) {
  if (!parts.front()) return EpepState();
  stored::Epep in;
  FieldReader reader;
  if (!in.ParseFromString(*parts.front())) reader.Fail();
  return reader.Give(ReadFields<EpepState>(in, reader));
}

std::vector<std::string> EpepCodec::Encode(const EpepState& state) {
  stored::Epep out;
  WriteFields(state, out);
  return {out.SerializeAsString()};
}

bool EpepCodec::IsPublished(const EpepEvent& event) { return HasMessage<EpepMessages>(event); }

EncodedEvent EpepCodec::EncodeEvent(const EpepState& after, const EpepEvent& event,
                                    const common::v1::EventHeader& header) {
  v1::SchedulingEvent envelope;
  *envelope.mutable_header() = header;
  const auto say_whose = [&](const auto& one, auto&) {
    v1::PepReference& pep = *envelope.mutable_pep();
    pep.set_pep_id(after.pep.text());
    pep.set_child_id(one.owner.child.text());
    pep.set_school_urn(one.owner.school.text());
    pep.set_authority_code(one.owner.authority.text());
  };
  return EncodeInto<EpepMessages>(envelope, after.child.text(), event, say_whose);
}

RecordKey EpepOf(const PepId& pep) { return {std::string(EpepCodec::kKind), pep.text()}; }

RecordKey VersionOf(const PepId& pep, int version) {
  return {std::string(kEpepVersionKind), VersionIdOf(pep, version)};
}

std::string Sha256Of(const EpepVersion& version) {
  return absl::BytesToHexString(Sha256(CanonicalBytes(version)));
}

std::string EncodeVersion(const EpepVersion& version) {
  stored::EpepVersion content;
  WriteFields(version, content);
  stored::StoredEpepVersion out;
  out.set_gzip(Compressed(content));
  out.set_sha256(Sha256(CanonicalBytes(version)));
  return out.SerializeAsString();
}

absl::StatusOr<EpepVersion> DecodeVersion(const std::string& bytes) {
  stored::StoredEpepVersion in;
  stored::EpepVersion content;
  FieldReader reader;
  if (!in.ParseFromString(bytes) || !ReadCompressed(in.gzip(), content)) reader.Fail();
  auto version = reader.Give(ReadFields<EpepVersion>(content, reader));
  if (version.ok() && Sha256(CanonicalBytes(*version)) == in.sha256()) return version;
  return absl::DataLossError(
      "a version of an ePEP is not what was finalised, and is not shown; restore scheduling's "
      "back-up of a day on which it was (docs/operations/backup.md), and compare the hash with "
      "that of EpepFinalised");
}

}  // namespace pepline::scheduling
