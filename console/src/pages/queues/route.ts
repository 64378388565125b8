import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/queues', title: 'queues.title', navigation: { section: 'batch', order: 40 } };
