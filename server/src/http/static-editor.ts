import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestHandler } from 'express';
import express, { Router } from 'express';

const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Waybill</title>
<body><h1>Waybill is running</h1><p>The editor is not built. Run <code>npm run setup</code>, then reload this page.</p></body></html>`;

/** Files with a hash in their name never change; the page itself is asked for every time. */
const cacheHeader = (path: string): string =>
  /[/\\]assets[/\\]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache';

/** The built editor; any other path a browser navigates to gets its page, which routes by itself. */
export function staticEditor(editorDir: string): Router {
  const router = Router();
  const index = join(editorDir, 'index.html');
  router.use(
    express.static(editorDir, {
      index: false,
      fallthrough: true,
      setHeaders: (response, path) => response.setHeader('cache-control', cacheHeader(path)),
    }),
  );
  const page: RequestHandler = (request, response, next) => {
    const navigates = (request.method === 'GET' || request.method === 'HEAD') && request.accepts('html');
    if (!navigates || /\.[a-z0-9]{2,5}$/i.test(request.path)) return next();
    response.setHeader('cache-control', 'no-cache');
    if (existsSync(index)) response.sendFile(index);
    else response.type('html').send(notBuilt);
  };
  router.use(page);
  return router;
}
