import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/events/rules/new', title: 'event-rule-new.title' };
