#include "cli/bench_pay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "cli/node_files.h"

#define WAIT_MS          10000
#define PAYMENT_UNITS    100
#define PACKET_MAX       "10.00" /* of the link between the two nodes */
#define PACKET_MAX_UNITS 10
#define PACKETS_PER_S    10000 /* row P4: so many for each second that a run lasts */

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
		        "\"value\":\"%d\",\"assetCode\":\"USD\",\"assetScale\":2}}",
		        l->receiver, PAYMENT_UNITS);
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

static bool add_payer(struct bench *b)
{
	return BENCH_COMMAND(b, NULL, "wallet", "add", "payer", "--asset", "USD") &&
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

/* It shares the load's processor: what is measured is the paying node. */
bool pay_load_payee(const struct bench *b, struct bench *payee)
{
	*payee = *b;
	payee->helper = 0;
	payee->node = (struct spawn_server){.pid = 0};
	payee->port = NEXT_HOP_PORT(b);
	payee->ilp_address = "test.payee-node";
	payee->prepare = NULL;
	payee->node_cpu = BENCH_LOAD_CPU;
	return bench_fresh_dir(payee) && bench_node_start(payee) && add_payee(payee);
}

bool pay_load_begin(struct bench *b, struct bench *payee, const char *name, struct pay_load *l)
{
	char there[TOKEN_TEXT_SIZE], back[TOKEN_TEXT_SIZE];

	token_random(there);
	token_random(back);
	return add_payer(b) && peer_with(b, payee->port, "payee-node", there, back, "0") &&
	       peer_with(payee, b->port, name, back, there, BENCH_FUNDS) && read_token(b, l) &&
	       request_payment(payee, l);
}

struct bench_load pay_load_of(const struct bench *b, struct pay_load *l)
{
	return (struct bench_load){.port = b->port + 1,
	        .connections = BENCH_PAYMENTS_IN_FLIGHT,
	        .seconds = b->seconds,
	        .status = BENCH_ANY_2XX,
	        .build = pay_build,
	        .check = pay_check,
	        .whole = pay_whole,
	        .arg = l};
}

/* Many at a time, then one; *units is what they paid together. */
static bool measure_payments(struct bench *b, const char *row, const char *what, const char *alone,
        struct pay_load *l, uint64_t *units)
{
	struct bench_load load = pay_load_of(b, l);
	uint64_t many = 0, one = 0;
	bool ok = bench_measure(b, row, what, &load, b->runs, &many);

	load.connections = 1;
	ok = ok && bench_measure(b, row, alone, &load, b->runs, &one);
	*units = (many + one) * PAYMENT_UNITS;
	return ok;
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

static bool measure_one(struct bench *b, const struct pay_load *l, uint64_t *units)
{
	struct bench_figures f[BENCH_RUNS_MAX] = {{0}}, warm;
	unsigned packets = PACKETS_PER_S * b->seconds;
	double resident;

	if (!pay_once(b, l, PACKETS_PER_S, &warm))
		return false;
	resident = bench_resident_mib(b->node.pid);
	for (unsigned i = 0; i < b->runs; i++)
		if (!pay_once(b, l, packets, &f[i]))
			return false;
	bench_report(b, "P4", "packets within one payment", f, b->runs, resident);
	*units = ((uint64_t)packets * b->runs + PACKETS_PER_S) * PACKET_MAX_UNITS * 100;
	return true;
}

bool bench_send(struct bench *b)
{
	struct pay_load *l = calloc(1, sizeof(*l));
	struct bench payee = {.cli = b->cli};
	uint64_t one = 0, many = 0;
	bool ok = l && bench_yardstick(b, BENCH_PAYMENTS_IN_FLIGHT) && bench_fresh_dir(b) &&
	          bench_node_start(b) && pay_load_payee(b, &payee) &&
	          pay_load_begin(b, &payee, "payer-node", l) && measure_one(b, l, &one) &&
	          measure_payments(b, "P9", "remote payments, 20 in flight",
	                  "remote payments, one alone", l, &many) &&
	          bench_verify_balance(&payee, "payee", one + many) &&
	          BENCH_COMMAND(b, NULL, "audit") && BENCH_COMMAND(&payee, NULL, "audit");

	bench_clean_up(b);
	bench_clean_up(&payee);
	free(l);
	return ok;
}

bool bench_local(struct bench *b)
{
	struct pay_load *l = calloc(1, sizeof(*l));
	uint64_t units = 0;
	bool ok = l && bench_yardstick(b, BENCH_PAYMENTS_IN_FLIGHT) && bench_fresh_dir(b) &&
	          bench_node_start(b) && add_payer(b) && add_payee(b) && read_token(b, l) &&
	          request_payment(b, l) &&
	          measure_payments(b, "P10", "local payments, 20 in flight",
	                  "local payments, one alone", l, &units) &&
	          bench_verify_balance(b, "payee", units) && BENCH_COMMAND(b, NULL, "audit");

	bench_clean_up(b);
	free(l);
	return ok;
}
