#include "tools/stack/servers/smtp_sink.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tools/stack/environment.h"

namespace pepline {

SmtpSink::SmtpSink(std::string folder, int port, bool outlive_parent)
    : folder_(std::move(folder)),
      mail_folder_(absl::StrCat(folder_, "/mail")),
      port_(port),
      outlive_parent_(outlive_parent) {}

absl::StatusOr<std::unique_ptr<SmtpSink>> SmtpSink::Start(const std::string& folder,
                                                          bool outlive_parent) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return absl::InternalError(absl::StrCat("cannot make the folder ", folder));
  absl::Status status;
  // Somebody may take a port between the kernel's answer and its use.
  for (int attempt = 0; attempt < 5; ++attempt) {
    auto sink = std::unique_ptr<SmtpSink>(new SmtpSink(folder, FreePort(), outlive_parent));
    status = sink->Restart();
    if (status.ok()) return sink;
  }
  return status;
}

std::string SmtpSink::url() const { return absl::StrCat("smtp://127.0.0.1:", port_); }

absl::Status SmtpSink::Restart() {
  // Debian's own Python, which has Debian's aiosmtpd; another one in PATH may lack it.
  auto process =
      ChildProcess::Start({.command = {"/usr/bin/python3", "-B", "-m", "aiosmtpd", "-n", "-c",
                                       "refusing_mailbox.RefusingMailbox", mail_folder_, "-l",
                                       absl::StrCat("127.0.0.1:", port_)},
                           .environment = {{"PYTHONPATH", SourceFolder() + "/tools/stack/servers"}},
                           .output_file = absl::StrCat(folder_, "/smtp.log"),
                           .folder = {},
                           .outlive_parent = outlive_parent_});
  if (!process.ok()) return process.status();
  process_ = *std::move(process);
  WaitUntil([this] { return !process_->Running() || Accepts(port_); }, absl::Seconds(20));
  if (process_->Running() && Accepts(port_)) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("the mail sink does not answer; see ", folder_, "/smtp.log"));
}

absl::Status SmtpSink::Refuse(const std::string& address, int code) {
  const std::string file = absl::StrCat(folder_, "/refuse");
  return WriteFile(file, absl::StrCat(ReadFile(file).value_or(""), address, " ", code, "\n"));
}

void SmtpSink::AcceptAll() {
  std::error_code none;  // a file that is not there refuses nobody either
  std::filesystem::remove(absl::StrCat(folder_, "/refuse"), none);
}

std::vector<std::string> SmtpSink::Mails() const {
  std::vector<std::pair<std::filesystem::file_time_type, std::string>> found;
  std::error_code error;
  for (const auto& entry :
       std::filesystem::directory_iterator(absl::StrCat(mail_folder_, "/new"), error)) {
    found.emplace_back(entry.last_write_time(error), entry.path().string());
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> mails;
  for (const auto& [time, path] : found) {
    if (auto text = ReadFile(path); text.ok()) mails.push_back(*std::move(text));
  }
  return mails;
}

}  // namespace pepline
