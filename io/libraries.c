#include "io/libraries.h"

#include <cairo.h>
#include <hdf5.h>
#include <lzma.h>
#include <nettle/version.h>
#include <yaml.h>
#include <zlib.h>

#include <stdio.h>
#include <string.h>

static void put_version(char text[HK_LIBRARY_VERSION_SIZE], unsigned major, unsigned minor,
                        unsigned release) {
    (void)snprintf(text, HK_LIBRARY_VERSION_SIZE, "%u.%u.%u", major, minor, release);
}

static void read_hdf5(struct hk_library *library) {
    unsigned major = 0, minor = 0, release = 0;
    put_version(library->built, H5_VERS_MAJOR, H5_VERS_MINOR, H5_VERS_RELEASE);
    library->fits = H5get_libversion(&major, &minor, &release) >= 0;
    put_version(library->found, major, minor, release);
    library->fits &= strcmp(library->built, library->found) == 0;
}

static void read_cairo(struct hk_library *library) {
    (void)snprintf(library->built, sizeof library->built, "%s", CAIRO_VERSION_STRING);
    (void)snprintf(library->found, sizeof library->found, "%s", cairo_version_string());
    library->fits = cairo_version() >= CAIRO_VERSION;
}

/* Its headers don't say which they are. */
static void read_yaml(struct hk_library *library) {
    (void)snprintf(library->found, sizeof library->found, "%s", yaml_get_version_string());
    (void)snprintf(library->built, sizeof library->built, "%s", library->found);
    library->fits = true;
}

static void read_zlib(struct hk_library *library) {
    (void)snprintf(library->built, sizeof library->built, "%s", ZLIB_VERSION);
    (void)snprintf(library->found, sizeof library->found, "%s", zlibVersion());
    library->fits = library->found[0] == library->built[0];
}

static void read_lzma(struct hk_library *library) {
    (void)snprintf(library->built, sizeof library->built, "%s", LZMA_VERSION_STRING);
    (void)snprintf(library->found, sizeof library->found, "%s", lzma_version_string());
    library->fits = lzma_version_number() >= LZMA_VERSION;
}

static void read_nettle(struct hk_library *library) {
    int major = nettle_version_major(), minor = nettle_version_minor();
    (void)snprintf(library->built, sizeof library->built, "%d.%d", NETTLE_VERSION_MAJOR,
                   NETTLE_VERSION_MINOR);
    (void)snprintf(library->found, sizeof library->found, "%d.%d", major, minor);
    library->fits = major == NETTLE_VERSION_MAJOR && minor >= NETTLE_VERSION_MINOR;
}

bool hk_library_at(size_t index, struct hk_library *library) {
    static const struct {
        const char *name;
        void (*read)(struct hk_library *library);
    } all[] = {{"HDF5", read_hdf5}, {"Cairo", read_cairo},  {"libyaml", read_yaml},
               {"zlib", read_zlib}, {"liblzma", read_lzma}, {"Nettle", read_nettle}};
    if (index >= HK_COUNT(all)) return false;
    *library = (struct hk_library){.name = all[index].name};
    all[index].read(library);
    return true;
}
