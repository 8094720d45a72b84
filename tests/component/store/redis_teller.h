// One command to a Redis of a test, outside of the store, as an operator would give it.
// Errors: the answer's text says them. Threads: pure function.
#ifndef PEPLINE_TESTS_COMPONENT_STORE_REDIS_TELLER_H_
#define PEPLINE_TESTS_COMPONENT_STORE_REDIS_TELLER_H_

#include <hiredis/hiredis.h>

#include <string>

namespace pepline {

// The text of the answer; a number in digits, "" for other shapes. Words may hold no spaces.
inline std::string TellRedis(int port, const std::string& user, const std::string& password,
                             const std::string& command) {
  redisContext* context = redisConnect("127.0.0.1", port);
  if (context == nullptr || context->err != 0) {
    if (context != nullptr) redisFree(context);
    return "no connection";
  }
  if (!user.empty()) {
    freeReplyObject(redisCommand(context, "AUTH %s %s", user.c_str(), password.c_str()));
  }
  auto* reply = static_cast<redisReply*>(redisCommand(context, command.c_str()));
  std::string text;
  if (reply != nullptr && reply->str != nullptr) text.assign(reply->str, reply->len);
  if (reply != nullptr && reply->type == REDIS_REPLY_INTEGER) text = std::to_string(reply->integer);
  freeReplyObject(reply);
  redisFree(context);
  return text;
}

}  // namespace pepline

#endif  // PEPLINE_TESTS_COMPONENT_STORE_REDIS_TELLER_H_
