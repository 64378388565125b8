import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/events/rules/:bus/:name/edit', title: 'event-rule-edit.title' };
