import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/jobs/:id/children', title: 'children.title' };
