// The public suffix list as libpsl keeps it. Nothing of it needs a shim; the header is found in the system's place.
#pragma once
#include <libpsl.h>
