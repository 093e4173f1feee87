/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * live.c - so many listen to a server at once: does everybody hear everything?
 *   bench/live PORT LISTENERS EVENTS SECONDS
 * Connects them all, says "ready", then waits until each has heard so many events of the record, or the time is up. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MARK "event: record\n"

typedef struct listener {
    char rest[64]; /* of what came, in which a mark may have begun */
    size_t n;
    long heard;
} listener;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int dial(int port)
{
    char request[200];
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int n = snprintf(request, sizeof request, "GET /api/live HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", port);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0 || write(fd, request, (size_t)n) != n) {
        perror("live");
        exit(1);
    }
    return fd;
}

static void hear(listener *l, int fd)
{
    char text[64 + 8192];
    memcpy(text, l->rest, l->n);
    ssize_t got = read(fd, text + l->n, sizeof text - l->n - 1);
    if (got <= 0) {
        fprintf(stderr, "live: a connection was ended\n");
        exit(1);
    }
    size_t n = l->n + (size_t)got, keep = 0;
    text[n] = '\0';
    const char *after = text;
    for (const char *at = strstr(text, MARK); at != NULL; at = strstr(after, MARK)) {
        l->heard++;
        after = at + strlen(MARK);
    }
    keep = n - (size_t)(after - text) < sizeof MARK - 2 ? n - (size_t)(after - text) : sizeof MARK - 2;
    memcpy(l->rest, text + n - keep, keep);
    l->n = keep;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: live PORT LISTENERS EVENTS SECONDS\n");
        return 2;
    }
    int port = (int)strtol(argv[1], NULL, 10), n = (int)strtol(argv[2], NULL, 10), all = 0;
    long events = strtol(argv[3], NULL, 10);
    double end = now() + strtod(argv[4], NULL), begun = 0;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    struct pollfd *p = calloc((size_t)n, sizeof *p);
    listener *l = calloc((size_t)n, sizeof *l);
    if (p == NULL || l == NULL) {
        return 1;
    }
    for (int i = 0; i < n; i++) {
        p[i] = (struct pollfd){.fd = dial(port), .events = POLLIN};
    }
    printf("ready\n");
    fflush(stdout);
    while (all < n && now() < end) {
        all = 0;
        poll(p, (nfds_t)n, 100);
        for (int i = 0; i < n; i++) {
            if ((p[i].revents & POLLIN) != 0) {
                hear(&l[i], p[i].fd);
                begun = begun == 0 && l[i].heard > 0 ? now() : begun;
            }
            all += l[i].heard >= events;
        }
    }
    printf("%d of %d listeners heard all of %ld events; %.2f s from the first to the last\n", all, n, events, begun > 0 ? now() - begun : 0);
    return all == n ? 0 : 1;
}
