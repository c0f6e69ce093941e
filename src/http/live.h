/* live: a page that is told when what it shows has changed (server-sent events, WHATWG HTML 9.2).
 *
 * The page names its stream and the stamp of what it shows in its view, `live`: {"url","stamp"}.
 * The stream sends the stamp at its beginning and whenever it has become another one:
 *
 *	event: state
 *	data: 1f9c...
 *
 * Where that is not the page's own, the script of the page (www/static/florin.js) fetches the page
 * again and puts its new parts (data-part) in place; so there is one way to render, on the server.
 * Without scripts, and where no stream can be had, the page asks again after a while.
 */
#ifndef FLORIN_HTTP_LIVE_H
#define FLORIN_HTTP_LIVE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "http/request.h"

#define LIVE_REFRESH_S 5 /* of a page without scripts that has something to wait for */

/* What the page shows, as a number that is another one when it shows something else: a live_hash.
 * Runs at the stream's beginning and after commits, on the loop's thread; memory is cleared after
 * each call. An error ends the stream. */
typedef enum result live_probe(
        struct http_request *rq, void *arg, struct arena *memory, uint64_t *out);

/* Answers with the stream. arg: in the request's arena. 503 without room for one more. */
enum http_next live_reply(struct http_request *rq, live_probe *probe, void *arg);

/* Begin with LIVE_HASH_SEED and add each thing that the page shows. */
#define LIVE_HASH_SEED 1469598103934665603ULL
uint64_t live_hash(uint64_t h, const void *p, size_t n);
uint64_t live_hash_u64(uint64_t h, uint64_t v);

/* What the stream says next: the stamp where it is another than told, or where nothing was said
 * yet; with beat, where it has nothing to say, a line that means nothing. For a fill of reply.h,
 * whose results it has. */
struct live_told {
	uint64_t stamp;
	bool begun;
};
size_t live_write(struct live_told *told, uint64_t now, bool beat, char *out, size_t size);

/* {"url","stamp"} for a view; NULL without memory. */
json_t *live_json(const char *url, uint64_t stamp);

#endif
