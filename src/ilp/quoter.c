#include "ilp/quoter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/words.h"
#include "ilp/stream_connection.h"
#include "model/quote_local.h"
#include "store/incoming.h"

/* One quote in the making, on the outbound thread. */
struct quoting {
	struct op op; /* stores the quote */
	struct quote_call *call;
	struct node *node;
	struct mailbox *home;
	void (*done)(struct task *t);
	struct resolution resolution;
	struct stream_connection connection;
	bool connected;
	struct quote_fee fee;
};

static void let_go(void *arg)
{
	struct quoting *q = arg;

	if (q->connected)
		stream_connection_clear(&q->connection);
	resolution_clear(&q->resolution);
	outbound_busy(q->node->outbound, -1);
	free(q);
}

/* Answers the call. Probes may still be under way, and keep the rest until they have ended. */
static void finish(struct quoting *q, enum result r, const char *why);

static void finish_receiver(struct quoting *q, enum result r, const char *why)
{
	q->call->no_receiver = true;
	finish(q, r, why);
}

static void finish(struct quoting *q, enum result r, const char *why)
{
	struct quote_call *call = q->call;

	call->result = r;
	snprintf(call->why, sizeof(call->why), "%s", why);
	call->quoting = NULL;
	q->call = NULL;
	node_send_home(q->home, &call->task, q->done);
	if (!q->connected || !stream_connection_busy(&q->connection))
		let_go(q);
}

/* No probe is under way any more; the answer may still be with the writer. */
static void idle(void *arg)
{
	struct quoting *q = arg;

	if (!q->call)
		let_go(q);
}

/* ---- storing ---- */

/* A wallet of this node is paid as one elsewhere: by an incoming payment, made with the quote. */
static enum result make_incoming(struct quoting *q, struct batch *b)
{
	struct quote_call *call = q->call;
	const struct resolution *to = &q->resolution;
	int64_t life_ms = q->node->options.incoming_life.max_ms;
	struct incoming_new wanted = {.wallet = to->local_wallet};
	struct incoming_row row;
	char id[ID_TEXT_SIZE];
	enum result r;

	/* Its own amount, where it is known to be of the wallet's asset. */
	if (to->make_amount && to->make_scale == to->asset_scale &&
	        strcmp(to->make_code, to->asset_code) == 0)
		wanted.amount = to->make_amount;
	if (life_ms > RESOLVE_MADE_LIFE_MS)
		life_ms = RESOLVE_MADE_LIFE_MS;
	wanted.expires_ms = batch_now(b) + life_ms;
	r = batch_incoming_add(b, &wanted, &row);
	if (r)
		return r;
	id_format(&row.id, id);
	(void)snprintf(call->receiver_url, sizeof(call->receiver_url), "%s/op/incoming-payments/%s",
	        q->node->options.public_url, id);
	call->quote.receiver = call->receiver_url;
	call->quote.receiver_made = true;
	call->quote.local_incoming = row.key;
	return RESULT_OK;
}

static enum result store_apply(struct op *op, struct batch *b)
{
	struct quoting *q = OWNER_OF(op, struct quoting, op);
	bool make =
	        q->resolution.make && q->resolution.local_wallet && !q->resolution.local_incoming;
	enum result r = make ? make_incoming(q, b) : RESULT_OK;

	return r ? r : batch_quote_add(b, &q->call->quote);
}

static void stored(struct task *t)
{
	struct quoting *q = OWNER_OF(t, struct quoting, op.task);

	if (q->op.result == RESULT_THEIRS_INSUFFICIENT)
		finish(q, q->op.result,
		        WORDS("the wallet has less than this and its other unexpired quotes would "
		              "take"));
	else
		finish(q, q->op.result, q->op.result ? WORDS("the quote can't be stored") : "");
}

