#pragma once
// libnats as it is: everything newswire-forward calls is a plain function.
#include <nats/nats.h>
