/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "io/file.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/mem.h"
#include "test/test.h"

static const char *in_tmp(const char *name)
{
    static char path[8][4096];
    static int turn;
    char *p = path[turn++ % 8];
    CHECK(pl_path_join(p, sizeof path[0], test_tmp(), name));
    return p;
}

static void put(const char *path, const char *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    CHECK(f != NULL && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
}

static int entries(const char *path)
{
    DIR *d = opendir(path);
    CHECK(d != NULL);
    int n = -2;
    while (readdir(d) != NULL) {
        n++;
    }
    closedir(d);
    return n;
}

static void check_content(const char *path, const char *want)
{
    pl_file file;
    pl_error err = {0};
    if (pl_file_read(path, 1000000, &file, &err) != PL_OK) {
        FAIL("%s: %s", err.subject, err.message);
    }
    CHECK_INT(file.n, strlen(want));
    CHECK_STR(file.bytes, want);
    pl_file_clear(&file);
}

/* Writes `n` bytes as two gzip members; returns the size. */
static size_t gzip(const char *bytes, size_t n, char *out, size_t room)
{
    size_t at = 0;
    for (int part = 0; part < 2; part++) {
        z_stream z = {0};
        CHECK(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
        size_t from = part == 0 ? 0 : n / 2, to = part == 0 ? n / 2 : n;
        z.next_in = (unsigned char *)(uintptr_t)bytes + from;
        z.avail_in = (unsigned)(to - from);
        z.next_out = (unsigned char *)out + at;
        z.avail_out = (unsigned)(room - at);
        CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
        at = room - z.avail_out;
        deflateEnd(&z);
    }
    return at;
}

TEST(files_are_read_plain_and_compressed)
{
    size_t n = 300000;
    char *text = malloc(n + 1), *packed = malloc(n + 1000);
    CHECK(text != NULL && packed != NULL);
    for (size_t i = 0; i < n; i++) {
        text[i] = (char)('a' + i * i % 23);
    }
    text[n] = '\0';
    put(in_tmp("plain"), text, n);
    check_content(in_tmp("plain"), text);
    put(in_tmp("empty"), "", 0);
    check_content(in_tmp("empty"), "");
    size_t size = gzip(text, n, packed, n + 1000);
    put(in_tmp("t.gz"), packed, size);
    check_content(in_tmp("t.gz"), text);
    put(in_tmp("short.gz"), packed, size - 9);
    put(in_tmp("bad.gz"), "not gzip at all", 15);
    size = ZSTD_compress(packed, n + 1000, text, n, 3);
    CHECK(!ZSTD_isError(size));
    put(in_tmp("t.zst"), packed, size);
    check_content(in_tmp("t.zst"), text);
    put(in_tmp("short.zst"), packed, size - 9);
    put(in_tmp("bad.zst"), "not zstd at all", 15);
    put(in_tmp("none.zst"), "", 0);
    put(in_tmp("none.gz"), "", 0);
    static const char *const wrong[] = {"short.gz", "bad.gz", "short.zst", "bad.zst", "none.zst", "none.gz"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        pl_file file;
        pl_error err = {0};
        CHECK_INT(pl_file_read(in_tmp(wrong[i]), 1000000, &file, &err), PL_IO);
        CHECK(strstr(err.message, "damaged") != NULL && strstr(err.subject, wrong[i]) != NULL);
    }
    static const char *const all[] = {"plain", "t.gz", "t.zst"};
    for (size_t i = 0; i < 3; i++) {
        pl_file file;
        CHECK_INT(pl_file_read(in_tmp(all[i]), n - 1, &file, NULL), PL_TOOBIG);
        CHECK_INT(pl_file_read(in_tmp(all[i]), n, &file, NULL), PL_OK);
        pl_file_clear(&file);
        for (uint64_t k = 1;; k++) {
            pl_mem_fail_from(k);
            pl_status status = pl_file_read(in_tmp(all[i]), n, &file, NULL);
            pl_mem_fail_from(0);
            if (status == PL_OK) {
                pl_file_clear(&file);
                break;
            }
            CHECK_INT(status, PL_NOMEM);
        }
    }
    free(text);
    free(packed);
}

TEST(what_cannot_be_read_is_said)
{
    pl_file file;
    pl_error err = {0};
    CHECK_INT(pl_file_read(in_tmp("nothing"), 100, &file, &err), PL_NOTFOUND);
    CHECK_INT(pl_file_read(test_tmp(), 100, &file, &err), PL_IO);
    CHECK_STR(err.message, "this is a folder, not a file");
}

TEST(files_are_written_whole)
{
    pl_error err = {0};
    CHECK(pl_file_write(in_tmp("a"), "one", 3, &err) == PL_OK);
    check_content(in_tmp("a"), "one");
    CHECK(pl_file_write(in_tmp("a"), "three", 5, &err) == PL_OK);
    check_content(in_tmp("a"), "three");
    CHECK(symlink("a", in_tmp("link")) == 0);
    CHECK(pl_file_write(in_tmp("link"), "via", 3, &err) == PL_OK);
    check_content(in_tmp("a"), "via");
    CHECK_INT(entries(test_tmp()), 2);
    CHECK_INT(pl_file_write(test_tmp(), "x", 1, &err), PL_IO);
    CHECK_INT(pl_file_write(in_tmp("no/folder"), "x", 1, &err), PL_IO);
    CHECK(strstr(err.message, "does not exist") != NULL);
    CHECK_INT(pl_file_write("/dev/full", "x", 1, &err), PL_IO);
    CHECK(strstr(err.message, "No space left") != NULL && strstr(err.hint, "room") != NULL);
    CHECK_INT(pl_file_write("/dev/null", "x", 1, &err), PL_OK);
}

/* No file may grow beyond n bytes from now on: what a full disk looks like. */
static void limit_files(rlim_t n)
{
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {n, n};
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

TEST(a_full_disk_leaves_nothing_behind)
{
    static char big[100000];
    pl_error err = {0};
    pl_folder folder;
    CHECK(pl_file_write(in_tmp("a"), "old", 3, &err) == PL_OK);
    limit_files(5000);
    CHECK_INT(pl_file_write(in_tmp("a"), big, sizeof big, &err), PL_IO);
    check_content(in_tmp("a"), "old");
    CHECK(pl_folder_begin(&folder, in_tmp("f"), "goods.csv", false, &err) == PL_OK);
    CHECK(pl_folder_add(&folder, "goods.csv", "good\n", 5, &err) == PL_OK);
    CHECK_INT(pl_folder_add(&folder, "flows.csv", big, sizeof big, &err), PL_IO);
    CHECK(strstr(err.subject, "f/flows.csv") != NULL);
    CHECK_INT(entries(test_tmp()), 1);
}

TEST(folders_are_written_at_once)
{
    pl_folder f;
    pl_error err = {0};
    CHECK(pl_folder_begin(&f, in_tmp("f/"), "goods.csv", false, &err) == PL_OK);
    CHECK(pl_folder_add(&f, "goods.csv", "good\n", 5, &err) == PL_OK);
    CHECK(!pl_path_exists(in_tmp("f")));
    CHECK(pl_folder_commit(&f, &err) == PL_OK);
    check_content(in_tmp("f/goods.csv"), "good\n");
    CHECK_INT(pl_folder_begin(&f, in_tmp("f"), "goods.csv", false, &err), PL_IO);
    put(in_tmp("f/notes.txt"), "mine", 4);
    put(in_tmp("f/stocks.csv.gz"), "old", 3);
    CHECK(mkdir(in_tmp("f/photos"), 0777) == 0);
    put(in_tmp("f/photos/one"), "1", 1);
    CHECK(pl_folder_begin(&f, in_tmp("f"), "goods.csv", true, &err) == PL_OK);
    CHECK(pl_folder_add(&f, "goods.csv", "good\nbread\n", 11, &err) == PL_OK);
    CHECK(pl_folder_commit(&f, &err) == PL_OK);
    check_content(in_tmp("f/goods.csv"), "good\nbread\n");
    check_content(in_tmp("f/notes.txt"), "mine");
    check_content(in_tmp("f/photos/one"), "1");
    CHECK_INT(entries(in_tmp("f")), 3);
    CHECK_INT(entries(test_tmp()), 1);
    pl_folder_abort(&f); /* harmless */
}

TEST(other_folders_are_not_replaced)
{
    pl_folder f;
    pl_error err = {0};
    CHECK(mkdir(in_tmp("home"), 0777) == 0);
    CHECK(pl_folder_begin(&f, in_tmp("home"), "goods.csv", false, &err) == PL_OK); /* empty: no loss */
    pl_folder_abort(&f);
    CHECK(pl_path_exists(in_tmp("home")));
    put(in_tmp("home/letter"), "x", 1);
    CHECK_INT(pl_folder_begin(&f, in_tmp("home"), "goods.csv", true, &err), PL_IO);
    CHECK(strstr(err.message, "no goods.csv") != NULL);
    CHECK_INT(pl_folder_begin(&f, in_tmp("home/letter"), "goods.csv", true, &err), PL_IO);
    CHECK_INT(pl_folder_begin(&f, in_tmp("no/such"), "goods.csv", true, &err), PL_IO);
    put(in_tmp("home/goods.csv.zst"), "x", 1);
    CHECK(pl_folder_begin(&f, in_tmp("home"), "goods.csv", true, &err) == PL_OK);
    CHECK(pl_folder_add(&f, "x.csv", "x", 1, &err) == PL_OK);
    pl_folder_abort(&f);
    CHECK(pl_path_exists(in_tmp("home/letter")));
    CHECK_INT(entries(test_tmp()), 1);
}
