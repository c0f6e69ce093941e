#include "cli/inspect.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "cli/command_table.h"
#include "codec/ilp_address.h"
#include "codec/ilp_packet.h"
#include "codec/ilp_timestamp.h"
#include "codec/oer.h"
#include "codec/payment_pointer.h"
#include "codec/receipt.h"
#include "codec/stream_crypt.h"
#include "codec/stream_packet.h"

#define WIRE_VALUE_MAX 32 /* bytes of an over-long integer that are shown as digits */
#define REPLACEMENT    "\xef\xbf\xbd"

/* ---- JSON ---- */

/* A debugging tool has nothing better to do without memory. */
static void *need(void *p)
{
	if (!p)
		abort();
	return p;
}

static void put(json_t *object, const char *member, json_t *value)
{
	if (json_object_set_new(object, member, need(value)) != 0)
		abort();
}

static json_t *number(uint64_t v)
{
	return json_sprintf("%" PRIu64, v);
}

static json_t *hex(struct bytes b)
{
	char *text = need(malloc(2 * b.n + 1));
	json_t *value;

	hex_encode(b, text);
	value = json_string(text);
	free(text);
	return value;
}

/* Foreign text; where it is not UTF-8, each byte that is not ASCII is replaced. */
static json_t *text(struct bytes b)
{
	json_t *value = json_stringn(b.n ? (const char *)b.p : "", b.n);
	char *clean, *at;

	if (value)
		return value;
	at = clean = need(malloc(b.n * strlen(REPLACEMENT) + 1));
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] < 0x80) {
			*at++ = (char)b.p[i];
			continue;
		}
		memcpy(at, REPLACEMENT, strlen(REPLACEMENT));
		at += strlen(REPLACEMENT);
	}
	value = json_stringn(clean, (size_t)(at - clean));
	free(clean);
	return value;
}

static json_t *error_object(enum result r)
{
	json_t *o = need(json_object());

	put(o, "error", json_string(result_name(r)));
	return o;
}

/* ---- packet ---- */

static void put_time(json_t *o, int64_t ms)
{
	uint8_t digits[ILP_TIMESTAMP_SIZE];
	const char *d = (const char *)digits;

	ilp_timestamp_encode(ms, digits);
	put(o, "expires_at",
	        json_sprintf("%.4s-%.2s-%.2sT%.2s:%.2s:%.2s.%.3sZ", d, d + 4, d + 6, d + 8, d + 10,
	                d + 12, d + 14));
	put(o, "expires_at_wire", json_stringn(d, sizeof(digits)));
	put(o, "expires_at_unix_ms", json_integer(ms));
}

static enum result put_prepare(json_t *o, struct bytes packet)
{
	struct ilp_prepare p;
	enum result r = ilp_prepare_decode(packet, &p);

	if (r)
		return r;
	put(o, "type", json_string("prepare"));
	put(o, "type_id", json_integer(ILP_PREPARE));
	put(o, "amount", number(p.amount));
	put_time(o, p.expires_at_ms);
	put(o, "execution_condition", hex(bytes_of(p.condition, ILP_CONDITION_SIZE)));
	put(o, "destination", text(p.destination));
	put(o, "data", hex(p.data));
	return RESULT_OK;
}

static enum result put_fulfill(json_t *o, struct bytes packet)
{
	struct ilp_fulfill f;
	enum result r = ilp_fulfill_decode(packet, &f);
	uint8_t condition[ILP_CONDITION_SIZE];

	if (r)
		return r;
	stream_condition(f.fulfillment, condition);
	put(o, "type", json_string("fulfill"));
	put(o, "type_id", json_integer(ILP_FULFILL));
	put(o, "fulfillment", hex(bytes_of(f.fulfillment, ILP_FULFILLMENT_SIZE)));
	put(o, "condition_sha256", hex(bytes_of(condition, sizeof(condition))));
	put(o, "data", hex(f.data));
	return RESULT_OK;
}

static enum result put_reject(json_t *o, struct bytes packet)
{
	struct ilp_reject reject;
	enum result r = ilp_reject_decode(packet, &reject);

	if (r)
		return r;
	put(o, "type", json_string("reject"));
	put(o, "type_id", json_integer(ILP_REJECT));
	put(o, "code", text(bytes_of(reject.code, ILP_CODE_SIZE)));
	put(o, "triggered_by", text(reject.triggered_by));
	put(o, "message", text(reject.message));
	put(o, "message_hex", hex(reject.message));
	put(o, "data", hex(reject.data));
	return RESULT_OK;
}

