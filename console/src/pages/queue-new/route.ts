import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/queues/new', title: 'queue.new' };
