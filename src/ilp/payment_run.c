#include "ilp/payment_run.h"

#include <assert.h>
#include <stdlib.h>

#include "base/log.h"
#include "ilp/payer.h"
#include "ilp/remote_payment.h"
#include "store/outgoing.h"
#include "store/quote_data.h"

#define IN_DOUBT  "what was sent is in doubt"
#define UNWATCHED "nobody looked at it any more"

static void submit(struct payment_run *run, enum result (*apply)(struct op *, struct batch *),
        void (*done)(struct task *));
static void keep_going(struct payment_run *run);

struct payment_run *payment_run_new(
        struct node *n, void (*ended)(struct payment_run *run), void *owner)
{
	struct payment_run *run = calloc(1, sizeof(*run));

	if (!run)
		return NULL;
	run->node = n;
	run->ended = ended;
	run->owner = owner;
	arena_init(&run->memory, PAYMENT_RUN_ARENA_BYTES);
	return run;
}

void payment_run_free(struct payment_run *run)
{
	assert(!run->op_out);
	if (run->connected)
		stream_connection_clear(&run->connection);
	resolution_clear(&run->resolution);
	arena_clear(&run->memory);
	free(run);
}

/* What goes out besides the fee. */
static uint64_t sendable(const struct payment_row *row)
{
	return row->quote.debit_amount - row->quote.fee;
}

static bool is_nothing(struct payment_money m)
{
	return m.in == 0 && m.out == 0;
}

/* Nobody renews the lease while a note is under way. */
_Static_assert(STREAM_NOTE_MS_MAX < PAYER_LEASE_MS - PAYMENT_RENEW_MS,
        "a payment's note ends before its lease");

/* ---- the end of an attempt ---- */

static enum result data_told(const struct payment_run *run, struct batch *b)
{
	const struct stream_parcel *p = &run->connection.sender.after.parcel;

	return batch_quote_data_told(
	        b, &run->row.quote_id, p->taken, p->state == STREAM_PARCEL_ARRIVED);
}

static enum result end_apply(struct op *op, struct batch *b)
{
	struct payment_run *run = OWNER_OF(op, struct payment_run, op);
	const struct settlement *s = &run->asked.settle;
	int64_t none;
	enum result r = RESULT_OK;

	if (s->packets)
		r = batch_window_settle(b, s, &none);
	if (!r && run->asked.doubt.amount_in)
		r = batch_window_doubt(b, &run->asked.doubt);
	if (!r && run->asked.release.amount_in)
		r = batch_window_release(b, &run->asked.release);
	if (r)
		return r;
	if (run->connected && run->connection.sender.after.note.state == STREAM_NOTE_ARRIVED)
		r = batch_note_delivered(b, run->row.account,
		        bytes_of(run->connection.note_reply, run->connection.note_reply_n));
	if (!r && run->connected && run->data)
		r = data_told(run, b);
	if (r)
		return r;
	if (run->asked.retry_at_ms)
		return batch_payment_postpone(
		        b, &run->row.id, run->asked.retry_at_ms, run->asked.error);
	return batch_payment_finish(b, &run->row.id, run->asked.state, run->asked.error);
}

static void end_done(struct task *t);

static void let_go(struct payment_run *run)
{
	outbound_timer_cancel(run->node->outbound, &run->data_timer);
	if (run->watch_ms)
		payment_look_leave(&run->node->watches, &run->look);
	outbound_busy(run->node->outbound, -1);
	run->ended(run);
}

static void end_again(struct timer *t)
{
	struct payment_run *run = OWNER_OF(t, struct payment_run, end_timer);

	submit(run, end_apply, end_done);
}

/* What was fulfilled is in no book until the end is written, so a store that refuses for a moment
 * is asked again. Where the node stops first, the window tells the next start what is in doubt. */
