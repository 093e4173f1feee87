/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * help.c - everything that is said about the commands comes from their table: overview, help of one command,
 * manual page, completion. */
#include <string.h>

#include "base/map.h"
#include "cli/cli.h"

static const struct {
    int code;
    const char *meaning;
} EXITS[] = {
    {0, "done; everything that was checked holds"},
    {1, "checked and found wanting: a plan that is refuted, an economy with errors, floors that cannot be met"},
    {2, "the command line is wrong"},
    {3, "the input is wrong or cannot be read"},
    {4, "reading or writing failed"},
    {5, "a limit of the machine: memory, size"},
    {6, "stopped: Ctrl-C, a signal, the time limit"},
    {7, "the numbers are too badly conditioned"},
    {70, "a defect in Plenty"},
};
#define N_EXITS (sizeof EXITS / sizeof EXITS[0])

/* Prints text wrapped to 78 characters, each line begun by `indent` spaces; the first line has `used`
 * characters already. */
static void wrap(FILE *out, const char *text, int indent, int used)
{
    int at = used;
    while (*text != '\0') {
        if (*text == '\n') {
            fprintf(out, "\n%*s", indent, "");
            at = indent;
            text++;
            continue;
        }
        int n = (int)strcspn(text, " \n");
        if (at > indent && at + 1 + n > 78) {
            fprintf(out, "\n%*s", indent, "");
            at = indent;
        } else if (at > indent) {
            fputc(' ', out);
            at++;
        }
        fprintf(out, "%.*s", n, text);
        at += n;
        text += n;
        while (*text == ' ') {
            text++;
        }
    }
    fputc('\n', out);
}

static void paragraphs(FILE *out, const char *text)
{
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        char paragraph[2048];
        snprintf(paragraph, sizeof paragraph, "%.*s", (int)n, text);
        fputs("  ", out);
        wrap(out, paragraph, 2, 2);
        text += n + (text[n] == '\n');
        if (*text != '\0') {
            fputc('\n', out);
        }
    }
}

static int widest_name(void)
{
    int widest = 0;
    for (const cli_command *c = cli_next_command(NULL); c != NULL; c = cli_next_command(c)) {
        int n = (int)strlen(c->name);
        widest = n > widest ? n : widest;
    }
    return widest;
}

static void print_usage(FILE *out)
{
    fprintf(out, "plenty - plans what people need, and proves every step\n\n"
                 "usage: plenty COMMAND [OPTIONS] [ARGUMENTS]\n\n");
}

void cli_print_all(FILE *out)
{
    print_usage(out);
    for (const cli_command *c = cli_next_command(NULL); c != NULL; c = cli_next_command(c)) {
        const char *title = cli_title_before(c);
        if (title != NULL) {
            fprintf(out, "%s\n", title);
        }
        fprintf(out, "  %-*s  %s\n", widest_name(), c->name, c->purpose);
    }
    fprintf(out, "\n'plenty COMMAND --help' says more. Begin with 'plenty demo'.\n");
}

/* How long the first word of a command's name is; *second is what follows it, or NULL. */
static size_t first_word(const cli_command *c, const char **second)
{
    size_t n = strcspn(c->name, " ");
    *second = c->name[n] == ' ' ? c->name + n + 1 : NULL;
    return n;
}

void cli_print_overview(FILE *out)
{
    enum { WIDTH = 12, LINE = 100 }; /* of first words; of text */
    print_usage(out);
    const char *before = "";
    size_t n_before = 0;
    int at = 0;
    for (const cli_command *c = cli_next_command(NULL); c != NULL; c = cli_next_command(c)) {
        const char *title = cli_title_before(c), *second;
        size_t n = first_word(c, &second);
        bool same = second != NULL && title == NULL && n == n_before && strncmp(c->name, before, n) == 0;
        if (!same) {
            fprintf(out, "%s%s%s  %-*.*s  ", at > 0 ? "\n" : "", title != NULL ? title : "", title != NULL ? "\n" : "",
                    WIDTH, (int)n, c->name);
            at = WIDTH + 4;
        } else if (at + 2 + (int)strlen(second) > LINE) {
            fprintf(out, ",\n%*s", WIDTH + 4, "");
            at = WIDTH + 4;
        } else {
            fputs(", ", out);
            at += 2;
        }
        fputs(second != NULL ? second : c->purpose, out);
        at += (int)strlen(second != NULL ? second : c->purpose);
        before = c->name;
        n_before = n;
    }
    fprintf(out, "\n\nBegin with 'plenty demo'. 'plenty WORD --help' says more of each; 'plenty help' lists all with what they do.\n");
}

