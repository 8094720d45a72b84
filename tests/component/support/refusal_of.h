// Why a call was refused, read from the details of its status as every service fills them.
//   EXPECT_EQ(ReasonOf(status, "funding"), "FUND_LINE_NOT_OPEN");
// Promises: a detail that cannot be read, and a reason of another domain than "<service>.pepline",
// are failures of the running test; what is not there reads as "". Threads: any.
#ifndef PEPLINE_TESTS_COMPONENT_SUPPORT_REFUSAL_OF_H_
#define PEPLINE_TESTS_COMPONENT_SUPPORT_REFUSAL_OF_H_

#include <grpcpp/grpcpp.h>

#include <string>
#include <string_view>

namespace pepline {

// ErrorInfo's reason.
std::string ReasonOf(const grpc::Status& status, std::string_view service);
// The field that the first violation names.
std::string FieldOf(const grpc::Status& status);
// All details but the id of the call's own trace, to be compared with those of another call.
std::string DetailsOf(const grpc::Status& status);

}  // namespace pepline

#endif  // PEPLINE_TESTS_COMPONENT_SUPPORT_REFUSAL_OF_H_
