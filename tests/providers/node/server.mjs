// A certified provider (npm oidc-provider) on loopback for the end-to-end tests: SSO sessions, prompt, max_age, PKCE,
// sid, back-channel and RP-initiated logout. Arguments: port (0: any), the guard's origin ("-": none yet).
// Prints {"issuer"} when it listens; told a guard's origin on stdin, it knows that guard as a client from then on.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

const server = createServer();
await new Promise((listening) => server.listen(Number(process.argv[2] ?? 0), 'localhost', listening));
const issuer = `http://localhost:${server.address().port}`;

function client(origin) {
  return {
    client_id: 'guard',
    client_secret: 'a secret of the guard',
    redirect_uris: [`${origin}/.nightlatch/callback`],
    post_logout_redirect_uris: [`${origin}/.nightlatch/logged-out`],
    backchannel_logout_uri: `${origin}/.nightlatch/backchannel-logout`,
    backchannel_logout_session_required: true,
    grant_types: ['authorization_code'],
    response_types: ['code'],
  };
}

function provider(origin) {
  const made = new Provider(issuer, {
    clients: origin ? [client(origin)] : [],
    acrValues: ['gold'],
    claims: { openid: ['sub'], profile: ['name', 'groups'], email: ['email', 'email_verified'], acr: null, auth_time: null, sid: null },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: id, email: `${id}@example.test`, email_verified: true, groups: ['staff'] }),
    }),
    features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
    pkce: { required: () => true },
    // Consent has been given once and for all: the tests are about logins.
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
    // Its guard against addresses of this machine would keep the logout from arriving.
    fetch(url, options) {
      const { dispatcher, ...rest } = options ?? {};
      return globalThis.fetch(url, rest);
    },
    cookies: { keys: ['for tests only'] },
    renderError(ctx, out) { ctx.type = 'text'; ctx.body = JSON.stringify(out); },
  });
  made.on('server_error', (_, error) => console.error(error));
  made.on('backchannel.error', (_, error) => console.error(error));
  return made.callback();
}

let handler = provider(process.argv[3] === '-' ? undefined : process.argv[3]);
server.on('request', (request, response) => handler(request, response));
console.log(JSON.stringify({ issuer }));
createInterface({ input: process.stdin }).on('line', (origin) => {
  handler = provider(origin);
  console.log(JSON.stringify({ client: origin }));
}).on('close', () => process.exit(0));
