#include "web/landing.h"

#include <string.h>

#include "base/figure.h"
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
static uint64_t asked_amount(struct http_request *rq, const struct asset_row *asset, bool *problem)
{
	const char *text = http_query(rq, "amount");
	uint64_t units = 0;

	*problem = false;
	if (!text || !*text)
		return 0;
	*problem = figure_parse(language_of(rq), show_typed(rq, text), asset->scale, &units) ||
	           units == 0;
	return *problem ? 0 : units;
}

static void set(json_t *view, const char *name, json_t *value)
{
	(void)json_object_set_new(view, name, value);
}

/* A pointer leads to https, without a port; a dev node reads others as well. */
static void add_pointer(struct http_request *rq, const char *url, json_t *view)
{
	const struct node_loop *l = http_app(rq);
	char pointer[URL_MAX_CHARS + 1];

	if (!payment_pointer_from_url(bytes_str(url), pointer))
		set(view, "pointer",
		        json_pack("{s:s,s:s}", "value", pointer, "what",
		                words(rq, "the payment pointer")));
	else if (l->node->options.dev)
		set(view, "pointer",
		        json_pack("{s:o,s:s}", "value", show_pointer(url), "what",
		                words(rq, "the payment pointer")));
}

static void add_code(struct http_request *rq, const char *url, const char *amount, json_t *view)
{
	const char *text = *amount ? arena_printf(&rq->arena, "%s?amount=%s", url, amount) : url;
	const char *label = *amount ? words(rq, "QR code of the address with the amount")
	                            : words(rq, "QR code of the address");

	set(view, "qr", qr_json(text ? text : url, label));
	set(view, "shareUrl", json_string(text ? text : url));
}

static json_t *links_json(struct http_request *rq, const char *url)
{
	return json_pack("[{s:s,s:s},{s:o,s:s}]", "href", url, "label",
	        words(rq, "This address for programs"), "href", json_sprintf("%s/jwks.json", url),
	        "label", words(rq, "Its keys"));
}

/* "10.00" in the asset's form: what an amount may look like. */
static json_t *example_json(struct http_request *rq, const struct asset_row *asset)
{
	char text[AMOUNT_TEXT_SIZE];
	uint64_t units = EXAMPLE_UNITS;

	for (unsigned i = 0; i < asset->scale && units <= AMOUNT_MAX / 10; i++)
		units *= 10;
	figure_amount(language_of(rq), units, asset->scale, text);
	return json_string(text);
}

void landing_add_form(struct http_request *rq, const struct wallet_row *w,
        const struct asset_row *asset, const struct landing_form *form, json_t *view)
{
	char id[ID_TEXT_SIZE] = "";
	const char *action;

	if (form->request)
		id_format(&form->request->id, id);
	action = form->request ? arena_printf(&rq->arena, "/op/incoming-payments/%s/pay", id)
	                       : arena_printf(&rq->arena, "/%s/pay", w->name);
	set(view, "pay", json_true());
	set(view, "payAction", json_string(action ? action : "/"));
	set(view, "asset", json_string(asset->code));
	set(view, "example", example_json(rq, asset));
	set(view, "problem", json_string(form->problem));
	set(view, "payer", json_string(form->payer));
	set(view, "payAmount", json_string(form->amount));
	set(view, "asksAmount", json_boolean(!form->request));
}

static enum http_next page(struct http_request *rq, const struct wallet_row *w,
        const struct asset_row *asset, const struct landing_form *form)
{
	const char *name = w->public_name[0] ? w->public_name : w->name;
	const char *url = arena_printf(&rq->arena, "%s/%s", web_of(rq)->public_url, w->name);
	const char *path = arena_printf(&rq->arena, "/%s", w->name);
	char amount[AMOUNT_TEXT_SIZE] = "";
	struct landing_form mine = *form;
	uint64_t units;
	bool problem;
	json_t *view;

	if (!url || !path)
		return page_fail(rq, RESULT_OURS_MEMORY);
	units = asked_amount(rq, asset, &problem);
	if (units)
		amount_format_major(units, asset->scale, amount);
	if (!*mine.amount)
		mine.amount = show_typed(rq, amount);
	view = json_pack("{s:s,s:[s],s:s,s:s,s:{s:s,s:s},s:i,s:s,s:b,s:o,s:{s:o,s:s}}", "title",
	        name, "scripts", "florin.js", "publicName", name, "path", path, "address", "value",
	        url, "what", words(rq, "the wallet address"), "scale", (int)asset->scale, "amount",
	        show_typed(rq, amount), "badAmount", problem, "links", links_json(rq, url),
	        "snippet", "value", json_sprintf("<link rel=\"monetization\" href=\"%s\">", url),
	        "what", words(rq, "the line for your page"));
	if (!view)
		return page_fail(rq, RESULT_OURS_MEMORY);
	add_pointer(rq, url, view);
	add_code(rq, url, amount, view);
	if (units)
		set(view, "invited", show_amount_of(rq, units, asset));
	landing_add_form(rq, w, asset, &mine, view);
	return page_reply(rq, form->status, "landing", view, NULL);
}

static const struct asset_row *asset_of(struct http_request *rq, const struct wallet_row *w)
{
	return snapshot_asset(node_snapshot(http_app(rq)), w->asset);
}

enum http_next landing_page(struct http_request *rq, const struct wallet_row *w)
{
	const struct landing_form empty = {.status = 200, .problem = "", .payer = "", .amount = ""};
	const struct asset_row *asset = w ? asset_of(rq, w) : NULL;

	if (!asset || !wallet_is_active(w))
		return nothing(rq);
	return page(rq, w, asset, &empty);
}

enum http_next landing_again(
        struct http_request *rq, const struct wallet_row *w, const struct landing_form *form)
{
	const struct asset_row *asset = asset_of(rq, w);
	json_t *view;

	if (!asset)
		return page_fail(rq, RESULT_OURS_BUG);
	if (!form->request)
		return page(rq, w, asset, form);
	view = json_pack("{s:s}", "title", words(rq, "Pay from your wallet"));
	if (!view)
		return page_fail(rq, RESULT_OURS_MEMORY);
	landing_add_form(rq, w, asset, form, view);
	return page_reply(rq, form->status, "pay", view, NULL);
}
