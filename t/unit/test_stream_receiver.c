/* The stateless receiver against recorded transcripts; its replies are read back with the same
 * keys. */
#include "unit/harness.h"
#include "unit/vectors.h"

#include "codec/stream_packet.h"
#include "ilp/stream_receiver.h"

#define CASES 22

/* What an application may decide, and receipts, are not this function's. */
static bool concerns(const json_t *c)
{
	const json_t *application = vectors_get(c, "application");
	const json_t *reply = vectors_get(c, "reply_0_2_2");
	const char *code = json_string_value(json_object_get(reply, "code"));

	if (!json_is_null(json_object_get(application, "decline")) ||
	        !json_is_null(json_object_get(application, "total_received_for_receipt")))
		return false;
	return !code || strcmp(code, "F02") != 0; /* addresses are looked up before */
}

static void expect_frames(
        const struct stream_packet *packet, const json_t *expected, const char *note)
{
	struct stream_frames it;
	struct stream_frame f;
	size_t n = 0;

	stream_frames_init(&it, packet);
	while (stream_frames_next(&it, &f)) {
		const json_t *e = json_array_get(expected, n++);

		ck_assert_msg(e != NULL, "%s: more frames than expected", note);
		ck_assert_msg(f.type == vectors_int(e, "type"), "%s: frame type %u", note, f.type);
		if (f.type == STREAM_FRAME_CONNECTION_ASSET_DETAILS) {
			ck_assert(bytes_eq_str(f.asset.code, vectors_text(e, "sourceAssetCode")));
			ck_assert_int_eq(f.asset.scale, vectors_int(e, "sourceAssetScale"));
		}
		if (f.type == STREAM_FRAME_CONNECTION_CLOSE)
			ck_assert_int_eq(f.close.code, vectors_int(e, "errorCode"));
	}
	ck_assert_msg(n == json_array_size(expected), "%s: %zu frames", note, n);
}

static void expect_reply(struct stream_keys *keys, const struct stream_answer *a,
        const json_t *reply, struct vectors *v, const char *note)
{
	static uint8_t plain[STREAM_PLAINTEXT_MAX];
	const json_t *stream = vectors_get(reply, "stream");
	bool fulfil = strcmp(vectors_text(reply, "packet"), "fulfill") == 0;
	struct stream_packet packet;
	struct buf b;

	ck_assert_msg(a->fulfil == fulfil, "%s: fulfil %d", note, a->fulfil);
	if (fulfil)
		ck_assert_msg(
		        memcmp(a->fulfillment, vectors_hex(v, reply, "fulfillment").p, 32) == 0,
		        "%s", note);
	else
		ck_assert_msg(
		        strcmp(a->code, vectors_text(reply, "code")) == 0, "%s: %s", note, a->code);
	if (json_is_null(stream)) {
		ck_assert_msg(a->data.n == 0, "%s: data in a reply that has none", note);
		return;
	}
	buf_init(&b, plain, sizeof(plain));
	ck_assert_int_eq(stream_keys_open(keys, a->data, &b), RESULT_OK);
	ck_assert_int_eq(stream_packet_decode(buf_view(&b), &packet), RESULT_OK);
	ck_assert_int_eq(packet.type, vectors_int(stream, "ilp_packet_type"));
	ck_assert_uint_eq(packet.sequence, vectors_u64(stream, "sequence"));
	ck_assert_uint_eq(packet.amount, vectors_u64(stream, "received_amount"));
	expect_frames(&packet, vectors_get(stream, "frames"), note);
}

START_TEST(transcripts)
{
	static uint8_t scratch[STREAM_PLAINTEXT_MAX], storage[STREAM_REPLY_BYTES_MAX];
	struct vectors v;
	json_t *cases, *c;
	size_t i, looked_at = 0;

	vectors_open(&v, "stream_receiver_transcripts");
	cases = vectors_cases(&v, "cases", CASES);
	json_array_foreach(cases, i, c)
	{
		const json_t *prepare = vectors_get(c, "prepare");
		struct stream_keys *keys;
		struct stream_arrival in;
		struct stream_answer out;

		if (!concerns(c) || json_is_null(json_object_get(c, "shared_secret")) ||
		        strcmp(vectors_text(c, "note"), "token garbage") == 0)
			continue;
		keys = stream_keys_new(vectors_hex(&v, c, "shared_secret"));
		ck_assert_ptr_nonnull(keys);
		in = (struct stream_arrival){
		        .data = vectors_hex(&v, prepare, "data"),
		        .condition = vectors_hex(&v, prepare, "execution_condition").p,
		        .received = vectors_u64(prepare, "amount"),
		        .asset_code = bytes_str("USD"),
		        .asset_scale = 2,
		};
		stream_receiver_answer(keys, &in, scratch, storage, &out);
		expect_reply(
		        keys, &out, vectors_get(c, "reply_0_2_2"), &v, vectors_text(c, "note"));
		in.refuse = true; /* then it is a refusal, whatever it would have been */
		stream_receiver_answer(keys, &in, scratch, storage, &out);
		ck_assert(!out.fulfil);
		stream_keys_free(keys);
		looked_at++;
	}
	ck_assert_uint_eq(looked_at, 15);
	vectors_close(&v);
}
END_TEST

