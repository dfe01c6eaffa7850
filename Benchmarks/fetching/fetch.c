// The least that a fetcher can be on the same libcurl: URLs from a file, so many at once, conditional requests, bodies
// thrown away. What newswired is measured against.
//
// usage: fetch URLS CONCURRENCY [ETAG]      example: fetch urls.txt 64 '"abc"'
// Prints one line: seconds, answers, 304 among them, errors, bytes, processor seconds.
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static long answers, unchanged, errors;
static double bytes;

static size_t body(char *data, size_t size, size_t count, void *context) {
  (void)data, (void)context;
  bytes += (double)(size * count);
  return size * count;
}

// A conditional fetcher has to see the validators at least.
static size_t header(char *line, size_t size, size_t count, void *context) {
  size_t length = size * count;
  if (length > 5 && strncasecmp(line, "etag:", 5) == 0) {
    char *etag = context;
    size_t n = length - 5 < 127 ? length - 5 : 127;
    memcpy(etag, line + 5, n);
    etag[n] = 0;
  }
  return length;
}

static char *next_url(FILE *list) {
  static char line[4096];
  if (!fgets(line, sizeof line, list)) return NULL;
  line[strcspn(line, "\n")] = 0;
  return line;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
  if (count < 3) {
    fprintf(stderr, "usage: fetch URLS CONCURRENCY [ETAG]\n");
    return 64;
  }
  FILE *list = fopen(arguments[1], "r");
  int concurrency = atoi(arguments[2]);
  if (!list || concurrency < 1) return 66;
  curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLM *multi = curl_multi_init();
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, 2L * concurrency);
  struct curl_slist *headers = NULL;
  if (count > 3) {
    char line[256];
    snprintf(line, sizeof line, "If-None-Match: %s", arguments[3]);
    headers = curl_slist_append(headers, line);
  }
  char (*etags)[128] = calloc(concurrency, sizeof *etags);
  double start = now();
  int running = 0;
  for (int n = 0; n < concurrency; n++) {
    char *url = next_url(list);
    if (!url) break;
    CURL *easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, 10L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, 120L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "bare/1.0");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, etags[n]);
    curl_multi_add_handle(multi, easy);
    running++;
  }
  while (running) {
    int active;
    curl_multi_perform(multi, &active);
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(multi, &left))) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL *easy = message->easy_handle;
      long status = 0;
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      if (message->data.result != CURLE_OK) errors++;
      else answers++;
      if (status == 304) unchanged++;
      curl_multi_remove_handle(multi, easy);
      char *url = next_url(list);
      if (url) {
        curl_easy_setopt(easy, CURLOPT_URL, url);
        curl_multi_add_handle(multi, easy);
      } else {
        curl_easy_cleanup(easy);
        running--;
      }
    }
    if (running) curl_multi_poll(multi, NULL, 0, 1000, NULL);
  }
  double seconds = now() - start;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double processor = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  printf("%.3f %ld %ld %ld %.0f %.3f\n", seconds, answers, unchanged, errors, bytes, processor);
  curl_multi_cleanup(multi);
  return errors > 0;
}
