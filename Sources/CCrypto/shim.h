// OpenSSL's HMAC and its comparison in constant time. libcurl brings the library anyway. Nothing of it needs a shim.
#pragma once
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
