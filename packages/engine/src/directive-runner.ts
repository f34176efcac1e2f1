/** What nodes ask of the engine instead of emitting at once. */
import type { ErrorRecord, FlowVersionId, NodeId, RunId } from '@waybill/flow-model';
import { assertNever } from '@waybill/flow-model';
import type { Directive, TaskOutcome } from '@waybill/node-sdk';
import type { AttemptFacts } from './attempt-records.ts';
import { succeeded } from './attempt-records.ts';
import type { Attempt } from './attempt-runner.ts';
import { childRunIdOf, contentOf, taskIdOf } from './effect-key.ts';
import { engineError, toErrorRecord } from './engine-error.ts';
import { mayGoBack } from './going-back.ts';
import type { JournalRecord, StepKey, Wait } from './journal-record.ts';
import type { Detail } from './outcome-runner.ts';
import type { StepCall } from './ports/index.ts';
import { RecordsRunner } from './records-runner.ts';
import type { Located } from './run-log.ts';
import type { RunState } from './run-state.ts';
import { generationOf, wentBackOf } from './run-state.ts';

const MAX_FAN_OUT_CONCURRENCY = 1_000;

export abstract class DirectiveRunner extends RecordsRunner {
  protected onDirective(attempt: Attempt, at: Located, call: StepCall, directive: Directive, detail: Detail): void {
    const now = this.ctx.clock.now();
    const waiting = (facts: AttemptFacts, wait: Wait): JournalRecord[] => {
      const { log: _log, ...known } = facts;
      return [{ at: now, type: 'wait-opened', ...known, wait }];
    };
    const generation = generationOf(this.state, attempt.key);
    switch (directive.do) {
      case 'wait-timer': {
        const { until, port } = directive;
        this.record(attempt, detail, [directive.value], (facts, [value]) =>
          waiting(facts, { kind: 'timer', until, port, value: value ?? { v: null } }),
        );
        return;
      }
      case 'wait-event': {
        const { do: _do, ...rest } = directive;
        this.record(attempt, detail, [], (facts) => waiting(facts, { kind: 'event', ...rest }));
        return;
      }
      case 'wait-task': {
        const lost = directive.task.outcomes.find(
          ({ backTo }) => backTo !== undefined && !mayGoBack(this.compiled, at.node, backTo),
        );
        if (lost) {
          this.onFailure(attempt, cannotGoBack(at.node.title, lost), detail);
          return;
        }
        const asked = this.state.returns.get(attempt.key);
        const taskId = asked?.taskId ?? taskIdOf(this.state.runId, attempt.key, generation, attempt.number);
        const { do: _do, ...rest } = directive;
        // The time to give up counts from the first round, however often it was checked again.
        const back = asked ? { round: asked.round, ...(asked.until === undefined ? {} : { until: asked.until }) } : {};
        this.record(attempt, detail, [], (facts) => waiting(facts, { kind: 'task', taskId, ...rest, ...back }));
        return;
      }
      case 'call-flow':
        void this.callFlow(attempt, directive, detail, waiting);
        return;
      case 'fan-out':
      case 'enter':
        this.enter(attempt, at, directive, detail);
        return;
      case 'respond':
        this.respond(attempt, directive, detail);
        return;
      case 'raise-event':
        this.raise(attempt, at, call, directive, detail);
        return;
      case 'process-records':
        void this.processRecords(attempt, at, call, directive, detail);
        return;
      case 'ignore':
        this.ignore(attempt, directive.reason);
        return;
      default:
        assertNever(directive);
    }
  }

  protected async callFlow(
    attempt: Attempt,
    directive: Extract<Directive, { do: 'call-flow' }>,
    detail: Detail,
    waiting: (facts: AttemptFacts, wait: Wait) => JournalRecord[],
  ): Promise<void> {
    const flowId = directive.flowId as RunState['start']['flowId'];
    let called: Callee | ErrorRecord;
    try {
      called = await this.findCallee(flowId, directive.versionNumber);
    } catch (error) {
      this.onFailure(attempt, toErrorRecord(error), undefined);
      return;
    }
    if ('code' in called) {
      this.onFailure(attempt, called, detail);
      return;
    }
    const { versionId, triggerNode } = called;
    this.record(attempt, detail, [directive.input], (facts, [input]) => {
      const generation = generationOf(this.state, attempt.key);
      const runId = childRunIdOf(this.state.runId, attempt.key, generation);
      const { port } = directive;
      const before = attempt.step.called?.wait.runId ?? this.calledBefore(attempt.key);
      return waiting(facts, {
        ...{ kind: 'child', runId, port, versionId, triggerNode, input: input ?? { v: null } },
        ...(before === undefined ? {} : { repeats: before }),
      });
    });
  }

  /** The run that a step called before the run went back: what that one wrote is not written again. */
  protected calledBefore(key: StepKey): RunId | undefined {
    return wentBackOf(this.state, key) > 0 ? this.before?.children.get(key) : undefined;
  }

