/* bench/peers: what Brian2's programs are built with. */
#include "tests/support/shell.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

#include <check.h>

/* Below our make, which says -r to all, too: Brian2's makefile needs built-in rules. The build
 * itself, which takes Brian2 and 20 s, is replaced. */
START_TEST(brian2_is_built_without_the_flags_of_our_make) {
    const char *program = "import subprocess, sys\n"
                          "sys.path.insert(0, \"bench/peers\")\n"
                          "import brian2_run\n"
                          "def run(words, env=None, **others):\n"
                          "    sys.exit(3 if env is None or \"MAKEFLAGS\" in env else\n"
                          "             4 if \"PATH\" not in env else 0)\n"
                          "subprocess.run = run\n"
                          "brian2_run.os.makedirs = lambda *words, **others: None\n"
                          "brian2_run.os.path.join = lambda *words: \"/dev/null\"\n"
                          "brian2_run.build(\"cuba\", 1)\n";
    if (shell("/usr/bin/python3 -V") != 0) hk_test_skip("no /usr/bin/python3");
    ck_assert_msg(shell("MAKEFLAGS=-r /usr/bin/python3 -B -c '%s'", program) == 0, "%s",
                  shell_text);
}
END_TEST

Suite *suite_tools_peers(void) {
    Suite *suite = suite_create("tools/peers");
    TCase *cases = tcase_create("peers");
    tcase_add_test(cases, brian2_is_built_without_the_flags_of_our_make);
    suite_add_tcase(suite, cases);
    return suite;
}
