#include "shared/rpc/request_faults.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "shared/domain/characters.h"

namespace pepline {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr std::size_t kLongestRequestId = 64;
constexpr int kHighestLevel = 3;  // of an alert, after its reminder (0)

bool IsDigits(std::string_view text, std::size_t count) {
  return text.size() == count && std::ranges::all_of(text, [](char c) {
           return absl::ascii_isdigit(static_cast<unsigned char>(c));
         });
}
bool IsUrn(std::string_view text) { return IsDigits(text, 6); }
bool IsAuthority(std::string_view text) { return IsDigits(text, 3); }
bool IsOpaqueId(std::string_view text) {
  return text.size() <= 64 && std::ranges::all_of(text, [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' ||
                  c == '_';
         });
}
// "2025-26" and the like: two years that follow each other.
bool AreYears(std::string_view text, char between) {
  int first = 0, second = 0;
  return text.size() == 7 && text[4] == between && IsDigits(text.substr(0, 4), 4) &&
         IsDigits(text.substr(5), 2) &&
         absl::SimpleAtoi(absl::string_view(text.data(), 4), &first) &&
         absl::SimpleAtoi(absl::string_view(text.data() + 5, 2), &second) &&
         (first + 1) % 100 == second;
}
bool IsFundLine(std::string_view text) {
  return text.size() == 11 && IsAuthority(text.substr(0, 3)) && text[3] == '.' &&
         AreYears(text.substr(4), '-');
}
bool IsAcademicYear(std::string_view text) { return AreYears(text, '/'); }
bool IsTerm(std::string_view text) {
  return text == "autumn" || text == "spring" || text == "summer";
}

// The filters of lists, whichever service has them. What is given and is none of these matches
// nothing, and an empty answer would look like the truth.
struct Filter {
  std::string_view field;
  bool (*fits)(std::string_view text);
  const char* advice;
};
constexpr Filter kFilters[] = {
    {"school_urn", IsUrn, "give a school's URN, six digits, or nothing"},
    {"authority_code", IsAuthority, "give an authority's code, three digits, or nothing"},
    {"child_id", IsOpaqueId, "give a child's id, or nothing"},
    {"pep_id", IsOpaqueId, "give a PEP's id, or nothing"},
    {"fund_line_id", IsFundLine, "give a fund line's id, like 931.2025-26, or nothing"},
    {"academic_year", IsAcademicYear, "give an academic year like 2025/26, or nothing"},
    {"term", IsTerm, "give autumn, spring or summer, or nothing"},
};

void CheckFilters(const Message& request, std::vector<FieldViolation>& faults) {
  const Descriptor& type = *request.GetDescriptor();
  if (type.name().rfind("List", 0) != 0) return;
  for (const Filter& filter : kFilters) {
    const FieldDescriptor* field = type.FindFieldByName(std::string(filter.field));
    if (field == nullptr || field->type() != FieldDescriptor::TYPE_STRING) continue;
    const std::string text = request.GetReflection()->GetString(request, field);
    if (!text.empty() && !filter.fits(text)) faults.push_back({field->name(), filter.advice});
  }
  const FieldDescriptor* level = type.FindFieldByName("level");
  if (level == nullptr || level->type() != FieldDescriptor::TYPE_INT32) return;
  const int given = request.GetReflection()->GetInt32(request, level);
  if (given < 0 || given > kHighestLevel) {
    faults.push_back({level->name(), "give a level of an alert, 0 to 3, or nothing"});
  }
}

void CheckRequestId(const Message& request, std::vector<FieldViolation>& faults) {
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("request_id");
  if (field == nullptr || field->type() != FieldDescriptor::TYPE_STRING) return;
  const std::string id = request.GetReflection()->GetString(request, field);
  if (!id.empty() && CharactersIn(id) <= kLongestRequestId) return;
  faults.push_back({field->name(), "give each command its own id of 1 to 64 characters"});
}

// Numbers of enums, in the message and in those within it; `path` leads to it.
void CheckEnums(const Message& message, const std::string& path,
                std::vector<FieldViolation>& faults) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool many = field->is_repeated();
    const int count = many ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const std::string here =
          absl::StrCat(path, field->name(), many ? absl::StrCat("[", i, "]") : "");
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        CheckEnums(many ? reflection.GetRepeatedMessage(message, field, i)
                        : reflection.GetMessage(message, field),
                   absl::StrCat(here, "."), faults);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
        const int number = many ? reflection.GetRepeatedEnumValue(message, field, i)
                                : reflection.GetEnumValue(message, field);
        if (field->enum_type()->FindValueByNumber(number) != nullptr) continue;
        faults.push_back({here, absl::StrCat("name a value of ", field->enum_type()->name(),
                                             ", as this version's contract has them")});
      }
    }
  }
}

}  // namespace

std::vector<FieldViolation> FaultsOf(const Message& request) {
  std::vector<FieldViolation> faults;
  CheckRequestId(request, faults);
  CheckFilters(request, faults);
  CheckEnums(request, "", faults);
  return faults;
}

std::vector<FieldViolation> Together(const std::vector<FieldViolation>& handlers,
                                     const std::vector<FieldViolation>& faults) {
  std::vector<FieldViolation> all = handlers;
  for (const FieldViolation& fault : faults) {
    const bool said = std::ranges::any_of(
        handlers, [&](const FieldViolation& one) { return one.field == fault.field; });
    if (!said) all.push_back(fault);
  }
  return all;
}

}  // namespace pepline
