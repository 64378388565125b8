import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/parameters/:name', title: 'parameters.parameter' };
