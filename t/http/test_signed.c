/* The signature step on a running node: local clients by the store, others by a server of this
 * test, JWK clients; what is refused and how; repetitions. */
#include "unit/harness.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "admin/node.h"
#include "auth/client_keys.h"
#include "base/clock.h"
#include "base/secret.h"
#include "base/text.h"
#include "codec/http_sig.h"
#include "http/reply.h"
#include "http/signed.h"
#include "ilp/node_sign.h"

#define PUBLIC_URL  "http://127.0.0.1:9"
#define REPLY_BYTES 8192

/* ---- the handlers under test: the client is named by the query ---- */

static enum http_next signed_well(struct http_request *rq)
{
	struct idempotency_key key;

	if (signed_idempotency(rq, "test", &key))
		return http_reply_error(rq, 400, "bad_key", "no key");
	return http_reply_json(rq, 200,
	        json_pack("{s:s,s:s,s:s}", "client", signed_client(rq), "principal", key.principal,
	                "key", key.key));
}

static struct jwk own_key; /* of JWK clients */

static enum http_next check(struct http_request *rq, enum signed_side side)
{
	const char *client = http_query(rq, "client");
	struct signed_by by = {.client = client, .jwk = client ? NULL : &own_key};

	ck_assert_ptr_null(signed_client(rq));
	return signed_require(rq, side, &by, signed_well);
}

static enum http_next check_as(struct http_request *rq)
{
	return check(rq, SIGNED_AS);
}

static enum http_next check_rs(struct http_request *rq)
{
	return check(rq, SIGNED_RS);
}

static const struct http_route routes[] = {
        {HTTP_POST, "/as", check_as, 4096, 0},
        {HTTP_POST, "/rs", check_rs, 4096, 0},
        {HTTP_GET, "/rs", check_rs, 0, 0},
};

/* ---- a client ---- */

struct key {
	struct http_sig_signer signer;
	uint8_t public_key[32];
	char x[JWK_X_SIZE];
};

static void make_key(struct key *k, uint8_t number)
{
	uint8_t seed[crypto_sign_SEEDBYTES] = {number};

	*k = (struct key){.signer.keyid = "key-1"};
	crypto_sign_seed_keypair(k->public_key, k->signer.private_key, seed);
	base64_encode(bytes_of(k->public_key, 32), BASE64_URL | BASE64_NO_PAD, k->x);
}

static void send_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		ck_assert_int_gt(sent, 0);
		p += sent;
		n -= (size_t)sent;
	}
}

/* One exchange; the status. `reply` gets everything. */
static int exchange(const char *text, size_t n, char reply[REPLY_BYTES])
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	        .sin_port = htons(node_public_port()),
	        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), status = 0;
	size_t got = 0;
	ssize_t part;

	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	send_all(fd, text, n);
	while (got < REPLY_BYTES - 1 &&
	        (part = recv(fd, reply + got, REPLY_BYTES - 1 - got, 0)) > 0)
		got += (size_t)part;
	close(fd);
	reply[got] = '\0';
	for (const char *p = reply + strlen("HTTP/1.1 "); *p >= '0' && *p <= '9'; p++)
		status = status * 10 + (*p - '0');
	return status;
}

enum { NO_DIGEST = 1, OTHER_BODY = 2, NO_AUTHORIZATION = 4 };

/* A request signed by k. */
static int request(const struct key *k, const char *method, const char *target, const char *body,
        int64_t created_s, int how, char reply[REPLY_BYTES])
{
	char text[REPLY_BYTES], uri[2048], digest[CONTENT_DIGEST_SIZE], length[24];
	struct http_sig_field fields[4];
	struct http_sig_made made;
	struct http_sig_message m = {.method = bytes_str(method), .fields = fields};
	bool has_body = *body && !(how & NO_DIGEST);
	int n;

	snprintf(uri, sizeof(uri), PUBLIC_URL "%s", target);
	snprintf(length, sizeof(length), "%zu", strlen(body));
	content_digest_make(bytes_str(body), digest);
	m.target_uri = bytes_str(uri);
	m.body = bytes_str(body);
	if (!(how & NO_AUTHORIZATION))
		fields[m.field_count++] = (struct http_sig_field){
		        bytes_str("authorization"), bytes_str("GNAP token")};
	if (has_body)
		fields[m.field_count++] =
		        (struct http_sig_field){bytes_str("content-digest"), bytes_str(digest)};
	ck_assert_int_eq(http_sig_sign(&m, &k->signer, created_s, &made), RESULT_OK);
	n = snprintf(text, sizeof(text),
	        "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: GNAP token\r\n"
	        "Content-Length: %s\r\nSignature-Input: %s\r\nSignature: %s\r\n%s%s%s\r\n%s",
	        method, target, length, made.input, made.signature,
	        has_body ? "Content-Digest: " : "", has_body ? digest : "", has_body ? "\r\n" : "",
	        body);
	if (how & OTHER_BODY)
		text[n - 1] ^= 1;
	return exchange(text, (size_t)n, reply);
}

