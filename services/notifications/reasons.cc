#include "services/notifications/reasons.h"

namespace pepline::notifications {

RefusalCode CodeOf(AlertReason reason) {
  using grpc::StatusCode;
  switch (reason) {
    case AlertReason::kNoSuchAlert:
      return {StatusCode::NOT_FOUND, "NO_SUCH_ALERT"};
    case AlertReason::kAlreadyResolved:
      return {StatusCode::FAILED_PRECONDITION, "ALREADY_RESOLVED"};
    case AlertReason::kLevelNotReached:
      return {StatusCode::FAILED_PRECONDITION, "LEVEL_NOT_REACHED"};
    case AlertReason::kNoSuchDelivery:
      return {StatusCode::FAILED_PRECONDITION, "NO_SUCH_DELIVERY"};
  }
  return {StatusCode::INTERNAL, "UNKNOWN"};
}

}  // namespace pepline::notifications
