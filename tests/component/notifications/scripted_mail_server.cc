#include "tests/component/notifications/scripted_mail_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace pepline::notifications {
namespace {

// Lines of one socket.
class LineReader {
 public:
  explicit LineReader(int socket) : socket_(socket) {}
  std::optional<std::string> Next() {
    for (;;) {
      if (const std::size_t end = read_.find("\r\n"); end != std::string::npos) {
        std::string line = read_.substr(0, end);
        read_.erase(0, end + 2);
        return line;
      }
      char some[4096];
      const ssize_t count = recv(socket_, some, sizeof(some), 0);
      if (count <= 0) return std::nullopt;
      read_.append(some, static_cast<std::size_t>(count));
    }
  }

 private:
  const int socket_;
  std::string read_;
};

void SendLine(int socket, const std::string& line) {
  const std::string bytes = absl::StrCat(line, "\r\n");
  // A client that went away meanwhile is a matter of the next read.
  [[maybe_unused]] const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

}  // namespace

ScriptedMailServer::ScriptedMailServer() {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
  EXPECT_EQ(listen(listener_, 128), 0);
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { Accept(); });
}

ScriptedMailServer::~ScriptedMailServer() {
  {
    absl::MutexLock lock(&mutex_);
    ending_ = true;
    for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
  }
  shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  close(listener_);
  std::vector<std::thread> conversations;
  {
    absl::MutexLock lock(&mutex_);
    conversations.swap(conversations_);
  }
  for (std::thread& conversation : conversations) conversation.join();
}

std::string ScriptedMailServer::url() const { return absl::StrCat("smtp://127.0.0.1:", port_); }

void ScriptedMailServer::Answer(const std::string& to, const std::string& line) {
  absl::MutexLock lock(&mutex_);
  if (line.empty()) {
    answers_.erase(to);
  } else {
    answers_[to] = line;
  }
}

void ScriptedMailServer::Offer(const std::string& extension) {
  absl::MutexLock lock(&mutex_);
  extensions_.push_back(extension);
}

void ScriptedMailServer::Hold(const std::string& what) {
  absl::MutexLock lock(&mutex_);
  held_.insert(what);
}

void ScriptedMailServer::Release(const std::string& what) {
  absl::MutexLock lock(&mutex_);
  held_.erase(what);
}

void ScriptedMailServer::Dismiss(const std::string& line) {
  absl::MutexLock lock(&mutex_);
  for (const int socket : sockets_) {
    SendLine(socket, line);
    shutdown(socket, SHUT_RDWR);
  }
}

std::vector<std::string> ScriptedMailServer::Lines() const {
  absl::MutexLock lock(&mutex_);
  return lines_;
}

std::vector<std::string> ScriptedMailServer::Taken() const {
  absl::MutexLock lock(&mutex_);
  return taken_;
}

std::vector<std::string> ScriptedMailServer::TakenTexts() const {
  absl::MutexLock lock(&mutex_);
  return taken_texts_;
}

int ScriptedMailServer::Held() const {
  absl::MutexLock lock(&mutex_);
  return waiting_;
}

int ScriptedMailServer::Connections() const {
  absl::MutexLock lock(&mutex_);
  return connections_;
}

void ScriptedMailServer::Accept() {
  for (;;) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    absl::MutexLock lock(&mutex_);
    if (ending_) {
      close(socket);
      return;
    }
    ++connections_;
    sockets_.insert(socket);
    conversations_.emplace_back([this, socket] {
      Converse(socket);
      absl::MutexLock closing(&mutex_);
      sockets_.erase(socket);
      close(socket);
    });
  }
}

std::string ScriptedMailServer::AnswerTo(const std::string& what, const std::string& usual) {
  absl::MutexLock lock(&mutex_);
  const auto found = answers_.find(what);
  return found == answers_.end() ? usual : found->second;
}

bool ScriptedMailServer::AwaitRelease(const std::string& what, const std::string& recipient) {
  absl::MutexLock lock(&mutex_);
  const auto may_go = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return ending_ || (!held_.contains(what) && (what != "." || !held_.contains(recipient)));
  };
  ++waiting_;
  mutex_.Await(absl::Condition(&may_go));
  --waiting_;
  return !ending_;
}

void ScriptedMailServer::Converse(int socket) {
  LineReader reader(socket);
  std::string recipient;
  if (!AwaitRelease("greeting", "")) return;
  const std::string greeting = AnswerTo("greeting", "220 mail.example ready");
  SendLine(socket, greeting);
  while (const auto line = reader.Next()) {
    const std::string verb = absl::AsciiStrToUpper(line->substr(0, line->find(' ')));
    {
      absl::MutexLock lock(&mutex_);
      lines_.push_back(*line);
    }
    if (!AwaitRelease(verb, recipient)) return;
    if (verb == "EHLO") {
      std::vector<std::string> extensions;
      {
        absl::MutexLock lock(&mutex_);
        extensions = extensions_;
      }
      for (const std::string& extension : extensions)
        SendLine(socket, absl::StrCat("250-", extension));
      SendLine(socket, AnswerTo(verb, "250 8BITMIME"));
    } else if (verb == "QUIT") {
      SendLine(socket, "221 bye");
      return;
    } else if (verb == "DATA") {
      const std::string answer = AnswerTo(verb, "354 go on");
      SendLine(socket, answer);
      if (answer[0] != '3') continue;
      std::string text;
      for (;;) {
        auto text_line = reader.Next();
        if (!text_line) return;
        if (*text_line == ".") break;
        if (text_line->starts_with('.')) text_line->erase(0, 1);  // RFC 5321 4.5.2
        absl::StrAppend(&text, *text_line, "\n");
      }
      {
        absl::MutexLock lock(&mutex_);
        lines_.push_back("(text)");
      }
      if (!AwaitRelease(".", recipient)) return;
      const std::string taken = AnswerTo(".", "250 taken");
      if (taken[0] == '2') {
        absl::MutexLock lock(&mutex_);
        taken_.push_back(recipient);
        taken_texts_.push_back(std::move(text));
      }
      SendLine(socket, taken);
    } else {
      if (verb == "RCPT") {
        const std::size_t begin = line->find('<') + 1;
        recipient = line->substr(begin, line->find('>') - begin);
      }
      SendLine(socket, AnswerTo(verb, "250 OK"));
    }
  }
}

}  // namespace pepline::notifications
