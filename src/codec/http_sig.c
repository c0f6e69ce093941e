#include "codec/http_sig.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "codec/sfv.h"

#define LABEL "sig1" /* of what we sign */

/* ---- faults ---- */

static const struct {
	const char *name, *text;
} faults[HTTP_SIG_FAULTS] = {
        [HTTP_SIG_GOOD] = {"", ""},
        [HTTP_SIG_NO_INPUT] = {"missing_signature_input", "there is no Signature-Input"},
        [HTTP_SIG_NO_SIGNATURE] = {"missing_signature", "there is no Signature"},
        [HTTP_SIG_BAD_INPUT] = {"malformed_signature_input", "Signature-Input is malformed"},
        [HTTP_SIG_BAD_SIGNATURE] = {"malformed_signature", "Signature is malformed"},
        [HTTP_SIG_LABEL_MISMATCH] = {"label_mismatch",
                "Signature has no member with the label of Signature-Input"},
        [HTTP_SIG_LABEL_TWICE] = {"duplicate_label", "a label occurs twice"},
        [HTTP_SIG_TOO_MANY] = {"too_many_signatures", "there are too many signatures"},
        [HTTP_SIG_NO_KEYID] = {"missing_keyid", "the parameter keyid is missing"},
        [HTTP_SIG_UNKNOWN_KEYID] = {"unknown_keyid", "could not find key in list of client keys"},
        [HTTP_SIG_NONCE_USED] = {"nonce_used", "the nonce was used before"},
        [HTTP_SIG_BAD_PARAMETER] = {"malformed_parameter",
                "a parameter of the signature is malformed or occurs twice"},
        [HTTP_SIG_ALGORITHM] = {"algorithm_mismatch", "the parameter alg is not ed25519"},
        [HTTP_SIG_NO_CREATED] = {"missing_created", "the parameter created is missing"},
        [HTTP_SIG_TOO_OLD] = {"created_too_old", "the signature was created too long ago"},
        [HTTP_SIG_IN_FUTURE] = {"created_in_future",
                "the signature was created in the future: look at the clock"},
        [HTTP_SIG_EXPIRED] = {"expired", "the signature has expired"},
        [HTTP_SIG_NOT_LOWER_CASE] = {"component_not_lower_case",
                "the name of a covered component is not in lower case"},
        [HTTP_SIG_UNKNOWN_COMPONENT] = {"unknown_component",
                "a covered component is not known, or has parameters"},
        [HTTP_SIG_COMPONENT_TWICE] = {"duplicate_component", "a component is covered twice"},
        [HTTP_SIG_COMPONENT_ABSENT] = {"component_absent",
                "a covered component is not in the request"},
        [HTTP_SIG_NO_METHOD] = {"missing_component_method", "the signature does not cover @method"},
        [HTTP_SIG_NO_TARGET_URI] = {"missing_component_target_uri",
                "the signature does not cover @target-uri"},
        [HTTP_SIG_NO_AUTHORIZATION] = {"missing_component_authorization",
                "the signature does not cover authorization"},
        [HTTP_SIG_NO_CONTENT_DIGEST] = {"missing_component_content_digest",
                "the signature does not cover content-digest, and there is a body"},
        [HTTP_SIG_CONTENT_LENGTH] = {"content_length_mismatch",
                "Content-Length is not the length of the body"},
        [HTTP_SIG_BAD_DIGEST] = {"malformed_content_digest", "Content-Digest is malformed"},
        [HTTP_SIG_UNKNOWN_DIGEST] = {"unsupported_digest",
                "Content-Digest has neither sha-512 nor sha-256"},
        [HTTP_SIG_DIGEST_MISMATCH] = {"content_digest_mismatch",
                "Content-Digest is not that of the body"},
        [HTTP_SIG_NOT_CANONICAL] = {"signature_not_canonical",
                "the signature is not in its canonical form"},
        [HTTP_SIG_MISMATCH] = {"signature_mismatch",
                "the signature is not that of the key over this request"},
};

const char *http_sig_fault_name(enum http_sig_fault f)
{
	return faults[f].name;
}

