#include "cli/demo.h"

#include <jansson.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/amount.h"
#include "base/clock.h"
#include "base/secret.h"
#include "cli/child.h"
#include "cli/command.h"
#include "cli/demo_flow.h"
#include "cli/demo_page.h"
#include "cli/show.h"

#define FAUCET         "1000" /* major units that a holder may deposit without an answer */
#define ADDRESSES      "5"    /* that a holder may have */
#define NODES          3
#define TEXT_BYTES     128
#define PORT_STEP      100
#define SPREAD_BPS     "50"
#define CREDIT_LIMIT   "100000.00"
#define ALICE_FUNDS    "1000.00"
#define POOL_LIQUIDITY "1000000.00"
#define PASSWORD       "demo" /* of both account holders: play money on loopback */
#define FINISH_PATH    "/paid"

enum { ALICE, CONNECTOR, BOB };

struct demo_node {
	const char *title;
	const char *name; /* of its directory and its ILP address */
	unsigned port;
	char dir[CHILD_DIR_BYTES];
	char public_url[TEXT_BYTES];
	char admin_url[TEXT_BYTES];
	char ilp_url[TEXT_BYTES];
	char ilp_address[TEXT_BYTES];
	const char *audit; /* "clean" or "broken" */
};

struct demo {
	const struct demo_options *options;
	struct demo_node nodes[NODES];
	struct spawn_server servers[NODES];
	char dir[CHILD_DIR_BYTES];
	bool temporary;
	struct op_client app; /* alice's application, which pays */
	struct demo_flow flow;
	json_t *payment; /* the outgoing payment, as `florin payment show --json` printed it */
	json_t *before;  /* bob's balance before and after */
	json_t *after;
};

static volatile sig_atomic_t stop_asked;

static void on_signal(int number)
{
	(void)number;
	stop_asked = 1;
}