static void end_done(struct task *t)
{
	struct payment_run *run = OWNER_OF(t, struct payment_run, op.task);
	char id[ID_TEXT_SIZE];

	run->op_out = false;
	id_format(&run->row.id, id);
	if (run->op.result)
		log_error("payment_end", "id=%s result=%s", id, result_name(run->op.result));
	if (result_class(run->op.result) == RESULT_CLASS_RETRY &&
	        !outbound_draining(run->node->outbound)) {
		run->end_timer.fire = end_again;
		outbound_timer_set(run->node->outbound, &run->end_timer,
		        outbound_now_ms(run->node->outbound) + PAYER_END_AGAIN_MS);
		return;
	}
	if (!run->op.result)
		log_info(run->asked.retry_at_ms ? "payment_again" : "payment_end",
		        "id=%s state=%s error=\"%s\"", id,
		        run->asked.retry_at_ms ? "SENDING" : payment_state_name(run->asked.state),
		        run->asked.why);
	run->over = true;
	payment_watches_wake(&run->node->watches, &run->row.id);
	if (!run->op.result && !run->asked.retry_at_ms && run->row.quote.receiver_made &&
	        !outbound_draining(run->node->outbound))
		remote_payment_complete(run->node, run->row.quote.receiver);
	if (!run->connected || !stream_connection_busy(&run->connection))
		let_go(run);
}

/* Moves the counts into what the next operation asks. */
static void take_counts(struct payment_run *run)
{
	account_id from = run->row.account;
	account_id to = run->connected ? run->connection.peer->row.account : 0;

	run->asked.settle = (struct settlement){
	        .flight = {.from = from,
	                .to = to,
	                .amount_in = run->fulfilled.in,
	                .amount_out = run->fulfilled.out},
	        .packets = run->packets,
	        .delivered = run->delivered,
	};
	run->asked.doubt = (struct flight){.from = from,
	        .to = to,
	        .amount_in = run->doubted.in,
	        .amount_out = run->doubted.out};
	run->window.in -= run->fulfilled.in + run->doubted.in;
	run->window.out -= run->fulfilled.out + run->doubted.out;
	/* The store ends what roundings left of out together with the last of in. */
	if (run->window.in == 0)
		run->window.out = 0;
	run->fulfilled = run->doubted = (struct payment_money){0, 0};
	run->packets = run->delivered = 0;
	run->asked.reserve = run->asked.release = (struct flight){.from = from, .to = to};
	run->asked.why = "";
	run->asked.retry_at_ms = 0;
}

/* `error` NULL: the payment is complete. */
static void end(struct payment_run *run, const char *error, bool retry)
{
	const struct payment_reject *last = run->connected ? &run->connection.last_reject : NULL;

	take_counts(run);
	run->asked.release.amount_in = run->window.in;
	run->asked.release.amount_out = run->window.out;
	run->window = (struct payment_money){0, 0};
	run->asked.state = error ? PAYMENT_FAILED : PAYMENT_COMPLETED;
	run->asked.why = error ? error : "";
	payment_error_format(run->asked.why, error ? last : NULL, run->asked.error);
	if (error && outbound_draining(run->node->outbound))
		run->asked.retry_at_ms = env_wall_ms(run->node->env);
	else if (error && retry && run->row.attempts < PAYER_ATTEMPTS_MAX)
		run->asked.retry_at_ms =
		        env_wall_ms(run->node->env) +
		        ((int64_t)PAYER_RETRY_MS
		                << (run->row.attempts ? run->row.attempts - 1 : 0));
	run->final = true;
	submit(run, end_apply, end_done);
}

/* The connection has ended and no operation is out. */
static void conclude(struct payment_run *run)
{
	const struct stream_sender *s = &run->connection.sender;
	/* One that is cancelled while the last of it is on its way is a payment like any other,
	 * with its fee. */
	bool too_late = s->outcome == STREAM_CANCELLED && stream_sender_has_all(s);

	if (s->outcome != STREAM_COMPLETED && !too_late)
		end(run, stream_outcome_name(s->outcome), stream_outcome_is_retryable(s->outcome));
	else if (s->delivered < s->limits.min_delivery)
		end(run, IN_DOUBT, false); /* all is sent, and too much of it was not answered */
	else
		end(run, NULL, false);
}

