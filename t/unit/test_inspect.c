#include "unit/harness.h"
#include "unit/vectors.h"

#include <string.h>

#include "cli/inspect.h"

/* Every member that the vector has, except those named, must be in `got` with the same value. */
static void check_members(const json_t *want, const json_t *got, const char *const *except)
{
	const char *member;
	json_t *value;

	json_object_foreach((json_t *)want, member, value)
	{
		const char *const *skip = except;

		while (*skip && strcmp(*skip, member) != 0)
			skip++;
		if (*skip)
			continue;
		ck_assert_msg(json_equal(value, json_object_get(got, member)),
		        "%s: want %s, got %s", member, json_dumps(value, JSON_ENCODE_ANY),
		        json_dumps(got, 0));
	}
}

static const struct inspect_with nothing;

START_TEST(packets)
{
	static const char *const except[] = {"note", "packet", NULL};
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "ilp_packets_valid");
	json_array_foreach(vectors_cases(&v, "cases", 220), i, c)
	{
		json_t *got = inspect_packet(vectors_bytes(c, "packet"), &nothing);

		check_members(c, got, except);
		json_decref(got);
	}
	vectors_close(&v);
}
END_TEST

START_TEST(streams)
{
	static const char *const whole[] = {"frames", NULL};
	static const char *const none[] = {NULL};
	struct vectors v;
	json_t *c;
	size_t i, frames = 0;

	vectors_open(&v, "stream_packets");
	json_array_foreach(vectors_cases(&v, "cases", 174), i, c)
	{
		const json_t *want = vectors_get(c, "packet");
		const json_t *want_frames = vectors_get(want, "frames");
		json_t *got = inspect_stream(vectors_bytes(c, "data"),
		        &(struct inspect_with){.secret = vectors_hex(&v, c, "shared_secret")});
		json_t *packet = json_object_get(got, "packet");
		json_t *f;
		size_t k;

		ck_assert_str_eq(vectors_text(got, "fulfillment"), vectors_text(c, "fulfillment"));
		ck_assert_str_eq(vectors_text(got, "condition"), vectors_text(c, "condition"));
		check_members(want, packet, whole);
		ck_assert_uint_eq(json_array_size(json_object_get(packet, "frames")),
		        json_array_size(want_frames));
		json_array_foreach((json_t *)want_frames, k, f)
		{
			check_members(
			        f, json_array_get(json_object_get(packet, "frames"), k), none);
			frames++;
		}
		json_decref(got);
	}
	ck_assert_uint_eq(frames, 383);
	vectors_close(&v);
}
END_TEST

START_TEST(addresses)
{
	static const char *const except[] = {"note", "length", NULL};
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "ilp_addresses");
	json_array_foreach(vectors_cases(&v, "cases", 64), i, c)
	{
		json_t *got = inspect_address(vectors_bytes(c, "address"), &nothing);

		check_members(c, got, except);
		json_decref(got);
	}
	vectors_close(&v);
}
END_TEST

START_TEST(pointers)
{
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "payment_pointers");
	json_array_foreach(vectors_cases(&v, "cases", 26), i, c)
	{
		json_t *got = inspect_pointer(vectors_bytes(c, "pointer"), &nothing);

		if (vectors_bool(c, "rfc_valid")) {
			ck_assert_str_eq(vectors_text(got, "pointer"), vectors_text(c, "pointer"));
			ck_assert_ptr_nonnull(vectors_text(got, "url"));
		} else {
			ck_assert_ptr_nonnull(vectors_text(got, "error"));
			ck_assert_uint_eq(json_object_size(got), 1);
		}
		json_decref(got);
	}
	vectors_close(&v);
}
END_TEST

START_TEST(receipts)
{
	static const char *const except[] = {
	        "description", "receipt", "receipt_base64", "secret", NULL};
	static const struct {
		const char *member;
		size_t count;
	} lists[] = {{"cases", 54}, {"invalid", 19}};
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "stream_receipts");
	for (size_t k = 0; k < 2; k++) {
		json_array_foreach(vectors_cases(&v, lists[k].member, lists[k].count), i, c)
		{
			json_t *got = inspect_receipt(vectors_bytes(c, "receipt"),
			        &(struct inspect_with){.secret = vectors_hex(&v, c, "secret")});

			check_members(c, got, except);
			json_decref(got);
		}
	}
	vectors_close(&v);
}
END_TEST