static int64_t now_s(void)
{
	return clock_wall_ms() / 1000;
}

static void add_wallet(const char *name, const struct key *k)
{
	char path[128], wallet[256], body[512];
	struct call calls[] = {
	        {"POST", "/wallet-addresses", wallet, NULL, 201, NULL},
	        {"POST", path, body, NULL, 201, "{'kid':'key-1'}"},
	};

	snprintf(wallet, sizeof(wallet), "{'name':'%s','assetCode':'USD'}", name);
	snprintf(path, sizeof(path), "/wallet-addresses/%s/keys", name);
	snprintf(body, sizeof(body), "{'jwk':{'kid':'key-1','kty':'OKP','crv':'Ed25519','x':'%s'}}",
	        k->x);
	NODE_CALLS(calls);
}

/* ---- tests ---- */

static struct key alice, other;

static void setup(void)
{
	make_key(&alice, 1);
	make_key(&other, 2);
	node_public(routes, sizeof(routes) / sizeof(routes[0]));
	node_setup();
	add_wallet("alice", &alice);
}

static void teardown(void)
{
	node_teardown();
}

#define ALICE "?client=" PUBLIC_URL "/alice"

START_TEST(local_client)
{
	static const char *const forms[] = {"?client=" PUBLIC_URL "/alice",
	        "?client=" PUBLIC_URL "/alice/", "?client=HTTP://127.0.0.1:9/ALICE"};
	char reply[REPLY_BYTES], target[256];

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		snprintf(target, sizeof(target), "/rs%s", forms[i]);
		ck_assert_msg(request(&alice, "POST", target, "{}", now_s(), 0, reply) == 200, "%s",
		        reply);
		ck_assert_ptr_nonnull(strstr(reply, "\"client\":\"" PUBLIC_URL "/alice\""));
	}
	ck_assert_int_eq(request(&alice, "GET", "/rs" ALICE, "", now_s(), 0, reply), 200);
	ck_assert_int_eq(request(&alice, "POST", "/as" ALICE, "{}", now_s(), 0, reply), 200);
	/* the root wallet is the only wallet */
	ck_assert_int_eq(request(&alice, "GET", "/rs?client=" PUBLIC_URL "/.well-known/pay", "",
	                         now_s(), 0, reply),
	        200);
}
END_TEST

START_TEST(refusals)
{
	const struct {
		const struct key *key;
		const char *method, *target, *body;
		int64_t created;
		int how, status;
		const char *text;
	} rows[] = {
	        {&other, "POST", "/as" ALICE, "{}", 0, 0, 401, "\"invalid_client\""},
	        {&other, "POST", "/rs" ALICE, "{}", 0, 0, 401,
	                "Signature validation error: the signature is not that of the key"},
	        {&alice, "POST", "/rs" ALICE, "{}", -400, 0, 401,
	                "Signature validation error: the signature was created too long ago"},
	        {&alice, "POST", "/rs" ALICE, "{}", 100, 0, 401, "created in the future"},
	        {&alice, "POST", "/rs" ALICE, "{}", 0, NO_DIGEST, 401,
	                "does not cover content-digest"},
	        {&alice, "POST", "/rs" ALICE, "{}", 0, OTHER_BODY, 401,
	                "Content-Digest is not that of the body"},
	        {&alice, "POST", "/rs" ALICE, "{}", 0, NO_AUTHORIZATION, 401,
	                "does not cover authorization"},
	        {&alice, "POST", "/as?client=" PUBLIC_URL "/nobody", "{}", 0, 0, 400,
	                "could not find key in list of client keys"},
	        {&alice, "POST", "/rs?client=" PUBLIC_URL "/nobody", "{}", 0, 0, 401,
	                "Signature validation error: could not find key in list of client keys"},
	        {&alice, "POST", "/as?client=" PUBLIC_URL "/node", "{}", 0, 0, 400,
	                "could not find key"},
	        {&alice, "POST", "/as?client=x", "{}", 0, 0, 400, "not a wallet address"},
	        {&alice, "POST", "/as?client=https://a.example/b%23c", "{}", 0, 0, 400,
	                "not a wallet address"},
	};
	char reply[REPLY_BYTES];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int status = request(rows[i].key, rows[i].method, rows[i].target, rows[i].body,
		        now_s() + rows[i].created, rows[i].how, reply);

		ck_assert_msg(status == rows[i].status && strstr(reply, rows[i].text),
		        "row %zu: %d %s", i, status, reply);
		if (strncmp(rows[i].target, "/rs", 3) == 0)
			ck_assert_msg(
			        strstr(reply, "WWW-Authenticate: GNAP as_uri=" PUBLIC_URL "/auth"),
			        "%s", reply);
	}
}
END_TEST

