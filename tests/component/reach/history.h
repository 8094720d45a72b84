// What happened, as the services' events tell it: which records there are, whose they are, where
// each child is now. Whoever reads the topics can know it, so the model of reach needs nothing of
// the services' stores or code. The one thing that no event tells, the authority that put a child
// on record before care began, and who is staff, comes from whoever fills the stage.
// Threads: one at a time.
#ifndef PEPLINE_TESTS_COMPONENT_REACH_HISTORY_H_
#define PEPLINE_TESTS_COMPONENT_REACH_HISTORY_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "absl/time/civil_time.h"
#include "pepline/assessments/v1/assessments_events.pb.h"
#include "pepline/funding/v1/funding_events.pb.h"
#include "pepline/notifications/v1/notifications_events.pb.h"
#include "pepline/registry/v1/registry_events.pb.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "tests/component/reach/model.h"

namespace pepline::reach {

struct Child {
  std::string recorded_by;     // the authority that put the child on record
  std::string authority = {};  // that looks after the child, or did last; empty: none ever did
  std::string school = {};
  std::string school_before = {};
  std::optional<absl::CivilDay> care_ceased_on = std::nullopt;
  std::string pep = {};             // the newest; empty: never any
  std::set<std::string> peps = {};  // all that there were
  struct Pep {
    std::string state = "DUE";                          // as the contract names it, too
    std::map<std::string, std::string> deadlines = {};  // not withdrawn: id, rule
    // The school that held its meeting, or that it was handed over to; it is this one's while HELD.
    std::string held_at = {};
  };
  std::map<std::string, Pep> open = {};  // and the newest, where care ceased
  std::set<std::string> views = {};      // the PEPs with views on record
};
struct Sdq {
  std::string child;
  std::string pep;
  int purpose = 0;
  int informant = 0;
  std::string state = "REQUESTED";  // as the contract names it, without its prefix
  bool missing = false;
  bool to_confirm = false;  // proposed as not to be had
};
struct FundingRequest {
  std::string child;
  std::string pep;
  std::string line;
  std::string authority;
  std::string state;  // as the contract names it, without its prefix
};
struct Alert {
  std::string child;  // empty: about a school
  std::string school;
  std::string authority;
  bool open = true;
  bool notice = false;  // news, for the school that it is about alone
  bool stays = false;   // of a PEP that stays with the school, while it is open
  int level = 0;
  std::set<char> told;  // roles, of the levels that were reached since it was raised from nothing
};

struct History {
  // An event of any service: its topic, and its bytes.
  void Hear(std::string_view topic, const std::string& bytes);

  // Whose a child's records are: in registry, and in the services that know of it what registry
  // said.
  Whose OfChild(std::string_view service, const std::string& child) const;
  // The same of one PEP of the child, which may stay with a school that the child has left; the
  // newest where none is named.
  Whose OfPep(const std::string& child, const std::string& pep) const;
  Whose OfRequest(const std::string& request) const;
  Whose OfAlert(const std::string& alert) const;

  std::map<std::string, Child> children;
  std::map<std::string, std::string> staff;     // id, authority
  std::map<std::string, std::string> schools;   // URN, authority it lies in
  std::map<std::string, int> months_of_access;  // by authority, where its profile says
  std::map<std::string, Sdq> sdqs;
  std::map<std::string, FundingRequest> requests;
  std::set<std::string> lines;
  std::map<std::string, Alert> alerts;
  std::multimap<std::string, std::string> imports;  // authority (empty: nobody's), request id

 private:
  void Hear(const registry::v1::RegistryEvent& event);
  void Hear(const scheduling::v1::SchedulingEvent& event);
  void Hear(const assessments::v1::AssessmentsEvent& event);
  void Hear(const funding::v1::FundingEvent& event);
  void Hear(const notifications::v1::NotificationsEvent& event);
};

}  // namespace pepline::reach

#endif  // PEPLINE_TESTS_COMPONENT_REACH_HISTORY_H_
