/* act_form: an act's form: its fields as they are, or as they were sent and are wrong. */
#include <string.h>

#include "console/act.h"
#include "console/login.h"
#include "console/view.h"
#include "console/word.h"
#include "http/language.h"
#include "store/event.h"

/* A kind of `kinds` that the template asks for. */
static const char *kind_name(enum field_kind kind)
{
	switch (kind) {
	case FIELD_CHOICE:
	case FIELD_ASSET:
	case FIELD_PATH:
		return "choices";
	case FIELD_FLAG:
		return "flag";
	case FIELD_LINES:
		return "lines";
	case FIELD_HIDDEN:
	case FIELD_TOKEN:
		return "hidden";
	case FIELD_SECRET:
		return "secret";
	case FIELD_TEXT:
	case FIELD_AMOUNT:
	case FIELD_NUMBER:
	case FIELD_WORDS:
		break;
	case FIELD_EVENTS:
		return "boxes";
	}
	return "line";
}

static const char *mode_of(enum field_kind kind)
{
	return kind == FIELD_AMOUNT ? "decimal" : kind == FIELD_NUMBER ? "numeric" : "text";
}

static void add_choice(json_t *list, const char *value, const char *label, const char *chosen)
{
	(void)json_array_append_new(list, json_pack("{s:s,s:s*,s:b}", "value", value, "label",
	                                          label, "chosen", strcmp(value, chosen) == 0));
}

static json_t *asset_choices(struct console_view *v, const char *chosen)
{
	const struct snapshot *s = node_snapshot(http_app(v->rq));
	json_t *list = json_array();

	for (size_t i = 0; i < s->asset_count; i++)
		add_choice(list, s->assets[i].code, s->assets[i].code, chosen);
	return list;
}

/* "incomingTokens.id" of the object: one for each item. */
static json_t *item_choices(struct console_view *v, const struct act_field *f, const json_t *object,
        const char *dot, const char *chosen)
{
	char array[32] = "";
	const struct column column = {
	        "", f->choice_label ? f->choice_label : dot + 1, CELL_TEXT, NULL};
	json_t *list = json_array(), *item;
	size_t i;

	if ((size_t)(dot - f->choices) < sizeof(array))
		memcpy(array, f->choices, (size_t)(dot - f->choices));
	json_array_foreach(json_object_get(object, array), i, item)
	{
		const char *value = json_string_value(json_object_get(item, dot + 1));
		const char *label = value;

		if (!value)
			continue;
		if (f->choice_label)
			label = arena_printf(
			        &v->rq->arena, "%s (%s)", value, console_text(v, &column, item));
		add_choice(list, value, label, chosen);
	}
	return list;
}

static json_t *choices_of(
        struct console_view *v, const struct act_field *f, const json_t *object, const char *chosen)
{
	const char *dot, *all = f->choices;
	json_t *list;

	if (f->kind == FIELD_ASSET)
		return asset_choices(v, chosen);
	if (!all)
		return json_string("");
	dot = strchr(all, '.');
	if (dot)
		return item_choices(v, f, object, dot, chosen);
	list = json_array();
	if (!f->required)
		add_choice(list, "", "–", chosen);
	while (*all) {
		size_t n = strcspn(all, " ");
		const char *word = arena_strndup(&v->rq->arena, all, n);

		if (word)
			add_choice(list, word, word_said(language_of(v->rq), word), chosen);
		all += n + (all[n] == ' ');
	}
	return list;
}

/* ---- types of events ---- */

const char *act_box_name(struct console_view *v, const struct act_field *f, enum event_type t)
{
	return arena_printf(&v->rq->arena, "%s.%s", f->name, event_type_name(t));
}

/* What was ticked, else what is. */
static bool is_ticked(struct console_view *v, const struct console_act *act,
        const struct act_field *f, const json_t *object, enum event_type t)
{
	const json_t *now = f->from ? cell_member(object, f->from) : NULL, *type;
	const char *box = act_box_name(v, f, t);
	size_t i;

	if (v->act == act && v->given)
		return box && *page_field(v->given, box);
	json_array_foreach((json_t *)(uintptr_t)now, i, type)
	{
		if (strcmp(json_string_value(type), event_type_name(t)) == 0)
			return true;
	}
	return false;
}

static json_t *boxes_json(struct console_view *v, const struct console_act *act,
        const struct act_field *f, const json_t *object)
{
	json_t *list = json_array();

	for (enum event_type t = 0; t < EVENT_TYPES; t++)
		(void)json_array_append_new(list,
		        json_pack("{s:s*,s:s,s:b}", "box", act_box_name(v, f, t), "type",
		                event_type_name(t), "ticked", is_ticked(v, act, f, object, t)));
	return json_pack("{s:o}", "list", list);
}

