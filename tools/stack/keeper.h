// Keeps up what a stack started: a part that ended is started again, after a pause that grows while
// it dies quickly, and is given up when it has died quickly too often.
// Promises: every death and every giving up is one loud line with the part's name, its exit code
// and the last lines of its log; <folder>/keeping.json tells who is down since when; stack.json has
// the new process ids. Does not notice a part that runs and does nothing: /readyz tells of that.
// Errors: what cannot be started or written is said, and tried again. Threads: the stack's thread.
#ifndef PEPLINE_TOOLS_STACK_KEEPER_H_
#define PEPLINE_TOOLS_STACK_KEEPER_H_

#include <functional>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "tools/stack/stack.h"

namespace pepline {

struct KeeperPace {
  absl::Duration first_pause = absl::Milliseconds(500);  // doubled with every quick death
  absl::Duration longest_pause = absl::Seconds(30);
  absl::Duration quick = absl::Seconds(15);  // it ran for less than this
  int most_quick_deaths = 6;                 // then it is given up
};

// What keeping.json says of a part that is not as it was started.
struct Keeping {
  absl::Time down_since = absl::InfiniteFuture();  // in the past: it is down
  int exit_code = 0;
  int deaths = 0;  // since the stack was started
  bool given_up = false;
};

class Keeper {
 public:
  // The stack must outlive it; `say` gets whole lines.
  Keeper(Stack& stack, KeeperPace pace, std::function<void(const std::string& line)> say);
  // Looks after every part once, at the present instant of the machine's clock. Blocks for as long
  // as a part takes to be started.
  void Look();
  bool AnyGivenUp() const;

 private:
  struct Watched {
    Keeping keeping;
    pid_t pid = 0;
    absl::Time started;
    absl::Time start_at;
    int quick_deaths = 0;
  };
  void Mourn(const Stack::Part& part, Watched& watched, absl::Time now);
  void StartAgain(const Stack::Part& part, Watched& watched, absl::Time now);
  absl::Duration Pause(int quick_deaths) const;
  void Write();

  Stack& stack_;
  const KeeperPace pace_;
  const std::function<void(const std::string& line)> say_;
  std::map<std::string, Watched> watched_;
  bool unwritten_ = true;
};

// What keeping.json of the stack's folder says, by the part's name; empty where there is none.
std::map<std::string, Keeping> ReadKeeping(const std::string& folder);

}  // namespace pepline

#endif  // PEPLINE_TOOLS_STACK_KEEPER_H_
