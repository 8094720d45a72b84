// `pepctl epep show`.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "pepline/assessments/v1/assessments_service.pb.h"
#include "pepline/scheduling/v1/scheduling_service.pb.h"
#include "tools/client/text_forms.h"
#include "tools/pepctl/commands/rpc_command.h"
#include "tools/pepctl/commands/special_commands.h"

namespace pepline::pepctl {
namespace {

using assessments::v1::GetOutcomesRequest;
using assessments::v1::GetOutcomesResponse;
namespace v1 = scheduling::v1;

std::string Spoken(const google::protobuf::Timestamp& at) {
  return client::SpokenInstant(client::TimeOf(at));
}

// "needs-and-support  designated-teacher, mandatory, complete since Wed 1 Oct 2025 16:00", and the
// text beneath it.
std::string SectionText(const v1::EpepSection& section) {
  std::vector<std::string> facts;
  if (!section.owner().empty()) facts.push_back(section.owner());
  if (!section.on_form()) facts.push_back("not on the form any more");
  if (section.mandatory()) facts.push_back("mandatory");
  if (section.has_completed_at()) {
    facts.push_back(absl::StrCat("complete since ", Spoken(section.completed_at())));
  } else if (section.has_written_at()) {
    facts.push_back(absl::StrCat("written ", Spoken(section.written_at())));
  }
  if (section.revision() > 0) facts.push_back(absl::StrCat("revision ", section.revision()));
  std::string text = absl::StrCat(section.code(), "  ", absl::StrJoin(facts, ", "), "\n");
  if (section.text().empty()) return text + "  -\n";
  for (const auto& line : absl::StrSplit(section.text(), '\n')) {
    absl::StrAppend(&text, "  ", client::OneLine(std::string_view(line.data(), line.size())), "\n");
  }
  return text;
}

}  // namespace

std::string EpepText(const v1::GetEpepResponse& epep) {
  std::string text = absl::StrCat("ePEP of ", epep.pep_id(), ", form ", epep.phase());
  if (epep.version() > 0) {
    absl::StrAppend(&text, "\nversion ", epep.version(), " of ", epep.versions(), ", finalised ",
                    Spoken(epep.finalised_at()), "\nSHA-256 ", epep.content_sha256());
  } else if (epep.versions() > 0) {
    absl::StrAppend(&text, ", as it stands; ", epep.versions(),
                    epep.versions() == 1 ? " version was" : " versions were", " finalised");
  }
  absl::StrAppend(&text, "\n", epep.mandatory_complete(), " of ", epep.mandatory(),
                  " mandatory sections complete (", epep.per_cent_complete(), " %)");
  if (!epep.missing().empty()) {
    absl::StrAppend(&text, "; missing: ", absl::StrJoin(epep.missing(), ", "));
  }
  text += "\n";
  for (const v1::EpepSection& section : epep.sections()) {
    absl::StrAppend(&text, "\n", SectionText(section));
  }
  return text;
}

int ShowEpep(const EpepArguments& arguments, Invocation& invocation) {
  v1::GetEpepRequest request;
  request.set_child_id(arguments.child);
  request.set_pep_id(arguments.pep);
  request.set_version(arguments.version);
  if (invocation.globals.dry_run) {
    invocation.out << Json(request, false);
    invocation.err << "Nothing was sent (--dry-run).\n";
    return kDone;
  }
  auto actor = ActorOf(invocation.globals, &request);
  if (!actor.ok()) return Fail(invocation, actor.status());
  auto caller = MakeCaller(invocation.globals, *std::move(actor));
  if (!caller.ok()) return Fail(invocation, caller.status());
  v1::GetEpepResponse epep;
  if (const grpc::Status status = (*caller)->Call(request, epep); !status.ok()) {
    return Fail(invocation, status,
                {{"child_id", "CHILD"}, {"pep_id", "--pep"}, {"version", "--version"}});
  }
  if (invocation.globals.json()) {
    invocation.out << Json(epep, true);
    return kDone;
  }
  invocation.out << EpepText(epep);
  GetOutcomesRequest of_pep;
  of_pep.set_child_id(epep.child_id());
  of_pep.set_pep_id(epep.pep_id());
  GetOutcomesResponse outcomes;
  if (const grpc::Status status = (*caller)->Call(of_pep, outcomes); !status.ok()) {
    invocation.err << "The outcomes are not shown: " << status.error_message() << "\n";
    return kDone;
  }
  invocation.out << "\nOutcomes as they stand\n" << OutcomesText(outcomes);
  return kDone;
}

}  // namespace pepline::pepctl
