/* POST /auth: a client asks for a grant.
 *
 * body -> client -> signature -> what it asks for -> whose wallets -> the client's name, where a
 * person will be asked -> the store -> answer
 */
#include "http/api_grant.h"

#include <string.h>

#include "auth/grant_request.h"
#include "base/text.h"
#include "codec/json_scan.h"
#include "http/gnap_answer.h"
#include "http/gnap_error.h"
#include "http/own_wallet.h"
#include "http/reply.h"
#include "http/signed.h"
#include "ilp/node.h"

struct grant_add {
	struct op op;
	struct http_request *rq;
	json_t *body;
	struct grant_client client;
	struct signed_by by;
	struct grant_request asked;
	account_id subject_wallet;
	const char *client_name;
	struct outbound_request document; /* of a foreign client */
	/* on the writer's thread */
	struct grant_new new;
	struct id id;
	struct grant_secrets secrets;
};

static void wipe(void *p)
{
	struct grant_add *g = p;

	secret_wipe(&g->secrets, sizeof(g->secrets));
	outbound_request_clear(&g->document);
}

/* ---- the answer ---- */

static json_t *token_answer(const struct http_request *rq, const struct grant_add *g)
{
	return json_pack("{s:o, s:o}", "access_token",
	        gnap_token_json(rq, &g->secrets, g->asked.access, g->asked.access_count),
	        "continue", gnap_continue_json(rq, &g->id, g->secrets.continue_token, 0));
}

static json_t *interact_answer(struct http_request *rq, const struct grant_add *g)
{
	const char *redirect = gnap_interact_url(rq, &g->secrets);

	if (!redirect)
		return NULL;
	/* A client that is called back must not poll, so it is not told when to. */
	return json_pack("{s:{s:s, s:s}, s:o}", "interact", "redirect", redirect, "finish",
	        g->secrets.server_nonce, "continue",
	        gnap_continue_json(rq, &g->id, g->secrets.continue_token,
	                g->asked.finishes ? 0 : CONTINUE_WAIT_MS));
}

static enum http_next stored(struct http_request *rq)
{
	struct grant_add *g = rq->before;
	enum result r = g->op.result;

	if (r == RESULT_THEIRS_TOO_BIG)
		return gnap_error(rq, GNAP_ERROR_TOO_MANY_PENDING);
	if (r)
		return gnap_failed(rq, r);
	return http_reply_json(
	        rq, 200, g->new.interactive ? interact_answer(rq, g) : token_answer(rq, g));
}

/* ---- the store ---- */

static enum result apply(struct op *op, struct batch *b)
{
	struct grant_add *g = OWNER_OF(op, struct grant_add, op);

	return batch_grant_add(b, &g->new, &g->id, &g->secrets);
}

static void op_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct grant_add, op.task)->rq);
}

static enum http_next store(struct grant_add *g)
{
	struct node_loop *l = http_app(g->rq);
	const struct node_options *o = &l->node->options;

	g->new = (struct grant_new){.client = g->client.name,
	        .jwk = g->client.by_key ? g->client.jwk_text : NULL,
	        .client_name = g->client_name,
	        .subject = g->asked.subject,
	        .subject_wallet = g->subject_wallet,
	        .access = g->asked.access,
	        .access_count = g->asked.access_count,
	        .interactive = grant_request_asks(&g->asked),
	        .finish = g->asked.finishes ? &g->asked.finish : NULL,
	        .pending_max = o->pending_grants_per_client,
	        .interaction_ms = o->interaction_ms,
	        .token_ms = o->token_lifetime_ms};
	g->op.apply = apply;
	g->op.task.done = op_done;
	http_park(g->rq, stored);
	node_submit(l, &g->op);
	return HTTP_PARKED;
}

/* ---- the client's name ---- */

/* publicName of a wallet address document; NULL where it has none that can be shown. */
static const char *document_name(struct arena *a, const struct outbound_request *answer)
{
	struct bytes text = bytes_of(answer->answer, answer->answer_n);
	char shown[PUBLIC_NAME_MAX + 1];
	json_t *document = NULL;
	const char *name;
	size_t at;

	if (!json_scan(text, &json_scan_default, &at))
		document = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	name = json_string_value(json_object_get(document, "publicName"));
	shown[0] = '\0';
	if (name && text_is_clean_utf8(name, strlen(name)))
		text_copy_cut(shown, sizeof(shown), name);
	text_trim_utf8(shown);
	json_decref(document);
	return shown[0] ? arena_strdup(a, shown) : NULL;
}

