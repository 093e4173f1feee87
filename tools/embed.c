/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * embed.c - a folder of files as data in C: each compressed (gzip), with its name and type, sorted by name.
 *   embed FOLDER OUT.c      a folder that is not there gives an empty table
 *
 * The bytes stand in a file beside OUT.c and are taken in by the assembler (.incbin): thousands of times faster than an array of numbers. */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#define FILES 4000
#define PATH 1000
#define BYTES ((size_t)64 << 20)

static char name[FILES][PATH];
static size_t offset[FILES], packed[FILES], whole[FILES];
static int n_files;

static int fail(const char *what, const char *path)
{
    fprintf(stderr, "embed: %s: %s: %s\n", path, what, strerror(errno));
    return 1;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static int find(const char *folder, const char *below)
{
    char path[2 * PATH];
    snprintf(path, sizeof path, "%s/%s", folder, below);
    DIR *dir = opendir(path);
    if (dir == NULL) {
        return below[0] == '\0' && errno == ENOENT ? 0 : fail("cannot be read", path);
    }
    int code = 0;
    for (const struct dirent *e = readdir(dir); e != NULL && code == 0; e = readdir(dir)) {
        char inner[PATH], full[3 * PATH];
        struct stat st;
        if (e->d_name[0] == '.') {
            continue;
        }
        if ((size_t)snprintf(inner, sizeof inner, "%s%s%s", below, below[0] != '\0' ? "/" : "", e->d_name) >= sizeof inner || n_files == FILES) {
            code = fail("too many files, or too long a name", e->d_name);
            break;
        }
        snprintf(full, sizeof full, "%s/%s", folder, inner);
        if (stat(full, &st) != 0) {
            code = fail("cannot be read", full);
        } else if (S_ISDIR(st.st_mode)) {
            code = find(folder, inner);
        } else {
            memcpy(name[n_files++], inner, sizeof inner);
        }
    }
    closedir(dir);
    return code;
}

/* Compresses one file to the end of `out`. */
static int pack(const char *folder, int k, FILE *out)
{
    static unsigned char bytes[BYTES], small[BYTES + BYTES / 100 + 1000];
    char path[2 * PATH];
    bool fits = (size_t)snprintf(path, sizeof path, "%.999s/%.999s", folder, name[k]) < sizeof path;
    FILE *in = fits ? fopen(path, "rb") : NULL;
    if (in == NULL) {
        return fail("cannot be read", path);
    }
    whole[k] = fread(bytes, 1, sizeof bytes, in);
    int wrong = ferror(in) || !feof(in);
    fclose(in);
    z_stream z = {.next_in = bytes, .avail_in = (uInt)whole[k], .next_out = small, .avail_out = (uInt)sizeof small};
    if (wrong || deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
        return fail("cannot be compressed", path);
    }
    wrong = deflate(&z, Z_FINISH) != Z_STREAM_END;
    packed[k] = z.total_out;
    deflateEnd(&z);
    offset[k] = (size_t)ftell(out);
    return wrong || fwrite(small, 1, packed[k], out) != packed[k] ? fail("cannot be written", path) : 0;
}

static void table(FILE *out, const char *data)
{
    fprintf(out, "/* Made by tools/embed. */\n#include \"server/assets.h\"\n\n");
    fprintf(out, "__asm__(\".section .rodata\\n.balign 16\\n.globl pl_asset_bytes\\npl_asset_bytes:\\n.incbin \\\"%s\\\"\\n.byte 0\\n.previous\\n\");\n", data);
    fprintf(out, "extern const unsigned char pl_asset_bytes[] __attribute__((visibility(\"hidden\")));\n\n");
    fprintf(out, "const pl_embedded PL_ASSETS[] = {\n");
    for (int k = 0; k < n_files; k++) {
        fprintf(out, "    {\"%s\", pl_asset_bytes + %zu, %zu, %zu},\n", name[k], offset[k], packed[k], whole[k]);
    }
    fprintf(out, "    {0, 0, 0, 0},\n};\nconst int PL_N_ASSETS = %d;\n", n_files);
}

int main(int argc, char **argv)
{
    char data[2 * PATH];
    if (argc != 3) {
        fprintf(stderr, "usage: embed FOLDER OUT.c\n");
        return 2;
    }
    if (find(argv[1], "") != 0) {
        return 1;
    }
    qsort(name, (size_t)n_files, sizeof name[0], by_name);
    snprintf(data, sizeof data, "%s.bin", argv[2]);
    FILE *bytes = fopen(data, "wb");
    if (bytes == NULL) {
        return fail("cannot be written", data);
    }
    for (int k = 0; k < n_files; k++) {
        if (pack(argv[1], k, bytes) != 0) {
            return 1;
        }
    }
    if (fclose(bytes) != 0) {
        return fail("cannot be written", data);
    }
    FILE *out = fopen(argv[2], "w");
    if (out == NULL) {
        return fail("cannot be written", argv[2]);
    }
    table(out, data);
    return fclose(out) != 0 ? fail("cannot be written", argv[2]) : 0;
}
