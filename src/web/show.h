/* show: times, amounts and rates as the pages show them, in the language of the request: one place
 * for each. */
#ifndef FLORIN_WEB_SHOW_H
#define FLORIN_WEB_SHOW_H

#include <jansson.h>

#include "http/request.h"
#include "store/store.h"

/* For the part amount.html: {"text":"10.00 USD","units":"1000"}. */
json_t *show_amount(
        const struct http_request *rq, uint64_t units, const char *code, unsigned scale);
json_t *show_amount_of(
        const struct http_request *rq, uint64_t units, const struct asset_row *asset);
/* For the parts when.html and until.html (http/when.h); null for 0. */
json_t *show_time(const struct http_request *rq, int64_t unix_ms);
/* What one major unit of `from` brings in major units of `to`: "1 USD = 0.905466 EUR"; null where
 * nothing arrives. */
json_t *show_rate(const struct http_request *rq, uint64_t delivered, const char *to_code,
        unsigned to_scale, uint64_t paid, const struct asset_row *from);
/* An id as text. */
json_t *show_id(const struct id *id);
/* "$wallet.example/alice" of a wallet address URL. */
json_t *show_pointer(const char *url);
/* For the part copied.html: a text, and what it is in the reader's language; the same of the
 * payment pointer. */
json_t *show_copied(const char *text, const char *what);
json_t *show_pointer_copied(const struct http_request *rq, const char *url);
/* An amount of a link ("10.00"), for a field in which people type: with the language's decimal
 * sign. Any other text stays. In the request's arena. */
const char *show_typed(struct http_request *rq, const char *text);
/* What is wrong with a typed amount, of figure_parse's result or of one that is zero. */
const char *show_amount_problem(
        struct http_request *rq, enum result r, const char *code, unsigned scale);

#endif
