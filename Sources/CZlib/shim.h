// What Swift cannot import of zlib; with its reason.
#pragma once
#include <zlib.h>

// inflateInit2 is a macro. 31: a gzip header (16) and the largest window (15).
static inline int newswire_inflate_gzip(z_stream *stream) { return inflateInit2(stream, 31); }
