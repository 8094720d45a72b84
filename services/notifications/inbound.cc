#include "services/notifications/inbound.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/notifications/domain/notice.h"
#include "services/notifications/metrics.h"
#include "services/notifications/storage/conversions.h"
#include "shared/base/london.h"
#include "shared/domain/calendar.h"
#include "shared/engine/inbound_event.h"
#include "shared/engine/paging.h"
#include "shared/projections/reference_data.h"

namespace pepline::notifications {
namespace {

using funding::v1::FundingEvent;
using registry::v1::RegistryEvent;
using scheduling::v1::SchedulingEvent;

constexpr int kPage = 20;  // a child has few alerts open at once
// How far another machine's clock may be ahead before its event is taken for an error.
constexpr absl::Duration kClockDifference = absl::Minutes(5);

// An event from the future would raise something early. One whose sender's clock is a little ahead
// is taken as it is: waiting for our clock would hold up everything behind it.
absl::Status CheckInstant(const common::v1::EventHeader& header, absl::Time now) {
  const auto occurred_at = FromTimestamp(header.occurred_at());
  if (!occurred_at) return EventNotReadable();
  if (*occurred_at <= now + kClockDifference) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "the event says that it happens later than now; compare the clocks of both machines");
}

// When the vacancy counts as late: level 1's instant, or the start of its first day without one.
absl::Time DueAt(absl::CivilDay since, const std::vector<LevelInstant>& levels,
                 const absl::TimeZone& london) {
  const auto late = std::ranges::find(levels, 1, &LevelInstant::level);
  return late == levels.end() ? absl::FromCivil(since, london) : late->at;
}

AlertReference WhoseIn(const SchedulingEvent& event) {
  const scheduling::v1::PepReference& pep = event.pep();
  return {.child = ChildId(pep.child_id()),
          .pep = PepId(pep.pep_id()),
          .school = SchoolUrn(pep.school_urn()),
          .authority = AuthorityCode(pep.authority_code())};
}

// A request is no school's; the child's is named as it is now, for whoever looks alerts up by it.
absl::StatusOr<AlertReference> WhoseIn(const FundingEvent& event, const KnownChildren& children) {
  const funding::v1::FundingReference& request = event.request();
  const ChildId child(request.child_id());
  if (child.empty()) return EventNotReadable();
  auto known = children.Find(child);
  if (!known.ok()) return known.status();
  return AlertReference{.child = child,
                        .pep = PepId(request.pep_id()),
                        .school = *known ? (*known)->school : SchoolUrn(),
                        .authority = AuthorityCode(request.authority_code())};
}

// The authority that hears of a vacancy in place of the school's own; empty where that one does.
AuthorityCode CaringAuthorityIn(const RegistryEvent& event) {
  if (event.designated_teacher_vacancy_began().of_caring_authority()) {
    return AuthorityCode(event.designated_teacher_vacancy_began().authority_code());
  }
  if (event.designated_teacher_vacancy_ended().of_caring_authority()) {
    return AuthorityCode(event.designated_teacher_vacancy_ended().authority_code());
  }
  return AuthorityCode();
}

}  // namespace

Inbound::Inbound(const Engine& engine, const FactsLoader& facts, KnownChildren& children,
                 Deliverer& deliverer, CatchUpGate& gate)
    : engine_(engine),
      facts_(facts),
      children_(children),
      deliverer_(deliverer),
      gate_(gate),
      notices_(engine.store, engine.clock, children, engine.metrics) {}

absl::Status Inbound::OnRecord(const InboundRecord& record) {
  return ReadTopics(
      "notifications", engine_, record,
      Reads<RegistryEvent>(kRegistryTopic, [this](const auto& event) { return OnRegistry(event); }),
      Reads<SchedulingEvent>(kSchedulingTopic,
                             [this](const auto& event) { return OnScheduling(event); }),
      Reads<FundingEvent>(kFundingTopic, [this](const auto& event) { return OnFunding(event); }));
}

absl::Status Inbound::OnAlarm(const DueAlarm& alarm) {
  if (alarm.key.kind == DigestCodec::kKind) {
    return deliverer_.OnDigestAlarm(StaffId(alarm.key.id), alarm.due_at);
  }
  const AlertId alert(alarm.key.id);
  // The work may have been done; that is heard first, here or where its partition is.
  if (gate_.HoldBack(alert) != CatchUpGate::State::kCaughtUp) {
    return absl::UnavailableError("what other services said meanwhile is heard first");
  }
  return Handle(alert, Wake{}, Origin::Alarm(alarm.due_at));
}

