#include "services/scheduling/inbound.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "services/scheduling/numbers.h"
#include "services/scheduling/reasons.h"
#include "services/scheduling/wire.h"
#include "shared/domain/calendar.h"
#include "shared/runtime/inbound_event.h"

namespace pepline::scheduling {
namespace {

using assessments::v1::AssessmentsEvent;
using funding::v1::FundingEvent;
using registry::v1::RegistryEvent;

constexpr int kPage = 500;

// Under which names a child is found when reference data changes.
std::vector<IndexEntry> IndexOf(const ChildFacts& child) {
  std::vector<IndexEntry> entries{{"child", "known"}};
  if (!child.authority.empty()) entries.push_back({"child-authority", child.authority.text()});
  if (!child.school.empty()) entries.push_back({"child-school", child.school.text()});
  if (!child.school_authority.empty()) {
    entries.push_back({"child-school-authority", child.school_authority.text()});
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

std::vector<Commit::Index> IndexChanges(const std::optional<ChildFacts>& before,
                                        const ChildFacts& after, const std::string& member) {
  std::vector<Commit::Index> changes;
  const std::vector<IndexEntry> old = before ? IndexOf(*before) : std::vector<IndexEntry>();
  const std::vector<IndexEntry> now = IndexOf(after);
  for (const IndexEntry& entry : now) {
    if (!std::binary_search(old.begin(), old.end(), entry))
      changes.push_back({entry, member, true});
  }
  for (const IndexEntry& entry : old) {
    if (!std::binary_search(now.begin(), now.end(), entry))
      changes.push_back({entry, member, false});
  }
  return changes;
}

// What one event of the child changes in what is known. False: a date cannot be read.
bool Learn(const RegistryEvent& event, absl::Time recorded_at, ChildFacts& child) {
  if (event.has_child_became_looked_after()) {
    const auto& said = event.child_became_looked_after();
    auto day = ParseDate(said.became_looked_after_on());
    if (!day || said.authority_code().empty()) return false;
    child.authority = AuthorityCode(said.authority_code());
    child.in_care = true;
    child.care_started_on = *day;
    child.care_recorded_at = recorded_at;
    child.pep_required = said.pep_required();
  } else if (event.has_child_enrolled()) {
    const auto& said = event.child_enrolled();
    child.school = SchoolUrn(said.school_urn());
    child.school_authority = AuthorityCode(said.school_authority_code());
    child.school_recorded_at = recorded_at;
  } else if (event.has_child_moved_school()) {
    const auto& said = event.child_moved_school();
    auto day = ParseDate(said.moved_on());
    if (!day) return false;
    child.school = SchoolUrn(said.to_school_urn());
    child.school_authority = AuthorityCode(said.to_school_authority_code());
    child.moved_on = *day;
    child.school_recorded_at = recorded_at;
  } else if (event.has_child_ceased_to_be_looked_after()) {
    if (!ParseDate(event.child_ceased_to_be_looked_after().ceased_on())) return false;
    child.in_care = false;
    child.care_recorded_at = recorded_at;
  }
  return true;
}

}  // namespace

absl::Status Inbound::OnRecord(const InboundRecord& record) {
  if (record.topic == kRegistryTopic) {
    return ReadThen<RegistryEvent>(record, [this](const auto& event) { return OnRegistry(event); });
  }
  if (record.topic == kAssessmentsTopic) {
    return ReadThen<AssessmentsEvent>(record,
                                      [this](const auto& event) { return OnAssessments(event); });
  }
  if (record.topic == kFundingTopic) {
    return ReadThen<FundingEvent>(record, [this](const auto& event) { return OnFunding(event); });
  }
  return absl::InvalidArgumentError("scheduling does not read this topic");
}

absl::Status Inbound::OnAlarm(const DueAlarm& alarm) {
  return Wake(ChildId(alarm.key.id), /*traceparent=*/"");
}

absl::Status Inbound::OnRegistry(const RegistryEvent& event) {
  auto kept = reference_.Receive(event);
  if (!kept.ok()) return kept.status();
  const std::string& trace = event.header().traceparent();
  switch (event.event_case()) {
    case RegistryEvent::kBankHolidaysPublished:
      return WakeAll({"child", "known"}, trace);
    case RegistryEvent::kTermDatesPublished:
      return WakeAll({"child-school-authority", event.term_dates_published().authority_code()},
                     trace);
    case RegistryEvent::kSchoolCalendarPublished:
      return WakeAll({"child-school", event.school_calendar_published().school_urn()}, trace);
    case RegistryEvent::kPolicyProfileAdopted:
      return WakeAll({"child-authority", event.policy_profile_adopted().profile().authority_code()},
                     trace);
    case RegistryEvent::kChildBecameLookedAfter:
      return OnChild(event.child_became_looked_after().child_id(), event);
    case RegistryEvent::kChildEnrolled:
      return OnChild(event.child_enrolled().child_id(), event);
    case RegistryEvent::kChildMovedSchool:
      return OnChild(event.child_moved_school().child_id(), event);
    case RegistryEvent::kChildCeasedToBeLookedAfter:
      return OnChild(event.child_ceased_to_be_looked_after().child_id(), event);
    case RegistryEvent::kSchoolRegistered:
    case RegistryEvent::kSchoolClosed:
    case RegistryEvent::kDesignatedTeacherAppointed:
    case RegistryEvent::kDesignatedTeacherVacancyBegan:
    case RegistryEvent::kDesignatedTeacherVacancyEnded:
    case RegistryEvent::kStaffAppointed:
    case RegistryEvent::kAppointmentEnded:
      return absl::OkStatus();  // not scheduling's concern
    case RegistryEvent::EVENT_NOT_SET:
      spine_.metrics.Count("pepline_scheduling_unknown_events_total", {{"topic", kRegistryTopic}});
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status Inbound::OnAssessments(const AssessmentsEvent& event) {
  auto tick = [&](ReadinessItem item, const google::protobuf::Timestamp& at) {
    return Tick(event.child_id(), event.pep_id(), item, at, event.header());
  };
  switch (event.event_case()) {
    case AssessmentsEvent::kSdqScored:
      if (event.sdq_scored().purpose() != assessments::v1::SDQ_PURPOSE_PEP) return absl::OkStatus();
      return tick(ReadinessItem::kSdq, event.sdq_scored().scored_at());
    case AssessmentsEvent::kSdqNotObtained:
      // A reason on record completes the item as a score does: nothing is left to wait for.
      if (event.sdq_not_obtained().purpose() != assessments::v1::SDQ_PURPOSE_PEP) {
        return absl::OkStatus();
      }
      return tick(ReadinessItem::kSdq, event.sdq_not_obtained().recorded_at());
    case AssessmentsEvent::kPupilViewsCaptured:
      return tick(ReadinessItem::kPupilViews, event.pupil_views_captured().captured_at());
    case AssessmentsEvent::kPupilViewsDeclined:
      return tick(ReadinessItem::kPupilViews, event.pupil_views_declined().recorded_at());
    case AssessmentsEvent::kSdqRequested:
    case AssessmentsEvent::kSdqSent:
    case AssessmentsEvent::kSdqReceived:
    case AssessmentsEvent::kSdqReviewed:
    case AssessmentsEvent::kSdqBecameMissing:
    case AssessmentsEvent::kSdqRequiredByMoved:
      return absl::OkStatus();
    case AssessmentsEvent::EVENT_NOT_SET:
      spine_.metrics.Count("pepline_scheduling_unknown_events_total",
                           {{"topic", kAssessmentsTopic}});
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status Inbound::OnFunding(const FundingEvent& event) {
  switch (event.event_case()) {
    case FundingEvent::kFundingDrafted: {
      const auto& request = event.funding_drafted().request();
      return Tick(request.child_id(), request.pep_id(), ReadinessItem::kInterventionsCosted,
                  event.header().occurred_at(), event.header());
    }
    case FundingEvent::kFundLineOpened:
    case FundingEvent::kFundLineChanged:
    case FundingEvent::kFundingSubmitted:
    case FundingEvent::kFundingApproved:
    case FundingEvent::kFundingDeclined:
    case FundingEvent::kFundingReleased:
    case FundingEvent::kFundingWithdrawn:
      return absl::OkStatus();
    case FundingEvent::EVENT_NOT_SET:
      spine_.metrics.Count("pepline_scheduling_unknown_events_total", {{"topic", kFundingTopic}});
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status Inbound::OnChild(const std::string& child_id, const RegistryEvent& event) {
  auto recorded_at = FromTimestamp(event.header().occurred_at());
  if (child_id.empty() || !recorded_at) return EventNotReadable();
  absl::Status kept =
      KeepFromEvent(spine_.store, child_id, {std::string(kChildKind), child_id}, event.header(),
                    [&](const std::optional<std::string>& bytes) -> absl::StatusOr<KeptChange> {
                      std::optional<ChildFacts> before;
                      if (bytes) {
                        auto decoded = DecodeChild(*bytes);
                        if (!decoded.ok()) return decoded.status();
                        before = *std::move(decoded);
                      }
                      ChildFacts after = before.value_or(ChildFacts());
                      if (!Learn(event, *recorded_at, after)) return EventNotReadable();
                      return KeptChange{EncodeChild(after), IndexChanges(before, after, child_id)};
                    });
  if (!kept.ok()) return kept;
  return Wake(ChildId(child_id), event.header().traceparent());
}

absl::Status Inbound::WakeAll(const IndexEntry& entry, const std::string& traceparent) {
  std::string token;
  do {
    auto page = ListAcross(spine_.store, entry, kPage, token);
    if (!page.ok()) return page.status();
    for (const std::string& child : page->members) {
      if (absl::Status woken = Wake(ChildId(child), traceparent); !woken.ok()) return woken;
    }
    token = page->next_page_token;
  } while (!token.empty());
  return absl::OkStatus();
}

absl::Status Inbound::Wake(const ChildId& child, const std::string& traceparent) {
  // Catching up is idempotent by nature, so it needs no mark; as an alarm it also renews the plan's
  // own alarm when nothing has to be said yet.
  Origin origin = Origin::Alarm();
  origin.traceparent = traceparent;
  return Carry(child, scheduling::Wake{}, origin);
}

absl::Status Inbound::Tick(const std::string& child_id, const std::string& pep_id,
                           ReadinessItem item, const google::protobuf::Timestamp& done_at,
                           const common::v1::EventHeader& header) {
  auto at = FromTimestamp(done_at);
  if (child_id.empty() || pep_id.empty() || !at) return EventNotReadable();
  return Carry(ChildId(child_id), CompleteReadinessItem{PepId(pep_id), item, *at},
               Origin::Event(header));
}

absl::Status Inbound::Carry(const ChildId& child, const PlanCommand& command,
                            const Origin& origin) {
  Hooks<PlanCodec> hooks;
  hooks.facts = [&](const PlanState&) { return facts_.Load(child); };
  return CarryInbound<PlanCodec>(spine_, PlanOf(child), command, origin, hooks, &CodeOf,
                                 &CountEvents);
}

}  // namespace pepline::scheduling
