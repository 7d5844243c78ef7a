/* SHA-256 of files, by Nettle, which nobody else sees. */
#ifndef HK_IO_DIGEST_H
#define HK_IO_DIGEST_H

#include "sim/error.h"

enum { HK_DIGEST_SIZE = 65 }; /* hexadecimal digits and a zero byte */

/* The digest of all bytes of a file, in lower case. Errors: HK_ERR_DATA with the path. */
bool hk_digest_file(const char *path, char digest[HK_DIGEST_SIZE], struct hk_err *err) HK_MUST_USE;

/* Is it 64 hexadecimal digits, lower or upper case? */
bool hk_digest_is_one(const char *text);

/* The file has that digest. Errors: HK_ERR_DATA that names the file, what it has and should have.
 */
bool hk_digest_check(const char *path, const char *expected, struct hk_err *err) HK_MUST_USE;

#endif
