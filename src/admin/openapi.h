/* openapi: the admin API, described as OpenAPI 3.1, from the table of its routes.
 *
 * A route that nobody has described yet appears all the same, with its path and the general
 * answers.
 */
#ifndef FLORIN_ADMIN_OPENAPI_H
#define FLORIN_ADMIN_OPENAPI_H

#include <jansson.h>

#include "http/router.h"

/* The document of these routes; NULL where memory is out. */
json_t *openapi_document(const struct http_route *routes, size_t count);

/* What describes the i-th route of the table of descriptions; false past the last. For the test
 * that each still has its route. */
bool openapi_described(size_t i, enum http_method *method, const char **path);

#endif