/* One answer per line, in order, whatever the lines are; the last needs no end. */
START_TEST(lines_in_lines_out)
{
	static const char in_text[] = "g.a\n\nnot an address\n\xff\xfe\ng.\n\ng.b";
	static const char expected[] =
	        "{\"address\":\"g.a\",\"valid\":true}\n"
	        "{\"address\":\"\",\"valid\":false}\n"
	        "{\"address\":\"not an address\",\"valid\":false}\n"
	        "{\"address\":\"\xef\xbf\xbd\xef\xbf\xbd\",\"valid\":false}\n"
	        "{\"address\":\"g.\",\"valid\":false}\n"
	        "{\"address\":\"\",\"valid\":false}\n"
	        "{\"address\":\"g.b\",\"valid\":true}\n";
	char *out_text = NULL;
	size_t out_n = 0;
	FILE *in = fmemopen((void *)(uintptr_t)in_text, sizeof(in_text) - 1, "r");
	FILE *out = open_memstream(&out_text, &out_n);

	ck_assert(in && out);
	ck_assert(inspect_lines(in, out, inspect_address, &nothing));
	fclose(in);
	fclose(out);
	ck_assert_str_eq(out_text, expected);
	free(out_text);
}
END_TEST

START_TEST(bad_lines_do_not_stop_it)
{
	char *out_text = NULL;
	size_t out_n = 0;
	FILE *in = tmpfile();
	FILE *out = open_memstream(&out_text, &out_n);

	ck_assert(in && out);
	for (size_t i = 0; i < INSPECT_LINE_MAX + 2; i++)
		fputc('0', in);
	fputs("\n0\nzz\n0a00\n0d2100000000000000000000000000000000000000000000000000000000000000000"
	      "0",
	        in);
	rewind(in);
	ck_assert(inspect_lines(in, out, inspect_packet, &nothing));
	fclose(in);
	fclose(out);
	ck_assert_ptr_nonnull(strstr(out_text, "{\"error\":\"too_big\"}\n"
	                                       "{\"error\":\"malformed\"}\n"
	                                       "{\"error\":\"malformed\"}\n"
	                                       "{\"error\":\"bad_type\"}\n"
	                                       "{\"type\":\"fulfill\","));
	free(out_text);
}
END_TEST

/* Every case of both profiles, as one line each. */
START_TEST(signatures)
{
	static const char *const lists[] = {"positive", "negative"};
	static const char *const profiles[] = {"compat", "strict"};
	static const size_t counts[] = {16, 24};
	struct inspect_client client;
	struct inspect_with with = {.client = &client};
	struct vectors v;
	json_t *c;
	size_t i;

	vectors_open(&v, "httpsig");
	client.jwks = vectors_get(v.root, "jwks_document");
	for (unsigned n = 0; n < 4; n++) {
		client.profile = n / 2 ? HTTP_SIG_STRICT : HTTP_SIG_COMPAT;
		json_array_foreach(vectors_cases(&v, lists[n % 2], counts[n % 2]), i, c)
		{
			const char *want = vectors_text(vectors_get(c, "expect"), profiles[n / 2]);
			char *line = json_dumps(vectors_get(c, "request"), JSON_COMPACT);
			bool accept = strcmp(want, "reject") != 0;
			json_t *got;

			client.now_s = vectors_int(c, "now");
			got = inspect_signature(bytes_str(line), &with);
			ck_assert_msg(vectors_bool(got, "valid") == accept, "%s %s",
			        vectors_text(c, "id"), profiles[n / 2]);
			if (accept)
				ck_assert_str_eq(vectors_text(got, "keyid"), "client-key-1");
			else if (n % 2)
				ck_assert_str_eq(
				        vectors_text(got, "reason"), vectors_text(c, "reason"));
			json_decref(got);
			free(line);
		}
	}
	vectors_close(&v);
}
END_TEST

START_TEST(no_requests)
{
	static const char *const lines[] = {"", "{", "[]", "{}", "{\"method\":\"GET\"}",
	        "{\"method\":\"GET\",\"target_uri\":\"x\",\"headers\":[]}",
	        "{\"method\":\"GET\",\"target_uri\":\"x\",\"headers\":{\"a\":1}}",
	        "{\"method\":\"GET\",\"target_uri\":\"x\",\"headers\":{},\"body_base64\":\"!\"}"};
	struct inspect_client client = {.jwks = NULL};
	struct inspect_with with = {.client = &client};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		json_t *got = inspect_signature(bytes_str(lines[i]), &with);

		ck_assert_str_eq(vectors_text(got, "error"), "malformed");
		json_decref(got);
	}
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, signatures);
	tcase_add_test(t, no_requests);
	tcase_add_test(t, packets);
	tcase_add_test(t, streams);
	tcase_add_test(t, addresses);
	tcase_add_test(t, pointers);
	tcase_add_test(t, receipts);
	tcase_add_test(t, lines_in_lines_out);
	tcase_add_test(t, bad_lines_do_not_stop_it);
}

TEST_MAIN("inspect", fill)
