#include "ilp/receive.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "codec/ilp_address.h"
#include "ilp/partial.h"
#include "ilp/stream_host.h"
#include "ilp/stream_receiver.h"
#include "ilp/way_back.h"
#include "store/incoming.h"
#include "store/receipt_total.h"

#define CACHED_TOKEN_MAX 128 /* longer tokens are opened each time */
#define CACHE_WAYS       4
#define CACHE_SETS       (RECEIVER_CONNECTIONS_MAX / CACHE_WAYS)
#define WALLET_TAG_SIZE  16
/* A letter and the id, so that it can't be taken for a wallet's. */
#define INCOMING_TAG_SIZE 17
#define INCOMING_TAG      'i'
#define FULFILL_BYTES     (8 + ILP_FULFILLMENT_SIZE + STREAM_REPLY_BYTES_MAX)

/* A connection that was used lately. A wallet's name, account and asset never change, nor does an
 * incoming payment's amount; whether either is still open is judged by the store. */
struct connection {
	char token[CACHED_TOKEN_MAX];
	size_t token_n; /* 0: empty */
	uint64_t used;  /* the receiver's clock */
	struct stream_keys *keys;
	struct secret32 shared_secret;
	account_id wallet;
	asset_id asset;
	int64_t incoming;    /* key; 0: for the wallet itself */
	account_id outgoing; /* the payment that it pays back; 0: none */
	struct id incoming_id;
	bool capped; /* the incoming payment names an amount */
	char wallet_name[NAME_MAX_CHARS + 1];
	bool receipts;
	struct receive_receipt receipt;
	uint8_t receipt_connection[RECEIPT_CONNECTION_SIZE];
};

struct receiver {
	struct node *node;
	struct stream_credentials *credentials;
	struct connection connections[CACHE_SETS][CACHE_WAYS];
	struct connection uncached; /* for tokens too long to keep */
	uint64_t clock;
	uint64_t hash_seed;
	uint8_t scratch[STREAM_PLAINTEXT_MAX];
};

/* A receipt says what has arrived in all, which only the transaction knows: the reply is written
 * there. */
struct receipt_call {
	struct stream_keys *keys; /* of its own: the connection's belong to the loop thread */
	struct stream_arrival arrival;
	struct receipt receipt;
	struct receive_receipt wanted;
	uint8_t connection[RECEIPT_CONNECTION_SIZE];
	uint8_t reply[STREAM_REPLY_BYTES_MAX];
	uint8_t scratch[STREAM_PLAINTEXT_MAX];
};

/* What a parked credit needs besides its packet. */
struct delivery {
	struct receipt_call *receipt; /* NULL: none is wanted */
	struct partial *partial;      /* NULL: nobody decides */
	struct credit credit;
	uint8_t fulfill[FULFILL_BYTES];
	size_t fulfill_n;
	/* What a sender is told where the packet is above the incoming payment's amount, or the
	 * host refuses it. */
	uint8_t refusal[STREAM_REPLY_BYTES_MAX];
	size_t refusal_n;
};

enum result receiver_new(struct node *n, struct receiver **out)
{
	struct receiver *r = calloc(1, sizeof(*r));

	if (!r)
		return RESULT_OURS_MEMORY;
	r->node = n;
	env_random(n->env, &r->hash_seed, sizeof(r->hash_seed));
	r->credentials = stream_credentials_new(&n->receiver_secret);
	if (!r->credentials) {
		free(r);
		return RESULT_OURS_MEMORY;
	}
	*out = r;
	return RESULT_OK;
}

void receiver_free(struct receiver *r)
{
	if (!r)
		return;
	for (size_t s = 0; s < CACHE_SETS; s++)
		for (size_t w = 0; w < CACHE_WAYS; w++)
			stream_keys_free(r->connections[s][w].keys);
	stream_keys_free(r->uncached.keys);
	stream_credentials_free(r->credentials);
	secret_wipe(r, sizeof(*r));
	free(r);
}

/* ---- connections ---- */

/* FNV-1a from a random start: only tokens that we made reach the table. */
static size_t token_set(const struct receiver *r, struct bytes token)
{
	uint64_t h = 14695981039346656037U ^ r->hash_seed;

	for (size_t i = 0; i < token.n; i++)
		h = (h ^ token.p[i]) * 1099511628211U;
	return (size_t)(h >> 32) % CACHE_SETS;
}

