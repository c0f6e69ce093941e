#include "ilp/payer.h"

#include <assert.h>
#include <stdlib.h>

#include "base/log.h"
#include "codec/stream_credentials.h"
#include "ilp/payer_turns.h"
#include "ilp/payment_run.h"
#include "ilp/trace.h"
#include "store/funding.h"

/* Without a sign, payments are looked for this often while something is known to wait (the next
 * attempt at a payment, the end of an old window), and seldom otherwise: what
 * another process left. */
#define LOOK_AGAIN_MS  1000
#define LOOK_SELDOM_MS 30000

/* Payments that one operation takes: one alone would let each wait for the commits of all that were
 * made before it. */
#define CLAIM_MAX 16

struct claim {
	struct op op;
	struct payer *payer;
	struct payment_run *runs[CLAIM_MAX]; /* kept for the next claim where nothing was found */
	size_t wanted, found;
	struct payer_turns before; /* as it was submitted: it may be carried out twice */
	struct payer_turns turns;  /* with what it claims */
	bool more;                 /* others may be due */
	int64_t recover_at_ms;     /* wall; 0: nothing is left to recover */
};

struct payer {
	struct node *node;
	struct reader *reader;
	struct stream_credentials *credentials;
	struct traces *traces;
	_Atomic bool woken; /* the wake-up is on its way */
	_Atomic unsigned active;
	struct task wake;
	struct timer timer;
	struct claim claim;
	struct payer_turns turns;
	bool claiming;       /* the claim is with the writer */
	bool again;          /* woken meanwhile */
	bool had_windows;    /* before the claim old windows may have waited: those that it ends
	                      * let their payments go only then */
	int64_t retry_at_ms; /* wall: the latest next attempt of one that was put off; 0: none */
};

static void look(struct payer *p);

static void run_ended(struct payment_run *run)
{
	struct payer *p = run->owner;
	bool again;

	if (run->asked.retry_at_ms > p->retry_at_ms)
		p->retry_at_ms = run->asked.retry_at_ms;
	again = payer_turns_end(&p->turns, run->row.quote.wallet) || run->asked.retry_at_ms ||
	        atomic_load(&p->active) >= LIMIT_PAYMENTS_AT_WORK;
	payment_run_free(run);
	atomic_fetch_sub(&p->active, 1);
	/* Else nothing has changed for those that wait. */
	if (again)
		look(p);
}

/* Finding nothing is no refusal: what was recovered must stay. */
static enum result claim_apply(struct op *op, struct batch *b)
{
	struct claim *c = OWNER_OF(op, struct claim, op);
	enum result r = batch_recover(b, &c->recover_at_ms);

	c->found = 0;
	c->turns = c->before;
	if (!r)
		r = batch_payment_expire_unfunded(b);
	if (!r)
		r = batch_payment_due(b, &c->more);
	while (!r && c->found < c->wanted) {
		struct payment_run *run = c->runs[c->found];

		arena_clear(&run->memory);
		r = payer_turns_claim(&c->turns, b, PAYER_LEASE_MS, &run->memory, &run->row);
		if (!r)
			c->found++;
	}
	return r == RESULT_THEIRS_NOT_FOUND ? RESULT_OK : r;
}

static int64_t pause_ms(const struct payer *p)
{
	bool waits = p->claim.op.result || p->claim.recover_at_ms || p->had_windows ||
	             p->retry_at_ms + LOOK_AGAIN_MS > env_wall_ms(p->node->env);

	return waits ? LOOK_AGAIN_MS : LOOK_SELDOM_MS;
}

static void claimed(struct task *t)
{
	struct payer *p = OWNER_OF(t, struct claim, op.task)->payer;
	size_t found = p->claim.op.result ? 0 : p->claim.found;
	bool again = p->again || found == p->claim.wanted;

	p->claiming = false;
	p->again = false;
	outbound_busy(p->node->outbound, -1);
	if (p->claim.op.result)
		log_warn("payment_claim", "result=%s", result_name(p->claim.op.result));
	for (size_t i = 0; i < found; i++)
		payer_turns_count(&p->turns, p->claim.runs[i]->row.quote.wallet);
	if (!p->claim.op.result && (payer_turns_go_on(&p->turns, &p->claim.turns) || p->claim.more))
		again = true;
	for (size_t i = 0; i < found; i++) {
		struct payment_run *run = p->claim.runs[i];

		p->claim.runs[i] = NULL;
		atomic_fetch_add(&p->active, 1);
		payment_run_start(run);
	}
	if (again)
		look(p);
	else
		outbound_timer_set(p->node->outbound, &p->timer,
		        outbound_now_ms(p->node->outbound) + pause_ms(p));
}

