import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/policies/:name', title: 'policy.title' };