static void store(struct quoting *q, const struct quote *plan)
{
	struct quote_row *row = &q->call->quote;

	if (q->resolution.has_room && plan->receive > q->resolution.room) {
		finish(q, RESULT_THEIRS_BAD_AMOUNT,
		        WORDS("the receiver's incoming payment takes less than this"));
		return;
	}

	if (q->resolution.refund_of && plan->debit > q->resolution.refund_left) {
		finish(q, RESULT_THEIRS_BAD_AMOUNT,
		        WORDS("its payer gave less, or has it back already"));
		return;
	}
	row->wallet = q->call->wallet;
	row->kind = q->call->by_receive ? QUOTE_FIXED_DELIVERY : QUOTE_FIXED_SEND;
	row->receiver = q->call->receiver;
	if (*q->resolution.payment_url) {
		(void)!text_copy(q->call->receiver_url, sizeof(q->call->receiver_url),
		        q->resolution.payment_url);
		row->receiver = q->call->receiver_url;
	}
	row->receiver_made = q->resolution.made;
	row->refund_of = q->resolution.refund_of;
	row->pace_ms = q->call->pace_ms;
	row->client = q->call->client;
	row->local_receiver = q->resolution.local_wallet;
	row->local_incoming = q->resolution.local_incoming;
	row->debit_amount = plan->debit;
	row->fee = plan->fee;
	row->receive_amount = plan->limits.min_delivery;
	row->min_rate = plan->min_rate;
	if (q->connected) {
		row->own_rate = q->connection.pair.mid;
		row->own_rate_to = q->connection.peer->row.asset;
	}
	row->created_ms = env_wall_ms(q->node->env);
	row->expires_ms = row->created_ms + q->node->options.quote_lifetime_ms;
	if (q->resolution.expires_ms && q->resolution.expires_ms < row->expires_ms)
		row->expires_ms = q->resolution.expires_ms;
	q->op.apply = store_apply;
	q->op.task.home = outbound_home(q->node->outbound);
	q->op.task.done = stored;
	submitter_add(&q->node->outbound_submitter, &q->op);
}

/* ---- planning ---- */

/* A debit amount is refused: where less than `least` was to be debited, nothing would arrive. */
static void refuse_amount(struct quoting *q, uint64_t least)
{
	bool small = !q->call->by_receive && q->call->amount < least;

	q->call->least_debit = small ? least : 0;
	finish(q, RESULT_THEIRS_BAD_AMOUNT,
	        small ? WORDS("the amount is too small: nothing would arrive")
	              : WORDS("the amount is too small or too large for this path"));
}

/* The debit of the least source that brings anything; 0 where that is unknown. */
static uint64_t least_debit(const struct quoting *q)
{
	const struct stream_sender *s = &q->connection.sender;
	uint64_t source = s->goal.least, debit;
	struct pay_estimate one;

	if (!source && pay_bounds_source(&s->bounds, 1, &one))
		source = one.high;
	return source && !quote_debit_for_send(&q->fee, source, &debit) ? debit : 0;
}

static void plan(struct quoting *q, const struct quote_path *path)
{
	struct quote planned;
	enum result r = q->call->by_receive
	                        ? quote_by_receive(&q->fee, path, q->call->amount, &planned)
	                        : quote_by_debit(&q->fee, path, q->call->amount, &planned);

	q->call->quote.path = path->bounds;
	if (r == RESULT_THEIRS_NO_RATE)
		finish_receiver(q, r, WORDS("nothing arrives on this path"));
	else if (r)
		refuse_amount(q, least_debit(q));
	else
		store(q, &planned);
}

/* Between two wallets of this node the rate is known, so there is no slippage to allow for. */
static void plan_local(struct quoting *q)
{
	struct snapshot *s = snapshots_get(q->node->snapshots);
	const struct asset_row *to = snapshot_asset(s, q->resolution.local_asset);
	struct quote planned = {0};
	struct rate_pair pair;
	enum result r = RESULT_THEIRS_NO_RATE;
	uint64_t least = 0;

	if (to)
		r = snapshot_own_pair(s, q->call->asset, q->resolution.local_asset,
		        env_wall_ms(q->node->env), &pair);
	if (!r) {
		text_copy_cut(
		        q->call->quote.receive_code, sizeof(q->call->quote.receive_code), to->code);
		q->call->quote.receive_scale = to->scale;
		r = q->call->by_receive
		            ? quote_local_by_receive(&q->fee, &pair.mid, q->call->amount, &planned)
		            : quote_local_by_debit(&q->fee, &pair.mid, q->call->amount, &planned);
		if (r && quote_local_least(&q->fee, &pair.mid, &least))
			least = 0;
	}
	snapshot_release(s);
	if (r == RESULT_THEIRS_NO_RATE)
		finish_receiver(q, r, WORDS("no exchange rate between the two wallets' assets"));
	else if (r)
		refuse_amount(q, least);
	else
		store(q, &planned);
}

/* ---- probing ---- */

/* Is the path worse than our own price list by more than the slippage? Where we know no rate for
 * the pair, the path's word is all there is. */
