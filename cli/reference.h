/* `hillock help --reference`: all keys of experiment files and all models, as docs/reference.md. */
#ifndef HK_CLI_REFERENCE_H
#define HK_CLI_REFERENCE_H

#include <stdio.h>

void hk_reference_print(FILE *out);

#endif
