/* The libraries that this program runs with, and those that it was built for. */
#ifndef HK_IO_LIBRARIES_H
#define HK_IO_LIBRARIES_H

#include "sim/types.h"

enum { HK_LIBRARY_VERSION_SIZE = 32 };

struct hk_library {
    const char *name;
    char built[HK_LIBRARY_VERSION_SIZE], found[HK_LIBRARY_VERSION_SIZE];
    bool fits; /* HDF5 ends the program where the two differ */
};

/* index 0, 1 ... until false: HDF5, Cairo, libyaml, zlib, liblzma, Nettle. */
bool hk_library_at(size_t index, struct hk_library *library);

#endif
