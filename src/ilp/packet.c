#include "ilp/packet.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "codec/ilp_address.h"
#include "ilp/forward.h"
#include "ilp/peer_protocol.h"
#include "ilp/receive.h"
#include "ilp/settlement_message.h"

struct bytes packet_reject_encode(const struct snapshot *s, const char *code, const char *message,
        struct bytes data, uint8_t *to)
{
	struct buf b;

	assert(strlen(message) <= PACKET_MESSAGE_MAX);
	buf_init(&b, to, PACKET_REJECT_SIZE + data.n);
	ilp_reject_encode(&b, code, s->own, bytes_str(message), data);
	assert(!b.failed);
	return buf_view(&b);
}

void packet_reject_data(struct packet *p, const char *code, const char *message, struct bytes data)
{
	uint8_t *storage = arena_alloc(p->arena, PACKET_REJECT_SIZE + data.n);

	if (storage) /* else the reply stays empty */
		p->reply = packet_reject_encode(p->snapshot, code, message, data, storage);
}

void packet_reject(struct packet *p, const char *code, const char *message)
{
	packet_reject_data(p, code, message, bytes_of(NULL, 0));
}

void packet_reject_too_large(struct packet *p, uint64_t received, uint64_t maximum)
{
	uint8_t storage[ILP_F08_DATA_SIZE];
	struct buf b;

	buf_init(&b, storage, sizeof(storage));
	ilp_f08_encode(&b, &(struct ilp_f08_data){received, maximum});
	packet_reject_data(p, ILP_F08_AMOUNT_TOO_LARGE, "packet amount too large", buf_view(&b));
}

/* What a refusal of the store, the rates or a queue is called on the wire. */
static const struct {
	enum result result;
	const char *code;
	const char *message;
} refusals[] = {
        {RESULT_THEIRS_EXPIRED, ILP_R00_TRANSFER_TIMED_OUT, "packet expired"},
        {RESULT_THEIRS_INSUFFICIENT, ILP_T04_INSUFFICIENT_LIQUIDITY, "insufficient liquidity"},
        {RESULT_THEIRS_NO_RATE, ILP_F07_CANNOT_RECEIVE, "no exchange rate"},
        {RESULT_THEIRS_STATE, ILP_F02_UNREACHABLE, "destination is closed"},
        {RESULT_THEIRS_FORBIDDEN, ILP_T99_APPLICATION_ERROR, "the payment waits for approval"},
        {RESULT_THEIRS_NOT_FOUND, ILP_F02_UNREACHABLE, "no such destination"},
        {RESULT_RETRY_BUSY, ILP_T03_CONNECTOR_BUSY, "connector busy"},
        {RESULT_RETRY_DRAINING, ILP_T03_CONNECTOR_BUSY, "connector is stopping"},
};

void packet_reject_result(struct packet *p, enum result r)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		if (refusals[i].result == r) {
			packet_reject(p, refusals[i].code, refusals[i].message);
			return;
		}
	}
	log_error("packet", "peer=%s result=%s", p->from->row.name, result_name(r));
	packet_reject(p, ILP_T00_INTERNAL_ERROR, "internal error");
}

enum result packet_convert(struct packet *p, asset_id to, const struct peer *next, uint64_t cap,
        struct conversion *out)
{
	struct rate_pair pair;
	enum result r;

	*out = (struct conversion){0};
	if (p->prepare.amount == 0)
		return RESULT_OK;
	r = snapshot_pair(p->snapshot, p->from, to, next, p->now_ms, &pair);
	if (r) {
		packet_reject_result(p, r);
		return r;
	}
	r = rate_convert(&pair, p->prepare.amount, out);
	if (!r && out->delivered > cap)
		r = RESULT_THEIRS_TOO_BIG;
	if (r == RESULT_THEIRS_BAD_AMOUNT)
		packet_reject(p, ILP_R01_INSUFFICIENT_SOURCE_AMOUNT, "amount converts to nothing");
	else if (r == RESULT_THEIRS_TOO_BIG)
		packet_reject_too_large(p, p->prepare.amount, rate_max_source(&pair, cap));
	else if (r)
		packet_reject_result(p, r);
	return r;
}

void packet_claim_replay(struct packet *p, enum replay_role role, uint8_t *reply, size_t reply_cap)
{
	struct replay_claim *c = &p->replay;

	c->role = role;
	c->expires_at_ms = p->prepare.expires_at_ms;
	c->reply = reply;
	c->reply_cap = reply_cap;
	c->reply_len = 0;
	c->repeated = false;
	p->op.replay = c;
}

/* SHA-256 over the peer's account and the bytes as they came: computed before
 * anything is patched. */
static enum result replay_key(struct packet *p)
{
	size_t n = sizeof(account_id) + p->wire.n;
	uint8_t *text = arena_alloc(p->arena, n);

