// seen DIRECTORY hash|lmdb|sqlite [COUNT]: what seen articles cost other stores, for beside `queue-drill seen`: the same keys, found by
// the same visits, each with a value of 600 bytes, and the same questions.
//
//     hash     a hash table in memory, which nothing is written of: what look-ups cost where nothing is cheaper
//     lmdb     LMDB, whose pages are mapped into memory
//     sqlite   one table of SQLite's, rows by key
//
// An insertion is written in one transaction and changed in another, as an article that is found and then published. Prints as
// `queue-drill seen` does, of its columns those that a peer has: microseconds of the processor.
#include <lmdb.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { publishers = 200, valueBytes = 600 };

#define CHECK(call) do { int code_ = (call); if (code_) { fprintf(stderr, "%s: %d\n", #call, code_); exit(1); } } while (0)

static double processor(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

// The stores: each has these four.
typedef struct {
  void (*begin)(void), (*commit)(void), (*put)(const char *key, const char *value);
  int (*has)(const char *key);
} Store;

// A hash table in memory: open addressing, at most half full; keys and values behind one another.
static char **slots;
static size_t capacity, used;
static char *room;
static size_t left;

static uint64_t hash(const char *key) {
  uint64_t value = 14695981039346656037u;
  for (; *key; key++) value = (value ^ (unsigned char)*key) * 1099511628211u;
  return value ^ value >> 32;
}

static char **slot(const char *key) {
  size_t at = hash(key) & (capacity - 1);
  while (slots[at] && strcmp(slots[at], key) != 0) at = (at + 1) & (capacity - 1);
  return &slots[at];
}

static void hashNothing(void) {}

static void hashPut(const char *key, const char *value) {
  if (capacity < 2 * (used + 1)) {
    size_t before = capacity;
    char **old = slots;
    capacity = before ? 2 * before : 1024;
    slots = calloc(capacity, sizeof *slots);
    for (size_t i = 0; i < before; i++)
      if (old[i]) *slot(old[i]) = old[i];
    free(old);
  }
  char **found = slot(key);
  size_t length = strlen(key) + 1;
  if (!*found) {
    if (left < length + valueBytes) room = malloc(left = 1 << 20);
    *found = room, room += length + valueBytes, left -= length + valueBytes, used++;
    memcpy(*found, key, length);
  }
  memcpy(*found + length, value, valueBytes);
}

static int hashHas(const char *key) { return capacity && *slot(key) && (*slot(key))[strlen(key) + 1]; }

// LMDB.
static MDB_env *env;
static MDB_dbi table;
static MDB_txn *writing, *reading;

static void lmdbBegin(void) { CHECK(mdb_txn_begin(env, NULL, 0, &writing)); }

static void lmdbCommit(void) {
  CHECK(mdb_txn_commit(writing));
  writing = NULL;
}

static void lmdbPut(const char *key, const char *value) {
  MDB_val k = {strlen(key), (void *)key}, v = {valueBytes, (void *)value};
  CHECK(mdb_put(writing, table, &k, &v, 0));
}

static int lmdbHas(const char *key) {
  if (!reading) CHECK(mdb_txn_begin(env, NULL, MDB_RDONLY, &reading));
  else CHECK(mdb_txn_renew(reading));
  MDB_val k = {strlen(key), (void *)key}, v;
  int code = mdb_get(reading, table, &k, &v);
  int has = code == 0 && *(char *)v.mv_data;
  mdb_txn_reset(reading);
  return has;
}

// SQLite, set as newswire sets it.
static sqlite3 *database;
static sqlite3_stmt *inserting, *asking;

static void run(const char *sql) { CHECK(sqlite3_exec(database, sql, NULL, NULL, NULL)); }
static void sqliteBegin(void) { run("BEGIN IMMEDIATE"); }
static void sqliteCommit(void) { run("COMMIT"); }

static void sqlitePut(const char *key, const char *value) {
  sqlite3_bind_text(inserting, 1, key, -1, SQLITE_STATIC);
  sqlite3_bind_blob(inserting, 2, value, valueBytes, SQLITE_STATIC);
  CHECK(sqlite3_step(inserting) != SQLITE_DONE);
  CHECK(sqlite3_reset(inserting));
}

static int sqliteHas(const char *key) {
  sqlite3_bind_text(asking, 1, key, -1, SQLITE_STATIC);
  int code = sqlite3_step(asking), has = code == SQLITE_ROW && *(const char *)sqlite3_column_blob(asking, 0);
  if (code != SQLITE_ROW && code != SQLITE_DONE) CHECK(code);
  CHECK(sqlite3_reset(asking));
  return has;
}

static Store open_(const char *kind, const char *directory) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.db", directory, kind);
  if (strcmp(kind, "hash") == 0) return (Store){hashNothing, hashNothing, hashPut, hashHas};
  if (strcmp(kind, "lmdb") == 0) {
    CHECK(mdb_env_create(&env));
    CHECK(mdb_env_set_mapsize(env, (size_t)16 << 30));
    CHECK(mdb_env_open(env, path, MDB_NOSUBDIR, 0640));
    lmdbBegin();
    CHECK(mdb_dbi_open(writing, NULL, 0, &table));
    lmdbCommit();
    return (Store){lmdbBegin, lmdbCommit, lmdbPut, lmdbHas};
  }
  if (strcmp(kind, "sqlite") != 0) { fprintf(stderr, "seen: no store '%s'; there are hash, lmdb and sqlite\n", kind); exit(64); }
  CHECK(sqlite3_open(path, &database));
  run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 3000; PRAGMA cache_size = -8192;"
      "CREATE TABLE seen (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID");
  CHECK(sqlite3_prepare_v3(database, "INSERT OR REPLACE INTO seen VALUES (?, ?)", -1, SQLITE_PREPARE_PERSISTENT, &inserting, NULL));
  CHECK(sqlite3_prepare_v3(database, "SELECT value FROM seen WHERE key = ?", -1, SQLITE_PREPARE_PERSISTENT, &asking, NULL));
  return (Store){sqliteBegin, sqliteCommit, sqlitePut, sqliteHas};
}