const char *http_sig_fault_text(enum http_sig_fault f)
{
	return faults[f].text;
}

/* ---- fields ---- */

static bool name_is(struct bytes name, struct bytes wanted)
{
	return name.n == wanted.n &&
	       strncasecmp((const char *)name.p, (const char *)wanted.p, name.n) == 0;
}

/* The next field of that name from *at on; *at is then behind it. */
static bool next_field(
        const struct http_sig_message *m, struct bytes name, size_t *at, struct bytes *value)
{
	while (*at < m->field_count) {
		const struct http_sig_field *f = &m->fields[(*at)++];

		if (name_is(f->name, name)) {
			*value = f->text;
			return true;
		}
	}
	return false;
}

static bool first_field(const struct http_sig_message *m, const char *name, struct bytes *value)
{
	size_t at = 0;

	return next_field(m, bytes_str(name), &at, value);
}

/* ---- reading Signature-Input ---- */

static bool read_keyid(const struct sfv_item *item, struct http_sig_input *in)
{
	return sfv_string(item, in->keyid, sizeof(in->keyid)) == RESULT_OK;
}

static bool read_seconds(const struct sfv_item *item, int64_t *out)
{
	*out = item->number;
	return item->type == SFV_INTEGER;
}

enum parameter { KEYID, CREATED, EXPIRES, ALG, NONCE, TAG, PARAMETERS };

static enum parameter parameter_of(struct bytes key)
{
	static const char *const names[PARAMETERS] = {[KEYID] = "keyid",
	        [CREATED] = "created",
	        [EXPIRES] = "expires",
	        [ALG] = "alg",
	        [NONCE] = "nonce",
	        [TAG] = "tag"};
	unsigned p = 0;

	while (p < PARAMETERS && !bytes_eq_str(key, names[p]))
		p++;
	return (enum parameter)p;
}

static enum http_sig_fault read_parameter(
        enum parameter p, const struct sfv_item *value, struct http_sig_input *in)
{
	bool good = value->type == SFV_STRING;

	switch (p) {
	case KEYID:
		good = read_keyid(value, in);
		break;
	case CREATED:
		good = read_seconds(value, &in->created_s);
		break;
	case EXPIRES:
		good = read_seconds(value, &in->expires_s);
		break;
	case ALG:
		if (good && !bytes_eq_str(value->text, "ed25519"))
			return HTTP_SIG_ALGORITHM;
		break;
	case NONCE:
		in->nonce = value->text;
		break;
	case TAG:
		break;
	case PARAMETERS:
		good = true; /* RFC 9421 lets others be there; they are part of the base */
		break;
	}
	return good ? HTTP_SIG_GOOD : HTTP_SIG_BAD_PARAMETER;
}

static enum http_sig_fault read_parameters(struct bytes text, struct http_sig_input *in)
{
	bool seen[PARAMETERS + 1] = {false};
	struct sfv_parameter one;
	struct sfv s;

	in->expires_s = INT64_MAX;
	sfv_init(&s, text);
	while (sfv_parameter_next(&s, &one)) {
		enum parameter p = parameter_of(one.key);
		enum http_sig_fault fault;

		if (p != PARAMETERS && seen[p])
			return HTTP_SIG_BAD_PARAMETER;
		seen[p] = true;
		fault = read_parameter(p, &one.item, in);
		if (fault)
			return fault;
	}
	if (!seen[KEYID] || !*in->keyid)
		return HTTP_SIG_NO_KEYID;
	return seen[CREATED] ? HTTP_SIG_GOOD : HTTP_SIG_NO_CREATED;
}

static enum http_sig_fault parse_inputs(struct bytes field, bool bare_names, struct http_sig *out)
{
	struct sfv_member m;
	struct sfv s;

