// A member of staff and the posts they are appointed to. What a person does for one child is in a
// record of its own, so that neither grows with the number of children; it holds nothing of the
// person but whose it is.
// Promises: pure (see shared/domain/decider.h). An appointment is in force from its first to its
// last day, both inclusive, Europe/London; its beginning and its end are said when they are
// reached, or at once where that is past. One person holds one post once at a time. A known end is
// never forgotten by putting the same appointment on record without one. A role at one place is
// held by MostInRole people of one authority at most; commands at the same moment may bring one or
// two more. One person has posts at kMostSchools schools at most, and a record of
// kMostAppointments. Does not: know who else holds a post. Errors: refusals of RefusalReason.
// Source: docs/domain.md 6.8. Threads: values, pure functions.
#ifndef PEPLINE_SERVICES_REGISTRY_DOMAIN_STAFF_H_
#define PEPLINE_SERVICES_REGISTRY_DOMAIN_STAFF_H_

#include <algorithm>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "services/registry/domain/moment.h"
#include "services/registry/domain/refusals.h"
#include "services/registry/domain/roles.h"
#include "shared/domain/decider.h"
#include "shared/domain/ids.h"

namespace pepline::registry {

// Whom one authority may have in one role at one school, or as head of its Virtual School, in force
// or to come. There is one of them or a handful; all of them are read whenever the school is looked
// at, and told of every alert (decision 39).
inline constexpr int kMostInOneRole = 20;
// The same of the authority's caseworkers, social workers and reviewing officers, of whom a large
// one has hundreds (decision 50).
inline constexpr int kMostInOneRoleOfAuthority = 2'000;
// At how many schools one person has posts, in force or to come. The largest academy trusts have
// some hundred schools (decision 50).
inline constexpr int kMostSchools = 200;
// How many appointments of one person are kept: at schools and at the authority together, and for
// each child. Those that are over count, since every appointment writes the whole record again
// (decision 50).
inline constexpr int kMostAppointments = 1'000;

// A role at a place. Exactly one of the three places is set.
struct Post {
  StaffRole role = StaffRole::kDesignatedTeacher;
  SchoolUrn school;
  AuthorityCode authority;
  ChildId child;
  friend bool operator==(const Post&, const Post&) = default;
};

// nullopt where none or several places are set.
std::optional<Place> PlaceOf(const Post& post);
// Under which the people are listed whom an authority put on record.
IndexEntry StaffOf(const AuthorityCode& authority);
// Under which the holders of a post are listed: persons, and their records of one child.
IndexEntry HoldersOf(const Post& post);
// Whom one authority may have in the post, which is a school's or an authority's.
int MostInRole(const Post& post);
// Under which a person's records of one child are listed, also those of the past.
IndexEntry ChildrenOf(const StaffId& staff);

struct Appointment {
  Post post;
  absl::CivilDay from_on;
  std::optional<absl::CivilDay> until_on;  // last day; nullopt while no end is known
  bool begun = false;                      // said
  bool ended = false;                      // said
  friend bool operator==(const Appointment&, const Appointment&) = default;

  bool InForceOn(absl::CivilDay day) const {
    return from_on <= day && (!until_on || day <= *until_on);
  }
};

// The days of an appointment that were put on record wrongly and are mended, for good.
struct AppointmentCorrection {
  Post post;
  absl::CivilDay old_from_on;
  absl::CivilDay from_on;
  std::optional<absl::CivilDay> old_until_on;
  std::optional<absl::CivilDay> until_on;
  std::string reason;  // 1 to 500 characters; never in an event of the contract
  std::string by;      // opaque id of whoever made it
  absl::Time at;
  friend bool operator==(const AppointmentCorrection&, const AppointmentCorrection&) = default;
};

struct StaffDetails {
  StaffId staff;
  AuthorityCode authority;  // that put the person on record
  std::string own_id;       // the authority's own
  std::string name;
  std::string email;
  friend bool operator==(const StaffDetails&, const StaffDetails&) = default;
};

struct StaffState {
  // An empty id: not on record. Of one child's record only the two ids of the person are here.
  StaffDetails details;
  // Set: the record of what the person does for this child. Not set: the person's own record, which
  // may still have appointments for children that an older version put there.
  ChildId child;
  std::vector<Appointment> appointments;
  std::vector<AppointmentCorrection> corrections = {};  // in the order in which they were made
  friend bool operator==(const StaffState&, const StaffState&) = default;

