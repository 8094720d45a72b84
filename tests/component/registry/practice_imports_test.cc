// Imports as practice brings them: files that take something away, that keep silent about what is
// known, that hold others' broken rows, and schools that are another authority's from now on. The
// files are in tests/cases.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/component/registry/registry_fixture.h"

namespace pepline::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PracticeImportsTest : public RegistryTest {
 protected:
  void SetUp() override { ASSERT_NO_FATAL_FAILURE(Begin()); }

  static std::string Practice(const std::string& name) {
    return DataFile("../../tests/cases/" + name);
  }
  static std::vector<std::string> Removed(const v1::ImportResponse& response) {
    EXPECT_EQ(response.total_removals(), response.removals_size());
    std::vector<std::string> words;
    for (const auto& removal : response.removals()) words.push_back(removal.what());
    return words;
  }
  v1::ImportResponse Confirmed(v1::ImportKind kind, const std::string& bytes) {
    v1::ImportOptions options = Options(kind);
    options.set_confirm_removals(true);
    v1::ImportResponse response;
    const grpc::Status status = TryImport(options, bytes, response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_FALSE(response.nothing_written()) << response.DebugString();
    return response;
  }
  // Refused as a preview and without the confirmation, in the same words; carried out with it.
  // What it takes away.
  std::vector<std::string> TakesAwayOnlyWhenConfirmed(v1::ImportKind kind,
                                                      const std::string& bytes) {
    const v1::ImportResponse preview = Import(kind, bytes, /*dry_run=*/true);
    const v1::ImportResponse refused = Import(kind, bytes);
    for (const v1::ImportResponse* response : {&preview, &refused}) {
      EXPECT_TRUE(response->nothing_written());
      EXPECT_EQ(response->total_errors(), 1) << response->DebugString();
      if (response->errors_size() == 1) {
        EXPECT_THAT(response->errors(0).message(), HasSubstr("confirm_removals"));
      }
    }
    EXPECT_EQ(Removed(preview), Removed(refused));
    const v1::ImportResponse done = Confirmed(kind, bytes);
    EXPECT_EQ(Removed(done), Removed(refused));
    EXPECT_THAT(Removed(Imported(kind, bytes)), IsEmpty()) << "nothing is left to take away";
    return Removed(done);
  }
  int CountEmitted(bool (Event::*is)() const) {
    Settle();
    return static_cast<int>(Emitted([is](const Event& event) { return (event.*is)(); }).size());
  }
};

TEST_F(PracticeImportsTest, PartsOfAYearAreTakenAwayOnlyWhenConfirmed) {
  Imported(v1::IMPORT_KIND_TERM_DATES, Practice("whole-year-of-terms.csv"));
  EXPECT_THAT(TakesAwayOnlyWhenConfirmed(v1::IMPORT_KIND_TERM_DATES,
                                         Practice("one-part-of-a-year-corrected.csv")),
              ElementsAre("autumn term 1 2025/26 (2025-09-02 to 2025-10-24)",
                          "spring term 1 2025/26 (2026-01-05 to 2026-02-13)",
                          "spring term 2 2025/26 (2026-02-23 to 2026-03-27)",
                          "summer term 1 2025/26 (2026-04-13 to 2026-05-22)",
                          "summer term 2 2025/26 (2026-06-01 to 2026-07-20)"));
  EXPECT_EQ(CountEmitted(&Event::has_term_dates_published), 2) << "the refused ones said nothing";
  v1::ListImportsRequest request;
  request.set_authority_code("931");
  const v1::ListImportsResponse page = Done(&Stub::ListImports, request);
  std::vector<int> removed;
  for (const auto& import : page.imports()) removed.push_back(import.removed());
  EXPECT_THAT(removed, testing::UnorderedElementsAre(0, 5, 0)) << "kept for whoever asks later";
}

TEST_F(PracticeImportsTest, ACorrectionOfTheWholeYearTakesNothingAway) {
  Imported(v1::IMPORT_KIND_TERM_DATES, Practice("whole-year-of-terms.csv"));
  const auto corrected = Imported(
      v1::IMPORT_KIND_TERM_DATES,
      absl::StrReplaceAll(Practice("whole-year-of-terms.csv"), {{"2025-12-19", "2025-12-18"}}));
  EXPECT_EQ(corrected.changed(), 1);
  EXPECT_THAT(Removed(corrected), IsEmpty());
}

TEST_F(PracticeImportsTest, DaysAndTermsOfASchoolAreTakenAwayOnlyWhenConfirmed) {
  Imported(v1::IMPORT_KIND_SCHOOLS, Schools());
  const std::string header = "school_urn,kind,first_day,last_day\n";
  Imported(v1::IMPORT_KIND_SCHOOL_CALENDARS,
           header + "123001,inset,2025-10-24,\n123001,inset,2026-01-05,\n");
  EXPECT_THAT(TakesAwayOnlyWhenConfirmed(v1::IMPORT_KIND_SCHOOL_CALENDARS,
                                         header + "123001,inset,2026-01-05,\n"),
              ElementsAre("school 123001: day without a session 2025-10-24"));
  EXPECT_THAT(
      TakesAwayOnlyWhenConfirmed(v1::IMPORT_KIND_SCHOOL_CALENDARS, header + "123001,none,,\n"),
      ElementsAre("school 123001: day without a session 2026-01-05"));
}

TEST_F(PracticeImportsTest, BankHolidaysAreTakenAwayOnlyWhenConfirmed) {
  Imported(v1::IMPORT_KIND_BANK_HOLIDAYS,
           R"({"division": "england-and-wales", "events":
               [{"date": "2024-12-25"}, {"date": "2025-12-25"}, {"date": "2025-12-26"}]})");
  EXPECT_THAT(TakesAwayOnlyWhenConfirmed(v1::IMPORT_KIND_BANK_HOLIDAYS,
                                         R"({"division": "england-and-wales", "events":
                                             [{"date": "2025-12-25"}, {"date": "2026-12-25"}]})"),
              ElementsAre("bank holiday of england-and-wales 2025-12-26"))
      << "a year that the file does not name stays";
}

