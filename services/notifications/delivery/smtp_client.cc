#include "services/notifications/delivery/smtp_client.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace pepline::notifications {
namespace {

struct DeleteList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// curl greets with what stands behind the server: what the setting says, else the sender's domain.
// The machine's name is a pod's, which is no full name, and many servers ask for one (RFC 5321
// 4.1.1.1).
std::string UrlWithGreeting(const std::string& url, const std::string& from) {
  const std::size_t slash = url.find('/', url.find("://") + 3);
  if (slash != std::string::npos && slash + 1 < url.size()) return url;
  return absl::StrCat(url.substr(0, slash), "/", DomainOf(from));
}

std::size_t Ignore(char*, std::size_t size, std::size_t count, void*) { return size * count; }

SmtpStage StageOf(std::string_view command, SmtpStage before) {
  const std::string_view word = command.substr(0, 8);
  if (word.starts_with("EHLO") || word.starts_with("HELO")) return SmtpStage::kHello;
  if (word.starts_with("STARTTLS")) return SmtpStage::kTls;
  if (word.starts_with("AUTH")) return SmtpStage::kLogin;
  if (word.starts_with("MAIL")) return SmtpStage::kSender;
  if (word.starts_with("RCPT")) return SmtpStage::kRecipient;
  if (word.starts_with("DATA")) return SmtpStage::kData;
  return before;  // a login's further lines
}

}  // namespace

// One mail on its way: what was asked last, what was answered, and until when we wait.
struct SmtpClient::Conversation {
  const SmtpClient& owner;
  std::string_view text_left;
  SmtpStage stage = SmtpStage::kConnecting;
  absl::Time since = absl::Now();
  int code = 0;          // of the last answer to the stage; 0: none yet
  std::string words;     // of that answer
  bool leaving = false;  // QUIT: what comes now is about no mail

  void Begin(std::string_view text) {
    text_left = text;
    leaving = false;
    Enter(SmtpStage::kConnecting);
  }

  // A server that ended an idle connection says so, if at all, to the first command of the next
  // mail, of which it has got nothing then.
  bool MetAnEndedConnection(CURL* curl, CURLcode result) const {
    long made = 0;
    curl_easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &made);
    const bool at_once = stage == SmtpStage::kConnecting || stage == SmtpStage::kSender;
    return result != CURLE_OK && made == 0 && at_once && (code == 0 || code == 421) && !IsOver();
  }

  void Enter(SmtpStage next) {
    stage = next;
    since = absl::Now();
    code = 0;
    words.clear();
  }

  absl::Duration Patience() const {
    if (leaving) return owner.patience_.farewell;
    switch (stage) {
      case SmtpStage::kConnecting:
        return owner.patience_.connection;
      case SmtpStage::kData:
        return owner.patience_.data;
      case SmtpStage::kContent:
        return owner.patience_.final_dot;
      case SmtpStage::kGreeting:
      case SmtpStage::kHello:
      case SmtpStage::kTls:
      case SmtpStage::kLogin:
      case SmtpStage::kSender:
      case SmtpStage::kRecipient:
        return owner.patience_.answer;
    }
    return owner.patience_.answer;
  }

  bool IsOver() const {
    const std::int64_t farewell_over = owner.farewell_over_;
    const absl::Time now = absl::Now();
    const bool may_be_taken = stage == SmtpStage::kContent && !leaving;
    if (farewell_over != 0 && (!may_be_taken || now >= absl::FromUnixMillis(farewell_over))) {
      return true;
    }
    return now - since >= Patience();
  }

  void Heard(std::string_view line) {
    int number = 0;
    if (leaving) return;
    if (line.size() < 3 || !absl::SimpleAtoi(std::string(line.substr(0, 3)), &number)) return;
    if (stage == SmtpStage::kConnecting) Enter(SmtpStage::kGreeting);
    code = number;
    words = std::string(line.substr(std::min<std::size_t>(line.size(), 4)));
    if (stage == SmtpStage::kData && code == 354) Enter(SmtpStage::kContent);
  }

  static std::size_t Read(char* buffer, std::size_t size, std::size_t count, void* self) {
    auto& left = static_cast<Conversation*>(self)->text_left;
    const std::size_t taken = std::min(left.size(), size * count);
    std::memcpy(buffer, left.data(), taken);
    left.remove_prefix(taken);
    return taken;
  }

  // curl calls it at least once a second.
  static int Continue(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const Conversation*>(self)->IsOver() ? 1 : 0;
  }

  // Every line of the conversation. Nothing of it is kept but the last answer.
  static int Listen(CURL*, curl_infotype type, char* data, std::size_t size, void* self) {
    auto& conversation = *static_cast<Conversation*>(self);
    const std::string_view line(data, size);
    if (type == CURLINFO_TEXT && conversation.stage == SmtpStage::kConnecting &&
        line.starts_with("Connected to ")) {
      conversation.Enter(SmtpStage::kGreeting);
    } else if (type == CURLINFO_HEADER_OUT) {
      if (line.starts_with("QUIT")) {
        conversation.leaving = true;
        conversation.since = absl::Now();
      } else {
        conversation.Enter(StageOf(line, conversation.stage));
      }
    } else if (type == CURLINFO_HEADER_IN) {
      conversation.Heard(line);
    } else if (type == CURLINFO_DATA_OUT) {
      conversation.since = absl::Now();
    }
    return 0;
  }

  SmtpAnswer AnswerOf(CURLcode result) const {
    switch (result) {
      case CURLE_OK:
        return Accepted(code);
      case CURLE_USE_SSL_FAILED:
      case CURLE_SSL_CONNECT_ERROR:
      case CURLE_SSL_CERTPROBLEM:
      case CURLE_SSL_CACERT_BADFILE:
      case CURLE_SSL_CIPHER:
      case CURLE_SSL_ISSUER_ERROR:
      case CURLE_PEER_FAILED_VERIFICATION:
        return NoTls();
      case CURLE_LOGIN_DENIED:
        return ReadReply(SmtpStage::kLogin, code >= 400 ? code : 535, words);
      default:
        return ReadReply(stage, code, words);
    }
  }
};

