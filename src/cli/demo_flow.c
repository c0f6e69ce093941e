#include "cli/demo_flow.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "auth/finish.h"
#include "base/clock.h"
#include "base/secret.h"
#include "base/text.h"
#include "cli/browser.h"
#include "cli/show.h"
#include "codec/form.h"

#define POLL_MS     50
#define PAYMENT_MS  60000
#define QUERY_BYTES 2048
#define URL_BYTES   (URL_MAX_CHARS + 32)

/* ---- words ---- */

static void say(const struct demo_flow *f, const char *who, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
static void say(const struct demo_flow *f, const char *who, const char *format, ...)
{
	va_list args;

	if (f->quiet)
		return;
	printf("  %-14s ", who);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

static bool fail(struct demo_flow *f, const char *what, const char *why)
{
	(void)snprintf(f->why, sizeof(f->why), "%s: %s", what, why);
	return false;
}

static bool call(struct demo_flow *f, const char *what, const struct op_request *rq, json_t **out)
{
	return !op_client_call(f->app, rq, out) || fail(f, what, f->app->why);
}

static const char *text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text ? text : "";
}

/* ---- who is who ---- */

static bool look_up(struct demo_flow *f, const char *address, struct remote_wallet *out)
{
	json_t *document;
	bool ok;

	if (!call(f, address,
	            &(struct op_request){
	                    .method = "GET", .url = address, .wanted = 200, .open = true},
	            &document))
		return false;
	ok = !remote_wallet_read(document, out);
	json_decref(document);
	return ok || fail(f, address, "no wallet address document");
}

static bool read_limit(struct demo_flow *f)
{
	char value[AMOUNT_TEXT_SIZE];
	uint64_t units;

	if (amount_parse_major(f->send, strlen(f->send), f->from.asset_scale, &units) || !units)
		return fail(f, f->send, "no amount of the payer's asset");
	snprintf(value, sizeof(value), "%llu", (unsigned long long)units);
	f->limit = json_pack("{s:s,s:s,s:i}", "value", value, "assetCode", f->from.asset_code,
	        "assetScale", (int)f->from.asset_scale);
	return f->limit || fail(f, f->send, "out of memory");
}

/* ---- grants ---- */

static bool take_token(
        struct demo_flow *f, const char *what, json_t *answer, char out[REMOTE_TOKEN_MAX + 1])
{
	struct remote_token token;
	bool ok = !remote_token_read(answer, &token);

	if (ok)
		memcpy(out, token.text, sizeof(token.text));
	secret_wipe(&token, sizeof(token));
	return ok || fail(f, what, "no access token came back");
}

/* What the payee's wallet lets anybody do who pays it. */
static bool ask_to_receive(struct demo_flow *f)
{
	static const char what[] = "a grant of the payee's wallet";
	json_t *answer, *body = json_pack("{s:{s:[{s:s,s:[s,s],s:s}]},s:s}", "access_token",
	                        "access", "type", "incoming-payment", "actions", "create", "read",
	                        "identifier", f->to.id, "client", f->app->name);
	bool ok = call(f, what,
	        &(struct op_request){
	                .method = "POST", .url = f->to.auth_server, .body = body, .wanted = 200},
	        &answer);

	ok = ok && take_token(f, what, answer, f->receive_token);
	json_decref(answer);
	return ok;
}

static bool make_incoming(struct demo_flow *f)
{
	char url[URL_BYTES];

	snprintf(url, sizeof(url), "%s/incoming-payments", f->to.resource_server);
	if (!call(f, "an incoming payment",
	            &(struct op_request){.method = "POST",
	                    .url = url,
	                    .token = f->receive_token,
	                    .body = json_pack("{s:s,s:{s:s}}", "walletAddress", f->to.id,
	                            "metadata", "description", "the demo's first payment"),
	                    .wanted = 201},
	            &f->incoming))
		return false;
	say(f, "bob's wallet", "made an incoming payment for it, under a grant that needs nobody");
	return true;
}

/* ---- consent ---- */

static json_t *spending_request(const struct demo_flow *f, const char *nonce)
{
	return json_pack("{s:{s:[{s:s,s:[s,s]},{s:s,s:[s,s],s:s,s:{s:O}}]},s:s,"
	                 "s:{s:[s],s:{s:s,s:s,s:s}}}",
	        "access_token", "access", "type", "quote", "actions", "create", "read", "type",
	        "outgoing-payment", "actions", "create", "read", "identifier", f->from.id, "limits",
	        "debitAmount", f->limit, "client", f->app->name, "interact", "start", "redirect",
	        "finish", "method", "redirect", "uri", f->finish, "nonce", nonce);
}

/* What a person would do: open the page, sign in, read, press the button. */
static enum result accept(const struct demo_flow *f, const char *redirect, struct browser *b)
{
	const struct browser_field sign_in[] = {
	        {"wallet", f->wallet}, {"password", f->password}, {NULL, NULL}};
	/* Above [auth] password_above it is asked for once more. */
	const struct browser_field yes[] = {
	        {"decision", "accept"}, {"password", f->password}, {NULL, NULL}};
	enum result r = text_copy(b->url, sizeof(b->url), redirect);

	if (!r)
		r = browser_look(b);
	if (!r)
		r = browser_submit(b, sign_in);
	if (!r)
		r = browser_look(b);
	return r ? r : browser_submit(b, yes);
}

/* What the browser brought back, if it is from this payer's wallet and for this request. */
static bool take_reference(struct demo_flow *f, const char *url, const char *nonce,
        const char *their_nonce, char out[QUERY_BYTES])
{
	char storage[QUERY_BYTES], hash[FINISH_HASH_SIZE];
	const char *query = strchr(url, '?'), *theirs, *reference;
	struct form form;

	if (!text_starts(url, f->finish) || !query || strlen(query) >= sizeof(storage) ||
	        form_decode(bytes_str(query + 1), storage, &form))
		return fail(f, "consent", "the browser came back somewhere else");
	theirs = form_get(&form, "hash");
	reference = form_get(&form, "interact_ref");
	if (!theirs || !reference)
		return fail(f, "consent", "it was not given");
	finish_hash(nonce, their_nonce, reference, f->from.auth_server, hash);
	if (strcmp(hash, theirs) != 0)
		return fail(f, "consent", "what the browser brought back is not of this request");
	return !text_copy(out, QUERY_BYTES, reference);
}

static bool get_consent(
        struct demo_flow *f, const json_t *asked, const char *nonce, char reference[QUERY_BYTES])
{
	const json_t *interact = json_object_get(asked, "interact");
	struct browser b;
	enum result r = browser_open(&b);
	bool ok;

	if (r)
		return fail(f, "consent", result_name(r));
	say(f, "alice's wallet", "asks her: may the app pay up to %s %s?", f->send,
	        f->from.asset_code);
	r = accept(f, text_of(interact, "redirect"), &b);
	ok = r ? fail(f, "consent", result_name(r))
	       : take_reference(f, b.url, nonce, text_of(interact, "finish"), reference);
	browser_close(&b);
	if (ok)
		say(f, "", "this first time the demo signed in as alice and accepted");
	return ok;
}

static bool ask_to_spend(struct demo_flow *f)
{
	static const char what[] = "a grant of the payer's wallet";
	char nonce[TOKEN_TEXT_SIZE], reference[QUERY_BYTES];
	json_t *asked, *answer = NULL;
	const json_t *more;
	bool ok;

	token_random(nonce);
	if (!call(f, what,
	            &(struct op_request){.method = "POST",
	                    .url = f->from.auth_server,
	                    .body = spending_request(f, nonce),
	                    .wanted = 200},
	            &asked))
		return false;
	more = json_object_get(asked, "continue");
	ok = get_consent(f, asked, nonce, reference) &&
	     call(f, what,
	             &(struct op_request){.method = "POST",
	                     .url = text_of(more, "uri"),
	                     .token = text_of(json_object_get(more, "access_token"), "value"),
	                     .body = json_pack("{s:s}", "interact_ref", reference),
	                     .wanted = 200},
	             &answer) &&
	     take_token(f, what, answer, f->spend_token);
	json_decref(answer);
	json_decref(asked);
	return ok;
}

/* ---- money ---- */

static long long seconds_of(const json_t *quote)
{
	const char *made = text_of(quote, "createdAt"), *ends = text_of(quote, "expiresAt");
	int64_t from, to;

	if (time_parse(made, strlen(made), &from) || time_parse(ends, strlen(ends), &to))
		return 0;
	return (to - from) / 1000;
}

static bool make_quote(struct demo_flow *f)
{
	char url[URL_BYTES], a[SHOW_CELL_BYTES], b[SHOW_CELL_BYTES];

	snprintf(url, sizeof(url), "%s/quotes", f->from.resource_server);
	if (!call(f, "a quote",
	            &(struct op_request){.method = "POST",
	                    .url = url,
	                    .token = f->spend_token,
	                    .body = json_pack("{s:s,s:s,s:s,s:O}", "walletAddress", f->from.id,
	                            "receiver", text_of(f->incoming, "id"), "method", "ilp",
	                            "debitAmount", f->limit),
	                    .wanted = 201},
	            &f->quote))
		return false;
	say(f, "the quote", "%s will bring at least %s; good for %lld s",
	        show_amount_text(f->quote, "debitAmount", a),
	        show_amount_text(f->quote, "receiveAmount", b), seconds_of(f->quote));
	return true;
}

/* Reads a resource again; the last answer gives way. */
static bool read_again(struct demo_flow *f, const char *token, json_t **resource)
{
	json_t *answer;

	if (!call(f, "reading it",
	            &(struct op_request){.method = "GET",
	                    .url = text_of(*resource, "id"),
	                    .token = token,
	                    .wanted = 200},
	            &answer))
		return false;
	json_decref(*resource);
	*resource = answer;
	return true;
}

static bool has_ended(const json_t *outgoing)
{
	const json_t *sent = json_object_get(outgoing, "sentAmount");

	return json_is_true(json_object_get(outgoing, "failed")) ||
	       json_equal(sent, json_object_get(outgoing, "debitAmount"));
}

static bool pay(struct demo_flow *f)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};
	int64_t until = clock_mono_ms() + PAYMENT_MS;
	char url[URL_BYTES];

	snprintf(url, sizeof(url), "%s/outgoing-payments", f->from.resource_server);
	if (!call(f, "the payment",
	            &(struct op_request){.method = "POST",
	                    .url = url,
	                    .token = f->spend_token,
	                    .body = json_pack("{s:s,s:s}", "walletAddress", f->from.id, "quoteId",
	                            text_of(f->quote, "id")),
	                    .wanted = 201},
	            &f->outgoing))
		return false;
	say(f, "the payment", "was made from it, and goes through the connector");
	while (!has_ended(f->outgoing)) {
		if (clock_mono_ms() > until)
			return fail(f, "the payment", "it did not end in a minute");
		(void)nanosleep(&pause, NULL);
		if (!read_again(f, f->spend_token, &f->outgoing))
			return false;
	}
	return true;
}

bool demo_flow_run(struct demo_flow *f)
{
	return look_up(f, f->app->name, &f->from) && look_up(f, f->payee, &f->to) &&
	       read_limit(f) && ask_to_receive(f) && make_incoming(f) && ask_to_spend(f) &&
	       make_quote(f) && pay(f) && read_again(f, f->receive_token, &f->incoming);
}

void demo_flow_clear(struct demo_flow *f)
{
	json_decref(f->incoming);
	json_decref(f->quote);
	json_decref(f->outgoing);
	json_decref(f->limit);
	secret_wipe(f->receive_token, sizeof(f->receive_token));
	secret_wipe(f->spend_token, sizeof(f->spend_token));
}