TEST_F(PracticeImportsTest, DeadlinesOfThePolicyAreTakenAwayOnlyWhenConfirmed) {
  Imported(v1::IMPORT_KIND_POLICY, DataFile("oxfordshire-policy.yaml"));
  const auto removed = TakesAwayOnlyWhenConfirmed(
      v1::IMPORT_KIND_POLICY,
      absl::StrReplaceAll(Practice("policy-deadline-before-its-start.yaml"),
                          {{"length: -10", "length: 10"}, {"2025-09-01", "2025-09-02"}}));
  EXPECT_THAT(removed, testing::Contains("the deadline finalise-within-5-school-days"));
  EXPECT_THAT(removed, testing::Contains("the cut-off of spring 2025/26 (2026-03-20)"));
}

TEST_F(PracticeImportsTest, ASecondPersonInAPostIsTakenAwayOnlyWhenConfirmed) {
  ImportEverything();
  Imported(v1::IMPORT_KIND_STAFF,
           absl::StrCat(kStaffHeader,
                        "SW-2,Xena Sample,xena@council.example,social-worker,,,C-2,2025-01-01,\n"
                        "SW-3,Yusuf Sample,yusuf@council.example,social-worker,,,C-2,2025-01-01,\n"
                        "SW-4,Zola Sample,zola@council.example,social-worker,,931,,2025-01-01,\n"));
  const std::string file = absl::StrCat(
      kChildrenHeader,
      "C-2,Bryn,Test-Beech,2014-11-20,,no,2023-02-14,,,123001,2019-09-05,VS-2,SW-4,\n");
  EXPECT_THAT(TakesAwayOnlyWhenConfirmed(v1::IMPORT_KIND_CHILDREN, file),
              ElementsAre("social_worker_own_id: 2 people hold this post and one would follow "
                          "them"));
}

TEST_F(PracticeImportsTest, AUpnIsKeptWhereAFileDoesNotSayIt) {
  const auto upn = [&] {
    v1::GetChildRequest request;
    request.set_child_id(ChildId("P-1"));
    return Done(&Stub::GetChild, request).child().upn();
  };
  Imported(v1::IMPORT_KIND_CHILDREN, Practice("child-with-upn.csv"));
  for (const char* file : {"child-without-the-column-upn.csv", "child-whose-upn-is-empty.csv"}) {
    EXPECT_EQ(Imported(v1::IMPORT_KIND_CHILDREN, Practice(file)).unchanged(), 1) << file;
    EXPECT_EQ(upn(), "J931000018002") << file;
  }
}

