#include "tests/component/scheduling/scheduling_fixture.h"

#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "pepline/common/v1/refusal.pb.h"
#include "tools/stack/environment.h"
#include "tools/stack/processes.h"

namespace pepline::scheduling {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);

template <class Detail>
Detail DetailOf(const grpc::Status& status) {
  common::v1::RpcStatus details;
  Detail detail;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  for (const auto& any : details.details()) {
    if (absl::EndsWith(any.type_url(), absl::StrCat(".", Detail::descriptor()->name()))) {
      EXPECT_TRUE(detail.ParseFromString(any.value()));
    }
  }
  return detail;
}

common::v1::DayKind ToProto(DayKind kind) {
  switch (kind) {
    case DayKind::kSchoolDays:
      return common::v1::DAY_KIND_SCHOOL_DAYS;
    case DayKind::kWorkingDays:
      return common::v1::DAY_KIND_WORKING_DAYS;
    case DayKind::kCalendarMonths:
      return common::v1::DAY_KIND_CALENDAR_MONTHS;
  }
  return common::v1::DAY_KIND_UNSPECIFIED;
}

std::string ReadReference(const std::string& name) {
  auto content = ReadFile(absl::StrCat(SourceFolder(), "/deploy/data/", name));
  EXPECT_TRUE(content.ok()) << content.status();
  return content.value_or("");
}

}  // namespace

std::string ReasonOf(const grpc::Status& status) {
  const auto info = DetailOf<common::v1::ErrorInfo>(status);
  EXPECT_EQ(info.domain(), "scheduling.pepline");
  return info.reason();
}

std::string FieldOf(const grpc::Status& status) {
  const auto bad = DetailOf<common::v1::BadRequest>(status);
  return bad.field_violations().empty() ? "" : bad.field_violations(0).field();
}

common::v1::PolicyProfile ProfileOf(const Policy& policy) {
  common::v1::PolicyProfile profile;
  profile.set_authority_code(kAuthority);
  profile.set_effective_on("2025-09-01");
  for (const auto& [rule, terms] : policy.rules) {
    auto* row = profile.add_deadline_rules();
    row->set_rule_id(std::string(RuleId(rule)));
    row->set_length(terms.length);
    row->set_day_kind(ToProto(terms.day_kind));
    for (const AlertLevel& level : terms.levels) {
      auto* one = row->add_levels();
      one->set_level(level.level);
      one->set_offset(level.offset);
      one->set_day_kind(ToProto(level.day_kind));
      for (RecipientRole role : level.recipients) one->add_recipients(scheduling::ToProto(role));
    }
  }
  for (const auto& [term, day] : policy.cut_offs) {
    auto* cut_off = profile.add_term_cut_offs();
    cut_off->set_academic_year(term.first);
    cut_off->set_term(std::string(TermName(term.second)));
    cut_off->set_cut_off_on(FormatDate(day));
  }
  return profile;
}

v1::SchedulePepMeetingRequest Meeting(std::string_view at) {
  v1::SchedulePepMeetingRequest request;
  *request.mutable_meeting_at() = ToTimestamp(At(at));
  return request;
}

v1::ReschedulePepMeetingRequest MovedMeeting(std::string_view at) {
  v1::ReschedulePepMeetingRequest request;
  *request.mutable_meeting_at() = ToTimestamp(At(at));
  request.set_reason("the carer cannot come");
  return request;
}

v1::CancelPepMeetingRequest Cancelling() {
  v1::CancelPepMeetingRequest request;
  request.set_reason("the school is flooded");
  return request;
}

v1::CompleteReadinessItemRequest Ticking(v1::ReadinessItem item) {
  v1::CompleteReadinessItemRequest request;
  request.set_item(item);
  return request;
}

v1::HoldPepMeetingRequest Holding(std::string_view on) {
  v1::HoldPepMeetingRequest request;
  request.set_held_on(std::string(on));
  request.set_chair(v1::ATTENDEE_ROLE_DESIGNATED_TEACHER);
  request.add_attendees(v1::ATTENDEE_ROLE_DESIGNATED_TEACHER);
  request.add_attendees(v1::ATTENDEE_ROLE_CHILD);
  request.set_missing_pupil_views_reason("was ill in that week");
  request.set_missing_sdq_reason("did not come back");
  return request;
}

