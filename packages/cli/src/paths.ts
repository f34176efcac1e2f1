import { join, resolve } from 'node:path';

/** Top of the installation: templates, built nodes and the built editor are found from here. */
const installRoot = resolve(import.meta.dirname, '..', '..', '..');
export const nodesDist = join(installRoot, 'nodes', 'dist');
export const templatesFolder = join(installRoot, 'templates');
