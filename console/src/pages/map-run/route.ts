import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/states/map-runs/:map/:run', title: 'map-run.title' };
