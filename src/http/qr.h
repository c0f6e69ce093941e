/* qr: a text as a QR code, for the part `qr` of a page (libqrencode; ISO/IEC 18004). */
#ifndef FLORIN_HTTP_QR_H
#define FLORIN_HTTP_QR_H

#include <jansson.h>

#define QR_TEXT_MAX 512 /* bytes of the text */
#define QR_QUIET    4   /* modules of light around it */

/* {"size": modules with the quiet zone, "path": an SVG path of its dark modules, "label"}; the part
 * draws it. NULL: without memory, or where the text is empty or too long. */
json_t *qr_json(const char *text, const char *label);

#endif
