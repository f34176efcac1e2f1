import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `pnpm dev` finds a running Waybill; the build needs none. */
const server = process.env['WAYBILL_URL'] ?? 'http://localhost:4700';

export default defineConfig({
  base: '/',
  plugins: [react()],
  build: { outDir: 'dist', target: 'es2024', chunkSizeWarningLimit: 4_000 },
  worker: { format: 'es' },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': { target: server, changeOrigin: false },
      '/live': { target: server, ws: true },
    },
  },
});
