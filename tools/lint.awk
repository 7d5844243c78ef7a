# The rules of tools/lint for C files; POSIX awk. Each file is read once; what a rule looks at is
# `code`, the line without comments and the insides of strings, or `raw`, the line as it is.

BEGIN {
    FILE_LINES = 600; FUNCTION_LINES = 70; COLUMNS = 100

    # Which folder may include which, besides itself. Arrows point down only.
    models = "neurons synapses plasticity encoders"
    includes["sim"] = ""
    includes["neurons"] = includes["synapses"] = "sim"
    includes["plasticity"] = includes["encoders"] = "sim"
    includes["io"] = "sim " models
    includes["cli"] = "sim io " models
    includes["tests"] = "sim io cli tests " models
    includes["bench"] = "sim io cli " models
    # Foreign headers that only one folder sees.
    owner["yaml.h"] = owner["hdf5.h"] = owner["hdf5_hl.h"] = owner["zlib.h"] = "io"
    owner["lzma.h"] = owner["nettle/sha2.h"] = owner["nettle/version.h"] = "io"
    owner["cairo.h"] = owner["cairo-svg.h"] = "io"
    owner["event.h"] = owner["evhttp.h"] = "cli"

    allocate = call("malloc|calloc|realloc|reallocarray|free|strdup|strndup|asprintf|vasprintf|" \
                    "aligned_alloc|posix_memalign")
    unsafe = call("strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atoll|atof|alloca|" \
                  "setjmp|longjmp")
    leave = call("exit|_exit|_Exit|quick_exit|abort")
    speak = call("printf|vprintf|puts|putchar|perror") "|" word("stdout|stderr")
}

# A call of one of the names; one of the words.
function call(names) { return "(^|[^A-Za-z0-9_])(" names ")[ ]*\\(" }
function word(names) { return "(^|[^A-Za-z0-9_])(" names ")([^A-Za-z0-9_]|$)" }

function problem(line, text) { print name ":" line ": " text; bad = 1 }

FNR == 1 { if (name) file_end(); file_start() }
{
    raw = $0
    code = strip(raw)
    line_rules()
    if (raw ~ /^#include/) include_rules()
    if (is_library || folder == "cli") call_rules()
    if (name ~ /\.h$/) guard_rules()
    function_rules()
    before = raw
}
END { if (name) file_end(); exit bad }

function file_start(    n, part) {
    name = FILENAME
    n = split(name, part, "/")
    folder = part[1]
    stem = part[n]
    sub(/\.[ch]$/, "", stem)
    is_model = (" " models " ") ~ (" " folder " ")
    is_library = folder == "sim" || folder == "io" || is_model
    own = name
    sub(/\.c$/, ".h", own)
    own_internal = own
    sub(/\.h$/, "_internal.h", own_internal)
    has_own = own != name && (getline line < own) >= 0
    if (has_own) close(own)
    in_comment = 0; included = 0; guard = 0; function_start = 0; before = ""
    long_file = $0 ~ /^\/\* long: ./
}

function file_end() {
    if (count > FILE_LINES && !long_file)
        problem(count, "a file has at most " FILE_LINES \
                       " lines; else say why on line 1: /* long: reason */")
    if (name ~ /\.h$/ && guard < 2) problem(1, "needs the include guard " guard_name())
}

# The line without comments, strings emptied.
function strip(text,    out, at) {
    out = ""
    while (text != "") {
        if (in_comment) {
            at = index(text, "*/")
            if (!at) return out
            text = substr(text, at + 2)
            in_comment = 0
            out = out " "
        } else if (match(text, /\/\*|\/\/|"([^"\\]|\\.)*"|'([^'\\]|\\.)*'/)) {
            out = out substr(text, 1, RSTART - 1)
            at = substr(text, RSTART, 2)
            if (at == "//") return out
            if (at == "/*") in_comment = 1
            else out = out substr(text, RSTART, 1) substr(text, RSTART, 1)
            text = substr(text, RSTART + (in_comment ? 2 : RLENGTH))
        } else
            return out text
    }
    return out
}

function line_rules(    width) {
    count = FNR
    width = raw
    gsub(/[\200-\277]/, "", width) # a character of several bytes is one column
    if (length(width) > COLUMNS) problem(FNR, "has " length(width) " columns of " COLUMNS)
    if (raw ~ word("TODO|FIXME|XXX") && raw !~ /#[0-9]/)
        problem(FNR, "needs the number of its issue")
    if (code ~ /^#[ ]*if 0/) problem(FNR, "no code that is switched off")
}

function include_rules(    path, part, to) {
    included++
    if (!match(raw, /["<][^">]*[">]/)) return
    path = substr(raw, RSTART + 1, RLENGTH - 2)
    if (has_own && included == 1 && path != own && path != own_internal)
        problem(FNR, "includes its own header first: \"" own "\"")
    if (substr(raw, RSTART, 1) == "<") { foreign_rules(path); return }

    if (path == "version.h") return # written by the Makefile
    if (split(path, part, "/") < 2) {
        problem(FNR, "write the path from the root: \"" path "\"")
        return
    }
    to = part[1]
    if (to != folder && (" " includes[folder] " ") !~ (" " to " "))
        problem(FNR, folder "/ may not include " to "/")
    # Models are strangers to each other; their vectorised loops are their own.
    if (is_model && to == folder && path != own && part[2] != "kernels")
        problem(FNR, "a model includes no other model: " path)
    if (path ~ /_internal\.h$/ && to != folder && folder != "tests")
        problem(FNR, path " is for " to "/ only")
}

function foreign_rules(path,    who) {
    who = owner[path]
    if (path ~ /^event2\//) who = "cli"
    if (path ~ /^Random123\//) who = "sim"
    if (path == "check.h") who = "tests"
    if (who && who != folder && folder != "tests") problem(FNR, "<" path "> is for " who "/ only")
}

function call_rules() {
    if (name != "sim/arena.c" && code ~ allocate) problem(FNR, "memory comes from sim/arena.h only")
    if (code ~ unsafe) problem(FNR, "a forbidden call (CONTRIBUTING.md)")
    # sim/error.c reports our own bugs, and ends.
    if (!is_library || name == "sim/error.c") return
    if (code ~ leave) problem(FNR, "the library never ends the program")
    if (code ~ speak) problem(FNR, "the library never prints")
}

function guard_name(    text) {
    text = toupper(name)
    gsub(/[^A-Z0-9]/, "_", text)
    return "HK_" text
}
function guard_rules() {
    if (code == "#ifndef " guard_name()) guard = 1
    else if (guard == 1 && code == "#define " guard_name()) guard = 2
}

# A function begins at the first line of its head, in column 1, and ends with a "}" there. Whatever
# else stands in column 1 begins anew; initialisers and structs end with "};".
function function_rules(    size) {
    if (code ~ /^[A-Za-z_]/ && code !~ /:[ ]*$/) {
        if (!function_start || ended) { function_start = FNR; excused = before ~ /\/\* long: ./ }
        ended = code ~ /;[ ]*$/
    } else if (code ~ /^}/) {
        size = FNR - function_start + 1
        if (code ~ /^}[ ]*$/ && size > FUNCTION_LINES && !excused)
            problem(function_start, "a function has at most " FUNCTION_LINES " lines, this " size \
                    "; else say why on the line above: /* long: reason */")
        ended = 1
    }
}
