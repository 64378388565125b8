import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/', title: 'dashboard.title', navigation: { section: 'batch', order: 10 } };