absl::Status Inbound::OnRegistry(const RegistryEvent& event) {
  switch (event.event_case()) {
    case RegistryEvent::kDesignatedTeacherVacancyBegan:
      return OnVacancy(event.designated_teacher_vacancy_began().school_urn(), event);
    case RegistryEvent::kDesignatedTeacherVacancyEnded:
      return OnVacancy(event.designated_teacher_vacancy_ended().school_urn(), event);
    case RegistryEvent::kDesignatedTeacherAppointed:
      return OnVacancy(event.designated_teacher_appointed().school_urn(), event);
    case RegistryEvent::kChildEnrolled:
    case RegistryEvent::kChildMovedSchool:
    case RegistryEvent::kChildCeasedToBeLookedAfter:
      if (absl::Status kept = children_.Receive(event).status(); !kept.ok()) return kept;
      return OnNews(event);
    case RegistryEvent::kChildBecameLookedAfter:
    case RegistryEvent::kSchoolOfChildMovedAuthority:
    case RegistryEvent::kSchoolOfChildSucceeded:  // nobody came and nobody went
    case RegistryEvent::kCareStartCorrected:  // what was wrong was told; what is right is no news
    case RegistryEvent::kCareEndCorrected:
    case RegistryEvent::kEnrolmentCorrected:
    // It says for how long a child is reached after care, and who is told which news.
    case RegistryEvent::kPolicyProfileAdopted:
      return children_.Receive(event).status();
    case RegistryEvent::kSchoolClosed:
      return OnVacancy(event.school_closed().school_urn(), event);
    case RegistryEvent::kSchoolRegistered:
    case RegistryEvent::kSchoolMovedAuthority:  // its vacancy is told by events of its own
    case RegistryEvent::kSchoolSucceeded:
    case RegistryEvent::kBankHolidaysPublished:
    case RegistryEvent::kTermDatesPublished:
    case RegistryEvent::kSchoolCalendarPublished:
    case RegistryEvent::kStaffAppointed:
    case RegistryEvent::kAppointmentEnded:
    case RegistryEvent::kAppointmentCorrected:
      return absl::OkStatus();  // instants and recipients come with the deadlines
    case RegistryEvent::EVENT_NOT_SET:
      break;
  }
  return absl::OkStatus();
}

absl::Status Inbound::OnScheduling(const SchedulingEvent& event) {
  switch (event.event_case()) {
    case SchedulingEvent::kDeadlineSet:
    case SchedulingEvent::kDeadlineReminderReached:
    case SchedulingEvent::kDeadlineMissed:
    case SchedulingEvent::kDeadlineMet:
    case SchedulingEvent::kDeadlineRecalculated:
    case SchedulingEvent::kDeadlineWithdrawn:
      // An alert of a PEP is kept under the child's id, which its own id begins with.
      return OnDeadline(event, event.pep().child_id(), WhoseIn(event));
    case SchedulingEvent::kPepTransferredToSchool:
      if (absl::Status followed = OnTransfer(event); !followed.ok()) return followed;
      return OnNews(event);
    case SchedulingEvent::kPepCycleOpened:
    case SchedulingEvent::kPepMeetingRescheduled:
    case SchedulingEvent::kPepMeetingCancelled:
    case SchedulingEvent::kPepMeetingHeld:
    case SchedulingEvent::kPepMeetingCorrected:
    case SchedulingEvent::kPepAgeEnded:
      return OnNews(event);
    case SchedulingEvent::kPepInterimOpened:
    case SchedulingEvent::kPepMeetingScheduled:
    case SchedulingEvent::kPepMeetingConfirmed:
    case SchedulingEvent::kPepHandedOver:  // its deadlines say whose it is
    case SchedulingEvent::kPepPreparationStarted:
    case SchedulingEvent::kPepReadinessItemCompleted:
    case SchedulingEvent::kPepCostsWithdrawn:         // a deadline that begins anew says so itself
    case SchedulingEvent::kPepReadinessItemReopened:  // and so here
    case SchedulingEvent::kPepReadinessItemWaived:    // its deadline says so itself
    case SchedulingEvent::kPepCareStartCorrected:     // so do those that are counted anew
    case SchedulingEvent::kEpepFinalised:
    case SchedulingEvent::kEpepFinalisationTakenBack:
    case SchedulingEvent::kPepCycleClosed:
    case SchedulingEvent::kEpepSectionCompleted:  // the draft's deadline is met by its tick
    case SchedulingEvent::kEpepSectionReopened:
      return absl::OkStatus();
    case SchedulingEvent::EVENT_NOT_SET:
      break;
  }
  return absl::OkStatus();
}