START_TEST(unsigned_requests)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
	        {"GET /rs" ALICE " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
	                "Signature validation error: there is no Signature-Input"},
	        {"GET /rs" ALICE " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nSignature-Input: "
	         "sig1=(\"@method\");keyid=\"key-1\";created=1\r\n\r\n",
	                "Signature validation error: there is no Signature"},
	        {"GET /rs" ALICE " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nSignature-Input: "
	         "sig1=(\r\nSignature: sig1=:AA==:\r\n\r\n",
	                "Signature-Input is malformed"},
	};
	char reply[REPLY_BYTES];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_int_eq(exchange(rows[i].text, strlen(rows[i].text), reply), 401);
		ck_assert_msg(strstr(reply, rows[i].want), "%s", reply);
	}
}
END_TEST

START_TEST(revoked)
{
	static const struct call revoke = {
	        "DELETE", "/wallet-addresses/alice/keys/key-1", NULL, NULL, 200, NULL};
	char reply[REPLY_BYTES];

	ck_assert_int_eq(request(&alice, "GET", "/rs" ALICE, "", now_s(), 0, reply), 200);
	json_decref(node_call(&revoke));
	ck_assert_int_eq(request(&alice, "GET", "/rs" ALICE, "", now_s(), 0, reply), 401);
	ck_assert_ptr_nonnull(strstr(reply, "could not find key in list of client keys"));
}
END_TEST

START_TEST(last_use)
{
	static const struct call list = {
	        "GET", "/wallet-addresses/alice/keys", NULL, NULL, 200, NULL};
	char reply[REPLY_BYTES];
	bool used = false;

	ck_assert_int_eq(request(&other, "GET", "/rs" ALICE, "", now_s(), 0, reply), 401);
	for (int i = 0; i < 200 && !used; i++) {
		json_t *got = node_call(&list), *key;

		key = json_array_get(json_object_get(got, "items"), 0);
		ck_assert(i > 0 || json_is_null(json_object_get(key, "lastUsedAt")));
		used = json_is_string(json_object_get(key, "lastUsedAt"));
		json_decref(got);
		if (i == 0)
			ck_assert_int_eq(
			        request(&alice, "GET", "/rs" ALICE, "", now_s(), 0, reply), 200);
		else if (!used)
			usleep(50 * 1000); /* it is noted in passing */
	}
	ck_assert(used);
}
END_TEST

START_TEST(jwk_client)
{
	char reply[REPLY_BYTES], thumbprint[JWK_THUMBPRINT_SIZE], want[128];

	for (size_t i = 0; i < 32; i++)
		own_key.public_key[i] = alice.public_key[i];
	ck_assert_int_eq(text_copy(own_key.kid, sizeof(own_key.kid), "key-1"), RESULT_OK);
	jwk_thumbprint(alice.public_key, thumbprint);
	snprintf(want, sizeof(want), "\"client\":\"jwk:%s\"", thumbprint);
	ck_assert_int_eq(request(&alice, "POST", "/as", "{}", now_s(), 0, reply), 200);
	ck_assert_msg(strstr(reply, want), "%s", reply);
	ck_assert_int_eq(request(&other, "POST", "/as", "{}", now_s(), 0, reply), 401);
	own_key.kid[0] = 'K';
	ck_assert_int_eq(request(&alice, "POST", "/as", "{}", now_s(), 0, reply), 400);
}
END_TEST

