/* The description of the admin API: every route is in it, and nothing else is; what it refers to is
 * there. */
#include "unit/harness.h"

#include <ctype.h>
#include <string.h>

#include "admin/admin_routes.h"
#include "admin/openapi.h"

#define BASE "/admin/v1"

static json_t *document;

static void setup(void)
{
	document = openapi_document(admin_routes, admin_route_count);
	ck_assert_ptr_nonnull(document);
}

static void teardown(void)
{
	json_decref(document);
}

static const struct http_route *route_of(const char *path, const char *method)
{
	for (size_t i = 0; i < admin_route_count; i++)
		if (strcmp(admin_routes[i].pattern, path) == 0 &&
		        strcasecmp(http_method_name(admin_routes[i].method), method) == 0)
			return &admin_routes[i];
	return NULL;
}

START_TEST(every_route)
{
	json_t *paths = json_object_get(document, "paths");
	size_t n = 0;

	for (size_t i = 0; i < admin_route_count; i++) {
		const struct http_route *route = &admin_routes[i];
		char method[16] = "";

		if (strncmp(route->pattern, BASE, strlen(BASE)) != 0)
			continue;
		for (size_t k = 0; http_method_name(route->method)[k] && k + 1 < sizeof(method);
		        k++)
			method[k] = (char)tolower(http_method_name(route->method)[k]);
		ck_assert_msg(
		        json_object_get(json_object_get(paths, route->pattern), method) != NULL,
		        "%s %s", method, route->pattern);
		n++;
	}
	ck_assert_uint_gt(n, 30);
}
END_TEST

START_TEST(nothing_else)
{
	const char *path, *method;
	json_t *operations, *operation;

	json_object_foreach(json_object_get(document, "paths"), path, operations)
	        json_object_foreach(operations, method, operation)
	                ck_assert_msg(route_of(path, method) != NULL, "%s %s", method, path);
}
END_TEST

START_TEST(every_description_has_its_route)
{
	enum http_method method;
	const char *path;
	char whole[256];

	for (size_t i = 0; openapi_described(i, &method, &path); i++) {
		snprintf(whole, sizeof(whole), "%s%s", BASE, path);
		ck_assert_msg(route_of(whole, http_method_name(method)) != NULL, "%s %s",
		        http_method_name(method), whole);
	}
}
END_TEST

static void check_references(json_t *value)
{
	static const char prefix[] = "#/components/schemas/";
	json_t *schemas = json_object_get(json_object_get(document, "components"), "schemas");
	const char *name;
	json_t *member;
	size_t i;

	if (json_is_object(value)) {
		json_object_foreach(value, name, member)
		{
			const char *target = json_string_value(member);

			if (strcmp(name, "$ref") == 0 && target)
				ck_assert_msg(
				        strncmp(target, prefix, strlen(prefix)) == 0 &&
				                json_object_get(schemas, target + strlen(prefix)),
				        "%s leads nowhere", target);
			else
				check_references(member);
		}
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, member) check_references(member);
	}
}

START_TEST(references)
{
	check_references(document);
	ck_assert_str_eq(json_string_value(json_object_get(document, "openapi")), "3.1.0");
}
END_TEST

static void fill(TCase *t)
{
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, every_route);
	tcase_add_test(t, nothing_else);
	tcase_add_test(t, every_description_has_its_route);
	tcase_add_test(t, references);
}

TEST_MAIN("openapi", fill)
