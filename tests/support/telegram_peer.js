// The independent test server of npm's telegram-test-api, made to answer as Telegram does where it does not:
// getMe, long polls, dates in seconds, files, and all methods but sendMessage. GET /calls tells every call that came, and
// of a message its number as "sent"; POST /files keeps the text of a document by its id; what a person sends is answered
// with its number.
const TelegramServer = require('telegram-test-api');
const express = require('express');

const server = new TelegramServer({ port: Number(process.argv[2]), host: '127.0.0.1', storeTimeout: 600 });
const app = express();
const calls = [];
const files = {};
const pushed = [];
const settled = { admins: [], answers: {} };
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

app.use(express.json(), express.urlencoded({ extended: true }));
app.post('/files', (request, response) => {
  files[request.body.id] = request.body.text;
  response.json(true);
});
app.get('/file/bot:token/:id', (request, response) => response.send(Buffer.from(files[request.params.id])));
app.post(['/sendMessage', '/sendCommand'], (request, response, next) => {
  const number = server.messageId;
  const json = response.json.bind(response);
  response.json = (told) => json({ ...told, message_id: number });
  next();
});
app.get('/calls', (request, response) => response.json(calls));
// What the server does not know by itself: updates of other kinds than messages and taps, administrators of groups,
// and what a method answers from now on, null for what it would.
app.post('/push', (request, response) => {
  pushed.push({ update_id: server.updateId, ...request.body });
  server.updateId += 1;
  response.json({ ok: true });
});
app.post('/settle', (request, response) => {
  Object.assign(settled, request.body);
  response.json({ ok: true });
});

app.all('/bot:token/:method', async (request, response, next) => {
  const { method, token } = request.params;
  const body = request.body;
  const json = response.json.bind(response);
  const ok = (result) => json({ ok: true, result });
  for (const key in body) {
    if (key !== 'text' && /^[[{]/.test(body[key])) body[key] = JSON.parse(body[key]);
  }
  if (method === 'getUpdates') {
    const end = Date.now() + 1000 * (body.timeout || 0);
    const take = () => [...pushed.splice(0), ...server.getUpdates(token)];
    let found = take();
    while (!found.length && Date.now() < end) {
      await sleep(25);
      if (request.socket.destroyed) return; // who polled has ended: what comes is for who polls next
      found = take();
    }
    for (const update of found) {
      if (update.callback_query) update.callback_query.chat_instance = '1';
    }
    return ok(found);
  }
  const call = { method, ...body };
  calls.push(call);
  const answer = settled.answers[method];
  if (answer) return answer.ok === false ? response.status(answer.error_code).json(answer) : ok(answer);
  if (method === 'getChatMember') {
    const user = { id: body.user_id, is_bot: false, first_name: 'M' };
    const rights = ['can_be_edited', 'is_anonymous', 'can_manage_chat', 'can_delete_messages', 'can_manage_video_chats',
      'can_restrict_members', 'can_promote_members', 'can_change_info', 'can_invite_users', 'can_post_stories',
      'can_edit_stories', 'can_delete_stories'];
    const leads = settled.admins.includes(Number(body.user_id));
    const held = Object.fromEntries(rights.map((name) => [name, false]));
    return ok(leads ? { status: 'administrator', user, ...held } : { status: 'member', user });
  }
  if (method === 'getMe') return ok({ id: 1, is_bot: true, first_name: 'T', username: 'peer_bot' });
  if (method === 'getFile') return ok({ file_id: body.file_id, file_unique_id: 'u', file_path: body.file_id });
  if (method === 'getWebhookInfo') return ok({ url: '', has_custom_certificate: false, pending_update_count: 0 });
  if (method !== 'sendMessage') return ok(true);
  response.json = (told) => {
    call.sent = told.result.message_id;
    return ok({
      message_id: told.result.message_id,
      date: Math.floor(Date.now() / 1000),
      text: body.text,
      chat: { id: Number(body.chat_id), type: 'private' },
    });
  };
  next();
});

app.use(server.webServer);
server.webServer = app;
server.start().then(() => console.log('ready'));
