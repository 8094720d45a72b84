#include "tools/client/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shared/rpc/grpc_server.h"

namespace pepline::client {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Failure, ARefusalKeepsItsReasonAdviceAndField) {
  const grpc::Status status =
      RefusalStatus("scheduling.pepline", {grpc::StatusCode::INVALID_ARGUMENT, "NOT_A_SCHOOL_DAY"},
                    "choose a day on which the school has a session", "meeting_at");
  const Failure failure = ReadFailure(status);
  EXPECT_EQ(failure.kind, FailureKind::kRefused);
  EXPECT_EQ(failure.reason, "NOT_A_SCHOOL_DAY");
  ASSERT_EQ(failure.problems.size(), 1u);
  EXPECT_EQ(failure.problems[0].field, "meeting_at");
  EXPECT_EQ(FailureText(failure),
            "choose a day on which the school has a session\n"
            "  field: meeting_at\n"
            "  reason: NOT_A_SCHOOL_DAY (scheduling.pepline)");
}

TEST(Failure, ManyBadFieldsAreSaidOnce) {
  const Failure failure = ReadFailure(BadRequestStatus(
      "scheduling.pepline", {{"child_id", "give the child's id"}, {"held_on", "give a date"}}));
  EXPECT_EQ(failure.problems.size(), 2u);
  EXPECT_EQ(FailureText(failure),
            "child_id: give the child's id; held_on: give a date\n"
            "  reason: INVALID_FIELD (scheduling.pepline)");
}

TEST(Failure, AwayAndNotAllowedAreOtherKinds) {
  const auto kind = [](grpc::StatusCode code) { return ReadFailure({code, "text"}).kind; };
  EXPECT_EQ(kind(grpc::StatusCode::UNAVAILABLE), FailureKind::kNotReachable);
  EXPECT_EQ(kind(grpc::StatusCode::DEADLINE_EXCEEDED), FailureKind::kNotReachable);
  EXPECT_EQ(kind(grpc::StatusCode::UNIMPLEMENTED), FailureKind::kNotReachable);
  EXPECT_EQ(kind(grpc::StatusCode::UNAUTHENTICATED), FailureKind::kNotAllowed);
  EXPECT_EQ(kind(grpc::StatusCode::PERMISSION_DENIED), FailureKind::kNotAllowed);
  EXPECT_EQ(kind(grpc::StatusCode::NOT_FOUND), FailureKind::kRefused);
  EXPECT_EQ(kind(grpc::StatusCode::ABORTED), FailureKind::kRefused);
}

TEST(Failure, WhatAServiceAnswersMovesNoCursor) {
  const grpc::Status status = RefusalStatus("x\x1b", {grpc::StatusCode::INVALID_ARGUMENT, "A\nB"},
                                            "words\x1b[2J", "field\r");
  EXPECT_EQ(FailureText(ReadFailure(status)),
            "words [2J\n"
            "  field: field \n"
            "  reason: A B (x )");
}

TEST(Failure, AStatusWithoutWordsOrWithGarbageInItsDetailsStillHasAText) {
  EXPECT_THAT(FailureText(ReadFailure({grpc::StatusCode::INTERNAL, ""})), HasSubstr("13"));
  const std::string text =
      FailureText(ReadFailure({grpc::StatusCode::NOT_FOUND, "nobody", "\xff\xff garbage"}));
  EXPECT_EQ(text, "nobody");
}

}  // namespace
}  // namespace pepline::client
