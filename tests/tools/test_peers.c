/* bench/peers: what Brian2's programs are built with. bench/activity.py: what isn't compared. */
#include "tests/support/shell.h"
#include "tests/support/skip.h"
#include "tests/support/suites.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

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

/* What fires less, or is silent, has less to do. Ours: 10 Hz, and silence. */
START_TEST(networks_of_unlike_activity_are_not_compared) {
    static const struct {
        const char *theirs;
        int status;
    } peers[] = {{"10, \"inh\": 0", 0},  {"6.7, \"inh\": 0", 0},  {"19.9, \"inh\": 0", 0},
                 {"6.6, \"inh\": 0", 1}, {"20.1, \"inh\": 0", 1}, {"0.01, \"inh\": 0", 1},
                 {"0, \"inh\": 0", 1},   {"10, \"inh\": 0.1", 1}};
    const char *program = "import sys\n"
                          "sys.path.insert(0, \"bench\")\n"
                          "import activity\n"
                          "activity.check_rates(\"net\", {\"rates\": {\"exc\": 10, \"inh\": 0}},\n"
                          "    {\"peer\": \"peer\", \"rates\": {\"exc\": %s}}, 0.5)\n";
    if (shell("/usr/bin/python3 -V") != 0) hk_test_skip("no /usr/bin/python3");
    for (size_t i = 0; i < sizeof peers / sizeof *peers; i++) {
        char words[600];
        (void)snprintf(words, sizeof words, program, peers[i].theirs);
        ck_assert_msg(shell("/usr/bin/python3 -B -c '%s'", words) == peers[i].status, "%s: %s",
                      peers[i].theirs, shell_text);
        if (peers[i].status) ck_assert_ptr_nonnull(strstr(shell_text, ": net: "));
    }
}
END_TEST

Suite *suite_tools_peers(void) {
    Suite *suite = suite_create("tools/peers");
    TCase *cases = tcase_create("peers");
    tcase_add_test(cases, brian2_is_built_without_the_flags_of_our_make);
    tcase_add_test(cases, networks_of_unlike_activity_are_not_compared);
    suite_add_tcase(suite, cases);
    return suite;
}
