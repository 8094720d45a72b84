// How what is on record of a child's views is put right over gRPC.
#include "tests/component/assessments/assessments_fixture.h"

namespace pepline::assessments {
namespace {

using Event = v1::AssessmentsEvent;

class ViewsCorrectionTest : public AssessmentsTest {
 protected:
  v1::GetPupilViewsResponse Views(const Actor& actor = VirtualSchool()) {
    v1::GetPupilViewsRequest request;
    request.set_child_id(kChild);
    request.set_pep_id(kPep);
    v1::GetPupilViewsResponse response;
    EXPECT_TRUE(Call(&Stub::GetPupilViews, request, response, actor).ok());
    return response;
  }
};

v1::CorrectPupilViewsRequest Correcting(const std::string& text) {
  v1::CorrectPupilViewsRequest request;
  request.set_child_id(kChild);
  request.set_pep_id(kPep);
  request.set_reason("two papers were mixed up");
  request.set_text(text);
  return request;
}
v1::CorrectPupilViewsRequest TakingBack() {
  auto request = Correcting("");
  request.set_taken_back(true);
  return request;
}

TEST_F(ViewsCorrectionTest, WhatWasPutDownWronglyIsPutRightAndWhatStoodThereIsKept) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EXPECT_EQ(Refused(&Stub::CorrectPupilViews, Correcting("more art")), "NO_PUPIL_VIEWS");
  Done(&Stub::DeclinePupilViews, Declining("was ill"));
  MoveClockTo("2025-09-10 09:00");
  const auto request = Complete(Correcting("more art"));
  const v1::PupilViews views = Done(&Stub::CorrectPupilViews, request).views();
  EXPECT_EQ(views.state(), v1::PUPIL_VIEWS_STATE_CAPTURED);
  EXPECT_EQ(FromTimestamp(views.corrected_at()), At("2025-09-10 09:00"));
  EXPECT_EQ(FromTimestamp(views.recorded_at()), At("2025-09-08 09:00"));
  Done(&Stub::CorrectPupilViews, request);  // a repetition
  Settle();
  const auto emitted = EmittedWith(&Event::has_pupil_views_corrected);
  ASSERT_EQ(emitted.size(), 1u);
  EXPECT_EQ(emitted[0].pep_id(), kPep);
  EXPECT_EQ(emitted[0].pupil_views_corrected().old_state(), v1::PUPIL_VIEWS_ON_RECORD_DECLINED);
  EXPECT_EQ(emitted[0].pupil_views_corrected().state(), v1::PUPIL_VIEWS_ON_RECORD_CAPTURED);
  const auto shown = Views();
  EXPECT_EQ(shown.text(), "more art");
  ASSERT_EQ(shown.corrections_size(), 1);
  EXPECT_EQ(shown.corrections(0).reason(), "two papers were mixed up");
  EXPECT_EQ(shown.corrections(0).state(), v1::PUPIL_VIEWS_STATE_DECLINED);
  EXPECT_EQ(shown.corrections(0).declined_reason(), "was ill");
}

TEST_F(ViewsCorrectionTest, WhatIsTakenBackIsNotKeptAndCanBeCapturedAgain) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Done(&Stub::CapturePupilViews, Capturing("what another child said"));
  EXPECT_EQ(Done(&Stub::CorrectPupilViews, TakingBack(), SocialWorker()).views().state(),
            v1::PUPIL_VIEWS_STATE_TAKEN_BACK);
  const auto shown = Views();
  EXPECT_EQ(shown.text(), "");
  ASSERT_EQ(shown.corrections_size(), 1);
  EXPECT_EQ(shown.corrections(0).state(), v1::PUPIL_VIEWS_STATE_CAPTURED);
  EXPECT_EQ(shown.corrections(0).text(), "");
  Settle();
  const auto emitted = EmittedWith(&Event::has_pupil_views_corrected);
  ASSERT_EQ(emitted.size(), 1u);
  EXPECT_EQ(emitted[0].pupil_views_corrected().state(), v1::PUPIL_VIEWS_ON_RECORD_TAKEN_BACK);
  EXPECT_EQ(Done(&Stub::CapturePupilViews, Capturing("more art")).views().state(),
            v1::PUPIL_VIEWS_STATE_CAPTURED);
  EXPECT_EQ(Views().text(), "more art");
}

TEST_F(ViewsCorrectionTest, AlsoOfAPepThatIsOver) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Done(&Stub::CapturePupilViews, Capturing("more art"));
  EmitPepClosed();
  Settle();
  EXPECT_EQ(Refused(&Stub::CapturePupilViews, Capturing("more music")), "NO_OPEN_PEP");
  Done(&Stub::CorrectPupilViews, Correcting("more music"));
  EXPECT_EQ(Views().text(), "more music");
}

TEST_F(ViewsCorrectionTest, AReasonAndOneThingThatIsRightAreNeeded) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Done(&Stub::CapturePupilViews, Capturing("more art"));
  auto request = Correcting("more music");
  request.clear_reason();
  EXPECT_EQ(Refused(&Stub::CorrectPupilViews, request), "REASON_REQUIRED");
  EXPECT_EQ(FieldOf(refused_), "reason");
  EXPECT_EQ(Refused(&Stub::CorrectPupilViews, Correcting("")), "NOTHING_CAPTURED");
  EXPECT_EQ(Refused(&Stub::CorrectPupilViews, Correcting("more art")), "NOTHING_CORRECTED");
  request = Correcting("more music");
  request.set_declined_reason("was ill");
  EXPECT_EQ(Refused(&Stub::CorrectPupilViews, request), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "declined_reason");
  request = Correcting("more music");
  request.set_taken_back(true);
  EXPECT_EQ(Refused(&Stub::CorrectPupilViews, request), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "taken_back");
  EXPECT_EQ(
      Refused(&Stub::CorrectPupilViews, TakingBack(), OfAuthority(Role::kAuditor, kAuthority)),
      "ROLE_NOT_ALLOWED");
  EXPECT_TRUE(EmittedWith(&Event::has_pupil_views_corrected).empty());
}

}  // namespace
}  // namespace pepline::assessments
