import assert from 'node:assert/strict';
import http from 'node:http';
import { it } from 'node:test';

import { fetchUrl } from '../../deploy/sheets_emulator/script_host/web.mjs';

it('connections that were closed while idle are no failed requests', async () => {
  let served = 0;
  let closing = false;
  const server = http.createServer((request, response) => {
    served += 1;
    response.end('ok');
  });
  // While closing, a connection that was used before is reset at its next request.
  server.prependListener('request', (request) => {
    request.socket.uses = (request.socket.uses ?? 0) + 1;
    if (closing && request.socket.uses > 1) {
      request.socket.resetAndDestroy();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const fetch = () => fetchUrl({ url, method: 'get', headers: {}, payload: null, followRedirects: true });
  try {
    await Promise.all([fetch(), fetch(), fetch()]);
    closing = true;
    for (let i = 0; i < 3; i += 1) {
      assert.equal((await fetch()).status, 200);
    }
    assert.ok(served > 3);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
