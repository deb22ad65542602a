import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestMetrics } from './request-metrics.ts';

test('requests are counted by method and code, beside the process’s own figures', async () => {
  const metrics = new RequestMetrics('apiserver_request_total');
  metrics.count('GET', 200);
  metrics.count('GET', 200);
  metrics.count('POST', 409);
  const text = await metrics.metrics();
  assert.match(text, /^apiserver_request_total\{verb="GET",code="200"\} 2$/m);
  assert.match(text, /^apiserver_request_total\{verb="POST",code="409"\} 1$/m);
  assert.match(text, /^process_resident_memory_bytes \d/m);
  assert.match(await metrics.metrics(), /\{verb="GET",code="200"\} 2$/m, 'a scrape counts nothing twice');
});

test('invented methods do not make series without end', async () => {
  const metrics = new RequestMetrics('requests_total');
  for (let i = 0; i < 1000; i++) metrics.count(`M${i}`, 405);
  assert.ok((await metrics.metrics()).split('\n').filter((l) => l.startsWith('requests_total')).length <= 201);
});
