// What is stored reads back, and what is private leaves in no event.
#include "services/assessments/storage/codec.h"

#include <set>

#include "pepline/assessments/storage/v1/outcomes.pb.h"
#include "pepline/assessments/storage/v1/pep.pb.h"
#include "pepline/assessments/storage/v1/pupil_views.pb.h"
#include "pepline/assessments/storage/v1/sdq.pb.h"
#include "pepline/assessments/v1/assessments_events.pb.h"
#include "pepline/runtime/v1/known_child.pb.h"
#include "services/assessments/api/answers.h"
#include "services/assessments/domain/fields.h"
#include "services/assessments/storage/event_messages.h"
#include "shared/rpc/request_fields.h"
#include "tests/support/field_gaps.h"
#include "tests/unit/assessments/sdq_story.h"

namespace pepline::assessments {
namespace {

// Lives with every kind of event.
std::vector<Story> WholeLives() {
  Story full = SdqIn(Stage::kReceived);
  full.Wants(EndOf("2025-09-16"));
  full.Until("2025-09-17 09:00");
  full.Done(RecordSdqAnswers{Form::kT11_17, true, Answers("2121212121212121212121212"),
                             ImpactAnswers{2, {1, kOpen, 3}}, "folder-7781"});
  full.Done(CorrectSdq{RecordSdqAnswers{Form::kT11_17, true, Answers("2121212121212121212121210"),
                                        ImpactAnswers{2, {1, kOpen, 3}}, ""},
                       "the last column slipped"});
  full.Done(ReviewSdq{"a key adult every morning"});
  Story given = SdqIn(Stage::kSent);
  given.Done(RecordSdqScores{Form::kT4_10, false, {1, 2, 3, 4, 5, 10, 5, 5, 6}, ""});
  Story none = SdqIn(Stage::kSent);
  none.Done(RecordSdqNotObtained{NotObtainedReason::kLocal, "moved between placements"});
  none.Done(ConfirmSdqNotObtained{std::nullopt, "seen by the team", Confirmer::kSocialWorker});
  Story young;
  young.facts.ages = ChildsAges{{Day("2027-06-01"), Day("2040-05-31"), 4}, London()};
  young.Done(RequestSdq{TeachersSdq(), /*by_itself=*/true});
  Story asked_all_the_same = young;
  asked_all_the_same.Done(RequestSdq{TeachersSdq()});
  Story proposed_before = SdqIn(Stage::kSent);
  proposed_before.Done(RecordSdqNotObtained{NotObtainedReason::kSdq5, ""});
  proposed_before.facts.ages = young.facts.ages;
  proposed_before.Wake();
  proposed_before.Done(RequestSdq{TeachersSdq()});
  return {full, given, none, young, asked_all_the_same, proposed_before};
}

std::vector<std::optional<std::string>> Parts(const std::vector<std::string>& parts) {
  return {parts.begin(), parts.end()};
}

PupilViewsState Views(bool declined) {
  PupilViewsState state;
  state.current_pep = PepStanding{PepId("chd-1.1"), true, EndOf("2025-09-16")};
  PupilViewsCommand command =
      DeclinePupilViews{ChildId("chd-1"), PepId("chd-1.1"), "did not wish to"};
  if (!declined) {
    command =
        CapturePupilViews{ChildId("chd-1"), PepId("chd-1.1"), "more time outdoors", "drawing-7781"};
  }
  auto decision = PupilViews::Decide(state, command, {At("2025-09-08 09:00")});
  for (const PupilViewsEvent& event : std::get<0>(decision)) {
    state = PupilViews::Evolve(std::move(state), event);
  }
  return state;
}

OutcomeContent FullContent() {
  return {.category = OutcomeCategory::kAcademic,
          .description = "reads aloud without help",
          .measure = "the reading diary",
          .baseline = "two pages",
          .target = "10 pages",
          .due_on = Day("2025-12-12"),
          .responsible = "the tutor",
          .need = "fluency",
          .evidence = "paired reading",
          .views_of_pep = PepId("chd-1.1"),
          .cost = OutcomeCost::kCosted};
}

// Every event of outcomes, with the state after it.
std::vector<std::pair<OutcomesState, OutcomesEvent>> LivesOfOutcomes() {
  OutcomesState state;
  state.current_pep = PepStanding{PepId("chd-1.1"), true, EndOf("2025-09-16")};
  const absl::Time at = At("2025-09-08 09:00");
  OutcomeContent scant{.description = "likes school"};
  std::vector<std::pair<OutcomesState, OutcomesEvent>> lives;
  for (const OutcomesEvent& event : std::vector<OutcomesEvent>{
           OutcomeSet{ChildId("chd-1"),
                      PepId("chd-1.1"),
                      1,
                      at,
                      FullContent(),
                      {},
                      OutcomeId("chd-1.0.o2")},
           OutcomeSet{ChildId("chd-1"), PepId("chd-1.1"), 2, at, scant,
                      PartsOf(GapsIn(scant, Day("2025-09-08"))), std::nullopt},
           OutcomeRefined{1, at + absl::Hours(1), FullContent(), {}},
           OutcomeReviewed{1, at + absl::Hours(2), OutcomeResult::kCarriedOn, "the diary shows it"},
           OutcomeDropped{2, at + absl::Hours(3), "another comes first"},
           OutcomeReopened{1, at + absl::Hours(4), "the diary was a sibling's"},
           OutcomeReviewed{1, at + absl::Hours(5), OutcomeResult::kNotMet, "two pages still"}}) {
    state = Outcomes::Evolve(std::move(state), event);
    lives.emplace_back(state, event);
  }
  return lives;
}

TEST(AssessmentsFields, AreAllStored) {
  ExpectStored<SdqState, storage::v1::Sdq>({}, 1);  // the child's PEP is another record
  ExpectStored<SdqReturn, storage::v1::SdqReturn>();
  ExpectStored<SdqCorrection, storage::v1::SdqCorrection>();
  ExpectStored<SdqScores, v1::SdqScores>();
  ExpectStored<ImpactAnswers, v1::SdqImpactAnswers>();
  ExpectStored<PupilViewsState, storage::v1::PupilViews>({"taken_back"}, 1);
  ExpectStored<PupilViewsCorrection, storage::v1::PupilViewsCorrection>();
  ExpectStored<OutcomesState, storage::v1::Outcomes>({}, 1);
  ExpectStored<Outcome, storage::v1::Outcome>();
  ExpectStored<ReopenedOutcome, storage::v1::ReopenedOutcome>();
  ExpectStored<PepStanding, storage::v1::Pep>();
  ExpectStored<OpenPep, storage::v1::EarlierPep>();
}

TEST(AssessmentsFields, FillWhatIsAnsweredAndReadWhatIsKeyedIn) {
  ExpectFilled<SdqState, v1::Sdq>({"sdq_id", "received_at", "strategies_required", "corrected_at"});
  ExpectFilled<SdqState, v1::GetSdqResponse>({"sdq", "form", "follow_up", "answers",
                                              "impact_answers", "document_reference", "scores",
                                              "bands"});
  ExpectFilled<SdqReturn, v1::SdqCorrection>({"corrected_at", "reason", "impact_answers"});
  ExpectFilled<Band, v1::SdqBand>();
  ExpectFilled<PupilViewsState, v1::PupilViews>({"corrected_at"});
  ExpectFilled<PupilViewsCorrection, v1::PupilViewsCorrection>();
  ExpectFilled<PupilViewsState, v1::GetPupilViewsResponse>({"views"});
  ExpectFilled<Outcome, v1::Outcome>({"outcome_id", "child_id", "pep_id", "gaps"});
  ExpectFilled<OutcomeContent, v1::OutcomeContent>();
  ExpectFilled<OutcomeGap, v1::OutcomeGap>();
  ExpectFilled<ReopenedOutcome, v1::ReopenedOutcome>();
  ExpectFilled<RecordSdqAnswers, v1::RecordSdqAnswersRequest>({"request_id", "sdq_id"});
  ExpectFilled<RecordSdqScores, v1::RecordSdqScoresRequest>({"request_id", "sdq_id"});
}

TEST(AssessmentsFields, FillEveryEvent) {
  const FieldNames whole_key = {"sdq_id", "purpose", "informant"};
  ExpectEventsFilled<SdqEvent, SdqMessages>({{"SdqRequested", whole_key},
                                             {"SdqSent", {"sdq_id"}},
                                             {"SdqReceived", {"sdq_id"}},
                                             {"SdqScored", whole_key},
                                             {"SdqCorrected", whole_key},
                                             {"SdqReviewed", {"sdq_id"}},
                                             {"SdqNotObtainedProposed", whole_key},
                                             {"SdqNotObtained", whole_key},
                                             {"SdqBecameMissing", {"sdq_id", "informant"}},
                                             {"SdqRequiredByMoved", {"sdq_id"}}});
  ExpectEventsFilled<PupilViewsEvent, PupilViewsMessages>({});
  ExpectEventsFilled<OutcomesEvent, OutcomesMessages>({{"OutcomeSet", {"outcome_id"}},
                                                       {"OutcomeRefined", {"outcome_id"}},
                                                       {"OutcomeReviewed", {"outcome_id"}},
                                                       {"OutcomeDropped", {"outcome_id"}},
                                                       {"OutcomeReopened", {"outcome_id"}}});
}

TEST(SdqCodec, ReadsBackEveryStateOfWholeLives) {
  for (const Story& story : WholeLives()) {
    SdqState state;
    state.current_pep = story.state.current_pep;
    for (const auto& [at, event] : story.log) {
      state = Sdq::Evolve(std::move(state), event);
      const auto parts = SdqCodec::Encode(state);
      ASSERT_EQ(parts.size(), 2u);
      auto read = SdqCodec::Decode(Parts(parts));
      ASSERT_TRUE(read.ok()) << read.status();
      EXPECT_EQ(*read, state);
    }
    EXPECT_EQ(state, story.state);
  }
}

TEST(SdqCodec, AnswersDataLossForBytesItCannotRead) {
  const std::optional<std::string> none;
  EXPECT_EQ(*SdqCodec::Decode({none, none}), SdqState());
  EXPECT_TRUE(absl::IsDataLoss(SdqCodec::Decode({std::string("\xff\xff"), none}).status()));
  EXPECT_TRUE(absl::IsDataLoss(SdqCodec::Decode({none, std::string("\xff\xff")}).status()));
  storage::v1::Sdq stage_of_later_version;
  stage_of_later_version.set_state(static_cast<v1::SdqState>(99));
  EXPECT_TRUE(absl::IsDataLoss(
      SdqCodec::Decode({stage_of_later_version.SerializeAsString(), none}).status()));
  storage::v1::PupilViews views;
  EXPECT_TRUE(
      absl::IsDataLoss(PupilViewsCodec::Decode({views.SerializeAsString(), none}).status()));
  EXPECT_EQ(*PupilViewsCodec::Decode({none, none}), PupilViewsState());
}

TEST(SdqCodec, StoresWhatTheVersionBeforeCanRead) {
  storage::v1::Sdq stored;
  ASSERT_TRUE(stored.ParseFromString(SdqCodec::Encode(WholeLives()[3].state).front()));
  EXPECT_EQ(stored.state(), v1::SDQ_STATE_NOT_OBTAINED);
  EXPECT_EQ(stored.not_obtained_reason(), v1::SDQ_NOT_OBTAINED_REASON_SDQ1);
  EXPECT_EQ(stored.not_obtained_confirmed_by(), v1::SDQ_CONFIRMER_UNSPECIFIED);
  EXPECT_FALSE(ToContent(WholeLives()[3].state).sdq().has_requested_at()) << "nobody was asked";
}

// As a version before stored it, of an SDQ that was proposed as not to be had, waived by age and
// requested all the same.
TEST(SdqCodec, ReadsAProposalWithoutItsReason) {
  storage::v1::Sdq stored;
  ASSERT_TRUE(stored.ParseFromString(SdqCodec::Encode(SdqIn(Stage::kRequested).state).front()));
  stored.set_not_obtained_proposed_at(1'757'322'000'000'000);
  const auto read = SdqCodec::Decode({stored.SerializeAsString(), std::nullopt});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(AwaitsConfirmation(*read));
  EXPECT_EQ(read->not_obtained_reason, std::nullopt);
}

TEST(SdqFacts, AreTheDaysThatRegistryHasSaidOfTheChild) {
  runtime::v1::KnownChild known;
  EXPECT_FALSE(FactsAt(At("2025-09-08 09:00"), {std::nullopt})->ages.has_value());
  EXPECT_FALSE(FactsAt(At("2025-09-08 09:00"), {known.SerializeAsString()})->ages.has_value());
  known.set_sdq_from("2017-06-01");
  known.set_sdq_until("2030-05-31");
  known.set_sdq_from_age(4);
  const auto facts = FactsAt(At("2025-09-08 09:00"), {known.SerializeAsString()});
  ASSERT_TRUE(facts.ok() && facts->ages.has_value());
  EXPECT_EQ(facts->ages->days, (SdqDays{Day("2017-06-01"), Day("2030-05-31"), 4}));
  EXPECT_TRUE(absl::IsDataLoss(FactsAt(At("2025-09-08 09:00"), {std::string("\xff")}).status()));
}

TEST(PepCodec, ReadsBackWhereAPepStands) {
  for (const PepStanding& pep : {PepStanding{PepId("chd-1.3"), true, EndOf("2025-09-16")},
                                 PepStanding{PepId("chd-1.3"), false, std::nullopt}}) {
    auto read = DecodePep(EncodePep(pep));
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(*read, pep);
  }
}

TEST(PupilViewsCodec, ReadsBackViews) {
  for (bool declined : {false, true}) {
    const PupilViewsState state = Views(declined);
    auto read = PupilViewsCodec::Decode(Parts(PupilViewsCodec::Encode(state)));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, state);
  }
}

PupilViewsState Corrected(PupilViewsState state, const ViewsOnRecord& to) {
  const absl::Time at = At("2025-09-10 09:00");
  return PupilViews::Evolve(
      state, PupilViewsCorrected{at, "two papers were mixed up", state.on_record.stage, to});
}

TEST(PupilViewsCodec, ReadsBackCorrections) {
  for (const ViewsOnRecord& to : {ViewsOnRecord{ViewsStage::kCaptured, "less noise"},
                                  ViewsOnRecord{ViewsStage::kTakenBack}}) {
    const PupilViewsState state = Corrected(Views(/*declined=*/false), to);
    auto read = PupilViewsCodec::Decode(Parts(PupilViewsCodec::Encode(state)));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, state);
  }
}

TEST(PupilViewsCodec, StoresWhatWasTakenBackAsTheVersionBeforeCanReadIt) {
  const PupilViewsState state =
      Corrected(Views(/*declined=*/false), ViewsOnRecord{ViewsStage::kTakenBack});
  storage::v1::PupilViews stored;
  ASSERT_TRUE(stored.ParseFromString(PupilViewsCodec::Encode(state).front()));
  EXPECT_EQ(stored.state(), v1::PUPIL_VIEWS_STATE_DECLINED) << "new ones can be captured there";
  EXPECT_TRUE(stored.taken_back());
  const v1::PupilViews shown = ToPupilViews(state);
  EXPECT_EQ(shown.state(), v1::PUPIL_VIEWS_STATE_TAKEN_BACK);
  EXPECT_TRUE(shown.has_corrected_at());
}

TEST(OutcomesCodec, ReadsBackEveryState) {
  for (const auto& [state, event] : LivesOfOutcomes()) {
    const auto read = OutcomesCodec::Decode(Parts(OutcomesCodec::Encode(state)));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, state);
  }
  const std::optional<std::string> none;
  EXPECT_EQ(*OutcomesCodec::Decode({none, none}), OutcomesState());
  EXPECT_TRUE(absl::IsDataLoss(OutcomesCodec::Decode({std::string("\xff\xff"), none}).status()));
}

