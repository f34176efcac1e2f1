import type { ReactNode } from 'react';
import { Component } from 'react';
import { wordsOf } from '../api/problem-words.ts';
import { ErrorState } from '../ui/States.tsx';

/** A failing screen leaves the frame standing and can be tried again. */
export class ScreenBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const tryAgain = () => {
      // Code that could not be fetched once is never asked for again by the same page.
      if (wordsOf(error).code === 'PART_NOT_LOADED') window.location.reload();
      else this.setState({ error: null });
    };
    return <ErrorState error={error} onRetry={tryAgain} />;
  }
}
