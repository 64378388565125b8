import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/definitions/:name', title: 'definition.title' };
