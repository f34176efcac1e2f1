import { QueryObserver } from '@tanstack/react-query';
import { afterEach, describe, expect, it } from 'vitest';
import { FreshQueryClient } from './fresh-query-client.ts';

/** A list on the server, and requests that are answered when the test says so, with the list as it was when they came. */
function server() {
  const open: { answer(): void; fail(): void }[] = [];
  let list = ['old'];
  return {
    open,
    add: (item: string) => {
      list = [...list, item];
    },
    read: () =>
      new Promise<string[]>((resolve, reject) => {
        const seen = list;
        open.push({ answer: () => resolve(seen), fail: () => reject(new Error('no answer')) });
      }),
  };
}

describe('news about a list', () => {
  const client = new FreshQueryClient({ defaultOptions: { queries: { retry: false, gcTime: Infinity } } });
  const stops: (() => void)[] = [];
  afterEach(() => {
    for (const stop of stops.splice(0)) stop();
    client.clear();
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const shown = (read: () => Promise<string[]>) => {
    const observer = new QueryObserver(client, { queryKey: ['list'], queryFn: read });
    stops.push(observer.subscribe(() => {}));
    return () => observer.getCurrentResult().data;
  };
  const news = () => void client.invalidateQueries({ queryKey: ['list'] });

  it('is not lost when it comes while the list is read for the first time', async () => {
    const { open, add, read } = server();
    const list = shown(read);
    add('new');
    news();
    open[0]?.answer();
    await turn();
    open[1]?.answer();
    await turn();
    expect(list()).toEqual(['old', 'new']);
  });

  it('is not lost when it comes while the list is read again', async () => {
    const { open, add, read } = server();
    const list = shown(read);
    open[0]?.answer();
    await turn();
    news();
    add('new');
    news();
    open[1]?.answer();
    await turn();
    open[2]?.answer();
    await turn();
    expect(list()).toEqual(['old', 'new']);
  });

  it('is one more reading however much of it comes, and no reading is given up for it', async () => {
    const { open, add, read } = server();
    const list = shown(read);
    for (const item of ['a', 'b', 'c']) {
      add(item);
      news();
    }
    expect(open).toHaveLength(1);
    open[0]?.answer();
    await turn();
    expect(list()).toEqual(['old']);
    expect(open).toHaveLength(2);
    open[1]?.answer();
    await turn();
    expect(list()).toEqual(['old', 'a', 'b', 'c']);
    expect(open).toHaveLength(2);
  });

  it('is read even when the reading under way fails', async () => {
    const { open, add, read } = server();
    const list = shown(read);
    add('new');
    news();
    open[0]?.fail();
    await turn();
    open[1]?.answer();
    await turn();
    expect(list()).toEqual(['old', 'new']);
  });

  it('reads nothing that is not on screen, but once it is, reads it again', async () => {
    const { open, add, read } = server();
    shown(read);
    open[0]?.answer();
    await turn();
    for (const stop of stops.splice(0)) stop();
    add('new');
    news();
    await turn();
    expect(open).toHaveLength(1);
    const list = shown(read);
    open[1]?.answer();
    await turn();
    expect(list()).toEqual(['old', 'new']);
  });

  it('tells whoever changed the list only when the change is there', async () => {
    const { open, add, read } = server();
    const list = shown(read);
    add('mine');
    let seen: string[] | undefined;
    void client.invalidateQueries({ queryKey: ['list'] }).then(() => {
      seen = list();
    });
    open[0]?.answer();
    await turn();
    expect(seen).toBeUndefined();
    open[1]?.answer();
    await turn();
    expect(seen).toEqual(['old', 'mine']);
  });
});
