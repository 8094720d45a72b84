#include "tests/system/support/public_texts.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/topic_reader.h"
#include "tests/system/checker/promises.h"
#include "tools/story/topic_follower.h"

namespace pepline {

absl::Status ForEachPublicText(
    Stack& stack,
    const std::function<void(const std::string& text, const std::string& where)>& visit) {
  std::vector<std::string> topics;
  for (const std::string& service : stack.Services()) topics.push_back(story::TopicOf(service));
  const auto records = ReadTopics(stack.bootstrap(), topics, absl::Seconds(60));
  if (!records.ok()) return records.status();
  for (const ReadRecord& record : *records) {
    visit(record.key, record.topic);
    visit(record.value, record.topic);
    for (const auto& [name, value] : record.headers) visit(value, name);
  }
  for (const std::string& service : stack.Services()) {
    const auto log = ReadFile(stack.service(service).log_file());
    if (!log.ok()) return log.status();
    visit(*log, absl::StrCat("the log of ", service));
    const auto metrics = stack.service(service).Metrics();
    if (!metrics.ok()) return metrics.status();
    visit(*metrics, absl::StrCat("the metrics of ", service));
  }
  const auto mails = ReadMails(stack.mail_folder());
  if (!mails.ok()) return mails.status();
  for (const DeliveredMail& mail : *mails) {
    visit(absl::StrCat(mail.subject, "\n", mail.message_id, "\n", mail.delivery_id),
          "a mail's subject or id");
  }
  return absl::OkStatus();
}

}  // namespace pepline