static struct connection *connection_find(struct receiver *r, struct bytes token)
{
	struct connection *set = r->connections[token_set(r, token)];

	for (size_t w = 0; w < CACHE_WAYS; w++)
		if (set[w].token_n == token.n && token.n &&
		        memcmp(set[w].token, token.p, token.n) == 0)
			return &set[w];
	return NULL;
}

static struct connection *connection_oldest(struct receiver *r, struct bytes token)
{
	struct connection *set = r->connections[token_set(r, token)];
	struct connection *oldest = &set[0];

	if (token.n > CACHED_TOKEN_MAX)
		return &r->uncached;
	for (size_t w = 1; w < CACHE_WAYS; w++)
		if (set[w].used < oldest->used)
			oldest = &set[w];
	return oldest;
}

/* A payment of ours that is paid back: its payer's wallet. */
static enum result payer_of(
        struct packet *p, const struct id *payment, struct wallet_row *wallet, account_id *outgoing)
{
	struct reader *reader = p->loop->reader;
	struct payment_row row;
	enum result r = store_payment_get(reader, p->arena, payment, &row);

	if (r)
		return r;
	*outgoing = row.account;
	return store_wallet_of_account(reader, p->arena, row.quote.wallet, wallet);
}

/* Whom the token's tag names. Errors: THEIRS_MALFORMED (nobody's tag), THEIRS_NOT_FOUND. */
static enum result tag_read(struct packet *p, const struct stream_token *said,
        struct wallet_row *wallet, struct incoming_row *incoming, account_id *outgoing,
        struct secret32 *shared_secret)
{
	struct reader *reader = p->loop->reader;
	struct id id;
	enum result r;

	incoming->key = 0;
	*outgoing = 0;
	if (!said->has_tag)
		return RESULT_THEIRS_MALFORMED;
	if (way_back_read(said->tag, &id, shared_secret))
		return payer_of(p, &id, wallet, outgoing);
	if (said->tag.n == WALLET_TAG_SIZE) {
		memcpy(id.b, said->tag.p, sizeof(id.b));
		return store_wallet_get(reader, p->arena, &id, wallet);
	}
	if (said->tag.n != INCOMING_TAG_SIZE || said->tag.p[0] != INCOMING_TAG)
		return RESULT_THEIRS_MALFORMED;
	memcpy(id.b, said->tag.p + 1, sizeof(id.b));
	r = store_incoming_get(reader, p->arena, &id, incoming);
	return r ? r : store_wallet_of_account(reader, p->arena, incoming->wallet, wallet);
}

/* Errors: those of stream_credentials_open and tag_read, OURS_MEMORY. */
static enum result connection_open(
        struct receiver *r, struct packet *p, struct bytes token, struct connection **out)
{
	struct connection *c = connection_oldest(r, token);
	struct secret32 shared_secret;
	struct stream_token said;
	struct incoming_row incoming;
	struct wallet_row wallet;
	account_id outgoing;
	struct buf plain;
	enum result result;

	buf_init(&plain, r->scratch, sizeof(r->scratch));
	result = stream_credentials_open(r->credentials, token, &plain, &said, &shared_secret);
	if (result)
		return result;
	result = tag_read(p, &said, &wallet, &incoming, &outgoing, &shared_secret);
	if (result)
		goto out;
	c->token_n = 0;
	if (c->keys)
		stream_keys_rekey(c->keys, bytes_of(shared_secret.b, sizeof(shared_secret.b)));
	else
		c->keys = stream_keys_new(bytes_of(shared_secret.b, sizeof(shared_secret.b)));
	result = RESULT_OURS_MEMORY;
	if (!c->keys)
		goto out;
	c->shared_secret = shared_secret;
	c->wallet = wallet.account;
	c->asset = wallet.asset;
	c->incoming = incoming.key;
	c->outgoing = outgoing;
	c->capped = false;
	if (c->incoming) {
		c->incoming_id = incoming.id;
		c->capped = incoming.terms.amount != 0;
	}
	c->receipts = said.has_receipt;
	if (c->receipts) {
		uint8_t hash[32];

		memcpy(c->receipt.nonce, said.receipt_nonce, sizeof(c->receipt.nonce));
		c->receipt.secret = said.receipt_secret;
		sha256(token, hash);
		memcpy(c->receipt_connection, hash, sizeof(c->receipt_connection));
	}
	text_copy_cut(c->wallet_name, sizeof(c->wallet_name),
	        c->outgoing ? WAY_BACK_SEGMENT : wallet.name);
	if (c != &r->uncached) {
		memcpy(c->token, token.p, token.n);
		c->token_n = token.n;
	}
	*out = c;
	result = RESULT_OK;
out:
	secret_clear(&said.receipt_secret);
	secret_clear(&shared_secret);
	return result;
}

