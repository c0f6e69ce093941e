/* pay: what a payment would cost, and making one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "cli/admin_call.h"
#include "cli/command_table.h"
#include "cli/pay_data.h"
#include "cli/pay_rate.h"

#define WAIT_MS     500 /* the server answers at the latest after this */
#define WAITS_MAX   200000
#define BAR_WIDTH   30
#define PAY_WATCH_S 10 /* nobody looks for so long: the payer has gone */

static const struct show_column quote_columns[] = {
        {"TO", "receiver", SHOW_TEXT},
        {"YOU PAY", "debitAmount", SHOW_AMOUNT},
        {"FEE", "fee", SHOW_AMOUNT},
        {"RATE", "rate", SHOW_TEXT},
        {"AT LEAST ARRIVES", "receiveAmount", SHOW_AMOUNT},
        {"GOOD UNTIL", "expiresAt", SHOW_TEXT},
        {"QUOTE", "id", SHOW_TEXT},
        {0},
};

static const struct show_column receipt_columns[] = {
        {"STATE", "state", SHOW_TEXT},
        {"TO", "receiver", SHOW_TEXT},
        {"SENT", "sentAmount", SHOW_AMOUNT},
        {"ARRIVED", "deliveredAmount", SHOW_AMOUNT},
        {"REFUNDED", "refundedAmount", SHOW_AMOUNT},
        {"CAME BACK", "returnedAmount", SHOW_AMOUNT},
        {"IN DOUBT", "inDoubtAmount", SHOW_AMOUNT},
        {"FEE", "fee", SHOW_AMOUNT},
        {"RATE", "rate", SHOW_TEXT},
        {"PACKETS", "packets", SHOW_NUMBER},
        {"TIME MS", "elapsedMs", SHOW_NUMBER},
        {"PAYMENT", "id", SHOW_TEXT},
        {0},
};

static const struct option pay_options[] = {
        {"send", "AMOUNT", "what leaves the wallet, the fee included", 0},
        {"deliver", "AMOUNT", "what must arrive, in the receiver's asset", 0},
        {"rate", "AMOUNT/s", "pay so much per s, min or h, little by little", 0},
        {"for", "TIME", "as long as that: 60s, 15m, 1h; Ctrl-C ends it before", 0},
        {"message", "TEXT", "a line for the receiver alone: encrypted on the way", 0},
        {"data", "FILE", "at most 1 MiB that follow the money, the same way", 0},
        {"trace", NULL, "show on stderr what the sender did, as JSON lines", 0},
        {"yes", NULL, "do not ask", 0},
        {0},
};

static const struct option refund_options[] = {
        {"message", "TEXT", "a line for the payer alone: encrypted on the way", 0},
        {"yes", NULL, "do not ask", 0},
        {0},
};

static const struct option quote_options[] = {
        {"send", "AMOUNT", "what leaves the wallet, the fee included", 0},
        {"deliver", "AMOUNT", "what must arrive, in the receiver's asset", 0},
        {0},
};

/* What leaves in all, and in which time. */
static int rate_member(struct cli *cli, struct admin *a, json_t *body)
{
	char path[ADMIN_PATH_BYTES];
	struct admin_asset asset;
	json_t *amount = NULL;
	uint64_t over_ms = 0;
	int status;

	if (cli_text(cli, "send") || cli_text(cli, "deliver"))
		return cli_fail(cli, EXIT_USAGE, NULL, "florin help pay",
		        "--rate stands in the place of --send and --deliver");
	admin_path(path, "/wallet-addresses/*", cli->args[0]);
	status = admin_asset_of(a, path, &asset);
	if (!status)
		status = pay_rate_read(cli, &asset, &amount, &over_ms);
	if (status)
		return status;
	json_object_set_new(body, "debitAmount", amount);
	json_object_set_new(body, "overMs", json_integer((json_int_t)over_ms));
	return EXIT_DONE;
}

/* The member debitAmount or receiveAmount of a quote's request; neither where the receiver asks for
 * an amount of its own. */
