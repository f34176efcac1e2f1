import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vite';

/** Where `pnpm dev` finds a running Waybill; the build needs none. */
const server = process.env['WAYBILL_URL'] ?? 'http://localhost:4700';

/** Puts a compressed copy beside each script and style sheet, so that the server need not compress them at every visit. */
const compressedCopies = (): Plugin => ({
  name: 'compressed-copies',
  apply: 'build',
  writeBundle({ dir }) {
    const assets = join(dir ?? 'dist', 'assets');
    for (const name of readdirSync(assets).filter((file) => /\.(js|css)$/.test(file))) {
      const content = readFileSync(join(assets, name));
      if (content.length >= 1_024) writeFileSync(join(assets, `${name}.gz`), gzipSync(content, { level: 9 }));
    }
  },
});

export default defineConfig({
  base: '/',
  plugins: [react(), compressedCopies()],
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
