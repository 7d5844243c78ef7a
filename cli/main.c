#include "cli/command.h"

int main(int argc, char **argv) {
    return hk_command_main(argc, argv);
}
