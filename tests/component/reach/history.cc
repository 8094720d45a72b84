#include "tests/component/reach/history.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace pepline::reach {
namespace {

absl::CivilDay DayOf(const std::string& text) {
  absl::CivilDay day;
  EXPECT_TRUE(absl::ParseCivilTime(text, &day)) << text;
  return day;
}

template <class Event>
Event Read(const std::string& bytes) {
  Event event;
  EXPECT_TRUE(event.ParseFromString(bytes));
  return event;
}

// Of the model's letters those of the people who may ask.
void AddTold(const google::protobuf::RepeatedField<int>& recipients, Alert& alert) {
  for (const int role : recipients) {
    if (role == common::v1::RECIPIENT_ROLE_SOCIAL_WORKER) alert.told.insert('S');
    if (role == common::v1::RECIPIENT_ROLE_INDEPENDENT_REVIEWING_OFFICER) alert.told.insert('I');
    if (role == common::v1::RECIPIENT_ROLE_HEADTEACHER) alert.told.insert('H');
  }
}

}  // namespace

void History::Hear(std::string_view topic, const std::string& bytes) {
  if (topic == "pepline.registry.events.v1") {
    Hear(Read<registry::v1::RegistryEvent>(bytes));
  } else if (topic == "pepline.scheduling.events.v1") {
    Hear(Read<scheduling::v1::SchedulingEvent>(bytes));
  } else if (topic == "pepline.assessments.events.v1") {
    Hear(Read<assessments::v1::AssessmentsEvent>(bytes));
  } else if (topic == "pepline.funding.events.v1") {
    Hear(Read<funding::v1::FundingEvent>(bytes));
  } else if (topic == "pepline.notifications.events.v1") {
    Hear(Read<notifications::v1::NotificationsEvent>(bytes));
  } else {
    ADD_FAILURE() << "an event of an unknown topic: " << topic;
  }
}

void History::Hear(const registry::v1::RegistryEvent& event) {
  if (event.has_policy_profile_adopted()) {
    const auto& profile = event.policy_profile_adopted().profile();
    months_of_access.erase(profile.authority_code());
    if (profile.has_access_after_care_months()) {
      months_of_access[profile.authority_code()] = profile.access_after_care_months();
    }
  } else if (event.has_child_became_looked_after()) {
    const auto& emitted = event.child_became_looked_after();
    Child& child = children[emitted.child_id()];
    child.authority = emitted.authority_code();
    child.care_ceased_on.reset();
  } else if (event.has_child_ceased_to_be_looked_after()) {
    const auto& emitted = event.child_ceased_to_be_looked_after();
    children[emitted.child_id()].care_ceased_on = DayOf(emitted.ceased_on());
  } else if (event.has_child_enrolled()) {
    const auto& emitted = event.child_enrolled();
    children[emitted.child_id()].school = emitted.school_urn();
  } else if (event.has_child_moved_school()) {
    const auto& emitted = event.child_moved_school();
    Child& child = children[emitted.child_id()];
    child.school_before = child.school;
    child.school = emitted.to_school_urn();
  } else if (event.has_school_of_child_succeeded()) {
    const auto& emitted = event.school_of_child_succeeded();
    Child& child = children[emitted.child_id()];
    child.school_before = child.school;
    child.school = emitted.to_school_urn();
  } else if (event.has_care_end_corrected()) {
    const auto& emitted = event.care_end_corrected();
    Child& child = children[emitted.child_id()];
    child.care_ceased_on.reset();
    if (!emitted.ceased_on().empty()) child.care_ceased_on = DayOf(emitted.ceased_on());
  } else if (event.has_enrolment_corrected()) {
    const auto& emitted = event.enrolment_corrected();
    Child& child = children[emitted.child_id()];
    if (emitted.school_urn() != emitted.old_school_urn()) child.school_before = child.school;
    child.school = emitted.school_urn();
  }
}

