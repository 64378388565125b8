import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/logs/:group', title: 'log-group.title' };
