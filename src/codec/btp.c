#include "codec/btp.h"

#include <string.h>

#include "codec/ilp_timestamp.h"
#include "codec/oer.h"

static bool is_known(uint8_t type)
{
	return type == BTP_RESPONSE || type == BTP_ERROR || type == BTP_MESSAGE ||
	       type == BTP_TRANSFER;
}

static void read_entries(struct cursor *c, struct btp_packet *out)
{
	uint64_t count = oer_uint(c);

	if (count > BTP_ENTRIES_MAX)
		cursor_fail(c, RESULT_THEIRS_TOO_BIG);
	while (!c->failed && out->entry_count < count) {
		struct btp_entry *e = &out->entries[out->entry_count++];

		e->name = oer_octets(c, BTP_NAME_MAX);
		e->content_type = cursor_u8(c);
		e->data = oer_octets(c, BTP_DATA_MAX);
	}
}

enum result btp_decode(struct bytes in, struct btp_packet *out)
{
	struct cursor outer, c;
	uint8_t type;

	memset(out, 0, sizeof(*out));
	cursor_init(&outer, in);
	type = cursor_u8(&outer);
	out->request_id = cursor_u32(&outer);
	cursor_init(&c, oer_octets(&outer, in.n));
	TRY(outer.failed);
	if (!is_known(type))
		return RESULT_THEIRS_MALFORMED;
	out->type = (enum btp_type)type;
	switch (out->type) {
	case BTP_TRANSFER:
		out->amount = cursor_u64(&c);
		break;
	case BTP_ERROR:
		out->code = cursor_take(&c, BTP_CODE_SIZE);
		out->name = oer_octets(&c, BTP_NAME_MAX);
		out->triggered_at = oer_octets(&c, BTP_TIME_MAX);
		out->data = oer_octets(&c, BTP_DATA_MAX);
		break;
	case BTP_RESPONSE:
	case BTP_MESSAGE:
		break;
	}
	read_entries(&c, out);
	return c.failed;
}

static size_t octets_size(size_t n)
{
	return oer_length_size(n) + n;
}

static size_t contents_size(const struct btp_packet *p)
{
	size_t n = 2; /* the count: BTP_ENTRIES_MAX is one byte */

	if (p->type == BTP_TRANSFER)
		n += sizeof(p->amount);
	if (p->type == BTP_ERROR)
		n += BTP_CODE_SIZE + octets_size(p->name.n) + octets_size(p->triggered_at.n) +
		     octets_size(p->data.n);
	for (size_t i = 0; i < p->entry_count; i++)
		n += octets_size(p->entries[i].name.n) + 1 + octets_size(p->entries[i].data.n);
	return n;
}

void btp_encode(struct buf *b, const struct btp_packet *p)
{
	if (p->type == BTP_ERROR && p->code.n != BTP_CODE_SIZE)
		b->failed = true;
	buf_u8(b, (uint8_t)p->type);
	buf_u32(b, p->request_id);
	oer_put_length(b, contents_size(p));
	switch (p->type) {
	case BTP_TRANSFER:
		buf_u64(b, p->amount);
		break;
	case BTP_ERROR:
		buf_bytes(b, p->code);
		oer_put_octets(b, p->name);
		oer_put_octets(b, p->triggered_at);
		oer_put_octets(b, p->data);
		break;
	case BTP_RESPONSE:
	case BTP_MESSAGE:
		break;
	}
	oer_put_uint(b, p->entry_count);
	for (size_t i = 0; i < p->entry_count; i++) {
		oer_put_octets(b, p->entries[i].name);
		buf_u8(b, p->entries[i].content_type);
		oer_put_octets(b, p->entries[i].data);
	}
}

const struct btp_entry *btp_find(const struct btp_packet *p, const char *name)
{
	for (size_t i = 0; i < p->entry_count; i++) {
		if (bytes_eq_str(p->entries[i].name, name))
			return &p->entries[i];
	}
	return NULL;
}

void btp_time(int64_t wall_ms, char out[BTP_TIME_SIZE])
{
	uint8_t digits[ILP_TIMESTAMP_SIZE];
	size_t n = 14; /* up to the seconds */

	ilp_timestamp_encode(wall_ms, digits);
	memcpy(out, digits, n);
	out[n] = '.';
	memcpy(out + n + 1, digits + n, 3);
	n += 4;
	while (out[n - 1] == '0')
		n--;
	if (out[n - 1] == '.')
		n--;
	out[n] = 'Z';
	out[n + 1] = '\0';
}
