# The front door: one target for each thing a person does. `make` alone lists them.
# NN is the number of a folder in stages/; nothing here knows how many there are, or what they are called.

MAKEFLAGS += --no-builtin-rules --no-print-directory
.SILENT:
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# A value that somebody has typed, as one word for the shell, whatever is in it.
quoted = '$(subst ','\'',$(1))'
# The stage that the target names, e.g. 03 for check-03.
NN = $(call quoted,$*)
side = $(if $(MINE),stage,solution)

# Most commands are Python programs: where there is none, it is installed first, with the rest. They use
# the standard library alone (-S), so no command waits for what a machine has beside it.
workbook := command -v python3 >/dev/null || tools/setup.sh && python3 -S tools/workbook
demo = $(workbook) demo --side $(side) $(if $(LOG),--log) $(if $(SLEEP),--sleep=$(call quoted,$(SLEEP))) \
  $(if $(BYTE_EVERY),--byte-every=$(call quoted,$(BYTE_EVERY)))

.PHONY: help setup answer notes progress demo compare stress bench experiment wrong-answers right-answers \
  handout gallery grade flake test verify format lint diagrams clean

.DEFAULT:
	$(error There is no target '$@'; 'make' lists what there is)

help:
	awk -f tools/help.awk Makefile
	echo "Stages: $(notdir $(wildcard stages/[0-9][0-9]_*))"

##@ Student
setup: ## install what is missing, or say what to type
	tools/setup.sh --verbose

stage-%: ## build your stage NN, then: ctest -R stageNN
	$(workbook) stage $(NN) $(if $(MINE),mine)

check-%: ## build it, run its tests, tell the story [TODO=1.2]
	$(workbook) check $(NN) $(if $(MINE),--side mine) $(if $(TODO),--todo $(call quoted,$(TODO)))

stories-%: ## the stories of all failures of the last check
	$(workbook) stories $(NN)

watch-%: ## check at each save, with keys for all the rest
	$(workbook) watch $(NN)

hint-%: ## the next hint [TODO=1.2]
	$(workbook) hint $(NN) $(if $(TODO),$(call quoted,$(TODO)))

answer: ## the answer to an exercise [E=3.4, or Q=3.4]
	$(workbook) answer $(if $(E),$(call quoted,E$(E))) $(if $(Q),$(call quoted,Q$(Q)))

notes: ## make notes.md for your predictions
	$(workbook) notes

progress: ## what is green, red, and not started yet
	$(workbook) progress

diff-%: ## your stage against the solution [TODO=3.2]
	$(workbook) diff $(NN) $(if $(TODO),$(call quoted,$(TODO)))

reset-%: ## bring the skeleton back; your files go to backups/
	$(workbook) reset $(NN)

tsan-%: ## build and run your stage with ThreadSanitizer
	tools/sanitizer.sh thread python3 tools/workbook check $(NN) --preset tsan

clang-%: ## a second opinion: your stage NN, built by Clang
	$(workbook) check $(NN) --preset clang

explore-%: ## try every schedule, more than the suite [ONLY=..]
	$(workbook) explore $(NN) $(if $(SOLUTION),--side solution) $(if $(ONLY),--only=$(call quoted,$(ONLY))) \
	  $(if $(PREEMPTIONS),--preemptions=$(call quoted,$(PREEMPTIONS))) $(if $(SECONDS),--seconds=$(call quoted,$(SECONDS))) \
	  $(if $(REPLAY),--replay=$(call quoted,$(REPLAY)))

race-%: ## the lesson about data races (stage 02)
	$(workbook) race $(NN)

hold-%: ## what silent clients cost [CLIENTS=5000] [MINE=1]
	$(workbook) hold $(if $(CLIENTS),--clients=$(call quoted,$(CLIENTS))) --side $(side) $(NN)

stress: ## 10 000 clients at once [CLIENTS=N MINE=1]
	$(workbook) stress --side $(side) $(if $(CLIENTS),--clients=$(call quoted,$(CLIENTS)))

bench: ## what threads, channels and servers cost [MINE=1]
	$(workbook) bench --side $(side) $(if $(REPETITIONS),--repetitions=$(call quoted,$(REPETITIONS)))

