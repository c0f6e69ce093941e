/* pay: a price that the holder confirms becomes a payment, once.
 *
 * A quote is used once, so a form that is sent twice makes one payment, and both answers lead to
 * it.
 */
#ifndef FLORIN_WEB_PAY_H
#define FLORIN_WEB_PAY_H

#include "http/request.h"

/* POST /wallet/pay: the form of a price. POST /wallet/payments/{id}/cancel. */
http_handler pay_post, pay_cancel;

#endif
