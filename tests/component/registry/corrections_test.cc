// What was put on record wrongly is put right, on the running service.
#include <string>

#include "absl/strings/str_replace.h"
#include "tests/component/registry/registry_fixture.h"

namespace pepline::registry {
namespace {

using testing::HasSubstr;

constexpr char kWhy[] = "the placement agreement names Amber's other day";

class RegistryCorrectionsTest : public RegistryTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(Begin());
    ASSERT_NO_FATAL_FAILURE(ImportEverything());
    child_ = ChildId("C-1");  // in care since 2024-02-06, at the primary since 2020-09-03
  }
  v1::Child Child(const Actor& actor = VirtualSchool()) {
    v1::GetChildRequest request;
    request.set_child_id(child_);
    return Done(&Stub::GetChild, request, actor).child();
  }
  v1::CorrectCareStartRequest Start(const std::string& day) {
    v1::CorrectCareStartRequest request;
    request.set_child_id(child_);
    request.set_became_looked_after_on(day);
    request.set_reason(kWhy);
    return request;
  }
  v1::CorrectCareEndRequest End(const std::string& day) {
    v1::CorrectCareEndRequest request;
    request.set_child_id(child_);
    request.set_ceased_on(day);
    request.set_taken_back(day.empty());
    request.set_reason(kWhy);
    return request;
  }
  v1::CorrectEnrolmentRequest School(const std::string& urn, const std::string& day = "") {
    v1::CorrectEnrolmentRequest request;
    request.set_child_id(child_);
    request.set_school_urn(urn);
    request.set_enrolled_on(day);
    request.set_reason(kWhy);
    return request;
  }
  void CareCeases(const std::string& day) {
    v1::RecordCareCeasedRequest request;
    request.set_child_id(child_);
    request.set_ceased_on(day);
    request.set_reason(v1::CARE_CEASED_REASON_RETURNED_HOME);
    Done(&Stub::RecordCareCeased, request);
  }

  std::string child_;
};

TEST_F(RegistryCorrectionsTest, TheStartOfCareIsCorrectedOnceAndWhyStaysHere) {
  v1::CorrectCareStartRequest request = Start("2024-02-01");
  request.set_request_id("one-command");
  Done(&Stub::CorrectCareStart, request);
  Done(&Stub::CorrectCareStart, request);  // the first answer again
  EXPECT_EQ(Refused(&Stub::CorrectCareStart, Start("2024-02-01")), "SAME_AS_ON_RECORD");
  EXPECT_EQ(Refused(&Stub::CorrectCareStart, Start("2025-09-02")), "IN_THE_FUTURE");
  EXPECT_EQ(FieldOf(refused_), "became_looked_after_on");
  request = Start("2024-01-31");
  request.clear_reason();
  EXPECT_EQ(Refused(&Stub::CorrectCareStart, request), "REASON_REQUIRED");
  EXPECT_EQ(Refused(&Stub::CorrectCareStart, Start("2024-01-31"),
                    OfAuthority(Role::kVirtualSchool, "933")),
            "NOT_FOUND");
  const Event emitted =
      AwaitEmitted([](const Event& event) { return event.has_care_start_corrected(); });
  EXPECT_EQ(emitted.care_start_corrected().child_id(), child_);
  EXPECT_EQ(emitted.care_start_corrected().old_became_looked_after_on(), "2024-02-06");
  EXPECT_EQ(emitted.care_start_corrected().became_looked_after_on(), "2024-02-01");
  EXPECT_EQ(emitted.DebugString().find("Amber"), std::string::npos);

  EXPECT_EQ(Child().became_looked_after_on(), "2024-02-01");
  for (const Actor& reader : {VirtualSchool(), OfAuthority(Role::kAuditor, "931")}) {
    const v1::Child child = Child(reader);
    ASSERT_EQ(child.corrections_size(), 1);
    EXPECT_EQ(child.corrections(0).fact(), "care-start");
    EXPECT_EQ(child.corrections(0).old_on(), "2024-02-06");
    EXPECT_EQ(child.corrections(0).reason(), kWhy);
    EXPECT_EQ(child.corrections(0).corrected_by(), VirtualSchool().subject);
  }
  EXPECT_EQ(Child(DesignatedTeacher(kPrimary)).corrections_size(), 0);
}

