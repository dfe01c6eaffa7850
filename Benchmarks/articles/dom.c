/* dom SECONDS LIST: how fast bare libxml2 makes a tree of each page of a list ("path<TAB>url" a line), and frees it.
   Prints "pages seconds peak-kilobytes", the best round of those that fit into SECONDS. */
#include <libxml/HTMLparser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

struct page { char *bytes; int size; };

static void silent(void *context, const char *format, ...) {}

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "usage: dom SECONDS LIST\n"), 64;
  double seconds = atof(argv[1]), best = 1e9;
  FILE *list = fopen(argv[2], "r");
  if (!list) return perror(argv[2]), 66;
  struct page *pages = NULL;
  int count = 0;
  char line[4096];
  while (fgets(line, sizeof line, list)) {
    line[strcspn(line, "\t\n")] = 0;
    FILE *file = fopen(line, "rb");
    if (!file) return perror(line), 66;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    pages = realloc(pages, (count + 1) * sizeof *pages);
    pages[count].bytes = malloc(size);
    pages[count].size = fread(pages[count].bytes, 1, size, file);
    fclose(file);
    count++;
  }
  /* Complaints about encodings go to standard error otherwise. */
  xmlSetGenericErrorFunc(NULL, silent);
  int options = HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_COMPACT;
  clock_t start = clock();
  do {
    clock_t begin = clock();
    for (int i = 0; i < count; i++) {
      htmlDocPtr tree = htmlReadMemory(pages[i].bytes, pages[i].size, NULL, NULL, options);
      if (tree) xmlFreeDoc(tree);
    }
    double took = (double)(clock() - begin) / CLOCKS_PER_SEC;
    if (took < best) best = took;
  } while ((double)(clock() - start) / CLOCKS_PER_SEC + best < seconds);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("%d\t%f\t%ld\t0\n", count, best, usage.ru_maxrss);
  return 0;
}
