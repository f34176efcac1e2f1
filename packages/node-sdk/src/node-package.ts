import type { CredentialDefinition } from './credential.ts';
import type { ErasedNodeDefinition } from './define-node.ts';

/** What the entry point of a node package exports by the name `nodePackage`. */
export interface NodePackage {
  readonly name: string;
  readonly nodes: readonly ErasedNodeDefinition[];
  readonly credentials: readonly CredentialDefinition[];
}

export const defineNodePackage = (nodePackage: NodePackage): NodePackage => nodePackage;