static bool of_group(const cli_command *c, const char *name)
{
    size_t n = strlen(name);
    return strncmp(c->name, name, n) == 0 && c->name[n] == ' ';
}

void cli_print_group(const char *name, FILE *out)
{
    fprintf(out, "usage: plenty %s ... [OPTIONS] [ARGUMENTS]\n\n", name);
    for (const cli_command *c = cli_next_command(NULL); c != NULL; c = cli_next_command(c)) {
        if (of_group(c, name)) {
            fprintf(out, "  %-*s  %s\n", widest_name(), c->name, c->purpose);
        }
    }
    fprintf(out, "\n'plenty %s ... --help' says more.\n", name);
}

static int option_width(const cli_option *o)
{
    return (int)(strlen(o->name) + (o->value != NULL ? 1 + strlen(o->value) : 0));
}

void cli_print_command_help(const cli_command *c, FILE *out)
{
    bool options = c->options->name != NULL;
    fprintf(out, "plenty %s - %s\n\nusage: plenty %s%s%s%s\n", c->name, c->purpose, c->name,
            c->arguments[0] != '\0' ? " " : "", c->arguments, options ? " [OPTIONS]" : "");
    if (c->help[0] != '\0') {
        fputc('\n', out);
        paragraphs(out, c->help);
    }
    fputc('\n', out);
    int widest = 4;
    for (const cli_option *o = c->options; o->name != NULL; o++) {
        widest = option_width(o) > widest ? option_width(o) : widest;
    }
    for (const cli_option *o = c->options; o->name != NULL; o++) {
        char letter[8] = "    ";
        if (o->letter != 0) {
            snprintf(letter, sizeof letter, "-%c, ", o->letter);
        }
        fprintf(out, "  %s--%s%s%s%*s  ", letter, o->name, o->value != NULL ? " " : "",
                o->value != NULL ? o->value : "", widest - option_width(o), "");
        wrap(out, o->help, widest + 10, widest + 10);
    }
    fprintf(out, "  -h, --help%*s  this text\n\n", widest - 4, "");
    for (const char *e = c->example; *e != '\0'; e += strcspn(e, "\n") + (strchr(e, '\n') != NULL)) {
        fprintf(out, "%s%.*s\n", e == c->example ? "example: " : "         ", (int)strcspn(e, "\n"), e);
    }
}

/* ---- The manual page ------------------------------------------------------------------------------- */

/* Text for mdoc: backslashes, and dots and quotes at the beginning of a line, are protected. */
static void man_text(const char *text)
{
    bool begins = true;
    for (; *text != '\0'; text++) {
        if (begins && (*text == '.' || *text == '\'')) {
            fputs("\\&", stdout);
        }
        begins = *text == '\n';
        if (*text == '\\') {
            fputs("\\e", stdout);
        } else {
            putchar(*text);
        }
    }
}

static void man_paragraphs(const char *text)
{
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        char paragraph[2048];
        /* A new line after each sentence, as mdoc wants. */
        size_t k = 0;
        for (size_t i = 0; i < n && k + 2 < sizeof paragraph; i++) {
            bool ends = text[i] == ' ' && i > 0 && text[i - 1] == '.';
            paragraph[k++] = ends ? '\n' : text[i];
        }
        paragraph[k] = '\0';
        man_text(paragraph);
        putchar('\n');
        text += n + (text[n] == '\n');
        if (*text != '\0') {
            puts(".Pp");
        }
    }
}

