#include "ilp/node_sign.h"

#include <string.h>

#include "store/key.h"

static enum result signer_open(
        const struct node *n, struct reader *r, char kid[ID_TEXT_SIZE], struct http_sig_signer *out)
{
	struct id id;
	enum result result = store_node_key_signing(r, env_wall_ms(n->env), &id, out->private_key);

	if (result)
		return result == RESULT_THEIRS_NOT_FOUND ? RESULT_OURS_STORE : result;
	id_format(&id, kid);
	out->keyid = kid;
	return RESULT_OK;
}

enum result node_sign(const struct node *n, struct reader *r, const char *token,
        struct outbound_request *rq, struct node_signed *out)
{
	struct signed_request request = {.method = outbound_method_name(rq->method),
	        .url = out->url,
	        .token = token,
	        .body = rq->body};
	char kid[ID_TEXT_SIZE];
	struct http_sig_signer signer;
	struct url_parts parts;
	enum result result = url_guard_url(n->guard, rq->policy, rq->url, &parts);

	if (!result)
		result = signer_open(n, r, kid, &signer);
	if (result)
		return result;
	memcpy(out->url, parts.url, sizeof(out->url));
	result = signed_headers_make(&request, &signer, env_wall_ms(n->env) / 1000, &out->headers);
	secret_wipe(&signer, sizeof(signer));
	if (result)
		return result;
	rq->url = out->url;
	rq->headers = out->headers.lines;
	rq->content_type = rq->body.n ? SIGNED_JSON_TYPE : NULL;
	rq->accept = SIGNED_JSON_TYPE;
	return RESULT_OK;
}
