import '@fontsource-variable/inter/index.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/ui.css';
import './app/frame.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { Tooltip } from 'radix-ui';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/client.ts';
import { App } from './app/App.tsx';
import { screenAt } from './app/screens.ts';
import { ToastHost } from './ui/ToastHost.tsx';

// The screen's file and data come while the server still says who is signed in.
const first = screenAt(window.location.pathname);
void first?.screen.load().catch(() => undefined);
first?.screen.readAhead?.(first.params);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Tooltip.Provider delayDuration={450} skipDelayDuration={200}>
        <App />
        <ToastHost />
      </Tooltip.Provider>
    </QueryClientProvider>
  </StrictMode>,
);
