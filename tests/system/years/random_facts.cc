#include "tests/system/years/random_facts.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "shared/rpc/request_fields.h"
#include "tools/client/text_forms.h"

namespace pepline {
namespace {

namespace v1 = registry::v1;

// Schools of the authority that have a Designated Teacher in the demo's staff.
constexpr const char* kSchools[] = {"122995", "122999", "123004", "123034", "123051", "123053",
                                    "123230", "137357", "137919", "137936", "137970", "138210"};
// In a day, of a child.
constexpr double kShareOfChildren = 0.01;

std::string Date(absl::CivilDay day) { return absl::FormatCivilTime(day); }

}  // namespace

std::string RandomChildren(int children, unsigned seed, absl::CivilDay today) {
  std::mt19937 dice(seed);
  const auto roll = [&](int sides) {
    return static_cast<int>(dice() % static_cast<unsigned>(sides));
  };
  std::string file =
      "own_id,given_name,family_name,date_of_birth,upn,location_restricted,became_looked_after_on,"
      "ceased_on,ceased_reason,school_urn,enrolled_on,caseworker_own_id,social_worker_own_id,"
      "iro_own_id\n";
  for (int child = 0; child < children; ++child) {
    const int year = kFirstYearOfBirth + roll(kLastYearOfBirth - kFirstYearOfBirth + 1);
    const bool on_roll = roll(10) != 0;
    absl::StrAppendFormat(
        &file, "Y-%04d,%sa%d,%sb%d,%d-%02d-%02d,,%s,%s,,,%s,%s,VS-0%d,SW-0%d,IRO-0%d\n", child,
        kMarker, child, kMarker, child, year, 1 + roll(12), 2 + roll(26),
        roll(10) == 0 ? "yes" : "no", Date(today - roll(200)),
        on_roll ? kSchools[roll(std::size(kSchools))] : "",
        on_roll ? Date(today - 200 - roll(100)) : "", 2 + roll(2), 2 + roll(2), 1 + roll(2));
  }
  return file;
}

RandomFacts::RandomFacts(client::Caller& caller, std::vector<std::string> children, unsigned seed)
    : caller_(caller), children_(std::move(children)), dice_(seed) {}

bool RandomFacts::Chance(double share) {
  return std::uniform_real_distribution<>(0, 1)(dice_) < share;
}
int RandomFacts::Roll(int sides) {
  return static_cast<int>(dice_() % static_cast<unsigned>(sides));
}
absl::CivilDay RandomFacts::DaysAgo(absl::CivilDay today) {
  return today - (Chance(0.5) ? 0 : Roll(30));
}

template <class Request, class Response>
void RandomFacts::Ask(Request request) {
  client::GiveRequestId(request);
  for (int times = Chance(0.1) ? 2 : 1; times > 0; --times) {
    Response response;
    const grpc::Status status = caller_.Call(request, response);
    const std::string name(Request::descriptor()->name());
    if (status.ok()) {
      ++done_[name];
    } else if (status.error_code() != grpc::StatusCode::FAILED_PRECONDITION &&
               status.error_code() != grpc::StatusCode::INVALID_ARGUMENT &&
               status.error_code() != grpc::StatusCode::NOT_FOUND) {
      surprises_.push_back(absl::StrCat(name, ": ", status.error_message()));
    }
  }
}

void RandomFacts::Day(absl::CivilDay today) {
  for (const std::string& child : children_) {
    if (Chance(kShareOfChildren)) Happens(child, today);
  }
}

void RandomFacts::Happens(const std::string& child, absl::CivilDay today) {
  const std::string on = Date(DaysAgo(today));
  const std::string school = kSchools[Roll(std::size(kSchools))];
  const auto about = [&](auto request) {
    request.set_child_id(child);
    return request;
  };
  switch (Roll(12)) {
    case 0:
    case 1:
    case 2: {
      auto request = about(v1::MoveChildToSchoolRequest());
      request.set_school_urn(school);
      request.set_moved_on(on);
      return Ask<v1::MoveChildToSchoolRequest, v1::MoveChildToSchoolResponse>(request);
    }
    case 3: {
      auto request = about(v1::EnrolChildRequest());
      request.set_school_urn(school);
      request.set_enrolled_on(on);
      return Ask<v1::EnrolChildRequest, v1::EnrolChildResponse>(request);
    }
    case 4: {
      auto request = about(v1::RecordCareCeasedRequest());
      request.set_ceased_on(on);
      request.set_reason(v1::CARE_CEASED_REASON_RETURNED_HOME);
      return Ask<v1::RecordCareCeasedRequest, v1::RecordCareCeasedResponse>(request);
    }
    case 5:
    case 6: {
      auto request = about(v1::RecordCareStartedRequest());
      request.set_became_looked_after_on(on);
      return Ask<v1::RecordCareStartedRequest, v1::RecordCareStartedResponse>(request);
    }
    case 7: {
      auto request = about(v1::CorrectCareStartRequest());
      request.set_became_looked_after_on(on);
      request.set_reason(absl::StrCat(kMarker, " typed wrongly"));
      return Ask<v1::CorrectCareStartRequest, v1::CorrectCareStartResponse>(request);
    }
    case 8: {
      auto request = about(v1::CorrectCareEndRequest());
      if (Chance(0.7)) {
        request.set_taken_back(true);
      } else {
        request.set_ceased_on(on);
      }
      request.set_reason(absl::StrCat(kMarker, " typed wrongly"));
      return Ask<v1::CorrectCareEndRequest, v1::CorrectCareEndResponse>(request);
    }
    case 9: {
      auto request = about(v1::CorrectEnrolmentRequest());
      if (Chance(0.5)) request.set_school_urn(school);
      if (Chance(0.5)) request.set_enrolled_on(on);
      request.set_reason(absl::StrCat(kMarker, " typed wrongly"));
      return Ask<v1::CorrectEnrolmentRequest, v1::CorrectEnrolmentResponse>(request);
    }
    default: {
      auto request = about(v1::RestrictLocationRequest());
      request.set_lifted(Chance(0.3));
      request.set_reason(absl::StrCat(kMarker, " a court order"));
      return Ask<v1::RestrictLocationRequest, v1::RestrictLocationResponse>(request);
    }
  }
}

}  // namespace pepline
