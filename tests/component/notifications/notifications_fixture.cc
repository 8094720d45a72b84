#include "tests/component/notifications/notifications_fixture.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/notifications/storage/conversions.h"
#include "shared/base/hex.h"
#include "shared/base/london.h"
#include "shared/domain/calendar.h"
#include "shared/engine/field_mapping.h"

namespace pepline::notifications {
namespace {

std::string InWords(const Event& event) {
  auto role = [](common::v1::RecipientRole one) {
    const auto known = KnownEnum<RecipientRole>(one);
    return known ? std::string(RecipientName(*known)) : "unknown";
  };
  switch (event.event_case()) {
    case Event::kAlertRaised:
      return absl::StrCat("raised ", event.alert_raised().level());
    case Event::kAlertEscalated:
      return absl::StrCat("escalated ", event.alert_escalated().level());
    case Event::kAlertDelivered:
      return absl::StrCat("delivered ", event.alert_delivered().level(), " ",
                          role(event.alert_delivered().role()));
    case Event::kAlertDeliveryFailed:
      return absl::StrCat("failed ", event.alert_delivery_failed().level(), " ",
                          role(event.alert_delivery_failed().role()), " ",
                          event.alert_delivery_failed().cause());
    case Event::kAlertAcknowledged:
      return absl::StrCat("acknowledged ", role(event.alert_acknowledged().role()));
    case Event::kAlertRedeliveryRequested:
      return absl::StrCat("again ", event.alert_redelivery_requested().level(), " ",
                          role(event.alert_redelivery_requested().role()));
    case Event::kAlertResolved:
      return absl::StrCat("resolved ", event.alert_resolved().cause());
    case Event::kAlertMoved:
      return "moved";
    case Event::kNoticeGiven:
      return "given";
    case Event::kNoticeDelivered:
      return absl::StrCat("delivered ", role(event.notice_delivered().role()));
    case Event::kNoticeDropped:
      return absl::StrCat("dropped ", role(event.notice_dropped().role()), " ",
                          event.notice_dropped().cause());
    case Event::EVENT_NOT_SET:
      break;
  }
  return "nothing";
}

void Fill(const Instants& instants, common::v1::DeadlineReference& reference) {
  *reference.mutable_due_at() = ToTimestamp(instants.due_at);
  reference.set_calendar_known(!instants.estimated);
  reference.set_provisional(instants.provisional);
  for (const LevelInstant& level : instants.levels) {
    auto* one = reference.add_levels();
    one->set_level(level.level);
    *one->mutable_at() = ToTimestamp(level.at);
    AppendTo(*one->mutable_recipients(), level.recipients);
  }
}

}  // namespace

ReceivedMail ReadMail(const std::string& raw) {
  ReceivedMail mail;
  std::string body, *last = nullptr;
  bool in_body = false;
  for (absl::string_view line : absl::StrSplit(raw, '\n')) {
    line = absl::StripSuffix(line, "\r");
    if (in_body) {
      absl::StrAppend(&body, line, "\n");
    } else if (line.empty()) {
      in_body = true;
    } else if (absl::ascii_isspace(static_cast<unsigned char>(line[0]))) {
      if (last) absl::StrAppend(last, " ", absl::StripAsciiWhitespace(line));
    } else {
      const std::pair<std::string, std::string> header =
          absl::StrSplit(line, absl::MaxSplits(':', 1));
      last = &mail.headers[absl::AsciiStrToLower(header.first)];
      *last = std::string(absl::StripAsciiWhitespace(header.second));
    }
  }
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (body[i] != '=') {
      mail.text += body[i];
    } else if (body[i + 1] == '\n') {
      ++i;
    } else {
      mail.text += BytesOfHex(body.substr(i + 1, 2));
      i += 2;
    }
  }
  return mail;
}

std::string AlertIdOf(const std::string& child) { return absl::StrCat(child, ".1.", kRule); }

void NotificationsTest::Begin(std::string_view now,
                              std::map<std::string, std::string> environment) {
  environment.emplace("PEPLINE_REGISTRY_ADDRESS", registry_.address());
  running_clock_.reset();
  ASSERT_NO_FATAL_FAILURE(StartService(At(now), std::move(environment)));
  running_clock_ = std::make_unique<RunningClock>(service_->clock());
}

