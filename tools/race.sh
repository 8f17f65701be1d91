#!/usr/bin/env bash
# Usage: tools/race.sh 02_naive   the lesson about data races, with the learner's own counter.
# On a terminal it asks and waits for Enter; in a pipe it only prints.
set -euo pipefail
cd "$(dirname "$0")/.."

number=${1%%_*}
folder=$(cd stages && compgen -G "${number}_*") || folder=
if [[ ! -f stages/$folder/race_lab.cpp ]]; then
  echo "Stage '$1' has no race lab; there is one in stage 02: make race-02" >&2
  exit 2
fi

side=stage
if python3 tools/workbook progress "$folder" | grep -q 'not begun.* 2\.2'; then side=solution; fi
lab=${side}${number}_race_lab
test=$side$number.ConnectionCounts.NoCountIsLostWhereverAThreadIsInterrupted

section() { printf '\n== %s\n' "$*"; }
say() { printf '%s\n' "$@"; }
pause() { if [[ -t 0 && -t 1 ]]; then read -r -p "   (Enter) " || true; fi; }
ask() { # prints a question; on a terminal it keeps the answer
  say "$1"
  answer=
  if [[ -t 0 && -t 1 ]]; then read -r -p "   Your prediction: " answer || true; fi
}
run() { # shows a command, then what it says
  say "\$ $*"
  "$@" || true
}
with_tsan() { # runs the lab under ThreadSanitizer; prints all it says
  # history_size: it remembers enough to tell where the earlier access came from.
  TSAN_OPTIONS="halt_on_error=1 history_size=7" \
    tools/sanitizer.sh thread "build/tsan/bin/$lab" --rounds 1000 "$@" 2>&1 || true
}

# Of ThreadSanitizer's first report, what a reader needs: the two accesses, who started the threads,
# and each frame in the stage's own code with its source line.
trim() {
  ROOT=$PWD/ awk '
    function frame(line,    place, name, at, text, i) {
      sub(/ \([^()]*\+0x[0-9a-f]+\).*$/, "", line)
      # The place stands at the end; its folder may have blanks and anything else in its name.
      i = index(line, " " ENVIRON["ROOT"])
      if (i == 0) return
      place = substr(line, i + length(ENVIRON["ROOT"]) + 1)
      line = substr(line, 1, i)
      if (place !~ /\/(race_lab|connection_counts)\.hpp:/) return
      name = line
      sub(/^ *#[0-9]+ (0x[0-9a-f]+ in )?/, "", name)
      sub(/^(void|long|unsigned long) /, "", name)
      gsub(/workbook::/, "", name)
      sub(/[<(].*/, "", name)
      split(place, at, ":")
      for (i = 0; i < at[2]; ++i) getline text < at[1]
      close(at[1])
      sub(/^ */, "", text)
      sub(/ *\/\/.*/, "", text)
      printf "      %s:%s  in %s:  %s\n", at[1], at[2], name, text
    }
    /^SUMMARY:/ { exit }
    /WARNING: ThreadSanitizer/ { sub(/ \(pid.*/, ""); print "  " $0; inside = 1; next }
    !inside { next }
    /^ *#[0-9]+ / { frame($0); next }
    /^  (Read|Write|Atomic|Previous|Thread T)/ {
      sub(/ at 0x[0-9a-f]+/, ""); sub(/ \(tid[^)]*\)/, ""); sub(/ \(mutexes[^)]*\)/, ""); print "  " $0
    }'
}

say "Two threads count up and down, 200 000 times each. At the end the count must be 0."
if [[ $side == stage ]]; then
  say "The counter called 'yours' is stages/$folder/connection_counts.hpp."
else
  say "TODO 2.2 is not written yet, so 'yours' is the solution's connection_counts for now."
fi
say "All counters and the threads: stages/$folder/race_lab.hpp"

section "1. Predict"
ask "plain_counter does 'value_ += d' on a long. In how many of 100 runs will the count be wrong?"
predicted=$answer

section "2. Measure (release build)"
tools/build.sh release "$lab"
run "build/release/bin/$lab" --counter plain
if [[ -n $predicted ]]; then say "Your prediction was: $predicted"; fi
say "Again, and on one core only:"
run "build/release/bin/$lab" --counter plain
if command -v taskset >/dev/null; then run taskset -c 0 "build/release/bin/$lab" --counter plain; fi
say "The same program, three answers. A test that runs it and looks at the count proves nothing: it" \
  "can be right for a year. The next tool needs no luck."
pause

tsan=true
section "3. ThreadSanitizer reads the plain counter"
tools/sanitizer.sh thread true || tsan=false
if $tsan; then
  tools/sanitizer.sh thread tools/build.sh tsan "$lab"
  ask "It will be run once. How many accesses will the report show, and in which line of race_lab.hpp?"
  say "\$ build/tsan/bin/$lab --rounds 1000 --counter plain --runs 1"
  mkdir -p build
  with_tsan --counter plain --runs 1 >build/race_report.txt
  trim <build/race_report.txt
  cat <<'TEXT'

How to read it:
  Read / Write of size 8   the access at which the race was noticed: 8 bytes are a long.
  by thread T1             who made it. The lines below say from where, the innermost first.
  Previous write ...       the other access. It came earlier in this run, by another thread, and
                           nothing orders the two: no lock, no join, no atomic in between.
  The same line twice?     'value_ += d' reads and writes. Each thread can be inside that line.
  Thread T1 created at     where each of the two was started.
It does not say that a count was lost. It says that one can be. It needs the two accesses to happen,
not the unlucky moment.
TEXT
  say "(the whole report: build/race_report.txt)"
fi
pause

section "4. The same with 'yours'"
run "build/release/bin/$lab" --counter yours
if $tsan; then
  say "\$ build/tsan/bin/$lab --rounds 1000 --counter yours --runs 10"
  with_tsan --counter yours --runs 10 >build/race_report_yours.txt
  if grep -q 'WARNING: ThreadSanitizer' build/race_report_yours.txt; then
    trim <build/race_report_yours.txt
    say "This is your own report. Which member is it, and which type makes its change one step?" \
      "A hint: make hint-$number TODO=2.2"
  else
    cat build/race_report_yours.txt
    say "ThreadSanitizer is silent: every access to the counts is atomic."
  fi
fi
pause

section "5. A wrong answer that ThreadSanitizer cannot see"
ask "split_counter does 'value_ = value_ + d' on a std::atomic<long>. Wrong count? A report?"
run "build/release/bin/$lab" --counter split
if $tsan; then
  say "\$ build/tsan/bin/$lab --rounds 1000 --counter split --runs 10"
  with_tsan --counter split --runs 10
fi
cat <<TEXT

Silence is the right answer here. A data race is two accesses that nothing orders, not both atomic.
Here both are atomic: an atomic load, then an atomic store. Another thread counts between them, and
the store writes over its count. Every step is sound; together they are wrong. (If the count was
right in all runs, that was luck: try --rounds 2000000.)

What finds it without luck is a test that stops arrive() after each machine instruction and lets
another thread count in that moment:
  ctest -R $test
TEXT