	out->count = 0;
	out->bare_names = bare_names;
	sfv_init(&s, field);
	s.bare_names = bare_names;
	while (sfv_member_next(&s, &m)) {
		struct http_sig_input *in = &out->inputs[out->count];

		if (!m.inner_list)
			return HTTP_SIG_BAD_INPUT;
		if (out->count == HTTP_SIG_LABELS_MAX)
			return HTTP_SIG_TOO_MANY;
		for (size_t i = 0; i < out->count; i++)
			if (bytes_eq(out->inputs[i].label, m.key))
				return HTTP_SIG_LABEL_TWICE;
		*in = (struct http_sig_input){.label = m.key, .raw = m.raw, .components = m.inner};
		in->fault = read_parameters(m.item.parameters, in);
		out->count++;
	}
	return s.failed || out->count == 0 ? HTTP_SIG_BAD_INPUT : HTTP_SIG_GOOD;
}

/* ---- reading Signature ---- */

static enum http_sig_fault parse_signatures(struct bytes field, struct http_sig *out)
{
	bool found[HTTP_SIG_LABELS_MAX] = {false};
	struct sfv_member m;
	struct sfv s;

	sfv_init(&s, field);
	while (sfv_member_next(&s, &m)) {
		for (size_t i = 0; i < out->count; i++) {
			struct http_sig_input *in = &out->inputs[i];

			if (!bytes_eq(in->label, m.key))
				continue;
			if (found[i])
				return HTTP_SIG_LABEL_TWICE;
			found[i] = true;
			if (m.inner_list || sfv_bytes(&m.item, in->signature, HTTP_SIG_SIZE))
				in->fault = HTTP_SIG_BAD_SIGNATURE;
		}
	}
	if (s.failed)
		return HTTP_SIG_BAD_SIGNATURE;
	for (size_t i = 0; i < out->count; i++)
		if (!found[i])
			out->inputs[i].fault = HTTP_SIG_LABEL_MISMATCH;
	return HTTP_SIG_GOOD;
}

static bool whole_signature(struct bytes text, uint8_t out[HTTP_SIG_SIZE])
{
	size_t n = 0;

	return sfv_base64(text, out, HTTP_SIG_SIZE, &n) == RESULT_OK && n == HTTP_SIG_SIZE;
}

/* deviation: `LABEL=BASE64` without colons, and BASE64 alone, as deployed SDKs write them; only for
 * the signature of a single input. */
static bool parse_plain_signature(struct bytes field, struct http_sig *out)
{
	struct http_sig_input *in = &out->inputs[0];
	size_t label_n = in->label.n;

	if (out->count != 1)
		return false;
	if (whole_signature(field, in->signature))
		return true;
	return field.n > label_n && field.p[label_n] == '=' &&
	       bytes_eq(bytes_of(field.p, label_n), in->label) &&
	       whole_signature(
	               bytes_of(field.p + label_n + 1, field.n - label_n - 1), in->signature);
}

enum http_sig_fault http_sig_parse(
        const struct http_sig_message *m, enum http_sig_profile profile, struct http_sig *out)
{
	bool compat = profile == HTTP_SIG_COMPAT;
	struct bytes input, signature;
	enum http_sig_fault fault;

	if (!first_field(m, "signature-input", &input))
		return HTTP_SIG_NO_INPUT;
	if (!first_field(m, "signature", &signature))
		return HTTP_SIG_NO_SIGNATURE;
	fault = parse_inputs(input, false, out);
	if (fault == HTTP_SIG_BAD_INPUT && compat)
		fault = parse_inputs(input, true, out);
	if (fault)
		return fault;
	if (compat && parse_plain_signature(signature, out))
		return HTTP_SIG_GOOD;
	return parse_signatures(signature, out);
}

/* ---- covered components ---- */

static void components_init(
        struct sfv *s, const struct http_sig *sig, const struct http_sig_input *in)
{
	sfv_init(s, in->components);
	s->bare_names = sig->bare_names;
}

bool http_sig_covers(
        const struct http_sig *sig, const struct http_sig_input *in, const char *component)
{
	struct sfv_item item;
	struct sfv s;

	components_init(&s, sig, in);
	while (sfv_item_next(&s, &item))
		if (item.type == SFV_STRING && item.parameters.n == 0 &&
		        bytes_eq_str(item.text, component))
			return true;
	return false;
}

static bool is_field_name(struct bytes name)
{
	for (size_t i = 0; i < name.n; i++) {
		uint8_t c = name.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		            (c && strchr("!#$%&'*+-.^_`|~", c))))
			return false;
	}
	return name.n > 0;
}

