/* exchange: what the server keeps for a request beyond what its handler sees. Internal to the
 * server: handlers include request.h and reply.h only. */
#ifndef FLORIN_HTTP_EXCHANGE_H
#define FLORIN_HTTP_EXCHANGE_H

#include <microhttpd.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/mailbox.h"
#include "base/owner.h"
#include "http/address.h"
#include "http/crowd.h"
#include "http/deadline.h"
#include "http/rate.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/request_id.h"
#include "http/router.h"
#include "http/server.h"

#define HTTP_TARGET_INLINE 256     /* a longer target goes to the arena */
#define HTTP_POOL_MAX      256     /* exchanges that a loop keeps for reuse */
#define HTTP_HELD_MAX      256     /* of one listener on one loop */
#define HTTP_HELD_MS       50      /* then it is suspended */
#define HTTP_HELD_RUN_MS   5       /* how often the library runs at least while one is held */
#define HTTP_LOOK_MS       200     /* a connection that is idle for so long is looked after */
#define HTTP_DISCARD_MAX   1048576 /* bytes of a refused body that are read and dropped */

struct http_cleanup {
	struct http_cleanup *next;
	void (*fn)(void *p);
	void *p;
};

struct http_reply {
	bool set;
	bool close;
	unsigned status;
	const char *type;
	struct bytes body;
	void *owned; /* malloc'd, or NULL */
	struct http_fixed *fixed;
	http_stream_fill *fill;     /* NULL: not a stream */
	bool file;                  /* of a stream: it has an end */
	http_upgrade_take *upgrade; /* NULL: not another protocol */
	struct http_pair headers[HTTP_REPLY_HEADERS_MAX];
	size_t header_count;
};

enum exchange_phase {
	EXCHANGE_HEADER,  /* the request line has been read */
	EXCHANGE_BODY,    /* the gate has passed it; body and handler follow */
	EXCHANGE_PARKED,  /* held, later suspended */
	EXCHANGE_REPLIED, /* the reply is with the library */
	EXCHANGE_BROKEN,  /* the connection is to be dropped */
};

struct http_exchange {
	struct http_request rq;
	struct http_reply reply;
	struct http_connection *connection;
	struct MHD_Connection *mhd;
	http_handler *handler; /* of the route, or one that answers for the server itself */
	enum exchange_phase phase;
	unsigned allowed;   /* methods of the path, for Allow */
	unsigned flags;     /* of the route or its pattern */
	uint64_t body_size; /* as announced */
	size_t body_cap;
	uint8_t *body_p;    /* in the arena, or body_heap */
	uint8_t *body_heap; /* malloc'd, or NULL */
	bool discard;       /* body bytes are dropped */
	bool in_handler;    /* the handler runs now */
	bool resumed;       /* http_resume came while it ran */
	bool held;          /* parked, but not suspended: see loop.c */
	bool gone;          /* the connection died while parked */
	bool quiet;         /* a stream that is suspended: it has nothing to say */
	bool beat;          /* ... and must say something now */
	struct http_exchange *next_free;
	int64_t began_ms; /* monotonic */
	char id[REQUEST_ID_SIZE];
	char target[HTTP_TARGET_INLINE];
};

struct http_connection {
	struct deadline deadline;
	struct http_daemon *daemon;
	struct http_exchange *exchange; /* under way, or NULL */
	struct http_upgraded *upgraded; /* another protocol's now */
	struct http_connection *prev, *next;
	struct http_address peer;
	struct http_address counted_for; /* the peer, or whose token it has shown */
	int fd;
	bool trusted; /* the peer is a trusted proxy */
	bool shown;   /* a token */
	bool counted;
	bool quick_ack_due;
	bool nodelay;
};

/* One listener on one loop. */
struct http_daemon {
	struct MHD_Daemon *mhd;
	struct http_loop *loop;
	const struct router *router;
	struct crowd *crowd; /* of the listener, over all loops */
	bool limits_rate;
	bool tls;
	struct http_connection *connections;
	int listen_fd;  /* the library's from start to quiesce */
	int epoll_fd;   /* the library's */
	size_t held;    /* requests */
	int64_t ran_ms; /* when the library ran last */
	bool quiesced;
	bool ready;
};

