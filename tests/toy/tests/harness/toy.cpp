#include "harness/toy.hpp"
