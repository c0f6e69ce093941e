/* ask: the holder asks for a payment: an incoming payment with what it is for, whose page
 * (payment.h) gives the address and the QR code to pass on.
 */
#ifndef FLORIN_WEB_ASK_H
#define FLORIN_WEB_ASK_H

#include "http/request.h"

/* GET and POST /wallet/request. */
http_handler ask_get, ask_post;

#endif
