// Staff and children. All people are invented.
#include "tests/unit/registry_imports/files.h"

namespace pepline::registry::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Day = absl::CivilDay;

std::string Staff(std::initializer_list<std::string_view> rows) {
  return "own_id,name,email,role,school_urn,authority_code,child_own_id,from_on,until_on\n" +
         Lines(rows);
}

TEST(Staff, HasOneRowForEachAppointment) {
  const auto parsed = ParseStaff(Staff({
      "S-1,Zo\xEB "
      "O'Hara-Sample,zoe.o'hara+dt@school.example,designated-teacher,122995,,,2025-09-01,",
      "S-1,Zo\xEB "
      "O'Hara-Sample,zoe.o'hara+dt@school.example,headteacher,122995,,,2025-09-01,2026-08-31",
      "S-2,Sam Sample,sam@council.example,social-worker,,,C-1,2025-09-01,",
      "S-2,Sam Sample,sam@council.example,social-worker,,931,,2025-09-01,",
      "S-3,Vera Sample,vera@council.example,virtual-school-head,,931,,2025-09-01,",
  }));
  EXPECT_THAT(parsed.errors, IsEmpty());
  EXPECT_EQ(parsed.rows_read, 5);
  ASSERT_THAT(parsed.rows, SizeIs(5));
  const StaffRow& first = parsed.rows[0];
  EXPECT_EQ(first.row, 2);
  EXPECT_EQ(first.own_id, "S-1");
  EXPECT_EQ(first.name, "Zo\xC3\xAB O'Hara-Sample");
  EXPECT_EQ(first.email, "zoe.o'hara+dt@school.example");
  EXPECT_EQ(first.role, common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER);
  EXPECT_EQ(first.school_urn, "122995");
  EXPECT_EQ(first.authority_code, "");
  EXPECT_EQ(first.from_on, Day(2025, 9, 1));
  EXPECT_EQ(first.until_on, std::nullopt);
  EXPECT_EQ(parsed.rows[1].until_on, Day(2026, 8, 31));
  EXPECT_EQ(parsed.rows[2].child_own_id, "C-1");
  EXPECT_EQ(parsed.rows[3].authority_code, "931");
  EXPECT_EQ(parsed.rows[4].role, common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_HEAD);
}

TEST(Staff, KnowsEveryRoleAndThePlaceItNeeds) {
  for (const std::string_view role :
       {"designated-teacher", "deputy-designated-teacher", "headteacher", "school-office"}) {
    const std::string person = "S-1,A,a@b.example," + std::string(role);
    EXPECT_TRUE(ParseStaff(Staff({person + ",122995,,,2025-09-01,"})).ok()) << role;
    EXPECT_THAT(ParseStaff(Staff({person + ",,931,C-1,2025-09-01,"})).errors,
                ElementsAre(Reports(2, "school_urn", "give its URN"),
                            Reports(2, "authority_code", "leave it empty"),
                            Reports(2, "child_own_id", "leave it empty")));
  }
  const std::string head = "S-1,A,a@b.example,virtual-school-head";
  EXPECT_TRUE(ParseStaff(Staff({head + ",,931,,2025-09-01,"})).ok());
  EXPECT_THAT(ParseStaff(Staff({head + ",122995,,C-1,2025-09-01,"})).errors,
              ElementsAre(Reports(2, "authority_code", "give its code"),
                          Reports(2, "school_urn", "leave it empty"),
                          Reports(2, "child_own_id", "leave it empty")));
  for (const std::string_view role :
       {"virtual-school-caseworker", "social-worker", "independent-reviewing-officer"}) {
    const std::string person = "S-1,A,a@b.example," + std::string(role);
    EXPECT_TRUE(ParseStaff(Staff({person + ",,931,,2025-09-01,"})).ok()) << role;
    EXPECT_TRUE(ParseStaff(Staff({person + ",,,C-1,2025-09-01,"})).ok()) << role;
    EXPECT_THAT(ParseStaff(Staff({person + ",122995,931,C-1,2025-09-01,"})).errors,
                ElementsAre(Reports(2, "school_urn", "leave it empty"),
                            Reports(2, "authority_code", "either")));
    EXPECT_THAT(ParseStaff(Staff({person + ",,,,2025-09-01,"})).errors,
                ElementsAre(Reports(2, "authority_code", "either")));
  }
}