TEST_F(RegistryCorrectionsTest, AnEndOfCareThatIsTakenBackBringsTheChildBackToItsSchool) {
  EXPECT_EQ(Refused(&Stub::CorrectCareEnd, End("")), "NOTHING_TO_CORRECT");
  const int before = RegistryTest::School(kPrimary).looked_after_children();
  CareCeases("2025-08-29");
  EXPECT_TRUE(Eventually(
      [&] { return RegistryTest::School(kPrimary).looked_after_children() == before - 1; }));
  v1::CorrectCareEndRequest both = End("2025-08-30");
  both.set_taken_back(true);
  EXPECT_EQ(Refused(&Stub::CorrectCareEnd, both), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "ceased_on");
  EXPECT_FALSE(Done(&Stub::CorrectCareEnd, End("2025-08-30")).looked_after());
  const v1::CorrectCareEndResponse back = Done(&Stub::CorrectCareEnd, End(""));
  EXPECT_TRUE(back.looked_after());
  EXPECT_TRUE(back.pep_required());
  const Event emitted = AwaitEmitted([](const Event& event) {
    return event.has_care_end_corrected() && event.care_end_corrected().ceased_on().empty();
  });
  EXPECT_EQ(emitted.care_end_corrected().old_ceased_on(), "2025-08-30");
  EXPECT_EQ(emitted.care_end_corrected().old_reason(), "returned-home");
  EXPECT_EQ(emitted.care_end_corrected().reason(), "");
  EXPECT_TRUE(Child().looked_after());
  EXPECT_TRUE(
      Eventually([&] { return RegistryTest::School(kPrimary).looked_after_children() == before; }));
}

TEST_F(RegistryCorrectionsTest, AWrongSchoolIsPutRightAndBothSchoolsFollow) {
  EXPECT_EQ(Refused(&Stub::CorrectEnrolment, School("", "")), "INVALID_FIELD");
  EXPECT_EQ(Refused(&Stub::CorrectEnrolment, School(kClosed)), "SCHOOL_CLOSED");
  const int primary = RegistryTest::School(kPrimary).looked_after_children();
  const int secondary = RegistryTest::School(kSecondary).looked_after_children();
  const auto corrected = Done(&Stub::CorrectEnrolment, School(kSecondary));
  EXPECT_EQ(corrected.school_authority_code(), "931");
  EXPECT_FALSE(corrected.move_taken_back());
  const Event emitted =
      AwaitEmitted([](const Event& event) { return event.has_enrolment_corrected(); });
  EXPECT_EQ(emitted.enrolment_corrected().old_school_urn(), kPrimary);
  EXPECT_EQ(emitted.enrolment_corrected().school_urn(), kSecondary);
  EXPECT_EQ(emitted.enrolment_corrected().enrolled_on(), "2020-09-03");
  EXPECT_EQ(Child().school_urn(), kSecondary);
  EXPECT_TRUE(Eventually([&] {
    return RegistryTest::School(kPrimary).looked_after_children() == primary - 1 &&
           RegistryTest::School(kSecondary).looked_after_children() == secondary + 1;
  }));
}

TEST_F(RegistryCorrectionsTest, TheFileOfBeforeIsRefusedWithAPointerAndUndoesNothing) {
  Done(&Stub::CorrectCareStart, Start("2024-02-01"));
  const v1::ImportResponse refused = Import(v1::IMPORT_KIND_CHILDREN, Children());
  ASSERT_EQ(refused.errors_size(), 1) << refused.DebugString();
  EXPECT_EQ(refused.errors(0).column(), "became_looked_after_on");
  EXPECT_THAT(refused.errors(0).message(), HasSubstr("correct"));
  EXPECT_EQ(Child().became_looked_after_on(), "2024-02-01");
  const v1::ImportResponse right = Imported(
      v1::IMPORT_KIND_CHILDREN, absl::StrReplaceAll(Children(), {{"2024-02-06", "2024-02-01"}}));
  EXPECT_EQ(right.changed(), 0) << right.DebugString();
}

}  // namespace
}  // namespace pepline::registry