TEST_F(PracticeImportsTest, AChildWithOneNameIsPutOnRecord) {
  Imported(v1::IMPORT_KIND_CHILDREN, Practice("child-with-one-name.csv"));
  v1::GetChildRequest request;
  request.set_child_id(ChildId("P-1"));
  const auto child = Done(&Stub::GetChild, request).child();
  EXPECT_EQ(child.given_name(), "Suharti");
  EXPECT_EQ(child.family_name(), "");
}

// The wrong file: last year's, or another query of the case system.
TEST_F(PracticeImportsTest, ClosingOrMovingManyPepsIsExpectedOrRefused) {
  ImportEverything();
  const auto file = [](int children, int closed, int moved) {
    std::string rows = kChildrenHeader;
    for (int child = 0; child < children; ++child) {
      const bool is_closed = child < closed;
      const bool is_moved = !is_closed && child < closed + moved;
      absl::StrAppend(&rows, "M-", child, ",Ada,Test-Rowan,2014-02-20,,no,2024-03-01,",
                      is_closed ? "2025-08-31,returned-home" : ",", ",",
                      is_moved ? "123002,2025-09-01" : "123001,2019-09-05", ",,,\n");
    }
    return rows;
  };
  Imported(v1::IMPORT_KIND_CHILDREN, file(80, 0, 0));
  const std::string wrong = file(80, 9, 2);
  for (const bool dry_run : {true, false}) {
    const v1::ImportResponse refused = Import(v1::IMPORT_KIND_CHILDREN, wrong, dry_run);
    EXPECT_TRUE(refused.nothing_written());
    EXPECT_EQ(refused.pep_changes(), 11);
    ASSERT_EQ(refused.total_errors(), 1) << refused.DebugString();
    EXPECT_THAT(refused.errors(0).message(), HasSubstr("--expect 11"));
  }
  v1::ImportOptions options = Options(v1::IMPORT_KIND_CHILDREN);
  options.set_expected_pep_changes(12);
  v1::ImportResponse response;
  ASSERT_TRUE(TryImport(options, wrong, response).ok());
  EXPECT_THAT(response.errors(0).message(), HasSubstr("12 were expected"));
  options.set_expected_pep_changes(11);
  ASSERT_TRUE(TryImport(options, wrong, response).ok());
  EXPECT_FALSE(response.nothing_written()) << response.DebugString();
  EXPECT_EQ(response.changed(), 11);
  // Ten, and a small share of many, are every week's work.
  EXPECT_EQ(Imported(v1::IMPORT_KIND_CHILDREN, file(80, 9, 12)).pep_changes(), 10);
}

// Same family name, birthday and school: nothing but the authority's own ids tells them apart.
TEST_F(PracticeImportsTest, TwinsAreTwoChildren) {
  ImportEverything();
  const std::string twins =
      absl::StrCat(kChildrenHeader,
                   "T-1,Ada,Test-Rowan,2014-02-28,,no,2024-03-01,,,123001,2019-09-05,,,\n"
                   "T-2,Ada,Test-Rowan,2014-02-28,,no,2024-03-01,,,123001,2019-09-05,,,\n");
  EXPECT_EQ(Imported(v1::IMPORT_KIND_CHILDREN, twins).created(), 2);
  EXPECT_EQ(Imported(v1::IMPORT_KIND_CHILDREN, twins).unchanged(), 2);
  EXPECT_NE(ChildId("T-1"), ChildId("T-2"));
}

// As an export writes it that gives the day of the export for the first day of every post.
TEST_F(PracticeImportsTest, APostThatGoesOnKeepsItsFirstDay) {
  ImportEverything();
  const auto teachers_appointed = [this] {
    return CountEmitted(&Event::has_designated_teacher_appointed);
  };
  const int before = teachers_appointed();
  const std::string again = absl::StrCat(
      kStaffHeader,
      "DT-1,Petra Sample,petra@meadow.example,designated-teacher,123001,,,2025-09-15,\n");
  const v1::ImportResponse refused = Import(v1::IMPORT_KIND_STAFF, again);
  EXPECT_TRUE(refused.nothing_written());
  ASSERT_EQ(refused.total_errors(), 1) << refused.DebugString();
  EXPECT_EQ(refused.errors(0).row(), 2);
  EXPECT_EQ(teachers_appointed(), before);
}