/* The key under which an answer is remembered: the same for the same signature only. */
START_TEST(repetitions)
{
	char one[REPLY_BYTES], two[REPLY_BYTES], three[REPLY_BYTES];
	int64_t now = now_s();
	const char *a, *b, *c;

	ck_assert_int_eq(request(&alice, "POST", "/rs" ALICE, "{}", now, 0, one), 200);
	ck_assert_int_eq(request(&alice, "POST", "/rs" ALICE, "{}", now, 0, two), 200);
	ck_assert_int_eq(request(&alice, "POST", "/rs" ALICE, "{}", now - 1, 0, three), 200);
	a = strstr(one, "\"key\":\"signature:");
	b = strstr(two, "\"key\":\"signature:");
	c = strstr(three, "\"key\":\"signature:");
	ck_assert(a && b && c);
	ck_assert_str_eq(a, b);
	ck_assert_str_ne(a, c);
}
END_TEST

/* ---- a client on another server ---- */

static struct {
	int fd;
	uint16_t port;
	pthread_t thread;
	_Atomic int asked;
	_Atomic(const char *) answer; /* whole */
} keys_server;

static void *serve_keys(void *arg)
{
	(void)arg;
	for (;;) {
		char request_text[4096];
		const char *answer;
		int fd = accept(keys_server.fd, NULL, NULL);

		if (fd < 0)
			return NULL;
		if (recv(fd, request_text, sizeof(request_text), 0) > 0) {
			keys_server.asked++;
			answer = keys_server.answer;
			send_all(fd, answer, strlen(answer));
		}
		shutdown(fd, SHUT_WR);
		close(fd);
	}
}