TEST(OutcomesCodec, ShowsWhatPeopleWroteAndWhatIsMissing) {
  const v1::GetOutcomesResponse shown = ToContent(LivesOfOutcomes()[1].first);
  ASSERT_EQ(shown.outcomes_size(), 2);
  EXPECT_EQ(shown.outcomes(0).outcome().outcome_id(), "chd-1.1.o1");
  EXPECT_EQ(shown.outcomes(0).outcome().gaps_size(), 0);
  EXPECT_EQ(shown.outcomes(0).content().target(), "10 pages");
  EXPECT_EQ(shown.outcomes(0).content().due_on(), "2025-12-12");
  EXPECT_GT(shown.outcomes(1).outcome().gaps_size(), 0);
  EXPECT_EQ(shown.outcomes(1).outcome().gaps(0).part(), v1::SMART_PART_SPECIFIC);
  const v1::GetOutcomesResponse closed = ToContent(LivesOfOutcomes().back().first);
  EXPECT_EQ(closed.outcomes(0).closing_words(), "two pages still");
  EXPECT_EQ(closed.outcomes(0).outcome().result(), v1::OUTCOME_RESULT_NOT_MET);
  ASSERT_EQ(closed.outcomes(0).reopened_size(), 1);
  EXPECT_EQ(closed.outcomes(0).reopened(0).closing_words(), "the diary shows it");
  EXPECT_EQ(closed.outcomes(0).reopened(0).result(), v1::OUTCOME_RESULT_CARRIED_ON);
  EXPECT_EQ(closed.outcomes(1).outcome().state(), v1::OUTCOME_STATE_DROPPED);
  EXPECT_EQ(closed.outcomes(1).outcome().gaps_size(), 0) << "nobody mends what is dropped";
}

