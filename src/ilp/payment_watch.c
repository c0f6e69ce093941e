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

void payment_watches_wake(struct payment_watches *all, const struct id *payment)
{
	struct payment_watch *next;

	for (struct payment_watch *w = all->first; w; w = next) {
		next = w->next;
		if (id_eq(&w->payment, payment))
			w->wake(w);
	}
}
