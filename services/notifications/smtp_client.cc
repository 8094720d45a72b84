#include "services/notifications/smtp_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"

namespace pepline::notifications {
namespace {

constexpr long kConnectMilliseconds = 3'000;
constexpr long kWholeMilliseconds = 10'000;

struct DeleteList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::size_t Read(char* buffer, std::size_t size, std::size_t count, void* rest) {
  auto& left = *static_cast<std::string_view*>(rest);
  const std::size_t taken = std::min(left.size(), size * count);
  std::memcpy(buffer, left.data(), taken);
  left.remove_prefix(taken);
  return taken;
}

std::size_t Ignore(char*, std::size_t size, std::size_t count, void*) { return size * count; }

int Continue(void* stopping, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::atomic<bool>*>(stopping)->load() ? 1 : 0;
}

SmtpAnswer Read(CURLcode result, long code) {
  using Kind = SmtpAnswer::Kind;
  SmtpAnswer answer{Kind::kServerAway, static_cast<int>(code), curl_easy_strerror(result)};
  if (result == CURLE_OK) {
    answer.kind = Kind::kAccepted;
  } else if (result == CURLE_LOGIN_DENIED || code == 530 || code == 535) {
    // Our own settings are wrong, not the address: wait for somebody to mend them.
    answer.kind = Kind::kServerAway;
  } else if (code >= 500 && code < 600) {
    answer.kind = Kind::kRefusedForGood;
  } else if (code >= 400 && code < 500) {
    answer.kind = Kind::kRefusedForNow;
  }
  return answer;
}

}  // namespace

SmtpClient::~SmtpClient() {
  absl::MutexLock lock(&mutex_);
  for (void* handle : idle_) curl_easy_cleanup(handle);
}

void* SmtpClient::Take() {
  absl::MutexLock lock(&mutex_);
  if (idle_.empty()) return curl_easy_init();
  void* handle = idle_.back();
  idle_.pop_back();
  return handle;
}

void SmtpClient::GiveBack(void* handle) {
  curl_easy_reset(handle);  // keeps the connection
  absl::MutexLock lock(&mutex_);
  idle_.push_back(handle);
}

SmtpAnswer SmtpClient::Send(const Mail& mail) {
  CURL* curl = Take();
  if (curl == nullptr) {
    return {SmtpAnswer::Kind::kServerAway, 0, "curl cannot be started"};
  }
  const std::string message = ToMessage(mail);
  std::string_view left = message;
  const std::unique_ptr<curl_slist, DeleteList> recipients(
      curl_slist_append(nullptr, absl::StrCat("<", mail.to, ">").c_str()));
  curl_easy_setopt(curl, CURLOPT_URL, url_.c_str());
  curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_TRY));
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, absl::StrCat("<", mail.from, ">").c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl, CURLOPT_READFUNCTION,
                   static_cast<std::size_t (*)(char*, std::size_t, std::size_t, void*)>(&Read));
  curl_easy_setopt(curl, CURLOPT_READDATA, &left);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Ignore);
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message.size()));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectMilliseconds);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, kWholeMilliseconds);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &Continue);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &stopping_);
  const CURLcode result = curl_easy_perform(curl);
  long code = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
  GiveBack(curl);
  return Read(result, code);
}

}  // namespace pepline::notifications
