// Under which id the memory of a command lies, and whose a memory is. It lies under the id that the
// caller gave; where that is taken, in this partition, by somebody else's command or by one about
// another record, it lies under an id made for this caller, this record and this request id. To
// tell the two cases apart an answer is remembered with a mark of whose it is behind it. Programs
// of before the mark know the first place alone, and read over the mark as over a field that they
// do not know. Threads: one command's; a value.
#ifndef PEPLINE_SHARED_ENGINE_COMMAND_MEMORY_H_
#define PEPLINE_SHARED_ENGINE_COMMAND_MEMORY_H_

#include <string>

#include "shared/engine/command.h"
#include "shared/store/store.h"

namespace pepline {

class CommandMemory {
 public:
  // Both must outlive it.
  CommandMemory(const Origin& origin, const Target& target);
  const std::string& command_id() const { return command_id_; }  // where to look now
  enum class Whose {
    kThisCommand,   // answer it again
    kOtherPayload,  // the id was used by the same caller for the same record
    kLookFurther,   // it is another's; command_id() has changed
  };
  Whose Recognise(const SeenCommand& seen);
  std::string ToRemember(const std::string& answer) const;
  static std::string AnswerIn(const SeenCommand& seen);

 private:
  const Origin& origin_;
  std::string owner_;  // of 32 bytes
  std::string command_id_;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_ENGINE_COMMAND_MEMORY_H_
