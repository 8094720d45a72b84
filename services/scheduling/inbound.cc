#include "services/scheduling/inbound.h"

#include <optional>
#include <utility>

#include "services/scheduling/metrics.h"
#include "services/scheduling/storage/children.h"
#include "services/scheduling/storage/conversions.h"
#include "shared/domain/calendar.h"
#include "shared/domain/field_list.h"
#include "shared/engine/inbound_event.h"
#include "shared/projections/child_outcomes.h"

namespace pepline::scheduling {
namespace {

using assessments::v1::AssessmentsEvent;
using funding::v1::FundingEvent;
using registry::v1::RegistryEvent;

WakeUp PlansOf(IndexEntry children) {
  return {.listed = std::move(children),
          .kind = std::string(PlanCodec::kKind),
          .resting = ChildrenAtRest()};
}

}  // namespace

absl::Status Inbound::OnRecord(const InboundRecord& record) {
  return ReadTopics(
      "scheduling", engine_, record,
      Reads<RegistryEvent>(kRegistryTopic, [this](const auto& event) { return OnRegistry(event); }),
      Reads<AssessmentsEvent>(kAssessmentsTopic,
                              [this](const auto& event) { return OnAssessments(event); }),
      Reads<FundingEvent>(kFundingTopic, [this](const auto& event) { return OnFunding(event); }));
}

absl::Status Inbound::OnAlarm(const DueAlarm& alarm) {
  const auto& [kind, id] = alarm.key;
  if (kind == PlanCodec::kKind) return Wake(ChildId(id), alarm.due_at, /*traceparent=*/"");
  if (kind == kBankHolidays) return changed_.Spread(alarm, PlansOf(AllChildren()));
  if (kind == kSchoolCalendar) return changed_.Spread(alarm, PlansOf(ChildrenAtSchool(id)));
  if (kind == kTermDates || kind == kPolicy) {
    return changed_.Spread(alarm, PlansOf(ChildrenOfAuthority(id)));
  }
  return absl::InternalError("an alarm of a record that has none");
}

absl::Status Inbound::OnRegistry(const RegistryEvent& event) {
  const absl::Time now = engine_.clock.Now();
  auto kept = reference_.Receive(event, now);
  if (!kept.ok()) return kept.status();
  switch (event.event_case()) {
    case RegistryEvent::kBankHolidaysPublished:
    case RegistryEvent::kTermDatesPublished:
    case RegistryEvent::kSchoolCalendarPublished:
    case RegistryEvent::kPolicyProfileAdopted:
      // The alarm of what was kept is due; the plans follow from there (OnAlarm).
      if (engine_.on_alarm) engine_.on_alarm(now);
      return absl::OkStatus();
    case RegistryEvent::kChildBecameLookedAfter:
    case RegistryEvent::kChildEnrolled:
    case RegistryEvent::kChildMovedSchool:
    case RegistryEvent::kSchoolOfChildMovedAuthority:
    case RegistryEvent::kSchoolOfChildSucceeded:
    case RegistryEvent::kChildCeasedToBeLookedAfter:
    case RegistryEvent::kCareStartCorrected:
    case RegistryEvent::kCareEndCorrected:
    case RegistryEvent::kEnrolmentCorrected:
      return OnChild(ChildIn(event), event);
    case RegistryEvent::kSchoolRegistered:
    case RegistryEvent::kSchoolClosed:
    case RegistryEvent::kSchoolMovedAuthority:  // each child there is told by its own event
    case RegistryEvent::kSchoolSucceeded:       // and so it is here
    case RegistryEvent::kDesignatedTeacherAppointed:
    case RegistryEvent::kDesignatedTeacherVacancyBegan:
    case RegistryEvent::kDesignatedTeacherVacancyEnded:
    case RegistryEvent::kStaffAppointed:
    case RegistryEvent::kAppointmentEnded:
    case RegistryEvent::kAppointmentCorrected:
      return absl::OkStatus();  // not scheduling's concern
    case RegistryEvent::EVENT_NOT_SET:
      break;
  }
  return absl::OkStatus();
}

absl::Status Inbound::OnAssessments(const AssessmentsEvent& event) {
  auto tick = [&](ReadinessItem item, const google::protobuf::Timestamp& at) {
    return Tick(event.child_id(), event.pep_id(), item, at, event.header());
  };
  switch (event.event_case()) {
    case AssessmentsEvent::kSdqScored:
      return OnSdqScored(event);
    case AssessmentsEvent::kSdqNotObtained:
      return OnSdqNotObtained(event);
    case AssessmentsEvent::kPupilViewsCaptured:
      return tick(ReadinessItem::kPupilViews, event.pupil_views_captured().captured_at());
    case AssessmentsEvent::kPupilViewsDeclined:
      return tick(ReadinessItem::kPupilViews, event.pupil_views_declined().recorded_at());
    case AssessmentsEvent::kPupilViewsCorrected:
      return OnPupilViewsCorrected(event);
    case AssessmentsEvent::kOutcomeSet:
    case AssessmentsEvent::kOutcomeRefined:
    case AssessmentsEvent::kOutcomeReviewed:
    case AssessmentsEvent::kOutcomeDropped:
    case AssessmentsEvent::kOutcomeReopened:
      return KeepOutcome(engine_.store, event);
    case AssessmentsEvent::kSdqRequested:
    case AssessmentsEvent::kSdqSent:
    case AssessmentsEvent::kSdqReceived:
    case AssessmentsEvent::kSdqNotObtainedProposed:  // the deadline runs on until it is confirmed
    case AssessmentsEvent::kSdqCorrected:            // it has its score, before and after
    case AssessmentsEvent::kSdqReviewed:
    case AssessmentsEvent::kSdqBecameMissing:
    case AssessmentsEvent::kSdqRequiredByMoved:
      return absl::OkStatus();
    case AssessmentsEvent::EVENT_NOT_SET:
      break;
  }
  return absl::OkStatus();
}

absl::Status Inbound::OnSdqScored(const AssessmentsEvent& event) {
  const auto& scored = event.sdq_scored();
  if (scored.purpose() != assessments::v1::SDQ_PURPOSE_PEP) return absl::OkStatus();
  return Report(event.child_id(), event.pep_id(), scored.scored_at(), event.header(),
                [&](PepId pep, absl::Time at) {
                  return CompleteReadinessItem{std::move(pep), ReadinessItem::kSdq, at,
                                               KnownEnum<SdqInformant>(scored.informant())};
                });
}

absl::Status Inbound::OnSdqNotObtained(const AssessmentsEvent& event) {
  const auto& not_obtained = event.sdq_not_obtained();
  if (not_obtained.purpose() != assessments::v1::SDQ_PURPOSE_PEP) return absl::OkStatus();
  // A version of assessments before this one took the school's word for it.
  if (not_obtained.confirmed_by() == assessments::v1::SDQ_CONFIRMER_UNSPECIFIED) {
    return absl::OkStatus();
  }
  return Report(event.child_id(), event.pep_id(), not_obtained.recorded_at(), event.header(),
                [&](PepId pep, absl::Time at) {
                  return WaiveReadinessItem{std::move(pep), ReadinessItem::kSdq, at,
                                            KnownEnum<SdqInformant>(not_obtained.informant())};
                });
}

absl::Status Inbound::OnPupilViewsCorrected(const AssessmentsEvent& event) {
  const auto& corrected = event.pupil_views_corrected();
  // Views, or that there are none, are on record: they were before, or are again.
  if (corrected.state() != assessments::v1::PUPIL_VIEWS_ON_RECORD_TAKEN_BACK) {
    return Tick(event.child_id(), event.pep_id(), ReadinessItem::kPupilViews,
                corrected.corrected_at(), event.header());
  }
  return Report(event.child_id(), event.pep_id(), corrected.corrected_at(), event.header(),
                [](PepId pep, absl::Time at) {
                  return ReopenReadinessItem{std::move(pep), ReadinessItem::kPupilViews, at};
                });
}

absl::Status Inbound::OnFunding(const FundingEvent& event) {
  switch (event.event_case()) {
    case FundingEvent::kFundingDrafted: {
      const auto& request = event.funding_drafted().request();
      return Report(request.child_id(), request.pep_id(), event.header().occurred_at(),
                    event.header(), [&](PepId pep, absl::Time at) {
                      return CompleteReadinessItem{
                          std::move(pep), ReadinessItem::kInterventionsCosted, at, std::nullopt,
                          FundingRequestId(request.funding_request_id())};
                    });
    }
    case FundingEvent::kFundingWithdrawn: {
      const auto& request = event.funding_withdrawn().request();
      return Report(request.child_id(), request.pep_id(), event.header().occurred_at(),
                    event.header(), [&](PepId pep, absl::Time at) {
                      return WithdrawCosts{std::move(pep),
                                           FundingRequestId(request.funding_request_id()), at};
                    });
    }
    case FundingEvent::kFundLineOpened:
    case FundingEvent::kFundLineChanged:
    case FundingEvent::kFundingSubmitted:
    case FundingEvent::kFundingApproved:
    case FundingEvent::kFundingDeclined:
    case FundingEvent::kFundingReleased:
    case FundingEvent::kDeadlineSet:  // funding's deadlines are told by notifications
    case FundingEvent::kDeadlineReminderReached:
    case FundingEvent::kDeadlineMissed:
    case FundingEvent::kDeadlineMet:
    case FundingEvent::kDeadlineRecalculated:
    case FundingEvent::kDeadlineWithdrawn:
      return absl::OkStatus();
    case FundingEvent::EVENT_NOT_SET:
      break;
  }
  return absl::OkStatus();
}

absl::Status Inbound::OnChild(const std::string& child_id, const RegistryEvent& event) {
  absl::Status kept = KeepChild(engine_.store, child_id, event);
  if (!kept.ok()) return kept;
  return Wake(ChildId(child_id), /*fired=*/std::nullopt, event.header().traceparent());
}

absl::Status Inbound::Wake(const ChildId& child, std::optional<absl::Time> fired,
                           const std::string& traceparent) {
  // Catching up is idempotent by nature, so it needs no mark; as an alarm it also renews the plan's
  // own alarm when nothing has to be said yet.
  Origin origin = Origin::Alarm(fired);
  origin.traceparent = traceparent;
  return Handle(child, scheduling::Wake{}, origin);
}

absl::Status Inbound::Tick(const std::string& child_id, const std::string& pep_id,
                           ReadinessItem item, const google::protobuf::Timestamp& done_at,
                           const common::v1::EventHeader& header) {
  return Report(child_id, pep_id, done_at, header, [&](PepId pep, absl::Time at) {
    return CompleteReadinessItem{std::move(pep), item, at};
  });
}

template <class ToCommand>
absl::Status Inbound::Report(const std::string& child_id, const std::string& pep_id,
                             const google::protobuf::Timestamp& reported_at,
                             const common::v1::EventHeader& header, ToCommand to_command) {
  auto at = FromTimestamp(reported_at);
  if (child_id.empty() || pep_id.empty() || !at) return EventNotReadable();
  return Handle(ChildId(child_id), to_command(PepId(pep_id), *at), Origin::Event(header));
}

absl::Status Inbound::Handle(const ChildId& child, const PlanCommand& command,
                             const Origin& origin) {
  return HandleInbound<PlanCodec>(engine_, PlanOf(child), command, origin, facts_.InputsFor(child),
                                  &CountEvents);
}

}  // namespace pepline::scheduling
