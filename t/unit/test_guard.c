#include "unit/harness.h"

#include <string.h>

#include "http/guard.h"

#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define HEADERS_OF 6
#define HOST_FIELD                                                                                 \
	{                                                                                          \
		"Host", "florin.example"                                                           \
	}
#define NO_CONTROL(c) ((c) > 0x20 && (c) < 0x7f)

struct field {
	const char *name;
	const char *value;
};

struct gate_case {
	const char *method;
	const char *target;
	const char *version;
	struct field fields[HEADERS_OF];
	unsigned status;
	const char *field;
};

static const struct gate_case cases[] = {
        /* what passes */
        {"GET", "/alice", "HTTP/1.1", {HOST_FIELD}, 0, NULL},
        {"GET", "/", "HTTP/1.0", {{NULL, NULL}}, 0, NULL},
        {"POST", "/ilp", "HTTP/1.1", {HOST_FIELD, {"Content-Length", "12"}}, 0, NULL},
        {"GET", "/a%20b/c?d=%2F&e=%C3%A4", "HTTP/1.1", {HOST_FIELD}, 0, NULL},
        {"GET", "/a", "HTTP/1.1", {{"host", "[::1]:3000"}}, 0, NULL},
        {"POST", "/a", "HTTP/1.1", {HOST_FIELD, {"Expect", "100-Continue"}}, 0, NULL},
        {"GET", "/a", "HTTP/1.1", {HOST_FIELD, {"Accept", "a"}, {"Accept", "b"}}, 0, NULL},
        {"GET", "/a", "HTTP/1.1", {HOST_FIELD, {"X-Name", "tab\tand \xc3\xa4"}}, 0, NULL},
        {"GET", "/a", "HTTP/1.1", {HOST_FIELD, {"Content-Length", "0"}}, 0, NULL},
        /* version and method */
        {"GET", "/", "HTTP/0.9", {HOST_FIELD}, 505, "version"},
        {"GET", "/", "HTTP/2.0", {HOST_FIELD}, 505, "version"},
        {"GET", "/", "", {HOST_FIELD}, 505, "version"},
        {"get", "/", "HTTP/1.1", {HOST_FIELD}, 501, "method"},
        {"TRACE", "/", "HTTP/1.1", {HOST_FIELD}, 501, "method"},
        {"CONNECT", "a:1", "HTTP/1.1", {HOST_FIELD}, 501, "method"},
        {"", "/", "HTTP/1.1", {HOST_FIELD}, 501, "method"},
        /* target */
        {"GET", "", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        {"GET", "*", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        {"OPTIONS", "*", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        {"GET", "http://other.example/", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        {"GET", "alice", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        {"GET", "/a%00b", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        {"GET", "/a?b=%00", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        {"GET", "/a%0d%0ab", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        {"GET", "/a%7f", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        {"GET", "/a%2fb", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        {"GET", "/a%", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        {"GET", "/a%4", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        {"GET", "/a%4g", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        {"GET", "/a%%41", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        {"GET", "/a\tb", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        {"GET", "/a b", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        {"GET", "/a\x01", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        {"GET", "/a\x7f", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        {"GET", "/\xc3\xa4", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        {"GET", "/a#b", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        {"GET", "/a\\b", "HTTP/1.1", {HOST_FIELD}, 400, "target"},
        /* field names and values */
        {"GET", "/", "HTTP/1.1", {HOST_FIELD, {"X-A b", "c"}}, 400, "header"},
        {"GET", "/", "HTTP/1.1", {HOST_FIELD, {"Content-Length ", "5"}}, 400, "header"},
        {"GET", "/", "HTTP/1.1", {HOST_FIELD, {"@method", "GET"}}, 400, "header"},
        {"GET", "/", "HTTP/1.1", {HOST_FIELD, {"", "x"}}, 400, "header"},
        {"GET", "/", "HTTP/1.1", {HOST_FIELD, {"X\x01", "x"}}, 400, "header"},
        {"GET", "/", "HTTP/1.1", {HOST_FIELD, {"X-A", "b\rc"}}, 400, "header"},
        {"GET", "/", "HTTP/1.1", {HOST_FIELD, {"X-A", "b\nc"}}, 400, "header"},
        {"GET", "/", "HTTP/1.1", {HOST_FIELD, {"X-A", "\x7f"}}, 400, "header"},
        /* framing */
        {"POST", "/", "HTTP/1.1", {HOST_FIELD, {"Transfer-Encoding", "chunked"}}, 411,
                "Transfer-Encoding"},
        {"POST", "/", "HTTP/1.1",
                {HOST_FIELD, {"Content-Length", "5"}, {"transfer-encoding", "Chunked"}}, 411,
                "Transfer-Encoding"},
        {"POST", "/", "HTTP/1.1", {HOST_FIELD, {"Transfer-Encoding", "gzip, chunked"}}, 501,
                "Transfer-Encoding"},
        {"POST", "/", "HTTP/1.1", {HOST_FIELD, {"Transfer-Encoding", ""}}, 501,
                "Transfer-Encoding"},
        {"POST", "/", "HTTP/1.1", {HOST_FIELD, {"Content-Length", "5"}, {"Content-Length", "5"}},
                400, "Content-Length"},
        {"POST", "/", "HTTP/1.1", {HOST_FIELD, {"Content-Length", "5"}, {"content-length", "6"}},
                400, "Content-Length"},
        {"POST", "/", "HTTP/1.1", {HOST_FIELD, {"Content-Length", "5, 5"}}, 400, "Content-Length"},
        {"POST", "/", "HTTP/1.1", {HOST_FIELD, {"Content-Length", "+5"}}, 400, "Content-Length"},
        {"POST", "/", "HTTP/1.1", {HOST_FIELD, {"Content-Length", "-1"}}, 400, "Content-Length"},
        {"POST", "/", "HTTP/1.1", {HOST_FIELD, {"Content-Length", "0x5"}}, 400, "Content-Length"},
        {"POST", "/", "HTTP/1.1", {HOST_FIELD, {"Content-Length", ""}}, 400, "Content-Length"},
        {"POST", "/", "HTTP/1.1", {HOST_FIELD, {"Content-Length", "9999999999999999"}}, 400,
                "Content-Length"},
        {"GET", "/", "HTTP/1.1", {HOST_FIELD, {"Content-Length", "5"}}, 400, "Content-Length"},
        {"HEAD", "/", "HTTP/1.1", {HOST_FIELD, {"Content-Length", "5"}}, 400, "Content-Length"},
        {"POST", "/", "HTTP/1.1", {HOST_FIELD, {"Expect", "something"}}, 417, "Expect"},
        /* doubled fields */
        {"GET", "/", "HTTP/1.1", {HOST_FIELD, HOST_FIELD}, 400, "Host"},
        {"GET", "/", "HTTP/1.1",
                {HOST_FIELD, {"Authorization", "Bearer a"}, {"AUTHORIZATION", "Bearer b"}}, 400,
                "Authorization"},
        {"GET", "/", "HTTP/1.1", {HOST_FIELD, {"Signature", "a"}, {"Signature", "a"}}, 400,
                "Signature"},
        {"GET", "/", "HTTP/1.1", {HOST_FIELD, {"Signature-Input", "a"}, {"Signature-Input", "b"}},
                400, "Signature-Input"},
        {"GET", "/", "HTTP/1.1", {HOST_FIELD, {"Content-Digest", "a"}, {"Content-Digest", "b"}},
                400, "Content-Digest"},
        {"GET", "/", "HTTP/1.1", {HOST_FIELD, {"Content-Type", "a/b"}, {"Content-Type", "a/b"}},
                400, "Content-Type"},
        /* host */
        {"GET", "/", "HTTP/1.1", {{NULL, NULL}}, 400, "Host"},
        {"GET", "/", "HTTP/1.1", {{"Host", ""}}, 400, "Host"},
        {"GET", "/", "HTTP/1.1", {{"Host", "a b"}}, 400, "Host"},
        {"GET", "/", "HTTP/1.1", {{"Host", "a,b"}}, 400, "Host"},
        {"GET", "/", "HTTP/1.1", {{"Host", "user@a"}}, 400, "Host"},
        {"GET", "/", "HTTP/1.0", {{"Host", "a/b"}}, 400, "Host"},
};

static struct guard_verdict check(const struct gate_case *c, size_t bytes)
{
	struct http_header headers[HEADERS_OF];
	struct guard_input in = {.method = c->method,
	        .target = c->target,
	        .version = c->version,
	        .headers = headers,
	        .header_bytes = bytes,
	        .fields_max = LIMIT_HEADER_FIELDS,
	        .header_bytes_max = 8192};

	for (; in.header_count < HEADERS_OF && c->fields[in.header_count].name; in.header_count++) {
		const struct field *f = &c->fields[in.header_count];

		headers[in.header_count] =
		        (struct http_header){f->name, f->value, strlen(f->name), strlen(f->value)};
	}
	return guard_check(&in);
}

START_TEST(table)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct guard_verdict v = check(&cases[i], 100);

		ck_assert_msg(v.status == cases[i].status, "case %zu: %s %s: %u, not %u", i,
		        cases[i].method, cases[i].target, v.status, cases[i].status);
		if (v.status)
			ck_assert_str_eq(v.field, cases[i].field);
	}
}
END_TEST

START_TEST(what_it_reads)
{
	static const struct gate_case post = {
	        "POST", "/a", "HTTP/1.1", {HOST_FIELD, {"content-length", "123456"}}, 0, NULL};
	struct guard_verdict v = check(&post, 100);

	ck_assert_int_eq(v.method, HTTP_POST);
	ck_assert_uint_eq(v.content_length, 123456);
}
END_TEST

START_TEST(sizes)
{
	struct http_header many[LIMIT_HEADER_FIELDS + 1];
	struct guard_input in = {.method = "GET",
	        .target = "/",
	        .version = "HTTP/1.0",
	        .headers = many,
	        .fields_max = LIMIT_HEADER_FIELDS,
	        .header_bytes_max = 8192};

	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = (struct http_header){"X-A", "b", 3, 1};
	ck_assert_uint_eq(check(&cases[0], 8192).status, 0);
	ck_assert_uint_eq(check(&cases[0], 8193).status, 431);
	in.header_count = LIMIT_HEADER_FIELDS;
	ck_assert_uint_eq(guard_check(&in).status, 0);
	in.header_count++;
	ck_assert_uint_eq(guard_check(&in).status, 431);
}
END_TEST

START_TEST(hidden_nul)
{
	struct http_header h[] = {{"X-A", "b\0c", 3, 3}, {"X-A\0b", "c", 5, 1}};
	struct guard_input in = {.method = "GET",
	        .target = "/",
	        .version = "HTTP/1.0",
	        .headers = h,
	        .header_count = 1,
	        .fields_max = LIMIT_HEADER_FIELDS,
	        .header_bytes_max = 8192};

	ck_assert_uint_eq(guard_check(&in).status, 400);
	in.headers = h + 1;
	ck_assert_uint_eq(guard_check(&in).status, 400);
}
END_TEST

/* Every byte in the target, a name and a value: exactly the documented ones pass. */
START_TEST(every_byte)
{
	for (unsigned c = 1; c < 256; c++) {
		char text[4] = {'/', (char)c, 'x', '\0'};
		struct gate_case in = {"GET", text, "HTTP/1.1", {HOST_FIELD}, 0, NULL};
		bool good = NO_CONTROL(c) && !strchr("\\#\"<>%", (int)c);

		ck_assert_msg((check(&in, 0).status == 0) == good, "target byte %u", c);
		in.target = "/";
		in.fields[1] = (struct field){text + 1, "v"};
		good = NO_CONTROL(c) && !strchr("\"(),/:;<=>?@[\\]{}", (int)c);
		ck_assert_msg((check(&in, 0).status == 0) == good, "name byte %u", c);
		in.fields[1] = (struct field){"X-A", text + 1};
		good = c == '\t' || (c >= 0x20 && c != 0x7f);
		ck_assert_msg((check(&in, 0).status == 0) == good, "value byte %u", c);
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, table);
	tcase_add_test(t, what_it_reads);
	tcase_add_test(t, sizes);
	tcase_add_test(t, hidden_nul);
	tcase_add_test(t, every_byte);
}

TEST_MAIN("guard", fill)