void NotificationsTest::AppointTheUsual() {
  registry_.SetChild("A.B.", "St Ebbe’s School", false);
  registry_.Appoint(common::v1::RECIPIENT_ROLE_DESIGNATED_TEACHER, kTeacher, "dt@school.example");
  registry_.Appoint(common::v1::RECIPIENT_ROLE_DEPUTY_DESIGNATED_TEACHER, kDeputy,
                    "deputy@school.example");
  registry_.Appoint(common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_CASEWORKER, kCaseworker,
                    "caseworker@virtual-school.example");
  registry_.Appoint(common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_HEAD, kHead,
                    "head@virtual-school.example");
  registry_.Appoint(common::v1::RECIPIENT_ROLE_HEADTEACHER, "stf-headteacher000000001",
                    "headteacher@school.example");
  registry_.Appoint(common::v1::RECIPIENT_ROLE_SCHOOL_OFFICE, "stf-office0000000000001",
                    "office@school.example");
}

registry::v1::RegistryEvent NotificationsTest::FromRegistry(const std::string& aggregate) {
  registry::v1::RegistryEvent event;
  *event.mutable_header() = NextHeader(aggregate);
  return event;
}

void NotificationsTest::Emit(const registry::v1::RegistryEvent& event, const std::string& key) {
  ASSERT_NO_FATAL_FAILURE(EmitTo(kTopicOfRegistry, key, event));
  ++published_;
}

void NotificationsTest::EmitInCare(const std::string& child, const std::string& school) {
  auto event = FromRegistry(absl::StrCat("registry/child/", child));
  event.mutable_child_became_looked_after()->set_child_id(child);
  event.mutable_child_became_looked_after()->set_authority_code(kAuthority);
  event.mutable_child_became_looked_after()->set_became_looked_after_on("2019-03-01");
  Emit(event, child);
  event = FromRegistry(absl::StrCat("registry/child/", child));
  event.mutable_child_enrolled()->set_child_id(child);
  event.mutable_child_enrolled()->set_school_urn(school);
  event.mutable_child_enrolled()->set_school_authority_code(kAuthority);
  event.mutable_child_enrolled()->set_enrolled_on("2019-03-01");
  Emit(event, child);
}

void NotificationsTest::EmitWaived(const std::string& child, const Instants& instants) {
  auto event = FromScheduling(child);
  auto& withdrawn = *event.mutable_deadline_withdrawn();
  *withdrawn.mutable_deadline() = Reference(child, instants);
  *withdrawn.mutable_waived_at() = event.header().occurred_at();
  withdrawn.set_late(true);
  Emit(event);
}

void NotificationsTest::EmitMoved(const std::string& child, const std::string& to_school) {
  auto event = FromRegistry(absl::StrCat("registry/child/", child));
  event.mutable_child_moved_school()->set_child_id(child);
  event.mutable_child_moved_school()->set_to_school_urn(to_school);
  event.mutable_child_moved_school()->set_to_school_authority_code(kAuthority);
  event.mutable_child_moved_school()->set_moved_on(Today());
  Emit(event, child);
}

void NotificationsTest::EmitVacancy(const std::string& school, std::string_view since,
                                    const std::vector<LevelInstant>& levels,
                                    const std::string& authority, bool of_caring_authority,
                                    bool estimated) {
  auto event = FromRegistry(absl::StrCat("registry/school/", school));
  auto* began = event.mutable_designated_teacher_vacancy_began();
  began->set_school_urn(school);
  began->set_since_on(std::string(since));
  began->set_authority_code(authority);
  began->set_of_caring_authority(of_caring_authority);
  began->set_estimated(estimated);
  for (const LevelInstant& level : levels) {
    auto* one = began->add_levels();
    one->set_level(level.level);
    *one->mutable_at() = ToTimestamp(level.at);
    AppendTo(*one->mutable_recipients(), level.recipients);
  }
  Emit(event, school);
}

void NotificationsTest::EmitVacancyEnded(const std::string& school, std::string_view since) {
  auto event = FromRegistry(absl::StrCat("registry/school/", school));
  auto* ended = event.mutable_designated_teacher_vacancy_ended();
  ended->set_school_urn(school);
  ended->set_since_on(std::string(since));
  ended->set_authority_code(kAuthority);
  ended->set_ended_on(std::string(since));
  Emit(event, school);
}