/* The connection of the packet's address; NULL after having set the Reject. */
static struct connection *connection_of(struct receiver *r, struct packet *p)
{
	struct bytes wallet = ilp_address_segment_after(p->prepare.destination, p->snapshot->own);
	struct connection *c = NULL;
	struct bytes base, token;
	enum result result;

	if (wallet.n == 0)
		goto unreachable;
	base = bytes_of(
	        p->prepare.destination.p, (size_t)(wallet.p + wallet.n - p->prepare.destination.p));
	token = ilp_address_segment_after(p->prepare.destination, base);
	if (token.n == 0)
		goto unreachable;
	c = token.n <= CACHED_TOKEN_MAX ? connection_find(r, token) : NULL;
	if (!c) {
		result = connection_open(r, p, token, &c);
		if (result_class(result) == RESULT_CLASS_OURS) {
			packet_reject_result(p, result);
			return NULL;
		}
		if (result == RESULT_THEIRS_NOT_FOUND)
			goto unreachable;
		if (result) {
			packet_reject(p, ILP_F06_UNEXPECTED_PAYMENT, "");
			return NULL;
		}
	}
	c->used = ++r->clock;
	if (bytes_eq_str(wallet, c->wallet_name))
		return c;
unreachable:
	packet_reject(p, ILP_F02_UNREACHABLE, "no such destination");
	return NULL;
}

/* ---- credit ---- */

static enum result receipt_write(struct delivery *d, struct batch *b)
{
	struct receipt_call *call = d->receipt;
	struct stream_answer answer;
	struct buf fulfill;
	enum result r = batch_receipt_add(
	        b, call->connection, d->credit.amount_out, &call->receipt.total_received);

	if (r)
		return r;
	stream_receiver_answer(call->keys, &call->arrival, call->scratch, call->reply, &answer);
	buf_init(&fulfill, d->fulfill, sizeof(d->fulfill));
	ilp_fulfill_encode(&fulfill, answer.fulfillment, answer.data);
	assert(answer.fulfil && !fulfill.failed);
	d->fulfill_n = fulfill.len;
	return RESULT_OK;
}

static void receipt_end(struct packet *p)
{
	struct receipt_call *call = ((struct delivery *)p->delivery)->receipt;

	stream_keys_free(call->keys);
	secret_wipe(call, sizeof(*call));
}

/* False: memory is out. */
static bool receipt_prepare(struct packet *p, const struct connection *c,
        const struct stream_arrival *arrival, struct delivery *d)
{
	struct receipt_call *call;

	d->receipt = NULL;
	if (!c->receipts)
		return true;
	call = arena_alloc(p->arena, sizeof(*call));
	if (!call)
		return false;
	memset(call, 0, sizeof(*call));
	call->keys = stream_keys_new(bytes_of(c->shared_secret.b, sizeof(c->shared_secret.b)));
	if (!call->keys)
		return false;
	call->wanted = c->receipt;
	call->receipt.stream_id = 1;
	memcpy(call->receipt.nonce, c->receipt.nonce, sizeof(call->receipt.nonce));
	memcpy(call->connection, c->receipt_connection, sizeof(call->connection));
	call->arrival = *arrival;
	call->arrival.receipt = &call->receipt;
	call->arrival.receipt_secret = &call->wanted.secret;
	d->receipt = call;
	p->delivery_end = receipt_end;
	return true;
}

static enum result credit_apply(struct op *op, struct batch *b)
{
	struct packet *p = OWNER_OF(op, struct packet, op);
	struct delivery *d = p->delivery;
	enum result r = batch_credit(b, &d->credit, &p->credit_batch);

	if (!r && d->receipt)
		r = receipt_write(d, b);
	if (!r)
		p->replay.reply_len = d->fulfill_n;
	return r;
}

