import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/environments/:name', title: 'environment.title' };