static bool path_is_too_dear(const struct quoting *q, const struct pay_bounds *bounds)
{
	const struct quote_row *row = &q->call->quote;
	struct rate_asset from, to = {row->receive_code, row->receive_scale};
	struct snapshot *s = snapshots_get(q->node->snapshots);
	const struct asset_row *asset = snapshot_asset(s, q->call->asset);
	struct rate_found found;
	struct rate_pair own;
	struct ratio least;
	bool dear = false;

	if (asset) {
		from = (struct rate_asset){asset->code, asset->scale};
		dear = rate_book_get(snapshot_rates(s), from.code, to.code,
		               env_wall_ms(q->node->env), RATE_FRESH, &found) == RESULT_OK &&
		       rate_pair_make(&found.rate, &from, &to, 0, &own) == RESULT_OK &&
		       ratio_less_bps(&own.mid, q->node->options.slippage_bps, &least) ==
		               RESULT_OK &&
		       ratio_cmp(&bounds->upper, &least) <= 0;
	}
	snapshot_release(s);
	return dear;
}

/* A payer's asset was told with its money. */
static void know_asset(struct quoting *q)
{
	struct stream_asset *asset = &q->connection.sender.asset;

	if (asset->known || !q->resolution.joins || !q->resolution.has_document)
		return;
	asset->known = true;
	text_copy_cut(asset->code, sizeof(asset->code), q->resolution.asset_code);
	asset->scale = (uint8_t)q->resolution.asset_scale;
}

static void probed(void *arg)
{
	struct quoting *q = arg;
	struct stream_sender *s = &q->connection.sender;
	struct quote_path path = {.bounds = s->bounds,
	        .max_packet = stream_sender_max_packet(s),
	        .slippage_bps = q->node->options.slippage_bps};
	struct quote_row *row = &q->call->quote;
	const struct payment_reject *reject = &q->connection.last_reject;
	char why[RESOLVE_WHY_SIZE], end[RESOLVE_WHY_SIZE], last[PAYMENT_REJECT_TEXT];
	const char *name;

	know_asset(q);
	if (s->outcome != STREAM_COMPLETED || !s->bounds.known || !s->asset.known ||
	        s->asset.scale > ASSET_SCALE_MAX || !*s->asset.code ||
	        !text_is_clean_utf8(s->asset.code, strlen(s->asset.code))) {
		payment_reject_text(reject, last);
		name = stream_outcome_name(s->outcome == STREAM_COMPLETED
		                                   ? STREAM_UNKNOWN_DESTINATION_ASSET
		                                   : s->outcome);
		(void)snprintf(
		        end, sizeof(end), "%s%s", name, s->outcome == STREAM_COMPLETED ? "" : last);
		words_fill(why, sizeof(why),
		        WORDS("the path to the receiver does not work: {why} ({end})"), "why",
		        payment_error_sentence(name, reject), "end", end, NULL);
		finish_receiver(q,
		        stream_outcome_is_retryable(s->outcome) ? RESULT_RETRY_UNREACHABLE
		                                                : RESULT_THEIRS_REFUSED,
		        why);
		return;
	}
	row->max_packet = path.max_packet == UINT64_MAX ? 0 : path.max_packet;
	row->receive_scale = s->asset.scale;
	text_copy_cut(row->receive_code, sizeof(row->receive_code), s->asset.code);
	if (path_is_too_dear(q, &path.bounds)) {
		finish_receiver(q, RESULT_THEIRS_REFUSED,
		        WORDS("the path to the receiver does not work: InsufficientExchangeRate: "
		              "it "
		              "gives less than "
		              "this node's rates allow"));
		return;
	}
	if (s->goal.source)
		quote_path_know(&path, s->goal.source,
		        q->call->by_receive ? q->call->amount : s->goal.destination);
	plan(q, &path);
}

/* What the probe shall learn for this very amount. */
static struct stream_goal goal_of(const struct quoting *q)
{
	uint64_t amount = q->call->amount, fee;

	if (q->call->by_receive)
		return (struct stream_goal){.kind = STREAM_GOAL_DELIVER, .amount = amount};
	if (quote_fee_of_debit(&q->fee, amount, &fee))
		return (struct stream_goal){.kind = STREAM_GOAL_LEAST};
	return (struct stream_goal){.kind = STREAM_GOAL_SEND, .amount = amount - fee};
}