static int amount_member(struct cli *cli, struct admin *a, json_t *body)
{
	const char *send = cli_text(cli, "send"), *deliver = cli_text(cli, "deliver");
	char path[ADMIN_PATH_BYTES];
	struct admin_asset asset;
	json_t *amount = NULL;
	int status;

	if (cli_text(cli, "rate") || cli_text(cli, "for"))
		return rate_member(cli, a, body);
	if (send && deliver)
		return cli_fail(cli, EXIT_USAGE, NULL, "florin help pay",
		        "give one of --send AMOUNT and --deliver AMOUNT");
	if (!send && !deliver)
		return EXIT_DONE;
	if (send)
		admin_path(path, "/wallet-addresses/*", cli->args[0]);
	else
		admin_path(path, "/receivers/resolve?pointer=*", cli->args[1]);
	status = admin_asset_of(a, path, &asset);
	if (!status)
		status = admin_amount_typed(cli, send ? send : deliver, &asset, &amount);
	if (!status)
		json_object_set_new(body, send ? "debitAmount" : "receiveAmount", amount);
	return status;
}

/* Back to the payer of an incoming payment: all that is left of it, or an amount. */
static int refund_body(struct cli *cli, struct admin *a, json_t **body)
{
	char path[ADMIN_PATH_BYTES], receiver[ADMIN_PATH_BYTES];
	json_t *payment = NULL, *amount = NULL;
	const char *url, *wallet;
	struct admin_asset asset;
	int status;

	admin_path(path, "/payments/*", cli->args[0]);
	status = admin_call(a, "GET", path, NULL, NULL, &payment);
	if (status)
		return status;
	url = json_string_value(json_object_get(payment, "url"));
	wallet = json_string_value(json_object_get(payment, "walletAddress"));
	if (!url || !wallet || !json_object_get(payment, "receivedAmount")) {
		json_decref(payment);
		return cli_fail(cli, EXIT_REFUSED, NULL, "florin payment list",
		        "only what was received can be given back");
	}
	snprintf(receiver, sizeof(receiver), "%s/payer", url);
	*body = json_pack("{s:s,s:s}", "walletAddress", wallet, "receiver", receiver);
	admin_path(path, "/wallet-addresses/*", wallet);
	json_decref(payment);
	if (cli->args_n < 2)
		return EXIT_DONE;
	status = admin_asset_of(a, path, &asset);
	if (!status)
		status = admin_amount_typed(cli, cli->args[1], &asset, &amount);
	if (!status)
		json_object_set_new(*body, "debitAmount", amount);
	return status;
}

static int make_refund_quote(struct cli *cli, struct admin *a, json_t **out)
{
	char path[ADMIN_PATH_BYTES];
	json_t *body = NULL;
	int status = refund_body(cli, a, &body);

	if (status) {
		json_decref(body);
		return status;
	}
	admin_path(path, "/quotes", NULL);
	return admin_call(a, "POST", path, body, NULL, out);
}

static int make_quote(struct cli *cli, struct admin *a, json_t **out)
{
	json_t *body =
	        json_pack("{s:s,s:s}", "walletAddress", cli->args[0], "receiver", cli->args[1]);
	char path[ADMIN_PATH_BYTES];
	int status = body ? amount_member(cli, a, body)
	                  : cli_fail(cli, EXIT_USAGE, NULL, "", "the names are not valid UTF-8");

	if (status) {
		json_decref(body);
		return status;
	}
	admin_path(path, "/quotes", NULL);
	return admin_call(a, "POST", path, body, NULL, out);
}

static int quote(struct cli *cli)
{
	json_t *made = NULL;
	struct admin a;
	int status = admin_open(cli, &a);

	if (status)
		return status;
	status = make_quote(cli, &a, &made);
	if (!status && cli->json)
		admin_print(&a);
	else if (!status)
		show_object(made, quote_columns);
	json_decref(made);
	admin_close(&a);
	return status;
}

/* Hundredths of the whole, from two strings of digits; only for the picture of a bar. */
static unsigned percent(json_t *payment)
{
	const char *sent =
	        json_string_value(json_object_get(json_object_get(payment, "sentAmount"), "value"));
	const char *whole = json_string_value(
	        json_object_get(json_object_get(payment, "debitAmount"), "value"));
	uint64_t s = sent ? strtoull(sent, NULL, 10) : 0, w = whole ? strtoull(whole, NULL, 10) : 0;

	return w ? (unsigned)mul_div_floor(s, 100, w) : 0;
}

