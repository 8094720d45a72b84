#include "services/notifications/delivery/mail_copies.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"

namespace pepline::notifications {

absl::Status MailCopies::Keep(const Mail& mail) const {
  std::error_code error;
  if (std::filesystem::create_directories(folder_, error)) {
    std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, error);
  }
  std::string name = mail.delivery_id;
  std::ranges::replace(name, '/', '_');
  const std::string path = absl::StrCat(folder_, "/", name, ".eml");
  // Two processes may write the same delivery at once.
  const std::string beside = absl::StrCat(path, ".", getpid(), ".new");
  const std::string message = ToMessage(mail);
  const int file = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  bool written = file >= 0;
  std::size_t done = 0;
  while (written && done < message.size()) {
    const ssize_t part = write(file, message.data() + done, message.size() - done);
    written = part > 0;
    if (written) done += static_cast<std::size_t>(part);
  }
  if (file >= 0) written = close(file) == 0 && written;
  if (written && std::rename(beside.c_str(), path.c_str()) == 0) return absl::OkStatus();
  const std::string why = strerror(errno);
  unlink(beside.c_str());
  return absl::InternalError(absl::StrCat("the mail folder cannot be written: ", why));
}

}  // namespace pepline::notifications
