// The topics that notifications reads. Threads: values only.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_TOPICS_READ_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_TOPICS_READ_H_

#include <string>
#include <string_view>
#include <vector>

namespace pepline::notifications {

inline constexpr std::string_view kRegistryTopic = "pepline.registry.events.v1";
inline constexpr std::string_view kSchedulingTopic = "pepline.scheduling.events.v1";
inline constexpr std::string_view kFundingTopic = "pepline.funding.events.v1";

inline std::vector<std::string> TopicsRead() {
  return {std::string(kRegistryTopic), std::string(kSchedulingTopic), std::string(kFundingTopic)};
}

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_TOPICS_READ_H_
