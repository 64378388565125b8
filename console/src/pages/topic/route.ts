import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/topics/:name', title: 'topics.topic' };
