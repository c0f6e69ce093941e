#include "ilp/receiver_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/payment_pointer.h"
#include "ilp/node_wallet.h"

/* Lives on the outbound thread. */
struct receiving {
	struct receiver_call *call;
	struct node *node;
	struct mailbox *home;
	void (*done)(struct task *t);
	struct remote_call document;
	struct remote_wallet wallet;
	struct remote_payment payment;
	bool complete; /* it was completed, and is read now */
};

static void finish(struct receiving *w, enum result r, const char *why)
{
	struct receiver_call *call = w->call;

	call->result = r;
	(void)snprintf(call->why, sizeof(call->why), "%s", why);
	call->receiving = NULL;
	outbound_busy(w->node->outbound, -1);
	remote_call_clear(&w->document);
	remote_payment_clear(&w->payment);
	node_send_home(w->home, &call->task, w->done);
	free(w);
}

static void paid(struct remote_payment *p)
{
	struct receiving *w = OWNER_OF(p, struct receiving, payment);
	struct receiver_call *call = w->call;
	json_t *metadata;

	if (!p->result && p->work == REMOTE_WORK_COMPLETE) {
		remote_payment_clear(p);
		p->work = REMOTE_WORK_READ;
		remote_payment_start(w->node, p, paid);
		return;
	}
	if (!p->result) {
		call->payment = p->payment;
		secret_clear(&call->payment.shared_secret);
		metadata = json_object_get(p->call.json, "metadata");
		call->other_metadata = json_is_object(metadata) ? json_incref(metadata) : NULL;
	}
	finish(w, p->result, p->why);
}

static void on_document(struct remote_call *c)
{
	struct receiving *w = OWNER_OF(c, struct receiving, document);
	const struct receiver_call *call = w->call;
	char why[REMOTE_WHY_SIZE];

	if (c->result == RESULT_THEIRS_BLOCKED) {
		finish(w, c->result, "the wallet's address is not one that this node may call");
		return;
	}
	if (c->result || c->status != 200 || remote_wallet_read(c->json, &w->wallet)) {
		(void)snprintf(why, sizeof(why), "the wallet's server gave no wallet address: %s",
		        c->result ? result_name(c->result) : "its answer is none");
		finish(w,
		        c->result            ? c->result
		        : (c->status == 404) ? RESULT_THEIRS_NOT_FOUND
		                             : RESULT_THEIRS_PROTOCOL,
		        why);
		return;
	}
	if (call->has_amount && (strcmp(call->code, w->wallet.asset_code) != 0 ||
	                                call->scale != w->wallet.asset_scale)) {
		(void)snprintf(why, sizeof(why), "the wallet's asset is %s with scale %u",
		        w->wallet.asset_code, w->wallet.asset_scale);
		finish(w, RESULT_THEIRS_BAD_ASSET, why);
		return;
	}
	w->payment.work = REMOTE_WORK_CREATE;
	w->payment.wallet = &w->wallet;
	w->payment.has_amount = call->has_amount;
	w->payment.amount = call->amount;
	w->payment.expires_ms = call->expires_ms;
	w->payment.metadata = call->metadata;
	remote_payment_start(w->node, &w->payment, paid);
}

static void begin(struct task *t)
{
	struct receiver_call *call = OWNER_OF(t, struct receiver_call, task);
	struct receiving *w = call->receiving;

	outbound_busy(w->node->outbound, 1);
	if (call->work == REMOTE_WORK_CREATE) {
		w->document.method = OUTBOUND_GET;
		w->document.url = call->url;
		remote_call_start(w->node, &w->document, on_document);
		return;
	}
	w->payment.work = call->work;
	w->payment.url = call->url;
	remote_payment_start(w->node, &w->payment, paid);
}

void receiver_call(struct node_loop *l, struct receiver_call *call)
{
	struct receiving *w = calloc(1, sizeof(*w));
	void (*done)(struct task * t) = call->task.done;

	call->result = RESULT_OURS_MEMORY;
	if (!w) {
		node_send_home(l->home, &call->task, done);
		return;
	}
	w->call = call;
	w->node = l->node;
	w->home = l->home;
	w->done = done;
	call->receiving = w;
	call->task.done = begin;
	if (node_post_outbound(l, &call->task, done, &call->result))
		free(w);
}

void receiver_call_clear(struct receiver_call *call)
{
	json_decref(call->other_metadata);
	call->other_metadata = NULL;
}

enum result receiver_wallet_url(const struct node *n, const char *text, char url[URL_MAX_CHARS + 1],
        bool *local, char name[NAME_MAX_CHARS + 1])
{
	enum payment_pointer_rules rules =
	        n->options.dev ? PAYMENT_POINTER_DEV : PAYMENT_POINTER_STRICT;
	struct bytes given = bytes_str(text);
	enum result r;

	if (*text == '$')
		r = payment_pointer_resolve(given, rules, url);
	else
		r = payment_pointer_endpoint(given, rules, url);
	*local = !r && node_wallet_name(n, url, name);
	return r ? RESULT_THEIRS_MALFORMED : RESULT_OK;
}
