import { existsSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { RequestHandler } from 'express';
import express, { Router } from 'express';

const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Waybill</title>
<body><h1>Waybill is running</h1><p>The editor is not built. Run <code>npm run setup</code>, then reload this page.</p></body></html>`;

const IMMUTABLE = 'public, max-age=31536000, immutable';

/** Files with a hash in their name never change; the page itself is asked for every time. */
const cacheHeader = (path: string): string => (/[/\\]assets[/\\]/.test(path) ? IMMUTABLE : 'no-cache');

const mediaTypes: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css' };

/** Sends the `.gz` that the build put beside a file to clients that take it. */
function compressedAssets(editorDir: string): RequestHandler {
  const folder = join(editorDir, 'assets');
  const compressed = new Set(existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.gz')) : []);
  return (request, response, next) => {
    const name = /^\/assets\/([^/]+)$/.exec(request.path)?.[1] ?? '';
    const type = mediaTypes[extname(name)];
    if (!type || !compressed.has(`${name}.gz`)) return next();
    response.vary('accept-encoding');
    if (request.acceptsEncodings('gzip') !== 'gzip') return next();
    response.sendFile(`${name}.gz`, {
      root: folder,
      headers: { 'content-type': `${type}; charset=utf-8`, 'content-encoding': 'gzip', 'cache-control': IMMUTABLE },
    });
  };
}

/** The built editor; any other path a browser navigates to gets its page, which routes by itself. */
export function staticEditor(editorDir: string): Router {
  const router = Router();
  const index = join(editorDir, 'index.html');
  router.use(compressedAssets(editorDir));
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
