import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { oauth1Header, percentEncode, signatureBase } from './oauth1.ts';

const keys = { consumerKey: 'ck', consumerSecret: 'c&s', token: 'tk', tokenSecret: 't s', realm: '1234567_SB1' };

it('builds the base string of the example in the standard', () => {
  // RFC 5849 §3.4.1.1, with its parameters as printed there.
  const url = new URL('http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b');
  const base = signatureBase('post', url, [
    ['oauth_consumer_key', '9djdj82h48djs9d2'],
    ['oauth_token', 'kkk9d7dh3k39sjv7'],
    ['oauth_signature_method', 'HMAC-SHA1'],
    ['oauth_timestamp', '137131201'],
    ['oauth_nonce', '7d8f3e4a'],
    ['c2', ''],
    ['a3', '2 q'],
  ]);
  expect(base).toBe(
    'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7',
  );
});

it('signs as an independent computation does', () => {
  const url = new URL('https://1234567-sb1.suitetalk.example/services/rest/record/v1/job?q=a+b&limit=5');
  const header = oauth1Header(keys, { method: 'GET', url }, 'nonce1', 1_790_000_000);
  // By hand: what is signed, in order, encoded once for its place and once for the base.
  const parameters =
    'limit=5&oauth_consumer_key=ck&oauth_nonce=nonce1&oauth_signature_method=HMAC-SHA256&oauth_timestamp=1790000000&oauth_token=tk&oauth_version=1.0&q=a%20b';
  const base = `GET&${encodeURIComponent('https://1234567-sb1.suitetalk.example/services/rest/record/v1/job')}&${encodeURIComponent(parameters)}`;
  const signature = createHmac('sha256', 'c%26s&t%20s').update(base).digest('base64');
  expect(header).toContain(`oauth_signature="${encodeURIComponent(signature)}"`);
  expect(header).toMatch(/^OAuth realm="1234567_SB1", oauth_consumer_key="ck"/);
});

it('encodes what browsers leave alone', () => {
  expect(percentEncode("a b!*'()~-._é")).toBe('a%20b%21%2A%27%28%29~-._%C3%A9');
});
