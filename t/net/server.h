/* server: a small HTTP server thread for tests of the outgoing side. What it does with a request is
 * said by the path:
 *
 *   /echo     200 with the request's body
 *   /close    reads the request whole, closes without an answer
 *   /then-close   as /echo for the first request of a connection, /close for the second
 *   /half     answers half of a body, closes
 *   /never    no answer, connection open
 *   /big      200 with SERVER_BIG_BYTES of body
 *   /headers  200 with endless headers
 *   /garbage  something that is not HTTP
 *   /redirect 302 to /echo
 *   /type     200 with content type "Application/JSON; charset=utf-8"
 *   /twice    answers two times, with one write
 *   /late     answers when the next request comes, on whatever connection
 *   /chunked  200 with the body in chunks, after an informational answer
 *   /last     200 with the request's body up to the end of the connection
 *   /early    answers 413 at the head, without reading on
 *   /head     200 with the request's head as its body
 */
#ifndef FLORIN_T_NET_SERVER_H
#define FLORIN_T_NET_SERVER_H

#include <stdatomic.h>
#include <stdint.h>

#define SERVER_BIG_BYTES 200000

struct server {
	uint16_t port;
	atomic_int requests;    /* whole ones, all paths */
	atomic_int closed_on;   /* of those: answered by closing */
	atomic_int connections; /* accepted */
	atomic_int at_once;     /* most requests seen unanswered at a time, /never included */
	void *private;
};

void server_start(struct server *s);
/* Closes all connections, and returns when that has been done. */
void server_hang_up(struct server *s);
void server_stop(struct server *s);

#endif
