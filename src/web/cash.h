/* cash: the holder asks to have money brought in or paid out, outside Interledger; whoever runs the
 * node answers (store/cash.h). There are no such pages in headless mode.
 */
#ifndef FLORIN_WEB_CASH_H
#define FLORIN_WEB_CASH_H

#include "http/request.h"

/* GET and POST /wallet/deposit and /wallet/withdraw: ?wallet=&amount=&note= fills the form in. Each
 * form carries the id of what it asks for, so that one that is sent twice asks once. */
http_handler cash_deposit_get, cash_deposit_post, cash_withdraw_get, cash_withdraw_post;
/* POST /wallet/cash/{id}/cancel. */
http_handler cash_cancel;
/* GET /wallet/cash/live: the stream of both pages. */
http_handler cash_live;

#endif