/* ---- settling and reserving ---- */

static enum result window_apply(struct op *op, struct batch *b)
{
	struct payment_run *run = OWNER_OF(op, struct payment_run, op);
	enum payment_state state;
	int64_t none;
	enum result r = RESULT_OK;

	if (run->asked.unwatched)
		r = batch_payment_cancel(b, &run->row.id, UNWATCHED, &state);
	if (!r)
		r = batch_payment_renew(b, &run->row.id, PAYER_LEASE_MS, &run->asked.cancelled);

	run->asked.refusal = RESULT_OK;
	if (!r && run->asked.settle.packets)
		r = batch_window_settle(b, &run->asked.settle, &none);
	if (!r && run->asked.doubt.amount_in)
		r = batch_window_doubt(b, &run->asked.doubt);
	if (r)
		return r;
	if (run->asked.cancelled)
		return RESULT_OK;
	if (run->asked.reserve.amount_in)
		r = batch_window_reserve(b, &run->asked.reserve, run->asked.expires_at_ms);
	else
		r = batch_window_extend(b, run->asked.reserve.from, run->asked.reserve.to,
		        run->asked.expires_at_ms);
	/* A refusal concerns the reservation alone; what was settled stays settled. */
	if (result_class(r) != RESULT_CLASS_THEIRS)
		return r;
	run->asked.refusal = r;
	return RESULT_OK;
}

static void window_done(struct task *t)
{
	struct payment_run *run = OWNER_OF(t, struct payment_run, op.task);
	struct stream_sender *s = &run->connection.sender;

	run->op_out = false;
	if (run->op.result) {
		/* Nothing was written: the counts come back, and the attempt ends when it can. */
		log_error("payment_window", "result=%s", result_name(run->op.result));
		run->failed = true;
		run->fulfilled.in += run->asked.settle.flight.amount_in;
		run->fulfilled.out += run->asked.settle.flight.amount_out;
		run->packets += run->asked.settle.packets;
		run->delivered += run->asked.settle.delivered;
		run->doubted.in += run->asked.doubt.amount_in;
		run->doubted.out += run->asked.doubt.amount_out;
		run->window.in += run->asked.settle.flight.amount_in + run->asked.doubt.amount_in;
		run->window.out +=
		        run->asked.settle.flight.amount_out + run->asked.doubt.amount_out;
		stream_sender_cancel(s, STREAM_CONNECTOR_ERROR);
	} else if (run->asked.cancelled) {
		stream_sender_cancel(s, STREAM_CANCELLED);
	} else if (run->asked.refusal) {
		log_warn("payment_reserve", "amount=%llu result=%s",
		        (unsigned long long)run->asked.reserve.amount_in,
		        result_name(run->asked.refusal));
		stream_sender_cancel(s, STREAM_CONNECTOR_ERROR);
	} else {
		run->connection.until_ms = run->asked.expires_at_ms;
		run->window.in += run->asked.reserve.amount_in;
		run->window.out += run->asked.reserve.amount_out;
		stream_sender_set_budget(
		        s, s->sent + run->window.in - run->fulfilled.in - run->doubted.in);
	}
	run->budget_wanted = false;
	stream_connection_pump(&run->connection);
	keep_going(run);
}

static void on_settle_timer(struct timer *t)
{
	keep_going(OWNER_OF(t, struct payment_run, settle_timer));
}

/* Each operation is a commit, which syncs the disk. One that only settles, or reserves more where
 * half of what is wanted is there, has time. */
static bool can_wait(struct payment_run *run, uint64_t wants, uint64_t have)
{
	const struct stream_sender *s = &run->connection.sender;
	uint64_t gone = s->sent + s->in_flight;
	int64_t until_ms = run->op_ms + PAYER_SETTLE_MS;

	if (run->budget_wanted || !is_nothing(run->doubted) || have <= gone ||
	        (wants > have && have - gone < (wants - gone) / 2) ||
	        outbound_now_ms(run->node->outbound) >= until_ms)
		return false;
	run->settle_timer.fire = on_settle_timer;
	outbound_timer_set(run->node->outbound, &run->settle_timer, until_ms);
	return true;
}

