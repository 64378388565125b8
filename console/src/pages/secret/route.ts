import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/secrets/:name', title: 'secrets.secret' };
