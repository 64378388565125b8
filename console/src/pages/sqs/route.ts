import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/sqs', title: 'sqs.title', navigation: { section: 'services', order: 60 } };
