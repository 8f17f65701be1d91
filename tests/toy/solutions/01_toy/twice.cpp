#include "twice.hpp"

int twice(int number) { return 2 * number; }

int thrice(int number) { return 3 * number; }
