import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/jobs', title: 'jobs.title', navigation: { section: 'batch', order: 20 } };
