#include "shared/domain/all_services.h"

#include "shared/domain/services.inc"

namespace pepline {

const std::vector<std::string>& AllServices() {
  static const auto& services =
      *new std::vector<std::string>(std::begin(kServices), std::end(kServices));
  return services;
}

}  // namespace pepline
