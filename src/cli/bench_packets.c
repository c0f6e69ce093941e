#include "cli/bench_packets.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "codec/ilp_packet.h"
#include "codec/stream_packet.h"

#define PACKET_LIFE_MS 20000
#define PLAIN_BYTES    64
#define DATA_BYTES     128
#define PREPARE_BYTES  (96 + ILP_ADDRESS_MAX + DATA_BYTES)

enum result bench_packets_init(
        struct bench_packets *p, const char *address, const char *secret, const char *token)
{
	struct secret32 s;
	size_t n = 0;

	if (!address || !secret || text_copy(p->address, sizeof(p->address), address) ||
	        base64_decode(secret, strlen(secret), s.b, sizeof(s.b), &n) || n != sizeof(s.b))
		return RESULT_THEIRS_MALFORMED;
	snprintf(p->head, sizeof(p->head),
	        "POST /ilp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
	        "Content-Type: application/octet-stream\r\n",
	        token);
	if (p->amount == 0)
		p->amount = 1;
	p->keys = stream_keys_new(bytes_of(s.b, sizeof(s.b)));
	secret_clear(&s);
	return p->keys ? RESULT_OK : RESULT_OURS_MEMORY;
}

void bench_packets_clear(struct bench_packets *p)
{
	stream_keys_free(p->keys);
	p->keys = NULL;
}

void bench_packets_build(void *arg, unsigned connection, struct buf *request)
{
	struct bench_packets *p = arg;
	struct stream_packet stream = {.type = ILP_PREPARE, .sequence = ++p->sequence};
	struct stream_frame money = {
	        .type = STREAM_FRAME_STREAM_MONEY, .stream_id = 1, .shares = 1};
	uint8_t plain[PLAIN_BYTES], data[DATA_BYTES], prepare[PREPARE_BYTES], fulfillment[32];
	struct buf b, sealed, packet;
	struct ilp_prepare out;
	char length[64];

	buf_init(&b, plain, sizeof(plain));
	stream_packet_encode(&b, &stream, &money, 1);
	buf_init(&sealed, data, sizeof(data));
	stream_keys_seal(p->keys, buf_view(&b), &sealed);
	stream_keys_fulfillment(p->keys, buf_view(&sealed), fulfillment);
	stream_condition(fulfillment, p->conditions[connection]);
	out = (struct ilp_prepare){.amount = p->amount,
	        .expires_at_ms = clock_wall_ms() + PACKET_LIFE_MS,
	        .condition = p->conditions[connection],
	        .destination = bytes_str(p->address),
	        .data = buf_view(&sealed)};
	buf_init(&packet, prepare, sizeof(prepare));
	ilp_prepare_encode(&packet, &out);
	snprintf(length, sizeof(length), "Content-Length: %zu\r\n\r\n", packet.len);
	buf_put(request, p->head, strlen(p->head));
	buf_put(request, length, strlen(length));
	buf_bytes(request, buf_view(&packet));
	if (b.failed || sealed.failed || packet.failed)
		request->failed = true;
}

bool bench_packets_check(void *arg, unsigned connection, struct bytes body)
{
	struct bench_packets *p = arg;
	struct ilp_fulfill f;
	uint8_t condition[32];

	if (ilp_fulfill_decode(body, &f))
		return false;
	stream_condition(f.fulfillment, condition);
	return memcmp(condition, p->conditions[connection], sizeof(condition)) == 0;
}

void bench_packets_answer(void *arg, struct bytes body, struct buf *out)
{
	struct bench_packets *p = arg;
	struct ilp_prepare prepare;
	uint8_t fulfillment[32];

	if (ilp_prepare_decode(body, &prepare)) {
		out->failed = true;
		return;
	}
	stream_keys_fulfillment(p->keys, prepare.data, fulfillment);
	ilp_fulfill_encode(out, fulfillment, bytes_of(NULL, 0));
}