TEST(Staff, NamesWhatIsWrongByRowAndColumn) {
  EXPECT_THAT(
      ParseStaff(Staff({
                     ",A,a@b.example,headteacher,122995,,,2025-09-01,",
                     "S 2,A,a@b.example,headteacher,122995,,,2025-09-01,",
                     "S-3,,a@b.example,headteacher,122995,,,2025-09-01,",
                     "S-4,A,,headteacher,122995,,,2025-09-01,",
                     "S-5,A,a@b.example,head-teacher,122995,,,2025-09-01,",
                     "S-6,A,a@b.example,desginated-teacher,122995,,,2025-09-01,",
                     "S-7,A,a@b.example,headteacher,1229951234,,,2025-09-01,",
                     "S-8,A,a@b.example,headteacher,122995,,,01/09/2025,",
                     "S-9,A,a@b.example,headteacher,122995,,,2025-09-31,",
                     "S-10,A,a@b.example,headteacher,122995,,,0205-09-01,",
                     "S-11,A,a@b.example,headteacher,122995,,,,",
                     "S-12,A,a@b.example,headteacher,122995,,,2025-09-01,2025-08-31",
                     "S-13,A,a@b.example,,122995,,,2025-09-01,",
                 }))
          .errors,
      ElementsAre(Reports(2, "own_id", "missing"), Reports(3, "own_id", "letters, digits"),
                  Reports(4, "name", "missing"), Reports(5, "email", "missing"),
                  Reports(6, "role", "did you mean \"headteacher\"?"),
                  Reports(7, "role", "did you mean \"designated-teacher\"?"),
                  Reports(8, "school_urn", "six digits"), Reports(9, "from_on", "YYYY-MM-DD"),
                  Reports(10, "from_on", "YYYY-MM-DD"), Reports(11, "from_on", "YYYY-MM-DD"),
                  Reports(12, "from_on", "missing"), Reports(13, "until_on", "before the first"),
                  Reports(14, "role", "missing")));
}

TEST(Staff, HasPlausibleAddresses) {
  const auto errors = [](const std::string& email) {
    return ParseStaff(Staff({"S-1,A," + email + ",headteacher,122995,,,2025-09-01,"})).errors;
  };
  for (const std::string good :
       {"a@b.example", "a.b-c_d@e-f.sch.example", "A1@B2.Example", "x'y@z.example"}) {
    EXPECT_THAT(errors(good), IsEmpty()) << good;
  }
  for (const std::string bad :
       {"a", "a@", "@b.example", "a@b", "a@@b.example", "a b@c.example", "a@b..example",
        ".a@b.example", "a.@b.example", "a..b@c.example", "a@-b.example", "a@b-.example",
        "A <a@b.example>", "a@b.example;c@d.example", "\"a@b.example,c@d.example\"", "a@b.example.",
        "a@b_c.example", "\"a@b.example\nBcc: c@d.example\"", "caf\xC3\xA9@b.example"}) {
    EXPECT_THAT(errors(bad), ElementsAre(Reports(2, "email", ""))) << bad;
  }
  EXPECT_THAT(errors(std::string(65, 'a') + "@b.example"), SizeIs(1));
  EXPECT_THAT(errors("a@" + std::string(64, 'b') + ".example"), SizeIs(1));
  EXPECT_THAT(errors("a@" + std::string(300, 'b') + ".example"),
              ElementsAre(Reports(2, "email", "too long")));
}

TEST(Staff, IsThePersonOfItsIdInEveryRow) {
  EXPECT_THAT(
      ParseStaff(Staff({
                     "S-1,Ada Sample,a@b.example,headteacher,122995,,,2025-09-01,",
                     "S-1,Ada Sample,a2@b.example,designated-teacher,122995,,,2025-09-01,",
                     "S-1,Ida Sample,a@b.example,school-office,122995,,,2025-09-01,",
                 }))
          .errors,
      ElementsAre(Reports(3, "email", "not as in row 2"), Reports(4, "name", "not as in row 2")));
}

TEST(Staff, HoldsNoAppointmentTwiceForTheSameDays) {
  const std::string head = "S-1,A,a@b.example,headteacher,122995,,,";
  EXPECT_TRUE(ParseStaff(Staff({head + "2025-01-01,2025-03-31", head + "2024-01-01,2024-12-31",
                                head + "2025-04-01,"}))
                  .ok());
  const std::vector<BadFile> files = {
      {Staff({head + "2025-09-01,", head + "2025-09-01,"}), 3, "from_on",
       "the same appointment is in row 2"},
      {Staff({head + "2025-09-01,", head + "2024-09-01,2025-09-01"}), 3, "from_on", "in row 2"},
      {Staff({head + "2025-01-01,2025-03-31", head + "2025-03-31,2025-04-30"}), 3, "from_on",
       "in row 2"},
      {Staff({head + "2025-03-01,2025-03-31", head + "2025-01-01,"}), 3, "from_on", "in row 2"},
  };
  EachBringsItsError(ParseStaff, files);
}