static enum result put_packet(json_t *o, struct bytes packet)
{
	enum ilp_type type;
	enum result r = ilp_packet_type(packet, &type);

	if (r)
		return r;
	switch (type) {
	case ILP_PREPARE:
		return put_prepare(o, packet);
	case ILP_FULFILL:
		return put_fulfill(o, packet);
	case ILP_REJECT:
		return put_reject(o, packet);
	}
	return RESULT_OURS_BUG;
}

json_t *inspect_packet(struct bytes line, const struct inspect_with *with)
{
	static uint8_t storage[ILP_PACKET_MAX];
	json_t *o;
	size_t n;
	enum result r = hex_decode((const char *)line.p, line.n, storage, sizeof(storage), &n);

	(void)with;
	if (r)
		return error_object(r);
	o = need(json_object());
	r = put_packet(o, bytes_of(storage, n));
	if (!r)
		return o;
	json_decref(o);
	return error_object(r);
}

/* ---- stream ---- */

/* A big-endian number of any size in digits; NULL where it is too long to be worth it. */
static json_t *wide_number(struct bytes b)
{
	uint8_t value[WIRE_VALUE_MAX];
	char digits[WIRE_VALUE_MAX * 3]; /* a byte is less than three digits */
	size_t at = sizeof(digits);
	bool zero;

	if (b.n > sizeof(value))
		return NULL;
	memcpy(value, b.p, b.n);
	do {
		unsigned rest = 0;

		zero = true;
		for (size_t i = 0; i < b.n; i++) {
			unsigned v = rest << 8 | value[i];

			value[i] = (uint8_t)(v / 10);
			rest = v % 10;
			zero = zero && value[i] == 0;
		}
		digits[--at] = (char)('0' + rest);
	} while (!zero);
	return json_stringn(digits + at, sizeof(digits) - at);
}

/* A limit that saturates, and the total beside it. Where it did saturate the vectors also show what
 * was on the wire, and call the total just that. */
static void put_limit(json_t *o, const struct stream_frame *f, const char *limit_name,
        uint64_t limit, const char *total_name, uint64_t total)
{
	struct cursor c;
	struct bytes wire;
	json_t *wide;

	put(o, limit_name, number(limit));
	put(o, total_name, number(total));
	cursor_init(&c, f->body);
	oer_uint(&c); /* the stream's id */
	wire = oer_octets(&c, SIZE_MAX);
	if (wire.n <= sizeof(limit))
		return;
	put(o, "total", number(total));
	wide = wide_number(wire);
	if (wide)
		put(o, "wire_value", wide);
}

static void put_fields(json_t *o, const struct stream_frame *f)
{
	switch ((enum stream_frame_type)f->type) {
	case STREAM_FRAME_CONNECTION_CLOSE:
	case STREAM_FRAME_STREAM_CLOSE:
		put(o, "error_code", json_integer(f->close.code));
		put(o, "error_message", text(f->close.message));
		return;
	case STREAM_FRAME_CONNECTION_NEW_ADDRESS:
		put(o, "source_account", text(f->address));
		return;
	case STREAM_FRAME_CONNECTION_MAX_DATA:
	case STREAM_FRAME_CONNECTION_DATA_BLOCKED:
	case STREAM_FRAME_STREAM_MAX_DATA:
	case STREAM_FRAME_STREAM_DATA_BLOCKED:
		put(o, "max_offset", number(f->max_offset));
		return;
	case STREAM_FRAME_CONNECTION_MAX_STREAM_ID:
	case STREAM_FRAME_CONNECTION_STREAM_ID_BLOCKED:
		put(o, "max_stream_id", number(f->max_stream_id));
		return;
	case STREAM_FRAME_CONNECTION_ASSET_DETAILS:
		put(o, "source_asset_code", text(f->asset.code));
		put(o, "source_asset_scale", json_integer(f->asset.scale));
		return;
	case STREAM_FRAME_STREAM_MONEY:
		put(o, "shares", number(f->shares));
		return;
	case STREAM_FRAME_STREAM_MAX_MONEY:
		put_limit(o, f, "receive_max", f->max_money.receive_max, "total_received",
		        f->max_money.total_received);
		return;
	case STREAM_FRAME_STREAM_MONEY_BLOCKED:
		put_limit(o, f, "send_max", f->money_blocked.send_max, "total_sent",
		        f->money_blocked.total_sent);
		return;
	case STREAM_FRAME_STREAM_DATA:
		put(o, "offset", number(f->data.offset));
		put(o, "data", hex(f->data.bytes));
		return;
	case STREAM_FRAME_STREAM_RECEIPT:
		put(o, "receipt", hex(f->receipt));
		return;
	}
}

