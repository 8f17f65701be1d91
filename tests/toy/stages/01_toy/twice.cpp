#include "twice.hpp"

int twice(int number) {
  // TODO 1.1 (about 1 line): turns Twice.* green.
  todo("1.1", number);
}

int thrice(int number) {
  // TODO 1.2 (about 1 line): turns Thrice.* green.
  todo("1.2", number);
}