  /** The version to call and where it begins: its manual trigger, else its first. */
  protected async findCallee(
    flowId: RunState['start']['flowId'],
    versionNumber: number | undefined,
  ): Promise<Callee | ErrorRecord> {
    const version = await this.ctx.definitions.published(flowId, versionNumber);
    if (!version) {
      const which = versionNumber === undefined ? 'a published version' : `version ${versionNumber}`;
      return engineError('FLOW_NOT_FOUND', `Flow ${flowId} has no ${which}.`, 'Publish the called flow, then retry.');
    }
    const triggers = Object.entries(version.flow.nodes).flatMap(([id, node]) => {
      const manifest = this.ctx.definitions.manifest(node.type, node.version);
      return manifest?.kind === 'trigger' && !node.disabled ? [{ id, how: manifest.trigger?.how }] : [];
    });
    const trigger = triggers.find((each) => each.how === 'manual') ?? triggers[0];
    if (!trigger) {
      return engineError('FLOW_HAS_NO_TRIGGER', `Flow ${flowId} has no trigger.`, 'Add a manual trigger to it.');
    }
    return { versionId: version.versionId, triggerNode: trigger.id };
  }

  protected enter(
    attempt: Attempt,
    at: Located,
    directive: Extract<Directive, { do: 'fan-out' | 'enter' }>,
    detail: Detail,
  ): void {
    if (!at.node.body) {
      const error = engineError('DIRECTIVE_MISPLACED', `${at.node.title} is no container and cannot run a body.`);
      this.onFailure(attempt, error, detail);
      return;
    }
    const isEach = directive.do === 'fan-out';
    const concurrency = isEach ? Math.min(MAX_FAN_OUT_CONCURRENCY, Math.max(1, Math.floor(directive.concurrency))) : 1;
    this.record(attempt, detail, [isEach ? directive.items : directive.value], (facts, [items]) => [
      {
        at: this.ctx.clock.now(),
        type: 'container-entered',
        step: facts.step,
        items: items ?? { v: null },
        ...(isEach && this.replayPlan ? { contents: directive.items.map(contentOf) } : {}),
        count: isEach ? directive.items.length : 1,
        concurrency,
        onItemError: isEach ? directive.onItemError : 'stop',
        startedAt: facts.startedAt,
        ...(facts.params ? { params: facts.params } : {}),
      },
    ]);
  }

  protected respond(attempt: Attempt, directive: Extract<Directive, { do: 'respond' }>, detail: Detail): void {
    const { status, headers, port } = directive;
    this.record(attempt, detail, [directive.value, directive.body], (facts, [output, body]) => {
      const at = this.ctx.clock.now();
      const done = succeeded(facts, at, port, output ?? { v: null });
      if (!this.state.response) {
        return [{ at, type: 'response', step: attempt.key, status, headers, body: body ?? { v: null } }, done];
      }
      const log = [...(facts.log ?? []), { at, level: 'warn' as const, message: 'The run had already answered.' }];
      return [{ ...done, log }] as JournalRecord[];
    });
  }

  /** An effect of the engine's own: its id makes it safe to repeat, its intent shows it was begun. */
  protected raise(
    attempt: Attempt,
    at: Located,
    call: StepCall,
    directive: Extract<Directive, { do: 'raise-event' }>,
    detail: Detail,
  ): void {
    if (at.step.phase !== 'open') this.intend(attempt, call);
    const { event, key, payload, port } = directive;
    const { correlationId } = this.state.start;
    const raise = () => {
      this.ctx.events
        .raise({ eventId: call.effectKey, event, key, payload, correlationId, from: this.state.runId })
        .then(
          () => this.emit(attempt, port, payload, detail),
          (error: unknown) => this.onFailure(attempt, toErrorRecord(error), detail),
        );
    };
    if (this.durableSeq >= this.state.seq) {
      raise();
      return;
    }
    this.afterDurable.push({
      seq: this.state.seq,
      act: (how) => (how === 'durable' ? raise() : this.dropped(attempt)),
    });
    this.scheduleCommit();
  }

  protected ignore(attempt: Attempt, reason: string): void {
    if (attempt.key !== this.state.start.triggerNode) {
      const what = `Only a trigger may end its run as of no interest (${reason}).`;
      this.onFailure(attempt, engineError('DIRECTIVE_MISPLACED', what), undefined);
      return;
    }
    this.end(attempt);
    const at = this.ctx.clock.now();
    this.applyAndAnnounce({ at, type: 'run-finished', status: 'ignored', output: { v: { reason } } });
    this.advance();
  }
}

const cannotGoBack = (title: string, { label, backTo }: TaskOutcome): ErrorRecord =>
  engineError(
    'DIRECTIVE_MISPLACED',
    `${title} cannot go back to "${backTo}" for "${label}": no step of that name comes before it in the same container.`,
    'Choose a step that leads to this one, without a container around either of them alone.',
  );

interface Callee {
  versionId: FlowVersionId;
  triggerNode: NodeId;
}
