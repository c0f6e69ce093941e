/* serve: the assembly of a running node, in the foreground.
 *
 * Starts, in this order, store, writer, outbound thread, listeners; stops them the other way round:
 * no new requests, what is parked completes, payments in flight come home, the writer empties its
 * queue, the store closes. SIGTERM and SIGINT stop; SIGHUP reads the log level, the rates and the
 * certificates again, and asks the parent.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "admin/admin_routes.h"
#include "auth/client_keys.h"
#include "auth/password.h"
#include "base/log.h"
#include "base/slow.h"
#include "cli/command_table.h"
#include "cli/node_files.h"
#include "cli/serve_options.h"
#include "cli/serve_stop.h"
#include "config.h"
#include "console/console.h"
#include "events/changes.h"
#include "events/feed.h"
#include "events/webhook.h"
#include "http/api_routes.h"
#include "http/rate.h"
#include "http/server.h"
#include "http/tls.h"
#include "ilp/arrival.h"
#include "ilp/async_answer.h"
#include "ilp/async_ask.h"
#include "ilp/btp.h"
#include "ilp/forward.h"
#include "ilp/node.h"
#include "ilp/payer.h"
#include "ilp/peer_health.h"
#include "ilp/rate_feed.h"
#include "ilp/rate_watch.h"
#include "ilp/remote_grant.h"
#include "ilp/routes.h"
#include "ilp/settler.h"
#include "ilp/stream_host.h"
#include "ilp/sweep.h"
#include "ilp/upstream.h"
#include "web/web.h"
#include "web/web_routes.h"

static int fail(const char *what, const char *why, const char *hint)
{
	fprintf(stderr, "florin: %s: %s%s%s%s\n", what, why, *hint ? " (" : "", hint,
	        *hint ? ")" : "");
	return EXIT_USAGE;
}

/* Names the file and the place, as `florin check` does. */
static int fail_rates(const char *file, enum result r, const struct rate_fault *fault)
{
	char why[NODE_PATH_BYTES + NODE_WHY_BYTES];

	if (!file)
		return fail("serve", result_name(r), "");
	if (*fault->what)
		snprintf(why, sizeof(why), "%s, byte %zu: %s", file, fault->at, fault->what);
	else
		snprintf(why, sizeof(why), "%s: %s", file,
		        access(file, R_OK) != 0 ? strerror(errno) : result_name(r));
	return fail("[rates] file", why, "it reads {\"base\":\"USD\",\"rates\":{\"EUR\":0.91}}");
}

/* ---- threads' parts ---- */

static enum result loop_open(struct http_loop *loop, void *arg, void **app)
{
	struct serve *s = arg;
	char why[STORE_WHY_SIZE], text[LOG_TEXT_SIZE];
	struct reader *reader;
	struct node_loop *l;
	enum result r = reader_open(&s->store_options, why, &reader);

	if (r) {
		log_error("reader_open", "why=%s", log_text(text, why));
		return r;
	}
	r = node_loop_new(&s->node, reader, http_loop_mailbox(loop), &l);
	if (r) {
		reader_close(reader);
		return r;
	}
	/* The admin listener is on the first loop. */
	if (http_loop_index(loop) == 0)
		feed_set_home(s->node.feed, http_loop_mailbox(loop));
	*app = l;
	return RESULT_OK;
}

static void loop_turn_end(struct http_loop *loop, void *app)
{
	(void)loop;
	node_turn_end(app);
}

static void loop_close(struct http_loop *loop, void *app)
{
	(void)loop;
	node_turn_end(app);
	node_loop_free(app);
}

static void outbound_turn_end(void *arg)
{
	struct serve *s = arg;

	arrivals_turn_end(s->node.arrivals);
	btp_turn_end(s->node.btp);
	submitter_flush(&s->node.outbound_submitter);
}

/* A line is the account of a peer on BTP, or less than nothing: that of one that answers later. */
static enum result outbound_carry(void *arg, int64_t line, struct outbound_request *rq)
{
	const struct node *n = &((struct serve *)arg)->node;

	return line < 0 ? async_carry(n->async_asks, -line, rq) : btp_carry(n->btp, line, rq);
}

static void outbound_carry_no_more(void *arg, int64_t line, struct outbound_request *rq)
{
	const struct node *n = &((struct serve *)arg)->node;

	if (line < 0)
		async_carry_no_more(n->async_asks, rq);
	else
		btp_carry_no_more(n->btp, rq);
}

/* ---- start ---- */

