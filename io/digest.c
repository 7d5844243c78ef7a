#include "io/digest.h"

#include "io/path.h"

#include <nettle/sha2.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

bool hk_digest_file(const char *path, char digest[HK_DIGEST_SIZE], struct hk_err *err) {
    enum { PIECE = 64 * 1024 };
    struct sha256_ctx context;
    uint8_t bytes[PIECE], sum[SHA256_DIGEST_SIZE];
    uint64_t size = 0;
    ssize_t count = 0;
    int descriptor = hk_path_open(path, &size, err);
    if (descriptor < 0) return false;
    sha256_init(&context);
    while ((count = read(descriptor, bytes, PIECE)) > 0)
        sha256_update(&context, (size_t)count, bytes);
    int reason = errno;
    (void)close(descriptor);
    if (count < 0) return HK_FAIL(err, HK_ERR_DATA, "%s: %s", path, strerror(reason));
    sha256_digest(&context, sizeof sum, sum);
    for (size_t i = 0; i < sizeof sum; i++) (void)snprintf(digest + 2 * i, 3, "%02x", sum[i]);
    return true;
}

bool hk_digest_is_one(const char *text) {
    return strlen(text) == HK_DIGEST_SIZE - 1 &&
           text[strspn(text, "0123456789abcdefABCDEF")] == '\0';
}

bool hk_digest_check(const char *path, const char *expected, struct hk_err *err) {
    char found[HK_DIGEST_SIZE];
    if (!hk_digest_file(path, found, err)) return false;
    return strcasecmp(found, expected) == 0 ||
           HK_FAIL(err, HK_ERR_DATA, "%s: SHA-256 %s expected, %s found: this is another file",
                   path, expected, found);
}
