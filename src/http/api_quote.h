/* api_quote: quotes for Open Payments clients: POST /op/quotes, GET /op/quotes/{id}.
 * Spec: Open Payments, resource server, quotes. */
#ifndef FLORIN_HTTP_API_QUOTE_H
#define FLORIN_HTTP_API_QUOTE_H

#include "http/op_json.h"
#include "http/request.h"
#include "ilp/quoter.h"

enum http_next api_quote_post(struct http_request *rq);
enum http_next api_quote_get(struct http_request *rq);

/* For outgoing payments that bring no quote: makes one, and goes on in `then` where it is there,
 * in `otherwise` where it can't be made. Before it, `call` holds what is asked but the task. */
struct op_quoting {
	struct quote_call call;
	struct http_request *rq;
	struct asset_row asset;     /* the paying wallet's */
	const char *wallet_address; /* its id, as its document shows it */
	http_handler *then, *otherwise;
};
enum http_next op_quoting_start(struct op_quoting *q);
/* What a client is told of a quote that can't be made. */
enum http_next op_quoting_refuse(struct http_request *rq, const struct op_quoting *q);

/* A wallet that pays, with what answers about it need. */
struct op_payer {
	struct wallet_row wallet;
	struct asset_row asset;
	const char *address; /* the wallet's id, as its document shows it */
};
/* From member walletAddress: of this node, covered by the token, and open. False where the reply is
 * set. */
bool op_payer_find(struct http_request *rq, const char *wallet_address, struct op_payer *out);
/* From a list's query; it may be closed. False where the reply is set. */
bool op_payer_of_query(struct http_request *rq, struct op_payer *out);
/* Errors: OURS_MEMORY, OURS_STORE, and those of reads. */
MUST_USE enum result op_payer_of_account(
        struct http_request *rq, account_id wallet, struct op_payer *out);

/* What of a quote is answered when the wallet is known; NULL without memory. */
json_t *op_quote_json(const struct node *n, const struct quote_row *q,
        const struct asset_row *asset, const char *wallet_address);

#endif
