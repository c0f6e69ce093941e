#include "ilp/remote_pay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/words.h"

#define QUOTE_LATE_MS 2000 /* a quote is not used in its last moments */

/* ---- how it ends ---- */

static void finish(struct remote_pay *p, enum result r, const char *why)
{
	p->result = r;
	(void)snprintf(p->why, sizeof(p->why), "%s", why);
	secret_wipe(p->grant.token, sizeof(p->grant.token));
	node_send_home(p->home, &p->task, p->done);
}

/* An answer that is not the one that was wanted, or none. */
static void finish_call(struct remote_pay *p, const char *what)
{
	const struct remote_call *c = &p->call;
	char why[REMOTE_PAY_WHY_SIZE], status[12];
	enum result r = c->result;

	(void)snprintf(status, sizeof(status), "%d", c->status);
	if (r == RESULT_THEIRS_BLOCKED)
		(void)snprintf(
		        why, sizeof(why), WORDS("its address is not one that may be called"));
	else if (r)
		words_fill(why, sizeof(why), WORDS("there was no answer to {what}"), "what", what,
		        NULL);
	else
		words_fill(why, sizeof(why), WORDS("the answer to {what} was HTTP {status}"),
		        "what", what, "status", status, NULL);
	if (!r && c->status == 404)
		r = RESULT_THEIRS_NOT_FOUND;
	else if (!r && remote_call_later(c))
		r = remote_call_later(c);
	else if (!r)
		r = c->status / 100 == 2 ? RESULT_THEIRS_PROTOCOL : RESULT_THEIRS_REFUSED;
	finish(p, r, why);
}

/* ---- requests ---- */

static struct remote_pay *of_call(struct remote_call *c)
{
	return OWNER_OF(c, struct remote_pay, call);
}

/* Signed. body is taken; NULL with `has_body` is out of memory. */
static void post(struct remote_pay *p, const char *url, const char *token, json_t *body,
        void (*done)(struct remote_call *c))
{
	free(p->body);
	p->body = body ? json_dumps(body, JSON_COMPACT) : NULL;
	json_decref(body);
	if (!p->body) {
		finish(p, RESULT_OURS_MEMORY, WORDS("out of memory"));
		return;
	}
	p->call.method = OUTBOUND_POST;
	p->call.url = url;
	p->call.body = p->body;
	p->call.sign = true;
	p->call.token = token;
	remote_call_start(p->node, &p->call, done);
}

static void get(struct remote_pay *p, const char *url, bool sign, const char *token,
        void (*done)(struct remote_call *c))
{
	p->call.method = OUTBOUND_GET;
	p->call.url = url;
	p->call.body = NULL;
	p->call.sign = sign;
	p->call.token = token;
	remote_call_start(p->node, &p->call, done);
}

static bool resource_url(struct remote_pay *p, const char *path)
{
	int n = snprintf(p->url, sizeof(p->url), "%s/%s", p->wallet.resource_server, path);

	if (n > 0 && (size_t)n < sizeof(p->url))
		return true;
	finish(p, RESULT_THEIRS_TOO_BIG, WORDS("its address is too long"));
	return false;
}

static json_t *client_json(const struct remote_pay *p)
{
	return json_sprintf("%s/node", p->node->options.public_url);
}

/* ---- who pays ---- */

static void met(struct remote_call *c)
{
	struct remote_pay *p = of_call(c);

	if (c->result || c->status != 200 || remote_wallet_read(c->json, &p->wallet))
		finish_call(p, WORDS("the wallet address"));
	else
		finish(p, RESULT_OK, "");
}

/* ---- what it costs ---- */

static void ask_consent(struct remote_pay *p);
static void pay(struct remote_pay *p);
static void get_quote_grant(struct remote_pay *p);

static void quoted(struct remote_call *c)
{
	struct remote_pay *p = of_call(c);

	if (!c->result && (c->status == 401 || c->status == 403) && !p->again) {
		remote_grant_forget(p->node->remote_grants, &p->grant);
		p->again = true;
		get_quote_grant(p);
		return;
	}
	if (c->result || c->status != 201 || remote_quote_read(c->json, &p->quote)) {
		finish_call(p, WORDS("what the payment costs"));
		return;
	}
	if (strcmp(p->quote.asset_code, p->wallet.asset_code) != 0 ||
	        p->quote.asset_scale != p->wallet.asset_scale) {
		finish(p, RESULT_THEIRS_PROTOCOL,
		        WORDS("it names a price that is not in its own asset"));
		return;
	}
	if (p->work == REMOTE_PAY_ASK)
		ask_consent(p);
	else if (p->quote.debit > p->limit)
		finish(p, RESULT_THEIRS_EXPIRED, WORDS("the payment would cost more by now"));
	else
		pay(p);
}

