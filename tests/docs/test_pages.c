/* What the pages of docs/ and the README show is true: experiments run, what the program is said
 * answer is what it answers, code stands where it is said to.
 *
 * In a page, the line before a block may name its file: "`example.yaml`:". An experiment that isn't
 * whole is laid over example.yaml, that of docs/experiment-file.md; one called wrong*.yaml is
 * refused. A block of `console` has commands behind "$ " and what they print, where "..." stands
 * for anything, alone in a line for any lines. A block of `c` stands in the file that is named. */
#include <check.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/failure.h"
#include "tests/support/paths.h"
#include "tests/support/program.h"
#include "tests/support/suites.h"

enum { PAGE_SIZE = 256 * 1024, BLOCKS_MAX = 200, NAME_SIZE = 128, COMMAND_SIZE = 8192 };

/* ---- blocks ---- */

struct block {
    char language[16], name[NAME_SIZE]; /* "" where none is given */
    int line;
    char *text; /* within the page */
};

struct page {
    char text[PAGE_SIZE];
    struct block blocks[BLOCKS_MAX];
    size_t count;
};

static void read_file(const char *path, char *text, size_t room) {
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "no %s", path);
    size_t size = fread(text, 1, room - 1, file);
    ck_assert_msg(size < room - 1, "%s is too long", path);
    (void)fclose(file);
    text[size] = '\0';
}

/* "`neurons/izhikevich.c`:" */
static void read_name(const char *line, char name[NAME_SIZE]) {
    size_t size = strcspn(line, "\n");
    *name = '\0';
    if (size < 4 || line[0] != '`' || strncmp(line + size - 2, "`:", 2) != 0) return;
    (void)snprintf(name, NAME_SIZE, "%.*s", (int)(size - 3), line + 1);
}

/* Cuts the page into its blocks. */
static struct page *read_page(const char *path) {
    static struct page page;
    const char *before = "";
    struct block *open = NULL;
    int number = 0;
    page.count = 0;
    read_file(path, page.text, sizeof page.text);
    for (char *line = page.text, *next; *line; line = next) {
        next = line + strcspn(line, "\n");
        if (*next) next++;
        number++;
        if (strncmp(line, "```", 3) != 0) {
            if (*line != '\n') before = line;
            continue;
        }
        if (open) {
            *line = '\0';
            open = NULL;
            continue;
        }
        ck_assert_uint_lt(page.count, BLOCKS_MAX);
        open = &page.blocks[page.count++];
        *open = (struct block){.line = number, .text = next};
        (void)sscanf(line, "```%15s", open->language);
        read_name(before, open->name);
    }
    ck_assert_ptr_null(open);
    return &page;
}

/* ---- experiments ---- */

static struct program program;

static bool has_key(const char *text, const char *key) {
    const char *at = strstr(text, key);
    return at && (at == text || at[-1] == '\n');
}

/* Under its own name, whole. */
static const char *write_experiment(const struct block *block, size_t index) {
    static char name[NAME_SIZE + 16], text[16 * 1024];
    bool whole = has_key(block->text, "base:") || has_key(block->text, "populations:");
    whole = whole && (has_key(block->text, "name:") || has_key(block->text, "sweep:"));
    if (*block->name)
        (void)snprintf(name, sizeof name, "%s", block->name);
    else
        (void)snprintf(name, sizeof name, "block%zu.yaml", index);
    (void)snprintf(text, sizeof text, "%s%s%s", whole ? "" : "base: example.yaml\n",
                   whole || has_key(block->text, "name:") ? "" : "name: part\n", block->text);
    program_write_file(name, text);
    return name;
}

static void run_experiment(const char *path, const struct block *block, size_t index) {
    static int runs;
    char folder[32];
    const char *name = write_experiment(block, index);
    (void)snprintf(folder, sizeof folder, "run%d", runs++);
    bool wrong = strncmp(name, "wrong", 5) == 0;
    program_run(&program, "run", name, "-q", "-W", "error", "-o", folder);
    /* Data that aren't here: all else is right, or the status would be that of mistakes. */
    if (!wrong && program.status == HK_EXIT_DATA) return;
    ck_assert_msg(program.status == (wrong ? HK_EXIT_EXPERIMENT : 0), "%s:%d: status %d: %s", path,
                  block->line, program.status, program.err);
}

/* ---- the program's answers ---- */

/* A line of the page, "..." for anything, against one of the answer. */
static bool line_fits(const char *pattern, size_t size, const char *line, size_t length) {
    static const char any[] = "...";
    if (size == 0) return length == 0;
    if (size >= 3 && strncmp(pattern, any, 3) == 0) {
        for (size_t skip = 0; skip <= length; skip++)
            if (line_fits(pattern + 3, size - 3, line + skip, length - skip)) return true;
        return false;
    }
    return length > 0 && *pattern == *line &&
           line_fits(pattern + 1, size - 1, line + 1, length - 1);
}

/* Does the answer fit the lines up to `end`? */
static bool answer_fits(const char *pattern, const char *end, const char *answer) {
    if (pattern >= end) return *answer == '\0';
    size_t size = strcspn(pattern, "\n"), length = strcspn(answer, "\n");
    const char *rest = pattern + size + 1;
    if (size == 3 && strncmp(pattern, "...", 3) == 0) {
        for (const char *at = answer;;) {
            if (answer_fits(rest, end, at)) return true;
            at = strchr(at, '\n');
            if (!at++) return false;
        }
    }
    if (!*answer || !line_fits(pattern, size, answer, length)) return false;
    return answer_fits(rest, end, answer + length + (answer[length] == '\n'));
}

