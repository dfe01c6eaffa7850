#pragma once
#include <curl/curl.h>

// What Swift cannot import from libcurl, and nothing else.
//
// curl_easy_setopt, curl_easy_getinfo, curl_multi_setopt and curl_share_setopt are variadic, which Swift does not call.
// There is one wrapper for each kind of argument, not for each option; the caller matches the option with its kind as
// the option's manual page says. Function pointers get a wrapper a signature, so that Swift checks the closure.

static inline CURLcode shim_easy_set_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode shim_easy_set_string(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}

// Also for curl_slist and share handles: options that take "a pointer to an object".
static inline CURLcode shim_easy_set_pointer(CURL *easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy, option, value);
}

// CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION.
typedef size_t (*shim_data_callback)(char *bytes, size_t size, size_t count, void *context);
static inline CURLcode shim_easy_set_data_callback(CURL *easy, CURLoption option, shim_data_callback callback) {
  return curl_easy_setopt(easy, option, callback);
}

// CURLOPT_XFERINFOFUNCTION.
static inline CURLcode shim_easy_set_progress_callback(CURL *easy, curl_xferinfo_callback callback) {
  return curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, callback);
}

// CURLOPT_OPENSOCKETFUNCTION.
static inline CURLcode shim_easy_set_socket_callback(CURL *easy, curl_opensocket_callback callback) {
  return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callback);
}

// CURLOPT_CLOSESOCKETFUNCTION.
static inline CURLcode shim_easy_set_close_callback(CURL *easy, curl_closesocket_callback callback) {
  return curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, callback);
}

// CURLOPT_PREREQFUNCTION.
static inline CURLcode shim_easy_set_prerequest_callback(CURL *easy, curl_prereq_callback callback) {
  return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
}

static inline CURLcode shim_easy_get_long(CURL *easy, CURLINFO info, long *value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode shim_easy_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(easy, info, value);
}

// CURLINFO_PRIVATE is documented as char **, strings as const char **: one representation.
static inline CURLcode shim_easy_get_string(CURL *easy, CURLINFO info, const char **value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode shim_easy_get_pointer(CURL *easy, CURLINFO info, void **value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode shim_easy_get_list(CURL *easy, CURLINFO info, struct curl_slist **value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode shim_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

static inline CURLSHcode shim_share_set_data(CURLSH *share, curl_lock_data data) {
  return curl_share_setopt(share, CURLSHOPT_SHARE, data);
}

// CURLMsg keeps its result in an anonymous union.
static inline CURLcode shim_message_result(const CURLMsg *message) { return message->data.result; }

// Macros made of casts or of other macros, and enumerators without a type, as the `long` that their options take.
static const long shim_http_version_1_1 = CURL_HTTP_VERSION_1_1;
static const long shim_http_version_2_over_tls = CURL_HTTP_VERSION_2TLS;
static const long shim_multiplex = CURLPIPE_MULTIPLEX;
static const long shim_ignore_netrc = CURL_NETRC_IGNORED;
static const long shim_global_default = CURL_GLOBAL_DEFAULT;
static const curl_socket_t shim_socket_refused = CURL_SOCKET_BAD;
static const int shim_prerequest_go = CURL_PREREQFUNC_OK;
static const int shim_prerequest_abort = CURL_PREREQFUNC_ABORT;
static const size_t shim_write_pause = CURL_WRITEFUNC_PAUSE;
static const int shim_pause_none = CURLPAUSE_CONT;
static const size_t shim_error_buffer_size = CURL_ERROR_SIZE;