/* One operation for all that has come together since the last one. */
static void keep_going(struct payment_run *run)
{
	struct stream_sender *s = &run->connection.sender;
	uint64_t wants, have, more = 0, more_out = 0;
	bool late;

	if (run->op_out || run->final)
		return;
	if (run->finished) {
		conclude(run);
		return;
	}
	if (run->failed)
		return; /* the end settles what still comes: asking at once again would only spin */
	late = stream_connection_is_late(&run->connection);
	wants = s->outcome == STREAM_RUNNING ? stream_sender_wants(s) : 0;
	have = s->sent + run->window.in - run->fulfilled.in - run->doubted.in;
	if (wants > have)
		more = wants - have;
	if (is_nothing(run->fulfilled) && is_nothing(run->doubted) && more == 0 && !late)
		return;
	if (!late && can_wait(run, wants, have))
		return;
	take_counts(run);
	if (more && !ratio_apply_floor(&run->connection.pair.mid, more, &more_out)) {
		run->asked.reserve.amount_in = more;
		run->asked.reserve.amount_out = more_out;
	}
	run->asked.unwatched = run->watch_ms && outbound_now_ms(run->node->outbound) >=
	                                                run->look.at_ms + run->watch_ms;
	run->asked.expires_at_ms =
	        env_wall_ms(run->node->env) + 2 * stream_connection_life_ms(&run->connection);
	submit(run, window_apply, window_done);
}

static void submit(struct payment_run *run, enum result (*apply)(struct op *, struct batch *),
        void (*done)(struct task *))
{
	outbound_timer_cancel(run->node->outbound, &run->settle_timer);
	run->op_out = true;
	run->op_ms = outbound_now_ms(run->node->outbound);
	run->op.apply = apply;
	run->op.task.done = done;
	run->op.task.home = outbound_home(run->node->outbound);
	submitter_must(&run->node->outbound_submitter, &run->op);
}

/* ---- data after the money ---- */

/* It goes on for long, without money and so without another reason to ask the writer for anything:
 * the lease is kept, and a payer that stops it is heard. */
static enum result look_apply(struct op *op, struct batch *b)
{
	struct payment_run *run = OWNER_OF(op, struct payment_run, op);

	return batch_payment_renew(b, &run->row.id, PAYER_LEASE_MS, &run->asked.cancelled);
}

static void look_done(struct task *t)
{
	struct payment_run *run = OWNER_OF(t, struct payment_run, op.task);
	struct stream_sender *s = &run->connection.sender;

	run->op_out = false;
	if (run->op.result || run->asked.cancelled)
		stream_sender_cancel(s, STREAM_CANCELLED);
	stream_connection_pump(&run->connection);
	keep_going(run);
}

static void on_data_timer(struct timer *t)
{
	struct payment_run *run = OWNER_OF(t, struct payment_run, data_timer);
	struct outbound *o = run->node->outbound;

	if (run->finished || run->final)
		return;
	outbound_timer_set(o, &run->data_timer, outbound_now_ms(o) + PAYER_DATA_LOOK_MS);
	if (!run->op_out && stream_sender_is_over(&run->connection.sender))
		submit(run, look_apply, look_done);
}

static size_t read_data(void *arg, uint64_t offset, uint8_t *out, size_t n)
{
	struct payment_run *run = arg;
	size_t done = 0, got = 1;

	while (done < n && got) {
		if (store_quote_data_read(payer_reader(run->node->payer), &run->row.quote_id,
		            offset + done, out + done, n - done, &got))
			return 0;
		done += got;
	}
	return done;
}

static enum result begin_data(struct payment_run *run)
{
	struct outbound *o = run->node->outbound;
	enum result r = stream_connection_data(&run->connection, read_data, run);

