# The only commands anyone needs. `make` prints them.
PRESET ?= release
BUILD := build/$(PRESET)
BROKER ?= dev
STACK ?= .run
JOBS ?= $(shell nproc)
# Nine tenths of a component test are waiting, most of it for its broker to gather a group. Where
# there is room, the tests' servers keep their files in memory: a disk on which a dozen of them wait
# for fsync keeps one waiting for longer than the two seconds after which Redis counts as away.
TEST_JOBS ?= $(shell expr 6 \* $(JOBS))
TEST_FOLDER := $(shell [ "$$(df --output=avail -k /dev/shm 2>/dev/null | tail -1)" -gt 4000000 ] 2>/dev/null \
  && echo /dev/shm || echo "$${TMPDIR:-/tmp}")
# What one clone has compiled serves the next one as well.
export CCACHE_SLOPPINESS := pch_defines,time_macros,include_file_mtime,include_file_ctime
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := true
.DEFAULT_GOAL := help

help: ## print the commands
	@echo 'Pepline: the PEP life-cycle of looked-after children as a suite of services.'
	@echo
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14 | sed 's/^/  make /'
	@echo
	@echo '  PRESET=release|debug|asan|tsan chooses the build, BROKER=dev|kafka the broker of `make up`,'
	@echo '  SET="PEPLINE_NAME=VALUE ..." settings of its services.'

setup: ## install the Debian packages that are missing
	@tools/install-packages tools/packages.txt

setup-check: setup ## the same for `make check` and the tests on a real Kafka
	@tools/install-packages tools/packages-check.txt

configure: setup
	@mkdir -p build
	@cmake --preset $(PRESET) >$(BUILD).configure.log || { cat $(BUILD).configure.log; exit 1; }

build: configure ## build everything
	@cmake --build $(BUILD) --parallel $(JOBS)

programs: configure ## build what runs, without the tests
	@cmake --build $(BUILD) --parallel $(JOBS) --target programs

demo: programs ## play the autumn term of 2025 in half a minute
	@$(BUILD)/bin/pepline-demo

up: programs ## start the stack on the real clock (BROKER=kafka for a real Apache Kafka)
	@[ "$(BROKER)" != kafka ] || $(MAKE) --no-print-directory setup-check kafka
	@$(BUILD)/bin/pepline-stack up --detach --folder $(STACK) --broker $(BROKER) $(addprefix --set ,$(SET))

down: ## stop what `make up` started
	@$(BUILD)/bin/pepline-stack down --folder $(STACK)

status: ## every part of what `make up` started: is it up and ready, and where?
	@$(BUILD)/bin/pepline-stack status --folder $(STACK)

test: build ## unit, contract, component and system tests
	@if command -v java >/dev/null && command -v mvn >/dev/null; then $(MAKE) --no-print-directory kafka; \
	else echo '*** No java or mvn here: the system tests will NOT run on a real Kafka. `make setup-check` installs them. ***'; fi
	@TMPDIR=$(TEST_FOLDER) ctest --test-dir $(BUILD) --output-on-failure --parallel $(TEST_JOBS) --timeout 600 || \
	{ tests/support/say-failures $(BUILD)/Testing/Temporary/LastTest.log; exit 1; }

# The seed is printed; the same one gives the same faults.
FAULTS ?= 1000
SEED ?= $(shell date +%s)
torment: setup-check build kafka ## random faults of every kind on a running stack (FAULTS=1000 SEED=...; about 50 minutes for a thousand)
	@PEPLINE_FAULTS=$(FAULTS) PEPLINE_SEED=$(SEED) $(BUILD)/bin/system_faults_test

CHILDREN ?= 500
DAYS ?= 1095
years: setup-check build kafka ## three school years of 500 children on a running stack, looked at every evening (CHILDREN=500 DAYS=1095 SEED=...; hours)
	@PEPLINE_CHILDREN=$(CHILDREN) PEPLINE_DAYS=$(DAYS) PEPLINE_SEED=$(SEED) $(BUILD)/bin/system_years_test

upgrade-from: setup-check build kafka ## roll the programs of an earlier commit over to these while schools work (BASE=<commit>)
	@tests/system/upgrade/from-before $(BASE) $(BUILD)

CHECKS ?= 1000000
reach: configure ## who may see and change what, asked at random and held against a model of the documents (CHECKS=1000000 SEED=...; some minutes for a million)
	@cmake --build $(BUILD) --parallel $(JOBS) --target component_reach_test
	@PEPLINE_CHECKS=$(CHECKS) PEPLINE_SEED=$(SEED) $(BUILD)/bin/component_reach_test