/* As many runs as may be claimed now. */
static size_t make_runs(struct payer *p)
{
	size_t room = LIMIT_PAYMENTS_AT_WORK - atomic_load(&p->active), n = 0;

	for (; n < CLAIM_MAX && n < room; n++) {
		if (!p->claim.runs[n])
			p->claim.runs[n] = payment_run_new(p->node, run_ended, p);
		if (!p->claim.runs[n])
			break;
	}
	return n;
}

static void look(struct payer *p)
{
	struct node *n = p->node;

	if (outbound_draining(n->outbound))
		return;
	if (p->claiming) {
		p->again = true;
		return;
	}
	if (atomic_load(&p->active) >= LIMIT_PAYMENTS_AT_WORK)
		return;
	p->claim.wanted = make_runs(p);
	if (p->claim.wanted == 0) {
		outbound_timer_set(
		        n->outbound, &p->timer, outbound_now_ms(n->outbound) + LOOK_AGAIN_MS);
		return;
	}
	p->claiming = true;
	p->claim.before = p->turns;
	p->had_windows = p->claim.recover_at_ms != 0;
	outbound_busy(n->outbound, 1);
	p->claim.op.apply = claim_apply;
	p->claim.op.task.home = outbound_home(n->outbound);
	p->claim.op.task.done = claimed;
	submitter_must(&n->outbound_submitter, &p->claim.op);
}

static void on_timer(struct timer *t)
{
	look(OWNER_OF(t, struct payer, timer));
}

static void on_wake(struct task *t)
{
	struct payer *p = OWNER_OF(t, struct payer, wake);

	atomic_store(&p->woken, false);
	look(p);
}

void payer_wake(struct payer *p)
{
	struct mail_list one;

	if (atomic_exchange(&p->woken, true))
		return;
	p->wake.done = on_wake;
	mail_list_init(&one);
	mail_list_add(&one, &p->wake.mail);
	/* While stopping nobody looks; after the next start somebody will. */
	if (outbound_post(p->node->outbound, &one))
		atomic_store(&p->woken, false);
}

enum result payer_new(struct node *n, const struct store_options *store, struct payer **out)
{
	char why[STORE_WHY_SIZE];
	struct payer *p = calloc(1, sizeof(*p));
	enum result r;

	if (!p)
		return RESULT_OURS_MEMORY;
	r = reader_open(store, why, &p->reader);
	if (r) {
		log_error("payer", "why=\"%s\"", why);
		free(p);
		return r;
	}
	p->credentials = stream_credentials_new(&n->receiver_secret);
	p->traces = traces_new();
	if (!p->credentials || !p->traces) {
		traces_free(p->traces);
		stream_credentials_free(p->credentials);
		reader_close(p->reader);
		free(p);
		return RESULT_OURS_MEMORY;
	}
	p->node = n;
	p->claim.recover_at_ms = 1; /* nobody has looked */
	p->claim.payer = p;
	p->timer.fire = on_timer;
	*out = p;
	return RESULT_OK;
}

void payer_free(struct payer *p)
{
	if (!p)
		return;
	assert(!p->claiming);
	for (size_t i = 0; i < CLAIM_MAX; i++)
		if (p->claim.runs[i])
			payment_run_free(p->claim.runs[i]);
	traces_free(p->traces);
	stream_credentials_free(p->credentials);
	reader_close(p->reader);
	free(p);
}

struct traces *payer_traces(struct payer *p)
{
	return p->traces;
}

struct stream_credentials *payer_credentials(struct payer *p)
{
	return p->credentials;
}

struct reader *payer_reader(struct payer *p)
{
	return p->reader;
}

unsigned payer_active(const struct payer *p)
{
	return atomic_load(&p->active);
}