	run->data_timer.fire = on_data_timer;
	if (!r)
		outbound_timer_set(o, &run->data_timer, outbound_now_ms(o) + PAYER_DATA_LOOK_MS);
	return r;
}

/* ---- events of the connection ---- */

static void on_fulfilled(void *arg, const struct stream_end *e)
{
	struct payment_run *run = arg;
	const struct stream_sender *s = &run->connection.sender;

	run->fulfilled.in += e->amount_in;
	run->fulfilled.out += e->amount_out;
	run->delivered += e->delivered;
	run->packets++;
	/* After the last packet the end settles it too, if it comes at once: a note or data takes
	 * its time. */
	if (!stream_sender_is_over(s) || stream_after_is_open(&s->after))
		keep_going(run);
}

static void on_doubted(void *arg, const struct stream_end *e)
{
	struct payment_run *run = arg;

	run->doubted.in += e->amount_in;
	run->doubted.out += e->amount_out;
	keep_going(run);
}

static void on_budget(void *arg)
{
	struct payment_run *run = arg;

	run->budget_wanted = true;
	keep_going(run);
}

static void on_done(void *arg)
{
	struct payment_run *run = arg;

	run->finished = true;
	keep_going(run);
}

static void on_idle(void *arg)
{
	struct payment_run *run = arg;

	if (run->over)
		let_go(run);
}

/* ---- start ---- */

static bool limits_of(const struct payment_row *row, struct pay_limits *out)
{
	const struct quote_row *q = &row->quote;
	uint64_t gone = row->sent;

	out->max_source = sendable(row) > gone ? sendable(row) - gone : 0;
	out->min_delivery =
	        q->receive_amount > row->delivered ? q->receive_amount - row->delivered : 0;
	return out->max_source > 0 && (q->kind == QUOTE_FIXED_SEND || out->min_delivery > 0);
}

/* A receiver that is told a way back can give money back. A refund has none: its own connection is
 * the other end's. */
static void tell_way_back(struct payment_run *run)
{
	struct stream_connection *c = &run->connection;

	if (run->row.quote.refund_of ||
	        way_back_address(payer_credentials(run->node->payer), c->snapshot->own_address,
	                &run->row.id, &run->resolution.shared_secret, run->way_back))
		return;
	stream_connection_tell(c, run->way_back);
}

/* Nothing is left to send: only a crash between the last settlement and the end leads here. */
static void nothing_left(struct payment_run *run)
{
	bool enough = run->row.delivered >= run->row.quote.receive_amount;

	end(run, enough ? NULL : IN_DOUBT, false);
}

/* What is due follows from when the payment was made, whatever has come between. */
static struct stream_pace pace_of(const struct payment_run *run)
{
	const struct node *n = run->node;
	int64_t age_ms = env_wall_ms(n->env) - run->row.created_ms;

	return (struct stream_pace){.whole_ms = run->row.quote.pace_ms,
	        .begun_ms = outbound_now_ms(n->outbound) - (age_ms > 0 ? age_ms : 0),
	        .total = sendable(&run->row),
	        .gone = run->row.sent};
}

/* Of one that lasts: where its payer has gone, it is not to go on alone. */
static enum result begin_look(struct payment_run *run)
{
	enum result r = RESULT_OK;

	if (run->row.quote.pace_ms)
		r = store_payment_watch(
		        payer_reader(run->node->payer), run->row.account, &run->watch_ms);
	if (r || !run->watch_ms)
		return r;
	run->look.payment = run->row.id;
	run->look.at_ms = outbound_now_ms(run->node->outbound);
	payment_look_join(&run->node->watches, &run->look);
	return RESULT_OK;
}

/* What the store has of a payment beside its row. */
struct extras {
	struct account account;
	const char *note; /* NULL: none */
	struct quote_data data;
};

static enum result read_extras(struct payment_run *run, struct extras *x, const char **why)
{
	struct reader *reader = payer_reader(run->node->payer);
	enum result r;

