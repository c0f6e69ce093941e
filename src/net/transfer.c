#include "net/transfer.h"

#include <arpa/inet.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

#define HEADER_LINE_MAX 8192

static pthread_once_t init_once = PTHREAD_ONCE_INIT;
static CURLcode init_code;

static void init_curl(void)
{
	init_code = curl_global_init(CURL_GLOBAL_DEFAULT);
}

enum result transfer_init(void)
{
	pthread_once(&init_once, init_curl);
	return init_code == CURLE_OK ? RESULT_OK : RESULT_OURS_MEMORY;
}

/* ---- callbacks of libcurl ---- */

static curl_socket_t on_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *t = arg;

	(void)purpose;
	if (t->asked) {
		/* For a repetition, which on_before_request would refuse as well. */
		t->again = true;
		return CURL_SOCKET_BAD;
	}
	if (t->guard &&
	        url_guard_address(t->guard, t->policy, t->host, &address->addr, address->addrlen)) {
		t->blocked = true;
		return CURL_SOCKET_BAD;
	}
	t->connected = true;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* The address of a connection by its text, for one that an earlier transfer opened, maybe under
 * another policy. */
static bool may_use_address(const struct transfer *t, const char *ip, int port)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};

	if (!t->guard)
		return true;
	if (inet_pton(AF_INET, ip, &v4.sin_addr) == 1)
		return url_guard_address(t->guard, t->policy, t->host, (struct sockaddr *)&v4,
		               sizeof(v4)) == RESULT_OK;
	if (inet_pton(AF_INET6, ip, &v6.sin6_addr) == 1)
		return url_guard_address(t->guard, t->policy, t->host, (struct sockaddr *)&v6,
		               sizeof(v6)) == RESULT_OK;
	return false;
}

/* Called each time before a request goes out on a connection, fresh or reused. */
static int on_before_request(void *arg, char *their_ip, char *our_ip, int their_port, int our_port)
{
	struct transfer *t = arg;

	(void)our_ip;
	(void)our_port;
	if (t->asked) {
		t->again = true;
		return CURL_PREREQFUNC_ABORT;
	}
	if (!may_use_address(t, their_ip, their_port)) {
		t->blocked = true;
		return CURL_PREREQFUNC_ABORT;
	}
	t->asked = true;
	return CURL_PREREQFUNC_OK;
}

static size_t on_header(char *data, size_t size, size_t count, void *arg)
{
	struct transfer *t = arg;

	(void)data;
	t->header_bytes += size * count;
	if (t->header_bytes > TRANSFER_HEADER_BYTES_MAX) {
		t->too_big = true;
		return 0;
	}
	return size * count;
}

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
	struct transfer *t = arg;
	size_t n = size * count;
	enum result r = answer_body_add(&t->answer, bytes_of(data, n));

	t->too_big = r == RESULT_THEIRS_TOO_BIG;
	t->no_memory = r == RESULT_OURS_MEMORY;
	return r ? 0 : n;
}

/* ---- set-up ---- */

#define SET(easy, option, value) (failed |= curl_easy_setopt(easy, option, value) != CURLE_OK)

enum result transfer_new(const struct transfer_options *options, struct transfer **out)
{
	struct transfer *t = calloc(1, sizeof(*t));
	const char *protocols = options->plain_http ? "http,https" : "https";
	bool failed = false;