static enum http_next fetched(struct http_request *rq)
{
	struct grant_add *g = rq->before;

	if (!g->document.result && g->document.status == 200)
		g->client_name = document_name(&rq->arena, &g->document);
	return g->client_name ? store(g) : gnap_error(rq, GNAP_ERROR_NO_PUBLIC_NAME);
}

static void fetch_done(struct task *t)
{
	http_resume(OWNER_OF(t, struct grant_add, document.task)->rq);
}

static enum http_next fetch_name(struct grant_add *g)
{
	struct node_loop *l = http_app(g->rq);
	struct outbound_request *document = &g->document;
	enum result r;

	document->url = g->client.name;
	document->method = OUTBOUND_GET;
	document->policy = URL_POLICY_FOREIGN;
	document->accept = "application/json";
	document->task.home = l->home;
	document->task.done = fetch_done;
	http_park(g->rq, fetched);
	r = outbound_submit(l->node->outbound, &document, 1);
	if (r) {
		document->result = r;
		node_send_home(l->home, &document->task, fetch_done);
	}
	return HTTP_PARKED;
}

static enum http_next find_name(struct grant_add *g)
{
	struct wallet_row wallet;
	enum result r;

	if (!grant_request_asks(&g->asked))
		return store(g);
	r = own_wallet_find(g->rq, g->client.name, &wallet, NULL);
	if (r == RESULT_THEIRS_NOT_FOUND)
		return fetch_name(g);
	if (r)
		return gnap_failed(g->rq, r);
	/* As the wallet's document shows it. */
	g->client_name = wallet.public_name[0] ? wallet.public_name : wallet.name;
	return store(g);
}

/* ---- whose wallets ---- */

static enum result own(
        struct http_request *rq, const char *not_ours, const char **address, account_id *out)
{
	struct wallet_row wallet;
	enum result r = own_wallet_find(rq, *address, &wallet, address);

	if (r == RESULT_THEIRS_NOT_FOUND)
		(void)gnap_error_why(rq, GNAP_ERROR_REQUEST, not_ours);
	else if (r)
		(void)gnap_failed(rq, r);
	else
		*out = wallet.account;
	return r;
}

static enum result find_wallets(struct grant_add *g)
{
	struct grant_request *asked = &g->asked;
	enum result r = RESULT_OK;

	for (size_t i = 0; !r && i < asked->access_count; i++)
		if (asked->access[i].identifier)
			r = own(g->rq,
			        "member \"identifier\" is not a wallet address of this server",
			        &asked->access[i].identifier, &asked->access[i].wallet);
	if (!r && asked->subject)
		r = own(g->rq, "member \"id\" is not a wallet address of this server",
		        &asked->subject, &g->subject_wallet);
	return r;
}

/* ---- the request ---- */

static enum http_next refuse(struct http_request *rq, enum result r, const struct gnap_fault *fault)
{
	if (result_class(r) != RESULT_CLASS_THEIRS)
		return gnap_failed(rq, r);
	return gnap_error_why(
	        rq, fault->of_client ? GNAP_ERROR_CLIENT : GNAP_ERROR_REQUEST, fault->text);
}

static enum http_next is_signed(struct http_request *rq)
{
	struct grant_add *g = rq->before;
	const struct node_loop *l = http_app(rq);
	struct gnap_fault fault;
	enum result r =
	        grant_request_read(g->body, l->node->options.dev, &rq->arena, &g->asked, &fault);

	if (!r)
		r = grant_request_judge(&g->asked, &g->client, &fault);
	if (r)
		return refuse(rq, r, &fault);
	return find_wallets(g) ? HTTP_DONE : find_name(g);
}

enum http_next api_grant_add(struct http_request *rq)
{
	struct grant_add *g = arena_alloc(&rq->arena, sizeof(*g));
	struct gnap_fault fault;
	enum result r;

	if (!g || http_defer(rq, wipe, g))
		return gnap_failed(rq, RESULT_OURS_MEMORY);
	g->rq = rq;
	rq->before = g;
	if (gnap_body(rq, &g->body))
		return HTTP_DONE;
	r = grant_client_read(g->body, &rq->arena, &g->client, &fault);
	if (r)
		return refuse(rq, r, &fault);
	if (g->client.by_key)
		g->by.jwk = &g->client.jwk;
	else
		g->by.client = g->client.name;
	return signed_require(rq, SIGNED_AS, &g->by, is_signed);
}