static void ask_quote(struct remote_grant_call *g)
{
	struct remote_pay *p = OWNER_OF(g, struct remote_pay, grant);

	if (g->result) {
		finish(p, g->result, WORDS("it does not say what payments cost"));
		return;
	}
	if (!resource_url(p, "quotes"))
		return;
	post(p, p->url, p->grant.token,
	        json_pack("{s:s,s:s,s:s}", "walletAddress", p->wallet.id, "receiver", p->receiver,
	                "method", "ilp"),
	        quoted);
}

static void get_quote_grant(struct remote_pay *p)
{
	p->grant.auth_server = p->wallet.auth_server;
	p->grant.access = REMOTE_QUOTE;
	remote_grant_get(p->node->remote_grants, &p->grant, ask_quote);
}

/* ---- consent ---- */

static void consent_asked(struct remote_call *c)
{
	struct remote_pay *p = of_call(c);

	if (c->result || c->status != 200 || remote_consent_read(c->json, &p->consent))
		finish_call(p, WORDS("a grant for the payment"));
	else
		finish(p, RESULT_OK, "");
}

/* Exactly what this payment costs, once, and to nobody else. */
static void ask_consent(struct remote_pay *p)
{
	char value[24];

	(void)snprintf(value, sizeof(value), "%llu", (unsigned long long)p->quote.debit);
	token_random(p->nonce);
	post(p, p->wallet.auth_server, NULL,
	        json_pack("{s:{s:[{s:s,s:[s,s],s:s,s:{s:s,s:{s:s,s:s,s:i}}}]},s:o,"
	                  "s:{s:[s],s:{s:s,s:s,s:s}}}",
	                "access_token", "access", "type", "outgoing-payment", "actions", "create",
	                "read", "identifier", p->wallet.id, "limits", "receiver", p->receiver,
	                "debitAmount", "value", value, "assetCode", p->quote.asset_code,
	                "assetScale", (int)p->quote.asset_scale, "client", client_json(p),
	                "interact", "start", "redirect", "finish", "method", "redirect", "uri",
	                p->finish, "nonce", p->nonce),
	        consent_asked);
}

/* ---- paying ---- */

static void paid(struct remote_call *c)
{
	struct remote_pay *p = of_call(c);

	if (!c->result && c->status == 201 && !remote_outgoing_read(c->json, &p->outgoing)) {
		finish(p, RESULT_OK, "");
		return;
	}
	/* Only a clear no is one. */
	p->doubtful = c->request.sent && (c->status < 400 || c->status >= 500);
	finish_call(p, WORDS("the payment"));
}

static void pay(struct remote_pay *p)
{
	if (!resource_url(p, "outgoing-payments"))
		return;
	post(p, p->url, p->token,
	        json_pack("{s:s,s:s}", "walletAddress", p->wallet.id, "quoteId", p->quote.id),
	        paid);
}

static void granted(struct remote_call *c)
{
	struct remote_pay *p = of_call(c);
	struct remote_token token;

	if (c->result || c->status != 200 || remote_token_read(c->json, &token)) {
		finish_call(p, WORDS("the grant"));
		return;
	}
	memcpy(p->token, token.text, sizeof(token.text));
	secret_wipe(&token, sizeof(token));
	if (env_wall_ms(p->node->env) < p->quote.expires_ms - QUOTE_LATE_MS)
		pay(p);
	else
		get_quote_grant(p);
}

/* ---- what became of it ---- */

static void looked(struct remote_call *c)
{
	struct remote_pay *p = of_call(c);

	if (c->result || c->status != 200 || remote_outgoing_read(c->json, &p->outgoing))
		finish_call(p, WORDS("how the payment is"));
	else
		finish(p, RESULT_OK, "");
}

static void begin(struct task *t)
{
	struct remote_pay *p = OWNER_OF(t, struct remote_pay, task);

	p->again = false;
	p->doubtful = false;
	p->limit = p->quote.debit;
	switch (p->work) {
	case REMOTE_PAY_MEET:
		get(p, p->payer, false, NULL, met);
		return;
	case REMOTE_PAY_ASK:
		get_quote_grant(p);
		return;
	case REMOTE_PAY_GO:
		post(p, p->consent.continue_uri, p->consent.continue_token,
		        json_pack("{s:s}", "interact_ref", p->reference), granted);
		return;
	case REMOTE_PAY_LOOK:
		get(p, p->outgoing.id, true, p->token, looked);
		return;
	}
}

void remote_pay_start(struct node_loop *l, struct remote_pay *p)
{
	p->node = l->node;
	p->home = l->home;
	p->done = p->task.done;
	p->task.done = begin;
	(void)snprintf(p->why, sizeof(p->why), WORDS("this node is busy"));
	(void)node_post_outbound(l, &p->task, p->done, &p->result);
}

void remote_pay_clear(struct remote_pay *p)
{
	remote_call_clear(&p->call);
	secret_wipe(p->token, sizeof(p->token));
	secret_wipe(p->consent.continue_token, sizeof(p->consent.continue_token));
	free(p->body);
	p->body = NULL;
}