/* Nobody is to reach our own listeners through us. */
static enum result guard_listener(struct url_guard *guard, const char *listen)
{
	char host[CONFIG_LISTEN_CHARS];
	struct addrinfo hints = {.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM};
	struct addrinfo *all = NULL;
	char service[sizeof("65535")];
	uint16_t port;
	enum result r = config_parse_listen(listen, host, &port);

	/* One that can't be resolved can't be listened on either, which is said later. */
	if (r || port == 0)
		return r;
	(void)snprintf(service, sizeof(service), "%u", (unsigned)port);
	if (getaddrinfo(host, service, &hints, &all) != 0)
		return RESULT_OK;
	for (const struct addrinfo *a = all; a && !r; a = a->ai_next)
		r = url_guard_add_listener(guard, a->ai_addr);
	freeaddrinfo(all);
	return r;
}

static int start_store(struct serve *s)
{
	char why[STORE_WHY_SIZE];
	char secret_why[NODE_WHY_BYTES];
	enum result r;

	if (node_key_read(s->config->dir, &s->master_key, secret_why) ||
	        node_token_read(s->config->dir, s->admin_token, secret_why))
		return fail("secrets", secret_why, "");
	s->store_options = (struct store_options){
	        .url = s->config->database.url,
	        .dir = s->config->dir,
	        .master_key = &s->master_key,
	        .now_ms = env_wall_ms(&env_real),
	        .headless = s->config->accounts.mode == CONFIG_ACCOUNTS_HEADLESS,
	        .incoming_approval = s->config->accounts.incoming_approval,
	        .confirm_partials = s->config->accounts.confirm_partials,
	        .idempotency_ms = (int64_t)s->config->limits.idempotency_days * 24 * 3600 * 1000,
	        .changes = store_changes_new(),
	};
	r = store_open(&s->store_options, why, &s->store);
	if (r)
		return fail("database", why,
		        r == RESULT_RETRY_BUSY ? "is this directory's server running already?"
		                               : "");
	if (reader_open(&s->store_options, why, &s->reader))
		return fail("database", why, "");
	return EXIT_DONE;
}

/* What the account holders' pages and their passwords need. */
static int start_web(struct serve *s)
{
	static const char request_label[] = "florin repeated requests 1";
	struct node *n = &s->node;
	bool outside = strcmp(s->config->auth.consent, "builtin") != 0;
	const struct web_options web = {
	        .public_url = s->config->server.public_url,
	        .master_key = &s->master_key,
	        .session_idle_ms = (int64_t)s->config->limits.session_idle_s * 1000,
	        .session_life_ms = (int64_t)s->config->limits.session_s * 1000,
	        .consent_url = outside ? s->config->auth.consent : NULL,
	        .idp_secret = s->config->auth.idp_secret,
	        .password_above = s->config->auth.password_above,
	};

	if (outside && (!web.idp_secret || strlen(web.idp_secret) < IDP_SECRET_MIN))
		log_warn("identity_provider",
		        "[auth] idp_secret has fewer than %d bytes: its back channel is closed, "
		        "and nobody can agree to anything",
		        IDP_SECRET_MIN);
	password_pepper(&s->master_key, &n->password_pepper);
	hmac_sha256(bytes_of(s->master_key.b, sizeof(s->master_key.b)), bytes_str(request_label),
	        n->request_key.b);
	if (slow_new(LIMIT_SLOW_QUEUE, &n->slow) || web_new(&web, &n->web))
		return fail("serve", "out of memory", "");
	n->html = &web_html_pages;
	return EXIT_DONE;
}

static void console_setting(void *arg, size_t i, struct console_setting *out)
{
	const struct serve *s = arg;
	struct config_row row;

	config_row(s->config, i, &row);
	*out = (struct console_setting){row.section, row.key, row.value, row.source};
}

/* The operators' pages. */
static int start_console(struct serve *s)
{
	struct console_options o = {
	        .admin_listen = s->config->server.admin_listen,
	        .backup_dir = s->backup_dir,
	        .master_key = &s->master_key,
	        .setting_count = config_row_count(),
	        .setting = console_setting,
	        .arg = s,
	};
	char whole[PATH_MAX];

	/* The admin API takes whole paths. */
	if (!realpath(s->config->dir, whole) ||
	        node_path(whole, "backups", s->backup_dir) != RESULT_OK)
		return fail("serve", strerror(errno), s->config->dir);
	return console_new(&o, &s->node.console) ? fail("serve", "out of memory", "") : EXIT_DONE;
}