void History::Hear(const scheduling::v1::SchedulingEvent& event) {
  Child& child = children[event.pep().child_id()];
  if (event.has_pep_cycle_opened()) {
    if (!child.pep.empty() && child.open[child.pep].state == "CLOSED") child.open.erase(child.pep);
    child.pep = event.pep().pep_id();
    child.peps.insert(child.pep);
    child.open[child.pep] = {};
  }
  if (event.pep_transferred_to_school().corrected()) {
    for (auto& [id, pep] : child.open) {
      if (pep.held_at == event.pep_transferred_to_school().from_school_urn()) {
        pep.held_at = event.pep_transferred_to_school().to_school_urn();
      }
    }
  }
  const auto found = child.open.find(event.pep().pep_id());
  if (found == child.open.end()) return;
  Child::Pep& pep = found->second;
  if (event.has_deadline_set()) {
    const auto& deadline = event.deadline_set().deadline();
    pep.deadlines[deadline.deadline_id()] = deadline.rule_id();
  } else if (event.has_deadline_withdrawn() && !event.deadline_withdrawn().has_waived_at()) {
    pep.deadlines.erase(event.deadline_withdrawn().deadline().deadline_id());
  }
  if (event.has_pep_interim_opened()) pep.state = "INTERIM";
  if (event.has_pep_meeting_scheduled()) pep.state = "SCHEDULED";
  if (event.has_pep_meeting_cancelled()) pep.state = "DUE";
  if (event.has_pep_preparation_started()) pep.state = "PREPARING";
  if (event.has_pep_meeting_held()) {
    pep.state = "HELD";
    pep.held_at = event.pep().school_urn();
  }
  if (event.has_pep_handed_over()) pep.held_at = event.pep_handed_over().to_school_urn();
  if (event.has_epep_finalised()) pep.state = "FINALISED";
  if (event.has_epep_finalisation_taken_back()) pep.state = "HELD";
  if (!event.has_pep_cycle_closed()) return;
  if (found->first == child.pep) {
    pep.state = "CLOSED";
  } else {
    child.open.erase(found);
  }
}

void History::Hear(const assessments::v1::AssessmentsEvent& event) {
  if (event.has_sdq_requested()) {
    const auto& emitted = event.sdq_requested();
    sdqs[emitted.sdq_id()] = {event.child_id(), event.pep_id(), emitted.purpose(),
                              emitted.informant()};
  }
  const auto step = [this](const auto& emitted, const char* state) {
    sdqs[emitted.sdq_id()].state = state;
    sdqs[emitted.sdq_id()].missing &=
        std::string_view(state) == "SENT" || std::string_view(state) == "RECEIVED";
  };
  if (event.has_sdq_sent()) step(event.sdq_sent(), "SENT");
  if (event.has_sdq_received()) step(event.sdq_received(), "RECEIVED");
  if (event.has_sdq_scored()) step(event.sdq_scored(), "SCORED");
  if (event.has_sdq_reviewed()) step(event.sdq_reviewed(), "REVIEWED");
  if (event.has_sdq_not_obtained()) {
    const auto& said = event.sdq_not_obtained();
    // Of a child who is not of the age nobody was asked before.
    sdqs.try_emplace(said.sdq_id(),
                     Sdq{event.child_id(), event.pep_id(), said.purpose(), said.informant()});
    step(said, "NOT_OBTAINED");
  }
  // Its corrections always change the score.
  if (event.has_sdq_corrected() && sdqs[event.sdq_corrected().sdq_id()].state == "REVIEWED") {
    sdqs[event.sdq_corrected().sdq_id()].state = "SCORED";
  }
  if (event.has_sdq_not_obtained_proposed()) {
    sdqs[event.sdq_not_obtained_proposed().sdq_id()].to_confirm = true;
  }
  if (event.has_sdq_scored()) sdqs[event.sdq_scored().sdq_id()].to_confirm = false;
  if (event.has_sdq_not_obtained()) sdqs[event.sdq_not_obtained().sdq_id()].to_confirm = false;
  if (event.has_sdq_became_missing()) sdqs[event.sdq_became_missing().sdq_id()].missing = true;
  if (event.has_sdq_required_by_moved()) {
    sdqs[event.sdq_required_by_moved().sdq_id()].missing = false;
  }
  if (event.has_pupil_views_captured() || event.has_pupil_views_declined()) {
    children[event.child_id()].views.insert(event.pep_id());
  }
}

