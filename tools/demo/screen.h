// Where the demo prints: lines, and on a terminal colours and a progress bar below them.
// Promises: without a terminal (a pipe, a file, TERM=dumb) not a single escape code and no bar;
// NO_COLOR is respected. Widths count characters, not bytes. Threads: one at a time.
#ifndef PEPLINE_TOOLS_DEMO_SCREEN_H_
#define PEPLINE_TOOLS_DEMO_SCREEN_H_

#include <string>

namespace pepline::demo {

enum class Colour { kPlain, kDim, kBold, kGreen, kYellow, kRed, kCyan };

// How wide it is on the screen, in characters (UTF-8).
int Width(const std::string& text);
// Cut or filled up with blanks to this width.
std::string Fit(const std::string& text, int width);

class Screen {
 public:
  Screen();

  void Line(const std::string& text = "");
  std::string Paint(Colour colour, const std::string& text) const;
  // Draws the bar anew; nothing without a terminal. `done` is from 0 to 1.
  void Bar(double done, const std::string& text);
  void EndBar();

 private:
  void ClearBar();

  bool terminal_ = false;
  bool colours_ = false;
  bool unicode_ = false;
  bool bar_shown_ = false;
};

}  // namespace pepline::demo

#endif  // PEPLINE_TOOLS_DEMO_SCREEN_H_
