/* bench_pay: whole outgoing payments, from the quote to the end (rows P4, P9, P10).
 *
 * Each connection walks through one payment after the other over the admin API of the paying node:
 * a quote, the payment, and a wait for its end. What is counted and timed is the whole payment.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "cli/bench_run.h"
#include "cli/node_files.h"

#define PAYMENTS_IN_FLIGHT 20
#define WAIT_MS            10000
#define PACKET_MAX         "10.00" /* of the link between the two nodes */
#define PACKET_MAX_UNITS   10
#define PACKETS_PER_S      10000 /* row P4: so many for each second that a run lasts */

enum pay_step { PAY_QUOTE, PAY_CREATE, PAY_WAIT };

struct pay_walk {
	enum pay_step step;
	char id[ID_TEXT_SIZE]; /* of the quote, then of the payment */
};

struct pay_load {
	char token[TOKEN_TEXT_SIZE];
	char receiver[BENCH_TEXT_BYTES];
	struct pay_walk walks[BENCH_CONNECTIONS_MAX];
};

static void put_request(struct pay_load *l, struct buf *out, const char *method, const char *path,
        const char *header, const char *body)
{
	char text[BENCH_REQUEST_BYTES];
	int n = snprintf(text, sizeof(text),
	        "%s /admin/v1%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
	        "%sContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
	        method, path, l->token, header, strlen(body), body);

	if (n < 0 || (size_t)n >= sizeof(text))
		out->failed = true;
	else
		buf_put(out, text, (size_t)n);
}

static void pay_build(void *arg, unsigned connection, struct buf *request)
{
	struct pay_load *l = arg;
	const struct pay_walk *w = &l->walks[connection];
	char text[512], key[ID_TEXT_SIZE], header[sizeof(key) + 32];
	struct id id;

	switch (w->step) {
	case PAY_QUOTE:
		snprintf(text, sizeof(text),
		        "{\"walletAddress\":\"payer\",\"receiver\":\"%s\",\"debitAmount\":{"
		        "\"value\":\"100\",\"assetCode\":\"USD\",\"assetScale\":2}}",
		        l->receiver);
		put_request(l, request, "POST", "/quotes", "", text);
		return;
	case PAY_CREATE:
		id_new(clock_wall_ms(), &id);
		id_format(&id, key);
		snprintf(header, sizeof(header), "Idempotency-Key: %s\r\n", key);
		snprintf(text, sizeof(text), "{\"quoteId\":\"%s\"}", w->id);
		put_request(l, request, "POST", "/outgoing-payments", header, text);
		return;
	case PAY_WAIT:
		snprintf(text, sizeof(text), "/outgoing-payments/%s?waitMs=%d", w->id, WAIT_MS);
		put_request(l, request, "GET", text, "", "");
		return;
	}
}

/* A right answer moves the walk on; the last one says that the payment was completed. */
static bool pay_check(void *arg, unsigned connection, struct bytes body)
{
	struct pay_load *l = arg;
	struct pay_walk *w = &l->walks[connection];
	json_t *answer = json_loadb((const char *)body.p, body.n, 0, NULL);
	const char *id = json_string_value(json_object_get(answer, "id"));
	const char *state = json_string_value(json_object_get(answer, "state"));
	bool ok = id && strlen(id) < sizeof(w->id);

	if (ok)
		memcpy(w->id, id, strlen(id) + 1);
	if (w->step == PAY_QUOTE) {
		w->step = ok ? PAY_CREATE : PAY_QUOTE;
	} else {
		ok = ok && state && strcmp(state, "FAILED") != 0;
		w->step = PAY_QUOTE;
		if (ok && strcmp(state, "COMPLETED") != 0)
			w->step = PAY_WAIT;
	}
	json_decref(answer);
	return ok;
}

/* The payment has come to its end with the answer that pay_check saw. */
static bool pay_whole(void *arg, unsigned connection)
{
	const struct pay_load *l = arg;

	return l->walks[connection].step == PAY_QUOTE;
}

/* ---- the two nodes ---- */

static bool read_token(struct bench *b, struct pay_load *l)
{
	char why[NODE_WHY_BYTES];

	return !node_token_read(b->dir, l->token, why) || bench_fail(b, "admin.token", why);
}

/* An open request of the payee's wallet, which takes any amount. */
static bool request_payment(struct bench *payee, struct pay_load *l)
{
	json_t *request = NULL;
	const char *url;
	bool ok = BENCH_COMMAND(payee, &request, "request", "payee", "--expires", "24h");

	url = json_string_value(json_object_get(request, "url"));
	ok = ok && url && strlen(url) < sizeof(l->receiver);
	if (ok)
		memcpy(l->receiver, url, strlen(url) + 1);
	json_decref(request);
	return ok ? true : bench_fail(payee, "request", "no URL came back");
}

static bool add_payee(struct bench *b)
{
	return BENCH_COMMAND(b, NULL, "wallet", "add", "payee", "--asset", "USD");
}

static bool start_payer(struct bench *b)
{
	return bench_fresh_dir(b) && bench_node_start(b) &&
	       BENCH_COMMAND(b, NULL, "wallet", "add", "payer", "--asset", "USD") &&
	       BENCH_COMMAND(b, NULL, "deposit", "payer", BENCH_FUNDS);
}