static bool has_upper_case(struct bytes name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] >= 'A' && name.p[i] <= 'Z')
			return true;
	return false;
}

static bool covered_before(struct sfv s, const struct sfv_item *item, size_t index)
{
	struct sfv_item other;

	while (index-- > 0 && sfv_item_next(&s, &other))
		if (bytes_eq(other.text, item->text))
			return true;
	return false;
}

static struct bytes trim(struct bytes v)
{
	while (v.n > 0 && (v.p[v.n - 1] == ' ' || v.p[v.n - 1] == '\t'))
		v.n--;
	while (v.n > 0 && (v.p[0] == ' ' || v.p[0] == '\t'))
		v = bytes_of(v.p + 1, v.n - 1);
	return v;
}

/* RFC 9421 2.1: all values, each without the blanks around it, joined by a comma and a blank. */
static bool put_field(const struct http_sig_message *m, struct bytes name, struct buf *out)
{
	struct bytes value;
	size_t at = 0, n;

	for (n = 0; next_field(m, name, &at, &value); n++) {
		if (n > 0)
			buf_bytes(out, bytes_str(", "));
		buf_bytes(out, trim(value));
	}
	return n > 0;
}

/* The parts of an absolute URI. */
struct uri {
	struct bytes scheme, authority, path, query; /* the query with its question mark */
};

static void uri_split(struct bytes s, struct uri *out)
{
	static const char mark[] = "://";
	const uint8_t *end = s.p + s.n, *at = s.n ? memmem(s.p, s.n, mark, strlen(mark)) : NULL;
	const uint8_t *from = at ? at + strlen(mark) : s.p;

	out->scheme = bytes_of(s.p, at ? (size_t)(at - s.p) : 0);
	for (at = from; at < end && *at != '/' && *at != '?'; at++)
		;
	out->authority = bytes_of(from, (size_t)(at - from));
	for (from = at; at < end && *at != '?'; at++)
		;
	out->path = bytes_of(from, (size_t)(at - from));
	out->query = bytes_of(at, (size_t)(end - at));
}

static void put_path(struct buf *out, const struct uri *uri)
{
	buf_bytes(out, uri->path.n ? uri->path : bytes_str("/"));
}

/* RFC 9421 2.2 */
static bool put_derived(const struct http_sig_message *m, struct bytes name, struct buf *out)
{
	struct uri uri;

	uri_split(m->target_uri, &uri);
	if (bytes_eq_str(name, "@method"))
		buf_bytes(out, m->method);
	else if (bytes_eq_str(name, "@target-uri"))
		buf_bytes(out, m->target_uri);
	else if (bytes_eq_str(name, "@authority"))
		buf_bytes(out, uri.authority);
	else if (bytes_eq_str(name, "@scheme"))
		buf_bytes(out, uri.scheme);
	else if (bytes_eq_str(name, "@query"))
		buf_bytes(out, uri.query.n ? uri.query : bytes_str("?"));
	else if (bytes_eq_str(name, "@path") || bytes_eq_str(name, "@request-target"))
		put_path(out, &uri);
	else
		return false;
	if (bytes_eq_str(name, "@request-target"))
		buf_bytes(out, uri.query);
	return true;
}

/* One line of the signature base. */
static enum http_sig_fault put_component(
        const struct http_sig_message *m, const struct sfv_item *item, struct buf *out)
{
	struct bytes name = item->text;

	if (item->type != SFV_STRING)
		return HTTP_SIG_BAD_INPUT;
	if (has_upper_case(name))
		return HTTP_SIG_NOT_LOWER_CASE;
	if (item->parameters.n > 0)
		return HTTP_SIG_UNKNOWN_COMPONENT;
	buf_u8(out, '"');
	buf_bytes(out, name);
	buf_bytes(out, bytes_str("\": "));
	if (name.n > 0 && name.p[0] == '@') {
		if (!put_derived(m, name, out))
			return HTTP_SIG_UNKNOWN_COMPONENT;
	} else if (!is_field_name(name)) {
		return HTTP_SIG_UNKNOWN_COMPONENT;
	} else if (!put_field(m, name, out)) {
		return HTTP_SIG_COMPONENT_ABSENT;
	}
	buf_u8(out, '\n');
	return HTTP_SIG_GOOD;
}

