#include "codec/wallet_address.h"

#include "codec/account_url.h"

enum result wallet_address_canonical(struct bytes url, char out[WALLET_ADDRESS_SIZE])
{
	struct account_url u;
	struct buf b;

	TRY(account_url_split(url, &u));
	/* 08080 would be a second spelling of 8080 */
	if (u.tail.n || (u.port.n && u.port.p[0] == '0'))
		return RESULT_THEIRS_MALFORMED;
	buf_init(&b, out, WALLET_ADDRESS_SIZE);
	account_url_put(&b, &u, "");
	return account_url_end(&b);
}
