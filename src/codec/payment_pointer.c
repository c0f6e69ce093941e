#include "codec/payment_pointer.h"

#include "codec/account_url.h"

static enum result write_url(const struct account_url *u, char out[URL_MAX_CHARS + 1])
{
	struct buf b;

	buf_init(&b, out, URL_MAX_CHARS + 1);
	account_url_put(&b, u, PAYMENT_POINTER_WELL_KNOWN);
	return account_url_end(&b);
}

enum result payment_pointer_resolve(
        struct bytes pointer, enum payment_pointer_rules rules, char out[URL_MAX_CHARS + 1])
{
	struct account_url u;

	if (pointer.n == 0 || pointer.p[0] != '$')
		return RESULT_THEIRS_MALFORMED;
	TRY(account_url_split_rest(bytes_of(pointer.p + 1, pointer.n - 1), &u));
	if (u.tail.n || (u.port.n && rules == PAYMENT_POINTER_STRICT))
		return RESULT_THEIRS_MALFORMED;
	u.https = rules == PAYMENT_POINTER_STRICT || !(u.port.n || account_url_is_loopback(&u));
	return write_url(&u, out);
}

static enum result split_url(
        struct bytes url, enum payment_pointer_rules rules, struct account_url *out)
{
	TRY(account_url_split(url, out));
	if (out->port.n && rules == PAYMENT_POINTER_STRICT)
		return RESULT_THEIRS_MALFORMED;
	return RESULT_OK;
}

enum result payment_pointer_endpoint(
        struct bytes url, enum payment_pointer_rules rules, char out[URL_MAX_CHARS + 1])
{
	struct account_url u;

	TRY(split_url(url, rules, &u));
	return write_url(&u, out);
}

enum result payment_pointer_from_url(struct bytes url, char out[URL_MAX_CHARS + 1])
{
	struct account_url u;
	struct buf b;

	TRY(split_url(url, PAYMENT_POINTER_STRICT, &u));
	if (!u.https || u.tail.n)
		return RESULT_THEIRS_BAD_TYPE;
	buf_init(&b, out, URL_MAX_CHARS + 1);
	buf_u8(&b, '$');
	account_url_put_host(&b, &u);
	if (account_url_has_path(&u) && !bytes_eq_str(u.path, PAYMENT_POINTER_WELL_KNOWN))
		buf_bytes(&b, u.path);
	return account_url_end(&b);
}
