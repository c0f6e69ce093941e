/* A request's Signature-Input, Signature, Content-Digest and one more field (one line each, then
 * the body) under both profiles: nothing is accepted, since nothing is signed by this key. What
 * strict reads compat reads the same way. Every structured field is walked in all its parts. */
#include "fuzz/fuzz.h"

#include <string.h>

#include "codec/http_sig.h"
#include "codec/sfv.h"

#define LINES 4

static struct bytes line(const uint8_t **p, const uint8_t *end)
{
	const uint8_t *from = *p,
	              *at = from < end ? memchr(from, '\n', (size_t)(end - from)) : NULL;

	if (!at)
		at = end;
	*p = at < end ? at + 1 : end;
	return bytes_of(from, (size_t)(at - from));
}

static void within(struct bytes outer, struct bytes inner)
{
	FUZZ_CHECK(inner.n == 0 || (inner.p >= outer.p && inner.p + inner.n <= outer.p + outer.n));
}

/* What was handed out can be walked without a failure. */
static void walk(struct bytes text, bool bare_names)
{
	struct sfv_parameter parameter;
	struct sfv_member m;
	struct sfv_item item;
	struct sfv s, t;

	sfv_init(&s, text);
	s.bare_names = bare_names;
	while (sfv_member_next(&s, &m)) {
		within(text, m.key);
		within(text, m.raw);
		sfv_init_inner(&t, &m);
		t.bare_names = bare_names;
		while (m.inner_list && sfv_item_next(&t, &item))
			within(text, item.text);
		FUZZ_CHECK(!t.failed);
		sfv_init(&t, m.item.parameters);
		while (sfv_parameter_next(&t, &parameter))
			within(text, parameter.item.text);
		FUZZ_CHECK(!t.failed && t.p == t.end);
	}
}

static void check(const struct http_sig_message *m, enum http_sig_profile profile)
{
	static const uint8_t nobody[JWK_PUBLIC_SIZE] = {1};
	struct http_sig_rules rules = {HTTP_SIG_DIGEST_OFF, 1767225600, INT64_C(1) << 50};
	struct http_sig sig;
	uint8_t *storage;
	struct buf base;

	if (http_sig_parse(m, profile, &sig) != HTTP_SIG_GOOD)
		return;
	FUZZ_CHECK(sig.count > 0 && sig.count <= HTTP_SIG_LABELS_MAX);
	storage = malloc(http_sig_base_max(m));
	if (!storage)
		return;
	for (size_t i = 0; i < sig.count; i++) {
		buf_init(&base, storage, http_sig_base_max(m));
		FUZZ_CHECK(http_sig_verify(m, &rules, &sig, &sig.inputs[i], nobody, &base) !=
		           HTTP_SIG_GOOD);
	}
	free(storage);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[LINES] = {
	        "signature-input", "signature", "content-digest", "x"};
	struct http_sig_message m = {
	        .method = bytes_str("POST"), .target_uri = bytes_str("https://a.example/b?c")};
	const uint8_t *p = data, *end = data + size;
	struct http_sig strict, compat;
	struct http_sig_field fields[LINES];

	for (size_t i = 0; i < LINES; i++) {
		fields[i] = (struct http_sig_field){bytes_str(names[i]), line(&p, end)};
		walk(fields[i].text, false);
		walk(fields[i].text, true);
	}
	m.fields = fields;
	m.field_count = LINES;
	m.body = bytes_of(p, (size_t)(end - p));
	check(&m, HTTP_SIG_STRICT);
	check(&m, HTTP_SIG_COMPAT);
	if (http_sig_parse(&m, HTTP_SIG_STRICT, &strict) == HTTP_SIG_GOOD) {
		FUZZ_CHECK(http_sig_parse(&m, HTTP_SIG_COMPAT, &compat) == HTTP_SIG_GOOD);
		FUZZ_CHECK(strict.count == compat.count && !compat.bare_names);
	}
	return 0;
}
