/* bench_load: a one-thread HTTP/1.1 load generator for loopback, and the raw server it is measured
 * against.
 *
 * Keeps a number of keep-alive connections busy with one request each, verifies every answer
 * through a callback, and records latencies. Bounded in time and in requests; only ever connects to
 * 127.0.0.1.
 */
#ifndef FLORIN_CLI_BENCH_LOAD_H
#define FLORIN_CLI_BENCH_LOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/bytes.h"
#include "base/result.h"

#define BENCH_CONNECTIONS_MAX 1024
#define BENCH_REQUEST_BYTES   4096
#define BENCH_RESPONSE_BYTES  8192
#define BENCH_SECONDS_MAX     3600
#define BENCH_RAW_BODY_BYTES  60
#define BENCH_ANY_2XX         2

struct bench_load {
	unsigned port;
	unsigned connections; /* each with one request in flight */
	unsigned seconds;     /* stop after this long ... */
	uint64_t requests;    /* ... or after this many; 0: no such bound */
	/* Writes the next whole HTTP request for a connection. */
	void (*build)(void *arg, unsigned connection, struct buf *request);
	unsigned status; /* of a right answer; 0: 200. BENCH_ANY_2XX */
	/* Judges such an answer's body; false counts as wrong. */
	bool (*check)(void *arg, unsigned connection, struct bytes body);
	/* After a right answer: false where it was a step of something longer, which goes on with
	 * the next request and is counted and timed as one when it is whole. NULL:
	 * each request is. */
	bool (*whole)(void *arg, unsigned connection);
	void *arg;
	pid_t server; /* whose processor time is counted; 0: nobody's */
};

struct bench_figures {
	uint64_t requests; /* answered rightly */
	uint64_t wrong;    /* another status, or refused by check */
	double seconds;
	double per_second;
	double p50_us, p99_us, max_us;
	double cpu_us;  /* of the server, for each right answer */
	double load_us; /* of the load itself, on its own processor: well below what one answer
	                   takes */
};

/* Microseconds that a process has run so far, all threads together; 0 where that is not known. */
double bench_cpu_us(pid_t pid);

/* Errors: OURS_IO (can't connect, or the server closed), OURS_MEMORY. */
MUST_USE enum result bench_load_run(const struct bench_load *load, struct bench_figures *out);

/* A small keep-alive server on 127.0.0.1:port for the other end of a benchmark; runs until killed
 * by its parent, returns only on an error. answer writes the body of a 200 answer to a request's
 * body; NULL: BENCH_RAW_BODY_BYTES zeros, which makes it the yardstick: HTTP and nothing else. */
enum result bench_server_run(
        unsigned port, void (*answer)(void *arg, struct bytes body, struct buf *out), void *arg);

/* One request, waited for: the body of an answer with that status, NUL-terminated.
 * Errors: OURS_IO, THEIRS_REFUSED (another status). */
MUST_USE enum result bench_exchange(
        unsigned port, struct bytes request, unsigned status, char out[BENCH_RESPONSE_BYTES]);
/* A GET of that kind, which is answered 200. */
MUST_USE enum result bench_get(
        unsigned port, const char *path, const char *accept, char out[BENCH_RESPONSE_BYTES]);

/* Something listens on this port. */
bool bench_is_up(unsigned port);

/* Asks for one processor; silently without effect where the machine has fewer. */
void bench_pin(unsigned processor);

#endif
