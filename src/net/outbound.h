/* outbound: the one way out over HTTP, and the thread that payments and forwarding live on.
 *
 * One thread runs an event loop around libcurl: requests, timers, and tasks of others. Requests
 * come from any thread (outbound_submit) or from code that runs on this one (outbound_send).
 *
 * Every request is sent AT MOST ONCE. libcurl would repeat one whose reused connection dies before
 * an answer came; that is prevented (docs/decisions/0006), and the request ends RETRY_UNKNOWN.
 * Redirects are not followed, the environment's proxies are ignored, certificates are always
 * verified, and each address is judged by url_guard when it is used.
 */
#ifndef FLORIN_NET_OUTBOUND_H
#define FLORIN_NET_OUTBOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/task.h"
#include "net/timer.h"
#include "net/url_guard.h"

struct outbound;
struct outbound_request;
struct outbound_target;

struct outbound_options {
	const struct url_guard *guard; /* borrowed */
	const char *ca_file;           /* PEM file of trusted roots; NULL: the system's */
	const char *user_agent;        /* NULL: "florin" */
	/* A request to a target without a URL, on the thread: takes it, to end it later by
	 * outbound_carried, never before this returns; or refuses it with an error, and nothing of
	 * it was sent. carry_no_more: its time is over, or the thread's; it is not to be ended any
	 * more. May be NULL where no such target is made. */
	enum result (*carry)(void *arg, int64_t line, struct outbound_request *rq);
	void (*carry_no_more)(void *arg, int64_t line, struct outbound_request *rq);
	/* Runs on the thread at the end of each turn, when all of the turn's tasks, answers and
	 * timers are through: the place to give away what they collected. NULL: none. */
	void (*turn_end)(void *arg);
	void *arg;
	/* 0: the defaults of limits.h */
	int64_t connect_ms;
	int64_t total_ms;
	size_t answer_bytes; /* of a request that names no maximum of its own */
	size_t per_host;     /* requests at a time to one host by URL; the rest waits */
	size_t per_target;   /* the same for a target, and so connections */
	/* Of them on connections that brought no answer yet. What libcurl sends is all taken for
	 * that, since only it knows. */
	size_t new_per_target;
	/* requests at a time, of all kinds; none to one host or target while it has as many as are
	 * left for the others */
	size_t in_flight;
};

/* Errors: OURS_MEMORY, OURS_IO. */
MUST_USE enum result outbound_new(const struct outbound_options *options, struct outbound **out);
/* After outbound_stop, or if never started. */
void outbound_free(struct outbound *o);
/* Errors: OURS_IO (no thread). */
MUST_USE enum result outbound_start(struct outbound *o);
/* Refuse new work from other threads, let what runs finish for at most drain_ms, then end the rest
 * with RETRY_DRAINING (RETRY_UNKNOWN where it was sent) and join the thread. The thread keeps
 * running tasks and turn_end until no request is left and outbound_busy says so. Not from the
 * thread itself. Timers that are still set then are cancelled: their owners may go. */
void outbound_stop(struct outbound *o, int64_t drain_ms);

/* ---- tasks on this thread ---- */

/* The mailbox to use as `home` of tasks whose done() is to run on this thread. Unlimited, never
 * closed while the thread runs. */
struct mailbox *outbound_home(struct outbound *o);
/* One more, which its owner empties after the thread has ended. Before the start. */
void outbound_use_home(struct outbound *o, struct mailbox *home);
/* Work from another thread: done() of each task runs on this thread (home is not read). All or
 * none. Errors: RETRY_BUSY, RETRY_DRAINING. */
MUST_USE enum result outbound_post(struct outbound *o, struct mail_list *tasks);
/* Keeps outbound_stop from ending the loop: +1 when a payment or packet begins to live on the
 * thread, -1 when it has ended. On the thread only. */
void outbound_busy(struct outbound *o, int change);
/* True once outbound_stop was called: begin nothing new. On the thread only. */
bool outbound_draining(const struct outbound *o);
/* Monotonic milliseconds of this turn. On the thread only. */
int64_t outbound_now_ms(const struct outbound *o);
/* On the thread only. */
void outbound_timer_set(struct outbound *o, struct timer *t, int64_t at_ms);
void outbound_timer_cancel(struct outbound *o, struct timer *t);

/* ---- targets: endpoints that are called often, e.g. a peer's /ilp ---- */

