#include "io/hdf5_error.h"

#include <hdf5.h>
#include <stdio.h>
#include <string.h>

void hk_hdf5_begin(void) {
    (void)H5dont_atexit(); /* fails, and need not succeed, after the first time */
    (void)H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

struct reason {
    char text[160];
};

/* Called for each error of the stack, from the innermost. One of the system's is buried in the
 * middle of its text: "file write failed: time = ..., error message = 'No space left on device',
 * buf = ...". */
static herr_t take_first(unsigned index, const H5E_error2_t *error, void *context) {
    if (index > 0) return 0;
    struct reason *reason = context;
    static const char before[] = "error message = '";
    const char *text = error->desc, *system = strstr(text, before);
    if (system) text = system + strlen(before);
    if (strstr(error->desc, "unable to lock file")) text = "another program has locked it";
    size_t length = strcspn(text, system ? "'" : "\n");
    (void)snprintf(reason->text, sizeof reason->text, "%.*s", (int)length, text);
    return 0;
}

void hk_hdf5_fail(struct hk_err *err, enum hk_code code, const char *file, int line,
                  const char *path, const char *what) {
    struct reason reason = {"HDF5 gives no reason"};
    (void)H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_first, &reason);
    hk_err_set(err, code, file, line, "%s: %s: %s", path, what, reason.text);
}
