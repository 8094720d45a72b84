// What is stored reads back, and what is private leaves in no event.
#include "services/funding/storage/codec.h"

#include <limits>
#include <set>

#include "pepline/funding/v1/funding_events.pb.h"
#include "services/funding/api/requests.h"
#include "services/funding/domain/fields.h"
#include "services/funding/storage/event_messages.h"
#include "shared/base/timestamps.h"
#include "shared/engine/event_mapping.h"
#include "tests/support/field_gaps.h"
#include "tests/unit/funding/funding_story.h"

namespace pepline::funding {
namespace {

// A life for each way a request can end.
std::vector<Story> WholeLives() {
  std::vector<Story> lives;
  for (RequestStage end :
       {RequestStage::kReleased, RequestStage::kDeclined, RequestStage::kWithdrawn}) {
    Story story;
    story.In(end);
    lives.push_back(std::move(story));
  }
  // One that is late, by a day that moved, and one that is taken back before it is decided.
  Story late;
  late.In(RequestStage::kSubmitted).Until(late.facts.now + absl::Hours(24 * 12));
  late.facts.policy = std::make_shared<const DeadlinePolicy>(
      DeadlinePolicy{{{Rule::kFundingDecided, {11, DayKind::kWorkingDays, {}}}}, {}});
  late.Until(late.facts.now + absl::Hours(1)).Done(Wake{});
  late.Until(late.facts.now + absl::Hours(24 * 7));
  late.Done(ApproveFundingRequest{kVirtualSchool, {20'000}});
  lives.push_back(std::move(late));
  Story taken_back;
  taken_back.In(RequestStage::kSubmitted).Done(WithdrawFundingRequest{kTeacher});
  lives.push_back(std::move(taken_back));
  return lives;
}

common::v1::EventHeader Header() {
  common::v1::EventHeader header;
  header.set_event_id("funding/funding-request/req-1:1");
  return header;
}

TEST(FundingFields, AreAllStored) {
  ExpectStored<FundLine, storage::v1::FundLine>();
  ExpectStored<FundLineChange, storage::v1::FundLineChange>();
  ExpectStored<FundingRequest, storage::v1::FundingRequest>();
  ExpectStored<CostLine, storage::v1::CostLine>();
}

TEST(FundingFields, FillWhatIsAnswered) {
  ExpectFilled<FundLine, v1::FundLine>({"fund_line_id", "financial_year", "left_pence"});
  ExpectFilled<FundLine, v1::GetFundLineResponse>({"fund_line"});
  ExpectFilled<FundLineChange, v1::FundLineChange>();
  ExpectFilled<FundingRequest, v1::FundingRequest>({"asked_pence"});
  ExpectFilled<CostLine, v1::CostLine>();
}

TEST(FundingFields, FillEveryEvent) {
  ExpectEventsFilled<FundLineEvent, FundLineMessages>({{"FundLineChanged", {"fund_line_id"}}});
  ExpectEventsFilled<FundingEvent, FundingMessages>({{"FundingDrafted", {"request", "asked_pence"}},
                                                     {"FundingSubmitted", {"request"}},
                                                     {"FundingWithdrawn", {"request"}},
                                                     {"FundingApproved", {"request"}},
                                                     {"FundingDeclined", {"request"}},
                                                     {"FundingReleased", {"request"}},
                                                     {"DeadlineSet", {"deadline"}},
                                                     {"DeadlineReminderReached", {"deadline"}},
                                                     {"DeadlineMissed", {"deadline"}},
                                                     {"DeadlineMet", {"deadline"}},
                                                     {"DeadlineRecalculated", {"deadline"}},
                                                     {"DeadlineWithdrawn", {"deadline"}}});
  ExpectFilled<Costing, v1::FundingReference>({"authority_code"});
  ExpectFilled<Deadline, v1::FundingDeadline>({"deadline"});
}

TEST(FundingCodec, ReadsBackEveryStateOfWholeLives) {
  for (const Story& story : WholeLives()) {
    FundingState state{std::nullopt, FundLine{Line(), {100'000}, {}, {}}};
    for (const auto& [at, event] : story.log) {
      state = FundingRules::Evolve(std::move(state), event);
      const auto parts = FundingCodec::Encode(state);
      ASSERT_EQ(parts.size(), 2u) << "the request and its line";
      auto read = FundingCodec::Decode({parts[0], parts[1]});
      ASSERT_TRUE(read.ok()) << read.status();
      EXPECT_EQ(*read, state);
    }
  }
}

TEST(FundingCodec, StoresALineAsTheLinesOwnCodecDoes) {
  const FundLine line{Line(), {100'000}, {300}, {200}};
  EXPECT_EQ(FundLineCodec::Encode({line})[0], FundingCodec::Encode({std::nullopt, line})[1]);
  EXPECT_EQ(*FundLineCodec::Decode({FundLineCodec::Encode({line})[0]}), FundLineState{line});
}

TEST(FundingCodec, AnswersDataLossForBytesItCannotRead) {
  const std::string junk = "\xff\xff";
  EXPECT_TRUE(absl::IsDataLoss(FundingCodec::Decode({junk, std::nullopt}).status()));
  EXPECT_TRUE(absl::IsDataLoss(FundingCodec::Decode({std::nullopt, junk}).status()));
  EXPECT_TRUE(absl::IsDataLoss(FundLineCodec::Decode({junk}).status()));
  storage::v1::FundingRequest dateless;
  dateless.set_fund_line_id("931.2025-26");
  dateless.set_state(v1::FUNDING_REQUEST_STATE_DRAFT);
  dateless.set_start_on("soon");
  EXPECT_TRUE(absl::IsDataLoss(
      FundingCodec::Decode({dateless.SerializeAsString(), std::nullopt}).status()));
  storage::v1::FundLine nameless;
  nameless.set_amount_pence(5);
  EXPECT_TRUE(absl::IsDataLoss(FundLineCodec::Decode({nameless.SerializeAsString()}).status()));
  EXPECT_EQ(*FundingCodec::Decode({std::nullopt, std::nullopt}), FundingState());
  EXPECT_EQ(*FundLineCodec::Decode({std::nullopt}), FundLineState());
}

// Their sums would overflow.
TEST(FundingCodec, AnAmountThatNoRuleAllowsIsNotReadable) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t pence : {std::int64_t{-1}, kMost}) {
    storage::v1::FundLine line;
    ASSERT_TRUE(line.ParseFromString(FundLineCodec::Encode({FundLine{Line(), {5}, {}, {}}})[0]));
    line.set_approved_pence(pence);
    EXPECT_TRUE(absl::IsDataLoss(FundLineCodec::Decode({line.SerializeAsString()}).status()));

    Story story;
    story.In(RequestStage::kReleased);
    storage::v1::FundingRequest request;
    ASSERT_TRUE(request.ParseFromString(FundingCodec::Encode(story.state)[0]));
    request.mutable_cost_lines(0)->set_amount_pence(pence);
    EXPECT_TRUE(absl::IsDataLoss(
        FundingCodec::Decode({request.SerializeAsString(), std::nullopt}).status()));

    v1::FundingEvent emitted;
    emitted.mutable_fund_line_opened()->set_fund_line_id("931.2025-26");
    emitted.mutable_fund_line_opened()->set_financial_year("2025-26");
    EXPECT_TRUE(FundLineCodec::DecodeEvent(emitted).ok());
    emitted.mutable_fund_line_opened()->set_amount_pence(pence);
    EXPECT_TRUE(absl::IsInvalidArgument(FundLineCodec::DecodeEvent(emitted).status()));
    emitted.mutable_header()->mutable_occurred_at()->set_seconds(1'760'000'000);
    emitted.mutable_funding_approved()->set_approved_pence(pence);
    EXPECT_TRUE(absl::IsInvalidArgument(FundingCodec::DecodeEvent(emitted).status()));
  }
}

TEST(FundingCodec, SaysEveryEventOfTheContractWithItsRequest) {
  std::set<std::string> types;
  for (const Story& story : WholeLives()) {
    FundingState state{std::nullopt, FundLine{Line(), {100'000}, {}, {}}};
    for (const auto& [at, event] : story.log) {
      state = FundingRules::Evolve(std::move(state), event);
      const EncodedEvent encoded = FundingCodec::EncodeEvent(state, event, Header());
      EXPECT_EQ(encoded.key, "chd-1") << "the child's story is in order";
      types.insert(encoded.type);
      v1::FundingEvent envelope;
      ASSERT_TRUE(envelope.ParseFromString(encoded.value));
      EXPECT_EQ(envelope.header().event_id(), Header().event_id());
      const auto* field = envelope.GetReflection()->GetOneofFieldDescriptor(
          envelope, v1::FundingEvent::descriptor()->FindOneofByName("event"));
      const auto& emitted = envelope.GetReflection()->GetMessage(envelope, field);
      v1::FundingReference reference;
      const auto* own = emitted.GetDescriptor()->FindFieldByName("request");
      reference.CopyFrom(own != nullptr ? emitted.GetReflection()->GetMessage(emitted, own)
                                        : envelope.request());
      EXPECT_EQ(envelope.has_request(), own == nullptr) << "it is said once";
      EXPECT_EQ(reference.authority_code(), own == nullptr ? "931" : "");
      EXPECT_EQ(reference.funding_request_id(), RequestId().text());
      EXPECT_EQ(reference.child_id(), "chd-1");
      EXPECT_EQ(reference.pep_id(), "chd-1.2");
      EXPECT_EQ(reference.outcome_id(), "chd-1.2.o1");
      EXPECT_EQ(reference.fund_line_id(), "931.2025-26");
    }
  }
  const FundLineState line{FundLine{Line(), {1'000}, {}, {}}};
  for (const FundLineEvent& event :
       {FundLineEvent(FundLineOpened{Line(), {1'000}}),
        FundLineEvent(
            FundLineChanged{absl::UnixEpoch(), {1'000}, {700}, "the grant was confirmed"})}) {
    const EncodedEvent encoded = FundLineCodec::EncodeEvent(line, event, Header());
    EXPECT_EQ(encoded.value.find("confirmed"), std::string::npos) << "a reason stays here";
    EXPECT_EQ(encoded.key, "931.2025-26");
    types.insert(encoded.type);
  }
  std::set<std::string> contract;
  const auto* oneof = v1::FundingEvent::descriptor()->FindOneofByName("event");
  for (int i = 0; i < oneof->field_count(); ++i) {
    contract.insert(EventType(*v1::FundingEvent::descriptor(), *oneof->field(i)->message_type()));
  }
  EXPECT_EQ(types, contract);
}

TEST(FundingCodec, ADeadlinesEventSaysWhoseItIsAndReadsBack) {
  int read = 0;
  for (const Story& story : WholeLives()) {
    FundingState state{std::nullopt, FundLine{Line(), {100'000}, {}, {}}};
    for (const auto& [at, event] : story.log) {
      state = FundingRules::Evolve(std::move(state), event);
      common::v1::EventHeader header = Header();
      *header.mutable_occurred_at() = ToTimestamp(at);
      v1::FundingEvent envelope;
      ASSERT_TRUE(envelope.ParseFromString(FundingCodec::EncodeEvent(state, event, header).value));
      if (!envelope.has_deadline_missed()) continue;
      EXPECT_EQ(envelope.deadline_missed().deadline().deadline_id(),
                RequestId().text() + ".funding-decided");
      const auto decoded = FundingCodec::DecodeEvent(envelope);
      ASSERT_TRUE(decoded.ok()) << decoded.status();
      EXPECT_EQ(std::get<DeadlineMissed>(*decoded).rule, Rule::kFundingDecided);
      envelope.mutable_deadline_missed()->mutable_deadline()->set_rule_id("pep-open");
      EXPECT_TRUE(absl::IsInvalidArgument(FundingCodec::DecodeEvent(envelope).status()))
          << "another service's";
      ++read;
    }
  }
  EXPECT_GT(read, 0);
}

TEST(FundingCodec, LetsNoTextAndNoPersonOut) {
  for (const Story& story : WholeLives()) {
    FundingState state{std::nullopt, FundLine{Line(), {100'000}, {}, {}}};
    for (const auto& [at, event] : story.log) {
      state = FundingRules::Evolve(std::move(state), event);
      const std::string bytes = FundingCodec::EncodeEvent(state, event, {}).value;
      for (const char* secret : {"reading", "tutor", "books", "class teacher", "has it already",
                                 kTeacher, kVirtualSchool, kFinance}) {
        EXPECT_EQ(bytes.find(secret), std::string::npos) << secret;
      }
    }
  }
}

TEST(FundingWire, KnowsTheStatesThatThereAreAndNoneBetween) {
  for (const int number : {0, 3, 4, 8, 9, 10, 11, 13, 99}) {
    EXPECT_EQ(KnownEnum<RequestStage>(number), std::nullopt) << number;
  }
  for (RequestStage stage : kAllStages) {
    EXPECT_EQ(KnownEnum<RequestStage>(static_cast<int>(stage)), stage);
  }
}

TEST(FundingWire, DerivesTheSameIdFromTheSameRequestAndAnotherFromAnother) {
  v1::DraftFundingRequestRequest request;
  request.set_request_id("mine");
  request.set_fund_line_id("931.2025-26");
  Violations violations;
  const FundingRequestId id = ReadCosting(request, violations).id;
  EXPECT_EQ(id, ReadCosting(request, violations).id);
  EXPECT_EQ(LineOf(id), Line());
  EXPECT_EQ(id.text().size(), std::string("req-").size() + 20);
  request.set_request_id("yours");
  EXPECT_NE(id, ReadCosting(request, violations).id);
}

TEST(FundingWire, NamesEveryFieldOfADraftThatCannotBeRead) {
  Violations violations;
  ReadCosting({}, violations);
  std::set<std::string> fields;
  for (const FieldViolation& violation : violations) fields.insert(violation.field);
  EXPECT_EQ(fields, (std::set<std::string>{"fund_line_id", "child_id", "pep_id", "outcome_id",
                                           "start_on", "end_on"}));
}

}  // namespace
}  // namespace pepline::funding