void History::Hear(const funding::v1::FundingEvent& event) {
  const auto step = [&](const funding::v1::FundingReference& emitted, const char* state) {
    FundingRequest& request = requests[emitted.funding_request_id()];
    const std::string& line = emitted.fund_line_id();
    request = {emitted.child_id(), emitted.pep_id(), line, line.substr(0, line.find('.')), state};
  };
  if (event.has_fund_line_opened()) lines.insert(event.fund_line_opened().fund_line_id());
  if (event.has_funding_drafted()) step(event.funding_drafted().request(), "DRAFT");
  if (event.has_funding_submitted()) step(event.funding_submitted().request(), "SUBMITTED");
  if (event.has_funding_approved()) step(event.funding_approved().request(), "APPROVED");
  if (event.has_funding_declined()) step(event.funding_declined().request(), "DECLINED");
  if (event.has_funding_released()) step(event.funding_released().request(), "RELEASED");
  if (event.has_funding_withdrawn()) step(event.funding_withdrawn().request(), "WITHDRAWN");
}

void History::Hear(const notifications::v1::NotificationsEvent& event) {
  const auto& emitted = event.alert();
  const auto [found, is_new] = alerts.try_emplace(emitted.alert_id());
  Alert& alert = found->second;
  alert.child = emitted.child_id();
  alert.school = emitted.school_urn();
  alert.authority = emitted.authority_code();
  alert.stays = emitted.stays_with_school();
  if (event.has_notice_given()) {
    alert.notice = true;
    alert.open = false;
    AddTold(event.notice_given().recipients(), alert);
  } else if (event.has_alert_raised()) {
    if (is_new || !alert.open) {
      alert.level = 0;
      alert.told.clear();
    }
    alert.open = true;
    alert.level = std::max(alert.level, event.alert_raised().level());
    AddTold(event.alert_raised().recipients(), alert);
  } else if (event.has_alert_escalated()) {
    alert.level = std::max(alert.level, event.alert_escalated().level());
    AddTold(event.alert_escalated().recipients(), alert);
  } else if (event.has_alert_resolved()) {
    alert.open = false;
  }
}

Whose History::OfChild(std::string_view service, const std::string& id) const {
  const auto found = children.find(id);
  if (found == children.end()) return {};
  const Child& child = found->second;
  Whose whose{.authority = service == "registry" ? child.recorded_by : child.authority,
              .school = child.school,
              .care_ceased_on = child.care_ceased_on};
  const auto months = months_of_access.find(child.authority);
  if (months != months_of_access.end()) whose.months_of_access = months->second;
  return whose;
}

Whose History::OfPep(const std::string& id, const std::string& pep) const {
  Whose whose = OfChild("scheduling", id);
  const auto child = children.find(id);
  if (child == children.end()) return whose;
  const auto found = child->second.open.find(pep.empty() ? child->second.pep : pep);
  if (found == child->second.open.end()) return whose;
  const Child::Pep& one = found->second;
  if (one.state == "HELD" && !one.held_at.empty()) whose.school = one.held_at;
  return whose;
}

Whose History::OfRequest(const std::string& id) const {
  const auto found = requests.find(id);
  if (found != requests.end()) {
    Whose whose = OfChild("funding", found->second.child);
    whose.authority = found->second.authority;
    return whose;
  }
  // The id begins with the authority whose fund line it asks.
  return {.authority = id.substr(4, 3)};
}

Whose History::OfAlert(const std::string& id) const {
  const auto found = alerts.find(id);
  if (found == alerts.end()) return {};
  const Alert& alert = found->second;
  if (!alert.child.empty()) {
    Whose whose = OfChild("notifications", alert.child);
    if (alert.notice && whose.school != alert.school) whose.school.clear();
    if (alert.open && alert.stays) whose.school = alert.school;
    whose.told = alert.told;
    return whose;
  }
  // While it is open it is a matter of the authority that the school lies in now; what is resolved
  // stays with the one it was resolved under.
  return {.authority = alert.open ? schools.at(alert.school) : alert.authority,
          .school = alert.school,
          .told = alert.told};
}

}  // namespace pepline::reach