static int start_webhook(struct serve *s)
{
	const struct config *c = s->config;
	const struct webhook_options o = {
	        .url = c->webhooks.url,
	        .secret = c->webhooks.secret,
	        .timeout_ms = (int64_t)c->webhooks.timeout_s * 1000,
	        .keep_ms = (int64_t)c->limits.webhook_days * 24 * 3600 * 1000,
	        .env = s->node.env,
	        .writer = s->node.writer,
	        .outbound = s->node.outbound,
	};
	struct url_parts parts;
	enum result r;

	if (o.url && url_guard_url(s->guard, URL_POLICY_OPERATOR, o.url, &parts))
		return fail("[webhooks] url", "an address that may not be called",
		        "[outbound] allow opens it");
	r = webhook_new(&o, &s->node.webhook);
	if (r == RESULT_OURS_CONFIG)
		return fail("[webhooks] secret", "one or two secrets are needed", "");
	return r ? fail("serve", "out of memory", "") : EXIT_DONE;
}

/* Who may be called, and the threads that call and that write. */
static int start_outbound(struct serve *s)
{
	struct node *n = &s->node;
	struct outbound_options outbound = {.ca_file = s->config->outbound.ca_file,
	        .carry = outbound_carry,
	        .carry_no_more = outbound_carry_no_more,
	        .turn_end = outbound_turn_end,
	        .arg = s,
	        .connect_ms = (int64_t)s->config->limits.outbound_connect_s * 1000,
	        .total_ms = (int64_t)s->config->limits.outbound_total_s * 1000,
	        .answer_bytes = s->config->limits.outbound_bytes,
	        .per_host = s->config->limits.outbound_per_host};

	if (url_guard_new(s->config->server.dev, s->config->outbound.allow, &s->guard))
		return fail("[outbound] allow", "an entry is no host, address or network", "");
	if (guard_listener(s->guard, s->config->server.listen) ||
	        guard_listener(s->guard, s->config->server.admin_listen))
		return fail("serve", "can't tell which addresses are this node's own", "");
	n->guard = s->guard;
	outbound.guard = s->guard;
	if (outbound.ca_file && access(outbound.ca_file, R_OK) != 0)
		return fail("[outbound] ca_file", "the file can't be read", outbound.ca_file);
	if (writer_new(s->store, n->env, &n->writer) || outbound_new(&outbound, &n->outbound))
		return fail("serve", "out of memory", "");
	submitter_init(&n->outbound_submitter, n->writer);
	if (feed_new(n->writer, &n->feed) || changes_new(n->writer, n->outbound, &n->changes))
		return fail("serve", "out of memory", "");
	return start_webhook(s);
}

/* The first picture of the node, with its prices. */
static int start_snapshots(struct serve *s)
{
	struct node *n = &s->node;
	struct snapshots_options o = {
	        .outbound = n->outbound,
	        .ilp_address = s->config->ilp.address,
	        .guard = s->guard,
	        .rates_file = s->config->rates.file,
	        .in_flight_per_peer = s->config->limits.in_flight_per_peer,
	};
	struct rate_fault fault = {0, ""};
	enum result r;

	serve_rates_options(s->config, &o.rates);
	if (snapshots_new(&o, &n->snapshots))
		return fail("serve", "out of memory", "");
	r = snapshots_reload_rates(n->snapshots, s->reader, &fault);
	if (r)
		return fail_rates(s->config->rates.file, r, &fault);
	if (rates_restore(n->snapshots, s->reader))
		return fail("[database]", "the prices that were kept can't be read", "");
	return EXIT_DONE;
}

static int start_feeds(struct serve *s)
{
	const struct rate_places places = {s->config->rates.url, s->config->rates.ecb};
	struct node *n = &s->node;
	enum rate_origin which;
	enum result r = rate_feeds_new(n, &places, &n->rate_feeds, &which);

	if (r)
		return fail(which == RATE_ORIGIN_ECB ? "[rates] ecb" : "[rates] url",
		        result_name(r), RATE_FEED_URL_RULE);
	return rate_watch_new(n, &n->rate_watch) ? fail("serve", "out of memory", "") : EXIT_DONE;
}

/* What lives on the outbound thread, and what its calls share. */
static int start_work(struct serve *s)
{
	const struct routing_limits routing = {
	        s->config->limits.routes_per_peer, s->config->limits.routes};
	struct node *n = &s->node;

	if (client_keys_new(n->outbound, &n->client_keys) ||
	        rate_new((unsigned)s->config->limits.requests_per_key_per_s, &n->key_rate) ||
	        stream_hosts_new(n, &n->stream_hosts) || partials_new(n, &n->partials))
		return fail("serve", "out of memory", "");
	n->remote_grants = remote_grants_new(n);
	if (!n->remote_grants || payer_new(n, &s->store_options, &n->payer) ||
	        sweep_new(n, &n->sweep) || upstream_new(n, &n->upstream) ||
	        peer_health_new(n, &n->peer_health) || routes_new(n, &routing, &n->routes) ||
	        arrivals_new(n, &n->arrivals) || async_asks_new(n, &n->async_asks) ||
	        async_answers_new(n, &n->async_answers) || btp_new(n, &n->btp) ||
	        settler_new(n, (int64_t)s->config->limits.settlement_timeout_s * 1000, &n->settler))
		return fail("serve", "out of memory", "");
	return start_feeds(s);
}

