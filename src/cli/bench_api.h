/* bench_api: signed requests of a client: grants asked for, incoming payments created (rows P7,
 * P8).
 *
 * The load signs each request anew, on its own processor, and no two are alike. What that takes is
 * printed beside the server's time.
 */
#ifndef FLORIN_CLI_BENCH_API_H
#define FLORIN_CLI_BENCH_API_H

#include "cli/bench_run.h"
#include "codec/http_sig.h"

struct signed_load {
	struct http_sig_signer signer;
	char wallet[BENCH_TEXT_BYTES];        /* its address: client, and payee */
	char url[BENCH_TEXT_BYTES];           /* of the requests */
	const char *path;                     /* of url */
	char authorization[BENCH_TEXT_BYTES]; /* "" for none */
	uint64_t sequence;
	uint64_t sent[BENCH_CONNECTIONS_MAX]; /* the sequence of the request on each connection */
	void (*body)(struct signed_load *l, struct buf *out);
	bool (*answered)(const struct signed_load *l, uint64_t sequence, struct bytes body);
};

/* A wallet `customer` with a key and a grant, and the load that creates incoming payments with
 * them. l is zeroed and outlives the load. */
bool signed_load_create(struct bench *b, struct signed_load *l, struct bench_load *load);

#endif
