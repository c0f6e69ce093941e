/* condition: ETag and If-Match, so that who changes an object changes what they saw.
 *
 * A GET of an object that can be changed or removed answers with an ETag of what can be changed of
 * it: balances, health and the like are no part of it. A PATCH or DELETE with If-Match is made
 * where that still holds, else it is 412 and nothing has changed. Changes of the objects of one
 * kind are made one after the other, so that nothing comes between the look and the change. Spec:
 * RFC 9110 8.8.3, 13.1.1
 */
#ifndef FLORIN_ADMIN_CONDITION_H
#define FLORIN_ADMIN_CONDITION_H

#include "http/request.h"

#define ADMIN_CHANGED_CODE "changed" /* of the error of a 412 */

/* A GET by its handler, which answers at once; its answer gets an ETag. */
enum http_next admin_condition_get(struct http_request *rq, http_handler *get);
/* A change by its handler, in its turn and where If-Match allows it. get: of the same object; NULL:
 * it has none, and no ETag. */
enum http_next admin_condition_change(
        struct http_request *rq, http_handler *get, http_handler *change);

#endif
