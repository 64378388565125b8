import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/iam/groups/:name', title: 'iam.group' };
