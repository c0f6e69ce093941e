#include "http/incoming_json.h"

#include "ilp/receive.h"

#define SECRET_TEXT_SIZE (BASE64_LEN(32) + 1)

static const struct asset_row *asset_of(struct http_request *rq, const struct wallet_row *wallet)
{
	return snapshot_asset(node_snapshot(http_app(rq)), wallet->asset);
}

/* Those of a payment that is over are none. */
static enum result write_methods(struct http_request *rq, const struct incoming_row *row,
        const struct wallet_row *wallet, bool over, struct json_text *t)
{
	char address[RECEIVE_ADDRESS_SIZE], text[SECRET_TEXT_SIZE];
	struct secret32 secret;
	enum result r;

	json_text_array(t, "methods");
	if (!over) {
		r = receive_credentials_incoming(http_app(rq), wallet, &row->id, address, &secret);
		if (r)
			return r;
		base64_encode(
		        bytes_of(secret.b, sizeof(secret.b)), BASE64_URL | BASE64_NO_PAD, text);
		json_text_object(t, NULL);
		json_text_string(t, "type", "ilp");
		json_text_string(t, "ilpAddress", address);
		json_text_string(t, "sharedSecret", text);
		json_text_end_object(t);
		secret_clear(&secret);
		secret_wipe(text, sizeof(text));
	}
	json_text_end_array(t);
	return RESULT_OK;
}

enum result incoming_json(struct http_request *rq, const struct incoming_row *row,
        const struct wallet_row *wallet, bool with_methods, struct json_text *t)
{
	const struct node_loop *l = http_app(rq);
	const char *url = l->node->options.public_url;
	const struct incoming_terms *terms = &row->terms;
	const struct asset_row *asset = asset_of(rq, wallet);
	enum incoming_state state = incoming_state_at(terms, http_wall_ms(rq));
	char own[ID_TEXT_SIZE];
	const char *id, *address;
	enum result r = RESULT_OK;

	if (!asset)
		return RESULT_OURS_BUG;
	id_format(&row->id, own);
	id = arena_printf(&rq->arena, "%s/op/incoming-payments/%s", url, own);
	address = arena_printf(&rq->arena, "%s/%s", url, wallet->name);
	if (!id || !address)
		return RESULT_OURS_MEMORY;
	json_text_object(t, NULL);
	json_text_string(t, "id", id);
	json_text_string(t, "walletAddress", address);
	json_text_bool(t, "completed", state == INCOMING_COMPLETED);
	json_text_amount(t, "receivedAmount", terms->received, asset->code, asset->scale);
	op_text_time(t, "expiresAt", terms->expires_ms);
	op_text_time(t, "createdAt", row->created_ms);
	if (terms->amount)
		json_text_amount(t, "incomingAmount", terms->amount, asset->code, asset->scale);
	if (*row->metadata)
		json_text_raw(t, "metadata", row->metadata);
	if (with_methods)
		r = write_methods(rq, row, wallet, incoming_state_is_final(state), t);
	json_text_end_object(t);
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
