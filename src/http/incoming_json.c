#include "http/incoming_json.h"

#include "ilp/receive.h"

#define SECRET_TEXT_SIZE (BASE64_LEN(32) + 1)

static const struct asset_row *asset_of(struct http_request *rq, const struct wallet_row *wallet)
{
	return snapshot_asset(node_snapshot(http_app(rq)), wallet->asset);
}

/* Those of a payment that is over are none. */
static enum result set_methods(struct http_request *rq, const struct incoming_row *row,
        const struct wallet_row *wallet, bool over, json_t *body)
{
	char address[RECEIVE_ADDRESS_SIZE], text[SECRET_TEXT_SIZE];
	struct secret32 secret;
	json_t *methods;
	enum result r;

	if (over)
		return json_object_set_new(body, "methods", json_array()) ? RESULT_OURS_MEMORY
		                                                          : RESULT_OK;
	r = receive_credentials_incoming(http_app(rq), wallet, &row->id, address, &secret);
	if (r)
		return r;
	base64_encode(bytes_of(secret.b, sizeof(secret.b)), BASE64_URL | BASE64_NO_PAD, text);
	methods = json_pack(
	        "[{s:s, s:s, s:s}]", "type", "ilp", "ilpAddress", address, "sharedSecret", text);
	secret_clear(&secret);
	secret_wipe(text, sizeof(text));
	return json_object_set_new(body, "methods", methods) ? RESULT_OURS_MEMORY : RESULT_OK;
}

enum result incoming_json(struct http_request *rq, const struct incoming_row *row,
        const struct wallet_row *wallet, bool with_methods, json_t **out)
{
	const struct node_loop *l = http_app(rq);
	const struct incoming_terms *t = &row->terms;
	const struct asset_row *asset = asset_of(rq, wallet);
	enum incoming_state state = incoming_state_at(t, http_wall_ms(rq));
	enum result r = RESULT_OK;
	json_t *body;

	if (!asset)
		return RESULT_OURS_BUG;
	body = json_pack("{s:o, s:o, s:b, s:o, s:o, s:o}", "id",
	        op_url(l->node, "incoming-payments", &row->id), "walletAddress",
	        op_wallet_address(l->node, wallet), "completed", (int)(state == INCOMING_COMPLETED),
	        "receivedAmount", op_amount(t->received, asset->code, asset->scale), "expiresAt",
	        op_time(t->expires_ms), "createdAt", op_time(row->created_ms));
	if (!body)
		return RESULT_OURS_MEMORY;
	if (t->amount && json_object_set_new(body, "incomingAmount",
	                         op_amount(t->amount, asset->code, asset->scale)))
		r = RESULT_OURS_MEMORY;
	if (!r)
		r = op_set_metadata(body, row->metadata);
	if (!r && with_methods)
		r = set_methods(rq, row, wallet, incoming_state_is_final(state), body);
	if (r)
		json_decref(body);
	else
		*out = body;
	return r;
}

enum result incoming_json_public(struct http_request *rq, const struct incoming_row *row,
        const struct wallet_row *wallet, json_t **out)
{
	const struct node_loop *l = http_app(rq);
	const struct asset_row *asset = asset_of(rq, wallet);

	if (!asset)
		return RESULT_OURS_BUG;
	*out = json_pack("{s:o, s:o}", "receivedAmount",
	        op_amount(row->terms.received, asset->code, asset->scale), "authServer",
	        json_sprintf("%s/auth", l->node->options.public_url));
	return *out ? RESULT_OK : RESULT_OURS_MEMORY;
}
