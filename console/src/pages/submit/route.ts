import type { PageRoute } from '../page-route.ts';

export const route: PageRoute = { path: '/submit', title: 'submit.title' };