struct outbound_target_options {
	const char *url; /* checked here, once. NULL: the assembly carries its requests, */
	int64_t line;    /* and knows by this where to */
	enum url_policy policy;
	const char *const *headers; /* "Name: value" lines, ended by NULL; copied */
	const char *content_type;   /* of the request; NULL: none */
	size_t in_flight; /* running or waiting; above it RETRY_BUSY. 0: LIMIT_IN_FLIGHT_PER_PEER */
};

/* A target keeps its handles and connections ready. Any thread; born with one hold.
 * Errors: as url_guard_url. */
MUST_USE enum result outbound_target_new(struct outbound *o,
        const struct outbound_target_options *options, struct outbound_target **out);
/* Any thread. The last release frees it; each request holds its own. All targets must be released
 * before outbound_free. */
struct outbound_target *outbound_target_hold(struct outbound_target *t);
void outbound_target_release(struct outbound_target *t);

/* ---- requests ---- */

enum outbound_method { OUTBOUND_GET, OUTBOUND_POST, OUTBOUND_PUT, OUTBOUND_DELETE };
const char *outbound_method_name(enum outbound_method m); /* "GET" */

#define OUTBOUND_TYPE_SIZE 96

/* Zero it, or clear it, before first use; it may be used again and again and keeps its memory.
 * What the giver sets, the hold of its target included, is lent until done(). */
struct outbound_request {
	struct task task; /* home and done; home may be outbound_home */

	/* asked: either a target, whose url, headers, content type and policy hold, or these */
	struct outbound_target *target;
	const char *url;
	const char *const *headers; /* ended by NULL; NULL: none */
	const char *content_type;
	enum url_policy policy;
	enum outbound_method method;
	struct bytes body;
	/* Besides what a target with a URL says: a path below its own ("/a"), and header lines,
	 * each with its CRLF; nothing in them may be foreign and unchecked. NULL: none */
	const char *below;
	const char *lines;
	const char *accept;  /* NULL: none sent. Not with a target */
	int64_t deadline_ms; /* monotonic, queueing included; 0: the default total from now */
	size_t body_max;     /* bytes of answer; 0: the options' answer_bytes */

	/* answered
	 * result: OK (any HTTP status, a whole body); THEIRS_BLOCKED, THEIRS_MALFORMED (the URL);
	 * RETRY_UNREACHABLE (nothing was sent: no address, no connection, no trusted certificate);
	 * RETRY_TIMEOUT (deadline; `sent` tells if it may have arrived); RETRY_UNKNOWN (sent, but
	 * no whole answer); RETRY_BUSY (a limit); RETRY_DRAINING; THEIRS_TOO_BIG (answer above
	 * body_max); THEIRS_PROTOCOL (not HTTP); OURS_MEMORY. */
	enum result result;
	bool sent;       /* bytes of the request may have reached the other side */
	int status;      /* HTTP status; 0 without one */
	uint8_t *answer; /* body, owned by the request; a NUL that does not count follows. May be
	                  * NULL where answer_n is 0 */
	size_t answer_n;
	char answer_type[OUTBOUND_TYPE_SIZE]; /* media type, lower case, without parameters */

	/* private */
	size_t answer_cap;
	struct task start;
	struct outbound *owner;
	struct transfer *transfer; /* libcurl's way, or */
	struct wire *wire;         /* ours, while it is under way */
	void *carrier;             /* whoever carries it may keep something here */
	struct curl_slist *header_list;
	struct url_parts *parts;
	struct outbound_host *host;
	struct timer timer;                       /* of one that waits, or runs on a wire */
	struct outbound_request *previous, *next; /* among those that run, or that wait */
	int64_t due_ms;
};

/* Frees what the request kept; it is as new then. Not while it is under way. */
void outbound_request_clear(struct outbound_request *rq);

/* Any thread but this one: each request comes home once. All or none.
 * Errors: RETRY_BUSY, RETRY_DRAINING. */
MUST_USE enum result outbound_submit(
        struct outbound *o, struct outbound_request *const *requests, size_t count);
/* On the thread: the request comes home once, never before this returns. Cannot fail: what is
 * wrong is the request's result. */
void outbound_send(struct outbound *o, struct outbound_request *rq);

/* Ends a request that was taken by `carry`: with a status and the answer, or with the error that it
 * met; rq->sent is cleared before by whoever knows that nothing arrived. On the thread. */
void outbound_carried(struct outbound *o, struct outbound_request *rq, enum result r, int status,
        struct bytes answer);

/* Counters since start, for metrics; any thread. */
struct outbound_stats {
	uint64_t requests, answers, failures, connections, blocked;
};
void outbound_stats_get(const struct outbound *o, struct outbound_stats *out);

#endif