absl::Status Inbound::OnFunding(const FundingEvent& event) {
  // Deadlines alone say whose they are beside the event; of its steps a request's people hear here
  // by what becomes of its deadlines.
  if (!event.has_request()) return absl::OkStatus();
  auto whose = WhoseIn(event, children_);
  if (!whose.ok()) return whose.status();
  return OnDeadline(event, event.request().funding_request_id(), *std::move(whose));
}

template <class Event>
absl::Status Inbound::OnNews(const Event& event) {
  auto notices = notices_.Of(event);
  if (!notices.ok()) return notices.status();
  for (const GiveNotice& notice : *notices) {
    absl::Status given = Handle(notice.reference.alert, notice, Origin::Event(event.header()));
    if (!given.ok()) return given;
  }
  return absl::OkStatus();
}

template <class Event>
absl::Status Inbound::OnDeadline(const Event& event, const std::string& id, AlertReference whose) {
  const auto tell = [&](const common::v1::DeadlineReference& deadline, auto to_command) {
    return TellOfDeadline(event.header(), deadline, id, std::move(whose), to_command);
  };
  if (event.has_deadline_reminder_reached()) {
    return tell(event.deadline_reminder_reached().deadline(),
                [](AlertReference reference, Instants instants) {
                  return RemindOfDeadline{std::move(reference), std::move(instants)};
                });
  }
  if (event.has_deadline_missed()) {
    return tell(event.deadline_missed().deadline(),
                [](AlertReference reference, Instants instants) {
                  return RaiseMissedDeadline{std::move(reference), std::move(instants)};
                });
  }
  if (event.has_deadline_met()) {
    return tell(event.deadline_met().deadline(),
                [late = event.deadline_met().late()](AlertReference, Instants) {
                  return ResolveMetDeadline{late};
                });
  }
  if (event.has_deadline_recalculated()) {
    return tell(event.deadline_recalculated().deadline(),
                [withdrawn = event.deadline_recalculated().miss_withdrawn()](
                    AlertReference reference, Instants instants) {
                  return MoveDeadline{std::move(reference), std::move(instants), withdrawn};
                });
  }
  if (event.has_deadline_withdrawn()) {
    return tell(event.deadline_withdrawn().deadline(),
                [waived = event.deadline_withdrawn().has_waived_at()](AlertReference, Instants) {
                  return ResolveWithdrawnDeadline{waived};
                });
  }
  return absl::OkStatus();  // of one that is set there is nothing to tell before it is reached
}

template <class ToCommand>
absl::Status Inbound::TellOfDeadline(const common::v1::EventHeader& header,
                                     const common::v1::DeadlineReference& deadline,
                                     const std::string& id, AlertReference whose,
                                     ToCommand to_command) {
  const auto due_at = FromTimestamp(deadline.due_at());
  auto levels = ReadLevels(deadline.levels());
  const bool is_of_it = IsPlainId(deadline.deadline_id()) && !id.empty() &&
                        absl::StartsWith(deadline.deadline_id(), absl::StrCat(id, ".")) &&
                        id.find('.') == std::string::npos;
  const bool is_a_notice = NoticeOf(AlertId(deadline.deadline_id())) != nullptr ||
                           FindNotice(deadline.rule_id()) != nullptr;
  whose.alert = AlertId(deadline.deadline_id());
  whose.rule_id = deadline.rule_id();
  whose.stays_with_school = deadline.stays_with_school();
  // Whose word it ends with is known by its id (catch_up_gate.h).
  const bool says_whose =
      IsPlainId(whose.child.text()) &&
      (FindRule(whose.rule_id) == nullptr || IsOfRequest(whose.alert) == IsOfRequest(whose));
  if (!is_of_it || is_a_notice || !says_whose || !deadline.has_due_at() || !due_at || !levels) {
    return EventNotReadable();
  }
  if (absl::Status instant = CheckInstant(header, engine_.clock.Now()); !instant.ok()) {
    return instant;
  }
  const AlertId alert = whose.alert;
  Instants instants{*due_at, *std::move(levels), !deadline.calendar_known(), deadline.provisional(),
                    deadline.after_interim()};
  return Handle(alert, to_command(std::move(whose), std::move(instants)), Origin::Event(header),
                FromTimestamp(header.occurred_at()));
}