	if (!text)
		return RESULT_OURS_MEMORY;
	memcpy(text, &p->from->row.account, sizeof(account_id));
	memcpy(text + sizeof(account_id), p->wire.p, p->wire.n);
	sha256(bytes_of(text, n), p->replay.key);
	return RESULT_OK;
}

/* Takes a place among the peer's packets that wait for an answer. */
static bool admit(struct packet *p)
{
	const struct node *n = p->loop->node;
	const struct peer *from = p->from;
	struct peer_live *live = from->live;
	uint64_t own = from->row.packets_per_s;
	uint64_t per_s = own ? own : n->options.packets_per_peer_per_s;
	uint64_t burst = own ? THROTTLE_BURST_S * own : n->options.packets_per_peer_burst;

	if (!throttle_pass(&live->packets, per_s, burst, env_mono_ns(n->env))) {
		packet_reject(p, ILP_T05_RATE_LIMITED, "too many packets");
		return false;
	}
	/* What is left between the two is settled while it drains. */
	if (from->row.state != PEER_ACTIVE &&
	        !(from->row.state == PEER_DRAINING && settlement_message_is(&p->prepare))) {
		packet_reject(p, ILP_T03_CONNECTOR_BUSY, "this link takes no more packets");
		return false;
	}
	if (atomic_fetch_add(&live->in_flight, 1) >= from->in_flight && from->in_flight) {
		atomic_fetch_sub(&live->in_flight, 1);
		packet_reject(p, ILP_T05_RATE_LIMITED, "too many packets in flight");
		return false;
	}
	p->counted = true;
	return true;
}

/* Takes the packet's amount from what the peer may send; it is given back where
 * nothing came of it. */
static bool admit_money(struct packet *p)
{
	uint64_t cost_ns = 0;

	if (!p->from->money_burst || p->prepare.amount == 0)
		return true;
	/* At most the burst, so that it fits. */
	if (ratio_apply_ceil(&p->from->unit_ns, p->prepare.amount, &cost_ns) ||
	        !throttle_take(
	                &p->from->live->money, (int64_t)cost_ns, env_mono_ns(p->loop->node->env))) {
		packet_reject(p, ILP_T05_RATE_LIMITED, "too much money at a time");
		return false;
	}
	p->money_ns = (int64_t)cost_ns;
	return true;
}

static uint64_t smaller_cap(uint64_t a, uint64_t b)
{
	if (a == 0 || b == 0)
		return a + b;
	return a < b ? a : b;
}

enum packet_next packet_take(struct packet *p, struct bytes body)
{
	const struct node_options *o = &p->loop->node->options;
	uint64_t cap = smaller_cap(
	        smaller_cap(o->max_packet_amount, p->from->row.max_packet), p->from->money_burst);

	p->wire = body;
	p->now_ms = env_wall_ms(p->loop->node->env);
	if (ilp_prepare_decode(body, &p->prepare))
		return PACKET_INVALID;
	atomic_fetch_add_explicit(&p->from->live->packets_in, 1, memory_order_relaxed);
	atomic_store_explicit(&p->from->live->last_packet_ms, p->now_ms, memory_order_relaxed);
	if (expiry_is_over(p->now_ms, p->prepare.expires_at_ms)) {
		packet_reject(p, ILP_R02_INSUFFICIENT_TIMEOUT, "packet has expired");
		return PACKET_ANSWERED;
	}
	if (!admit(p))
		return PACKET_ANSWERED;
	if (ilp_address_scheme(p->prepare.destination) == ILP_SCHEME_PEER)
		return peer_protocol_take(p);
	if (p->prepare.amount > AMOUNT_MAX) {
		packet_reject_too_large(p, p->prepare.amount, cap ? cap : AMOUNT_MAX);
		return PACKET_ANSWERED;
	}
	if (cap && p->prepare.amount > cap) {
		packet_reject_too_large(p, p->prepare.amount, cap);
		return PACKET_ANSWERED;
	}
	if (!admit_money(p))
		return PACKET_ANSWERED;
	if (replay_key(p)) {
		packet_reject_result(p, RESULT_OURS_MEMORY);
		return PACKET_ANSWERED;
	}
	if (snapshot_is_own(p->snapshot, p->prepare.destination))
		return receive_packet(p);
	return forward_packet(p);
}

void packet_end(struct packet *p, bool delivered)
{
	struct peer_live *live = p->from->live;
	enum ilp_type type;

	if (p->reply.n == 0 || ilp_packet_type(p->reply, &type) || type != ILP_FULFILL) {
		if (p->money_ns)
			throttle_give_back(&live->money, p->money_ns);
		if (p->reply.n)
			atomic_fetch_add_explicit(&live->refused, 1, memory_order_relaxed);
	}
	if (p->credit_batch)
		node_answered(p->loop, p->credit_batch, p->credit_amount, delivered);
	if (p->counted)
		atomic_fetch_sub(&live->in_flight, 1);
	if (p->delivery_end)
		p->delivery_end(p);
	free(p->replay.grown);
	snapshot_release(p->snapshot);
	p->snapshot = NULL;
}
