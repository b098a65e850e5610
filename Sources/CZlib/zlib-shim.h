#ifndef VALISE_ZLIB_SHIM_H
#define VALISE_ZLIB_SHIM_H

#include <zlib.h>

// zlib's initialisers are macros (they carry the version and the size of z_stream), which Swift cannot call.

static inline int valise_deflate_init(z_stream *stream, int level, int windowBits, int memLevel, int strategy) {
  return deflateInit2(stream, level, Z_DEFLATED, windowBits, memLevel, strategy);
}

static inline int valise_inflate_init(z_stream *stream, int windowBits) {
  return inflateInit2(stream, windowBits);
}

#endif