static int start_node(struct serve *s)
{
	static const char receiver_label[] = "florin stream receiver 1";
	struct node *n = &s->node;
	int status;

	n->env = &env_real;
	n->started_ms = env_wall_ms(n->env);
	n->store_options = &s->store_options;
	serve_node_options(s->config, s->admin_token, &n->options);
	hmac_sha256(bytes_of(s->master_key.b, sizeof(s->master_key.b)), bytes_str(receiver_label),
	        n->receiver_secret.b);
	sha256(bytes_str(s->admin_token), n->admin_token_hash);
	status = start_outbound(s);
	if (!status)
		status = start_snapshots(s);
	return status ? status : start_work(s);
}

static void limits_fill(const struct config *c, struct http_limits *l)
{
	http_limits_default(l);
	l->connections = (unsigned)c->limits.connections;
	l->connections_per_address = (unsigned)c->limits.connections_per_address;
	l->header_ms = (unsigned)c->limits.header_s * 1000;
	l->body_ms = (unsigned)c->limits.body_s * 1000;
	l->response_ms = (unsigned)c->limits.response_s * 1000;
	l->idle_ms = (unsigned)c->limits.idle_s * 1000;
	l->header_bytes = (unsigned)c->limits.header_bytes;
	l->header_fields = (unsigned)c->limits.header_fields;
	l->connection_bytes = (unsigned)c->limits.connection_bytes;
	l->json = (struct json_scan_limits){.bytes = c->limits.json_bytes,
	        .depth = (unsigned)c->limits.json_depth,
	        .tokens = (unsigned)c->limits.json_tokens};
	l->requests_per_address_per_s = (unsigned)c->limits.requests_per_address_per_s;
	l->drain_ms = HTTP_DRAIN_MS;
}

static unsigned loop_threads(const struct config *c)
{
	cpu_set_t usable;

	if (c->server.threads)
		return (unsigned)c->server.threads;
	/* One for each processor that this process may use, which can be fewer than there are. */
	if (sched_getaffinity(0, sizeof(usable), &usable) != 0)
		return 1;
	return (unsigned)CPU_COUNT(&usable);
}

static int fail_listen(const struct config *c)
{
	char why[64 + 2 * CONFIG_LISTEN_CHARS];

	(void)snprintf(why, sizeof why, "can't listen on both %s and %s", c->server.listen,
	        c->server.admin_listen);
	return fail("serve", why, "is one of them in use? [server] of florin.conf sets them");
}

static int make_server(struct serve *s)
{
	char tls_why[TLS_WHY_SIZE];
	struct http_server_options o = {
	        .public = {s->config->server.listen,
	                {{api_routes, api_route_count}, {web_routes, web_route_count},
	                        {idp_routes, idp_route_count}},
	                .tls = s->config->server.tls_certificate != NULL},
	        .admin = {s->config->server.admin_listen,
	                {{admin_routes, admin_route_count}, {idp_routes, idp_route_count},
	                        {s->node.console->routes, s->node.console->route_count}}},
	        .threads = loop_threads(s->config),
	        .trusted_proxies = s->config->server.trusted_proxies,
	        .arg = s,
	        .loop_open = loop_open,
	        .turn_end = loop_turn_end,
	        .loop_close = loop_close,
	};

	if (o.public.tls &&
	        tls_load(s->config->server.tls_certificate, s->config->server.tls_key, tls_why))
		return fail(
		        "[server] tls_certificate", tls_why, "PEM files, the key's of the first");
	limits_fill(s->config, &o.limits);
	return http_server_new(&o, &s->server) ? fail_listen(s->config) : EXIT_DONE;
}

/* What the store has left to do. */
static void wake_all(const struct node *n)
{
	payer_wake(n->payer);
	sweep_start(n->sweep);
	upstream_wake(n->upstream);
	routes_wake(n->routes);
	settler_wake(n->settler);
	btp_wake(n->btp);
	peer_health_wake(n->peer_health);
	if (n->webhook)
		webhook_wake(n->webhook);
}

