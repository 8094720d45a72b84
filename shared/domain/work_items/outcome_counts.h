// The outcomes of one PEP, counted. Threads: values only.
#ifndef PEPLINE_SHARED_DOMAIN_WORK_ITEMS_OUTCOME_COUNTS_H_
#define PEPLINE_SHARED_DOMAIN_WORK_ITEMS_OUTCOME_COUNTS_H_

namespace pepline {

struct OutcomeCounts {
  int smart = 0;    // of those that are not dropped
  int waiting = 0;  // neither reviewed nor dropped
  friend bool operator==(const OutcomeCounts&, const OutcomeCounts&) = default;
};

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_WORK_ITEMS_OUTCOME_COUNTS_H_
