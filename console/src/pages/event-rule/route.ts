import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/events/rules/:bus/:name', title: 'event-rule.title' };
