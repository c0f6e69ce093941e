/* payment: one payment of the holder's, of either direction: what it did, live while it goes on, as
 * a receipt when it is over, with all that names it elsewhere.
 */
#ifndef FLORIN_WEB_PAYMENT_H
#define FLORIN_WEB_PAYMENT_H

#include "http/request.h"

/* GET /wallet/payments/{id} and its live stream; POST .../complete: a request takes no more. */
http_handler payment_get, payment_live, payment_complete;

#endif