static enum http_sig_fault put_base(const struct http_sig_message *m, const struct http_sig *sig,
        const struct http_sig_input *in, struct buf *out)
{
	struct sfv_item item;
	struct sfv s, first;
	size_t n = 0;

	components_init(&s, sig, in);
	first = s;
	while (sfv_item_next(&s, &item)) {
		enum http_sig_fault fault;

		if (n == HTTP_SIG_COMPONENTS_MAX)
			return HTTP_SIG_TOO_MANY;
		if (covered_before(first, &item, n++))
			return HTTP_SIG_COMPONENT_TWICE;
		fault = put_component(m, &item, out);
		if (fault)
			return fault;
	}
	buf_bytes(out, bytes_str("\"@signature-params\": "));
	buf_bytes(out, in->raw);
	return out->failed ? HTTP_SIG_TOO_MANY : HTTP_SIG_GOOD;
}

/* No component is written twice, so that each value stands in the base once at most, but for the
 * parts of the target. */
size_t http_sig_base_max(const struct http_sig_message *m)
{
	size_t n = 512 + 4 * m->target_uri.n + m->method.n;

	for (size_t i = 0; i < m->field_count; i++)
		n += m->fields[i].name.n + m->fields[i].text.n + sizeof("\"\": \n");
	return n;
}

/* ---- rules ---- */

static enum http_sig_fault check_time(
        const struct http_sig_rules *rules, const struct http_sig_input *in)
{
	if (in->created_s < rules->now_s - rules->max_age_s)
		return HTTP_SIG_TOO_OLD;
	if (in->created_s > rules->now_s + HTTP_SIG_FUTURE_MAX_S)
		return HTTP_SIG_IN_FUTURE;
	return in->expires_s < rules->now_s ? HTTP_SIG_EXPIRED : HTTP_SIG_GOOD;
}

static bool is_number(struct bytes text, size_t wanted)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%zu", wanted);

	while (text.n > 1 && text.p[0] == '0')
		text = bytes_of(text.p + 1, text.n - 1);
	return bytes_eq(text, bytes_of(digits, (size_t)n));
}

static enum http_sig_fault check_coverage(const struct http_sig_message *m,
        const struct http_sig_rules *rules, const struct http_sig *sig,
        const struct http_sig_input *in)
{
	struct bytes value;

	if (!http_sig_covers(sig, in, "@method"))
		return HTTP_SIG_NO_METHOD;
	if (!http_sig_covers(sig, in, "@target-uri"))
		return HTTP_SIG_NO_TARGET_URI;
	if (first_field(m, "authorization", &value) && !http_sig_covers(sig, in, "authorization"))
		return HTTP_SIG_NO_AUTHORIZATION;
	if (m->body.n > 0 && rules->digest == HTTP_SIG_DIGEST_STRICT &&
	        !http_sig_covers(sig, in, "content-digest"))
		return HTTP_SIG_NO_CONTENT_DIGEST;
	return HTTP_SIG_GOOD;
}

static enum http_sig_fault check_body(const struct http_sig_message *m, const struct http_sig *sig,
        const struct http_sig_input *in)
{
	struct bytes value;
	enum result r = RESULT_OK;

	if (first_field(m, "content-length", &value) &&
	        http_sig_covers(sig, in, "content-length") && !is_number(trim(value), m->body.n))
		return HTTP_SIG_CONTENT_LENGTH;
	if (first_field(m, "content-digest", &value))
		r = content_digest_check(value, m->body);
	if (r == RESULT_THEIRS_UNAUTHENTIC)
		return HTTP_SIG_DIGEST_MISMATCH;
	if (r == RESULT_THEIRS_BAD_TYPE)
		return HTTP_SIG_UNKNOWN_DIGEST;
	return r ? HTTP_SIG_BAD_DIGEST : HTTP_SIG_GOOD;
}

