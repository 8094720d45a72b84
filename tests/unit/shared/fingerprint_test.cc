// Which repetitions of a command RPC count as the same command.
#include <gtest/gtest.h>

#include "pepline/scheduling/v1/scheduling_service.pb.h"
#include "shared/base/digest.h"
#include "shared/rpc/grpc_server.h"

namespace pepline {
namespace {

scheduling::v1::CancelPepMeetingRequest Request() {
  scheduling::v1::CancelPepMeetingRequest request;
  request.set_request_id("request-1");
  request.set_child_id("chd-1");
  return request;
}

TEST(Fingerprint, OneFieldThatThisVersionDoesNotKnowMakesNoOtherCommand) {
  const Call call{.rpc = "pepline.scheduling.v1.SchedulingService/CancelPepMeeting", .actor = {}};
  const Origin first = call.OriginOf(Request());
  auto repeated = Request();
  repeated.GetReflection()->MutableUnknownFields(&repeated)->AddVarint(4711, 1);
  EXPECT_EQ(call.OriginOf(repeated).fingerprint, first.fingerprint);
  EXPECT_EQ(call.OriginOf(repeated).command_id, "request-1");
  repeated.set_child_id("chd-2");
  EXPECT_NE(call.OriginOf(repeated).fingerprint, first.fingerprint) << "another payload is";
}

TEST(Fingerprint, OfATextIsTheSameInPieces) {
  Sha256InPieces pieces;
  for (const char* piece : {"", "URN,LA (code)", "\n", "100000,931\n"}) pieces.Add(piece);
  EXPECT_EQ(pieces.Finish(), Sha256("URN,LA (code)\n100000,931\n"));
}

}  // namespace
}  // namespace pepline
