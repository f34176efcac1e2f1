import type { ErrorRecord, NodeManifest } from '@waybill/flow-model';
import { FlowError, jsonObjectSchema } from '@waybill/flow-model';
import { z } from 'zod';
import type { CallContext, HostCapabilities } from '../capabilities.ts';
import type { FromRunner, ToRunner } from '../protocol.ts';

type Call = Extract<FromRunner, { t: 'call' }>;
type Answer = Extract<ToRunner, { t: 'answer' }>;

/** What comes out of an isolate is a stranger's word: read through a schema, unknown fields refused. */
const requestSchema = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  url: z.string().max(16_384),
  slot: z.string().max(128).exactOptional(),
  headers: z.record(z.string().max(256), z.string().max(16_384)),
  body: z.string().exactOptional(),
  timeoutMs: z.number().positive().exactOptional(),
});
const name = z.string().min(1).max(512);
const recordRef = z.strictObject({ system: name, id: name });
const findSchema = z.strictObject({ entity: name, fromSystem: name, fromId: name, toSystem: name });
const findManySchema = z.strictObject({
  entity: name,
  fromSystem: name,
  fromIds: z.array(name).max(100_000),
  toSystem: name,
});
const linkSchema = z.strictObject({ entity: name, a: recordRef, b: recordRef });
const lookupSchema = z.strictObject({ table: name, key: jsonObjectSchema, at: z.number() });
const lookupManySchema = z.strictObject({ table: name, keys: z.array(jsonObjectSchema).max(100_000), at: z.number() });

export interface CallGuard {
  manifest: NodeManifest;
  context: CallContext;
  capabilities: HostCapabilities;
  httpBodyChars: number;
}

/** Makes one call for a node if its manifest and its bindings allow it; never rejects. */
export async function answerCall(call: Call, guard: CallGuard): Promise<Answer> {
  const base = { t: 'answer' as const, id: call.id, call: call.call };
  try {
    const { head, body } = await perform(call, guard);
    return { ...base, ok: true, head, body };
  } catch (thrown) {
    return { ...base, ok: false, head: JSON.stringify(recordOf(thrown, call.kind)), body: '' };
  }
}

async function perform(call: Call, guard: CallGuard): Promise<{ head: string; body: string }> {
  const { capabilities, context, manifest } = guard;
  const payload: unknown = JSON.parse(call.payload);
  switch (call.kind) {
    case 'http': {
      const request = requestSchema.parse(payload);
      if ((manifest.capabilities.network ?? []).length === 0) throw notDeclared(manifest, 'network');
      if (request.slot !== undefined && !Object.hasOwn(context.connections, request.slot))
        throw unbound(manifest, request.slot);
      if ((request.body?.length ?? 0) > guard.httpBodyChars) throw tooLarge('The body of the request', guard);
      const reply = await capabilities.http(request, context);
      if (reply.body.length > guard.httpBodyChars) throw tooLarge('The reply', guard);
      return { head: JSON.stringify({ status: reply.status, headers: reply.headers }), body: reply.body };
    }
    case 'crosswalk-find': {
      if (!manifest.capabilities.crosswalk) throw notDeclared(manifest, 'crosswalk');
      return { head: JSON.stringify(await capabilities.crosswalkFind(findSchema.parse(payload), context)), body: '' };
    }
    case 'crosswalk-find-many': {
      if (!manifest.capabilities.crosswalk) throw notDeclared(manifest, 'crosswalk');
      const ids = await capabilities.crosswalkFindMany(findManySchema.parse(payload), context);
      return { head: JSON.stringify(ids), body: '' };
    }
    case 'crosswalk-link': {
      if (!manifest.capabilities.crosswalk) throw notDeclared(manifest, 'crosswalk');
      await capabilities.crosswalkLink(linkSchema.parse(payload), context);
      return { head: 'null', body: '' };
    }
    case 'crosswalk-unlink': {
      if (!manifest.capabilities.crosswalk) throw notDeclared(manifest, 'crosswalk');
      return { head: JSON.stringify(await capabilities.crosswalkUnlink(linkSchema.parse(payload), context)), body: '' };
    }
    case 'table-lookup': {
      if (!manifest.capabilities.tables) throw notDeclared(manifest, 'tables');
      return { head: JSON.stringify(await capabilities.tableLookup(lookupSchema.parse(payload), context)), body: '' };
    }
    case 'table-lookup-many': {
      if (!manifest.capabilities.tables) throw notDeclared(manifest, 'tables');
      const rows = await capabilities.tableLookupMany(lookupManySchema.parse(payload), context);
      return { head: JSON.stringify(rows), body: '' };
    }
  }
}

const notDeclared = (manifest: NodeManifest, what: string): FlowError =>
  new FlowError('CAPABILITY_NOT_DECLARED', {
    what: `The node ${manifest.type} used "${what}", which its manifest does not declare.`,
    fix: 'Its author has to declare it, so that people see it before they install the package.',
    owner: 'engine',
    engine: 'stop',
  });

const unbound = (manifest: NodeManifest, slot: string): FlowError =>
  new FlowError('CONNECTION_UNBOUND', {
    what: `The step has no connection for "${manifest.credentials[slot]?.label ?? slot}".`,
    fix: 'Choose a connection for it on the step, then retry.',
    owner: 'user',
    engine: 'stop',
  });

const tooLarge = (what: string, guard: CallGuard): FlowError =>
  new FlowError('HTTP_BODY_TOO_LARGE', {
    what: `${what} is larger than ${Math.floor(guard.httpBodyChars / 1_048_576)} MB.`,
    fix: 'Ask for less at a time: a page, fewer fields, a narrower filter.',
    owner: 'user',
    engine: 'stop',
  });

/** Texts of unexpected errors stay here: they may quote what the node must not see. */
function recordOf(thrown: unknown, kind: Call['kind']): ErrorRecord {
  if (thrown instanceof FlowError) return thrown.toRecord();
  if (thrown instanceof z.ZodError) {
    const issue = thrown.issues[0];
    return {
      code: 'HOST_CALL_INVALID',
      what: `The node's call is malformed: ${issue?.path.join('.')}: ${issue?.message}.`,
      fix: 'This is a defect of the node; report it to its author.',
      owner: 'engine',
      engine: 'stop',
    };
  }
  return kind === 'http'
    ? {
        code: 'NETWORK_FAILED',
        what: 'There was no answer from the other system.',
        fix: 'Nothing: the step is repeated. If it lasts, check the address and the network.',
        owner: 'provider',
        engine: 'retry',
      }
    : {
        code: 'HOST_CALL_FAILED',
        what: `The ${kind} call failed inside Waybill.`,
        fix: 'Nothing: the step is repeated. If it lasts, look into the server log.',
        owner: 'engine',
        engine: 'retry',
      };
}
