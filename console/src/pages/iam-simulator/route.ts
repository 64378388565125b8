import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/iam/simulator', title: 'policy-simulator.title' };
