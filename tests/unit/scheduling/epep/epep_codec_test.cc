// The content of ePEPs and its versions as they are stored, and what of them leaves in events.
#include "services/scheduling/storage/epep_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "pepline/scheduling/storage/v1/epep.pb.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "services/scheduling/domain/fields.h"
#include "services/scheduling/storage/codec.h"
#include "services/scheduling/storage/conversions.h"
#include "services/scheduling/storage/event_messages.h"
#include "tests/support/field_gaps.h"
#include "tests/support/london.h"

namespace pepline::scheduling {
namespace {

const absl::Time kAt = absl::FromUnixMicros(1'759'330'800'000'001);

EpepState Written() {
  return {ChildId("chd-1"),
          PepId("chd-1.2"),
          {{"needs-and-support", {"reads slowly", 3, kAt, kAt}},
           {"pupil-contribution", {"", 1, kAt, std::nullopt}}}};
}

EpepVersion Version() {
  EpepVersion version{ChildId("chd-1"), PepId("chd-1.2"), 4, kAt, EpepPhase::kPrimary, {}};
  version.sections = {{{"needs-and-support", SectionOwner::kDesignatedTeacher, true},
                       true,
                       {"reads slowly", 3, kAt, kAt}},
                      {{"carer-contribution", SectionOwner::kCarer, false}, true, {}},
                      {{"hobbies"}, false, {"chess", 1, kAt, std::nullopt}}};
  return version;
}

TEST(EpepFields, AreStoredAnsweredAndSaid) {
  ExpectStored<EpepState, storage::v1::Epep>();
  ExpectStored<SectionContent, storage::v1::WrittenSection>({"code"});
  ExpectStored<EpepVersion, storage::v1::EpepVersion>();
  ExpectStored<EpepSection, storage::v1::VersionSection>();
  ExpectFilled<EpepSection, v1::EpepSection>();
  ExpectFilled<SectionStanding, v1::EpepStanding>();
  ExpectFilled<EpepVersion, v1::GetEpepResponse>({"mandatory", "mandatory_complete",
                                                  "per_cent_complete", "missing", "versions",
                                                  "content_sha256"});
  ExpectEventsFilled<EpepEvent, EpepMessages>();
}

TEST(EpepFormsOfAProfile, PassOverPhasesOfALaterVersionAndKeepEverySection) {
  common::v1::PolicyProfile profile;
  profile.set_finalise_needs_sections(true);
  profile.add_epep_forms()->set_phase("a-phase-of-a-later-version");
  auto& form = *profile.add_epep_forms();
  form.set_phase("primary");
  auto& progress = *form.add_sections();
  progress.set_code("progress");
  progress.set_owner("pupil");
  progress.set_mandatory(true);
  auto& later = *form.add_sections();
  later.set_code("later");
  later.set_owner("an-owner-of-a-later-version");
  const Policy policy = FromProfile(profile);
  EXPECT_TRUE(policy.finalise_needs_sections);
  ASSERT_EQ(policy.epep_forms.size(), 1u);
  const std::vector<FormSection> wanted = {{"progress", SectionOwner::kPupil, true},
                                           {"later", SectionOwner::kVirtualSchool, false}};
  EXPECT_EQ(policy.epep_forms.at(EpepPhase::kPrimary), wanted);
  EXPECT_FALSE(FromProfile({}).finalise_needs_sections);
}

TEST(EpepCodec, ReadsBackWhatWasWritten) {
  const auto again = EpepCodec::Decode({EpepCodec::Encode(Written()).front()});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, Written());
  EXPECT_EQ(*EpepCodec::Decode({std::nullopt}), EpepState());
  EXPECT_TRUE(absl::IsDataLoss(EpepCodec::Decode({std::string("\x07nonsense")}).status()));
}

TEST(EpepCodec, NoTextLeavesInAnEvent) {
  EXPECT_FALSE(EpepCodec::IsPublished(EpepSectionWritten{}));
  const PlanOwner owner{ChildId("chd-1"), AuthorityCode("931"), SchoolUrn("123456")};
  const EncodedEvent completed = EpepCodec::EncodeEvent(
      Written(), EpepSectionCompleted{"needs-and-support", kAt, owner, 1, 3}, {});
  EXPECT_EQ(completed.type, "pepline.scheduling.v1.EpepSectionCompleted");
  EXPECT_EQ(completed.key, "chd-1");
  EXPECT_EQ(completed.value.find("slowly"), std::string::npos);
  v1::SchedulingEvent event;
  ASSERT_TRUE(event.ParseFromString(completed.value));
  EXPECT_EQ(event.pep().pep_id(), "chd-1.2");
  EXPECT_EQ(event.pep().school_urn(), "123456");
  EXPECT_EQ(event.epep_section_completed().mandatory_complete(), 1);
  EXPECT_EQ(event.epep_section_completed().mandatory(), 3);
}

TEST(EpepVersionRecord, ReadsBackWhatWasFinalised) {
  const std::string bytes = EncodeVersion(Version());
  const auto again = DecodeVersion(bytes);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, Version());
  EXPECT_EQ(EncodeVersion(*again), bytes);
}

TEST(EpepVersionRecord, ItsHashIsThatOfItsCanonicalBytes) {
  const std::string bytes = CanonicalBytes(Version());
  EXPECT_EQ(bytes.substr(0, 49), "7:chd-1.21:416:17593308000000017:primary17:needs-");
  EXPECT_EQ(Sha256Of(Version()).size(), 64u);
  // A text is taken for no other field, wherever it is cut.
  EpepVersion one = Version();
  EpepVersion other = Version();
  one.sections[0].content.text = "a";
  one.sections[2].form.code = "1:b";
  other.sections[0].content.text = "a1:b";
  EXPECT_NE(Sha256Of(one), Sha256Of(other));
}

TEST(EpepVersionRecord, WhatIsNotWhatWasFinalisedIsNotGivenOut) {
  storage::v1::StoredEpepVersion stored;
  ASSERT_TRUE(stored.ParseFromString(EncodeVersion(Version())));
  EpepVersion changed = Version();
  changed.sections[0].content.text = "reads well";
  storage::v1::StoredEpepVersion other;
  ASSERT_TRUE(other.ParseFromString(EncodeVersion(changed)));
  stored.set_gzip(other.gzip());
  const auto read = DecodeVersion(stored.SerializeAsString());
  ASSERT_TRUE(absl::IsDataLoss(read.status()));
  EXPECT_THAT(std::string(read.status().message()), testing::HasSubstr("back-up"));
  stored.set_gzip("no gzip");
  EXPECT_TRUE(absl::IsDataLoss(DecodeVersion(stored.SerializeAsString()).status()));
  EXPECT_TRUE(absl::IsDataLoss(DecodeVersion("\x07").status()));
}

TEST(EpepVersionRecord, IsWrittenBesideThePlanAndNamedInItsEvent) {
  PlanState plan{ChildId("chd-1"), AuthorityCode("931"), SchoolUrn("123456"), Cycle{.number = 2}};
  const EpepFinalised finalised{kAt, 2, true, 4, 1, Version()};
  const PlanState after = Plan::Evolve(plan, finalised);
  const auto beside = PlanCodec::EncodeBeside(after);
  ASSERT_EQ(beside.size(), 1u);
  EXPECT_EQ(beside[0].first, (RecordKey{"epep-version", "chd-1.2.v4"}));
  EXPECT_EQ(beside[0].second, EncodeVersion(Version()));
  EXPECT_EQ(ChildOfVersion("chd-1.2.v4"), ChildId("chd-1"));
  EXPECT_EQ(ChildOfVersion("chd-1.2"), std::nullopt);
  v1::SchedulingEvent event;
  ASSERT_TRUE(event.ParseFromString(PlanCodec::EncodeEvent(after, finalised, {}).value));
  EXPECT_EQ(event.epep_finalised().version(), 4);
  EXPECT_EQ(event.epep_finalised().content_sha256(), Sha256Of(Version()));
  EXPECT_EQ(event.epep_finalised().sections_complete(), 1);
  EXPECT_EQ(event.SerializeAsString().find("slowly"), std::string::npos);
  const auto stored = PlanCodec::Decode({PlanCodec::Encode(after).front()});
  ASSERT_TRUE(stored.ok());
  EXPECT_EQ(stored->cycle->epep_versions, 4);
  EXPECT_TRUE(stored->versions_made.empty());
}

}  // namespace
}  // namespace pepline::scheduling
