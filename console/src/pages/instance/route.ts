import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/instances/:id', title: 'instance.title' };
