// The content of an ePEP over gRPC: written, completed, finalised as a version, read for good.
#include <atomic>
#include <thread>

#include "services/scheduling/storage/epep_codec.h"
#include "tests/component/scheduling/scheduling_fixture.h"
#include "tests/component/support/operation_runner.h"

namespace pepline::scheduling {
namespace {

using Event = v1::SchedulingEvent;

constexpr char kNeeds[] = "needs-and-support";
constexpr char kCare[] = "care-arrangements";

v1::WriteEpepSectionRequest Writing(const std::string& section, const std::string& text,
                                    int revision = 0) {
  v1::WriteEpepSectionRequest request;
  request.set_section(section);
  request.set_text(text);
  request.set_revision(revision);
  return request;
}
v1::CompleteEpepSectionRequest Completing(const std::string& section, int revision = 1) {
  v1::CompleteEpepSectionRequest request;
  request.set_section(section);
  request.set_revision(revision);
  return request;
}
v1::ReopenEpepSectionRequest Reopening(const std::string& section) {
  v1::ReopenEpepSectionRequest request;
  request.set_section(section);
  return request;
}

class EpepTest : public SchedulingTest {
 protected:
  template <class Request, class Response>
  v1::EpepStanding Standing(Rpc<Request, Response> rpc,
                            const std::type_identity_t<Request>& request,
                            const std::optional<Actor>& actor = {}) {
    return RpcFixture::Done(rpc, request, actor).standing();
  }
  static v1::GetEpepRequest Asking(int version = 0, const std::string& pep = "") {
    v1::GetEpepRequest request;
    request.set_child_id(kChild);
    request.set_pep_id(pep);
    request.set_version(version);
    return request;
  }
  v1::GetEpepResponse Content(int version = 0, const Actor& actor = VirtualSchool()) {
    return RpcFixture::Done(&Stub::GetEpep, Asking(version), actor);
  }
  static std::string TextOf(const v1::GetEpepResponse& epep, const std::string& section) {
    for (const auto& one : epep.sections()) {
      if (one.code() == section) return one.text();
    }
    return "no such section";
  }
  void HoldTheMeeting() {
    MoveClockTo("2025-10-01 16:00");
    Done(&Stub::HoldPepMeeting, Holding("2025-10-01"));
  }
  const std::string pep_ = absl::StrCat(kChild, ".1");
};

TEST_F(EpepTest, IsWrittenFinalisedAndReadForGood) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  EXPECT_EQ(Content().per_cent_complete(), 0);
  EXPECT_EQ(Content().missing_size(), 3);
  const auto writing = Complete(Writing(kNeeds, "reads slowly, has a tutor"));
  EXPECT_EQ(Standing(&Stub::WriteEpepSection, writing).revision(), 1);
  EXPECT_EQ(Standing(&Stub::WriteEpepSection, writing).revision(), 1) << "a repetition";
  Standing(&Stub::WriteEpepSection, Writing(kCare, "lives with the same carer"), SocialWorker());
  EXPECT_TRUE(Standing(&Stub::CompleteEpepSection, Completing(kNeeds)).has_completed_at());
  const auto so_far = Content();
  EXPECT_EQ(so_far.pep_id(), pep_);
  EXPECT_EQ(so_far.phase(), "default");
  EXPECT_EQ(so_far.mandatory_complete(), 1);
  EXPECT_EQ(so_far.per_cent_complete(), 33);
  EXPECT_EQ(so_far.sections(0).owner(), "social-worker");
  EXPECT_EQ(TextOf(so_far, kCare), "lives with the same carer");
  HoldTheMeeting();
  EXPECT_EQ(Done(&Stub::FinaliseEpep, v1::FinaliseEpepRequest()).epep_versions(), 1);
  EXPECT_EQ(Refused(&Stub::WriteEpepSection, Writing(kNeeds, "later", 1)), "ALREADY_FINALISED");

  v1::TakeBackFinalisationRequest taking_back;
  taking_back.set_reason("a page was missing");
  EXPECT_EQ(Done(&Stub::TakeBackFinalisation, taking_back).epep_versions(), 1);
  Standing(&Stub::ReopenEpepSection, Reopening(kNeeds));
  EXPECT_EQ(Standing(&Stub::WriteEpepSection, Writing(kNeeds, "reads well", 1)).revision(), 2);
  ASSERT_NO_FATAL_FAILURE(KillAndRestart());
  Done(&Stub::FinaliseEpep, v1::FinaliseEpepRequest());
  const auto first = Content(1, OfAuthority(Role::kAuditor, kAuthority));
  EXPECT_EQ(first.version(), 1);
  EXPECT_EQ(first.versions(), 2);
  EXPECT_EQ(TextOf(first, kNeeds), "reads slowly, has a tutor");
  EXPECT_EQ(TextOf(Content(2), kNeeds), "reads well");
  EXPECT_EQ(Refused(&Stub::GetEpep, Asking(3)), "NO_SUCH_VERSION");
  EXPECT_EQ(FieldOf(refused_), "version");

