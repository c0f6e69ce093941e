/* openapi_table: what openapi.c says about routes and objects, as tables. */
#ifndef FLORIN_ADMIN_OPENAPI_TABLE_H
#define FLORIN_ADMIN_OPENAPI_TABLE_H

#include <stddef.h>

#include "http/request.h"

/* Types of members, parameters and bodies: "string", "integer", "boolean", "uuid", "time" (RFC
 * 3339), "object", "code" (of an error), "=A|B" (one of these texts), or the name of a schema;
 * "[X]" is an array of X, "X?" is X or null. */

struct openapi_route {
	enum http_method method;
	const char *path; /* below /admin/v1 */
	const char *summary;
	const char *query;  /* "name:type ..." ; NULL: none */
	const char *body;   /* schema of the request; NULL: none */
	const char *answer; /* schema; with "list:" in front a page of it; "text/..." is no JSON */
	unsigned status;
	bool money;           /* the Idempotency-Key is required */
	const char *refusals; /* statuses of its own, "400 404" */
};

struct openapi_member {
	const char *schema;
	const char *name; /* with a "*" in front: required */
	const char *type;
};

extern const struct openapi_route openapi_routes[];
extern const size_t openapi_route_count;
extern const struct openapi_member openapi_members[];
extern const size_t openapi_member_count;

#endif