struct Emitted {
  std::string type;
  v1::AssessmentsEvent envelope;
  std::string bytes;
};

std::vector<Emitted> EverythingEmitted() {
  std::vector<Emitted> all;
  common::v1::EventHeader header;
  header.set_event_id("assessments/sdq/chd-1.1.pep.teacher:1");
  auto add = [&](const EncodedEvent& encoded) {
    EXPECT_EQ(encoded.key, "chd-1");
    Emitted emitted{encoded.type, {}, encoded.value};
    EXPECT_TRUE(emitted.envelope.ParseFromString(encoded.value));
    all.push_back(std::move(emitted));
  };
  for (const Story& story : WholeLives()) {
    SdqState state;
    for (const auto& [at, event] : story.log) {
      state = Sdq::Evolve(std::move(state), event);
      add(SdqCodec::EncodeEvent(state, event, header));
    }
  }
  const PupilViewsState views = Views(false);
  add(PupilViewsCodec::EncodeEvent(
      views,
      PupilViewsCaptured{views.child, views.pep, views.recorded_at, views.on_record.text, ""},
      header));
  add(PupilViewsCodec::EncodeEvent(
      views, PupilViewsDeclined{views.child, views.pep, views.recorded_at, "did not wish to"},
      header));
  for (const ViewsOnRecord& to : {ViewsOnRecord{ViewsStage::kCaptured, "quiet outdoors"},
                                  ViewsOnRecord{ViewsStage::kTakenBack}}) {
    add(PupilViewsCodec::EncodeEvent(
        views, PupilViewsCorrected{views.recorded_at, "two slipped", ViewsStage::kDeclined, to},
        header));
  }
  for (const auto& [after, event] : LivesOfOutcomes()) {
    add(OutcomesCodec::EncodeEvent(after, event, header));
  }
  return all;
}

