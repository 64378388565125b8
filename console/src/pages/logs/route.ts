import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/logs', title: 'logs.title', navigation: { section: 'services', order: 20 } };