struct hint_case {
	const char *note;
	const char *address; /* NULL: no such frame */
	bool no_data;        /* ConnectionMaxData(0) */
	bool data;
	bool wants_state;
	const char *payer;
};

static const struct hint_case hints[] = {
        {"nothing", NULL, false, false, false, ""},
        {"the asset is asked for", "", false, false, false, ""},
        {"and in the other way", "private.SEND_ONLY_CLIENT", false, false, false, ""},
        {"an address", "test.them.x", false, false, true, "test.them.x"},
        {"an address for money alone", "test.them.x", true, false, false, "test.them.x"},
        {"data", NULL, false, true, true, ""},
        {"data of one that takes none", "test.them.x", true, true, true, "test.them.x"},
        {"no address", "test..x", false, false, false, ""},
};

static size_t hint_frames(const struct hint_case *c, struct stream_frame *f)
{
	size_t n = 0;

	if (c->address) {
		f[n].type = STREAM_FRAME_CONNECTION_NEW_ADDRESS;
		f[n++].address = bytes_str(c->address);
	}
	if (c->no_data)
		f[n++].type = STREAM_FRAME_CONNECTION_MAX_DATA;
	if (c->data) {
		f[n].type = STREAM_FRAME_STREAM_DATA;
		f[n].stream_id = 1;
		f[n++].data.bytes = bytes_str("x");
	}
	f[n].type = STREAM_FRAME_CONNECTION_ASSET_DETAILS;
	f[n].asset.code = bytes_str("XRP");
	f[n++].asset.scale = 9;
	return n;
}

/* What a packet says of its sender, and whether it needs a connection that keeps state. */
START_TEST(what_is_said_of_the_sender)
{
	static uint8_t scratch[STREAM_PLAINTEXT_MAX], storage[STREAM_REPLY_BYTES_MAX];
	static const uint8_t secret[32] = {7};
	struct stream_keys *keys = stream_keys_new(bytes_of(secret, sizeof(secret)));

	ck_assert_ptr_nonnull(keys);
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		const struct hint_case *c = &hints[i];
		struct stream_packet head = {.type = ILP_PREPARE, .sequence = 1};
		uint8_t plain[256], sealed[256 + ENVELOPE_SIZE], fulfillment[32], condition[32];
		struct stream_frame frames[4];
		struct stream_arrival in;
		struct stream_answer out;
		struct buf p, data;

		memset(frames, 0, sizeof(frames));
		buf_init(&p, plain, sizeof(plain));
		stream_packet_encode(&p, &head, frames, hint_frames(c, frames));
		buf_init(&data, sealed, sizeof(sealed));
		stream_keys_seal(keys, buf_view(&p), &data);
		stream_keys_fulfillment(keys, buf_view(&data), fulfillment);
		stream_condition(fulfillment, condition);
		in = (struct stream_arrival){.data = buf_view(&data),
		        .condition = condition,
		        .received = 5,
		        .asset_code = bytes_str("USD"),
		        .asset_scale = 2};
		stream_receiver_answer(keys, &in, scratch, storage, &out);
		ck_assert_msg(out.fulfil, "%s", c->note);
		ck_assert_msg(out.wants_state == c->wants_state, "%s: state", c->note);
		ck_assert_msg(bytes_eq_str(out.payer, c->payer), "%s: payer", c->note);
		ck_assert(bytes_eq_str(out.payer_asset, "XRP") && out.payer_scale == 9);
	}
	stream_keys_free(keys);
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_test(t, what_is_said_of_the_sender);
	tcase_add_test(t, transcripts);
}

TEST_MAIN("stream_receiver", fill)