TEST(AssessmentsEvents, SayOfAnOutcomeWhichItIsAndWhatItLacks) {
  std::vector<std::string> said;
  for (const Emitted& emitted : EverythingEmitted()) {
    const v1::AssessmentsEvent& event = emitted.envelope;
    if (event.has_outcome_set()) {
      said.push_back(absl::StrCat(event.outcome_set().outcome_id(), " lacks ",
                                  event.outcome_set().missing_size(), " from ",
                                  event.outcome_set().carried_from()));
    }
    if (event.has_outcome_reviewed()) said.push_back(event.outcome_reviewed().outcome_id());
    if (event.has_outcome_dropped()) said.push_back(event.outcome_dropped().outcome_id());
  }
  EXPECT_THAT(said,
              testing::ElementsAre("chd-1.1.o1 lacks 0 from chd-1.0.o2", "chd-1.1.o2 lacks 5 from ",
                                   "chd-1.1.o1", "chd-1.1.o2", "chd-1.1.o1"));
}

TEST(AssessmentsEvents, AreTheWholeContractWithChildAndPep) {
  std::set<std::string> types;
  for (const Emitted& emitted : EverythingEmitted()) {
    types.insert(emitted.type);
    EXPECT_EQ(emitted.envelope.child_id(), "chd-1");
    EXPECT_EQ(emitted.envelope.pep_id(), "chd-1.1");
    EXPECT_EQ(emitted.envelope.header().event_id(), "assessments/sdq/chd-1.1.pep.teacher:1");
  }
  std::set<std::string> contract;
  const auto* oneof = v1::AssessmentsEvent::descriptor()->FindOneofByName("event");
  for (int i = 0; i < oneof->field_count(); ++i) {
    contract.insert(oneof->field(i)->message_type()->full_name());
  }
  EXPECT_EQ(types, contract);
}

