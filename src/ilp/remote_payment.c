#include "ilp/remote_payment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "base/words.h"

static void set_outcome(struct remote_payment *p, enum result r, const char *why)
{
	p->result = r;
	(void)snprintf(p->why, sizeof(p->why), "%s", why);
}

static void answer(struct remote_payment *p)
{
	secret_wipe(p->grant.token, sizeof(p->grant.token));
	p->done(p);
}

static void finish(struct remote_payment *p, enum result r, const char *why)
{
	set_outcome(p, r, why);
	answer(p);
}

static void ask_server(struct remote_payment *p);

/* No access. Was it asked for at a server that speaks for this payment no more? */
static void finish_refused(struct remote_payment *p, enum result r, const char *why)
{
	set_outcome(p, r, why);
	p->doubted = p->remembered;
	if (!p->doubted) {
		answer(p);
		return;
	}
	remote_server_forget(&p->node->remote_servers, p->url);
	ask_server(p);
}

/* An answer that is none of 2xx, or none at all. */
static void finish_call(struct remote_payment *p, const char *what)
{
	const struct remote_call *c = &p->call;
	char why[REMOTE_WHY_SIZE], status[12];
	enum result r = c->result;

	(void)snprintf(status, sizeof(status), "%d", c->status);
	if (r == RESULT_THEIRS_BLOCKED)
		(void)snprintf(why, sizeof(why),
		        WORDS("the receiver's address is not one that this node may call"));
	else if (r)
		words_fill(why, sizeof(why),
		        WORDS("the receiver's server gave no answer to {what}: {result}"), "what",
		        what, "result", result_name(r), NULL);
	else
		words_fill(why, sizeof(why),
		        WORDS("the receiver's server answered HTTP {status} to {what}"), "status",
		        status, "what", what, NULL);
	if (!r && c->status == 404)
		r = RESULT_THEIRS_NOT_FOUND;
	else if (!r && remote_call_later(c))
		r = remote_call_later(c);
	else if (!r)
		r = RESULT_THEIRS_REFUSED;
	if (!c->result && (c->status == 401 || c->status == 403))
		finish_refused(p, r, why);
	else
		finish(p, r, why);
}

static void get_grant(struct remote_payment *p);

/* ---- the signed request ---- */

static void worked(struct remote_call *c)
{
	struct remote_payment *p = OWNER_OF(c, struct remote_payment, call);
	int wanted = p->work == REMOTE_WORK_CREATE ? 201 : 200;

	if (!c->result && (c->status == 401 || c->status == 403)) {
		remote_grant_forget(p->node->remote_grants, &p->grant);
		if (!p->again) {
			p->again = true;
			get_grant(p);
			return;
		}
	}
	if (c->result || c->status != wanted)
		finish_call(p, WORDS("its incoming payment"));
	else if (p->work != REMOTE_WORK_COMPLETE && remote_incoming_read(c->json, &p->payment))
		finish(p, RESULT_THEIRS_PROTOCOL,
		        WORDS("the receiver's server gave no incoming payment as it should be"));
	else
		finish(p, RESULT_OK, "");
}

static char *create_body(const struct remote_payment *p)
{
	char value[24], when[TIME_TEXT_SIZE];
	json_t *body;
	char *text;

	time_format(p->expires_ms, when);
	body = json_pack("{s:s,s:s}", "walletAddress", p->wallet->id, "expiresAt", when);
	if (body && p->has_amount) {
		(void)snprintf(value, sizeof(value), "%llu", (unsigned long long)p->amount);
		json_object_set_new(body, "incomingAmount",
		        json_pack("{s:s,s:s,s:i}", "value", value, "assetCode",
		                p->wallet->asset_code, "assetScale", (int)p->wallet->asset_scale));
	}
	if (body && p->metadata && *p->metadata)
		json_object_set_new(body, "metadata", json_loads(p->metadata, 0, NULL));
	text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	json_decref(body);
	return text;
}