static void show_progress(const struct cli *cli, json_t *payment, unsigned *shown)
{
	unsigned p = percent(payment);
	char bar[BAR_WIDTH + 1];

	if (cli->json)
		return;
	if (!isatty(STDERR_FILENO)) {
		if (p != *shown)
			fprintf(stderr, "sent %u %%\n", p);
		*shown = p;
		return;
	}
	memset(bar, '.', BAR_WIDTH);
	memset(bar, '#', BAR_WIDTH * (p > 100 ? 100 : p) / 100);
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r[%s] %3u %%", bar, p);
	*shown = p;
}

/* What the sender has done since `*next` lines ago. */
static void show_trace(struct cli *cli, const char *id, size_t *next)
{
	char path[ADMIN_PATH_BYTES], pattern[64];
	json_t *answer = NULL, *line;
	struct admin a;
	size_t i;

	if (!cli_flag(cli, "trace") || admin_open(cli, &a))
		return;
	snprintf(pattern, sizeof(pattern), "/outgoing-payments/*/trace?after=%zu", *next);
	admin_path(path, pattern, id);
	if (!admin_call(&a, "GET", path, NULL, NULL, &answer)) {
		json_array_foreach(json_object_get(answer, "items"), i, line)
		{
			char *text = json_dumps(line, JSON_COMPACT);

			fprintf(stderr, "%s\n", text ? text : "{}");
			free(text);
		}
		*next = (size_t)json_integer_value(json_object_get(answer, "next"));
	}
	json_decref(answer);
	admin_close(&a);
}

static bool has_state(const json_t *payment, const char *name)
{
	const char *state = json_string_value(json_object_get(payment, "state"));

	return state && strcmp(state, name) == 0;
}

/* FUNDING: in headless mode the host has until the quote's end to give the money. */
static bool is_final(const json_t *payment)
{
	return !has_state(payment, "SENDING") && !has_state(payment, "FUNDING");
}

/* Waits until the payment has ended. over_ms: it was to last so long; 0: it pays at once. *stopped:
 * it was ended by a signal. */
static int follow(
        struct cli *cli, struct admin *a, int64_t over_ms, json_t **payment, bool *stopped)
{
	const char *given = json_string_value(json_object_get(*payment, "id"));
	char path[ADMIN_PATH_BYTES], pattern[64], id[ID_TEXT_SIZE];
	unsigned shown = 0;
	size_t traced = 0;
	int status = EXIT_DONE;

	if (!given || text_copy(id, sizeof(id), given))
		return cli_fail(cli, EXIT_REFUSED, NULL, "", "the payment has no id");
	snprintf(pattern, sizeof(pattern), "/outgoing-payments/*?waitMs=%d", WAIT_MS);
	admin_path(path, pattern, id);
	if (has_state(*payment, "FUNDING") && !cli->json)
		fprintf(stderr, "the payment waits until the host has funded it\n");
	for (unsigned i = 0; i < WAITS_MAX && !is_final(*payment) && !status; i++) {
		if (over_ms && !cli->json)
			pay_rate_show(*payment, over_ms);
		else if (!has_state(*payment, "FUNDING"))
			show_progress(cli, *payment, &shown);
		show_trace(cli, id, &traced);
		if (over_ms)
			status = pay_rate_stop_asked(a, id, stopped);
		if (status)
			break;
		json_decref(*payment);
		*payment = NULL;
		status = admin_call(a, "GET", path, NULL, NULL, payment);
	}
	if (!status && !cli->json && over_ms)
		pay_rate_show(*payment, over_ms);
	if (!status && !cli->json && isatty(STDERR_FILENO))
		fprintf(stderr, "\r%*s\r", BAR_WIDTH + 40, "");
	show_trace(cli, id, &traced);
	return status;
}

/* Where what was not sent is now: a headless node has none of its users' money. */
static const char *where_the_rest_is(bool by_host)
{
	return by_host ? "what was not sent is the host's again, if it had given any"
	               : "what was not sent is back in the wallet";
}