/* What a person reads; with --json only the result is printed. */
static void say(const struct demo *d, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
static void say(const struct demo *d, const char *format, ...)
{
	va_list args;

	if (d->options->json)
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	fflush(stdout);
}

static bool fail(const char *what, const char *why)
{
	fprintf(stderr, "florin: demo: %s: %s\n", what, why);
	return false;
}

/* Runs one command on a node; *out (may be NULL) receives its JSON. */
static bool run(
        const struct demo_node *node, const char *input, json_t **out, const char *const *args)
{
	enum result r = child_run_input(node->dir, input, args, out);

	return !r ||
	       fail(args[0], r == RESULT_THEIRS_REFUSED ? "the command failed" : result_name(r));
}

#define RUN(node, out, ...) run(node, NULL, out, (const char *const[]){__VA_ARGS__, NULL})

static bool nodes_name(struct demo *d)
{
	static const char *const titles[NODES] = {
	        "alice's wallet", "the connector", "bob's wallet"};
	static const char *const names[NODES] = {"alice", "connector", "bob"};

	if (d->options->dir) {
		snprintf(d->dir, sizeof(d->dir), "%s", d->options->dir);
		if (mkdir(d->dir, 0700) != 0)
			return fail(d->dir,
			        "can't be made (give --dir a path that does not exist yet)");
	} else {
		if (child_dir_make("demo", d->dir))
			return fail(d->dir, "can't be made");
		d->temporary = true;
	}
	for (unsigned i = 0; i < NODES; i++) {
		struct demo_node *n = &d->nodes[i];

		n->title = titles[i];
		n->name = names[i];
		n->port = d->options->port + i * PORT_STEP;
		n->audit = "broken";
		if (snprintf(n->dir, sizeof(n->dir), "%s/%s", d->dir, n->name) >=
		        (int)sizeof(n->dir))
			return fail(d->dir, "the path is too long");
		snprintf(n->public_url, sizeof(n->public_url), "http://localhost:%u", n->port);
		snprintf(n->admin_url, sizeof(n->admin_url), "http://127.0.0.1:%u", n->port + 1);
		snprintf(n->ilp_url, sizeof(n->ilp_url), "http://127.0.0.1:%u/ilp", n->port);
		snprintf(n->ilp_address, sizeof(n->ilp_address), "test.%s", n->name);
	}
	return true;
}

static bool node_start(struct demo *d, unsigned i)
{
	struct demo_node *n = &d->nodes[i];

	if (child_init(n->dir, n->port, n->public_url, n->ilp_address))
		return fail(n->title, "can't be made");
	if (child_serve(n->dir, &d->servers[i]))
		return fail(n->title, "did not start (is the port in use? try --port)");
	say(d, "  %-15s %s\n", n->title, n->public_url);
	return true;
}

/* Makes a and b peers of each other, with fresh tokens, each trusting the other with the same
 * limit. */
static bool peers_join(struct demo_node *a, struct demo_node *b, const char *asset)
{
	char a_to_b[TOKEN_TEXT_SIZE], b_to_a[TOKEN_TEXT_SIZE];
	bool ok;

	token_random(a_to_b);
	token_random(b_to_a);
	ok = RUN(a, NULL, "peer", "add", b->name, "--asset", asset, "--ilp-address", b->ilp_address,
	             "--url", b->ilp_url, "--outgoing-token", a_to_b, "--incoming-token", b_to_a,
	             "--credit-limit", CREDIT_LIMIT, "--route", "test") &&
	     RUN(b, NULL, "peer", "add", a->name, "--asset", asset, "--ilp-address", a->ilp_address,
	             "--url", a->ilp_url, "--outgoing-token", b_to_a, "--incoming-token", a_to_b,
	             "--credit-limit", CREDIT_LIMIT, "--spread-bps", SPREAD_BPS);
	secret_wipe(a_to_b, sizeof(a_to_b));
	secret_wipe(b_to_a, sizeof(b_to_a));
	return ok;
}

static bool wallet_add(
        const struct demo_node *node, const char *name, const char *asset, const char *public_name)
{
	return run(node, PASSWORD "\n", NULL,
	        (const char *const[]){"wallet", "add", name, "--asset", asset, "--name",
	                public_name, "--password-stdin", NULL});
}

static bool nodes_set_up(struct demo *d)
{
	struct demo_node *alice = &d->nodes[ALICE], *c = &d->nodes[CONNECTOR],
	                 *bob = &d->nodes[BOB];

	return peers_join(alice, c, "USD") && peers_join(bob, c, "EUR") &&
	       RUN(c, NULL, "asset", "deposit", "USD", POOL_LIQUIDITY) &&
	       RUN(c, NULL, "asset", "deposit", "EUR", POOL_LIQUIDITY) &&
	       wallet_add(alice, "alice", "USD", "Alice") && wallet_add(bob, "bob", "EUR", "Bob") &&
	       RUN(alice, NULL, "deposit", "alice", ALICE_FUNDS);
}

/* alice's application publishes its key under her wallet. */
static bool app_open(struct demo *d, const char *name)
{
	const struct demo_node *alice = &d->nodes[ALICE];
	char path[CHILD_DIR_BYTES + 16];
	struct jwk key;
	json_t *jwk;
	bool ok;

	if (op_client_open(&d->app, name, &key))
		return fail("alice's app", "no memory left");
	snprintf(path, sizeof(path), "%s/app.jwk", d->dir);
	jwk = jwk_json(&key);
	ok = jwk && json_dump_file(jwk, path, 0) == 0;
	json_decref(jwk);
	return ok ? RUN(alice, NULL, "key", "add", "alice", "--jwk", path)
	          : fail(path, "can't be written");
}

/* The last part of a URL. */
static const char *id_of(const json_t *resource)
{
	const char *url = json_string_value(json_object_get(resource, "id"));
	const char *slash = url ? strrchr(url, '/') : NULL;

	return slash ? slash + 1 : "";
}

static bool first_payment(struct demo *d)
{
	struct demo_node *alice = &d->nodes[ALICE], *bob = &d->nodes[BOB];
	char payer[TEXT_BYTES + 8], payee[TEXT_BYTES + 8], finish[TEXT_BYTES];

	snprintf(payer, sizeof(payer), "%s/alice", alice->public_url);
	snprintf(payee, sizeof(payee), "%s/bob", bob->public_url);
	snprintf(finish, sizeof(finish), "http://localhost:%u" FINISH_PATH,
	        d->options->port + NODES * PORT_STEP);
	if (!app_open(d, payer))
		return false;
	d->flow = (struct demo_flow){.app = &d->app,
	        .payee = payee,
	        .wallet = "alice",
	        .password = PASSWORD,
	        .send = d->options->send,
	        .finish = finish,
	        .quiet = d->options->json};
	say(d, "\nalice's app pays %s USD from $localhost:%u/alice to $localhost:%u/bob\n",
	        d->options->send, alice->port, bob->port);
	if (!RUN(bob, &d->before, "balance", "bob"))
		return false;
	return (demo_flow_run(&d->flow) || fail("payment", d->flow.why)) &&
	       RUN(alice, &d->payment, "payment", "show", id_of(d->flow.outgoing)) &&
	       RUN(bob, &d->after, "balance", "bob");
}

static bool nodes_audit(struct demo *d)
{
	bool clean = true;

	for (unsigned i = 0; i < NODES; i++) {
		bool ok = RUN(&d->nodes[i], NULL, "audit");

		d->nodes[i].audit = ok ? "clean" : "broken";
		clean = clean && ok;
	}
	return clean;
}

static json_t *result_json(const struct demo *d, bool ok)
{
	json_t *nodes = json_array();

	for (unsigned i = 0; i < NODES; i++) {
		const struct demo_node *n = &d->nodes[i];

		json_array_append_new(
		        nodes, json_pack("{s:s,s:s,s:s,s:s}", "name", n->name, "publicUrl",
		                       n->public_url, "adminUrl", n->admin_url, "audit", n->audit));
	}
	return json_pack("{s:b,s:O?,s:O?,s:O?,s:O?,s:O?,s:O?,s:o,s:O?,s:O?}", "ok", ok, "sent",
	        json_object_get(d->payment, "debitAmount"), "delivered",
	        json_object_get(d->payment, "deliveredAmount"), "fee",
	        json_object_get(d->payment, "fee"), "rate", json_object_get(d->payment, "rate"),
	        "packets", json_object_get(d->payment, "packets"), "elapsedMs",
	        json_object_get(d->payment, "elapsedMs"), "nodes", nodes, "outgoingPayment",
	        json_object_get(d->flow.outgoing, "id"), "incomingPayment",
	        json_object_get(d->flow.incoming, "id"));
}

static void result_print(const struct demo *d, bool ok)
{
	char a[SHOW_CELL_BYTES], b[SHOW_CELL_BYTES];
	const char *rate = json_string_value(json_object_get(d->payment, "rate"));

	if (d->options->json) {
		json_t *result = result_json(d, ok);
		char *text = result ? json_dumps(result, JSON_COMPACT) : NULL;

		puts(text ? text : "{\"ok\":false}");
		fflush(stdout);
		free(text);
		json_decref(result);
		return;
	}
	printf("\n  alice sent     %s (fee %s)\n", show_amount_text(d->payment, "debitAmount", a),
	        show_amount_text(d->payment, "fee", b));
	printf("  bob received   %s (his balance: %s)\n",
	        show_amount_text(d->payment, "deliveredAmount", a),
	        show_amount_text(d->after, "balance", b));
	printf("  rate           %s, of which the connector's spread is 0.5 %%\n",
	        rate ? rate : "?");
	printf("  packets        %lld in %lld ms\n",
	        (long long)json_integer_value(json_object_get(d->payment, "packets")),
	        (long long)json_integer_value(json_object_get(d->payment, "elapsedMs")));
	for (unsigned i = 0; i < NODES; i++)
		printf("  %-14s %s\n", d->nodes[i].title,
		        strcmp(d->nodes[i].audit, "clean") == 0 ? "ledger sums to zero, audit clean"
		                                                : "AUDIT FOUND SOMETHING");
}

static bool units_of(const json_t *object, const char *member, uint64_t *out)
{
	const char *value =
	        json_string_value(json_object_get(json_object_get(object, member), "value"));

	return value && !amount_parse_units(value, strlen(value), out);
}

/* The payment must have completed, and what it says it delivered is what bob's balance grew by, and
 * what his incoming payment has received. */
static bool delivered_arrived(const struct demo *d)
{
	const char *state = json_string_value(json_object_get(d->payment, "state"));
	const char *why = json_string_value(
	        json_object_get(json_object_get(d->payment, "error"), "description"));
	uint64_t said, was, is, received;

	if (!state || strcmp(state, "COMPLETED") != 0 ||
	        !units_of(d->payment, "deliveredAmount", &said) ||
	        !units_of(d->flow.incoming, "receivedAmount", &received) ||
	        !units_of(d->before, "balance", &was) || !units_of(d->after, "balance", &is))
		return fail("payment", why ? why : "it did not complete");
	if (is < was || is - was != said || received != said)
		return fail("payment", "bob's balance did not grow by what was delivered");
	return true;
}

/* Waits for Ctrl-C, and meanwhile keeps the overview page up to date. */
static void wait_for_stop(struct demo_page *page, const sigset_t *stops)
{
	const struct timespec turn = {
	        .tv_sec = DEMO_PAGE_LOOK_MS / 1000, .tv_nsec = DEMO_PAGE_LOOK_MS % 1000 * 1000000L};

	while (!stop_asked && sigtimedwait(stops, NULL, &turn) < 0)
		if (page)
			demo_page_look(page);
}

static void stay_up(const struct demo *d)
{
	const unsigned port = d->options->port + NODES * PORT_STEP;
	const struct demo_node *n = d->nodes;
	const struct demo_look_node look[DEMO_LOOK_NODES] = {
	        {"alice", n[ALICE].public_url, n[ALICE].admin_url, n[ALICE].dir},
	        {NULL, n[CONNECTOR].public_url, n[CONNECTOR].admin_url, n[CONNECTOR].dir},
	        {"bob", n[BOB].public_url, n[BOB].admin_url, n[BOB].dir}};
	struct demo_page *page = NULL;
	sigset_t stops, before;

	sigemptyset(&stops);
	sigaddset(&stops, SIGINT);
	sigaddset(&stops, SIGTERM);
	sigaddset(&stops, SIGHUP);
	/* Before threads are started, which take over what is blocked; so none is missed between
	 * look and wait either. */
	sigprocmask(SIG_BLOCK, &stops, &before);
	if (demo_page_start(port, look, &page))
		(void)fail("overview", "its page can't be served (is the port in use? try --port)");
	else
		printf("\nSee all three nodes, and packets as they pass, at\n\n"
		       "  http://localhost:%u/\n",
		        port);
	printf("\nThe nodes stay up. Pay again from another terminal:\n\n"
	       "  ./florin -C %s pay alice '$localhost:%u/bob' --send 5.00\n\n"
	       "alice and bob sign in, with the password \"" PASSWORD "\", at\n\n"
	       "  %s/wallet\n  %s/wallet\n\n"
	       "Whoever has a wallet elsewhere pays bob here; enter $localhost:%u/alice, and\n"
	       "her wallet asks her first:\n\n"
	       "  %s/bob\n\n"
	       "The connector's operator has an app for one-time codes, and begins with what\n"
	       "`./florin -C %s operator token` prints, at\n\n"
	       "  %s/console/setup\n\n"
	       "Ctrl-C stops the nodes%s.\n",
	        d->nodes[ALICE].dir, d->nodes[BOB].port, d->nodes[ALICE].public_url,
	        d->nodes[BOB].public_url, d->nodes[ALICE].port, d->nodes[BOB].public_url,
	        d->nodes[CONNECTOR].dir, d->nodes[CONNECTOR].admin_url,
	        d->temporary ? " and removes their data" : "");
	fflush(stdout);
	wait_for_stop(page, &stops);
	demo_page_stop(page);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

int demo_run(const struct demo_options *options)
{
	struct demo d = {.options = options};
	struct sigaction action = {.sa_handler = on_signal}, hangup;
	int64_t started = clock_mono_ms();
	bool ok = false;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* The terminal was closed; unless nohup had it ignored. */
	if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
	if (!nodes_name(&d))
		goto out;
	/* Whoever tries it can fill alice's wallet up, and add others. */
	if (setenv("FLORIN_ACCOUNTS_FAUCET", FAUCET, 0) != 0 ||
	        setenv("FLORIN_ACCOUNTS_ADDRESSES_PER_USER", ADDRESSES, 0) != 0)
		goto out;
	say(&d, "starting three nodes\n");
	for (unsigned i = 0; i < NODES; i++)
		if (stop_asked || !node_start(&d, i))
			goto out;
	if (!nodes_set_up(&d))
		goto out;
	say(&d, "ready in %lld ms\n", (long long)(clock_mono_ms() - started));
	if (stop_asked || !first_payment(&d))
		goto out;
	ok = delivered_arrived(&d);
	ok = nodes_audit(&d) && ok;
	result_print(&d, ok);
	if (ok && !options->once)
		stay_up(&d);
out:
	demo_flow_clear(&d.flow);
	op_client_close(&d.app);
	spawn_servers_stop(d.servers, NODES, CHILD_STOP_MS);
	if (d.temporary)
		child_dir_remove(d.dir);
	json_decref(d.payment);
	json_decref(d.before);
	json_decref(d.after);
	return ok ? EXIT_DONE : EXIT_REFUSED;
}
