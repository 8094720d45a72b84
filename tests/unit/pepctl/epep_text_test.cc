// How `pepctl epep show` tells an ePEP.
#include <gtest/gtest.h>

#include "google/protobuf/util/time_util.h"
#include "pepline/scheduling/v1/scheduling_service.pb.h"
#include "tools/pepctl/commands/special_commands.h"

namespace pepline::pepctl {
namespace {

namespace v1 = scheduling::v1;
using google::protobuf::util::TimeUtil;

v1::GetEpepResponse Epep() {
  v1::GetEpepResponse epep;
  epep.set_pep_id("chd-x.2");
  epep.set_phase("primary");
  epep.set_mandatory(3);
  epep.set_mandatory_complete(1);
  epep.set_per_cent_complete(33);
  epep.add_missing("care-arrangements");
  epep.add_missing("use-of-pupil-premium");
  auto& needs = *epep.add_sections();
  needs.set_code("needs-and-support");
  needs.set_owner("designated-teacher");
  needs.set_mandatory(true);
  needs.set_on_form(true);
  needs.set_revision(2);
  needs.set_text("reads slowly\n\x1b[2Jhas a tutor");
  TimeUtil::FromString("2025-10-01T15:00:00Z", needs.mutable_completed_at());
  auto& pupil = *epep.add_sections();
  pupil.set_code("pupil-contribution");
  pupil.set_owner("pupil");
  pupil.set_on_form(true);
  auto& hobbies = *epep.add_sections();
  hobbies.set_code("hobbies");
  hobbies.set_text("chess");
  hobbies.set_revision(1);
  TimeUtil::FromString("2025-09-10T09:00:00Z", hobbies.mutable_written_at());
  return epep;
}

constexpr char kSections[] =
    "\n"
    "needs-and-support  designated-teacher, mandatory, complete since Wed 1 Oct 2025 16:00, "
    "revision 2\n"
    "  reads slowly\n"
    "   [2Jhas a tutor\n"
    "\n"
    "pupil-contribution  pupil\n"
    "  -\n"
    "\n"
    "hobbies  not on the form any more, written Wed 10 Sep 2025 10:00, revision 1\n"
    "  chess\n";

TEST(EpepText, IsEverySectionWithWhatIsMissing) {
  EXPECT_EQ(EpepText(Epep()),
            std::string("ePEP of chd-x.2, form primary\n"
                        "1 of 3 mandatory sections complete (33 %); missing: care-arrangements, "
                        "use-of-pupil-premium\n") +
                kSections);
}

TEST(EpepText, SaysWhichVersionItIs) {
  v1::GetEpepResponse epep = Epep();
  epep.clear_missing();
  epep.set_versions(2);
  EXPECT_EQ(EpepText(epep).substr(0, 63),
            "ePEP of chd-x.2, form primary, as it stands; 2 versions were fi");
  epep.set_version(1);
  epep.set_content_sha256("abc");
  TimeUtil::FromString("2025-10-02T15:00:00Z", epep.mutable_finalised_at());
  EXPECT_EQ(EpepText(epep), std::string("ePEP of chd-x.2, form primary\n"
                                        "version 1 of 2, finalised Thu 2 Oct 2025 16:00\n"
                                        "SHA-256 abc\n"
                                        "1 of 3 mandatory sections complete (33 %)\n") +
                                kSections);
}

}  // namespace
}  // namespace pepline::pepctl
