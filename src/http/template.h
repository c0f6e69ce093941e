/* template: a page from its template and what it shows.
 *
 * Templates are the files www/pages/NAME.html. The view is a JSON object, whose texts come from
 * anywhere: everything that is put into a page is escaped, for text and for quoted attributes
 * alike, and there is no way around it.
 *
 *	{{name}}               the text or whole number of that name
 *	{{#name}}...{{/name}}  once for each element of a list; once where it is true, an object
 *	                       or a text that is not empty. Inside, an element's own names come
 *	                       first, and {{.}} is an element that is a text
 *	{{^name}}...{{/name}}  where the above shows nothing
 *	{{>part}}              the template www/pages/part.html
 *	[[A message.]]         its translation (base/words.h), which may hold any of the above; it
 *	                       has a line to itself, and holds no other message
 *
 * A name that the view lacks is a mistake of the page in {{name}}, and false in a section.
 */
#ifndef FLORIN_HTTP_TEMPLATE_H
#define FLORIN_HTTP_TEMPLATE_H

#include <jansson.h>

#include "base/bytes.h"
#include "base/result.h"
#include "base/words.h"

#define TEMPLATE_OUT_MAX   (512 * 1024)
#define TEMPLATE_DEPTH_MAX 16 /* sections, parts and messages within each other */

/* out->p is malloc'd and the caller's. Errors: OURS_BUG (a template is wrong, or does not fit its
 * view; logged), OURS_MEMORY, THEIRS_TOO_BIG. */
MUST_USE enum result template_render(
        const char *name, const json_t *view, const struct language *language, struct bytes *out);
/* The same of a template's text, for tests. */
MUST_USE enum result template_render_text(
        const char *text, const json_t *view, const struct language *language, struct bytes *out);

#endif