constexpr std::string_view kChildHeader =
    "own_id,given_name,family_name,date_of_birth,upn,location_restricted,became_looked_after_on,"
    "ceased_on,ceased_reason,school_urn,enrolled_on,caseworker_own_id,social_worker_own_id,"
    "iro_own_id";

std::string Children(std::initializer_list<std::string_view> rows) {
  return std::string(kChildHeader) + "\n" + Lines(rows);
}

TEST(Children, HaveOneRowEach) {
  const auto parsed = ParseChildren(Children({
      "C-1,Chlo\xC3\xA9,Test-Cedar,2014-05-03,b801200005001,yes,2025-10-06,,,122995,2024-09-03,S-1,"
      "S-2,S-3",
      "C-2,Dara,Test-Damson,2010-07-07,,no,2021-01-11,2025-08-20,special-guardianship,,,,,",
      "C-3,Ewan,Test-Elm,2022-10-02,,no,,,,,,,,",
  }));
  EXPECT_THAT(parsed.errors, IsEmpty());
  EXPECT_EQ(parsed.rows_read, 3);
  ASSERT_THAT(parsed.rows, SizeIs(3));
  const ChildRow& first = parsed.rows[0];
  EXPECT_EQ(first.row, 2);
  EXPECT_EQ(first.own_id, "C-1");
  EXPECT_EQ(first.given_name, "Chlo\xC3\xA9");
  EXPECT_EQ(first.family_name, "Test-Cedar");
  EXPECT_EQ(first.date_of_birth, Day(2014, 5, 3));
  EXPECT_EQ(first.upn, "B801200005001");
  EXPECT_TRUE(first.location_restricted);
  EXPECT_EQ(first.became_looked_after_on, Day(2025, 10, 6));
  EXPECT_EQ(first.ceased_on, std::nullopt);
  EXPECT_EQ(first.school_urn, "122995");
  EXPECT_EQ(first.enrolled_on, Day(2024, 9, 3));
  EXPECT_EQ(first.caseworker_own_id, "S-1");
  EXPECT_EQ(first.social_worker_own_id, "S-2");
  EXPECT_EQ(first.iro_own_id, "S-3");
  EXPECT_EQ(parsed.rows[1].ceased_on, Day(2025, 8, 20));
  EXPECT_EQ(parsed.rows[1].ceased_reason, v1::CARE_CEASED_REASON_SPECIAL_GUARDIANSHIP);
  EXPECT_EQ(parsed.rows[2].became_looked_after_on, std::nullopt);
}

TEST(Children, MayHaveALegalStatusByItsCode) {
  const std::string header =
      "own_id,given_name,family_name,date_of_birth,location_restricted,became_looked_after_on,"
      "legal_status";
  const auto parsed = ParseChildren(
      Lines({header, "C-1,A,B,2014-05-03,no,2025-10-06,V4", "C-2,A,B,2014-05-03,no,2025-10-06,"}));
  EXPECT_THAT(parsed.errors, IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(2));
  EXPECT_EQ(parsed.rows[0].legal_status, v1::LEGAL_STATUS_V4);
  EXPECT_EQ(parsed.rows[1].legal_status, v1::LEGAL_STATUS_UNSPECIFIED);
  EXPECT_THAT(ParseChildren(Lines({header, "C-1,A,B,2014-05-03,no,2025-10-06,V5",
                                   "C-2,A,B,2014-05-03,no,,V4"}))
                  .errors,
              ElementsAre(Reports(2, "legal_status", "not known"),
                          Reports(3, "became_looked_after_on", "give the day care began")));
}

TEST(Children, NeedFewColumnsOnly) {
  const auto parsed =
      ParseChildren(Lines({"own_id,given_name,family_name,date_of_birth,location_restricted",
                           "C-1,Amber,Test-Alder,2014-05-03,no"}));
  EXPECT_THAT(parsed.errors, IsEmpty());
  EXPECT_THAT(parsed.rows, SizeIs(1));
  EXPECT_THAT(ParseChildren(Lines({"own_id,given_name,family_name,date_of_birth",
                                   "C-1,Amber,Test-Alder,2014-05-03"}))
                  .errors,
              ElementsAre(Reports(1, "location_restricted", "missing")));
}

