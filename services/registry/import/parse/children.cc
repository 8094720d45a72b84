// Children with care episode, enrolment and the people who look after their case; one row each.
#include <array>

#include "absl/strings/str_cat.h"
#include "services/registry/import/parse/cells.h"
#include "services/registry/import/parse/rows.h"
#include "shared/domain/legal_status.h"

namespace pepline::registry::imports {
namespace {

enum ChildColumn : std::size_t {
  kOwnId,
  kGivenName,
  kFamilyName,
  kBorn,
  kUpn,
  kRestricted,
  kLookedAfter,
  kLegalStatus,
  kCeased,
  kReason,
  kSchool,
  kEnrolled,
  kCaseworker,
  kSocialWorker,
  kIro
};
// Without its column a restriction would be lost in silence, so this one is always asked for.
constexpr std::array<Column, 15> kColumns = {{{"own_id", true},
                                              {"given_name", true},
                                              {"family_name", true},
                                              {"date_of_birth", true},
                                              {"upn", false},
                                              {"location_restricted", true},
                                              {"became_looked_after_on", false},
                                              {"legal_status", false},
                                              {"ceased_on", false},
                                              {"ceased_reason", false},
                                              {"school_urn", false},
                                              {"enrolled_on", false},
                                              {"caseworker_own_id", false},
                                              {"social_worker_own_id", false},
                                              {"iro_own_id", false}}};

// As in ChildCeasedToBeLookedAfter.
constexpr std::array<std::pair<std::string_view, v1::CareCeasedReason>, 6> kReasons = {
    {{"adoption", v1::CARE_CEASED_REASON_ADOPTION},
     {"special-guardianship", v1::CARE_CEASED_REASON_SPECIAL_GUARDIANSHIP},
     {"child-arrangements", v1::CARE_CEASED_REASON_CHILD_ARRANGEMENTS},
     {"returned-home", v1::CARE_CEASED_REASON_RETURNED_HOME},
     {"turned-eighteen", v1::CARE_CEASED_REASON_TURNED_EIGHTEEN},
     {"other", v1::CARE_CEASED_REASON_OTHER}}};

class ChildReader {
 public:
  explicit ChildReader(Errors& errors) : errors_(errors) {}

  void Take(const TableRow& row) {
    Cells cells(row, errors_);
    ChildRow child;
    child.row = row.number();
    child.own_id = cells.OwnId(kOwnId, Need::kRequired);
    // Not everybody has two names (W3C, "Personal names around the world").
    child.given_name = cells.Text(kGivenName, Need::kOptional, 100);
    child.family_name = cells.Text(kFamilyName, Need::kOptional, 100);
    if (cells.empty(kGivenName) && cells.empty(kFamilyName)) {
      cells.Fail(kGivenName, "the value is missing; give one of the two names at least");
    }
    const auto born = cells.Date(kBorn, Need::kRequired);
    child.date_of_birth = born.value_or(child.date_of_birth);
    child.upn = cells.Upn(kUpn);
    child.location_restricted = cells.YesOrNo(kRestricted);
    child.caseworker_own_id = cells.OwnId(kCaseworker, Need::kOptional);
    child.social_worker_own_id = cells.OwnId(kSocialWorker, Need::kOptional);
    child.iro_own_id = cells.OwnId(kIro, Need::kOptional);
    ReadCare(cells, born, child);
    ReadEnrolment(cells, born, child);
    RefuseSecond(cells, kOwnId, child.own_id, own_ids_);
    RefuseSecond(cells, kUpn, child.upn, upns_);
    if (cells.ok()) rows_.push_back(std::move(child));
  }

  std::vector<ChildRow>& rows() { return rows_; }

 private:
  using Day = std::optional<absl::CivilDay>;

  static void ReadCare(Cells& cells, const Day& born, ChildRow& child) {
    child.became_looked_after_on = cells.Date(kLookedAfter, Need::kOptional);
    child.ceased_on = cells.Date(kCeased, Need::kOptional);
    if (!cells.empty(kLegalStatus)) {
      if (const auto status = cells.OneOf<LegalStatus>(kLegalStatus, kLegalStatuses)) {
        child.legal_status = static_cast<v1::LegalStatus>(*status);
      }
      if (cells.empty(kLookedAfter)) {
        cells.Fail(kLookedAfter, "there is a legal status, so give the day care began as well");
      }
    }
    if (born && child.became_looked_after_on && *child.became_looked_after_on < *born) {
      cells.Fail(kLookedAfter, "the day lies before the child's birth");
    }
    if (cells.empty(kCeased)) {
      if (!cells.empty(kReason)) cells.Fail(kCeased, "there is a reason, so give the day as well");
      return;
    }
    child.ceased_reason =
        cells.OneOf<v1::CareCeasedReason>(kReason, kReasons).value_or(child.ceased_reason);
    if (cells.empty(kLookedAfter)) {
      cells.Fail(kLookedAfter, "care has ceased, so give the day it began as well");
    }
    if (child.ceased_on && child.became_looked_after_on &&
        *child.ceased_on < *child.became_looked_after_on) {
      cells.Fail(kCeased, "the day lies before the one on which care began");
    }
  }

  static void ReadEnrolment(Cells& cells, const Day& born, ChildRow& child) {
    child.school_urn = cells.Urn(kSchool, Need::kOptional);
    child.enrolled_on = cells.Date(kEnrolled, Need::kOptional);
    if (cells.empty(kSchool) != cells.empty(kEnrolled)) {
      cells.Fail(cells.empty(kSchool) ? kSchool : kEnrolled,
                 "a school and the day of enrolment go together; give both or none");
    }
    if (born && child.enrolled_on && *child.enrolled_on < *born) {
      cells.Fail(kEnrolled, "the day lies before the child's birth");
    }
  }

  static void RefuseSecond(Cells& cells, ChildColumn column, const std::string& value,
                           SeenRows& seen) {
    if (value.empty()) return;
    const int first = seen.Note(value, cells.row());
    if (first == 0) return;
    cells.Fail(column, absl::StrCat("the same value is in row ", first,
                                    "; every child has its own, and one row"));
  }

  Errors& errors_;
  std::vector<ChildRow> rows_;
  SeenRows own_ids_;
  SeenRows upns_;
};

}  // namespace

Parsed<ChildRow> ParseChildren(std::string_view bytes) {
  Errors errors;
  ChildReader reader(errors);
  const int read = ReadTable(PiecesOf(bytes), kChildrenBounds, kColumns, UnknownColumns::kRefused,
                             errors, [&](const TableRow& row) { reader.Take(row); });
  return std::move(errors).Answer(std::move(reader.rows()), read);
}

}  // namespace pepline::registry::imports
