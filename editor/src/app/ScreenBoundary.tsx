import type { ReactNode } from 'react';
import { Component } from 'react';
import { ErrorState } from '../ui/States.tsx';

/** A failing screen leaves the frame standing and can be tried again. */
export class ScreenBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return <ErrorState error={this.state.error} onRetry={() => this.setState({ error: null })} />;
  }
}
