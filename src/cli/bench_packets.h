/* bench_packets: real STREAM packets for the load generator, and the receiver that fulfils them. */
#ifndef FLORIN_CLI_BENCH_PACKETS_H
#define FLORIN_CLI_BENCH_PACKETS_H

#include "base/limits.h"
#include "base/result.h"
#include "cli/bench_load.h"
#include "codec/stream_crypt.h"

struct bench_packets {
	uint64_t amount; /* of each packet; 0: 1 */
	struct stream_keys *keys;
	char address[ILP_ADDRESS_MAX + 1];
	char head[512]; /* of the HTTP request, without Content-Length */
	uint64_t sequence;
	uint8_t conditions[BENCH_CONNECTIONS_MAX][32]; /* of the packet on each connection */
};

/* secret is base64 of 32 bytes, token our bearer token. Errors: THEIRS_MALFORMED, OURS_MEMORY. */
MUST_USE enum result bench_packets_init(
        struct bench_packets *p, const char *address, const char *secret, const char *token);
void bench_packets_clear(struct bench_packets *p);

/* For struct bench_load: no two packets are alike, and each Fulfill is held to its condition. */
void bench_packets_build(void *arg, unsigned connection, struct buf *request);
bool bench_packets_check(void *arg, unsigned connection, struct bytes body);
/* For bench_server_run: fulfils. */
void bench_packets_answer(void *arg, struct bytes body, struct buf *out);

#endif