void NotificationsTest::EmitAppointed(const std::string& school) {
  auto event = FromRegistry(absl::StrCat("registry/school/", school));
  event.mutable_designated_teacher_appointed()->set_school_urn(school);
  event.mutable_designated_teacher_appointed()->set_staff_id(kTeacher);
  Emit(event, school);
}

scheduling::v1::SchedulingEvent NotificationsTest::FromScheduling(const std::string& child) {
  const std::string aggregate = absl::StrCat("scheduling/plan/", child);
  scheduling::v1::SchedulingEvent event;
  *event.mutable_header() = NextHeader(aggregate);
  event.mutable_pep()->set_child_id(child);
  event.mutable_pep()->set_pep_id(absl::StrCat(child, ".1"));
  event.mutable_pep()->set_school_urn(kSchool);
  event.mutable_pep()->set_authority_code(kAuthority);
  return event;
}

void NotificationsTest::Emit(const scheduling::v1::SchedulingEvent& event) {
  ASSERT_NO_FATAL_FAILURE(EmitTo(kTopicOfScheduling, event.pep().child_id(), event));
  ++published_;
}

common::v1::DeadlineReference NotificationsTest::Reference(const std::string& child,
                                                           const Instants& instants) {
  common::v1::DeadlineReference reference;
  reference.set_deadline_id(AlertIdOf(child));
  reference.set_rule_id(kRule);
  Fill(instants, reference);
  return reference;
}

common::v1::DeadlineReference NotificationsTest::FundingReference(const Instants& instants) {
  common::v1::DeadlineReference reference;
  reference.set_deadline_id(absl::StrCat(kFundingRequest, ".", kFundingRule));
  reference.set_rule_id(kFundingRule);
  Fill(instants, reference);
  return reference;
}

funding::v1::FundingEvent NotificationsTest::FromFunding(const std::string& child) {
  funding::v1::FundingEvent event;
  *event.mutable_header() = NextHeader(absl::StrCat("funding/funding-request/", kFundingRequest));
  auto& request = *event.mutable_request();
  request.set_funding_request_id(kFundingRequest);
  request.set_child_id(child);
  request.set_pep_id(absl::StrCat(child, ".1"));
  request.set_fund_line_id("931.2025-26");
  request.set_authority_code(kAuthority);
  return event;
}

void NotificationsTest::Emit(const funding::v1::FundingEvent& event) {
  ASSERT_NO_FATAL_FAILURE(EmitTo(kTopicOfFunding, event.request().child_id(), event));
  ++published_;
}

void NotificationsTest::EmitReminder(const std::string& child, const Instants& instants) {
  auto event = FromScheduling(child);
  *event.mutable_deadline_reminder_reached()->mutable_deadline() = Reference(child, instants);
  Emit(event);
}

void NotificationsTest::EmitMissed(const std::string& child, const Instants& instants) {
  auto event = FromScheduling(child);
  *event.mutable_deadline_missed()->mutable_deadline() = Reference(child, instants);
  Emit(event);
}

void NotificationsTest::EmitMet(const std::string& child, const Instants& instants, bool late) {
  auto event = FromScheduling(child);
  *event.mutable_deadline_met()->mutable_deadline() = Reference(child, instants);
  event.mutable_deadline_met()->set_late(late);
  Emit(event);
}

void NotificationsTest::EmitWithdrawn(const std::string& child, const Instants& instants) {
  auto event = FromScheduling(child);
  *event.mutable_deadline_withdrawn()->mutable_deadline() = Reference(child, instants);
  Emit(event);
}

void NotificationsTest::EmitMoved(const std::string& child, const Instants& instants,
                                  bool miss_withdrawn) {
  auto event = FromScheduling(child);
  *event.mutable_deadline_recalculated()->mutable_deadline() = Reference(child, instants);
  event.mutable_deadline_recalculated()->set_miss_withdrawn(miss_withdrawn);
  Emit(event);
}

void NotificationsTest::MoveClockTo(std::string_view at) {
  const absl::Status moved = service_->clock().Set(At(at));
  ASSERT_TRUE(moved.ok()) << moved;
}

std::string NotificationsTest::Today() const {
  return FormatDate(absl::ToCivilDay(service_->clock().Now(), London()));
}

bool NotificationsTest::Eventually(const std::function<bool()>& condition) {
  return WaitUntil(condition, kPatience);
}

