import { Component, type ErrorInfo, type ReactNode } from 'react';
import { BrokenPage } from './broken-page.tsx';
import { noteMissingCode } from './new-version.ts';

interface PageBoundaryProps {
  readonly children: ReactNode;
}

interface PageBoundaryState {
  readonly error?: Error;
  /** Where it happened: another page is another try. */
  readonly path?: string;
}

/** Keeps what one page does wrong to that page. */
export class PageBoundary extends Component<PageBoundaryProps, PageBoundaryState> {
  override state: PageBoundaryState = {};

  static getDerivedStateFromError(error: Error): PageBoundaryState {
    return { error, path: location.pathname };
  }

  override componentDidCatch(error: Error, _info: ErrorInfo): void {
    // The code of a page that cannot be loaded: most often the server has a newer one.
    if (/dynamically imported module|module script/i.test(error.message)) noteMissingCode();
  }

  override render(): ReactNode {
    const { error, path } = this.state;
    if (error && path === location.pathname) return <BrokenPage error={error} />;
    return this.props.children;
  }
}
