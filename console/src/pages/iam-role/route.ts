import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/iam/roles/:name', title: 'iam.role' };