/* What stands in it: what was typed, else what is. */
static const char *value_of(struct console_view *v, const struct console_act *act,
        const struct act_field *f, const json_t *object)
{
	struct arena *a = &v->rq->arena;
	struct column column = {"", f->from ? f->from : "", CELL_TEXT, NULL};
	const char *text;

	if (v->act == act && v->given)
		return f->kind == FIELD_SECRET ? "" : page_field(v->given, f->name);
	if (!f->from)
		return "";
	if (f->kind == FIELD_AMOUNT) {
		column.kind = CELL_AMOUNT;
		text = console_text(v, &column, object);
		return text ? arena_strndup(a, text, strcspn(text, " ")) : "";
	}
	if (f->kind == FIELD_WORDS) {
		const json_t *list = cell_member(object, f->from);

		text = "";
		for (size_t i = 0; text && i < json_array_size(list); i++)
			text = arena_printf(a, "%s%s%s", text, i ? " " : "",
			        json_string_value(json_array_get(list, i)));
		return text ? text : "";
	}
	if (f->kind == FIELD_FLAG)
		column.kind = CELL_FLAG;
	text = cell_text(&languages[0], a, &column, object);
	return text ? text : "";
}

static json_t *field_json(struct console_view *v, const struct console_act *act,
        const struct act_field *f, const json_t *object)
{
	const char *value = value_of(v, act, f, object);
	bool wrong = v->act == act && v->problem && strcmp(v->problem_field, f->name) == 0;
	json_t *field = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:b,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s}",
	        "name", f->name, "label", f->label ? words(v->rq, f->label) : "", "value", value,
	        "hint", f->hint ? words(v->rq, f->hint) : "", "problem", wrong ? v->problem : "",
	        "api", wrong ? v->problem_api : "", "required",
	        f->required && f->kind != FIELD_FLAG, "mode", mode_of(f->kind), "line", "",
	        "choices", "", "flag", "", "lines", "", "hidden", "", "secret", "", "boxes", "");

	(void)json_object_set_new(field, "checked", json_boolean(strcmp(value, "yes") == 0));
	if (strcmp(kind_name(f->kind), "choices") == 0)
		(void)json_object_set_new(field, "choices",
		        json_pack("{s:o}", "list", choices_of(v, f, object, value)));
	else if (f->kind == FIELD_EVENTS)
		(void)json_object_set_new(field, "boxes", boxes_json(v, act, f, object));
	else
		(void)json_object_set_new(field, kind_name(f->kind), json_true());
	return field;
}

/* The amounts of the form are of this asset. */
static const char *asset_of_object(
        const struct console_view *v, const struct console_act *act, const json_t *object)
{
	const char *code = NULL;

	if (act->asset)
		code = v->act == act && v->given
		               ? page_field(v->given, "assetCode")
		               : json_string_value(cell_member(object, act->asset));
	return code ? code : "";
}

const char *act_action(struct console_view *v, const struct console_act *act)
{
	const char *whole = console_path(v, act->pattern);

	/* Of ours, not of the API's. */
	return whole ? whole + strlen("/admin/v1") : NULL;
}

/* What is to be typed; "" where it is a choice that is not made yet. */
static const char *confirm_of(struct console_view *v, const struct console_act *act)
{
	if (!act->confirm)
		return "";
	if (act->confirm[0] != '{')
		return words(v->rq, act->confirm);
	return strcmp(act->confirm, "{id}") == 0 ? console_param(v->rq, "id") : "";
}

json_t *act_form_json(struct console_view *v, const struct console_act *act, const json_t *object)
{
	const char *action = act_action(v, act);
	json_t *fields = json_array();
	char token[FORM_TOKEN_SIZE], text[ID_TEXT_SIZE];
	bool again = v->act == act, own = again && v->problem && !*v->problem_field;
	bool confirm = again && v->problem && strcmp(v->problem_field, "confirm") == 0;
	struct id id;

	if (!action) {
		json_decref(fields);
		return NULL;
	}
	v->act_shown = v->act_shown || again;
	page_form_token(&console_of(v->rq)->form_key, v->visitor.token, action, token);
	for (const struct act_field *f = act->fields; f && f->name; f++)
		(void)json_array_append_new(fields, field_json(v, act, f, object));
	id_new(http_wall_ms(v->rq), &id);
	id_format(&id, text);
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:b,s:o,s:s,s:s}", "id", act->name,
	        "action", action, "token", token, "once", text, "intro",
	        act->intro ? words(v->rq, act->intro) : "", "button", words(v->rq, act->button),
	        "asset", asset_of_object(v, act, object), "problem", own ? v->problem : "", "api",
	        own ? v->problem_api : "", "danger", act->confirm != NULL, "fields", fields,
	        "confirm", confirm_of(v, act), "confirmProblem", confirm ? v->problem : "");
}
