/* address: a wallet address that its holder names for others, or adds. */
#ifndef FLORIN_WEB_ADDRESS_H
#define FLORIN_WEB_ADDRESS_H

#include "web/holder.h"

/* GET and POST /wallet/name?wallet=: what others read beside the address. */
http_handler address_name_get, address_name_post;
/* GET and POST /wallet/new: another address, as long as the user has fewer than [accounts]
 * addresses_per_user; 404 where that is 0. */
http_handler address_new_get, address_new_post;

/* Whether the holder may add one: closed ones, which the store counts too, are not seen here. */
bool address_may_add(struct http_request *rq, const struct holder *h);

#endif
