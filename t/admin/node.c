#include "admin/node.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admin/admin_routes.h"
#include "auth/client_keys.h"
#include "base/id.h"
#include "base/slow.h"
#include "http/server.h"
#include "ilp/node.h"
#include "ilp/payer.h"
#include "ilp/rate_feed.h"
#include "ilp/remote_grant.h"
#include "net/client.h"

#define TEXT_BYTES 256
#define BODY_BYTES 4096

/* The node under test: one for each process of Check. */
static struct {
	char dir[64], url[TEXT_BYTES], rates[TEXT_BYTES], text[TEXT_BYTES];
	struct secret32 master_key;
	struct store_options store_options;
	struct store *store;
	struct url_guard *guard;
	struct node node;
	struct snapshots_options snapshots;
	struct http_server *server;
	const struct http_route *public_routes; /* NULL: the admin API here, too */
	size_t public_route_count;
} n;

#define MUST(call) ck_assert_msg((call) == RESULT_OK, "%s", #call)

/* ---- the assembly, as serve does it ---- */

static enum result loop_open(struct http_loop *loop, void *arg, void **app)
{
	char why[STORE_WHY_SIZE];
	struct node_loop *l;
	struct reader *reader;
	enum result r = reader_open(&n.store_options, why, &reader);

	(void)arg;
	if (r)
		return r;
	r = node_loop_new(&n.node, reader, http_loop_mailbox(loop), &l);
	if (r)
		reader_close(reader);
	else
		*app = l;
	return r;
}

static void turn_end(struct http_loop *loop, void *app)
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
	(void)arg;
	submitter_flush(&n.node.outbound_submitter);
}

static void write_rates(void)
{
	FILE *file;

	(void)snprintf(n.rates, sizeof(n.rates), "%s/rates.json", n.dir);
	file = fopen(n.rates, "w");
	ck_assert_ptr_nonnull(file);
	fputs("{\"base\":\"USD\",\"rates\":{\"EUR\":0.91,\"GBP\":0.8}}", file);
	ck_assert_int_eq(fclose(file), 0);
}

static void start_node(void)
{
	struct outbound_options outbound = {.turn_end = outbound_turn_end};
	static const struct rate_places places = {0};
	struct rate_fault fault;
	enum rate_origin which;
	struct reader *reader;
	char why[STORE_WHY_SIZE];

	n.node = (struct node){
	        .env = &env_real,
	        .started_ms = env_wall_ms(&env_real),
	        .options = {.public_url = "http://127.0.0.1:9",
	                .database = "sqlite",
	                .dev = true,
	                .expiry = {.min_message_window_ms = 1000,
	                        .max_hold_ms = 30000,
	                        .clamp_ms = LIMIT_EXPIRY_CLAMP_MS},
	                .quote_lifetime_ms = 30000,
	                .incoming_life = {.default_ms = 60000, .max_ms = 60000},
	                .slippage_bps = 100,
	                .in_flight_per_peer = 1000,
	                .page_size = 10,
	                .metadata_bytes = LIMIT_METADATA_BYTES,
	                .signature_profile = HTTP_SIG_STRICT,
	                .signature_max_age_s = 300},
	};
	sha256(bytes_str(NODE_TOKEN), n.node.admin_token_hash);
	MUST(url_guard_new(true, NULL, &n.guard));
	n.node.guard = outbound.guard = n.guard;
	ck_assert_msg(store_open(&n.store_options, why, &n.store) == RESULT_OK, "%s", why);
	MUST(writer_new(n.store, n.node.env, &n.node.writer));
	MUST(outbound_new(&outbound, &n.node.outbound));
	submitter_init(&n.node.outbound_submitter, n.node.writer);
	n.snapshots = (struct snapshots_options){.outbound = n.node.outbound,
	        .guard = n.node.guard,
	        .ilp_address = "test.here",
	        .rates_file = n.rates,
	        .rates = {.used = {[RATE_ORIGIN_FILE] = true}, .priority = "file"},
	        .in_flight_per_peer = 1000};
	MUST(snapshots_new(&n.snapshots, &n.node.snapshots));
	MUST(reader_open(&n.store_options, why, &reader));
	MUST(snapshots_reload_rates(n.node.snapshots, reader, &fault));
	MUST(rate_feeds_new(&n.node, &places, &n.node.rate_feeds, &which));
	reader_close(reader);
	MUST(client_keys_new(n.node.outbound, &n.node.client_keys));
	n.node.remote_grants = remote_grants_new(&n.node);
	ck_assert_ptr_nonnull(n.node.remote_grants);
	MUST(payer_new(&n.node, &n.store_options, &n.node.payer));
}