v1::Deadline DeadlineOf(const v1::Pep& pep, Rule rule) {
  for (const v1::Deadline& deadline : pep.deadlines()) {
    if (deadline.deadline().rule_id() == RuleId(rule)) return deadline;
  }
  ADD_FAILURE() << RuleId(rule) << " does not run";
  return {};
}

absl::Time ToTime(const google::protobuf::Timestamp& at) {
  return FromTimestamp(at).value_or(absl::InfinitePast());
}

void SchedulingTest::Begin(std::string_view now, std::map<std::string, std::string> environment) {
  // The development broker misses a killed member for a session, so sessions are short here; not
  // shorter than the three seconds that it lets a new group wait.
  environment.emplace("PEPLINE_KAFKA_SETTINGS",
                      "fetch.wait.max.ms=10,session.timeout.ms=4000,heartbeat.interval.ms=300");
  auto started = ServiceUnderTest::Start(
      {.service = "scheduling", .now = At(now), .environment = environment});
  ASSERT_TRUE(started.ok()) << started.status();
  service_ = *std::move(started);
  stub_ = v1::SchedulingService::NewStub(service_->channel());
  store_ = RedisStore::Create({.port = service_->redis().port(), .service = "scheduling"}, nullptr);
  SayBankHolidays();
  SayTermDates();
  SayPolicy(UsualPolicy());
  Settle();
}

void SchedulingTest::BeginWithPep(std::map<std::string, std::string> environment) {
  ASSERT_NO_FATAL_FAILURE(Begin("2025-09-02 07:00", std::move(environment)));
  SayInCare(kChild, "2019-03-01");
  Settle();
}

template <class Event>
void SchedulingTest::Publish(std::string_view topic, const std::string& key, const Event& event) {
  const absl::Status published = service_->Publish(std::string(topic), key, event);
  ASSERT_TRUE(published.ok()) << published;
  ++published_[std::string(topic)];
}
void SchedulingTest::Say(const std::string& key, const registry::v1::RegistryEvent& event) {
  Publish(kRegistryTopic, key, event);
}
void SchedulingTest::Say(const std::string& key, const assessments::v1::AssessmentsEvent& event) {
  Publish(kAssessmentsTopic, key, event);
}
void SchedulingTest::Say(const std::string& key, const funding::v1::FundingEvent& event) {
  Publish(kFundingTopic, key, event);
}
void SchedulingTest::SayBytes(std::string_view topic, const std::string& key,
                              const std::string& bytes) {
  const absl::Status published = service_->PublishBytes(std::string(topic), key, bytes, {});
  ASSERT_TRUE(published.ok()) << published;
  ++published_[std::string(topic)];
}

registry::v1::RegistryEvent SchedulingTest::RegistryEvent(const std::string& aggregate) {
  registry::v1::RegistryEvent event;
  *event.mutable_header() =
      ServiceUnderTest::Header(aggregate, ++versions_[aggregate], service_->clock().Now());
  return event;
}

void SchedulingTest::SayBankHolidays() {
  auto event = RegistryEvent("registry/bank-holidays/england-and-wales");
  auto& said = *event.mutable_bank_holidays_published();
  said.set_division("england-and-wales");
  const auto json = nlohmann::json::parse(ReadReference("bank-holidays.json"), nullptr, false);
  for (const auto& holiday : json["england-and-wales"]["events"]) {
    said.add_days(holiday["date"].get<std::string>());
  }
  Say(said.division(), event);
}

