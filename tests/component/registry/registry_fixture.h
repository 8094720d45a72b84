// registry as a process, a small authority in it, and the short words its tests use.
//   ImportEverything();
//   Done(&Stub::EnrolChild, ...);
//   AwaitEmitted([](const Event& event) { return event.has_child_enrolled(); });
// Dates are London's. All people are invented. Threads: one at a time.
#ifndef PEPLINE_TESTS_COMPONENT_REGISTRY_REGISTRY_FIXTURE_H_
#define PEPLINE_TESTS_COMPONENT_REGISTRY_REGISTRY_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "pepline/registry/v1/registry_events.pb.h"
#include "pepline/registry/v1/registry_service.grpc.pb.h"
#include "tests/component/support/rpc_fixture.h"
#include "tests/support/london.h"

namespace pepline::registry {

inline constexpr char kTopicOfRegistry[] = "pepline.registry.events.v1";
// Schools of the tests' register: two open ones of the authority, one closed, one of a neighbour.
inline constexpr char kPrimary[] = "123001";
inline constexpr char kSecondary[] = "123002";
inline constexpr char kClosed[] = "123003";
inline constexpr char kNeighbour[] = "123004";

using Stub = v1::RegistryService::Stub;
using Event = v1::RegistryEvent;

// Files. Rows are added below the header.
inline constexpr char kSchoolsHeader[] =
    "URN,LA (code),EstablishmentName,EstablishmentStatus (code),PhaseOfEducation "
    "(code),CloseDate\n";
inline constexpr char kStaffHeader[] =
    "own_id,name,email,role,school_urn,authority_code,child_own_id,from_on,until_on\n";
inline constexpr char kChildrenHeader[] =
    "own_id,given_name,family_name,date_of_birth,upn,location_restricted,became_looked_after_on,"
    "ceased_on,ceased_reason,school_urn,enrolled_on,caseworker_own_id,social_worker_own_id,"
    "iro_own_id\n";
std::string Schools();               // the register of the four
std::string ManySchools(int count);  // others, of the authority
std::string Staff();  // DT-1 and DD-1 of the primary, VS-1 and VS-2, SW-1, IRO-1, HEAD-1
std::string
Children();  // C-1 and C-2 at the primary, C-3 (restricted) at the secondary, C-4 nowhere
std::string DataFile(const std::string& name);  // of deploy/data

class RegistryTest : public RpcFixture<Stub> {
 protected:
  RegistryTest() : RpcFixture("registry", {.caller = VirtualSchool()}) {}

  void Begin(std::string_view now = "2025-09-01 09:00");
  void ImportCalendars();  // bank holidays, term dates and policy of deploy/data
  void ImportEverything();

  // The whole call, whatever it answers.
  grpc::Status TryImport(const v1::ImportOptions& options, const std::string& bytes,
                         v1::ImportResponse& response, const Actor& actor,
                         absl::Duration deadline = absl::Seconds(120));
  // By whoever imports that kind.
  grpc::Status TryImport(const v1::ImportOptions& options, const std::string& bytes,
                         v1::ImportResponse& response,
                         absl::Duration deadline = absl::Seconds(120));
  // Of authority 931, or of none where the kind belongs to none.
  v1::ImportOptions Options(v1::ImportKind kind);
  // An import that must be answered; there may be errors by row in it.
  v1::ImportResponse Import(v1::ImportKind kind, const std::string& bytes, bool dry_run = false);
  // An import that must be carried out.
  v1::ImportResponse Imported(v1::ImportKind kind, const std::string& bytes);

  std::string ChildId(const std::string& own_id);
  std::string StaffId(const std::string& own_id);
  v1::School School(const std::string& urn);

  // Every event so far that fits, in the order of each key.
  std::vector<Event> Emitted(const std::function<bool(const Event&)>& fits);
  // The first event that fits; waits for it.
  Event AwaitEmitted(const std::function<bool(const Event&)>& fits);
  // Waits until what was said has had its effects on registry's own records.
  void Settle() override;
  void MoveClockTo(std::string_view at);  // and settles
  bool Eventually(const std::function<bool()>& condition);
  // Imports a register of thousands, kills the service once ten of them are there, and starts it
  // again.
  void KillInTheMiddleOf(const v1::ImportOptions& options, const std::string& file);
};

}  // namespace pepline::registry

#endif  // PEPLINE_TESTS_COMPONENT_REGISTRY_REGISTRY_FIXTURE_H_