static void credit_done(struct task *t)
{
	struct packet *p = OWNER_OF(t, struct packet, op.task);
	struct delivery *d = p->delivery;

	if (p->op.result == RESULT_OK) {
		p->reply = bytes_of(p->replay.reply, p->replay.reply_len);
		/* A repetition promises nothing new: the first reply's fate is told once. */
		if (p->replay.repeated)
			p->credit_batch = 0;
		else
			p->credit_amount = d->credit.amount_in;
	} else if (p->op.result == RESULT_THEIRS_TOO_BIG) {
		p->credit_batch = 0;
		packet_reject_data(
		        p, ILP_F99_APPLICATION_ERROR, "", bytes_of(d->refusal, d->refusal_n));
	} else {
		p->credit_batch = 0;
		packet_reject_result(p, p->op.result);
	}
	p->answered(p);
}

/* On the outbound thread: the host has decided, or was not asked. */
static void partial_over(struct task *t)
{
	struct packet *p = OWNER_OF(t, struct packet, op.task);

	node_send_home(p->loop->home, t, credit_done);
}

static enum packet_next credit(struct packet *p, struct delivery *d)
{
	p->delivery = d;
	p->op.apply = credit_apply;
	p->op.task.done = credit_done;
	packet_claim_replay(p, REPLAY_ANSWER, d->fulfill, sizeof(d->fulfill));
	if (d->partial) {
		d->partial->refusal = bytes_of(d->refusal, d->refusal_n);
		d->partial->ended = partial_over;
		partial_give(p, d->partial, credit_done);
	} else {
		node_submit(p->loop, &p->op);
	}
	return PACKET_PARKED;
}

/* Money for an incoming payment, where the host decides about each packet of it. */
static bool asks_host(const struct packet *p, const struct connection *c)
{
	return p->loop->node->partials && c->incoming && p->prepare.amount > 0;
}

/* What arrives in the wallet's asset; an error has set the Reject. */
static enum result convert(struct packet *p, const struct connection *c, struct conversion *out)
{
	if (c->asset != p->from->row.asset)
		return packet_convert(p, c->asset, NULL, AMOUNT_MAX, out);
	*out = (struct conversion){p->prepare.amount, p->prepare.amount, 0, 0};
	return RESULT_OK;
}

/* A packet that nobody could fulfill asks about the path; an incoming payment that is over says so
 * to it as well. */
static bool is_over(struct packet *p, const struct connection *c)
{
	struct incoming_row row;

	if (!c->incoming || p->prepare.amount == 0 ||
	        store_incoming_get(p->loop->reader, p->arena, &c->incoming_id, &row))
		return false;
	return incoming_state_is_final(incoming_state_at(&row.terms, p->now_ms));
}

/* Written beforehand: when the store has decided the connection may be another one's. */
static void prepare_refusal(struct receiver *r, const struct connection *c,
        const struct stream_arrival *arrival, struct delivery *d)
{
	struct stream_arrival refused = *arrival;
	struct stream_answer answer;

	d->refusal_n = 0;
	if (!c->capped && !d->partial)
		return;
	refused.refuse = true;
	stream_receiver_answer(c->keys, &refused, r->scratch, d->refusal, &answer);
	d->refusal_n = answer.data.n;
}

/* Whether the packet may go to a connection that keeps state. */
enum keeping {
	KEEP_MAY,
	KEEP_NONE,    /* this node keeps no state */
	KEEP_NO_ROOM, /* it had no room for this one */
};

static enum packet_next deliver(struct packet *p, enum keeping keeping);

static void deliver_stateless(struct packet *p)
{
	if (deliver(p, KEEP_NO_ROOM) == PACKET_ANSWERED)
		p->answered(p);
}

/* The connection keeps state, or the packet needs it. */
static bool needs_state(
        const struct packet *p, const struct connection *c, const struct stream_answer *answer)
{
	return answer->authentic &&
	       (answer->wants_state ||
	               stream_hosts_may_have(p->loop->node->stream_hosts, &c->shared_secret));
}

