import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/usage', title: 'usage.title', navigation: { section: 'batch', order: 80 } };
