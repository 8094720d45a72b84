#include "services/funding/storage/codec.h"

#include <utility>

#include "services/funding/domain/fields.h"
#include "shared/engine/field_mapping.h"

namespace pepline::funding {
namespace {

namespace stored = storage::v1;

// Empty where there is none.
template <class Stored, class T>
std::string EncodeRecord(const std::optional<T>& value) {
  Stored out;
  if (value) WriteFields(*value, out);
  return out.SerializeAsString();
}

template <class T, class Stored>
std::optional<T> DecodeRecord(const std::optional<std::string>& bytes, FieldReader& reader) {
  if (!bytes) return std::nullopt;
  Stored in;
  if (!in.ParseFromString(*bytes)) reader.Fail();
  return ReadFields<T>(in, reader);
}

std::optional<FundLine> DecodeLine(const std::optional<std::string>& bytes, FieldReader& reader) {
  auto line = DecodeRecord<FundLine, stored::FundLine>(bytes, reader);
  if (line && !NameOf(IdOf(line->name))) reader.Fail();
  return line;
}

}  // namespace

absl::StatusOr<FundLineState> FundLineCodec::Decode(
    const std::vector<std::optional<std::string>>& parts) {
  FieldReader reader;
  return reader.Give(FundLineState{DecodeLine(parts[0], reader)});
}

std::vector<std::string> FundLineCodec::Encode(const FundLineState& state) {
  return {EncodeRecord<stored::FundLine>(state.line)};
}

absl::StatusOr<FundingState> FundingCodec::Decode(
    const std::vector<std::optional<std::string>>& parts) {
  FieldReader reader;
  return reader.Give(
      FundingState{DecodeRecord<FundingRequest, stored::FundingRequest>(parts[0], reader),
                   DecodeLine(parts[1], reader)});
}

std::vector<std::string> FundingCodec::Encode(const FundingState& state) {
  return {EncodeRecord<stored::FundingRequest>(state.request),
          EncodeRecord<stored::FundLine>(state.line)};
}

Target TargetOf(const FundLineName& line) {
  const std::string id = IdOf(line).text();
  return {id, {{std::string(FundLineCodec::kKind), id}}};
}

Target TargetOf(const FundingRequestId& request, const FundLineName& line) {
  const std::string line_id = IdOf(line).text();
  return {line_id,
          {{std::string(FundingCodec::kKind), request.text()},
           {std::string(FundLineCodec::kKind), line_id}}};
}

Target ListedTarget(const std::string& request) {
  const FundingRequestId id(request);
  return TargetOf(id, LineOf(id).value_or(FundLineName()));
}

}  // namespace pepline::funding
