/* visit: a stranger pays a wallet of ours from the page of its address, out of a wallet of theirs
 * on another server.
 *
 *	POST /{wallet}/pay                 payer, amount: their server is asked what it costs -> 303
 *	POST /op/incoming-payments/{id}/pay   the same for a payment that was asked for
 *	GET  /{wallet}/pay/{id}            what it costs, and the way to their wallet; then, live,
 *	                                   what has come of it
 *	GET  /{wallet}/pay/{id}/finish     their wallet sends the browser back here
 *
 * This node is the client (ilp/remote_pay.h): the holder agrees at their own wallet to exactly the
 * amount that was shown. A visit belongs to the browser that began it, and is kept in the store
 * (store/visit.h). What is begun is limited for each address, since each makes this node call
 * servers that a stranger names.
 */
#ifndef FLORIN_WEB_VISIT_H
#define FLORIN_WEB_VISIT_H

#include "store/incoming.h"
#include "web/visit_state.h"
#include "web/visitor.h"

#define VISITS_PER_ADDRESS_PER_S 2
#define VISIT_PAYMENT_MS         ((int64_t)3600 * 1000) /* life of the incoming payment */

http_handler visit_begin, visit_begin_request, visit_page, visit_events, visit_finish;

/* One request about a visit, from step to step; in its arena. */
struct visit {
	struct op op;
	struct remote_pay pay;
	struct http_request *rq;
	struct visitor visitor;
	struct wallet_row wallet;
	const struct asset_row *asset;
	struct visit_row row;
	struct incoming_row incoming;
	struct incoming_new wanted;
	enum visit_state from; /* of a step */
	const char *why;
	/* as typed */
	const char *payer, *amount;
};

/* NULL: no memory, the reply is set. What it has of secrets is wiped with the request. */
struct visit *visit_new(struct http_request *rq);
/* /NAME/pay/ID and more below it; NULL without memory. */
const char *visit_path(struct http_request *rq, const struct visit *v, const char *more);
/* Parks; then(rq) with rq->state = v and v->op.result, or v->pay.result. */
enum http_next visit_apply(
        struct visit *v, enum result (*apply)(struct op *op, struct batch *b), http_handler *then);
enum http_next visit_call(struct visit *v, enum remote_pay_work work, http_handler *then);

#endif