absl::Status Inbound::OnTransfer(const SchedulingEvent& event) {
  const std::string& child = event.pep().child_id();
  if (child.empty()) return EventNotReadable();
  const SchoolUrn school(event.pep_transferred_to_school().to_school_urn());
  const ListedRecords open{OpenAlerts(), child, absl::StrCat(child, ".")};
  std::string token;
  do {
    auto alerts = ListAcross(engine_.store, open, kPage, token);
    if (!alerts.ok()) return alerts.status();
    for (const std::string& alert : alerts->members) {
      absl::Status status =
          Handle(AlertId(alert), FollowToSchool{school}, Origin::Event(event.header()));
      if (!status.ok()) return status;
    }
    token = std::move(alerts->next_page_token);
  } while (!token.empty());
  return absl::OkStatus();
}

absl::Status Inbound::OnVacancy(const std::string& school_urn, const RegistryEvent& event) {
  if (!IsPlainId(school_urn) || school_urn.find('.') != std::string::npos) {
    return EventNotReadable();
  }
  const SchoolUrn school(school_urn);
  const AuthorityCode caring = CaringAuthorityIn(event);
  if (caring.text().find('.') != std::string::npos) return EventNotReadable();
  const std::string id = VacancyId(school, caring);
  absl::Status kept = KeepFromEvent(
      engine_.store, school_urn, {std::string(kVacancyKind), id}, event.header(),
      [&](const std::optional<std::string>& bytes) -> absl::StatusOr<KeptChange> {
        Vacancy vacancy;
        if (bytes) {
          auto decoded = DecodeVacancy(*bytes);
          if (!decoded.ok()) return decoded.status();
          vacancy = *std::move(decoded);
        }
        vacancy.reference.school = school;
        vacancy.of_caring_authority = !caring.empty();
        vacancy.nobody_needed =
            event.has_school_closed() || (event.has_designated_teacher_vacancy_ended() &&
                                          !event.designated_teacher_vacancy_ended().appointed());
        vacancy.vacant = event.has_designated_teacher_vacancy_began();
        if (vacancy.vacant) {
          const auto& began = event.designated_teacher_vacancy_began();
          const auto since = ParseDate(began.since_on());
          auto levels = ReadLevels(began.levels());
          if (!since || !levels || began.authority_code().empty()) return EventNotReadable();
          vacancy.reference.authority = AuthorityCode(began.authority_code());
          vacancy.instants = {DueAt(*since, *levels, London()), *std::move(levels),
                              began.estimated()};
        }
        return KeptChange{EncodeVacancy(vacancy), {}};
      });
  if (!kept.ok()) return kept;
  // Catching up is idempotent by nature and needs no mark; as an alarm it also sets the alert's
  // own alarm while no level is reached yet.
  Origin origin = Origin::Alarm(std::nullopt);
  origin.traceparent = event.header().traceparent();
  return Handle(VacancyAlertOf(id), Wake{}, origin);
}

absl::Status Inbound::Handle(const AlertId& alert, const AlertCommand& command,
                             const Origin& origin, std::optional<absl::Time> happened_at) {
  const Inputs<AlertCodec> inputs = {.facts = [&](const AlertState&, const RecordStates&) {
    auto facts = facts_.Load(alert, gate_.IsOpen(alert));
    // What the sender says has happened has, also where its clock is a little ahead of ours.
    if (facts.ok() && happened_at) facts->now = std::max(facts->now, *happened_at);
    return facts;
  }};
  return HandleInbound<AlertCodec>(engine_, AlertOf(alert), command, origin, inputs,
                                   [&](Metrics& metrics, const std::vector<AlertEvent>& events) {
                                     CountEvents(metrics, events);
                                     deliverer_.Post(alert, LevelsToTell(events));
                                   });
}

}  // namespace pepline::notifications
