#include "ilp/payment_watch.h"

#include <stddef.h>

void payment_watch_join(struct payment_watches *all, struct payment_watch *w)
{
	w->previous = NULL;
	w->next = all->first;
	if (w->next)
		w->next->previous = w;
	all->first = w;
}

void payment_watch_leave(struct payment_watches *all, struct payment_watch *w)
{
	if (w->previous)
		w->previous->next = w->next;
	else
		all->first = w->next;
	if (w->next)
		w->next->previous = w->previous;
}

void payment_look_join(struct payment_watches *all, struct payment_look *l)
{
	l->previous = NULL;
	l->next = all->looks;
	if (l->next)
		l->next->previous = l;
	all->looks = l;
}

void payment_look_leave(struct payment_watches *all, struct payment_look *l)
{
	if (l->previous)
		l->previous->next = l->next;
	else
		all->looks = l->next;
	if (l->next)
		l->next->previous = l->previous;
}

void payment_watches_looked(struct payment_watches *all, const struct id *payment, int64_t now_ms)
{
	for (struct payment_look *l = all->looks; l; l = l->next) {
		if (id_eq(&l->payment, payment))
			l->at_ms = now_ms;
	}
}

void payment_watches_wake(struct payment_watches *all, const struct id *payment)
{
	struct payment_watch *next;

	for (struct payment_watch *w = all->first; w; w = next) {
		next = w->next;
		if (id_eq(&w->payment, payment))
			w->wake(w);
	}
}