// The articles: as in Tests/Drill/SeenArticles.swift.
typedef struct { int publisher, own; } Article;
static Article *articles;
static int count, visits, of[publishers];

static const char *keyOf(Article article) {
  static char key[160];
  uint32_t mixed = (uint32_t)(((uint64_t)article.own + (uint64_t)article.publisher * 7777777) * 2654435761u);
  int p = article.publisher, day = article.own / 40;
  if (p % 10 < 4)
    snprintf(key, sizeof key, "paper-%d www.paper-%d.example/%d/%d/%d/%x-%d", p, p, 2020 + day / 360, 10 + day % 360 / 30,
             10 + day % 30, mixed, article.own);
  else snprintf(key, sizeof key, "paper-%d www.paper-%d.example/news/articles/%x-%d", p, p, mixed, article.own);
  return key;
}

static void visit(int bringing) {
  int publisher = (long)visits++ * 7919 % publishers;
  for (int i = 0; i < bringing; i++) articles[count++] = (Article){publisher, of[publisher]++};
}

static void insert(Store store, int first, int last) {
  static char value[valueBytes];
  for (int written = 1; written <= 2; written++) {
    memset(value, written, sizeof value);
    store.begin();
    for (int i = first; i < last; i++) store.put(keyOf(articles[i]), value);
    store.commit();
  }
}

static unsigned probe = 12345;
static Article any(void) { return articles[(probe = (probe * 1103515245u + 12345) & 0x7FFFFFFF) % count]; }

static Article listed(void) {
  Article article = any();
  int last = of[article.publisher] - 1 - article.own % 30;
  return (Article){article.publisher, last < 0 ? 0 : last};
}

static Article unknown(void) {
  Article article = any();
  return (Article){article.publisher, of[article.publisher] + count + article.own};
}

static double look(Store store, Article next(void), int isKnown) {
  enum { looks = 5000 };
  static char keys[looks][160];
  for (int i = 0; i < looks; i++) strcpy(keys[i], keyOf(next()));
  double began = processor();
  for (int i = 0; i < looks; i++)
    if (store.has(keys[i]) != isKnown) { fprintf(stderr, "seen: %s is known wrongly\n", keys[i]); exit(1); }
  return (processor() - began) / looks * 1e6;
}

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "usage: seen DIRECTORY hash|lmdb|sqlite [COUNT]\n"), 64;
  int all = argc > 3 ? atoi(argv[3]) : 1000000;
  Store store = open_(argv[2], argv[1]);
  articles = calloc(all, sizeof *articles);
  int marks[] = {10000, 30000, 100000, 300000, 1000000}, chunks[] = {1000, 100, 10};
  printf("articles\tknown µs\tlisted µs\tunknown µs\tinsert by 10 µs\tby 100 µs\tby 1000 µs\n");
  for (int mark = 0; mark < 5 && marks[mark] <= all; mark++) {
    int measured = (marks[mark] - count) / 3;
    if (measured > 10000) measured = 10000;
    while (count < marks[mark] - 3 * measured) {
      int first = count;
      for (int i = 0; i < 100 && count < marks[mark] - 3 * measured; i++) {
        int rest = marks[mark] - 3 * measured - count;
        visit(rest < 10 ? rest : 10);
      }
      insert(store, first, count);
    }
    double inserting[3];
    for (int chunk = 0; chunk < 3; chunk++) {
      double began = processor();
      for (int done = 0; done < measured; done += chunks[chunk]) {
        int first = count;
        visit(measured - done < chunks[chunk] ? measured - done : chunks[chunk]);
        insert(store, first, count);
      }
      inserting[chunk] = (processor() - began) / measured * 1e6;
    }
    double known = look(store, any, 1), shown = look(store, listed, 1), new = look(store, unknown, 0);
    printf("%d\t%.2f\t%.2f\t%.2f\t%.1f\t%.1f\t%.1f\n", count, known, shown, new, inserting[2], inserting[1], inserting[0]);
    fflush(stdout);
  }
}