bench-%: ## what a job costs, beside other pools (stages 03, 05)
	$(workbook) bench --stage $(NN) --repetitions $(call quoted,$(or $(REPETITIONS),15))

##@ Teacher
demo: ## the servers meet their clients, with a timeline
	tools/setup.sh
	$(demo) --log

demo-%: ## the demo of one stage [MINE=1: your own; LOG=1]
	tools/setup.sh
	$(demo) --beside $(NN)

demo-%-overload: ## more clients than there is room for (stage 03)
	tools/setup.sh
	$(demo) --overload $(NN)

demo-%-slow-client: ## clients that send byte by byte, with /fast behind
	tools/setup.sh
	$(demo) --slow-client --beside $(NN)

compare: ## the servers side by side, and a page [MINE=1]
	tools/setup.sh
	$(workbook) compare --side $(side) $(if $(CLIENTS),--clients=$(call quoted,$(CLIENTS))) \
	  $(if $(REQUESTS),--requests=$(call quoted,$(REQUESTS))) \
	  $(if $(REPETITIONS),--repetitions=$(call quoted,$(REPETITIONS)))

compare-%: ## what a stage compares, for itself (05, 06) [MINE=1]
	$(workbook) compare --stage $(NN) --side $(side) $(if $(SECONDS),--seconds=$(call quoted,$(SECONDS))) \
	  $(if $(REPETITIONS),--repetitions=$(call quoted,$(REPETITIONS)))

experiment: ## a small experiment from the text [NAME=...]
	$(workbook) experiment $(if $(NAME),$(call quoted,$(NAME)))

##@ Instructor
solution-%: ## run the suite of stage NN on its solution
	$(workbook) check $(NN) --side solution

wrong-answers: ## which test catches what [STAGE=NN ONLY=.. TIMES=N]
	tools/setup.sh
	$(workbook) wrong-answers $(if $(STAGE),--stage $(call quoted,$(STAGE))) $(if $(ONLY),--only $(call quoted,$(ONLY))) \
	  $(if $(TIMES),--times $(call quoted,$(TIMES)))

handout: ## a repository without solutions [STAGE=03 OUT=dir]
	$(workbook) handout $(if $(STAGE),$(call quoted,$(STAGE))) $(if $(OUT),$(call quoted,$(OUT)))

break-%: ## a known mistake in a copy: which test fails? [BUG=..]
	$(workbook) break-stage $(NN) $(if $(BUG),$(call quoted,$(BUG))) $(if $(GUESS),--guess=$(call quoted,$(GUESS)))

gallery: ## one story of each kind, and how to read it
	$(workbook) gallery

right-answers: ## unusual solutions that must pass [STAGE=NN ONLY=..]
	tools/setup.sh
	$(workbook) right-answers $(if $(STAGE),--stage $(call quoted,$(STAGE))) $(if $(ONLY),--only $(call quoted,$(ONLY)))

grade: ## grade submissions [SUBMISSION=.. STAGE=NN FORMAT=csv]
	$(if $(TRUSTED),tools/setup.sh,tools/setup.sh grade) >&2
	$(workbook) grade $(if $(SUBMISSION),$(call quoted,$(SUBMISSION))) $(if $(STAGE),--stage=$(call quoted,$(STAGE))) \
	  $(if $(FORMAT),--format=$(call quoted,$(FORMAT))) $(if $(SECONDS),--seconds=$(call quoted,$(SECONDS))) \
	  $(if $(TRUSTED),--trusted)

##@ Maintainer
test: ## the quick proof: solutions, harness, skeletons, text
	tools/setup.sh
	$(workbook) verify --quick

verify: ## everything, before a release
	tools/setup.sh
	$(workbook) verify

flake: ## suites N times under load [N=500 STAGE=NN LOAD=20]
	$(workbook) flake $(call quoted,$(or $(N),500)) $(if $(STAGE),$(call quoted,$(STAGE)))

format: ## format the C++ sources in place
	$(workbook) format

lint: ## Clang, warnings as errors, then clang-tidy
	$(workbook) lint

diagrams: ## draw the diagrams again from their sources
	$(workbook) diagrams

clean: ## delete build/
	rm -rf build Testing