SmtpClient::~SmtpClient() {
  absl::MutexLock lock(&mutex_);
  for (void* handle : idle_) {
    // curl says QUIT and waits two minutes for a server that hangs; ours end at once.
    curl_socket_t socket = CURL_SOCKET_BAD;
    if (curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK &&
        socket != CURL_SOCKET_BAD) {
      shutdown(socket, SHUT_RDWR);
    }
    curl_easy_cleanup(handle);
  }
}

void SmtpClient::Stop() { farewell_over_ = absl::ToUnixMillis(absl::Now() + patience_.farewell); }

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
  if (curl == nullptr) return ServerAway();
  const std::string message = ToMessage(mail);
  Conversation conversation{.owner = *this, .text_left = message};
  const std::unique_ptr<curl_slist, DeleteList> recipients(
      curl_slist_append(nullptr, absl::StrCat("<", mail.to, ">").c_str()));
  const bool plain = server_.security == SmtpServer::Security::kPlainText;
  // Ours alone are the bounds: curl's own would end a connection that is being made, or an answer
  // that is being waited for, before the RFC allows.
  const long longest = static_cast<long>(absl::ToInt64Milliseconds(absl::Hours(1)));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, longest);
  curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, longest / 1000);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, longest);
  curl_easy_setopt(curl, CURLOPT_URL, UrlWithGreeting(server_.url, mail.from).c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_USE_SSL,
                   static_cast<long>(plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!server_.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, server_.ca_file.c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, absl::StrCat("<", mail.from, ">").c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, &Conversation::Read);
  curl_easy_setopt(curl, CURLOPT_READDATA, &conversation);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Ignore);
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message.size()));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &Conversation::Continue);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &conversation);
  curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);  // to the function below and nowhere else
  curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, &Conversation::Listen);
  curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &conversation);
  CURLcode result = curl_easy_perform(curl);
  if (conversation.MetAnEndedConnection(curl, result)) {
    conversation.Begin(message);
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    result = curl_easy_perform(curl);
  }
  const SmtpAnswer answer = conversation.AnswerOf(result);
  GiveBack(curl);
  return answer;
}

}  // namespace pepline::notifications