static int finish(struct cli *cli, struct admin *a, json_t *payment, bool by_host, bool stopped)
{
	const char *state = json_string_value(json_object_get(payment, "state"));
	json_t *error = json_object_get(payment, "error");
	const char *why = json_string_value(json_object_get(error, "description"));

	if (cli->json) {
		admin_print(a);
	} else {
		show_object(payment, receipt_columns);
		if (json_array_size(json_object_get(payment, "messages"))) {
			putchar('\n');
			show_messages(json_object_get(payment, "messages"));
		}
		pay_data_show(payment);
	}
	if (has_state(payment, "COMPLETED") || (stopped && has_state(payment, "CANCELLED")))
		return EXIT_DONE;
	if (!is_final(payment))
		return cli_fail(cli, EXIT_REFUSED, NULL,
		        "it may still be paid: florin payment show tells, do not pay again",
		        "the payment is still %s", state);
	return cli_fail(cli, EXIT_REFUSED, NULL, where_the_rest_is(by_host),
	        "the payment is %s: %s", state ? state : "unknown", why ? why : "no reason given");
}

/* One that lasts ends when we are not there any more to stop it. */
static json_t *payment_body(const struct cli *cli, const json_t *quote)
{
	const char *message = cli_text(cli, "message");
	json_t *body = json_pack("{s:O}", "quoteId", json_object_get(quote, "id"));

	if (json_is_integer(json_object_get(quote, "overMs")) && body)
		(void)json_object_set_new(body, "watchSeconds", json_integer(PAY_WATCH_S));
	if (cli_flag(cli, "trace") && body)
		(void)json_object_set_new(body, "trace", json_true());
	/* A text that is not UTF-8 makes no member, and is refused here. */
	if (message && body && json_object_set_new(body, "message", json_string(message))) {
		json_decref(body);
		body = NULL;
	}
	return body;
}

static int start_payment(struct cli *cli, struct admin *a, const json_t *quote, json_t **payment)
{
	char path[ADMIN_PATH_BYTES], key[ID_TEXT_SIZE];
	json_t *body = payment_body(cli, quote);
	struct id id;

	if (!body)
		return cli_fail(cli, EXIT_USAGE, NULL, "", "the message is not valid UTF-8");
	id_new(clock_wall_ms(), &id);
	id_format(&id, key);
	admin_path(path, "/outgoing-payments", NULL);
	return admin_call(a, "POST", path, body, key, payment);
}

static int pay_by(struct cli *cli, int (*quote_by)(struct cli *cli, struct admin *a, json_t **out))
{
	json_t *made = NULL, *payment = NULL;
	bool by_host, stopped = false;
	struct admin a;
	int64_t over_ms;
	char *data;
	size_t data_n;
	int status = cli_may_ask(cli); /* before the receiver is asked for anything */

	if (!status)
		status = pay_data_read(cli, &data, &data_n);
	if (status)
		return status;
	status = admin_open(cli, &a);
	if (status) {
		free(data);
		return status;
	}
	status = quote_by(cli, &a, &made);
	if (!status && !cli->json)
		show_object(made, quote_columns);
	if (!status)
		status = cli_confirm(cli, "Pay?", "not paid");
	if (!status)
		status = pay_data_put(&a, made, bytes_of(data, data_n));
	over_ms = json_integer_value(json_object_get(made, "overMs"));
	if (!status && over_ms)
		pay_rate_catch();
	if (!status)
		status = start_payment(cli, &a, made, &payment);
	by_host = !status && has_state(payment, "FUNDING");
	if (!status)
		status = follow(cli, &a, over_ms, &payment, &stopped);
	if (!status)
		status = finish(cli, &a, payment, by_host, stopped);
	json_decref(payment);
	json_decref(made);
	free(data);
	admin_close(&a);
	return status;
}

static int pay(struct cli *cli)
{
	return pay_by(cli, make_quote);
}

static int refund(struct cli *cli)
{
	return pay_by(cli, make_refund_quote);
}

const struct command pay_commands[] = {
        {"quote", "FROM TO", "what a payment would cost and bring", 2, 2, quote_options, quote},
        {"pay", "FROM TO", "pay a payment pointer, a wallet address, or the URL of a request", 2, 2,
                pay_options, pay},
        {"payment refund", "ID [AMOUNT]", "give back what a payment brought, or a part of it", 1, 2,
                refund_options, refund},
        {0},
};
