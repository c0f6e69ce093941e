/* server: listening sockets, loop threads, request gate, deadlines; the only file beside reply.c
 * that knows libmicrohttpd.
 *
 * Each loop thread has its own listening socket (SO_REUSEPORT), its own library daemon in external
 * epoll mode, and its own mailbox; the admin listener is on loop 0 only. One turn of a loop: wait;
 * run what came home to the mailbox (task.h); run the daemons, in which handlers run; tell the
 * assembly that the turn ends; cut connections past their deadline.
 */
#ifndef FLORIN_HTTP_SERVER_H
#define FLORIN_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mailbox.h"
#include "base/result.h"
#include "codec/json_scan.h"
#include "http/request.h"
#include "http/router.h"

struct http_server;
struct http_loop;

/* 0 in a rate lifts it; rates are not for the admin listener. */
struct http_limits {
	unsigned connections;             /* of each listener */
	unsigned connections_per_address; /* trusted proxies are exempt */
	unsigned header_ms;   /* absolute: from the first moment to the end of the header */
	unsigned body_ms;     /* absolute: from there to the end of the body */
	unsigned response_ms; /* absolute: from the reply to its last byte */
	unsigned idle_ms;     /* between two requests */
	unsigned header_bytes;
	unsigned header_fields;       /* LIMIT_HEADER_FIELDS at most */
	unsigned connection_bytes;    /* of each connection; twice header_bytes at least */
	struct json_scan_limits json; /* of bodies */
	unsigned requests_per_address_per_s;
	unsigned drain_ms; /* at stop: for requests that are under way */
};

/* The defaults of limits.h. */
void http_limits_default(struct http_limits *l);

/* One listener: "127.0.0.1:3000" or "[::1]:3000"; port 0 is any free one. */
struct http_listener {
	const char *address;                       /* NULL: none */
	struct http_table tables[HTTP_TABLES_MAX]; /* unused ones are empty */
	bool tls;                                  /* with the pair of tls_load (tls.h) */
};

struct http_server_options {
	struct http_listener public;
	struct http_listener admin;
	unsigned threads; /* loop threads, at least 1 */
	struct http_limits limits;
	/* Addresses or networks ("10.0.0.0/8", "::1"), separated by commas or blanks, whose
	 * X-Forwarded-For names the client; NULL or "": none. */
	const char *trusted_proxies;

	/* Hooks of the assembly; each may be NULL. All run on the loop's thread. */
	void *arg;
	/* Before the loop serves: makes its object, e.g. with a read connection of the store. A
	 * failure fails http_server_start. */
	enum result (*loop_open)(struct http_loop *loop, void *arg, void **app);
	/* At the end of a turn, or of a few where the next one has work at once: what they
	 * collected goes to the writer. */
	void (*turn_end)(struct http_loop *loop, void *app);
	/* After the last request of the loop. */
	void (*loop_close)(struct http_loop *loop, void *app);
};

/* Binds the listeners. The options and everything that they point to are borrowed until
 * http_server_free. Errors: OURS_CONFIG (address, network or route; logged), OURS_IO (cannot bind;
 * logged), OURS_MEMORY. */
MUST_USE enum result http_server_new(
        const struct http_server_options *options, struct http_server **out);
/* Starts the loop threads. Errors: OURS_IO, OURS_MEMORY, and those of loop_open. On an error no
 * thread is left. */
MUST_USE enum result http_server_start(struct http_server *s);
/* Accepts no more, lets what is under way end (at most drain_ms), closes the connections, joins the
 * threads. Tasks of parked requests must still be answered meanwhile. Errors: RETRY_TIMEOUT where
 * parked requests were left: their operations may still arrive, so the memory stays and the process
 * should end. */
MUST_USE enum result http_server_stop(struct http_server *s);
/* After stop, or where start was never called or failed. */
void http_server_free(struct http_server *s);

/* Ports in use, for addresses with port 0. */
uint16_t http_server_port(const struct http_server *s);
uint16_t http_server_admin_port(const struct http_server *s);

struct http_counters {
	uint64_t connections; /* open now */
	uint64_t accepted;
	uint64_t requests;
	uint64_t refused_connections; /* over a limit */
	uint64_t gate_refused;
	uint64_t rate_limited;
	uint64_t deadline_header;
	uint64_t deadline_body;
	uint64_t deadline_response;
	uint64_t deadline_idle;
	uint64_t status[6]; /* replies by hundreds; [0] is unused */
};
/* Sums over the loops; any thread. */
void http_server_counters(const struct http_server *s, struct http_counters *out);

/* The server that the loop belongs to. */
const struct http_server *http_loop_server(const struct http_loop *loop);
/* As the server was given them. */
const struct http_limits *http_loop_limits(const struct http_loop *loop);
/* Home of the tasks of this loop's requests. */
struct mailbox *http_loop_mailbox(struct http_loop *loop);
/* What loop_open made. */
void *http_loop_app(const struct http_loop *loop);
unsigned http_loop_index(const struct http_loop *loop);
/* Clocks as of the beginning of the turn. */
int64_t http_loop_mono_ms(const struct http_loop *loop);
int64_t http_loop_wall_ms(const struct http_loop *loop);

#endif
