#include "ilp/upstream.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "codec/ilp_address.h"
#include "ilp/bilateral.h"
#include "ilp/payer.h"
#include "ilp/routes.h"

struct upstream {
	struct node *node;
	struct task start;
	atomic_bool posted; /* `start` is on its way to the thread */
	/* the thread's own */
	struct timer timer;
	struct bilateral question;
	struct op op;
	bool busy, again;
	unsigned failures;
	struct id parent;
	struct asset_row asset; /* of the parent */
	char address[NODE_ADDRESS_CHARS + 1];
};

/* ---- rules ---- */

enum result upstream_check(const struct ildcp_info *info, const struct asset_row *asset, bool dev)
{
	if (!bytes_eq_str(info->asset_code, asset->code) || info->asset_scale != asset->scale)
		return RESULT_THEIRS_BAD_ASSET;
	if (info->address.n > NODE_ADDRESS_CHARS)
		return RESULT_THEIRS_TOO_BIG;
	switch (ilp_address_scheme(info->address)) {
	case ILP_SCHEME_G:
		return dev ? RESULT_THEIRS_REFUSED : RESULT_OK;
	case ILP_SCHEME_PRIVATE:
	case ILP_SCHEME_EXAMPLE:
	case ILP_SCHEME_LOCAL:
	case ILP_SCHEME_TEST:
		return RESULT_OK;
	case ILP_SCHEME_NONE:
	case ILP_SCHEME_SELF:
	case ILP_SCHEME_PEER:
		break;
	}
	return RESULT_THEIRS_REFUSED;
}

int64_t upstream_pause_ms(unsigned failures)
{
	int64_t pause = UPSTREAM_RETRY_MS;

	if (failures == 0)
		return UPSTREAM_ASK_MS;
	while (--failures && pause < UPSTREAM_ASK_MS)
		pause *= 2;
	return pause < UPSTREAM_ASK_MS ? pause : UPSTREAM_ASK_MS;
}

/* ---- on the outbound thread ---- */

static void look(struct upstream *u);

static void finish(struct upstream *u, bool failed)
{
	struct outbound *out = u->node->outbound;

	u->busy = false;
	u->failures = failed ? u->failures + 1 : 0;
	if (outbound_draining(out))
		return;
	if (u->again)
		look(u);
	else
		outbound_timer_set(
		        out, &u->timer, outbound_now_ms(out) + upstream_pause_ms(u->failures));
}

static void fail(struct upstream *u, enum result r, const char *why)
{
	log_warn("parent_config", "result=%s why=\"%s\"", result_name(r), why);
	finish(u, true);
}

static enum result assign(struct op *op, struct batch *b)
{
	const struct upstream *u = OWNER_OF(op, struct upstream, op);

	return batch_peer_assign(b, &u->parent, u->address);
}

static void assigned(struct task *t)
{
	struct upstream *u = OWNER_OF(t, struct upstream, op.task);
	enum result r = u->op.result;

	outbound_busy(u->node->outbound, -1);
	if (!r)
		r = snapshots_reload(u->node->snapshots, payer_reader(u->node->payer));
	if (r) {
		fail(u, r, "the address could not be kept");
		return;
	}
	log_info("parent_config", "result=ok address=%s", u->address);
	routes_wake(u->node->routes);
	finish(u, false);
}

static const char *why_refused(enum result r)
{
	if (r == RESULT_THEIRS_BAD_ASSET)
		return "the parent's asset is not the one that is settled with it";
	if (r == RESULT_THEIRS_TOO_BIG)
		return "the address leaves no room for wallets";
	if (r == RESULT_THEIRS_REFUSED)
		return "the address is of a network that this node can't be on";
	return "the parent's answer does not parse";
}

/* The snapshot may have changed meanwhile: what was assigned is the present one's. */
static bool is_news(const struct upstream *u)
{
	struct snapshot *s = snapshots_get(u->node->snapshots);
	const struct peer *parent = snapshot_parent(s);
	bool news = parent && id_eq(&parent->row.id, &u->parent) &&
	            strcmp(parent->row.assigned, u->address) != 0;

	snapshot_release(s);
	return news;
}

static void answered(struct bilateral *q)
{
	struct upstream *u = OWNER_OF(q, struct upstream, question);
	struct ildcp_info info;
	enum result r;

	if (q->answer.outcome != LINK_FULFILLED) {
		fail(u, RESULT_RETRY_UNREACHABLE, bilateral_why(q));
		return;
	}
	r = ildcp_response_decode(q->answer.fulfill.data, &info);
	if (!r)
		r = upstream_check(&info, &u->asset, u->node->options.dev);
	if (r) {
		fail(u, r, why_refused(r));
		return;
	}
	memcpy(u->address, info.address.p, info.address.n);
	u->address[info.address.n] = '\0';
	if (!is_news(u)) {
		finish(u, false);
		return;
	}
	outbound_busy(u->node->outbound, 1);
	u->op.apply = assign;
	u->op.task.home = outbound_home(u->node->outbound);
	u->op.task.done = assigned;
	submitter_add(&u->node->outbound_submitter, &u->op);
}

static void ask(struct upstream *u, struct snapshot *s, const struct peer *parent)
{
	enum result r = RESULT_RETRY_UNREACHABLE;

	u->busy = true;
	u->parent = parent->row.id;
	u->asset = parent->asset;
	if (parent->target)
		r = bilateral_ask(
		        &u->question, u->node, s, parent, ILDCP_DESTINATION, bytes_of(NULL, 0));
	if (r)
		fail(u, r, "the parent can't be asked");
}

static void look(struct upstream *u)
{
	struct snapshot *s;
	const struct peer *parent;

	if (u->busy) {
		u->again = true;
		return;
	}
	u->again = false;
	outbound_timer_cancel(u->node->outbound, &u->timer);
	if (outbound_draining(u->node->outbound))
		return;
	s = snapshots_get(u->node->snapshots);
	parent = snapshot_parent(s);
	if (parent)
		ask(u, s, parent);
	snapshot_release(s);
}

static void on_timer(struct timer *t)
{
	look(OWNER_OF(t, struct upstream, timer));
}

static void on_start(struct task *t)
{
	struct upstream *u = OWNER_OF(t, struct upstream, start);

	atomic_store(&u->posted, false);
	look(u);
}

/* ---- from other threads ---- */

enum result upstream_new(struct node *n, struct upstream **out)
{
	struct upstream *u = calloc(1, sizeof(*u));

	if (!u)
		return RESULT_OURS_MEMORY;
	u->node = n;
	u->start.done = on_start;
	u->timer.fire = on_timer;
	u->question.done = answered;
	*out = u;
	return RESULT_OK;
}

void upstream_free(struct upstream *u)
{
	if (!u)
		return;
	bilateral_clear(&u->question);
	free(u);
}

void upstream_wake(struct upstream *u)
{
	struct mail_list one;

	if (!u || atomic_exchange(&u->posted, true))
		return;
	mail_list_init(&one);
	mail_list_add(&one, &u->start.mail);
	if (outbound_post(u->node->outbound, &one)) {
		atomic_store(&u->posted, false);
		log_warn("parent_config", "result=not_started");
	}
}
