// The stage of the checks: three authorities and their seven schools, children of each of them at
// schools of all, before and after care, on no roll, and the staff; and what happens to them. All
// people are invented. Threads: one at a time.
#ifndef PEPLINE_TESTS_COMPONENT_REACH_TOWN_H_
#define PEPLINE_TESTS_COMPONENT_REACH_TOWN_H_

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "pepline/registry/v1/registry_service.grpc.pb.h"
#include "tests/component/reach/client.h"
#include "tests/component/reach/five_services.h"
#include "tests/component/reach/history.h"

namespace pepline::reach {

using Dice = std::mt19937_64;
inline bool Chance(Dice& dice, int percent) { return static_cast<int>(dice() % 100) < percent; }
template <class Values>
const auto& OneOf(Dice& dice, const Values& values) {
  return *std::next(values.begin(), static_cast<std::ptrdiff_t>(dice() % values.size()));
}

inline const std::vector<std::string> kAuthorities = {"931", "825", "933"};
inline constexpr char kNowhere[] = "999";  // an authority that nobody knows
// In the order of the authorities, two of each; the last one closed.
inline const std::vector<std::string> kSchools = {"123001", "123002", "123003", "123004",
                                                  "123005", "123006", "123007"};

class Town {
 public:
  Town(Tokens& tokens, Dice& dice);

  absl::CivilDay Today() const;
  absl::Time Now() const { return clock_.Now(); }
  // Some days pass.
  void PassTime();
  // An authority's new policy profile says anew for how long records are reached after care.
  void ChangeMonthsOfAccess();
  // The register says another authority of a school.
  void MoveASchool();
  void Settle() { services.Settle(); }

  // Imports a file; its request id is in the history where it is carried out.
  grpc::Status Import(const Caller& caller, TokenKind kind, registry::v1::ImportKind what,
                      const std::string& authority, const std::string& file, bool dry_run);
  std::string NextId();

 private:
  void Fill();
  void MustImport(registry::v1::ImportKind what, const std::string& authority,
                  const std::string& file);
  void ImportSchools();
  std::string StaffFile(const std::string& authority);
  std::string ChildrenFile(const std::string& authority);
  std::string PolicyFile(int months) const;  // below 0: says nothing

  Tokens& tokens_;
  Dice& dice_;
  absl::TimeZone london_;
  FakeClock clock_;
  std::vector<std::string> authority_of_school_;
  int requests_ = 0;

 public:
  History history;
  FiveServices services;
  Client client;

 private:
  std::unique_ptr<registry::v1::RegistryService::Stub> registry_;
};

}  // namespace pepline::reach

#endif  // PEPLINE_TESTS_COMPONENT_REACH_TOWN_H_