TEST(AssessmentsEvents, LetNoScoreAnswerOrTextOut) {
  for (const Emitted& emitted : EverythingEmitted()) {
    for (const char* secret : {"key adult", "7781", "placements", "seen by", "outdoors",
                               "did not wish", "slipped", "aloud", "diary", "pages", "tutor",
                               "fluency", "paired", "likes school", "another comes", "sibling"}) {
      EXPECT_EQ(emitted.bytes.find(secret), std::string::npos) << emitted.type;
    }
  }
  // Answers and scores have no field to leave by.
  for (const char* message : {"SdqReceived", "SdqScored", "SdqCorrected", "SdqReviewed",
                              "SdqNotObtainedProposed", "SdqNotObtained"}) {
    const auto* descriptor =
        v1::AssessmentsEvent::descriptor()->file()->FindMessageTypeByName(message);
    ASSERT_NE(descriptor, nullptr);
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const auto type = descriptor->field(i)->cpp_type();
      EXPECT_NE(type, google::protobuf::FieldDescriptor::CPPTYPE_INT32) << message;
      EXPECT_FALSE(descriptor->field(i)->is_repeated()) << message;
    }
  }
}

TEST(AssessmentsEvents, SayTheInstantsTheyAreAbout) {
  int moved = 0;
  int missing = 0;
  int scored = 0;
  std::set<int> confirmers;
  for (const Emitted& emitted : EverythingEmitted()) {
    if (emitted.envelope.has_sdq_required_by_moved()) {
      ++moved;
      EXPECT_EQ(FromTimestamp(emitted.envelope.sdq_required_by_moved().required_by()),
                EndOf("2025-09-16"));
    } else if (emitted.envelope.has_sdq_became_missing()) {
      ++missing;
      EXPECT_EQ(FromTimestamp(emitted.envelope.sdq_became_missing().required_by()),
                EndOf("2025-09-16"));
      EXPECT_EQ(emitted.envelope.sdq_became_missing().informant(), v1::SDQ_INFORMANT_TEACHER);
    } else if (emitted.envelope.has_sdq_scored()) {
      ++scored;
      EXPECT_EQ(emitted.envelope.sdq_scored().purpose(), v1::SDQ_PURPOSE_PEP);
      EXPECT_FALSE(emitted.envelope.sdq_scored().scoring_rule().empty());
      EXPECT_TRUE(emitted.envelope.sdq_scored().has_scored_at());
    } else if (emitted.envelope.has_sdq_not_obtained()) {
      EXPECT_EQ(emitted.envelope.sdq_not_obtained().informant(), v1::SDQ_INFORMANT_TEACHER);
      confirmers.insert(emitted.envelope.sdq_not_obtained().confirmed_by());
    } else if (emitted.envelope.has_sdq_corrected()) {
      EXPECT_EQ(emitted.envelope.sdq_corrected().purpose(), v1::SDQ_PURPOSE_PEP);
      EXPECT_EQ(emitted.envelope.sdq_corrected().scoring_rule(), "sdq-scoring-1");
      EXPECT_TRUE(emitted.envelope.sdq_corrected().has_corrected_at());
    } else if (emitted.envelope.has_pupil_views_corrected()) {
      EXPECT_TRUE(emitted.envelope.pupil_views_corrected().has_corrected_at());
      EXPECT_EQ(emitted.envelope.pupil_views_corrected().old_state(),
                v1::PUPIL_VIEWS_ON_RECORD_DECLINED);
      EXPECT_NE(emitted.envelope.pupil_views_corrected().state(),
                v1::PUPIL_VIEWS_ON_RECORD_UNSPECIFIED);
    }
  }
  EXPECT_THAT(confirmers, testing::UnorderedElementsAre(v1::SDQ_CONFIRMER_SOCIAL_WORKER,
                                                        v1::SDQ_CONFIRMER_NOT_OF_AGE));
  EXPECT_EQ(moved, 1);
  EXPECT_EQ(missing, 1);
  EXPECT_EQ(scored, 2);
  SdqState state = SdqIn(Stage::kSent).state;
  v1::AssessmentsEvent withdrawn;
  ASSERT_TRUE(withdrawn.ParseFromString(
      SdqCodec::EncodeEvent(state, SdqRequiredByMoved{std::nullopt}, {}).value));
  EXPECT_FALSE(withdrawn.sdq_required_by_moved().has_required_by());
}