bool NotificationsTest::EventuallyTicking(const std::function<bool()>& condition) {
  return WaitUntil(
      [&] {
        if (condition()) return true;
        EXPECT_TRUE(service_->clock().Set(service_->clock().Now() + absl::Seconds(5)).ok());
        return false;
      },
      kPatience);
}

std::vector<Event> NotificationsTest::Emitted() {
  auto records = service_->Events(kOwnTopic);
  EXPECT_TRUE(records.ok()) << records.status();
  std::vector<Event> events;
  if (!records.ok()) return events;
  std::set<std::string> seen;
  for (const ReadRecord& record : *records) {
    Event event;
    EXPECT_TRUE(event.ParseFromString(record.value));
    EXPECT_FALSE(record.key.empty());
    if (!seen.insert(event.header().event_id()).second) continue;
    events.push_back(std::move(event));
  }
  return events;
}

std::vector<std::string> NotificationsTest::StoryOf(const std::string& alert_id) {
  std::vector<Event> events = Emitted();
  std::erase_if(events, [&](const Event& event) { return event.alert().alert_id() != alert_id; });
  // People who are told side by side are told in no order: by their roles.
  const auto told = [](const Event& event) { return event.has_alert_delivered(); };
  for (auto begin = events.begin(); begin != events.end(); ++begin) {
    begin = std::find_if(begin, events.end(), told);
    const auto end = std::find_if_not(begin, events.end(), [&](const Event& event) {
      return told(event) && event.alert_delivered().level() == begin->alert_delivered().level();
    });
    std::stable_sort(begin, end, [](const Event& a, const Event& b) {
      return a.alert_delivered().role() < b.alert_delivered().role();
    });
    if (end == events.end()) break;
    begin = end - 1;
  }
  std::vector<std::string> story;
  for (const Event& event : events) story.push_back(InWords(event));
  return story;
}

bool NotificationsTest::AwaitStory(const std::string& alert_id,
                                   const std::vector<std::string>& story) {
  std::vector<std::string> seen;
  const bool came = Eventually([&] { return (seen = StoryOf(alert_id)) == story; });
  if (!came) ADD_FAILURE() << "the story is: " << absl::StrJoin(seen, ", ");
  return came;
}

bool NotificationsTest::TickUntilStory(const std::string& alert_id,
                                       const std::vector<std::string>& story) {
  std::vector<std::string> seen;
  const bool came = EventuallyTicking([&] { return (seen = StoryOf(alert_id)) == story; });
  if (!came) ADD_FAILURE() << "the story is: " << absl::StrJoin(seen, ", ");
  return came;
}

std::vector<ReceivedMail> NotificationsTest::Mails() {
  std::vector<ReceivedMail> mails;
  for (const std::string& raw : service_->mail().Mails()) mails.push_back(ReadMail(raw));
  return mails;
}

bool NotificationsTest::AwaitMails(std::size_t count) {
  const bool came = Eventually([&] {
    return service_->mail().Mails().size() >= count &&
           std::ranges::count_if(Emitted(), [](const Event& event) {
             return event.has_alert_delivered() || event.has_notice_delivered();
           }) >= static_cast<std::ptrdiff_t>(count);
  });
  EXPECT_EQ(service_->mail().Mails().size(), count);
  return came;
}

bool NotificationsTest::AwaitDelivered(const std::string& alert_id, int count) {
  return Eventually([&] {
    int delivered = 0;
    for (const std::string& emitted : StoryOf(alert_id)) {
      if (absl::StartsWith(emitted, "delivered")) ++delivered;
    }
    return delivered >= count;
  });
}

bool NotificationsTest::AwaitHandled() {
  return Eventually([&] {
    return service_->Metric("pepline_consumer_position_records{topic=\"" +
                            std::string(kTopicOfRegistry) + "\"}") +
               service_->Metric("pepline_consumer_position_records{topic=\"" +
                                std::string(kTopicOfScheduling) + "\"}") +
               service_->Metric("pepline_consumer_position_records{topic=\"" +
                                std::string(kTopicOfFunding) + "\"}") >=
           published_;
  });
}

v1::Alert NotificationsTest::GetAlert(const std::string& alert_id, const Actor& actor) {
  v1::GetAlertRequest request;
  request.set_alert_id(alert_id);
  v1::GetAlertResponse response;
  const grpc::Status status = Call(&Stub::GetAlert, request, response, actor);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.alert();
}

}  // namespace pepline::notifications
