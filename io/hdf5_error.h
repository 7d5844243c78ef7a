/* How the files of io/ that use HDF5 live with its errors: it keeps silent, and what went wrong
 * becomes one sentence that names the file and the innermost reason ("No space left on device"). */
#ifndef HK_IO_HDF5_ERROR_H
#define HK_IO_HDF5_ERROR_H

#include "sim/error.h"

/* First call of each public function that uses HDF5: its error printing is a setting of the thread.
 *
 * It also keeps HDF5 from closing files when the program ends: a file that could not be written,
 * on a full disk say, can't be closed either, and HDF5 (1.10 at least) crashes in trying. Leave
 * such a file alone from the first failure on; all others are closed by whoever opened them. */
void hk_hdf5_begin(void);

/* Fail with "path: what: reason", and be false. To be called at once, since every call of HDF5,
 * those that clean up too, forgets the reason. */
#define HK_HDF5_FAIL(err, code, path, what)                                                        \
    (hk_hdf5_fail((err), (code), __FILE__, __LINE__, (path), (what)), false)
void hk_hdf5_fail(struct hk_err *err, enum hk_code code, const char *file, int line,
                  const char *path, const char *what);

#endif