TEST_F(PracticeImportsTest, WhatWasPassedOverIsInTheAnswer) {
  v1::ImportOptions options = Options(v1::IMPORT_KIND_SCHOOLS);
  options.set_only_schools_of_authority("931");
  v1::ImportResponse response;
  ASSERT_TRUE(
      TryImport(options, Practice("register-others-byte-of-no-character.csv"), response).ok());
  EXPECT_EQ(response.created(), 1) << response.DebugString();
  ASSERT_EQ(response.total_notes(), 1);
  EXPECT_EQ(response.notes(0).row(), 3);
  EXPECT_EQ(response.notes(0).column(), "EstablishmentName");
  EXPECT_THAT(response.notes(0).message(), HasSubstr("0x81"));
}

TEST_F(PracticeImportsTest, ChildrenFollowASchoolThatIsAnotherAuthoritysFromNowOn) {
  ImportEverything();
  const std::string moved = absl::StrReplaceAll(Schools(), {{"123001,931,", "123001,940,"}});
  v1::ImportOptions options = Options(v1::IMPORT_KIND_SCHOOLS);
  options.set_only_schools_of_authority("931");  // the row is not ours any more, the school was
  v1::ImportResponse response;
  ASSERT_TRUE(TryImport(options, moved, response).ok());
  EXPECT_EQ(response.changed(), 1) << response.DebugString();
  EXPECT_EQ(School(kPrimary).authority_code(), "940");
  const Event emitted =
      AwaitEmitted([](const Event& event) { return event.has_school_moved_authority(); });
  EXPECT_EQ(emitted.school_moved_authority().school_urn(), kPrimary);
  EXPECT_EQ(emitted.school_moved_authority().from_authority_code(), "931");
  EXPECT_EQ(emitted.school_moved_authority().to_authority_code(), "940");
  Settle();
  std::vector<std::string> told;
  for (const Event& event :
       Emitted([](const Event& one) { return one.has_school_of_child_moved_authority(); })) {
    EXPECT_EQ(event.school_of_child_moved_authority().school_urn(), kPrimary);
    EXPECT_EQ(event.school_of_child_moved_authority().school_authority_code(), "940");
    told.push_back(event.school_of_child_moved_authority().child_id());
  }
  EXPECT_THAT(told, testing::UnorderedElementsAre(ChildId("C-1"), ChildId("C-2")))
      << "each once, and nobody at another school";
  Imported(v1::IMPORT_KIND_SCHOOLS, moved);
  EXPECT_EQ(CountEmitted(&Event::has_school_moved_authority), 1);
  EXPECT_EQ(CountEmitted(&Event::has_school_of_child_moved_authority), 2);
}

TEST_F(PracticeImportsTest, ACutOffLiesInItsTermAsItsDatesAreOnRecord) {
  const std::string late =
      absl::StrReplaceAll(Practice("policy-deadline-before-its-start.yaml"),
                          {{"length: -10", "length: 10"}, {"2025-11-28", "2025-12-20"}});
  EXPECT_EQ(Import(v1::IMPORT_KIND_POLICY, late, /*dry_run=*/true).total_errors(), 0)
      << "no term dates are known";
  Imported(v1::IMPORT_KIND_TERM_DATES, Practice("whole-year-of-terms.csv"));
  const auto refused = Import(v1::IMPORT_KIND_POLICY, late);
  ASSERT_EQ(refused.total_errors(), 1) << refused.DebugString();
  EXPECT_EQ(refused.errors(0).column(), "/term_cut_offs/0/cut_off_on");
  Imported(v1::IMPORT_KIND_POLICY, absl::StrReplaceAll(late, {{"2025-12-20", "2025-12-19"}}));
}

TEST_F(PracticeImportsTest, AReasonIsMeasuredInCharacters) {
  v1::ImportOptions options = Options(v1::IMPORT_KIND_SCHOOLS);
  std::string reason;
  for (int i = 0; i < 500; ++i) reason += "\u00e9";
  options.set_reason(reason);
  v1::ImportResponse response;
  EXPECT_TRUE(TryImport(options, Schools(), response).ok());
  options.set_request_id(NextRequestId());
  options.set_reason(reason + "x");
  EXPECT_EQ(FieldOf(TryImport(options, Schools(), response)), "reason");
}

}  // namespace
}  // namespace pepline::registry