static void start(void)
{
	struct http_server_options o = {
	        .public = {"127.0.0.1:0",
	                {{n.public_routes ? n.public_routes : admin_routes,
	                        n.public_routes ? n.public_route_count : admin_route_count}}},
	        .admin = {"127.0.0.1:0", {{admin_routes, admin_route_count}}},
	        .threads = 2,
	        .loop_open = loop_open,
	        .turn_end = turn_end,
	        .loop_close = loop_close,
	};

	start_node();
	http_limits_default(&o.limits);
	o.limits.drain_ms = 5000;
	MUST(http_server_new(&o, &n.server));
	MUST(slow_new(4, &n.node.slow));
	MUST(slow_start(n.node.slow));
	MUST(writer_start(n.node.writer));
	MUST(outbound_start(n.node.outbound));
	MUST(http_server_start(n.server));
	(void)snprintf(
	        n.url, sizeof(n.url), "http://127.0.0.1:%u", http_server_admin_port(n.server));
}

static void stop(void)
{
	MUST(http_server_stop(n.server));
	slow_stop(n.node.slow);
	slow_free(n.node.slow);
	outbound_stop(n.node.outbound, 5000);
	writer_stop(n.node.writer);
	http_server_free(n.server);
	payer_free(n.node.payer);
	client_keys_free(n.node.client_keys);
	remote_grants_free(n.node.remote_grants);
	rate_feeds_free(n.node.rate_feeds);
	remote_servers_clear(&n.node.remote_servers);
	snapshots_free(n.node.snapshots);
	outbound_free(n.node.outbound);
	writer_free(n.node.writer);
	url_guard_free(n.guard);
	store_close(n.store);
}

void node_public(const struct http_route *routes, size_t count)
{
	n.public_routes = routes;
	n.public_route_count = count;
}

uint16_t node_public_port(void)
{
	return http_server_port(n.server);
}

const struct node *node_get(void)
{
	return &n.node;
}

struct reader *node_reader(void)
{
	char why[STORE_WHY_SIZE];
	struct reader *reader;

	MUST(reader_open(&n.store_options, why, &reader));
	return reader;
}

void node_setup(void)
{
	char why[STORE_WHY_SIZE];

	(void)snprintf(n.dir, sizeof(n.dir), "florin-admin-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(n.dir));
	secret_random(&n.master_key);
	n.store_options = (struct store_options){.url = "sqlite:test.db",
	        .dir = n.dir,
	        .master_key = &n.master_key,
	        .now_ms = env_wall_ms(&env_real),
	        .changes = store_changes_new()};
	ck_assert_msg(store_create(&n.store_options, why) == RESULT_OK, "%s", why);
	write_rates();
	start();
}

void node_restart(void)
{
	stop();
	start();
}

void node_teardown(void)
{
	static const char *const files[] = {"rates.json", "test.db", "test.db-wal", "test.db-shm",
	        "test.db.lock", "test.db-lock"};
	char path[TEXT_BYTES];

	stop();
	store_changes_free(n.store_options.changes);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", n.dir, files[i]);
		(void)unlink(path);
	}
	ck_assert_int_eq(rmdir(n.dir), 0);
}

static void broken(void *arg, const char *check, const char *what)
{
	(void)arg;
	ck_abort_msg("audit: %s: %s", check, what);
}