static int start_threads(struct serve *s)
{
	int status = make_server(s);

	if (status)
		return status;
	if (writer_start(s->node.writer))
		return fail("serve", "can't start the writer", "");
	s->writer_started = true;
	if (outbound_start(s->node.outbound))
		return fail("serve", "can't start the outbound thread", "");
	s->outbound_started = true;
	if (slow_start(s->node.slow))
		return fail("serve", "can't start the slow thread", "");
	s->slow_started = true;
	rate_feeds_start(s->node.rate_feeds);
	rate_watch_start(s->node.rate_watch);
	if (http_server_start(s->server))
		return fail("serve", "can't start the loops", "");
	s->server_started = true;
	wake_all(&s->node);
	return EXIT_DONE;
}

/* ---- run and stop ---- */

/* Of the configuration only the log level may change while the node runs. */
static void reload_config(const struct serve *s)
{
	struct config config;
	struct config_error error;
	char what[LOG_TEXT_SIZE], why[LOG_TEXT_SIZE];
	enum result r = config_load(s->config->dir, environ, &config, &error);

	if (r) {
		log_error("config_reload", "result=%s what=%s why=%s", result_name(r),
		        log_text(what, error.what), log_text(why, error.why));
		return;
	}
	log_set_level(config.server.log_level);
	log_info("config_reload", "result=ok");
	config_clear(&config);
}

static void reload_rates(struct serve *s)
{
	char file[LOG_TEXT_SIZE], what[LOG_TEXT_SIZE];
	struct rate_fault fault = {0, ""};
	enum result r;

	rate_feeds_refresh(s->node.rate_feeds);
	if (!s->config->rates.file)
		return;
	r = snapshots_reload_rates(s->node.snapshots, s->reader, &fault);
	if (r)
		log_error("rates_reload", "file=%s result=%s at=%zu what=%s",
		        log_text(file, s->config->rates.file), result_name(r), fault.at,
		        log_text(what, fault.what));
	else
		log_info("rates_reload", "result=ok");
}

/* What is wrong with the new ones leaves the old ones in force. */
static void reload_certificates(const struct serve *s)
{
	char why[TLS_WHY_SIZE], text[LOG_TEXT_SIZE];
	enum result r;

	if (!s->config->server.tls_certificate)
		return;
	r = tls_load(s->config->server.tls_certificate, s->config->server.tls_key, why);
	if (r)
		log_error("certificates_reload", "result=%s why=%s", result_name(r),
		        log_text(text, why));
	else
		log_info("certificates_reload", "result=ok");
}

static void wait_for_stop(struct serve *s, const sigset_t *signals)
{
	for (;;) {
		int number = 0;

		if (sigwait(signals, &number) != 0)
			continue;
		if (number != SIGHUP)
			return;
		reload_config(s);
		reload_rates(s);
		reload_certificates(s);
		upstream_wake(s->node.upstream);
	}
}

/* A core dump would hold keys and tokens. */
static void no_core_dumps(void)
{
	struct rlimit none = {0, 0};

	bool dumps = setrlimit(RLIMIT_CORE, &none) != 0;

#ifndef __SANITIZE_ADDRESS__ /* its leak check traces this process */
	dumps = prctl(PR_SET_DUMPABLE, 0) != 0 || dumps;
#endif
	if (dumps)
		log_warn("core_dumps", "result=cannot_disable");
}

static int serve_run(const struct config *config)
{
	struct serve s = {.config = config};
	sigset_t signals;
	int status;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, NULL); /* inherited by every thread */
	signal(SIGPIPE, SIG_IGN);
	no_core_dumps();
	log_set_level(config->server.log_level);
	if (config->server.dev)
		log_warn("dev", "plain http, loopback and private addresses are allowed: not for "
		                "real money");
	status = start_store(&s);
	if (!status)
		status = start_node(&s);
	if (!status)
		status = start_web(&s);
	if (!status)
		status = start_console(&s);
	if (!status)
		status = start_threads(&s);
	if (status)
		return serve_stop(&s, status);
	printf("florin: ready public=%s admin=http://%s database=%s\n", config->server.public_url,
	        config->server.admin_listen, s.node.options.database);
	fflush(stdout);
	wait_for_stop(&s, &signals);
	log_info("stop", "result=draining");
	return serve_stop(&s, EXIT_DONE);
}

static int serve(struct cli *cli)
{
	struct config config;
	int status = cli_config_served(cli, &config);

	if (status)
		return status;
	status = serve_run(&config);
	config_clear(&config);
	return status;
}

const struct command serve_commands[] = {
        {"serve", "", "run the node in the foreground", 0, 0, NULL, serve},
        {0},
};