  Settle();
  const auto finalised = EmittedWith(&Event::has_epep_finalised);
  ASSERT_EQ(finalised.size(), 2u);
  EXPECT_EQ(finalised[0].epep_finalised().version(), 1);
  EXPECT_EQ(finalised[0].epep_finalised().content_sha256(), first.content_sha256());
  EXPECT_EQ(finalised[0].epep_finalised().sections_complete(), 1);
  EXPECT_EQ(finalised[1].epep_finalised().version(), 2);
  EXPECT_EQ(finalised[1].epep_finalised().sections_complete(), 0);
  const auto completed = EmittedWith(&Event::has_epep_section_completed);
  ASSERT_EQ(completed.size(), 1u);
  EXPECT_EQ(completed[0].epep_section_completed().section(), kNeeds);
  EXPECT_EQ(completed[0].epep_section_completed().mandatory(), 3);
  EXPECT_EQ(EmittedWith(&Event::has_epep_section_reopened).size(), 1u);
  for (const Event& event : Emitted()) {
    for (const char* text : {"slowly", "same carer", "a page"}) {
      EXPECT_EQ(event.SerializeAsString().find(text), std::string::npos) << text;
    }
  }
}

TEST_F(EpepTest, WithoutContentNoVersionIsMade) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  HoldTheMeeting();
  EXPECT_EQ(Done(&Stub::FinaliseEpep, v1::FinaliseEpepRequest()).epep_versions(), 0);
  Settle();
  const auto finalised = EmittedWith(&Event::has_epep_finalised);
  ASSERT_EQ(finalised.size(), 1u);
  EXPECT_EQ(finalised[0].epep_finalised().version(), 0);
  EXPECT_EQ(finalised[0].epep_finalised().content_sha256(), "");
  EXPECT_EQ(Refused(&Stub::GetEpep, Asking(1)), "NO_SUCH_VERSION");
}

TEST_F(EpepTest, IsFinalisedWithItsMandatorySectionsWhereTheProfileSaysSo) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Policy policy = UsualPolicy();
  policy.finalise_needs_sections = true;
  policy.epep_forms[EpepPhase::kNotKnown] = {{"progress", SectionOwner::kDesignatedTeacher, true},
                                             {"hobbies", SectionOwner::kPupil, true},
                                             {"notes", SectionOwner::kVirtualSchool, false}};
  EmitPolicy(policy);
  HoldTheMeeting();
  Standing(&Stub::WriteEpepSection, Writing("hobbies", "chess"));
  EXPECT_EQ(Refused(&Stub::FinaliseEpep, v1::FinaliseEpepRequest()), "EPEP_NOT_COMPLETE");
  EXPECT_NE(refused_.error_message().find("progress, hobbies"), std::string::npos)
      << refused_.error_message();
  Standing(&Stub::CompleteEpepSection, Completing("hobbies"));
  Standing(&Stub::WriteEpepSection, Writing("progress", "on track"));
  Standing(&Stub::CompleteEpepSection, Completing("progress"));
  EXPECT_EQ(Done(&Stub::FinaliseEpep, v1::FinaliseEpepRequest()).epep_versions(), 1);
}

