// The services of the suite by name, from `services/list`, which CMake, scripts and checks read
// too. Promises: in the order in which a stack starts them; the name is that of the folder, of the
// program without "pepline-", and of the package of the contract.
#ifndef PEPLINE_SHARED_DOMAIN_ALL_SERVICES_H_
#define PEPLINE_SHARED_DOMAIN_ALL_SERVICES_H_

#include <string>
#include <vector>

namespace pepline {

const std::vector<std::string>& AllServices();

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_ALL_SERVICES_H_