static json_t *frame_object(const struct stream_frame *f)
{
	json_t *o = need(json_object());
	const char *name = stream_frame_name(f->type);

	put(o, "type", json_integer(f->type));
	if (!name) {
		put(o, "name", json_string("(unknown, ignore)"));
		put(o, "contents_length", json_integer((json_int_t)f->body.n));
		return o;
	}
	put(o, "type_hex", json_sprintf("0x%02x", f->type));
	put(o, "name", json_string(name));
	if (f->type >= STREAM_FRAME_STREAM_CLOSE)
		put(o, "stream_id", number(f->stream_id));
	put_fields(o, f);
	if (f->extra)
		put(o, "extra_body_bytes", json_integer((json_int_t)f->extra));
	return o;
}

static json_t *stream_object(const struct stream_packet *p)
{
	json_t *o = need(json_object());
	json_t *frames = need(json_array());
	struct stream_frames it;
	struct stream_frame f;

	put(o, "version", json_integer(STREAM_VERSION));
	put(o, "ilp_packet_type", json_integer(p->type));
	put(o, "sequence", number(p->sequence));
	put(o, "prepare_amount", number(p->amount));
	stream_frames_init(&it, p);
	while (stream_frames_next(&it, &f))
		if (json_array_append_new(frames, frame_object(&f)) != 0)
			abort();
	put(o, "frames", frames);
	put(o, "trailing_bytes", json_integer((json_int_t)p->trailing.n));
	return o;
}

static enum result put_stream(json_t *o, struct stream_keys *keys, struct bytes data)
{
	static uint8_t storage[STREAM_PLAINTEXT_MAX];
	uint8_t fulfillment[32], condition[32];
	struct stream_packet p;
	struct buf plain;
	enum result r;

	buf_init(&plain, storage, sizeof(storage));
	r = stream_keys_open(keys, data, &plain);
	if (!r)
		r = stream_packet_decode(buf_view(&plain), &p);
	if (r)
		return r;
	stream_keys_fulfillment(keys, data, fulfillment);
	stream_condition(fulfillment, condition);
	put(o, "packet", stream_object(&p));
	put(o, "fulfillment", hex(bytes_of(fulfillment, sizeof(fulfillment))));
	put(o, "condition", hex(bytes_of(condition, sizeof(condition))));
	return RESULT_OK;
}

json_t *inspect_stream(struct bytes line, const struct inspect_with *with)
{
	static uint8_t storage[ILP_DATA_MAX];
	struct stream_keys *keys;
	json_t *o;
	size_t n;
	enum result r = hex_decode((const char *)line.p, line.n, storage, sizeof(storage), &n);

	if (r)
		return error_object(r);
	keys = need(stream_keys_new(with->secret));
	o = need(json_object());
	r = put_stream(o, keys, bytes_of(storage, n));
	stream_keys_free(keys);
	if (!r)
		return o;
	json_decref(o);
	return error_object(r);
}

/* ---- address, pointer, receipt ---- */

json_t *inspect_address(struct bytes line, const struct inspect_with *with)
{
	json_t *o = need(json_object());

	(void)with;
	put(o, "address", text(line));
	put(o, "valid", json_boolean(ilp_address_check(line) == RESULT_OK));
	return o;
}

json_t *inspect_pointer(struct bytes line, const struct inspect_with *with)
{
	char url[URL_MAX_CHARS + 1];
	enum result r = payment_pointer_resolve(line, PAYMENT_POINTER_STRICT, url);
	json_t *o;

	(void)with;
	if (r)
		return error_object(r);
	o = need(json_object());
	put(o, "pointer", text(line));
	put(o, "url", json_string(url));
	return o;
}

