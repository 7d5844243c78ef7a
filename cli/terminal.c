#include "cli/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct hk_terminal hk_terminal_of(FILE *file) {
    const char *type = getenv("TERM"), *no_color = getenv("NO_COLOR");
    bool live = isatty(fileno(file)) && type && strcmp(type, "dumb") != 0;
    bool styled = live && !(no_color && *no_color);
    return (struct hk_terminal){.file = file,
                                .live = live,
                                .bold = styled ? "\033[1m" : "",
                                .dim = styled ? "\033[2m" : "",
                                .plain = styled ? "\033[0m" : ""};
}

size_t hk_terminal_columns(const struct hk_terminal *terminal) {
    enum { USUAL = 80 };
    struct winsize size = {.ws_col = 0};
    bool known = ioctl(fileno(terminal->file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : USUAL;
}
