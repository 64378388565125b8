import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/sqs/:name', title: 'sqs.queue' };