static void work(struct remote_payment *p)
{
	int n = -1;

	p->call.method = p->work == REMOTE_WORK_READ ? OUTBOUND_GET : OUTBOUND_POST;
	p->call.sign = true;
	p->call.token = p->grant.token;
	p->call.body = NULL;
	switch (p->work) {
	case REMOTE_WORK_READ:
		n = snprintf(p->target, sizeof(p->target), "%s", p->url);
		break;
	case REMOTE_WORK_CREATE:
		n = snprintf(p->target, sizeof(p->target), "%s/incoming-payments",
		        p->wallet->resource_server);
		if (!p->body)
			p->body = create_body(p);
		p->call.body = p->body;
		break;
	case REMOTE_WORK_COMPLETE:
		n = snprintf(p->target, sizeof(p->target), "%s/complete", p->url);
		break;
	}
	if (p->work == REMOTE_WORK_CREATE && !p->body) {
		finish(p, RESULT_OURS_MEMORY, WORDS("out of memory"));
		return;
	}
	if (n < 0 || (size_t)n >= sizeof(p->target)) {
		finish(p, RESULT_THEIRS_TOO_BIG, WORDS("the receiver's address is too long"));
		return;
	}
	p->call.url = p->target;
	remote_call_start(p->node, &p->call, worked);
}

/* ---- the grant ---- */

static void granted(struct remote_grant_call *g)
{
	struct remote_payment *p = OWNER_OF(g, struct remote_payment, grant);
	char why[REMOTE_WHY_SIZE];

	if (!g->result) {
		work(p);
		return;
	}
	words_fill(why, sizeof(why),
	        WORDS("the receiver's authorization server gives no access: {result}"), "result",
	        result_name(g->result), NULL);
	finish_refused(p, g->result, why);
}

static void get_grant(struct remote_payment *p)
{
	static const enum remote_access access[] = {
	        [REMOTE_WORK_READ] = REMOTE_READ,
	        [REMOTE_WORK_CREATE] = REMOTE_CREATE,
	        [REMOTE_WORK_COMPLETE] = REMOTE_COMPLETE,
	};

	p->grant.auth_server = p->auth_server;
	p->grant.access = access[p->work];
	remote_grant_get(p->node->remote_grants, &p->grant, granted);
}

/* ---- which authorization server ---- */

static void told(struct remote_call *c)
{
	struct remote_payment *p = OWNER_OF(c, struct remote_payment, call);
	char auth_server[URL_MAX_CHARS + 1];

	if (c->result || c->status != 200) {
		finish_call(p, WORDS("the public view of its incoming payment"));
		return;
	}
	if (remote_incoming_read_public(c->json, auth_server)) {
		finish(p, RESULT_THEIRS_PROTOCOL,
		        WORDS("the receiver's server does not say who authorizes its incoming "
		              "payments"));
		return;
	}
	remote_server_note(
	        &p->node->remote_servers, p->url, auth_server, outbound_now_ms(p->node->outbound));
	if (p->doubted && strcmp(auth_server, p->auth_server) == 0) {
		answer(p); /* it was asked, and has refused */
		return;
	}
	memcpy(p->auth_server, auth_server, sizeof(auth_server));
	get_grant(p);
}

static void ask_server(struct remote_payment *p)
{
	p->remembered = p->again = false;
	p->call.method = OUTBOUND_GET;
	p->call.url = p->url;
	p->call.sign = false;
	p->call.token = p->call.body = NULL;
	remote_call_start(p->node, &p->call, told);
}

void remote_payment_start(
        struct node *n, struct remote_payment *p, void (*done)(struct remote_payment *p))
{
	p->node = n;
	p->done = done;
	p->remembered = p->doubted = p->again = false;
	if (p->work == REMOTE_WORK_CREATE) {
		(void)!text_copy(p->auth_server, sizeof(p->auth_server), p->wallet->auth_server);
		get_grant(p);
		return;
	}
	p->remembered = remote_server_find(
	        &n->remote_servers, p->url, outbound_now_ms(n->outbound), p->auth_server);
	if (p->remembered)
		get_grant(p);
	else
		ask_server(p);
}

void remote_payment_clear(struct remote_payment *p)
{
	remote_call_clear(&p->call);
	secret_wipe(p->grant.token, sizeof(p->grant.token));
	secret_clear(&p->payment.shared_secret);
	free(p->body);
	p->body = NULL;
}

struct completion {
	struct remote_payment payment;
	char url[URL_MAX_CHARS + 1];
};

static void completed(struct remote_payment *p)
{
	struct completion *c = OWNER_OF(p, struct completion, payment);

	log_info("remote_complete", "result=%s", result_name(p->result));
	remote_payment_clear(p);
	free(c);
}

void remote_payment_complete(struct node *n, const char *url)
{
	struct completion *c = calloc(1, sizeof(*c));

	if (!c || text_copy(c->url, sizeof(c->url), url)) {
		free(c);
		return;
	}
	c->payment.work = REMOTE_WORK_COMPLETE;
	c->payment.url = c->url;
	remote_payment_start(n, &c->payment, completed);
}