static enum packet_next give_to_host(struct packet *p, const struct connection *c,
        const struct asset_row *asset, const struct stream_answer *answer,
        const struct credit *credited)
{
	struct stream_call *call = arena_alloc(p->arena, sizeof(*call));
	uint8_t *plain = arena_memdup(p->arena, answer->plain.p, answer->plain.n);

	if (!call || !plain) {
		packet_reject_result(p, RESULT_OURS_MEMORY);
		return PACKET_ANSWERED;
	}
	call->credit = *credited;
	call->asset = asset;
	call->wants_state = answer->wants_state;
	call->fulfillable = answer->fulfillable;
	call->over = !answer->fulfil && is_over(p, c);
	call->plain = bytes_of(plain, answer->plain.n);
	memcpy(call->fulfillment, answer->fulfillment, sizeof(call->fulfillment));
	call->stateless = deliver_stateless;
	if (c->incoming && answer->wants_state &&
	        store_wallet_reply_get(p->loop->reader, p->arena, c->wallet, &call->reply)) {
		packet_reject_result(p, RESULT_RETRY_STORE);
		return PACKET_ANSWERED;
	}
	call->partial = NULL;
	if (answer->fulfillable && asks_host(p, c)) {
		call->partial = partial_new(p, &call->credit, call->plain);
		if (!call->partial) {
			packet_reject_result(p, RESULT_OURS_MEMORY);
			return PACKET_ANSWERED;
		}
	}
	call->shared_secret = c->shared_secret;
	return stream_host_take(p, call);
}

enum packet_next receive_packet(struct packet *p)
{
	return deliver(p, p->loop->node->stream_hosts ? KEEP_MAY : KEEP_NONE);
}

/* Where this packet's money can go back to. False: memory is out. */
static bool tell_payer(struct packet *p, const struct connection *c,
        const struct stream_answer *answer, struct way_back *out)
{
	char code[ASSET_CODE_MAX + 1];

	if (!c->incoming || !answer->payer.n)
		return true;
	way_back_asset(answer->payer_asset, code);
	out->address = arena_strndup(p->arena, (const char *)answer->payer.p, answer->payer.n);
	out->asset_code = arena_strdup(p->arena, code);
	out->asset_scale = answer->payer_scale;
	return out->address && out->asset_code;
}

/* What the packet would bring to whom it is for. */
static void credit_of(const struct packet *p, const struct connection *c,
        const struct conversion *converted, const struct stream_answer *answer, struct credit *out)
{
	*out = (struct credit){
	        .peer = p->from->row.account,
	        .wallet = c->wallet,
	        .amount_in = p->prepare.amount,
	        .amount_out = converted->delivered,
	        .spread = converted->spread,
	        .expires_at_ms = p->prepare.expires_at_ms,
	        .incoming = c->incoming,
	        .exchanged = answer->other_asset,
	        .outgoing = c->outgoing,
	        .margin = converted->margin,
	};
}

/* The Fulfill, once the credit in `d` is committed; at once where nothing moves. */
static enum packet_next fulfil(struct packet *p, struct connection *c, struct delivery *d,
        const struct stream_arrival *arrival, const struct stream_answer *answer)
{
	struct buf fulfill;

	buf_init(&fulfill, d->fulfill, sizeof(d->fulfill));
	ilp_fulfill_encode(&fulfill, answer->fulfillment, answer->data);
	assert(!fulfill.failed);
	d->fulfill_n = fulfill.len;
	if (p->prepare.amount == 0) {
		p->reply = buf_view(&fulfill);
		return PACKET_ANSWERED;
	}
	if (!tell_payer(p, c, answer, &d->credit.payer)) {
		packet_reject_result(p, RESULT_OURS_MEMORY);
		return PACKET_ANSWERED;
	}
	d->partial = NULL;
	if (asks_host(p, c)) {
		d->partial = partial_new(p, &d->credit, answer->plain);
		if (!d->partial) {
			packet_reject_result(p, RESULT_OURS_MEMORY);
			return PACKET_ANSWERED;
		}
	}
	prepare_refusal(p->loop->receiver, c, arrival, d);
	if (!receipt_prepare(p, c, arrival, d)) {
		packet_reject_result(p, RESULT_OURS_MEMORY);
		return PACKET_ANSWERED;
	}
	return credit(p, d);
}

static enum packet_next deliver(struct packet *p, enum keeping keeping)
{
	struct receiver *r = p->loop->receiver;
	struct connection *c = connection_of(r, p);
	const struct asset_row *asset;
	struct conversion converted;
	struct stream_arrival arrival;
	struct stream_answer answer;
	struct delivery *d;
	uint8_t *stream_reply;

