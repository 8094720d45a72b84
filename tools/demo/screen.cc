#include "tools/demo/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace pepline::demo {
namespace {

constexpr int kBarWidth = 30;
constexpr int kUsualColumns = 80;

std::string_view Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool SpeaksUnicode() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const auto value = Environment(name);
    if (value.empty()) continue;
    const std::string locale = absl::AsciiStrToLower(absl::string_view(value.data(), value.size()));
    return absl::StrContains(locale, "utf-8") || absl::StrContains(locale, "utf8");
  }
  return false;
}

int Columns() {
  winsize size = {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsualColumns;
  return size.ws_col;
}

bool BeginsCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

const char* CodeOf(Colour colour) {
  switch (colour) {
    case Colour::kPlain:
      return "";
    case Colour::kDim:
      return "\033[2m";
    case Colour::kBold:
      return "\033[1m";
    case Colour::kGreen:
      return "\033[32m";
    case Colour::kYellow:
      return "\033[33m";
    case Colour::kRed:
      return "\033[31m";
    case Colour::kCyan:
      return "\033[36m";
  }
  return "";
}

std::string Repeated(const char* text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

int Width(const std::string& text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), BeginsCharacter));
}

std::string Fit(const std::string& text, int width) {
  std::string fitted;
  int used = 0;
  for (const char byte : text) {
    if (BeginsCharacter(byte) && ++used > width) break;
    fitted.push_back(byte);
  }
  fitted.append(static_cast<std::size_t>(std::max(0, width - Width(fitted))), ' ');
  return fitted;
}

Screen::Screen() {
  terminal_ = isatty(STDOUT_FILENO) == 1 && Environment("TERM") != "dumb";
  colours_ = terminal_ && Environment("NO_COLOR").empty();
  unicode_ = SpeaksUnicode();
}

std::string Screen::Paint(Colour colour, const std::string& text) const {
  if (!colours_ || colour == Colour::kPlain) return text;
  return absl::StrCat(CodeOf(colour), text, "\033[0m");
}

void Screen::ClearBar() {
  if (bar_shown_) std::fputs("\r\033[K", stdout);
  bar_shown_ = false;
}

void Screen::Line(const std::string& text) {
  ClearBar();
  std::fputs(text.c_str(), stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

void Screen::Bar(double done, const std::string& text) {
  if (!terminal_) return;
  const int full = static_cast<int>(std::clamp(done, 0.0, 1.0) * kBarWidth + 0.5);
  const std::string front = Repeated(unicode_ ? "\u2501" : "=", full);
  const std::string back = Repeated(unicode_ ? "\u2500" : "-", kBarWidth - full);
  const int room = Columns() - kBarWidth - 3;
  std::string label = room > 0 ? Fit(text, room) : "";
  while (!label.empty() && label.back() == ' ') label.pop_back();
  ClearBar();
  std::fputs(
      absl::StrCat(Paint(Colour::kCyan, front), Paint(Colour::kDim, back), "  ", label).c_str(),
      stdout);
  std::fflush(stdout);
  bar_shown_ = true;
}

void Screen::EndBar() {
  ClearBar();
  std::fflush(stdout);
}

}  // namespace pepline::demo