/* Counted by the loop thread, read by any. */
struct http_loop_counters {
	_Atomic uint64_t connections, accepted, requests, refused_connections, gate_refused,
	        rate_limited, deadline[DEADLINE_KINDS], status[6];
};

#define HTTP_DAEMONS_MAX 2

struct http_loop {
	struct http_server *server;
	unsigned index;
	pthread_t thread;
	bool running;
	struct http_daemon daemons[HTTP_DAEMONS_MAX];
	size_t daemon_count;
	int epoll_fd;
	int wake_fd; /* eventfd: the server has something to say */
	struct mailbox mailbox;
	struct deadlines deadlines;
	struct request_ids ids;
	int64_t mono_ms;
	int64_t wall_ms;
	void *app;
	struct http_exchange *pool;
	size_t pool_count;
	size_t busy; /* exchanges in use */
	size_t parked;
	uint64_t steps;      /* calls of the library that brought something new */
	unsigned turns_kept; /* turns whose work has not been given away (turn_end) */
	bool draining;
	int64_t drain_until_ms;
	enum result opened; /* of loop_open */
	enum result closed; /* RETRY_TIMEOUT where parked requests were left */
	struct http_loop_counters counters;
};

struct http_server {
	struct http_server_options options;
	struct networks trusted;
	/* by listener, so that a crowd at the public one does not lock the operator out */
	struct crowd *crowds[HTTP_DAEMONS_MAX];
	struct rate *rate;
	struct router *routers[HTTP_DAEMONS_MAX];
	struct http_loop *loops;
	unsigned loop_count; /* that were initialised */
	uint16_t ports[HTTP_DAEMONS_MAX];
	atomic_bool stopping;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned opened; /* guarded by lock: loops that came back from loop_open */
	bool go;         /* guarded by lock: all did well */
	bool decided;    /* guarded by lock */
};

static inline void http_count(_Atomic uint64_t *counter, int64_t by)
{
	/* One writer: no read-modify-write is needed. */
	uint64_t v = atomic_load_explicit(counter, memory_order_relaxed);

	atomic_store_explicit(counter, v + (uint64_t)by, memory_order_relaxed);
}

/* The client has shut its side down, and nothing that it sent is left to read. The library reads
 * the end only with the next event of the socket, and where the end came together with a request
 * there is none: so connections that have become idle are looked after. */
bool connection_has_ended(const struct http_connection *c);

/* exchange.c: life of a request. */
struct http_exchange *exchange_new(struct http_connection *c, struct MHD_Connection *mhd);
/* Runs cleanups and gives the memory back to the loop. */
void exchange_release(struct http_exchange *x);
void exchange_pool_clear(struct http_loop *l);
/* The library's calls: header complete; a piece of the body (not empty); body complete. They may
 * queue the reply. MHD_NO drops the connection. */
enum MHD_Result exchange_header(struct http_exchange *x, const char *method, const char *version);
enum MHD_Result exchange_body(struct http_exchange *x, const char *p, size_t n);
enum MHD_Result exchange_run(struct http_exchange *x);
/* Suspends the connection of a parked request that was held so far. */
void exchange_suspend(struct http_exchange *x);
/* The request is over: the reply was handed to the socket, or the connection has died. */
void exchange_completed(struct http_exchange *x, bool delivered);

/* stream.c: the body of a stream, and its moments. */
struct MHD_Response *stream_response(struct http_exchange *x);
/* It was quiet for long. */
void stream_beat(struct http_exchange *x);

/* upgrade.c: the response that makes way for another protocol. */
struct MHD_Response *upgrade_response(struct http_exchange *x);
/* At the stop of the loop, for connections that are another protocol's still. */
void upgrade_cut(struct http_upgraded *u);

/* reply.c: gives the library a response made of the reply. MHD_NO when memory is out. */
enum MHD_Result reply_queue(struct http_exchange *x);

/* loop.c */
enum result loop_init(struct http_loop *l, struct http_server *s, unsigned index);
void loop_clear(struct http_loop *l);
void *loop_main(void *loop);
void loop_wake(struct http_loop *l);

#endif
