import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/policies/:name/edit', title: 'policy.edit' };