/* Bytes that are no receipt at all are an error, and still an invalid receipt. */
json_t *inspect_receipt(struct bytes line, const struct inspect_with *with)
{
	uint8_t storage[2 * RECEIPT_SIZE];
	struct secret32 key = {{0}};
	struct receipt receipt;
	struct bytes wire;
	json_t *o;
	size_t n;
	enum result r = hex_decode((const char *)line.p, line.n, storage, sizeof(storage), &n);

	if (r)
		return error_object(r);
	wire = bytes_of(storage, n);
	r = receipt_decode(wire, &receipt);
	if (r) {
		o = error_object(r);
		put(o, "valid", json_false());
		return o;
	}
	o = need(json_object());
	if (with->secret.n == sizeof(key.b))
		memcpy(key.b, with->secret.p, with->secret.n);
	put(o, "nonce", hex(bytes_of(receipt.nonce, sizeof(receipt.nonce))));
	put(o, "stream_id", json_integer(receipt.stream_id));
	put(o, "total_received", number(receipt.total_received));
	put(o, "valid", json_boolean(receipt_verify(wire, &key, &receipt) == RESULT_OK));
	secret_clear(&key);
	return o;
}

/* ---- lines ---- */

/* One line without its end into out[INSPECT_LINE_MAX]; *n is SIZE_MAX for a longer one. Returns
 * false at the end of the input. */
static bool read_line(FILE *in, uint8_t *out, size_t *n)
{
	int c = getc(in);

	if (c == EOF)
		return false;
	for (*n = 0; c != EOF && c != '\n'; c = getc(in)) {
		if (*n < INSPECT_LINE_MAX)
			out[(*n)++] = (uint8_t)c;
		else
			*n = SIZE_MAX;
	}
	return true;
}

bool inspect_lines(FILE *in, FILE *out, inspect_line *line, const struct inspect_with *with)
{
	static uint8_t storage[INSPECT_LINE_MAX];
	size_t n;

	while (read_line(in, storage, &n)) {
		json_t *o = n == SIZE_MAX ? error_object(RESULT_THEIRS_TOO_BIG)
		                          : line(bytes_of(storage, n), with);
		bool written = json_dumpf(o, out, JSON_COMPACT) == 0 && putc('\n', out) != EOF &&
		               fflush(out) == 0; /* somebody may be typing */

		json_decref(o);
		if (!written)
			return false;
	}
	return !ferror(in);
}

/* ---- commands ---- */

int inspect_run(struct cli *cli, inspect_line *line, const struct inspect_with *with)
{
	if (inspect_lines(stdin, stdout, line, with))
		return EXIT_DONE;
	return cli_fail(cli, EXIT_REFUSED, NULL, "", "reading or writing failed");
}

/* The forms with --secret HEX; `size` is what it must have, 0 any. */
static int run_with_secret(struct cli *cli, inspect_line *line, size_t size)
{
	char digits[CLI_SECRET_BYTES];
	uint8_t secret[INSPECT_SECRET_MAX];
	size_t n = 0;
	int status = cli_secret(cli, "secret", digits);

	if (status)
		return status;
	if (hex_decode(digits, strlen(digits), secret, sizeof(secret), &n) != RESULT_OK || n == 0 ||
	        (size && n != size))
		status = cli_fail(cli, EXIT_USAGE, NULL, "", "--secret must be %s in hex",
		        size ? "32 bytes" : "at most 64 bytes");
	else
		status = inspect_run(
		        cli, line, &(struct inspect_with){.secret = bytes_of(secret, n)});
	secret_wipe(digits, sizeof(digits));
	secret_wipe(secret, sizeof(secret));
	return status;
}

static const struct inspect_with nothing;

static int packet_command(struct cli *cli)
{
	return inspect_run(cli, inspect_packet, &nothing);
}

static int stream_command(struct cli *cli)
{
	return run_with_secret(cli, inspect_stream, 0);
}

static int address_command(struct cli *cli)
{
	return inspect_run(cli, inspect_address, &nothing);
}

static int pointer_command(struct cli *cli)
{
	return inspect_run(cli, inspect_pointer, &nothing);
}

static int receipt_command(struct cli *cli)
{
	return run_with_secret(cli, inspect_receipt, sizeof(struct secret32));
}

static const struct option secret_option[] = {
        {"secret", "HEX", "the shared secret, or the receipt's", OPTION_REQUIRED},
        {0},
};

const struct command inspect_commands[] = {
        {"inspect packet", "", "decode ILP packets, one line of hex each", 0, 0, NULL,
                packet_command},
        {"inspect stream", "", "decrypt and decode STREAM data fields, one line of hex each", 0, 0,
                secret_option, stream_command},
        {"inspect address", "", "check ILP addresses, one per line", 0, 0, NULL, address_command},
        {"inspect pointer", "", "show where payment pointers lead, one per line", 0, 0, NULL,
                pointer_command},
        {"inspect receipt", "", "decode and verify STREAM receipts, one line of hex each", 0, 0,
                secret_option, receipt_command},
        {0},
};