static void ask(const char *path, const struct block *block, const char *command,
                const char *expected, const char *end) {
    static char line[COMMAND_SIZE], answer[PROGRAM_TEXT_MAX];
    char executable[PATH_MAX];
    ck_assert_ptr_nonnull(realpath(hk_test_program(), executable));
    (void)snprintf(line, sizeof line, "hillock() { '%s' \"$@\"; }; cd '%s' && { %.*s; } 2>&1",
                   executable, hk_test_folder(), (int)strcspn(command, "\n"), command);
    FILE *shell = popen(line, "r");
    ck_assert_ptr_nonnull(shell);
    answer[fread(answer, 1, sizeof answer - 1, shell)] = '\0';
    (void)pclose(shell);
    ck_assert_msg(answer_fits(expected, end, answer), "%s:%d: `%.*s` answers\n%s", path,
                  block->line, (int)strcspn(command, "\n"), command, answer);
}

static void check_answers(const char *path, const struct block *block) {
    for (const char *at = block->text; *at;) {
        ck_assert_msg(strncmp(at, "$ ", 2) == 0, "%s:%d: no command", path, block->line);
        const char *expected = strchr(at, '\n') + 1, *end = expected;
        while (*end && strncmp(end, "$ ", 2) != 0) end = strchr(end, '\n') + 1;
        ask(path, block, at + 2, expected, end);
        at = end;
    }
}

/* Commands that aren't run here (they take long, or need data) exist at least. */
static void check_commands(const char *path, const struct block *block) {
    for (const char *at = block->text; (at = strstr(at, "hillock ")); at++) {
        char word[32] = "";
        struct hk_err err = {.code = HK_OK};
        bool begins = at == block->text || at[-1] == '\n' || strncmp(at - 6, "build/", 6) == 0;
        if (!begins || sscanf(at, "hillock %31[a-z]", word) != 1) continue;
        ck_assert_msg(hk_command_get(word, &err) != NULL, "%s:%d: %s", path, block->line,
                      err.message);
    }
}

/* ---- code ---- */

static void check_code(const char *path, const struct block *block) {
    static char source[PAGE_SIZE];
    ck_assert_msg(*block->name, "%s:%d: no file is named", path, block->line);
    read_file(block->name, source, sizeof source);
    ck_assert_msg(strstr(source, block->text) != NULL, "%s:%d: not so in %s", path, block->line,
                  block->name);
}

/* ---- pages ---- */

static void setup(void) {
    const struct page *page = read_page("docs/experiment-file.md");
    for (size_t i = 0; i < page->count; i++)
        if (strcmp(page->blocks[i].name, "example.yaml") == 0)
            program_write_file("example.yaml", page->blocks[i].text);
    ck_assert(program_has_file("example.yaml"));
}

static void check_page(const char *path) {
    const struct page *page = read_page(path);
    for (size_t i = 0; i < page->count; i++) {
        const struct block *block = &page->blocks[i];
        if (strcmp(block->language, "yaml") == 0) run_experiment(path, block, i);
        if (strcmp(block->language, "console") == 0) check_answers(path, block);
        if (strcmp(block->language, "sh") == 0) check_commands(path, block);
        if (strcmp(block->language, "c") == 0) check_code(path, block);
    }
}

START_TEST(the_readme_is_true) {
    check_page("README.md");
}
END_TEST

START_TEST(every_page_of_the_manual_is_true) {
    glob_t found;
    ck_assert_int_eq(glob("docs/*.md", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) check_page(found.gl_pathv[i]);
    globfree(&found);
}
END_TEST

/* ---- the test itself ---- */

START_TEST(dots_stand_for_anything) {
    static const struct {
        const char *pattern, *answer;
        bool fits;
    } cases[] = {
        {"a\n", "a\n", true},
        {"a\n", "b\n", false},
        {"a\n", "a\nb\n", false},
        {"a\n", "", false},
        {"...\n", "", true},
        {"...\nb\n", "a\na\nb\n", true},
        {"...\nb\n", "a\nb\nc\n", false},
        {"x = ... Hz\n", "x = 3 Hz\n", true},
        {"x = ... Hz\n", "x = 3 ms\n", false},
        {"", "", true},
        {"", "a\n", false},
    };
    for (size_t i = 0; i < HK_COUNT(cases); i++) {
        const char *pattern = cases[i].pattern;
        ck_assert_int_eq(answer_fits(pattern, pattern + strlen(pattern), cases[i].answer),
                         cases[i].fits);
    }
}
END_TEST

Suite *suite_docs_pages(void) {
    Suite *suite = suite_create("docs/pages");
    TCase *cases = tcase_create("pages");
    tcase_set_timeout(cases, 300);
    tcase_add_checked_fixture(cases, setup, hk_test_folder_remove);
    tcase_add_test(cases, the_readme_is_true);
    tcase_add_test(cases, every_page_of_the_manual_is_true);
    tcase_add_test(cases, dots_stand_for_anything);
    suite_add_tcase(suite, cases);
    return suite;
}