	*why = "the payment's account can't be read";
	r = store_account_get(reader, run->row.account, &x->account);
	if (r)
		return r;
	*why = "the payment's note can't be read";
	r = store_note_to_send(reader, &run->memory, run->row.account, &x->note);
	if (r)
		return r;
	*why = "the payment's data can't be read";
	r = store_quote_data_get(reader, &run->row.quote_id, &x->data);
	if (r)
		return r;
	*why = "the payment's watch can't be read";
	return begin_look(run);
}

/* False: there is nothing left to send. */
static bool sender_options(const struct payment_run *run, struct stream_sender_options *o)
{
	const struct quote_row *q = &run->row.quote;
	bool joins = run->resolution.joins;

	*o = (struct stream_sender_options){
	        .run = q->kind == QUOTE_FIXED_SEND ? STREAM_RUN_FIXED_SEND
	                                           : STREAM_RUN_FIXED_DELIVERY,
	        .min_rate = q->min_rate,
	        .max_packet = q->max_packet ? q->max_packet : UINT64_MAX,
	        .joins = joins,
	        .first_sequence = joins ? STREAM_JOIN_SEQUENCE : 0,
	};
	if (q->pace_ms)
		o->pace = pace_of(run);
	if (q->path.known)
		o->bounds = q->path;
	else
		pay_bounds_init(&o->bounds);
	return limits_of(&run->row, &o->limits);
}

/* The connection, with what travels on it beside money. */
static enum result open_connection(struct payment_run *run, struct stream_sender_options *o,
        const struct extras *x, const char **why)
{
	const struct quote_row *q = &run->row.quote;
	struct resolution *to = &run->resolution;
	struct stream_connection_events events = {
	        on_fulfilled, on_doubted, on_budget, on_done, on_idle, run};
	enum result r;

	o->note = x->note != NULL;
	o->data = run->data = x->data.size;
	r = stream_connection_init(&run->connection, run->node, x->account.asset, to->address,
	        &to->shared_secret, o, &events, why);
	if (r)
		return r;
	/* Our own rate is as quoted for the first attempt; the later ones keep the
	 * minimum alone. */
	if (run->row.attempts == 1)
		stream_connection_pin(&run->connection, &q->own_rate, q->own_rate_to);
	*why = "out of memory";
	if (x->note)
		r = stream_connection_note(&run->connection, bytes_str(x->note));
	if (!r && run->data)
		r = begin_data(run);
	if (r) {
		stream_connection_clear(&run->connection);
		return r;
	}
	run->connected = true;
	return RESULT_OK;
}

static void resolved(struct resolution *r)
{
	struct payment_run *run = OWNER_OF(r, struct payment_run, resolution);
	struct traces *traces = payer_traces(run->node->payer);
	struct stream_sender_options o;
	struct extras x = {.note = NULL};
	const char *why;

	if (r->result || r->local_wallet) {
		end(run, r->result ? r->why : "the receiver is a wallet of this node now",
		        r->result && r->result != RESULT_THEIRS_STATE);
		return;
	}
	if (!sender_options(run, &o)) {
		nothing_left(run);
		return;
	}
	if (read_extras(run, &x, &why) || open_connection(run, &o, &x, &why)) {
		end(run, why, true);
		return;
	}
	tell_way_back(run);
	if (traces_has(traces, &run->row.id))
		stream_connection_trace(&run->connection, traces, &run->row.id);
	/* So a payer that stops a slow one is heard. */
	run->connection.renew_ms = run->row.quote.pace_ms ? PAYER_PACE_LOOK_MS : 0;
	stream_connection_pump(&run->connection);
	keep_going(run);
}

void payment_run_start(struct payment_run *run)
{
	outbound_busy(run->node->outbound, 1);
	if (run->row.cancel_asked) {
		end(run, stream_outcome_name(STREAM_CANCELLED), false);
		return;
	}
	run->resolution.receiver = run->row.quote.receiver;
	resolver_start(run->node, &run->resolution, resolved);
}
