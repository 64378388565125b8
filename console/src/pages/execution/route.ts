import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/states/executions/:machine/:name', title: 'execution.title' };
