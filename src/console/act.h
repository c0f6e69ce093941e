/* act: what an operator does: a form, the request of the admin API that it becomes, and the line in
 * the audit trail.
 *
 * An act is a row of the table in acts.c, whose texts are messages. The form carries a token of the
 * session and an Idempotency-Key of its own, so that a form that was sent twice acts once. What the
 * API refuses is shown beside the field that its `details.field` names.
 */
#ifndef FLORIN_CONSOLE_ACT_H
#define FLORIN_CONSOLE_ACT_H

#include "console/cell.h"
#include "http/request.h"
#include "store/event.h"

struct console_view;

enum field_kind {
	FIELD_TEXT,
	FIELD_AMOUNT, /* in major units, of the form's assetCode */
	FIELD_NUMBER,
	FIELD_FLAG,
	FIELD_WORDS,  /* blank-separated: an array */
	FIELD_EVENTS, /* types of events, a box for each, "NAME.TYPE": an array, null where none is
	                 chosen: all */
	FIELD_SECRET, /* not written down, not shown again */
	FIELD_CHOICE,
	FIELD_ASSET,  /* one of the node's assets */
	FIELD_LINES,  /* a long text */
	FIELD_HIDDEN, /* as it was filled in */
	FIELD_TOKEN,  /* the same, and a secret */
	FIELD_PATH,   /* as FIELD_CHOICE, but part of the path alone */
};

/* Tables of fields end with a NULL name. "token", "once" and "confirm" are the form's own, and
 * "assetCode" where the act has an asset. */
struct act_field {
	const char *name; /* of the body's member */
	const char *label;
	enum field_kind kind;
	bool required;
	const char *hint;    /* NULL: none */
	const char *choices; /* FIELD_CHOICE: blank-separated; or "items.id" of the object: one for
	                        each, with `choice_label` */
	const char *choice_label; /* "{item} {amount}" of an item; NULL: the choice itself */
	const char *from;         /* member of the object that fills it in; NULL: empty */
};

/* The table ends with a NULL name. */
struct console_act {
	const char *name;        /* "peer.settle" */
	const char *pattern;     /* of the form's action */
	enum http_method method; /* of the admin API's request */
	const char *path;        /* below /admin/v1; {id} is the page's, other names the form's */
	const char *title;
	const char *button;
	const char *intro; /* NULL: none */
	/* What is typed to confirm: "{id}" of the page, a FIELD_PATH's choice ("{name}"), or a
	 * word. NULL: nothing is. */
	const char *confirm;
	const struct act_field *fields;
	const char *unless; /* "state=active": not offered where that is so; NULL: always */
	const char *body;   /* JSON members that are always sent; NULL: none */
	const char *asset;  /* member of the object with the amounts' asset; NULL: none, or a
	                       FIELD_ASSET says it */
	const char *page;   /* pattern of the page that it belongs to */
	const char *back;   /* where it leads, {names} of path and answer; NULL: the page */
	const struct column *shows; /* the answer is shown once, instead; NULL: it leads back */
	const char *next;           /* with the form of this act, of the answer; NULL: none */
	/* Adds to the body what no form says. */
	bool (*fill)(struct console_view *v, json_t *body);
};

extern const struct console_act console_acts[];
const struct console_act *console_act_named(const char *name);
/* The handler of every act's form. */
http_handler console_act_post;
/* Where the act's form is sent to; NULL: no memory. */
const char *act_action(struct console_view *v, const struct console_act *act);
/* The name of the box of a FIELD_EVENTS for that type. NULL: no memory. */
const char *act_box_name(struct console_view *v, const struct act_field *f, enum event_type type);
/* The view of the part "console-form". object: as part_form. */
json_t *act_form_json(struct console_view *v, const struct console_act *act, const json_t *object);

#endif
