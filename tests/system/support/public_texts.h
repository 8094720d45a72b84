// Everything that a stack shows of its work besides the answers of its services, for a search for
// what must not be in it: records of every service's topic with their keys and headers, logs,
// metrics, and subjects and ids of mails.
// Promises: `visit` gets each text and where it stands ("the log of funding"). Errors: what could
// not be read. Threads: one.
#ifndef PEPLINE_TESTS_SYSTEM_SUPPORT_PUBLIC_TEXTS_H_
#define PEPLINE_TESTS_SYSTEM_SUPPORT_PUBLIC_TEXTS_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "tools/stack/stack.h"

namespace pepline {

absl::Status ForEachPublicText(
    Stack& stack,
    const std::function<void(const std::string& text, const std::string& where)>& visit);

}  // namespace pepline

#endif  // PEPLINE_TESTS_SYSTEM_SUPPORT_PUBLIC_TEXTS_H_