TEST(Children, KnowEveryReasonForWhichCareCeases) {
  for (const std::string_view reason : {"adoption", "special-guardianship", "child-arrangements",
                                        "returned-home", "turned-eighteen", "other"}) {
    EXPECT_TRUE(ParseChildren(Children({"C-1,A,B,2010-07-07,,no,2021-01-11,2025-08-20," +
                                        std::string(reason) + ",,,,,"}))
                    .ok())
        << reason;
  }
}

TEST(Children, HaveNamedErrorsThatRepeatNothingOfAPerson) {
  const auto parsed = ParseChildren(Children({
      "C-2,Amber,Test-Alder,2014-05-03,R247962919251,no,,,,,,,,",
      "C-3,Amber,Test-Alder,2014-05-03,12345,no,,,,,,,,",
      "C-4,Amber,Test-Alder,03/05/2014,,no,,,,,,,,",
      "C-5,Amber,Test-Alder,2014-05-03,,maybe,,,,,,,,",
      "C-6,Amber,Test-Alder,2014-05-03,,,,,,,,,,",
      "C-7,Amber,Test-Alder,2014-05-03,,no,2014-05-02,,,,,,,",
      "C-8,Amber,Test-Alder,2014-05-03,,no,2020-05-02,2020-05-01,other,,,,,",
      "C-9,Amber,Test-Alder,2014-05-03,,no,,2020-05-01,other,,,,,",
      "C-10,Amber,Test-Alder,2014-05-03,,no,2020-05-01,2020-05-02,,,,,,",
      "C-11,Amber,Test-Alder,2014-05-03,,no,2020-05-01,,other,,,,,",
      "C-12,Amber,Test-Alder,2014-05-03,,no,2020-05-01,2020-05-02,adopton,,,,,",
      "C-13,Amber,Test-Alder,2014-05-03,,no,,,,122995,,,,",
      "C-14,Amber,Test-Alder,2014-05-03,,no,,,,,2020-05-02,,,",
      "C-15,Amber,Test-Alder,2014-05-03,,no,,,,122995,2013-05-02,,,",
      "C-16,Amber,Test-Alder,2014-05-03,,no,,,,,,S 1,S;2,S\xC3\xA9",
      "C-17,=Amber,Test-Alder,2014-05-03,,no,,,,,,,,",
      "C-18,,,2014-05-03,,no,,,,,,,,",
      "C-19,Amber,Test-Alder,2014-05-03,UN1,no,,,,,,,,",
  }));
  EXPECT_THAT(
      parsed.errors,
      ElementsAre(
          Reports(2, "upn", "check letter"), Reports(3, "upn", "not a UPN"),
          Reports(4, "date_of_birth", "YYYY-MM-DD"), Reports(5, "location_restricted", "yes or no"),
          Reports(6, "location_restricted", "missing"),
          Reports(7, "became_looked_after_on", "before the child's birth"),
          Reports(8, "ceased_on", "before the one on which care began"),
          Reports(9, "became_looked_after_on", "give the day it began"),
          Reports(10, "ceased_reason", "missing"), Reports(11, "ceased_on", "give the day as well"),
          Reports(12, "ceased_reason", "did you mean \"adoption\"?"),
          Reports(13, "enrolled_on", "go together"), Reports(14, "school_urn", "go together"),
          Reports(15, "enrolled_on", "before the child's birth"),
          Reports(16, "caseworker_own_id", "not an id"),
          Reports(16, "social_worker_own_id", "not an id"), Reports(16, "iro_own_id", "not an id"),
          Reports(17, "given_name", "formula"), Reports(18, "given_name", "missing"),
          Reports(19, "upn", "empty where it is not known")));
  EXPECT_THAT(parsed.rows, IsEmpty());
  for (const RowError& error : parsed.errors) {
    for (const char* personal : {"Amber", "Alder", "2014", "R2479", "12345", "C-"}) {
      EXPECT_THAT(error.message, Not(HasSubstr(personal)));
    }
  }
}

TEST(Children, AreToldApartByIdAndUpn) {
  EXPECT_THAT(ParseChildren(Children({
                                "C-1,A,B,2014-05-03,B801200005001,no,,,,,,,,",
                                "C-1,A,B,2014-05-03,,no,,,,,,,,",
                                "C-2,A,B,2014-05-03,b801200005001,no,,,,,,,,",
                            }))
                  .errors,
              ElementsAre(Reports(3, "own_id", "the same value is in row 2"),
                          Reports(4, "upn", "the same value is in row 2")));
}

}  // namespace
}  // namespace pepline::registry::imports
