import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/iam/users/:name', title: 'iam.user' };