	if (!t)
		return RESULT_OURS_MEMORY;
	t->guard = options->guard;
	t->easy = curl_easy_init();
	if (!t->easy) {
		free(t);
		return RESULT_OURS_MEMORY;
	}
	SET(t->easy, CURLOPT_PRIVATE, t);
	SET(t->easy, CURLOPT_NOSIGNAL, 1L);
	SET(t->easy, CURLOPT_PROTOCOLS_STR, protocols);
	SET(t->easy, CURLOPT_FOLLOWLOCATION, 0L);
	SET(t->easy, CURLOPT_PROXY, "");
	SET(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(t->easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
	SET(t->easy, CURLOPT_TCP_NODELAY, 1L);
	SET(t->easy, CURLOPT_MAXAGE_CONN, (long)TRANSFER_IDLE_S);
	SET(t->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_ms);
	SET(t->easy, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(t->easy, CURLOPT_SSL_VERIFYHOST, 2L);
	SET(t->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(t->easy, CURLOPT_USERAGENT, options->user_agent ? options->user_agent : "florin");
	if (options->ca_file)
		SET(t->easy, CURLOPT_CAINFO, options->ca_file);
	SET(t->easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
	SET(t->easy, CURLOPT_OPENSOCKETDATA, t);
	SET(t->easy, CURLOPT_PREREQFUNCTION, on_before_request);
	SET(t->easy, CURLOPT_PREREQDATA, t);
	SET(t->easy, CURLOPT_HEADERFUNCTION, on_header);
	SET(t->easy, CURLOPT_HEADERDATA, t);
	SET(t->easy, CURLOPT_WRITEFUNCTION, on_body);
	SET(t->easy, CURLOPT_WRITEDATA, t);
	if (failed) {
		transfer_free(t);
		return RESULT_OURS_MEMORY;
	}
	*out = t;
	return RESULT_OK;
}

void transfer_free(struct transfer *t)
{
	if (!t)
		return;
	curl_easy_cleanup(t->easy);
	free(t);
}

void transfer_free_list(struct transfer *first)
{
	while (first) {
		struct transfer *t = first;

		first = t->next;
		transfer_free(t);
	}
}

static enum result append(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	if (!longer)
		return RESULT_OURS_MEMORY;
	*list = longer;
	return RESULT_OK;
}

static enum result add_header(struct curl_slist **list, const char *name, const char *value)
{
	char line[HEADER_LINE_MAX];
	size_t name_n = strlen(name);
	size_t value_n = strlen(value);
	enum result r = RESULT_OK;

	if (name_n + value_n >= sizeof(line))
		return RESULT_THEIRS_MALFORMED;
	memcpy(line, name, name_n);
	memcpy(line + name_n, value, value_n + 1);
	for (const char *p = line; *p && !r; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			r = RESULT_THEIRS_MALFORMED;
	}
	if (!r)
		r = append(list, line);
	secret_wipe(line, name_n + value_n);
	return r;
}

void transfer_headers_free(struct curl_slist *list)
{
	for (struct curl_slist *at = list; at; at = at->next)
		secret_wipe(at->data, strlen(at->data));
	curl_slist_free_all(list);
}

enum result transfer_headers(const char *const *headers, const char *content_type,
        const char *accept, struct curl_slist **out)
{
	struct curl_slist *list = NULL;
	/* No waiting for a 100, and no content type that we did not name. */
	enum result r = add_header(&list, "Expect:", "");

	if (!r)
		r = add_header(&list, content_type ? "Content-Type: " : "Content-Type:",
		        content_type ? content_type : "");
	if (!r && accept)
		r = add_header(&list, "Accept: ", accept);
	for (; !r && headers && *headers; headers++)
		r = add_header(&list, *headers, "");
	if (r) {
		transfer_headers_free(list);
		return r;
	}
	*out = list;
	return RESULT_OK;
}

enum result transfer_more_headers(
        const struct curl_slist *list, const char *lines, struct curl_slist **out)
{
	struct curl_slist *all = NULL;
	enum result r = RESULT_OK;

	for (; !r && list; list = list->next)
		r = append(&all, list->data);
	while (!r && lines && *lines) {
		char line[HEADER_LINE_MAX];
		size_t n = strcspn(lines, "\r");

		if (n >= sizeof(line))
			r = RESULT_OURS_BUG;
		else {
			memcpy(line, lines, n);
			line[n] = '\0';
			r = append(&all, line);
			secret_wipe(line, n);
			lines += n + strspn(lines + n, "\r\n");
		}
	}
	if (r) {
		transfer_headers_free(all);
		return r;
	}
	*out = all;
	return RESULT_OK;
}

enum result transfer_aim(struct transfer *t, const char *url, const char *host,
        enum url_policy policy, struct curl_slist *headers)
{
	bool failed = false;
	size_t n = strlen(host);

	if (n >= sizeof(t->host))
		return RESULT_THEIRS_TOO_BIG;
	memcpy(t->host, host, n + 1);
	t->policy = policy;
	SET(t->easy, CURLOPT_URL, url);
	SET(t->easy, CURLOPT_HTTPHEADER, headers);
	return failed ? RESULT_OURS_MEMORY : RESULT_OK;
}

enum result transfer_load(
        struct transfer *t, const char *method, struct bytes body, int64_t timeout_ms)
{
	bool post = strcmp(method, "POST") == 0;
	bool bare = strcmp(method, "GET") == 0 && body.n == 0;
	bool failed = false;

	if (t->method != method || t->bare != bare) {
		SET(t->easy, bare ? CURLOPT_HTTPGET : CURLOPT_POST, 1L);
		SET(t->easy, CURLOPT_CUSTOMREQUEST, bare || post ? NULL : method);
		t->method = method;
		t->bare = bare;
	}
	if (!bare) {
		SET(t->easy, CURLOPT_POSTFIELDS, body.n ? (const char *)body.p : "");
		SET(t->easy, CURLOPT_POSTFIELDSIZE, (long)body.n);
	}
	SET(t->easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
	t->header_bytes = 0;
	t->asked = t->blocked = t->again = t->too_big = t->no_memory = t->connected = false;
	t->answer.n = 0;
	return failed ? RESULT_OURS_MEMORY : RESULT_OK;
}

/* ---- the end ---- */

static enum result end_of_sent(const struct transfer *t, CURLcode code)
{
	if (t->too_big)
		return RESULT_THEIRS_TOO_BIG;
	if (t->no_memory || code == CURLE_OUT_OF_MEMORY)
		return RESULT_OURS_MEMORY;
	if (code == CURLE_OPERATION_TIMEDOUT)
		return RESULT_RETRY_TIMEOUT;
	if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_WEIRD_SERVER_REPLY)
		return RESULT_THEIRS_PROTOCOL; /* the answer is no HTTP/1 */
	return RESULT_RETRY_UNKNOWN;
}

static enum result end_of_unsent(const struct transfer *t, CURLcode code)
{
	if (t->blocked)
		return RESULT_THEIRS_BLOCKED;
	if (code == CURLE_OPERATION_TIMEDOUT)
		return RESULT_RETRY_TIMEOUT;
	if (code == CURLE_OUT_OF_MEMORY)
		return RESULT_OURS_MEMORY;
	if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
		return RESULT_THEIRS_MALFORMED;
	return RESULT_RETRY_UNREACHABLE;
}

enum result transfer_end(struct transfer *t, CURLcode code, bool *sent, int *status)
{
	long request_bytes = 0;
	long http = 0;

	curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
	*sent = t->asked && request_bytes > 0;
	*status = 0;
	if (code == CURLE_OK) {
		curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &http);
		*status = (int)http;
		return RESULT_OK;
	}
	t->answer.n = 0;
	return *sent ? end_of_sent(t, code) : end_of_unsent(t, code);
}