TEST_F(EpepTest, RefusesWithoutLosingAText) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Standing(&Stub::WriteEpepSection, Writing("carer-contribution", "of the social worker"),
           SocialWorker());
  EXPECT_EQ(Refused(&Stub::WriteEpepSection, Writing("carer-contribution", "of the school")),
            "WRITTEN_MEANWHILE");
  EXPECT_EQ(FieldOf(refused_), "revision");
  EXPECT_EQ(TextOf(Content(), "carer-contribution"), "of the social worker");
  EXPECT_EQ(Refused(&Stub::WriteEpepSection, Writing(kCare, "not ours")), "NOT_THE_SECTIONS_OWNER");
  EXPECT_EQ(Refused(&Stub::WriteEpepSection, Writing("horoscope", "a good year")),
            "NO_SUCH_SECTION");
  EXPECT_EQ(Refused(&Stub::WriteEpepSection, Writing(kNeeds, std::string(20'001, 'x'))),
            "TEXT_TOO_LONG");
  EXPECT_EQ(refused_.error_message().find("xxx"), std::string::npos);
  auto of_another = Writing(kNeeds, "of another child");
  of_another.set_pep_id("chd-another.1");
  EXPECT_EQ(Refused(&Stub::WriteEpepSection, of_another), "OTHER_PEP");
  EXPECT_EQ(Refused(&Stub::GetEpep, Asking(0, "chd-another.1")), "NO_SUCH_PEP");
  EXPECT_EQ(Refused(&Stub::GetEpep, Asking(-1)), "INVALID_FIELD");
}

TEST_F(EpepTest, IsReachedByThoseWhoWorkWithTheChildAlone) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Standing(&Stub::WriteEpepSection, Writing(kNeeds, "reads slowly"));
  for (const Actor& actor : {VirtualSchool(), SocialWorker(), DesignatedTeacher(kSchool),
                             OfAuthority(Role::kIndependentReviewingOfficer, kAuthority)}) {
    EXPECT_EQ(TextOf(Content(0, actor), kNeeds), "reads slowly");
  }
  for (const Actor& actor :
       {DesignatedTeacher(kOtherSchool), OfAuthority(Role::kSocialWorker, "933"),
        OfAuthority(Role::kVirtualSchool, "933")}) {
    EXPECT_EQ(Refused(&Stub::GetEpep, Asking(), actor), "NOT_FOUND");
    EXPECT_EQ(Refused(&Stub::WriteEpepSection, Writing(kNeeds, "mine", 1), actor), "NOT_FOUND");
  }
  for (const Role role : {Role::kFinance, Role::kService, Role::kHeadteacher, Role::kOperator}) {
    v1::GetEpepResponse response;
    EXPECT_EQ(Call(&Stub::GetEpep, Asking(), response, OfAuthority(role, kAuthority)).error_code(),
              grpc::StatusCode::PERMISSION_DENIED);
  }
}

// Whoever comes first, the version holds what was written before it, and nothing is written after.
TEST_F(EpepTest, AVersionHoldsWhatWasWrittenBeforeItAndNothingIsWrittenAfter) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Standing(&Stub::WriteEpepSection, Writing(kNeeds, "text 1"));
  HoldTheMeeting();
  std::atomic<int> written = 1;
  std::thread writer([&] {
    for (;;) {
      auto request = Writing(kNeeds, absl::StrCat("text ", written.load() + 1), written);
      request.set_child_id(kChild);
      request.set_request_id(absl::StrCat("writer-", written.load()));
      v1::WriteEpepSectionResponse response;
      const grpc::Status status = Call(&Stub::WriteEpepSection, request, response);
      if (status.error_code() == grpc::StatusCode::ABORTED) continue;
      if (!status.ok()) return;
      ++written;
    }
  });
  EXPECT_TRUE(WaitUntil([&] { return written > 5; }, absl::Seconds(30)));
  v1::FinaliseEpepRequest finalising;
  finalising.set_child_id(kChild);
  v1::FinaliseEpepResponse response;
  int attempt = 0;
  grpc::Status status;
  do {
    finalising.set_request_id(absl::StrCat("finaliser-", ++attempt));
    status = Call(&Stub::FinaliseEpep, finalising, response);
  } while (status.error_code() == grpc::StatusCode::ABORTED && attempt < 1000);
  writer.join();
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(TextOf(Content(1), kNeeds), absl::StrCat("text ", written.load()));
  EXPECT_EQ(TextOf(Content(), kNeeds), absl::StrCat("text ", written.load()));
}

TEST_F(EpepTest, ADamagedVersionIsNotGivenOut) {
  ASSERT_NO_FATAL_FAILURE(BeginWithPep());
  Standing(&Stub::WriteEpepSection, Writing(kNeeds, "reads slowly"));
  HoldTheMeeting();
  Done(&Stub::FinaliseEpep, v1::FinaliseEpepRequest());
  Settle();
  const RecordKey key = VersionOf(PepId(pep_), 1);
  const int partition = PartitionOf(kChild, store_->partitions());
  const auto envelopes = LoadEnvelopes(*store_, partition, {key});
  ASSERT_TRUE(envelopes.ok());
  auto record = envelopes->front().record;
  EpepVersion other = *DecodeVersion(record.state());
  std::string bytes = EncodeVersion(other);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  record.set_state(bytes);
  Commit commit{.partition = partition};
  commit.writes.push_back({.key = key,
                           .expected_revision = envelopes->front().revision,
                           .bytes = record.SerializeAsString()});
  ASSERT_TRUE(store_->Apply(commit).ok());
  v1::GetEpepResponse response;
  const grpc::Status status = Call(&Stub::GetEpep, Asking(1), response, VirtualSchool());
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DATA_LOSS);
  EXPECT_NE(status.error_message().find("back-up"), std::string::npos) << status.error_message();
  EXPECT_EQ(response.sections_size(), 0);
  EXPECT_EQ(TextOf(Content(), kNeeds), "reads slowly") << "what stands is not touched";
  const auto checked = OperationRunner(service_->process()).Run({"--check"});
  EXPECT_THAT(checked.Lines(absl::StrCat("record unreadable: epep-version ", key.id)),
              testing::SizeIs(1))
      << checked.output;
}

}  // namespace
}  // namespace pepline::scheduling
