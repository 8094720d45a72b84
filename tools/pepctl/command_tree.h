// The tree of pepctl's commands and what each of them runs.
// Promises: complete once made; help and completion are read from the same tree. Threads: one at a
// time; the tree holds the values that it has parsed.
#ifndef PEPLINE_TOOLS_PEPCTL_COMMAND_TREE_H_
#define PEPLINE_TOOLS_PEPCTL_COMMAND_TREE_H_

#include <CLI/CLI.hpp>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tools/pepctl/commands/check_command.h"
#include "tools/pepctl/commands/rpc_command.h"
#include "tools/pepctl/commands/special_commands.h"

namespace pepline::pepctl {

class CommandTree {
 public:
  CommandTree();
  CommandTree(const CommandTree&) = delete;
  CommandTree& operator=(const CommandTree&) = delete;

  CLI::App& app() { return app_; }
  const CLI::App& app() const { return app_; }
  Globals& globals() { return globals_; }
  // The innermost command that was named.
  CLI::App* Named();
  // Runs it; there must be one without commands of its own.
  int Run(Invocation& invocation);
  // The words that an option takes; empty where it takes anything.
  std::vector<std::string> WordsOf(const CLI::Option* option) const;

 private:
  using Runner = std::function<int(Invocation&)>;
  struct Row {
    RpcCommand command;
    std::map<std::string, std::vector<std::string>> texts;  // by argument name
    std::map<std::string, bool> flags;
    int limit = 0;
  };

  void AddGlobals();
  CLI::App* Group(const std::string& name);
  void Add(RpcCommand command);
  void AddArgument(const Argument& argument, Row& row, CLI::App& command);
  void AddImport();
  void AddShowEpep();
  void AddWork();
  void AddWatch();
  void AddStatus();
  void AddClock();
  void AddRedelivery();
  void AddDeadLetters();
  void AddOperations();
  void AddParked();
  void AddOperation(CLI::App* sub, OperationArguments& arguments);
  void AddTokenAndCompletion();

  CLI::App app_;
  Globals globals_;
  std::deque<Row> rows_;  // addresses stay
  std::map<const CLI::App*, Runner> runners_;
  std::map<const CLI::Option*, std::vector<std::string>> words_;
  std::deque<ImportArguments> imports_;
  EpepArguments epep_;
  WorkArguments work_;
  WatchArguments watch_;
  StatusArguments status_;
  RedeliverArguments redelivery_;
  std::deque<DeadLetterArguments> dead_letters_;
  std::deque<OperationArguments> operations_;
  std::string clock_to_;
  std::string clock_by_;
  std::string keys_folder_;
  std::string valid_for_ = "1h";
};

}  // namespace pepline::pepctl

#endif  // PEPLINE_TOOLS_PEPCTL_COMMAND_TREE_H_