static void keys_start(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(at);

	keys_server.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	keys_server.asked = 0;
	ck_assert_int_eq(bind(keys_server.fd, (struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_int_eq(listen(keys_server.fd, 16), 0);
	ck_assert_int_eq(getsockname(keys_server.fd, (struct sockaddr *)&at, &size), 0);
	keys_server.port = ntohs(at.sin_port);
	ck_assert_int_eq(pthread_create(&keys_server.thread, NULL, serve_keys, NULL), 0);
}

static void keys_stop(void)
{
	shutdown(keys_server.fd, SHUT_RDWR);
	pthread_join(keys_server.thread, NULL);
	close(keys_server.fd);
}

static char documents[2][2048];

/* The answer with this body, in one of two buffers in turn. */
static void keys_answer(int status, const char *body)
{
	static unsigned turn;
	char *to = documents[turn++ % 2];

	snprintf(to, sizeof(documents[0]),
	        "HTTP/1.1 %d X\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s", status,
	        strlen(body), body);
	keys_server.answer = to;
}

static void keys_document(const char *kid, const struct key *k)
{
	char body[1024];

	snprintf(body, sizeof(body),
	        "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"x\"},{\"kid\":\"%s\",\"kty\":\"OKP\","
	        "\"crv\":\"Ed25519\",\"alg\":\"EdDSA\",\"x\":\"%s\"}]}",
	        kid, k->x);
	keys_answer(200, body);
}

static int foreign(const struct key *k, const char *path, char reply[REPLY_BYTES])
{
	char target[256];

	snprintf(
	        target, sizeof(target), "/as?client=http://127.0.0.1:%u%s", keys_server.port, path);
	return request(k, "POST", target, "{}", now_s(), 0, reply);
}

START_TEST(foreign_client)
{
	char reply[REPLY_BYTES];
	int asked;

	keys_start();
	keys_document("key-1", &alice);
	ck_assert_msg(foreign(&alice, "/shop", reply) == 200, "%s", reply);
	ck_assert_int_eq(keys_server.asked, 1);
	ck_assert_int_eq(foreign(&other, "/shop", reply), 401);
	/* what was fetched counts for 3 s at most: a key that is gone is refused then */
	keys_document("key-2", &alice);
	usleep((CLIENT_KEYS_AGE_MS + 100) * 1000);
	ck_assert_int_eq(foreign(&alice, "/shop", reply), 400);
	ck_assert_ptr_nonnull(strstr(reply, "could not find key in list of client keys"));
	/* an unknown kid is looked for again, but not in a document that was just fetched */
	keys_document("key-1", &alice);
	usleep(300 * 1000);
	ck_assert_int_eq(foreign(&alice, "/shop", reply), 200);
	/* failures */
	asked = keys_server.asked;
	keys_answer(404, "{}");
	ck_assert_int_eq(foreign(&alice, "/none", reply), 400);
	ck_assert_int_eq(keys_server.asked, asked + 1);
	keys_answer(200, "<html>");
	ck_assert_int_eq(foreign(&alice, "/html", reply), 400);
	ck_assert_ptr_nonnull(strstr(reply, "no list of keys"));
	keys_answer(200, "{\"keys\":7}");
	ck_assert_int_eq(foreign(&alice, "/seven", reply), 400);
	keys_answer(302, "");
	ck_assert_int_eq(foreign(&alice, "/moved", reply), 400);
	keys_stop();
	ck_assert_int_eq(foreign(&alice, "/down", reply), 400);
	ck_assert_ptr_nonnull(strstr(reply, "could not be fetched"));
}
END_TEST

/* ---- requests of the node itself ---- */

static int send_own(const struct outbound_request *rq, const char *method, char reply[REPLY_BYTES])
{
	char text[REPLY_BYTES];
	int n = snprintf(text, sizeof(text), "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n",
	        method, rq->url + strlen(PUBLIC_URL));

	for (const char *const *h = rq->headers; *h; h++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s\r\n", *h);
	if (rq->content_type)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "Content-Type: %s\r\n",
		        rq->content_type);
	n += snprintf(text + n, sizeof(text) - (size_t)n, "Content-Length: %zu\r\n\r\n%.*s",
	        rq->body.n, (int)rq->body.n, rq->body.n ? (const char *)rq->body.p : "");
	return exchange(text, (size_t)n, reply);
}

START_TEST(own_requests)
{
	static const struct {
		enum outbound_method method;
		const char *name, *path, *token, *body;
	} rows[] = {
	        {OUTBOUND_GET, "GET", "/rs", "abc", ""},
	        {OUTBOUND_POST, "POST", "/rs", "abc", "{}"},
	        {OUTBOUND_POST, "POST", "/as", NULL, "{\"a\":1}"},
	        {OUTBOUND_POST, "POST", "/as", "abc", ""},
	};
	struct reader *reader = node_reader();
	char reply[REPLY_BYTES], url[256];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct outbound_request rq = {.url = url,
		        .method = rows[i].method,
		        .policy = URL_POLICY_FOREIGN,
		        .body = bytes_str(rows[i].body)};
		struct node_signed out;

		snprintf(url, sizeof(url), "HTTP://127.0.0.1:9%s?client=" PUBLIC_URL "/node",
		        rows[i].path);
		ck_assert_int_eq(
		        node_sign(node_get(), reader, rows[i].token, &rq, &out), RESULT_OK);
		ck_assert_msg(send_own(&rq, rows[i].name, reply) == 200, "row %zu: %s", i, reply);
		ck_assert_ptr_nonnull(strstr(reply, "\"client\":\"" PUBLIC_URL "/node\""));
	}
	reader_close(reader);
}
END_TEST

START_TEST(own_refusals)
{
	static const struct {
		const char *url, *token;
		enum result r;
	} rows[] = {
	        {PUBLIC_URL "/as", "", RESULT_THEIRS_MALFORMED},
	        {PUBLIC_URL "/as", "a b", RESULT_THEIRS_MALFORMED},
	        {PUBLIC_URL "/as", "a\r\nb", RESULT_THEIRS_MALFORMED},
	        {"ftp://a.example/", "a", RESULT_THEIRS_BLOCKED},
	        {"x", "a", RESULT_THEIRS_MALFORMED},
	        {"http://u@127.0.0.1/", "a", RESULT_THEIRS_MALFORMED},
	};
	struct reader *reader = node_reader();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct outbound_request rq = {.url = rows[i].url, .policy = URL_POLICY_FOREIGN};
		struct node_signed out;

		ck_assert_msg(node_sign(node_get(), reader, rows[i].token, &rq, &out) == rows[i].r,
		        "row %zu", i);
	}
	reader_close(reader);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, local_client);
	tcase_add_test(t, refusals);
	tcase_add_test(t, unsigned_requests);
	tcase_add_test(t, revoked);
	tcase_add_test(t, last_use);
	tcase_add_test(t, jwk_client);
	tcase_add_test(t, repetitions);
	tcase_add_test(t, foreign_client);
	tcase_add_test(t, own_requests);
	tcase_add_test(t, own_refusals);
}

TEST_MAIN("signed", fill)