  // Whether what the person does for this child is in this record.
  bool HoldsFor(const ChildId& whom) const {
    return std::any_of(appointments.begin(), appointments.end(),
                       [&](const Appointment& one) { return one.post.child == whom; });
  }
  // Whether the person is in this post, or will be.
  bool IsIn(const Post& post) const {
    return std::any_of(appointments.begin(), appointments.end(),
                       [&](const Appointment& one) { return one.post == post && !one.ended; });
  }
};

// Whose record of one child it is, known to be on record.
struct StaffOfChild {
  StaffId staff;
  AuthorityCode authority;
};

struct RecordStaff {
  StaffDetails details;
};
// `of_child` is given to a record of one child, and to no other.
struct AppointStaff {
  Post post;
  std::optional<absl::CivilDay> from_on;  // nullopt: today, or whenever it began
  std::optional<absl::CivilDay> until_on;
  std::optional<StaffOfChild> of_child = std::nullopt;
};
struct EndAppointment {
  Post post;
  std::optional<absl::CivilDay> until_on;  // nullopt: today
  std::optional<StaffOfChild> of_child = std::nullopt;
};
// The appointment to this post from that day on has another first or last day (staff_correct.cc).
struct CorrectAppointment {
  Post post;
  absl::CivilDay from_on;                       // as on record
  std::optional<absl::CivilDay> right_from_on;  // nullopt: as on record
  std::optional<absl::CivilDay> right_until_on;
  bool not_ended = false;  // no last day is known
  std::string reason;
  std::string by = {};
  std::optional<StaffOfChild> of_child = std::nullopt;
};
// Another school goes on with one that closed, and so do the posts there.
struct SucceedSchool {
  SchoolUrn from;
  SchoolUrn to;
  absl::CivilDay on;
};
using StaffCommand = std::variant<RecordStaff, AppointStaff, EndAppointment, CorrectAppointment,
                                  SucceedSchool, Wake>;

// Three events of the contract...
struct StaffAppointed {
  Post post;
  absl::CivilDay from_on;
};
struct AppointmentEnded {
  Post post;
  absl::CivilDay from_on;
  absl::CivilDay until_on;
};
struct AppointmentCorrected {
  AppointmentCorrection correction;
  bool begun = false;  // as in Appointment
  bool ended = false;
};
// ...and what stays inside registry.
struct StaffDetailsRecorded {
  StaffDetails details;
};
// The record of what a person does for one child begins.
struct StaffOfChildRecorded {
  StaffOfChild staff;
  ChildId child;
};
struct AppointmentRecorded {
  Post post;
  absl::CivilDay from_on;
};
struct AppointmentEndRecorded {
  Post post;
  absl::CivilDay from_on;
  absl::CivilDay until_on;
};
// It was called off before it began.
struct AppointmentCalledOff {
  Post post;
  absl::CivilDay from_on;
};
using StaffEvent = std::variant<StaffAppointed, AppointmentEnded, AppointmentCorrected,
                                StaffDetailsRecorded, StaffOfChildRecorded, AppointmentRecorded,
                                AppointmentEndRecorded, AppointmentCalledOff>;

struct StaffFacts {
  Moment moment;
  // Of the post in the command: does its place exist, is it open, whose is it.
  bool place_known = false;
  bool place_open = false;
  AuthorityCode place_authority;
  // How many others the person's authority has in it, where it is no child's; not counted where the
  // person is in it already.
  int others_in_post = 0;
};

struct Staff {
  using State = StaffState;
  using Command = StaffCommand;
  using Event = StaffEvent;
  using Facts = StaffFacts;
  static Decision<Event> Decide(const State& state, const Command& command, const Facts& facts);
  static State Evolve(State state, const Event& event);
  static std::optional<absl::Time> NextWake(const State& state, const Facts& facts);
  static std::vector<IndexEntry> Index(const State& state);
};
static_assert(Decider<Staff>);

}  // namespace pepline::registry

#endif  // PEPLINE_SERVICES_REGISTRY_DOMAIN_STAFF_H_