/* What the receiver asks for, and in which asset. */
static bool take_amount(struct quoting *q)
{
	struct quote_call *call = q->call;
	const struct resolution *r = &q->resolution;
	char why[RESOLVE_WHY_SIZE], scale[12];

	if (r->refund_of && call->by_receiver) {
		call->by_receiver = false;
		call->amount = r->refund_left;
	}
	if (r->refund_of && call->amount == 0) {
		finish(q, RESULT_THEIRS_BAD_AMOUNT, WORDS("all of it was given back"));
		return false;
	}
	if (call->by_receiver && !r->has_room) {
		finish(q, RESULT_THEIRS_BAD_AMOUNT,
		        WORDS("the receiver asks for no amount: one must be given"));
		return false;
	}
	if (call->by_receiver) {
		call->by_receive = true;
		call->amount = r->room;
	}
	if (call->by_receive && call->receive_asked_code && *r->payment_url &&
	        (strcmp(call->receive_asked_code, r->asset_code) != 0 ||
	                call->receive_asked_scale != r->asset_scale)) {
		(void)snprintf(scale, sizeof(scale), "%u", r->asset_scale);
		words_fill(why, sizeof(why),
		        WORDS("the receiver's asset is {asset} with scale {scale}"), "asset",
		        r->asset_code, "scale", scale, NULL);
		finish(q, RESULT_THEIRS_BAD_ASSET, why);
		return false;
	}
	if (call->by_receive && r->has_room && call->amount > r->room) {
		finish(q, RESULT_THEIRS_BAD_AMOUNT,
		        WORDS("the receiver's incoming payment takes less than this"));
		return false;
	}
	return true;
}

/* Whether this wallet may pay who was found, and with that amount; false: the call has ended. */
static bool check_resolved(struct quoting *q)
{
	const struct resolution *r = &q->resolution;

	if (r->result) {
		finish_receiver(q, r->result, r->why);
		return false;
	}
	if (r->local_wallet == q->call->wallet) {
		finish_receiver(q, RESULT_THEIRS_CONFLICT, WORDS("a wallet can't pay itself"));
		return false;
	}
	if (r->refund_of && r->refund_wallet != q->call->wallet) {
		finish_receiver(q, RESULT_THEIRS_FORBIDDEN,
		        WORDS("only the wallet that was paid can pay it back"));
		return false;
	}
	if (!take_amount(q))
		return false;
	if (q->call->pace_ms && r->local_wallet) {
		finish_receiver(q, RESULT_THEIRS_REFUSED,
		        WORDS("a wallet of this node is paid at once: there is nothing to stream"));
		return false;
	}
	return true;
}

static void resolved(struct resolution *r)
{
	struct quoting *q = OWNER_OF(r, struct quoting, resolution);
	struct stream_sender_options options = {
	        .run = STREAM_RUN_PROBE, .max_packet = UINT64_MAX, .asset_wanted = true};
	struct stream_connection_events events = {.done = probed, .idle = idle, .arg = q};
	const char *why;
	enum result result;

	if (!check_resolved(q))
		return;
	options.joins = r->joins;
	options.first_sequence = r->joins ? STREAM_JOIN_SEQUENCE : 0;
	options.asset_wanted = !r->joins;
	options.goal = goal_of(q);
	if (r->local_wallet) {
		plan_local(q);
		return;
	}
	pay_bounds_init(&options.bounds);
	result = stream_connection_init(&q->connection, q->node, q->call->asset, r->address,
	        &r->shared_secret, &options, &events, &why);
	if (result) {
		finish_receiver(q, result, why);
		return;
	}
	q->connected = true;
	stream_connection_pump(&q->connection);
}

/* ---- the call ---- */

static void begin(struct task *t)
{
	struct quote_call *call = OWNER_OF(t, struct quote_call, task);
	struct quoting *q = call->quoting;
	struct snapshot *s = snapshots_get(q->node->snapshots);
	const struct asset_row *asset = snapshot_asset(s, call->asset);

	outbound_busy(q->node->outbound, 1);
	if (asset)
		q->fee = (struct quote_fee){asset->fee_fixed, asset->fee_bps};
	snapshot_release(s);
	q->resolution.receiver = call->receiver;
	q->resolution.make = call->make;
	q->resolution.make_longer_ms = call->pace_ms;
	if (call->by_receive && call->receive_asked_code) {
		q->resolution.make_amount = call->amount;
		q->resolution.make_code = call->receive_asked_code;
		q->resolution.make_scale = call->receive_asked_scale;
	}
	if (outbound_draining(q->node->outbound))
		finish(q, RESULT_RETRY_DRAINING, WORDS("the node is stopping"));
	else
		resolver_start(q->node, &q->resolution, resolved);
}

void quoter_start(struct node_loop *l, struct quote_call *call)
{
	struct quoting *q = calloc(1, sizeof(*q));
	void (*done)(struct task * t) = call->task.done;

	call->result = RESULT_OURS_MEMORY;
	if (!q) {
		node_send_home(l->home, &call->task, done);
		return;
	}
	q->call = call;
	q->node = l->node;
	q->home = l->home;
	q->done = done;
	call->quoting = q;
	call->task.done = begin;
	if (node_post_outbound(l, &call->task, done, &call->result))
		free(q);
}