void node_audit(void)
{
	char why[STORE_WHY_SIZE];
	struct reader *reader;
	size_t count = 0;

	MUST(reader_open(&n.store_options, why, &reader));
	MUST(store_audit(reader, env_wall_ms(&env_real), broken, NULL, &count));
	reader_close(reader);
	ck_assert_uint_eq(count, 0);
}

/* ---- calls ---- */

/* ' for " keeps the tables readable. */
static const char *unquote(const char *text, char out[BODY_BYTES])
{
	size_t i = 0;

	if (!text)
		return NULL;
	ck_assert_uint_lt(strlen(text), BODY_BYTES);
	for (; text[i]; i++)
		out[i] = text[i] == '\'' ? '"' : text[i];
	out[i] = '\0';
	return out;
}

static struct client *client(const char *token)
{
	const struct client_options options = {
	        .base_url = n.url, .bearer = token, .timeout_ms = 20000};
	struct client *c;

	MUST(client_new(&options, &c));
	return c;
}

static void full_path(const char *path, char out[TEXT_BYTES])
{
	bool root = strncmp(path, "//", 2) == 0;

	(void)snprintf(out, TEXT_BYTES, "%s%s", root ? "" : "/admin/v1", root ? path + 1 : path);
}

int node_contains(const json_t *got, const json_t *want)
{
	json_t *value;
	const char *name;
	size_t i;

	if (json_is_string(want) && strcmp(json_string_value(want), "*") == 0)
		return json_is_string(got);
	if (json_is_object(want) && json_is_object(got)) {
		json_object_foreach((json_t *)want, name,
		        value) if (!node_contains(json_object_get(got, name), value)) return 0;
		return 1;
	}
	if (json_is_array(want) && json_is_array(got)) {
		if (json_array_size(want) != json_array_size(got))
			return 0;
		json_array_foreach(
		        want, i, value) if (!node_contains(json_array_get(got, i), value)) return 0;
		return 1;
	}
	return json_equal(got, want);
}

static void check_answer(const struct call *c, const struct client_answer *a, const json_t *got)
{
	char text[BODY_BYTES];
	json_error_t error;
	json_t *want;

	ck_assert_msg(a->status == c->status, "%s %s %s: %d and not %d: %s", c->method, c->path,
	        c->body ? c->body : "", a->status, c->status, a->body);
	if (!c->want)
		return;
	want = json_loads(unquote(c->want, text), 0, &error);
	ck_assert_msg(want != NULL, "%s: %s", c->want, error.text);
	ck_assert_msg(node_contains(got, want), "%s %s: %s lacks %s", c->method, c->path, a->body,
	        c->want);
	json_decref(want);
}

json_t *node_call(const struct call *c)
{
	char path[TEXT_BYTES], body[BODY_BYTES];
	const struct client_request rq = {.method = c->method,
	        .path = path,
	        .json = unquote(c->body, body),
	        .idempotency_key = c->key};
	struct client *with = client(NODE_TOKEN);
	struct client_answer answer;
	json_t *got;

	full_path(c->path, path);
	MUST(client_call(with, &rq, &answer));
	got = json_loadb(answer.body, answer.body_n, 0, NULL);
	check_answer(c, &answer, got);
	client_free(with);
	return got;
}

void node_calls(const struct call *calls, size_t count)
{
	for (size_t i = 0; i < count; i++)
		json_decref(node_call(&calls[i]));
}

int node_status(const char *token, const char *method, const char *path, char *text, size_t size)
{
	struct client *with = client(token);
	char whole[TEXT_BYTES];
	const struct client_request rq = {.method = method, .path = whole};
	struct client_answer answer;
	int status;

	full_path(path, whole);
	MUST(client_call(with, &rq, &answer));
	status = answer.status;
	if (size)
		(void)snprintf(text, size, "%.*s", (int)answer.body_n, answer.body);
	client_free(with);
	return status;
}
