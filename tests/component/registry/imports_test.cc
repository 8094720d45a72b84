// Imports: what they write, that they are all-or-nothing and repeatable, and what is refused.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/component/registry/registry_fixture.h"

namespace pepline::registry {
namespace {

using testing::ElementsAre;

class RegistryImportsTest : public RegistryTest {
 protected:
  void SetUp() override { ASSERT_NO_FATAL_FAILURE(Begin()); }

  static std::vector<int> Counts(const v1::ImportResponse& response) {
    return {response.created(), response.changed(), response.unchanged()};
  }
  // "row/column" of each error.
  static std::vector<std::string> Places(const v1::ImportResponse& response) {
    std::vector<std::string> places;
    for (const auto& error : response.errors()) {
      EXPECT_FALSE(error.message().empty());
      places.push_back(absl::StrCat(error.row(), "/", error.column()));
    }
    return places;
  }
  int CountEmitted(bool (Event::*is)() const) {
    Settle();
    return static_cast<int>(Emitted([is](const Event& event) { return (event.*is)(); }).size());
  }
};

TEST_F(RegistryImportsTest, TakeEveryKindOfFileAndSayUnchangedTheSecondTime) {
  const std::vector<std::tuple<v1::ImportKind, std::string, std::vector<int>>> files = {
      {v1::IMPORT_KIND_BANK_HOLIDAYS, DataFile("bank-holidays.json"), {}},
      {v1::IMPORT_KIND_TERM_DATES, DataFile("oxfordshire-term-dates.csv"), {}},
      {v1::IMPORT_KIND_POLICY, DataFile("oxfordshire-policy.yaml"), {1, 0, 0}},
      {v1::IMPORT_KIND_SCHOOLS, Schools(), {4, 0, 1}},
      {v1::IMPORT_KIND_SCHOOL_CALENDARS,
       "school_urn,kind,first_day,last_day\n123001,inset,2025-10-24,\n",
       {1, 0, 0}},
      {v1::IMPORT_KIND_STAFF, Staff(), {8, 0, 0}},
      {v1::IMPORT_KIND_CHILDREN, Children(), {4, 0, 0}}};
  for (const auto& [kind, bytes, counts] : files) {
    SCOPED_TRACE(v1::ImportKind_Name(kind));
    const v1::ImportResponse preview = Import(kind, bytes, /*dry_run=*/true);
    EXPECT_TRUE(preview.nothing_written());
    EXPECT_EQ(preview.total_errors(), 0) << preview.DebugString();
    const v1::ImportResponse first = Imported(kind, bytes);
    EXPECT_EQ(Counts(first), Counts(preview));
    EXPECT_GT(first.created(), 0);
    if (!counts.empty()) {
      EXPECT_EQ(Counts(first), counts);
    }
    const v1::ImportResponse second = Imported(kind, bytes);
    EXPECT_EQ(second.created(), 0);
    EXPECT_EQ(second.changed(), 0) << second.DebugString();
    EXPECT_EQ(second.unchanged(), first.created() + first.changed() + first.unchanged());
  }
  EXPECT_EQ(CountEmitted(&Event::has_bank_holidays_published), 1);
  EXPECT_EQ(CountEmitted(&Event::has_term_dates_published), 1);
  EXPECT_EQ(CountEmitted(&Event::has_policy_profile_adopted), 1);
  EXPECT_EQ(CountEmitted(&Event::has_school_registered), 3) << "not the closed, nor the future one";
  EXPECT_EQ(CountEmitted(&Event::has_school_closed), 0) << "nobody was told of it";
  EXPECT_EQ(CountEmitted(&Event::has_school_calendar_published), 1);
  EXPECT_EQ(CountEmitted(&Event::has_staff_appointed), 8 + 5) << "and those of each child";
  EXPECT_EQ(CountEmitted(&Event::has_child_became_looked_after), 3);
  EXPECT_EQ(CountEmitted(&Event::has_child_enrolled), 3);
}

TEST_F(RegistryImportsTest, PreviewWritesNothing) {
  Import(v1::IMPORT_KIND_SCHOOLS, Schools(), /*dry_run=*/true);
  v1::ListSchoolsRequest request;
  EXPECT_EQ(Done(&Stub::ListSchools, request).schools_size(), 0);
  EXPECT_TRUE(Emitted([](const Event&) { return true; }).empty());
}

TEST_F(RegistryImportsTest, NameEveryWrongRowOfChildrenAndWriteNone) {
  Imported(v1::IMPORT_KIND_SCHOOLS, Schools());
  const std::string file =
      absl::StrCat(kChildrenHeader,
                   "C-1,Amber,Test-Alder,2015-05-03,,no,2024-02-06,,,123001,2020-09-03,,,\n"
                   "C-2,Bryn,Test-Beech,2025-09-02,,no,,,,,,,,\n"
                   "C-3,Cleo,Test-Cedar,2010-01-31,A931000016003,no,,,,,,,,\n"
                   "C-4,Dara,Test-Damson,2013-08-31,,no,,,,999999,2021-09-02,,,\n"
                   "C-5,Eli,Test-Elder,2013-08-31,,no,,,,123003,2021-09-02,,,\n"
                   "C-6,Fay,Test-Fir,2013-08-31,,no,2025-09-02,,,,,,,\n"
                   "C-7,Gus,Test-Gorse,2013-08-31,,no,2025-08-02,,,,,VS-9,SW-9,IRO-9\n");
  const v1::ImportResponse response = Import(v1::IMPORT_KIND_CHILDREN, file);
  EXPECT_TRUE(response.nothing_written());
  EXPECT_EQ(response.rows(), 7);
  EXPECT_EQ(response.total_errors(), 8) << response.DebugString();
  EXPECT_THAT(Places(response), testing::UnorderedElementsAre(
                                    "3/date_of_birth", "4/upn", "5/school_urn", "6/school_urn",
                                    "7/became_looked_after_on", "8/caseworker_own_id",
                                    "8/social_worker_own_id", "8/iro_own_id"));
  for (const auto& error : response.errors()) {
    EXPECT_EQ(error.message().find("Test-"), std::string::npos) << "names stay out of messages";
  }
  v1::ListChildrenRequest request;
  request.set_authority_code("931");
  EXPECT_EQ(Done(&Stub::ListChildren, request).children_size(), 0) << "all or nothing";
}

TEST_F(RegistryImportsTest, NameEveryWrongRowOfStaffAndCalendars) {
  Imported(v1::IMPORT_KIND_SCHOOLS, Schools());
  const v1::ImportResponse staff =
      Import(v1::IMPORT_KIND_STAFF,
             absl::StrCat(kStaffHeader,
                          "A,Ann Sample,a@x.example,designated-teacher,999999,,,2024-09-01,\n"
                          "B,Bob Sample,b@x.example,designated-teacher,123003,,,2024-09-01,\n"
                          "C,Cat Sample,c@x.example,social-worker,,933,,2024-09-01,\n"
                          "D,Dan Sample,d@x.example,social-worker,,,C-77,2024-09-01,\n"
                          "E,Eve Sample,e@x.example,headteacher,123001,,,2027-09-01,\n"
                          "F,Fox Sample,f@x.example,head-of-everything,123001,,,2024-09-01,\n"));
  EXPECT_THAT(Places(staff),
              testing::UnorderedElementsAre("2/school_urn", "3/school_urn", "4/authority_code",
                                            "5/child_own_id", "6/from_on", "7/role"))
      << staff.DebugString();
  EXPECT_TRUE(staff.nothing_written());
  const v1::ImportResponse calendars =
      Import(v1::IMPORT_KIND_SCHOOL_CALENDARS,
             "school_urn,kind,first_day,last_day\n999999,inset,2025-10-24,\n");
  EXPECT_THAT(Places(calendars), ElementsAre("2/school_urn"));
}

TEST_F(RegistryImportsTest, ShowTheFirst200ErrorsAndCountAll) {
  std::string file = kChildrenHeader;
  for (int i = 0; i < 250; ++i) {
    absl::StrAppend(&file, "C-", i, ",A,B,2013-08-31,,no,,,,999999,2021-09-02,,,\n");
  }
  const v1::ImportResponse response = Import(v1::IMPORT_KIND_CHILDREN, file);
  EXPECT_EQ(response.errors_size(), 200);
  EXPECT_EQ(response.total_errors(), 250);
}

TEST_F(RegistryImportsTest, FollowTheRegisterWhenSchoolsCloseAndOpenAgain) {
  Imported(v1::IMPORT_KIND_SCHOOLS, Schools());
  const std::string closed =
      absl::StrReplaceAll(Schools(), {{"Primary School,1,2,", "Primary School,2,2,31-08-2025"}});
  EXPECT_EQ(Imported(v1::IMPORT_KIND_SCHOOLS, closed).changed(), 1);
  EXPECT_EQ(School(kPrimary).closed_on(), "2025-08-31");
  const Event emitted = AwaitEmitted([](const Event& event) { return event.has_school_closed(); });
  EXPECT_EQ(emitted.school_closed().school_urn(), kPrimary);
  EXPECT_EQ(emitted.school_closed().closed_on(), "2025-08-31");
  Imported(v1::IMPORT_KIND_SCHOOLS, Schools());
  EXPECT_EQ(School(kPrimary).closed_on(), "");
  EXPECT_EQ(CountEmitted(&Event::has_school_registered), 4);
}

TEST_F(RegistryImportsTest, TakeOnlyTheSchoolsOfOneAuthorityWhereAsked) {
  v1::ImportOptions options = Options(v1::IMPORT_KIND_SCHOOLS);
  options.set_only_schools_of_authority("933");
  v1::ImportResponse response;
  ASSERT_TRUE(TryImport(options, Schools(), response).ok());
  EXPECT_EQ(response.created(), 1);
  v1::ListSchoolsRequest request;
  request.set_authority_code("933");
  EXPECT_EQ(Done(&Stub::ListSchools, request).schools_size(), 1);
  request.set_authority_code("931");
  EXPECT_EQ(Done(&Stub::ListSchools, request).schools_size(), 0);
}

TEST_F(RegistryImportsTest, ReplaceWhoLooksAfterAChildsCase) {
  ImportEverything();
  const std::string file =
      absl::StrCat(kChildrenHeader,
                   "C-2,Bryn,Test-Beech,2014-11-20,,no,2023-02-14,,,123001,2019-09-05,VS-1,,\n");
  MoveClockTo("2025-09-08 09:00");
  EXPECT_EQ(Counts(Imported(v1::IMPORT_KIND_CHILDREN, file)), (std::vector<int>{0, 1, 0}));
  const std::string child = ChildId("C-2");
  const Event ended =
      AwaitEmitted([](const Event& event) { return event.has_appointment_ended(); });
  EXPECT_EQ(ended.appointment_ended().child_id(), child);
  EXPECT_EQ(ended.appointment_ended().staff_id(), StaffId("VS-2"));
  EXPECT_EQ(ended.appointment_ended().until_on(), "2025-09-07");
  EXPECT_EQ(Counts(Imported(v1::IMPORT_KIND_CHILDREN, file)), (std::vector<int>{0, 0, 1}));
}

TEST_F(RegistryImportsTest, TermDatesComeAsCsvOrAsCalendar) {
  v1::ImportOptions options = Options(v1::IMPORT_KIND_TERM_DATES);
  options.set_format(v1::IMPORT_FORMAT_ICS);
  v1::ImportResponse response;
  ASSERT_TRUE(TryImport(options, DataFile("oxfordshire-term-dates.ics"), response).ok());
  EXPECT_EQ(response.total_errors(), 0) << response.DebugString();
  EXPECT_GT(response.created(), 0);
  EXPECT_EQ(Imported(v1::IMPORT_KIND_TERM_DATES, DataFile("oxfordshire-term-dates.csv")).created(),
            0)
      << "the two files say the same";
}

TEST_F(RegistryImportsTest, AProfileWithOtherAgesSaysTheDaysOfSdqsAgain) {
  ASSERT_NO_FATAL_FAILURE(ImportEverything());
  const auto is_care = [](const Event& event) { return event.has_child_became_looked_after(); };
  const Event first = AwaitEmitted(is_care);
  const std::string child = first.child_became_looked_after().child_id();
  EXPECT_EQ(first.child_became_looked_after().sdq_from_age(), 4);
  EXPECT_TRUE(first.child_became_looked_after().sdq_from().ends_with("-01"));
  Imported(v1::IMPORT_KIND_POLICY,
           absl::StrCat(DataFile("oxfordshire-policy.yaml"), "sdq_from_age: 5\n"));
  const Event again = AwaitEmitted([&](const Event& event) {
    const auto& said = event.child_became_looked_after();
    return said.child_id() == child && said.sdq_from_age() == 5;
  });
  const auto& said = again.child_became_looked_after();
  EXPECT_EQ(said.became_looked_after_on(),
            first.child_became_looked_after().became_looked_after_on());
  EXPECT_EQ(said.sdq_until(), first.child_became_looked_after().sdq_until());
  EXPECT_GT(said.sdq_from(), first.child_became_looked_after().sdq_from());
}

TEST_F(RegistryImportsTest, APolicyWaitsForItsDay) {
  Imported(v1::IMPORT_KIND_POLICY, DataFile("oxfordshire-policy.yaml"));
  const std::string later =
      absl::StrReplaceAll(DataFile("oxfordshire-policy.yaml"),
                          {{"effective_on: 2025-09-01", "effective_on: 2025-11-01"}});
  EXPECT_EQ(Imported(v1::IMPORT_KIND_POLICY, later).changed(), 1);
  EXPECT_EQ(Imported(v1::IMPORT_KIND_POLICY, later).unchanged(), 1);
  v1::GetPolicyProfileRequest request;
  request.set_authority_code("931");
  EXPECT_EQ(Done(&Stub::GetPolicyProfile, request).profile().version(), 1u);
  MoveClockTo("2025-10-31 23:59");
  EXPECT_EQ(Done(&Stub::GetPolicyProfile, request).profile().version(), 1u);
  MoveClockTo("2025-11-01 00:00");
  const auto profile = Done(&Stub::GetPolicyProfile, request).profile();
  EXPECT_EQ(profile.version(), 2u);
  EXPECT_EQ(profile.effective_on(), "2025-11-01");
  EXPECT_EQ(CountEmitted(&Event::has_policy_profile_adopted), 2);
  const v1::ImportResponse older =
      Import(v1::IMPORT_KIND_POLICY, DataFile("oxfordshire-policy.yaml"));
  EXPECT_THAT(Places(older), ElementsAre("0/effective_on"));
}

TEST_F(RegistryImportsTest, RefuseOptionsThatDoNotFitBeforeAnyByteIsRead) {
  v1::ImportResponse response;
  const auto refused = [&](auto change) {
    v1::ImportOptions options = Options(v1::IMPORT_KIND_SCHOOLS);
    change(options);
    const grpc::Status status = TryImport(options, Schools(), response);
    EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT) << status.error_message();
    return FieldOf(status);
  };
  EXPECT_EQ(refused([](auto& o) { o.clear_request_id(); }), "request_id");
  EXPECT_EQ(refused([](auto& o) { o.clear_kind(); }), "kind");
  EXPECT_EQ(refused([](auto& o) { o.set_format(v1::IMPORT_FORMAT_ICS); }), "format");
  EXPECT_EQ(refused([](auto& o) { o.set_authority_code("931"); }), "authority_code")
      << "the register is no authority's";
  EXPECT_EQ(refused([](auto& o) { o.set_kind(v1::IMPORT_KIND_STAFF); }), "authority_code");
  EXPECT_EQ(refused([](auto& o) {
              o.set_kind(v1::IMPORT_KIND_STAFF);
              o.set_authority_code("Oxfordshire");
            }),
            "authority_code");
  EXPECT_EQ(refused([](auto& o) { o.set_only_schools_of_authority("9"); }),
            "only_schools_of_authority");
  EXPECT_EQ(refused([](auto& o) { o.set_reason(std::string(501, 'x')); }), "reason");
}

TEST_F(RegistryImportsTest, RefuseOthersThanTheVirtualSchoolOfTheAuthority) {
  v1::ImportResponse response;
  v1::ImportOptions options = Options(v1::IMPORT_KIND_STAFF);
  options.set_authority_code("933");
  grpc::Status status = TryImport(options, Staff(), response);
  EXPECT_EQ(status.error_code(), grpc::NOT_FOUND);
  options.set_authority_code("931");
  status = TryImport(options, Staff(), response, SocialWorker());
  EXPECT_EQ(status.error_code(), grpc::PERMISSION_DENIED);
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
  auto writer = stub_->Import(context.get(), &response);
  EXPECT_EQ(writer->Finish().error_code(), grpc::UNAUTHENTICATED);
}

TEST_F(RegistryImportsTest, RefuseStreamsInTheWrongOrder) {
  v1::ImportResponse response;
  v1::ImportRequest chunk;
  chunk.set_chunk("URN");
  v1::ImportRequest options;
  *options.mutable_options() = Options(v1::IMPORT_KIND_SCHOOLS);
  const auto finish = [&](const std::vector<v1::ImportRequest>& requests) {
    auto context = service_->Context(Operator());
    auto writer = stub_->Import(context.get(), &response);
    for (const auto& request : requests) writer->Write(request);
    writer->WritesDone();
    return FieldOf(writer->Finish());
  };
  EXPECT_EQ(finish({chunk}), "options");
  EXPECT_EQ(finish({options, options}), "chunk");
  EXPECT_EQ(finish({}), "options");
}

// The whole register of England has about 50,000 rows, half of them closed, in 133 columns.
// All its columns; import_memory_test.cc takes as many rows as there may be.
TEST_F(RegistryImportsTest, TakeTheRegisterInTheFormInWhichItIsPublished) {
  constexpr int kRows = 2000;
  std::string file = DataFile("../../tests/unit/registry_imports/gias-header.csv");
  const int columns = static_cast<int>(std::count(file.begin(), file.end(), ',')) + 1;
  ASSERT_EQ(columns, 133);
  const std::vector<std::string> names = absl::StrSplit(absl::StripAsciiWhitespace(file), ',');
  const auto position = [&](const std::string& column) {
    const auto found = std::find(names.begin(), names.end(), absl::StrCat("\"", column, "\""));
    EXPECT_NE(found, names.end()) << column;
    return static_cast<std::size_t>(found - names.begin());
  };
  const std::size_t urn = position("URN"), authority = position("LA (code)"),
                    name = position("EstablishmentName"),
                    status = position("EstablishmentStatus (code)"),
                    phase = position("PhaseOfEducation (code)"), closed = position("CloseDate");
  std::vector<std::string> row(names.size(), "some text");
  for (int i = 0; i < kRows; ++i) {
    row[urn] = absl::StrCat(100000 + i);
    row[authority] = absl::StrCat(200 + i % 700);
    row[name] = absl::StrCat("Test Sch\xF6ol ", i);  // Windows-1252
    row[status] = i % 2 == 0 ? "1" : "2";
    row[phase] = absl::StrCat(i % 8);
    row[closed] = i % 2 == 0 ? "" : "31-08-2010";
    absl::StrAppend(&file, absl::StrJoin(row, ","), "\n");
  }
  EXPECT_EQ(Imported(v1::IMPORT_KIND_SCHOOLS, file).created(), kRows);
  EXPECT_EQ(School("100002").name(), "Test Sch\xC3\xB6ol 2");
  EXPECT_EQ(Imported(v1::IMPORT_KIND_SCHOOLS, file).unchanged(), kRows);
}

TEST_F(RegistryImportsTest, TheCalendarOfASchoolIsAllThatDecides) {
  ASSERT_NO_FATAL_FAILURE(ImportEverything());
  Imported(v1::IMPORT_KIND_SCHOOL_CALENDARS,
           "school_urn,kind,first_day,last_day,academic_year,term,part\n"
           "123001,inset,2025-10-24,,,,\n"
           "123001,term,2025-09-04,2025-10-17,2025/26,autumn,1\n");
  v1::GetSchoolCalendarRequest request;
  request.set_school_urn(kPrimary);
  const auto calendar = Done(&Stub::GetSchoolCalendar, request);
  EXPECT_EQ(calendar.authority_code(), "931");
  EXPECT_EQ(calendar.closed_days(0), "2025-10-24");
  EXPECT_EQ(calendar.school_terms(0).first_day(), "2025-09-04");
  EXPECT_GT(calendar.authority_terms_size(), 6);
  EXPECT_THAT(calendar.bank_holidays(), testing::Contains("2025-12-25"));
  const Event emitted =
      AwaitEmitted([](const Event& event) { return event.has_school_calendar_published(); });
  EXPECT_EQ(emitted.school_calendar_published().authority_code(), "931");
  request.set_school_urn("999999");
  EXPECT_EQ(Refused(&Stub::GetSchoolCalendar, request), "UNKNOWN_SCHOOL");
  v1::GetPolicyProfileRequest policy;
  policy.set_authority_code("933");
  EXPECT_EQ(Refused(&Stub::GetPolicyProfile, policy), "NO_POLICY_PROFILE");
}

TEST_F(RegistryImportsTest, NothingPersonalIsInAnyEvent) {
  ASSERT_NO_FATAL_FAILURE(ImportEverything());
  auto records = service_->Events(kTopicOfRegistry);
  ASSERT_TRUE(records.ok());
  EXPECT_GT(records->size(), 20u);
  for (const ReadRecord& record : *records) {
    for (const char* secret : {"Amber", "Test-", "Sample", "T931000020001", "2015-05-03", "@",
                               "C-1", "VS-1", "Meadow"}) {
      EXPECT_EQ(record.value.find(secret), std::string::npos) << secret;
      EXPECT_EQ(record.key.find(secret), std::string::npos) << secret;
    }
  }
}

}  // namespace
}  // namespace pepline::registry
