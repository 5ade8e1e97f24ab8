#pragma once
#include <zlib.h>

// deflateInit2 is a macro.
static inline int mainspring_gzip_begin(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
}
