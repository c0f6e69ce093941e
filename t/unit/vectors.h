/* vectors: reading t/vectors/NAME.json in tests. Whatever is missing or of another kind fails the
 * test at once, so that no case can go by unlooked at. */
#ifndef FLORIN_T_UNIT_VECTORS_H
#define FLORIN_T_UNIT_VECTORS_H

#include <check.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/secret.h"
#include "base/text.h"

#define VECTORS_ARENA_BYTES (64 * 1024 * 1024)

struct vectors {
	json_t *root;
	struct arena arena; /* decoded hex lives here */
};

static inline void vectors_open(struct vectors *v, const char *name)
{
	char path[4096];
	json_error_t error;

	snprintf(path, sizeof(path), "%s/%s.json", VECTORS, name);
	v->root = json_load_file(path, JSON_ALLOW_NUL, &error);
	ck_assert_msg(v->root != NULL, "%s: %s", path, error.text);
	arena_init(&v->arena, VECTORS_ARENA_BYTES);
}

static inline void vectors_close(struct vectors *v)
{
	json_decref(v->root);
	arena_clear(&v->arena);
}

/* The array `member`, which must hold `count` cases. */
static inline json_t *vectors_cases(const struct vectors *v, const char *member, size_t count)
{
	json_t *cases = json_object_get(v->root, member);

	ck_assert_msg(json_is_array(cases), "no array %s", member);
	ck_assert_uint_eq(json_array_size(cases), count);
	return cases;
}

static inline json_t *vectors_get(const json_t *object, const char *member)
{
	json_t *value = json_object_get(object, member);

	ck_assert_msg(value != NULL, "no member %s", member);
	return value;
}

/* NULL for a null. */
static inline const char *vectors_text(const json_t *object, const char *member)
{
	const json_t *value = vectors_get(object, member);

	ck_assert_msg(json_is_string(value) || json_is_null(value), "%s is no text", member);
	return json_string_value(value);
}

/* A text that may hold a NUL. */
static inline struct bytes vectors_bytes(const json_t *object, const char *member)
{
	const json_t *value = vectors_get(object, member);

	ck_assert_msg(json_is_string(value), "%s is no text", member);
	return bytes_of(json_string_value(value), json_string_length(value));
}

static inline bool vectors_bool(const json_t *object, const char *member)
{
	const json_t *value = vectors_get(object, member);

	ck_assert_msg(json_is_boolean(value), "%s is no boolean", member);
	return json_is_true(value);
}

static inline int64_t vectors_int(const json_t *object, const char *member)
{
	const json_t *value = vectors_get(object, member);

	ck_assert_msg(json_is_integer(value), "%s is no integer", member);
	return json_integer_value(value);
}

/* A string of digits. */
static inline uint64_t vectors_u64(const json_t *object, const char *member)
{
	uint64_t v = 0;
	const char *s = vectors_text(object, member);

	ck_assert_msg(
	        s && text_parse_u64(s, UINT64_MAX, &v) == RESULT_OK, "%s is no number", member);
	return v;
}

static inline struct bytes vectors_hex(struct vectors *v, const json_t *object, const char *member)
{
	struct bytes text = vectors_bytes(object, member);
	uint8_t *p = arena_alloc(&v->arena, text.n / 2 + 1);
	size_t n = 0;

	ck_assert_ptr_nonnull(p);
	ck_assert_int_eq(hex_decode((const char *)text.p, text.n, p, text.n / 2, &n), RESULT_OK);
	return bytes_of(p, n);
}

static inline void vectors_secret(
        struct vectors *v, const json_t *object, const char *member, struct secret32 *out)
{
	struct bytes b = vectors_hex(v, object, member);

	ck_assert_uint_eq(b.n, sizeof(out->b));
	for (size_t i = 0; i < b.n; i++)
		out->b[i] = b.p[i];
}

/* The bytes that `got` must equal. */
static inline void vectors_expect_hex(
        struct vectors *v, const json_t *object, const char *member, struct bytes got, size_t i)
{
	ck_assert_msg(
	        bytes_eq(got, vectors_hex(v, object, member)), "case %zu: %s differs", i, member);
}

#endif