void SchedulingTest::SayTermDates() {
  auto event = RegistryEvent("registry/term-dates/931");
  auto& said = *event.mutable_term_dates_published();
  said.set_authority_code(kAuthority);
  const std::string csv = ReadReference("oxfordshire-term-dates.csv");
  for (absl::string_view line : absl::StrSplit(csv, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    if (cells[0] == "academic_year") continue;
    auto* part = said.add_terms();
    part->set_academic_year(cells[0]);
    part->set_term(cells[1]);
    part->set_part(cells[2] == "1" ? 1 : 2);
    part->set_first_day(cells[3]);
    part->set_last_day(cells[4]);
  }
  Say(kAuthority, event);
}

void SchedulingTest::SayPolicy(const Policy& policy) {
  auto event = RegistryEvent("registry/policy/931");
  *event.mutable_policy_profile_adopted()->mutable_profile() = ProfileOf(policy);
  event.mutable_policy_profile_adopted()->mutable_profile()->set_version(
      event.header().aggregate_version());
  Say(kAuthority, event);
}

void SchedulingTest::SayClosedDays(const std::string& school,
                                   const std::vector<std::string>& days) {
  auto event = RegistryEvent(absl::StrCat("registry/school-calendar/", school));
  auto& said = *event.mutable_school_calendar_published();
  said.set_school_urn(school);
  said.set_authority_code(kAuthority);
  for (const std::string& day : days) said.add_closed_days(day);
  Say(school, event);
}

void SchedulingTest::SayInCare(const std::string& child, std::string_view since,
                               const std::string& school) {
  const std::string aggregate = absl::StrCat("registry/child/", child);
  auto in_care = RegistryEvent(aggregate);
  auto& said = *in_care.mutable_child_became_looked_after();
  said.set_child_id(child);
  said.set_authority_code(kAuthority);
  said.set_became_looked_after_on(std::string(since));
  said.set_pep_required(true);
  Say(child, in_care);
  auto enrolled = RegistryEvent(aggregate);
  enrolled.mutable_child_enrolled()->set_child_id(child);
  enrolled.mutable_child_enrolled()->set_school_urn(school);
  enrolled.mutable_child_enrolled()->set_school_authority_code(kAuthority);
  enrolled.mutable_child_enrolled()->set_enrolled_on(std::string(since));
  Say(child, enrolled);
}

void SchedulingTest::SayMoved(const std::string& child, const std::string& from,
                              const std::string& to, std::string_view on) {
  auto event = RegistryEvent(absl::StrCat("registry/child/", child));
  auto& said = *event.mutable_child_moved_school();
  said.set_child_id(child);
  said.set_from_school_urn(from);
  said.set_to_school_urn(to);
  said.set_to_school_authority_code(kAuthority);
  said.set_moved_on(std::string(on));
  Say(child, event);
}

void SchedulingTest::SayCareCeased(const std::string& child, std::string_view on) {
  auto event = RegistryEvent(absl::StrCat("registry/child/", child));
  event.mutable_child_ceased_to_be_looked_after()->set_child_id(child);
  event.mutable_child_ceased_to_be_looked_after()->set_ceased_on(std::string(on));
  event.mutable_child_ceased_to_be_looked_after()->set_reason("returned-home");
  Say(child, event);
}

assessments::v1::AssessmentsEvent SchedulingTest::SdqScored(const std::string& child,
                                                            const std::string& pep,
                                                            std::string_view at) {
  assessments::v1::AssessmentsEvent event;
  const std::string aggregate = absl::StrCat("assessments/sdq/", pep, ".pep.teacher");
  *event.mutable_header() = ServiceUnderTest::Header(aggregate, ++versions_[aggregate], At(at));
  event.set_child_id(child);
  event.set_pep_id(pep);
  event.mutable_sdq_scored()->set_purpose(assessments::v1::SDQ_PURPOSE_PEP);
  *event.mutable_sdq_scored()->mutable_scored_at() = ToTimestamp(At(at));
  return event;
}

assessments::v1::AssessmentsEvent SchedulingTest::PupilViewsCaptured(const std::string& child,
                                                                     const std::string& pep,
                                                                     std::string_view at) {
  assessments::v1::AssessmentsEvent event;
  const std::string aggregate = absl::StrCat("assessments/pupil-views/", pep);
  *event.mutable_header() = ServiceUnderTest::Header(aggregate, ++versions_[aggregate], At(at));
  event.set_child_id(child);
  event.set_pep_id(pep);
  *event.mutable_pupil_views_captured()->mutable_captured_at() = ToTimestamp(At(at));
  return event;
}

funding::v1::FundingEvent SchedulingTest::FundingDrafted(const std::string& child,
                                                         const std::string& pep) {
  funding::v1::FundingEvent event;
  *event.mutable_header() =
      ServiceUnderTest::Header(absl::StrCat("funding/request/", pep), 1, service_->clock().Now());
  event.mutable_funding_drafted()->mutable_request()->set_child_id(child);
  event.mutable_funding_drafted()->mutable_request()->set_pep_id(pep);
  event.mutable_funding_drafted()->set_asked_pence(30'000);
  return event;
}

void SchedulingTest::MoveClockTo(std::string_view at) {
  const absl::Status moved = service_->clock().Set(At(at));
  ASSERT_TRUE(moved.ok()) << moved;
  Settle();
}

void SchedulingTest::Settle() {
  const auto handled = [this](const std::string& topic) {
    double count = 0;
    for (const char* outcome : {"handled", "dead-letter"}) {
      count += service_->Metric(absl::StrCat("pepline_consumer_records_total{outcome=\"", outcome,
                                             "\",topic=\"", topic, "\"}"));
    }
    return count;
  };
  for (const auto& [topic, count] : published_) {
    EXPECT_TRUE(WaitUntil([&, &name = topic, wanted = count] { return handled(name) >= wanted; },
                          kPatience))
        << topic << ": " << handled(topic) << " of " << count << " records are handled";
  }
  EXPECT_TRUE(WaitUntil(
      [this] {
        const auto earliest = store_->EarliestAlarm();
        return earliest.ok() && (!earliest->has_value() || **earliest > service_->clock().Now());
      },
      kPatience))
      << "an alarm stays due";
  EXPECT_TRUE(WaitUntil(
      [this] {
        const auto depth = store_->MeasureOutbox();
        return depth.ok() && depth->entries == 0;
      },
      kPatience))
      << "the outbox does not empty";
}

void SchedulingTest::KillAndRestart() {
  service_->process().Kill();
  ASSERT_TRUE(service_->process().Restart().ok());
  const absl::Status ready = service_->process().WaitReady(kPatience);
  ASSERT_TRUE(ready.ok()) << ready;
  published_.clear();
}

v1::Pep SchedulingTest::Pep(const std::string& child, const Actor& actor) {
  v1::GetPepRequest request;
  request.set_child_id(child);
  v1::GetPepResponse response;
  const grpc::Status status = Call(&Stub::GetPep, request, response, actor);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.pep();
}

std::vector<v1::SchedulingEvent> SchedulingTest::Said(const std::string& child) {
  Settle();
  std::vector<v1::SchedulingEvent> events;
  auto records = service_->Events(kTopicOfScheduling);
  EXPECT_TRUE(records.ok()) << records.status();
  if (!records.ok()) return events;
  for (const ReadRecord& record : *records) {
    if (record.key != child) continue;
    v1::SchedulingEvent event;
    EXPECT_TRUE(event.ParseFromString(record.value));
    // What a killed relay said without hearing the answer is said again; as every consumer, pass it
    // over. Otherwise a child's events come in order and without a gap.
    if (event.header().aggregate_version() <= events.size()) continue;
    EXPECT_EQ(event.header().aggregate_version(), events.size() + 1);
    events.push_back(std::move(event));
  }
  return events;
}

std::vector<v1::SchedulingEvent> SchedulingTest::Saying(bool (v1::SchedulingEvent::*is)() const,
                                                        const std::string& child) {
  std::vector<v1::SchedulingEvent> events = Said(child);
  std::erase_if(events, [is](const v1::SchedulingEvent& event) { return !(event.*is)(); });
  return events;
}

double SchedulingTest::Refusals(std::string_view reason) const {
  return service_->Metric(absl::StrCat("pepline_refusals_total{aggregate=\"plan\",reason=\"",
                                       std::string(reason), "\"}"));
}

std::string SchedulingTest::NextRequestId() { return absl::StrCat("request-", ++requests_); }

}  // namespace pepline::scheduling
