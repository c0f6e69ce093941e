#include "web/landing.h"

#include <string.h>

#include "base/text.h"
#include "codec/payment_pointer.h"
#include "http/qr.h"
#include "http/reply.h"
#include "web/show.h"
#include "web/web.h"

#define EXAMPLE_UNITS 10 /* of the major unit, in the form's placeholder */

static enum http_next nothing(struct http_request *rq)
{
	return page_say(rq, 404, "Nobody to pay here",
	        "There is no wallet at this address. Look at it once more: a letter may be wrong.");
}

/* The amount that the query asks for, as text of the asset's form. *problem: it asks for none that
 * there is. */
static uint64_t asked_amount(
        const struct http_request *rq, const struct asset_row *asset, bool *problem)
{
	const char *text = http_query(rq, "amount");
	uint64_t units = 0;

	*problem = false;
	if (!text || !*text)
		return 0;
	*problem = amount_parse_major(text, strlen(text), asset->scale, &units) || units == 0;
	return *problem ? 0 : units;
}

static void set(json_t *view, const char *name, json_t *value)
{
	(void)json_object_set_new(view, name, value);
}

/* A pointer leads to https, without a port; a dev node reads others as well. */
static void add_pointer(const struct node *n, const char *url, json_t *view)
{
	char pointer[URL_MAX_CHARS + 1];

	if (!payment_pointer_from_url(bytes_str(url), pointer))
		set(view, "pointer",
		        json_pack("{s:s,s:s}", "value", pointer, "what", "the payment pointer"));
	else if (n->options.dev)
		set(view, "pointer",
		        json_pack("{s:o,s:s}", "value", show_pointer(url), "what",
		                "the payment pointer"));
}

static void add_code(struct http_request *rq, const char *url, const char *amount, json_t *view)
{
	const char *text = *amount ? arena_printf(&rq->arena, "%s?amount=%s", url, amount) : url;
	const char *label =
	        *amount ? "QR code of the address with the amount" : "QR code of the address";

	set(view, "qr", qr_json(text ? text : url, label));
}

static json_t *links_json(const char *url)
{
	return json_pack("[{s:s,s:s},{s:o,s:s}]", "href", url, "label", "This address for programs",
	        "href", json_sprintf("%s/jwks.json", url), "label", "Its keys");
}

enum http_next landing_page(struct http_request *rq, const struct wallet_row *w)
{
	struct node_loop *l = http_app(rq);
	const struct asset_row *asset = w ? snapshot_asset(node_snapshot(l), w->asset) : NULL;
	char amount[AMOUNT_TEXT_SIZE] = "", example[AMOUNT_TEXT_SIZE];
	const char *name, *url;
	uint64_t units, one = EXAMPLE_UNITS;
	bool problem;
	json_t *view;

	if (!w || !asset || !wallet_is_active(w))
		return nothing(rq);
	url = arena_printf(&rq->arena, "%s/%s", web_of(rq)->public_url, w->name);
	if (!url)
		return page_fail(rq, RESULT_OURS_MEMORY);
	name = w->public_name[0] ? w->public_name : w->name;
	units = asked_amount(rq, asset, &problem);
	if (units)
		amount_format_major(units, asset->scale, amount);
	for (unsigned i = 0; i < asset->scale && one <= AMOUNT_MAX / 10; i++)
		one *= 10;
	amount_format_major(one, asset->scale, example);
	view = json_pack("{s:s,s:[s],s:s,s:s,s:{s:s,s:s},s:s,s:i,s:s,s:s,s:b,s:o,s:{s:o,s:s}}",
	        "title", name, "scripts", "florin.js", "publicName", name, "path",
	        arena_printf(&rq->arena, "/%s", w->name), "address", "value", url, "what",
	        "the wallet address", "asset", asset->code, "scale", (int)asset->scale, "amount",
	        amount, "example", example, "badAmount", problem, "links", links_json(url),
	        "snippet", "value", json_sprintf("<link rel=\"monetization\" href=\"%s\">", url),
	        "what", "the line for your page");
	if (!view)
		return page_fail(rq, RESULT_OURS_MEMORY);
	add_pointer(l->node, url, view);
	add_code(rq, url, amount, view);
	return page_reply(rq, 200, "landing", view, NULL);
}