	if (!c || convert(p, c, &converted))
		return PACKET_ANSWERED;
	asset = snapshot_asset(p->snapshot, c->asset);
	d = arena_alloc(p->arena, sizeof(*d));
	stream_reply = arena_alloc(p->arena, STREAM_REPLY_BYTES_MAX);
	if (!asset || !d || !stream_reply) {
		packet_reject_result(p, RESULT_OURS_MEMORY);
		return PACKET_ANSWERED;
	}
	arrival = (struct stream_arrival){
	        .data = p->prepare.data,
	        .condition = p->prepare.condition,
	        .received = converted.delivered,
	        .asset_code = bytes_str(asset->code),
	        .asset_scale = (uint8_t)asset->scale,
	};
	stream_receiver_answer(c->keys, &arrival, r->scratch, stream_reply, &answer);
	credit_of(p, c, &converted, &answer, &d->credit);
	/* Nobody reads what a receiver of ours writes there, and it was told so. */
	if (c->outgoing && answer.has_data) {
		packet_reject(p, ILP_F99_APPLICATION_ERROR, "");
		return PACKET_ANSWERED;
	}
	if (c->outgoing)
		keeping = KEEP_NONE;
	if (keeping == KEEP_MAY && !c->receipts && needs_state(p, c, &answer))
		return give_to_host(p, c, asset, &answer, &d->credit);
	/* A Fulfill would say that its data was read. */
	if (keeping == KEEP_NO_ROOM && answer.has_data) {
		packet_reject(p, ILP_T03_CONNECTOR_BUSY, "no room for another connection");
		return PACKET_ANSWERED;
	}
	if (!answer.fulfil) {
		if (is_over(p, c)) {
			packet_reject_result(p, RESULT_THEIRS_STATE);
			return PACKET_ANSWERED;
		}
		packet_reject_data(p, answer.code, "", answer.data);
		return PACKET_ANSWERED;
	}
	return fulfil(p, c, d, &arrival, &answer);
}

static enum result full_address(struct node_loop *l, const struct wallet_row *w, const char *token,
        char address[RECEIVE_ADDRESS_SIZE], struct secret32 *shared_secret)
{
	if (snprintf(address, RECEIVE_ADDRESS_SIZE, "%s.%s.%s", node_snapshot(l)->own_address,
	            w->name, token) < RECEIVE_ADDRESS_SIZE)
		return RESULT_OK;
	secret_clear(shared_secret);
	return RESULT_THEIRS_TOO_BIG;
}

enum result receive_credentials(struct node_loop *l, const struct wallet_row *w,
        const struct receive_receipt *receipt, char address[RECEIVE_ADDRESS_SIZE],
        struct secret32 *shared_secret)
{
	struct stream_token token = {.has_tag = true, .tag = bytes_of(w->id.b, sizeof(w->id.b))};
	char text[STREAM_TOKEN_TEXT_SIZE];
	enum result r;

	if (receipt) {
		token.has_receipt = true;
		memcpy(token.receipt_nonce, receipt->nonce, sizeof(token.receipt_nonce));
		token.receipt_secret = receipt->secret;
	}
	r = stream_credentials_seal(l->receiver->credentials, &token, text, shared_secret);
	secret_clear(&token.receipt_secret);
	return r ? r : full_address(l, w, text, address, shared_secret);
}

static enum result seal_incoming(struct stream_credentials *c, const struct id *incoming,
        char text[STREAM_TOKEN_TEXT_SIZE], struct secret32 *shared_secret)
{
	uint8_t tag[INCOMING_TAG_SIZE] = {INCOMING_TAG};
	struct stream_token token = {.has_tag = true, .tag = bytes_of(tag, sizeof(tag))};

	memcpy(tag + 1, incoming->b, sizeof(incoming->b));
	return stream_credentials_seal_stable(c, &token, text, shared_secret);
}

enum result receive_secret_incoming(
        struct stream_credentials *c, const struct id *incoming, struct secret32 *shared_secret)
{
	char text[STREAM_TOKEN_TEXT_SIZE];

	return seal_incoming(c, incoming, text, shared_secret);
}

enum result receive_credentials_incoming(struct node_loop *l, const struct wallet_row *w,
        const struct id *incoming, char address[RECEIVE_ADDRESS_SIZE],
        struct secret32 *shared_secret)
{
	char text[STREAM_TOKEN_TEXT_SIZE];
	enum result r = seal_incoming(l->receiver->credentials, incoming, text, shared_secret);

	return r ? r : full_address(l, w, text, address, shared_secret);
}
