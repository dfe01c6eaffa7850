/* libFuzzer's driver has no header of its own (https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library). */
#pragma once
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*one)(const uint8_t *data, size_t size));
