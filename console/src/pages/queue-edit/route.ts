import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/queues/:name/edit', title: 'queue.edit' };
