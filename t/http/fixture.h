/* fixture: a server in this process with a few handlers, and raw sockets to talk to it. */
#ifndef FLORIN_T_HTTP_FIXTURE_H
#define FLORIN_T_HTTP_FIXTURE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "http/server.h"

#define FIXTURE_BODY_MAX  4096
#define FIXTURE_BIG_BYTES (16 * 1024 * 1024)
/* of GET /file, once */
#define FIXTURE_FILE_BYTES (32 * 1024 * 1024)
#define REPLY_BYTES        65536

/* What handlers and hooks saw. */
struct seen {
	atomic_uint served;    /* handlers that ran */
	atomic_uint smuggled;  /* of them /smuggled, which no test ever asks for */
	atomic_uint parked;    /* parked now, waiting for fixture_release */
	atomic_uint delivered; /* on_sent(true) of parked requests */
	atomic_uint lost;      /* on_sent(false) */
	atomic_uint wiped;     /* bodies of /json that were, when their requests ended */
	atomic_uint opened, closed;
};
extern struct seen seen;

/* GET /ok, /smuggled, /fixed, /big, /file, /cut, /client, /query, /hello/{name}, /robots.txt,
 * /static/{file}; POST /echo (at most
 * FIXTURE_BODY_MAX bytes), /park, /inline, /twice, /json, /unlimited, /auth (with trailing slash);
 * admin: GET /admin. */
void fixture_options(struct http_server_options *o);
struct http_server *fixture_start(const struct http_server_options *o);
void fixture_stop(struct http_server *s);
/* Parked requests complete, those of the future as well until fixture_hold. */
void fixture_release(void);
void fixture_hold(void);

/* A connection to the server; every wait ends after 10 s in a failed test. */
int fixture_dial(uint16_t port);
void fixture_send(int fd, const char *text);
void fixture_send_bytes(int fd, const void *p, size_t n);
/* Reads one reply with its body (by Content-Length; not after a HEAD) into out, NUL-terminated.
 * Returns the status (100 too); 0 where the connection ended before a whole reply. */
int fixture_reply(int fd, char out[REPLY_BYTES]);
/* Reads to the end of the connection; returns the bytes read. A reset is an end too. */
size_t fixture_drain(int fd, char *out, size_t size);
/* Send and read one reply. */
int fixture_ask(int fd, const char *request, char out[REPLY_BYTES]);
/* Waits until *counter is at least n. */
void fixture_await(const atomic_uint *counter, unsigned n);

#endif