static void man_options(const cli_command *c)
{
    if (c->options->name == NULL) {
        return;
    }
    puts(".Bl -tag -width Ds -compact");
    for (const cli_option *o = c->options; o->name != NULL; o++) {
        printf(".It");
        if (o->letter != 0) {
            printf(" Fl %c ,", o->letter);
        }
        printf(" Fl -%s", o->name);
        if (o->value != NULL) {
            printf(" Ar %s", o->value);
        }
        putchar('\n');
        man_text(o->help);
        putchar('\n');
    }
    puts(".El");
}

static void man_commands(void)
{
    for (const cli_command *c = cli_next_command(NULL); c != NULL; c = cli_next_command(c)) {
        const char *title = cli_title_before(c);
        if (title != NULL) {
            printf("%s.Ss %s\n.Bl -tag -width Ds\n", c == cli_next_command(NULL) ? "" : ".El\n", title);
        }
        printf(".It Cm %s", c->name);
        char words[128];
        snprintf(words, sizeof words, "%s", c->arguments);
        if (c->arguments[0] != '\0') {
            printf(" Ar %s", words);
        }
        printf("\n%c%s.\n", c->purpose[0] - ('a' - 'A'), c->purpose + 1);
        if (c->help[0] != '\0') {
            man_paragraphs(c->help);
        }
        man_options(c);
    }
    puts(".El");
}

static void print_man(void)
{
    printf(".\\\" SPDX-License-Identifier: AGPL-3.0-or-later\n.\\\" Made by 'plenty help --man'.\n"
           ".Dd November 28, 2026\n.Dt PLENTY 1\n.Os\n.Sh NAME\n.Nm plenty\n"
           ".Nd plans what people need, and proves every step\n.Sh SYNOPSIS\n.Nm\n.Ar command\n"
           ".Op Ar options\n.Op Ar arguments\n.Sh DESCRIPTION\n.Nm\n"
           "makes a plan of an economy: what is made, how, and for whom,\nso that needs are met in the "
           "order that people voted,\nwithin the hours, machines and nature there are.\n"
           "Every plan carries the prices that prove it; an independent checker verifies them.\n"
           ".Pp\nThe commands are as follows:\n");
    man_commands();
    printf(".Sh ENVIRONMENT\n.Bl -tag -width NO_COLOR\n.It Ev NO_COLOR\n"
           "If set to anything, no colours are used.\n.El\n.Sh FILES\n"
           "Economies and plans are folders of CSV tables, the record of a commons is one file; their formats are described in\n"
           ".Pa docs/formats .\n.Sh EXIT STATUS\n.Bl -tag -width Ds -compact\n");
    for (size_t i = 0; i < N_EXITS; i++) {
        printf(".It %d\n%s\n", EXITS[i].code, EXITS[i].meaning);
    }
    printf(".El\n.Sh EXAMPLES\n.Bd -literal\n");
    for (const cli_command *c = cli_next_command(NULL); c != NULL; c = cli_next_command(c)) {
        man_text(c->example);
        putchar('\n');
    }
    printf(".Ed\n");
}

/* ---- Completion ------------------------------------------------------------------------------------ */

static void complete_words(const cli_option *o)
{
    printf("        --%s", o->name);
    if (o->letter != 0) {
        printf("|-%c", o->letter);
    }
    if (o->words == NULL) {
        printf(") return;;\n");
    } else if (o->words[0] == '@') {
        printf(") _plenty_paths; return;;\n");
    } else {
        printf(") local IFS='|'; COMPREPLY=($(compgen -W '%s' -- \"$cur\")); COMPREPLY=(\"${COMPREPLY[@]// /\\\\ }\");"
               " return;;\n",
               o->words);
    }
}