static bool peer_with(struct bench *b, unsigned port, const char *name, const char *out,
        const char *in, const char *limit)
{
	char url[BENCH_TEXT_BYTES], address[BENCH_TEXT_BYTES];

	snprintf(url, sizeof(url), "http://127.0.0.1:%u/ilp", port);
	snprintf(address, sizeof(address), "test.%s", name);
	return BENCH_COMMAND(b, NULL, "peer", "add", name, "--asset", "USD", "--ilp-address",
	        address, "--url", url, "--outgoing-token", out, "--incoming-token", in,
	        "--credit-limit", limit, "--max-packet", PACKET_MAX);
}

/* The second node shares the load's processor: what is measured is the paying one. */
static bool start_both(struct bench *b, struct bench *payee)
{
	char there[TOKEN_TEXT_SIZE], back[TOKEN_TEXT_SIZE];

	*payee = *b;
	payee->port = NEXT_HOP_PORT(b);
	payee->ilp_address = "test.payee";
	payee->prepare = NULL;
	payee->node_cpu = BENCH_LOAD_CPU;
	b->ilp_address = "test.payer";
	token_random(there);
	token_random(back);
	return start_payer(b) && bench_fresh_dir(payee) && bench_node_start(payee) &&
	       add_payee(payee) && peer_with(b, payee->port, "payee", there, back, "0") &&
	       peer_with(payee, b->port, "payer", back, there, BENCH_FUNDS);
}

static bool audits(struct bench *b, struct bench *payee)
{
	return BENCH_COMMAND(b, NULL, "audit") && (!payee || BENCH_COMMAND(payee, NULL, "audit"));
}

static bool measure_payments(
        struct bench *b, const char *row, const char *what, const char *alone, struct pay_load *l)
{
	struct bench_load load = {.port = b->port + 1,
	        .connections = PAYMENTS_IN_FLIGHT,
	        .seconds = b->seconds,
	        .status = BENCH_ANY_2XX,
	        .build = pay_build,
	        .check = pay_check,
	        .whole = pay_whole,
	        .arg = l};
	uint64_t total;
	bool ok = bench_measure(b, row, what, &load, b->runs, &total);

	load.connections = 1;
	return ok && bench_measure(b, row, alone, &load, b->runs, &total);
}

/* One payment of so many packets, from its quote to its end. */
static bool pay_once(
        struct bench *b, const struct pay_load *l, unsigned packets, struct bench_figures *f)
{
	char send[BENCH_TEXT_BYTES];
	json_t *payment = NULL;
	double cpu_before = bench_cpu_us(b->node.pid);
	int64_t began = clock_mono_us();
	bool ok;

	snprintf(send, sizeof(send), "%u.00", packets * PACKET_MAX_UNITS);
	ok = BENCH_COMMAND(b, &payment, "pay", "payer", l->receiver, "--send", send, "--yes");
	f->seconds = (double)(clock_mono_us() - began) / 1e6;
	f->cpu_us = (bench_cpu_us(b->node.pid) - cpu_before) / packets;
	f->requests = (uint64_t)json_integer_value(json_object_get(payment, "packets"));
	f->per_second = (double)f->requests / f->seconds;
	json_decref(payment);
	if (!ok)
		return false;
	return f->requests >= packets || bench_fail(b, "P4", "fewer packets than the amount needs");
}

static bool measure_one(struct bench *b, const struct pay_load *l)
{
	struct bench_figures f[BENCH_RUNS_MAX] = {{0}}, warm;
	double resident;

	if (!pay_once(b, l, PACKETS_PER_S, &warm))
		return false;
	resident = bench_resident_mib(b->node.pid);
	for (unsigned i = 0; i < b->runs; i++)
		if (!pay_once(b, l, PACKETS_PER_S * b->seconds, &f[i]))
			return false;
	bench_report(b, "P4", "packets within one payment", f, b->runs, resident);
	return true;
}

bool bench_send(struct bench *b)
{
	struct pay_load *l = calloc(1, sizeof(*l));
	struct bench payee = {.cli = b->cli};
	bool ok = l && bench_yardstick(b, PAYMENTS_IN_FLIGHT) && start_both(b, &payee) &&
	          read_token(b, l) && request_payment(&payee, l) && measure_one(b, l) &&
	          measure_payments(b, "P9", "remote payments, 20 in flight",
	                  "remote payments, one alone", l) &&
	          audits(b, &payee);

	bench_clean_up(b);
	bench_clean_up(&payee);
	free(l);
	return ok;
}

bool bench_local(struct bench *b)
{
	struct pay_load *l = calloc(1, sizeof(*l));
	bool ok = l && bench_yardstick(b, PAYMENTS_IN_FLIGHT) && start_payer(b) && add_payee(b) &&
	          read_token(b, l) && request_payment(b, l) &&
	          measure_payments(b, "P10", "local payments, 20 in flight",
	                  "local payments, one alone", l) &&
	          audits(b, NULL);

	bench_clean_up(b);
	free(l);
	return ok;
}