TEST(SdqContent, IsShownWithItsBands) {
  const SdqState state = WholeLives()[0].state;
  const v1::GetSdqResponse content = ToContent(state);
  EXPECT_EQ(content.answers_size(), 25);
  EXPECT_EQ(content.impact_answers().counted_size(), 3);
  EXPECT_EQ(content.scores().total(), *state.latest_return->scores.total);
  EXPECT_EQ(content.scoring_rule(), "sdq-scoring-1");
  EXPECT_EQ(content.strategies(), "a key adult every morning");
  ASSERT_EQ(content.corrections_size(), 1);
  EXPECT_EQ(content.corrections(0).reason(), "the last column slipped");
  EXPECT_EQ(content.corrections(0).answers(24), 2);
  EXPECT_EQ(content.answers(24), 0);
  EXPECT_EQ(content.corrections(0).document_reference(), "folder-7781");
  EXPECT_TRUE(content.corrections(0).has_scores());
  EXPECT_TRUE(content.sdq().has_corrected_at());
  EXPECT_EQ(content.bands_size(), 14) << "seven scores in two tables";
  EXPECT_EQ(content.form(), v1::SDQ_FORM_T11_17);
  EXPECT_TRUE(content.follow_up());
  EXPECT_EQ(content.sdq().state(), v1::SDQ_STATE_REVIEWED);
  EXPECT_TRUE(content.sdq().has_sent_at());
  const v1::GetSdqResponse none = ToContent(WholeLives()[2].state);
  EXPECT_EQ(none.not_obtained_reason(), v1::SDQ_NOT_OBTAINED_REASON_LOCAL);
  EXPECT_EQ(none.not_obtained_detail(), "moved between placements");
  EXPECT_EQ(none.not_obtained_explanation(), "seen by the team");
  EXPECT_EQ(none.sdq().not_obtained_confirmed_by(), v1::SDQ_CONFIRMER_SOCIAL_WORKER);
  EXPECT_TRUE(none.sdq().has_not_obtained_proposed_at());
  EXPECT_EQ(none.bands_size(), 0);
}

}  // namespace
}  // namespace pepline::assessments