/* Prints each word once: first words of commands, or the second ones of a group. */
static void print_words(const char *group)
{
    const char *before = "";
    for (const cli_command *c = cli_next_command(NULL); c != NULL; c = cli_next_command(c)) {
        size_t n = strcspn(c->name, " ");
        if (group != NULL && of_group(c, group)) {
            printf("%s ", c->name + strlen(group) + 1);
        } else if (group == NULL && (strncmp(before, c->name, n) != 0 || before[n] != ' ')) {
            printf("%.*s ", (int)n, c->name);
        }
        before = c->name;
    }
}

static void complete_command(const cli_command *c)
{
    printf("    '%s')\n        case $prev in\n", c->name);
    for (const cli_option *o = c->options; o->name != NULL; o++) {
        if (o->value != NULL) {
            complete_words(o);
        }
    }
    printf("        esac\n        case $cur in\n        -*) COMPREPLY=($(compgen -W '");
    for (const cli_option *o = c->options; o->name != NULL; o++) {
        printf("--%s ", o->name);
    }
    printf("--help' -- \"$cur\"));;\n        *) ");
    if (strcmp(c->name, "help") == 0) {
        printf("COMPREPLY=($(compgen -W '");
        print_words(NULL);
        printf("' -- \"$cur\"));;\n");
    } else {
        printf("_plenty_paths;;\n");
    }
    puts("        esac;;");
}

static void print_completion(void)
{
    puts("# bash completion for plenty, made by 'plenty help --completion bash'\n"
         "_plenty_paths()\n{\n    compopt -o filenames\n    COMPREPLY=($(compgen -f -- \"$cur\"))\n}\n"
         "_plenty()\n{\n    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}\n"
         "    COMPREPLY=()\n    if [ \"$COMP_CWORD\" -eq 1 ]; then");
    printf("        COMPREPLY=($(compgen -W '");
    print_words(NULL);
    puts("--help --version' -- \"$cur\"))\n        return\n    fi\n    case $command in");
    const char *before = "";
    for (const cli_command *c = cli_next_command(NULL); c != NULL; c = cli_next_command(c)) {
        size_t n = strcspn(c->name, " ");
        char group[64];
        if (c->name[n] != ' ' || strncmp(before, c->name, n + 1) == 0) {
            continue;
        }
        snprintf(group, sizeof group, "%.*s", (int)n, c->name);
        printf("    %s)\n        if [ \"$COMP_CWORD\" -eq 2 ]; then\n            COMPREPLY=($(compgen -W '", group);
        print_words(group);
        puts("--help' -- \"$cur\"))\n            return\n        fi\n        command=\"$command ${COMP_WORDS[2]}\";;");
        before = c->name;
    }
    puts("    esac\n    case $command in");
    for (const cli_command *c = cli_next_command(NULL); c != NULL; c = cli_next_command(c)) {
        complete_command(c);
    }
    puts("    esac\n}\ncomplete -F _plenty plenty");
}

int cli_help(const cli_args *args)
{
    const char *shell = cli_text(args, "completion");
    if (shell != NULL) {
        if (strcmp(shell, "bash") != 0) {
            return cli_usage(args, "--completion bash", "there is no completion for '%s'", shell);
        }
        print_completion();
        return 0;
    }
    if (cli_flag(args, "man")) {
        print_man();
        return 0;
    }
    if (args->n_arguments > 0) {
        int words;
        const cli_command *c = cli_match_command(args->argument[0], args->argument[1], &words);
        if (c == NULL && args->n_arguments == 1 && cli_is_group(args->argument[0])) {
            cli_print_group(args->argument[0], stdout);
            return 0;
        }
        if (c == NULL || words != args->n_arguments) {
            return cli_usage(args, "'plenty help' lists the commands", "there is no command '%s%s%s'", args->argument[0],
                             args->n_arguments > 1 ? " " : "", args->n_arguments > 1 ? args->argument[1] : "");
        }
        cli_print_command_help(c, stdout);
        return 0;
    }
    cli_print_all(stdout);
    printf("\nexit codes\n");
    for (size_t i = 0; i < N_EXITS; i++) {
        printf("  %2d  %s\n", EXITS[i].code, EXITS[i].meaning);
    }
    return 0;
}