/* RFC 8032 5.1.7: S, the second half, is a number below the group's order. The library refuses
 * others too; it does not say why. */
static bool is_canonical(const uint8_t signature[HTTP_SIG_SIZE])
{
	static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6,
	        0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};

	for (size_t i = sizeof(order); i-- > 0;) {
		if (signature[32 + i] != order[i])
			return signature[32 + i] < order[i];
	}
	return false;
}

enum http_sig_fault http_sig_verify(const struct http_sig_message *m,
        const struct http_sig_rules *rules, const struct http_sig *sig,
        const struct http_sig_input *in, const uint8_t public_key[JWK_PUBLIC_SIZE],
        struct buf *scratch)
{
	enum http_sig_fault fault = in->fault;

	if (!fault)
		fault = check_time(rules, in);
	scratch->len = 0;
	if (!fault)
		fault = put_base(m, sig, in, scratch);
	if (!fault)
		fault = check_coverage(m, rules, sig, in);
	if (!fault)
		fault = check_body(m, sig, in);
	if (!fault && !is_canonical(in->signature))
		fault = HTTP_SIG_NOT_CANONICAL;
	if (!fault && crypto_sign_verify_detached(
	                      in->signature, scratch->p, scratch->len, public_key) != 0)
		fault = HTTP_SIG_MISMATCH;
	return fault;
}

/* ---- making ---- */

static bool is_signable_keyid(const char *keyid)
{
	return jwk_is_kid(keyid) && !strpbrk(keyid, "\"\\");
}

static enum result make_input(const struct http_sig_message *m, const char *keyid,
        int64_t created_s, char out[HTTP_SIG_INPUT_SIZE])
{
	static const char *const optional[] = {
	        "authorization", "content-digest", "content-length", "content-type"};
	struct bytes unused;
	int n = snprintf(out, HTTP_SIG_INPUT_SIZE, "%s=(\"@method\" \"@target-uri\"", LABEL);

	for (size_t i = 0; i < sizeof(optional) / sizeof(optional[0]); i++)
		if (first_field(m, optional[i], &unused))
			n += snprintf(
			        out + n, HTTP_SIG_INPUT_SIZE - (size_t)n, " \"%s\"", optional[i]);
	n += snprintf(out + n, HTTP_SIG_INPUT_SIZE - (size_t)n, ");keyid=\"%s\";created=%lld",
	        keyid, (long long)created_s);
	return n < HTTP_SIG_INPUT_SIZE ? RESULT_OK : RESULT_THEIRS_TOO_BIG;
}

/* What we are about to send is read as it will be read: there is one writer of signature bases. */
enum result http_sig_sign(const struct http_sig_message *m, const struct http_sig_signer *signer,
        int64_t created_s, struct http_sig_made *out)
{
	uint8_t signature[HTTP_SIG_SIZE];
	struct http_sig sig;
	uint8_t *storage;
	struct buf base;
	enum result r = RESULT_OURS_BUG;

	if (!is_signable_keyid(signer->keyid))
		return RESULT_THEIRS_MALFORMED;
	r = make_input(m, signer->keyid, created_s, out->input);
	if (r)
		return r;
	storage = malloc(http_sig_base_max(m) + HTTP_SIG_INPUT_SIZE);
	if (!storage)
		return RESULT_OURS_MEMORY;
	buf_init(&base, storage, http_sig_base_max(m) + HTTP_SIG_INPUT_SIZE);
	r = RESULT_OURS_BUG;
	if (parse_inputs(bytes_str(out->input), false, &sig) ||
	        put_base(m, &sig, &sig.inputs[0], &base))
		goto out;
	crypto_sign_detached(signature, NULL, base.p, base.len, signer->private_key);
	buf_init(&base, out->signature, sizeof(out->signature));
	buf_bytes(&base, bytes_str(LABEL "=:"));
	base.len += base64_encode(
	        bytes_of(signature, sizeof(signature)), BASE64_STD, (char *)base.p + base.len);
	buf_bytes(&base, bytes_str(":"));
	buf_u8(&base, '\0');
	r = RESULT_OK;
out:
	free(storage);
	return r;
}
