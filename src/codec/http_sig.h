/* http_sig: signatures of HTTP requests, checked and made: Ed25519 under the Open Payments profile.
 *
 * Checking has two steps, because the key is found by what the first one reads:
 *
 *	fault = http_sig_parse(&message, profile, &sig);
 *	... for each sig.inputs[i]: find the client's key of that keyid ...
 *	fault = http_sig_verify(&message, &rules, &sig.inputs[i], public_key, &scratch);
 *
 * The value after the label of Signature-Input goes into the signature base byte for byte.
 *
 * deviation: of RFC 9421's components the header fields and @method, @target-uri, @authority,
 * @scheme, @request-target, @path and @query are known, none of them with parameters; what is
 * unknown is refused.
 * Spec: RFC 9421 2, 3; Open Payments, HTTP signatures. t/vectors/httpsig.json.
 */
#ifndef FLORIN_CODEC_HTTP_SIG_H
#define FLORIN_CODEC_HTTP_SIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/content_digest.h"
#include "codec/jwk.h"

#define HTTP_SIG_LABELS_MAX     8  /* signatures of one request */
#define HTTP_SIG_COMPONENTS_MAX 64 /* covered by one of them */
#define HTTP_SIG_SIZE           64
#define HTTP_SIG_FUTURE_MAX_S   60 /* a client's clock may be ahead by this */

enum http_sig_profile {
	/* strict, and what deployed SDKs write: names of components without quotes, a signature
	 * without colons, or without a label where there is one input. */
	HTTP_SIG_COMPAT,
	HTTP_SIG_STRICT, /* RFC 9421 to the letter */
};

/* What a body without a covered digest means. A digest that is there is checked in each case. */
enum http_sig_digest {
	HTTP_SIG_DIGEST_STRICT, /* the request is refused */
	HTTP_SIG_DIGEST_WARN,   /* accepted; the caller says so in its log */
	HTTP_SIG_DIGEST_OFF,    /* accepted */
};

enum http_sig_fault {
	HTTP_SIG_GOOD,
	HTTP_SIG_NO_INPUT,
	HTTP_SIG_NO_SIGNATURE,
	HTTP_SIG_BAD_INPUT,
	HTTP_SIG_BAD_SIGNATURE,
	HTTP_SIG_LABEL_MISMATCH,
	HTTP_SIG_LABEL_TWICE,
	HTTP_SIG_TOO_MANY,
	HTTP_SIG_NO_KEYID,
	HTTP_SIG_UNKNOWN_KEYID, /* the caller's: no such key of the client */
	HTTP_SIG_NONCE_USED,    /* the caller's: by the same key, before */
	HTTP_SIG_BAD_PARAMETER,
	HTTP_SIG_ALGORITHM,
	HTTP_SIG_NO_CREATED,
	HTTP_SIG_TOO_OLD,
	HTTP_SIG_IN_FUTURE,
	HTTP_SIG_EXPIRED,
	HTTP_SIG_NOT_LOWER_CASE,
	HTTP_SIG_UNKNOWN_COMPONENT,
	HTTP_SIG_COMPONENT_TWICE,
	HTTP_SIG_COMPONENT_ABSENT, /* covered, but not in the request */
	HTTP_SIG_NO_METHOD,        /* not covered, and the same for those that follow */
	HTTP_SIG_NO_TARGET_URI,
	HTTP_SIG_NO_AUTHORIZATION,
	HTTP_SIG_NO_CONTENT_DIGEST,
	HTTP_SIG_CONTENT_LENGTH, /* covered, but not the body's */
	HTTP_SIG_BAD_DIGEST,
	HTTP_SIG_UNKNOWN_DIGEST,
	HTTP_SIG_DIGEST_MISMATCH,
	HTTP_SIG_NOT_CANONICAL, /* a second spelling of a signature */
	HTTP_SIG_MISMATCH,
	HTTP_SIG_FAULTS
};

/* As in the vectors: "missing_component_target_uri"; "" for HTTP_SIG_GOOD. */
const char *http_sig_fault_name(enum http_sig_fault f);
/* For people: "the signature does not cover @target-uri". */
const char *http_sig_fault_text(enum http_sig_fault f);

struct http_sig_field {
	struct bytes name; /* in any case */
	struct bytes text;
};

/* A request as the client saw it. Fields with one name stay in their order. */
struct http_sig_message {
	struct bytes method;     /* "POST" */
	struct bytes target_uri; /* absolute, not decoded */
	const struct http_sig_field *fields;
	size_t field_count;
	struct bytes body; /* as received */
};

/* One signature of the request; texts are borrowed from its fields. */
struct http_sig_input {
	struct bytes label;
	struct bytes raw;        /* covered components and parameters, as they stand */
	struct bytes components; /* between the parentheses */
	char keyid[JWK_KID_MAX + 1];
	struct bytes nonce; /* as it stands; p NULL where there is none */
	int64_t created_s;
	int64_t expires_s; /* INT64_MAX where there is none */
	uint8_t signature[HTTP_SIG_SIZE];
	/* What is wrong with it by itself; one that has no label in Signature, no keyid or a bad
	 * parameter can't be verified. */
	enum http_sig_fault fault;
};

struct http_sig {
	struct http_sig_input inputs[HTTP_SIG_LABELS_MAX];
	size_t count; /* at least 1 */
	bool bare_names;
};

/* Both fields of the request, which has each at most once. Faults of a single one of several
 * signatures are kept with it. */
enum http_sig_fault http_sig_parse(
        const struct http_sig_message *m, enum http_sig_profile profile, struct http_sig *out);

struct http_sig_rules {
	enum http_sig_digest digest;
	int64_t now_s;
	int64_t max_age_s;
};

/* The signature base is written to `scratch`, whose capacity is http_sig_base_max(m). */
enum http_sig_fault http_sig_verify(const struct http_sig_message *m,
        const struct http_sig_rules *rules, const struct http_sig *sig,
        const struct http_sig_input *in, const uint8_t public_key[JWK_PUBLIC_SIZE],
        struct buf *scratch);
size_t http_sig_base_max(const struct http_sig_message *m);

/* Whether a signature covers a component, named in lower case. */
bool http_sig_covers(
        const struct http_sig *sig, const struct http_sig_input *in, const char *component);

/* ---- making ---- */

struct http_sig_signer {
	const char *keyid;                  /* jwk_is_kid, without " and \ */
	uint8_t private_key[HTTP_SIG_SIZE]; /* libsodium's form: seed and public key */
};

#define HTTP_SIG_INPUT_SIZE  512
#define HTTP_SIG_HEADER_SIZE (sizeof("sig1=::") + BASE64_LEN(HTTP_SIG_SIZE))

struct http_sig_made {
	char input[HTTP_SIG_INPUT_SIZE];      /* value of Signature-Input */
	char signature[HTTP_SIG_HEADER_SIZE]; /* value of Signature */
};

/* Covers @method, @target-uri, and of authorization, content-digest, content-length and
 * content-type those that `m` has. Errors: THEIRS_MALFORMED (keyid), OURS_MEMORY. */
MUST_USE enum result http_sig_sign(const struct http_sig_message *m,
        const struct http_sig_signer *signer, int64_t created_s, struct http_sig_made *out);

#endif