kafka: ## fetch Apache Kafka (pinned, checksums) into .cache/kafka
	@tools/kafka/fetch .cache/kafka

setup-images: setup
	@tools/install-packages tools/packages-images.txt

images: setup-images ## build the images of all services and pepctl (root; the first time as long as compiling)
	@tools/images/build

images-test: images build kafka ## run every image on real Redis and Kafka; sizes and lists of packages to build/images
	@tools/images/build checks
	@tools/images/test $(BUILD)

helm-tools: setup-check ## fetch helm and the schemas of Kubernetes (pinned, checksums) into .cache
	@tools/helm/fetch .cache

clients: setup-check ## fetch what the examples of docs/integrators.md need (pinned, checksums) into .cache/clients
	@tools/clients/fetch .cache/clients

check: setup-check build helm-tools kafka clients ## format, contracts, rules of the code base, static analysis of the rules
	@tests/checks/run $(BUILD)

cluster-test: setup-images build kafka helm-tools ## the chart on a Kubernetes of one node (root, after `make images`; half an hour the first time)
	@tools/cluster/fetch .cache/cluster
	@tools/cluster/images .cache/cluster .cache/kafka
	@tools/cluster/test .cache/cluster build/cluster $(BUILD)/bin/pepctl

# The runtime and the store; what is linked with gRPC itself says little under a sanitizer that Debian's gRPC lacks.
SANITIZED := unit_shared_test unit_paging_test contract_store_test contract_execute_test component_store_test
sanitize: setup ## the runtime's and the store's tests under the sanitizers of threads and of memory
	@for preset in tsan asan; do \
	  $(MAKE) --no-print-directory configure PRESET=$$preset && \
	  cmake --build build/$$preset --parallel $(JOBS) --target $(SANITIZED) && \
	  for test in $(SANITIZED); do build/$$preset/bin/$$test --gtest_brief=1 || exit 1; done || exit 1; \
	done

# GROUP="imports secrets" builds and runs these alone, TARGET=name runs one, INPUT=file gives it that
# file alone; tests/fuzz/README.md says more.
SECONDS ?= 60
AT_ONCE ?= $(JOBS)
fuzz: setup-check ## give every place that takes bytes from outside random ones (SECONDS=60 each, AT_ONCE=targets side by side, TARGET=name for one, SEED=... for the same again)
	@$(MAKE) --no-print-directory configure PRESET=fuzz
	@cmake --build build/fuzz --parallel $(JOBS) --target $(if $(GROUP),$(addprefix fuzz_,$(GROUP)),fuzz_programs)
	@tests/fuzz/run --build build/fuzz --seconds $(SECONDS) --jobs $(AT_ONCE) \
	  --seed $(if $(filter command line,$(origin SEED)),$(SEED),0) $(addprefix --group ,$(GROUP)) $(if $(TARGET),--target $(TARGET)) $(if $(INPUT),--input $(INPUT))

bench: build ## measure against the floor and print the ratios
	@tests/bench/run $(BUILD)

bench-build: setup ## measure a clean build and an edit (minutes)
	@tests/bench/build-times

catalogue: setup-check ## write all events to build/catalogue (page, JSON, AsyncAPI), and the tables of docs/integrators.md
	@tools/catalogue/make-catalogue build/catalogue
	@tools/catalogue/make-tables docs/integrators.md

who-is-told: setup-check configure ## write docs/operations/who-is-told.md: each alert's way to its people, by the shipped profile
	@cmake --build $(BUILD) --parallel $(JOBS) --target pepline-count-deadlines
	@tools/catalogue/make-who-is-told $(BUILD)

dashboards: ## write the dashboards and the page of metrics from tools/observability
	@tools/observability/make-dashboards .

picture: setup-check build ## ask every panel of the dashboards during the demo; pictures in build/picture
	@tools/install-packages tools/packages-picture.txt
	@/usr/bin/python3 tools/observability/take-picture $(BUILD) build/picture

format: ## format the C++ sources
	@git ls-files '*.h' '*.cc' | xargs clang-format -i

clean: ## remove what was built
	@rm -rf build

.PHONY: help setup setup-check setup-images images images-test cluster-test configure build programs demo up status down test torment years upgrade-from reach kafka helm-tools clients check sanitize fuzz bench bench-build catalogue who-is-told dashboards picture format clean
