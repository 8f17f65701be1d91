#include "twice.hpp"

int main() { return twice(0); }
