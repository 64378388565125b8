import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/iam/simulator', title: 'simulator.title' };
